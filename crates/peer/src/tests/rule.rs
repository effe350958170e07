use super::*;
use crate::{Identity, Mask, MaskError, PIECES_APART, Pattern, WAITING_BYTES_MAX, What};

#[test]
fn greeting_goes_to_each_new_connection() {
    let mut story = Story::new(ruled([greet("welcome")]));

    assert_eq!(story.accept(0, A), [send(A, "welcome")]);
    assert_eq!(story.accept(5, B), [send(B, "welcome")]);
}

#[test]
fn reply_goes_to_the_connection_that_spoke() {
    let mut story = Story::new(Manner { reply: Reply::Fixed(b"ok".into()), ..Manner::default() });
    story.accept(0, A);
    story.accept(0, B);

    assert_eq!(story.hear(1, B, "one"), [send(B, "ok")]);
    assert_eq!(story.hear(2, A, "two"), [send(A, "ok")]);
}

#[test]
fn echo_returns_any_bytes() {
    let mut story = Story::new(Manner { reply: Reply::Echo, ..Manner::default() });
    story.accept(0, A);
    let bytes: Vec<u8> = (0..=255).collect();

    let orders = story.tell(1, Input::Received { conn: A, bytes: bytes.clone() });
    assert_eq!(orders, [Output::Send { conn: A, bytes }]);
}

#[test]
fn first_prefix_that_fits_decides_and_the_reply_takes_the_rest() {
    let prefix = |prefix: &str| Rule::on(Cue::Prefix(prefix.into()));
    let rules = vec![prefix("login ").say("welcome"), prefix("log").say("noted"), prefix("quiet")];
    let mut story = Story::new(Manner { rules, reply: Reply::Echo, ..Manner::default() });
    story.accept(0, A);

    assert_eq!(story.hear(1, A, "login 007"), [send(A, "welcome")]);
    assert_eq!(story.hear(2, A, "log 12"), [send(A, "noted")]);
    assert_eq!(story.hear(3, A, "quiet please"), []);
    assert_eq!(story.hear(4, A, "lo"), [send(A, "lo")]);
}

#[test]
fn unwelcome_connections_are_ended_without_a_word() {
    let unwelcome = Rule::on(Cue::Connect);
    for (rule, order) in [(unwelcome.clone().reset(), reset(A)), (unwelcome.close(), close(A))] {
        let mut story = Story::new(Manner {
            reply: Reply::Echo,
            ..ruled([rule, greet("hi"), every(10, "tick")])
        });

        assert_eq!(story.accept(0, A), [order]);
        assert_eq!(story.deadline, None);
        assert_eq!(story.hear(1, A, "wait"), []);
        assert_eq!(story.peer.tally().connections, 1);
    }
}

#[test]
fn each_connection_is_spoken_to_in_step_with_its_accept() {
    let mut story = Story::new(ruled([every(100, "tick")]));
    story.accept(0, A);
    story.accept(30, B);

    assert_eq!(story.deadline, Some(at(100)));
    assert_eq!(story.wait(99), []);
    assert_eq!(story.wait(100), [send(A, "tick")]);
    assert_eq!(story.deadline, Some(at(130)));
    assert_eq!(story.wait(133), [send(B, "tick")]);
    assert_eq!(story.deadline, Some(at(200)));
    story.close(150, A);
    assert_eq!(story.deadline, Some(at(230)));
}

#[test]
fn intervals_that_were_missed_are_not_made_up_for() {
    for late in [200, 250, 1_000] {
        let mut story = Story::new(ruled([every(100, "tick")]));
        story.accept(0, A);

        assert_eq!(story.wait(late), [send(A, "tick")]);
        assert_eq!(story.deadline, Some(at(late + 100)));
    }
}

#[test]
fn interval_of_zero_is_taken_for_the_shortest() {
    let mut story = Story::new(ruled([every(0, "tick")]));
    story.accept(0, A);

    assert_eq!(story.wait(0), []);
    assert_eq!(story.wait(1), [send(A, "tick")]);
    assert_eq!(story.deadline, Some(at(2)));
}

#[test]
fn connections_are_dropped_some_time_after_their_accept() {
    for (rule, order) in [(drop_after(50), close(A)), (drop_after(50).reset(), reset(A))] {
        let mut story = Story::new(ruled([rule]));
        story.accept(10, A);

        story.hear(40, A, "still here");
        assert_eq!(story.deadline, Some(at(60)));
        assert_eq!(story.wait(59), []);
        assert_eq!(story.wait(60), [order]);
        assert_eq!(story.deadline, None);
    }
}

#[test]
fn dropping_comes_before_speaking_at_the_same_moment() {
    let mut story = Story::new(ruled([every(10, "tick"), drop_after(20)]));
    story.accept(0, A);

    assert_eq!(story.wait(10), [send(A, "tick")]);
    assert_eq!(story.wait(20), [close(A)]);
    assert_eq!(story.deadline, None);
}

