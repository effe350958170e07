use super::*;

#[test]
fn greeting_goes_to_each_new_connection() {
    let greeting = Some(b"welcome".into());
    let mut story = Story::new(Manner { greeting, ..Manner::default() });

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
    let rules = vec![
        (b"login ".into(), b"welcome".into()),
        (b"log".into(), b"noted".into()),
        (b"quiet".into(), Vec::new()),
    ];
    let mut story = Story::new(Manner { rules, reply: Reply::Echo, ..Manner::default() });
    story.accept(0, A);

    assert_eq!(story.hear(1, A, "login 007"), [send(A, "welcome")]);
    assert_eq!(story.hear(2, A, "log 12"), [send(A, "noted")]);
    assert_eq!(story.hear(3, A, "quiet please"), []);
    assert_eq!(story.hear(4, A, "lo"), [send(A, "lo")]);
}

#[test]
fn unwelcome_connections_are_ended_without_a_word() {
    for (on_accept, order) in [(OnAccept::Reset, reset(A)), (OnAccept::Close, close(A))] {
        let mut story = Story::new(Manner {
            on_accept,
            greeting: Some(b"hi".into()),
            reply: Reply::Echo,
            every: Some((at(10), b"tick".into())),
            ..Manner::default()
        });

        assert_eq!(story.accept(0, A), [order]);
        assert_eq!(story.deadline, None);
        assert_eq!(story.hear(1, A, "wait"), []);
        assert_eq!(story.peer.tally().connections, 1);
    }
}

#[test]
fn each_connection_is_spoken_to_in_step_with_its_accept() {
    let mut story =
        Story::new(Manner { every: Some((at(100), b"tick".into())), ..Manner::default() });
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
        let every = Some((at(100), b"tick".into()));
        let mut story = Story::new(Manner { every, ..Manner::default() });
        story.accept(0, A);

        assert_eq!(story.wait(late), [send(A, "tick")]);
        assert_eq!(story.deadline, Some(at(late + 100)));
    }
}

#[test]
fn interval_of_zero_is_taken_for_the_shortest() {
    let every = Some((Duration::ZERO, b"tick".into()));
    let mut story = Story::new(Manner { every, ..Manner::default() });
    story.accept(0, A);

    assert_eq!(story.wait(0), []);
    assert_eq!(story.wait(1), [send(A, "tick")]);
    assert_eq!(story.deadline, Some(at(2)));
}

#[test]
fn connections_are_dropped_some_time_after_their_accept() {
    for (drop_with, order) in [(Ending::Close, close(A)), (Ending::Reset, reset(A))] {
        let drop_after = Some(at(50));
        let mut story = Story::new(Manner { drop_after, drop_with, ..Manner::default() });
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
    let mut story = Story::new(Manner {
        every: Some((at(10), b"tick".into())),
        drop_after: Some(at(20)),
        ..Manner::default()
    });
    story.accept(0, A);

    assert_eq!(story.wait(10), [send(A, "tick")]);
    assert_eq!(story.wait(20), [close(A)]);
    assert_eq!(story.deadline, None);
}

#[test]
fn deadlines_past_the_end_of_time_never_come() {
    let mut story = Story::new(Manner {
        every: Some((Duration::MAX, b"tick".into())),
        drop_after: Some(Duration::MAX),
        ..Manner::default()
    });

    story.accept(1, A);
    assert_eq!(story.deadline, None);
    assert_eq!(story.wait(u64::MAX), []);
}

#[test]
fn only_a_timeout_acts_on_a_deadline() {
    let drop_after = Some(at(10));
    let mut story = Story::new(Manner { reply: Reply::Echo, drop_after, ..Manner::default() });
    story.accept(0, A);

    assert_eq!(story.hear(15, A, "x"), [send(A, "x")]);
    assert_eq!(story.deadline, Some(at(10)));
    assert_eq!(story.wait(15), [close(A)]);
}