#[test]
fn deadlines_past_the_end_of_time_never_come() {
    let mut story = Story::new(ruled([
        Rule::on(Cue::Every(Duration::MAX)).say("tick"),
        Rule::on(Cue::Connect).after(Duration::MAX).close(),
    ]));

    story.accept(1, A);
    assert_eq!(story.deadline, None);
    assert_eq!(story.wait(u64::MAX), []);
}

#[test]
fn only_a_timeout_acts_on_a_deadline() {
    let mut story = Story::new(Manner { reply: Reply::Echo, ..ruled([drop_after(10)]) });
    story.accept(0, A);

    assert_eq!(story.hear(15, A, "x"), [send(A, "x")]);
    assert_eq!(story.deadline, Some(at(10)));
    assert_eq!(story.wait(15), [close(A)]);
}

#[test]
fn each_cue_takes_the_messages_that_it_says() {
    let cue = |cue| ruled([Rule::on(cue).say("yes")]);
    let pattern = |text| Cue::Matches(Pattern::new(text).unwrap());
    let mask = |text| Cue::Starts(Mask::parse(text).unwrap());
    let cases: [(Cue, &[u8], &[u8]); 7] = [
        (Cue::Equals(b"ping".into()), b"ping", b"ping\n"),
        (Cue::Prefix(b"pi".into()), b"ping", b"aping"),
        (Cue::Contains(b"in".into()), b"ping", b"pig"),
        (pattern(r"^\d+,[a-f]\xFF"), b"12,c\xFF", b"12,g\xFF"),
        (pattern("心跳"), "a心跳".as_bytes(), b"a"),
        (mask("AA ?? 4?"), b"\xAA\x99\x41more", b"\xAA\x99\x51"),
        (mask("aa??"), b"\xAA\x00", b"\xAA"),
    ];
    for (given, fits, fits_not) in cases {
        let mut story = Story::new(cue(given.clone()));
        story.accept(0, A);
        let mut tell =
            |bytes: &[u8]| story.tell(1, Input::Received { conn: A, bytes: bytes.into() });
        assert_eq!(tell(fits), [send(A, "yes")], "{given:?}");
        assert_eq!(tell(fits_not), [], "{given:?}");
    }
}

#[test]
fn an_answer_waits_comes_in_pieces_and_ends_the_connection() {
    let rule = Rule::on(Cue::Prefix(b"get".into())).after(at(100)).split(3).say("abcdefgh").close();
    let mut story = Story::new(Manner { reply: Reply::Echo, ..ruled([rule]) });
    story.accept(0, A);
    let apart = PIECES_APART.as_millis() as u64;

    assert_eq!(story.hear(50, A, "get"), []);
    assert_eq!(story.hear(60, A, "other"), [send(A, "other")]);
    assert_eq!(story.deadline, Some(at(150)));
    assert_eq!(story.wait(150), [send(A, "abc")]);
    assert_eq!(story.wait(150 + apart), [send(A, "def")]);
    assert_eq!(story.wait(150 + 2 * apart), [send(A, "gh"), close(A)]);
    assert_eq!(story.deadline, None);
}

#[test]
fn an_answer_can_be_a_reset_or_an_echo() {
    let rules =
        [Rule::on(Cue::Equals(b"bye".into())).reset(), Rule::on(Cue::Contains(b"?".into())).echo()];
    let mut story = Story::new(ruled(rules));
    story.accept(0, A);

    assert_eq!(story.hear(1, A, "who?"), [send(A, "who?")]);
    assert_eq!(story.hear(2, A, "me"), []);
    assert_eq!(story.hear(3, A, "bye"), [reset(A)]);
}

#[test]
fn several_intervals_run_side_by_side() {
    let mut story = Story::new(ruled([every(30, "slow"), every(20, "quick")]));
    story.accept(0, A);

    let said: Vec<_> = (1..=6).flat_map(|tens| story.wait(tens * 10)).collect();
    let (slow, quick) = (send(A, "slow"), send(A, "quick"));
    let wanted = [&quick, &slow, &quick, &slow, &quick].map(Clone::clone);
    assert_eq!(said, wanted);
}

#[test]
fn a_new_manner_holds_from_the_next_message_on() {
    let mut story = Story::new(ruled([every(20, "tick")]));
    story.accept(0, A);
    story.wait(5);
    story.peer.behave(Manner { reply: Reply::Echo, ..ruled([greet("hi"), every(30, "tock")]) });

    assert_eq!(story.wait(20), []);
    assert_eq!(story.deadline, Some(at(35)));
    assert_eq!(story.wait(35), [send(A, "tock")]);
    assert_eq!(story.hear(36, A, "x"), [send(A, "x")]);
    assert_eq!(story.accept(37, B), [send(B, "hi")]);
}

#[test]
fn a_rule_that_is_added_leaves_the_others_in_step() {
    let mut story = Story::new(ruled([every(30, "tick")]));
    story.accept(0, A);
    story.wait(20);
    story.peer.add_rule(at(20), every(15, "tock"));
    story.peer.add_rule(at(20), Rule::on(Cue::Prefix(b"who".into())).say("me"));

    assert_eq!(story.wait(30), [send(A, "tick")]);
    assert_eq!(story.wait(35), [send(A, "tock")]);
    assert_eq!(story.hear(36, A, "who?"), [send(A, "me")]);
    story.peer.add_rule(at(36), Rule::on(Cue::Prefix(b"who".into())).say("you"));
    assert_eq!(story.hear(37, A, "who?"), [send(A, "you")], "the later one takes its place");
    assert_eq!(story.hear(38, A, "what?"), []);
    story.peer.set_reply(Reply::Echo);
    assert_eq!(story.hear(39, A, "what?"), [send(A, "what?")]);
}

#[test]
fn what_waits_is_bounded() {
    let rule = Rule::on(Cue::Prefix(Vec::new())).after(at(1000)).echo();
    let mut story = Story::new(ruled([rule]));
    story.accept(0, A);
    let message = vec![0; WAITING_BYTES_MAX / 4];
    for ms in 0..9 {
        story.tell(ms, Input::Received { conn: A, bytes: message.clone() });
    }
    assert_eq!(story.wait(2000).len(), 3);
    story.tell(2001, Input::Received { conn: A, bytes: message });
    assert_eq!(story.wait(4000).len(), 1, "there is room again");
}

#[test]
fn a_device_is_named_by_its_registration_packet_once() {
    let by_pattern = Identity::Pattern(Pattern::new(r"imei=(\d+)").unwrap());
    let by_place = Identity::Bytes { prefix: b"imei=".into(), skip: 5, len: 3 };
    for identity in [by_pattern, by_place] {
        let mut story = Story::new(Manner { identity: Some(identity), ..Manner::default() });
        story.accept(0, A);
        story.accept(0, B);
        story.hear(1, A, "hello");
        assert_eq!(story.peer.name(A), None);
        story.hear(2, A, "imei=867");
        story.hear(3, A, "imei=999");
        story.hear(4, B, "imei=5");

        assert_eq!(story.peer.name(A), Some(&b"867"[..]));
        let named = |entry: &&crate::Entry| entry.what == What::Named(b"867".into());
        assert_eq!(story.peer.record().iter().filter(named).count(), 1);
        story.close(5, A);
        assert_eq!(story.peer.name(A), None);
    }
}

#[test]
fn a_given_name_is_that_of_whoever_connects_and_is() {
    let given = |name: &str| Some(Identity::Given(name.into()));
    let mut story = Story::new(Manner { identity: given("car"), ..Manner::default() });
    story.accept(0, A);
    assert_eq!(story.peer.name(A), Some(&b"car"[..]), "before it says anything");
    let entries: Vec<_> = story.peer.record().iter().map(|entry| entry.what.clone()).collect();
    assert_eq!(entries, [What::Accepted, What::Named(b"car".into())]);

    let mut story = Story::new(Manner::default());
    story.accept(0, A);
    story.peer.behave(Manner { identity: given("van"), ..Manner::default() });
    assert_eq!(story.peer.name(A), Some(&b"van"[..]));
    story.peer.behave(Manner { identity: given("bus"), ..Manner::default() });
    assert_eq!(story.peer.name(A), Some(&b"van"[..]), "a device has one name");
    story.accept(1, B);
    assert_eq!(story.peer.name(B), Some(&b"bus"[..]));
}

#[test]
fn what_is_no_pattern_or_mask_says_so_in_both_languages() {
    let error = Pattern::new("(").unwrap_err();
    assert!(error.what().en.starts_with("`(` is not a regular expression: "));
    assert!(error.what().zh.starts_with("`(` 不是正则表达式"));
    assert_eq!(Mask::parse("AA G1"), Err(MaskError::Letter { column: 4, letter: 'G' }));
    for (text, digits) in [("", 0), ("A", 1), ("AA ?", 3)] {
        assert_eq!(Mask::parse(text), Err(MaskError::Length { digits }), "{text}");
    }
    assert!(Mask::parse("AA ?? 01").unwrap().is_in(b"x\xAAy\x01z"));
}

#[test]
fn what_no_rule_takes_is_left_to_a_host_that_answers() {
    let rules = vec![Rule::on(Cue::Prefix("AT".into())).say("OK")];
    let manner = Manner { framing: crate::Framing::Line, rules, ..Manner::default() };
    let left = |peer: Peer| {
        let mut story = Story::of(peer);
        story.accept(0, A);
        story.hear(1, A, "AT\nhello\r\nAT\nx");
        let left = |entry: &crate::Entry| {
            if let What::Left(bytes) = &entry.what { Some(bytes.clone()) } else { None }
        };
        story.peer.record().iter().filter_map(left).collect::<Vec<_>>()
    };
    assert_eq!(left(Peer::new(manner.clone()).with_help()), [b"hello"]);
    assert!(left(Peer::new(manner)).is_empty());
}
