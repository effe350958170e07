//! Faults that a server commits by itself.

use super::*;
use crate::fault::TlsTrouble;
use crate::{CONNECTING_MAX, SPELLS_MAX, What};

const C: Conn = Conn(3);

fn echoing() -> Story {
    Story::new(Manner { reply: Reply::Echo, ..Manner::default() })
}

#[test]
fn connects_are_refused_by_count_and_the_next_is_accepted() {
    let mut story = echoing();
    story.connect(0, Conn(9));
    story.inject(1, "refuse connects 2 to 3");

    assert_eq!(story.connect(2, A), []);
    assert_eq!(story.connect(3, B), [refuse(B)]);
    assert_eq!(story.connect(4, B), [refuse(B)]);
    assert_eq!(story.connect(5, B), []);
    assert_eq!(story.hear(6, B, "x"), [send(B, "x")]);
    assert_eq!(story.peer.tally().connections, 3);
    let refused = |entry: &&crate::Entry| entry.what == What::Refused;
    assert_eq!(story.peer.record().iter().filter(refused).count(), 2);
}

#[test]
fn a_host_that_accepts_first_is_told_to_break_what_is_refused() {
    let mut story = echoing();
    story.inject(0, "refuse 1 connects");

    assert_eq!(story.accept(1, A), [refuse(A)]);
    assert_eq!(story.hear(2, A, "x"), []);
    assert_eq!(story.accept(3, B), []);
}

#[test]
fn connects_are_refused_for_a_time() {
    let mut story = echoing();
    story.connect(0, A);
    assert_eq!(story.inject(5, "at 10ms refuse for 20ms"), []);
    assert_eq!(story.deadline, Some(at(10)));
    story.wait(10);

    assert_eq!(story.hear(11, A, "x"), [send(A, "x")]);
    assert_eq!(story.connect(12, B), [refuse(B)]);
    assert_eq!(story.deadline, Some(at(30)));
    story.wait(30);
    assert_eq!(story.connect(30, B), []);
    assert_eq!(story.deadline, None);
}

#[test]
fn a_silent_server_takes_bytes_and_says_nothing_until_it_is_over() {
    let mut story =
        Story::new(Manner { reply: Reply::Echo, ..ruled([greet("hi"), every(10, "tick")]) });
    story.connect(0, A);
    story.inject(5, "silent for 20ms");
    story.plan(6, Act::SendAll(b"news".into()));

    assert_eq!(story.wait(10), []);
    assert_eq!(story.connect(11, B), []);
    assert_eq!(story.hear(12, A, "x"), []);
    assert_eq!(story.peer.tally().received.messages, 1);
    assert_eq!(story.wait(25), []);
    assert_eq!(story.wait(30), [send(A, "tick")]);
    assert_eq!(story.hear(30, A, "x"), [send(A, "x")]);
}

#[test]
fn some_connects_are_met_with_silence() {
    let mut story = echoing();
    story.inject(0, "silent connect 2 for 10ms");
    for conn in [A, B, C] {
        story.connect(1, conn);
    }

    assert_eq!(story.hear(2, A, "x"), [send(A, "x")]);
    assert_eq!(story.hear(2, B, "x"), []);
    assert_eq!(story.hear(2, C, "x"), [send(C, "x")]);
    assert_eq!(story.hear(11, B, "x"), [send(B, "x")]);
}

#[test]
fn close_and_reset_strike_all_once() {
    for (words, order) in [("close", close as fn(Conn) -> Output), ("reset", reset)] {
        let mut story = echoing();
        story.connect(0, A);
        story.connect(0, B);

        assert_eq!(story.inject(1, words), [order(A), order(B)]);
        assert_eq!(story.connect(2, C), []);
        assert_eq!(story.deadline, None);
    }
}

#[test]
fn a_reset_that_lasts_strikes_new_connections_too() {
    let mut story = echoing();
    story.connect(0, A);

    assert_eq!(story.inject(1, "reset for 10ms"), [reset(A)]);
    assert_eq!(story.connect(5, B), [reset(B)]);
    story.wait(11);
    assert_eq!(story.connect(12, C), []);
}

#[test]
fn connects_are_accepted_and_broken() {
    let mut story = echoing();
    story.inject(0, "reset 2 connects");

    assert_eq!(story.connect(1, A), [reset(A)]);
    assert_eq!(story.connect(2, A), [reset(A)]);
    assert_eq!(story.connect(3, A), []);
    assert_eq!(story.peer.tally().connections, 3);
}

#[test]
fn bytes_are_counted_for_each_connection_and_treated_as_ever_up_to_the_last() {
    let mut story = echoing();
    story.connect(0, A);
    story.hear(1, A, "before");
    story.connect(1, B);
    story.inject(2, "reset after 5 bytes");

    assert_eq!(story.hear(3, A, "abc"), [send(A, "abc")]);
    assert_eq!(story.hear(3, B, "abc"), [send(B, "abc")]);
    assert_eq!(story.hear(4, A, "defgh"), [send(A, "de"), reset(A)]);
    assert_eq!(story.peer.tally().received.bytes, 6 + 3 + 3 + 2);
    assert_eq!(story.hear(5, B, "defgh"), [send(B, "defgh")], "it is over");
}

#[test]
fn a_reset_after_bytes_that_lasts_strikes_each_connection() {
    let mut story = echoing();
    story.inject(0, "close after 2 bytes for 1s");
    story.connect(1, A);

    assert_eq!(story.hear(2, A, "ab"), [send(A, "ab"), close(A)]);
    assert_eq!(story.deadline, Some(at(1002)));
    story.connect(3, A);
    assert_eq!(story.hear(4, A, "a"), [send(A, "a")]);
    assert_eq!(story.hear(5, A, "bc"), [send(A, "b"), close(A)]);
    story.wait(1002);
    story.connect(1003, A);
    assert_eq!(story.hear(1004, A, "abc"), [send(A, "abc")]);
}

#[test]
fn messages_are_counted_and_the_last_is_answered() {
    let mut story = echoing();
    story.connect(0, A);
    story.inject(0, "close after 2 messages");

    assert_eq!(story.hear(1, A, "one"), [send(A, "one")]);
    assert_eq!(story.hear(2, A, "two"), [send(A, "two"), close(A)]);
}

#[test]
fn a_text_is_found_however_it_is_cut_and_is_not_answered() {
    let text = "ababac";
    for first in 0..text.len() {
        for second in first..text.len() {
            let mut story = echoing();
            story.connect(0, A);
            story.inject(0, "reset on \"ababac\"");
            story.hear(1, A, "xxabab");
            let pieces = [&text[..first], &text[first..second], &text[second..]];
            let orders: Vec<_> = pieces.iter().flat_map(|piece| story.hear(2, A, piece)).collect();
            assert_eq!(orders.last(), Some(&reset(A)), "{pieces:?}");
            assert!(!orders.iter().any(|order| *order == send(A, pieces[2])), "{pieces:?}");
        }
    }
}

#[test]
fn what_only_begins_like_the_text_is_no_occasion() {
    let mut story = echoing();
    story.connect(0, A);
    story.connect(0, B);
    story.inject(0, "reset on \"aab\"");

    for text in ["aa", "c", "aaa", "a"] {
        assert_eq!(story.hear(1, A, text), [send(A, text)]);
    }
    assert_eq!(story.hear(2, B, "b"), [send(B, "b")], "each connection for itself");
    assert_eq!(story.hear(2, A, "b never read"), [reset(A)]);
}

#[test]
fn a_message_can_make_the_whole_server_silent() {
    let mut story = echoing();
    story.connect(0, A);
    story.connect(0, B);
    story.inject(0, "silent on \"poll\" for 10ms");

    assert_eq!(story.hear(1, A, "poll and more"), []);
    assert_eq!(story.hear(2, B, "x"), []);
    assert_eq!(story.wait(11), []);
    assert_eq!(story.hear(12, A, "poll"), [send(A, "poll")], "once");
}

#[test]
fn a_server_that_is_down_closes_its_lines_and_refuses() {
    let mut story = echoing();
    story.connect(0, A);
    story.connect(0, B);

    assert_eq!(story.inject(1, "server down for 10ms"), [close(A), close(B)]);
    assert!(story.peer.is_down());
    assert_eq!(story.connect(2, C), [refuse(C)]);
    story.wait(11);
    assert!(!story.peer.is_down());
    assert_eq!(story.connect(11, C), []);
}

#[test]
fn a_server_goes_down_on_what_a_device_says() {
    let mut story = echoing();
    story.connect(0, A);
    story.connect(0, B);
    story.inject(0, "server down after 3 bytes for 10ms");

    assert_eq!(story.hear(1, A, "abcd"), [send(A, "abc"), close(A), close(B)]);
    assert_eq!(story.connect(2, C), [refuse(C)]);
    story.wait(11);
    assert_eq!(story.connect(12, C), []);
}

#[test]
fn a_connection_in_the_middle_of_a_handshake_is_refused_by_a_server_that_went_down() {
    let mut story = echoing();
    story.tell(0, Input::Connecting { conn: A });
    story.inject(1, "server down");

    assert_eq!(story.accept(2, A), [refuse(A)]);
}

#[test]
fn a_restart_closes_all_and_refuses_nobody() {
    let mut story = echoing();
    story.connect(0, A);

    assert_eq!(story.inject(1, "server restart"), [close(A)]);
    assert_eq!(story.connect(1, B), []);
}

#[test]
fn the_host_is_told_how_handshakes_fail() {
    let mut story = echoing();
    assert_eq!(story.peer.tls_trouble(A), None);
    story.inject(1, "tls expired for 10ms");
    assert_eq!(story.peer.tls_trouble(A), Some(TlsTrouble::Expired));
    story.wait(11);
    assert_eq!(story.peer.tls_trouble(A), None);
}

#[test]
fn handshakes_fail_whose_connects_are_counted() {
    let mut story = echoing();
    story.inject(0, "tls expired connects 2 to 3");
    let hands = [1, 2, 3, 4].map(|number| {
        let conn = Conn(number);
        assert_eq!(story.tell(number, Input::Connecting { conn }), []);
        story.peer.tls_trouble(conn)
    });
    let expired = Some(TlsTrouble::Expired);
    assert_eq!(hands, [None, expired, expired, None]);
    // It stays so until the handshake is over, and one for all does not change it.
    story.inject(5, "tls self signed");
    assert_eq!(story.peer.tls_trouble(Conn(3)), expired);
    assert_eq!(story.peer.tls_trouble(Conn(4)), Some(TlsTrouble::SelfSigned));
    story.tell(6, Input::Closed { conn: Conn(3) });
    assert_eq!(story.peer.tls_trouble(Conn(3)), Some(TlsTrouble::SelfSigned));
    story.peer.lift_faults(Duration::from_millis(7));
    assert_eq!([1, 2, 3, 4].map(|number| story.peer.tls_trouble(Conn(number))), [None; 4]);
}

#[test]
fn what_is_nobodys_or_anothers_doing_is_ignored() {
    let mut story = echoing();
    story.connect(0, A);
    for words in ["latency 1s", "sim out"] {
        assert_eq!(story.inject(1, words), []);
    }
    let nothing = Fault { lasts: Some(Duration::ZERO), ..Fault::parse("refuse").unwrap() };
    story.peer.inject(at(2), nothing);
    assert_eq!(story.wait(2), []);
    assert_eq!(story.deadline, None);
    assert_eq!(story.connect(3, B), []);
}

#[test]
fn spells_tell_when_faults_struck_and_were_over() {
    let mut story = echoing();
    story.connect(0, A);
    story.inject(1, "reset after 3 bytes for 10ms");
    story.inject(1, "at 5ms silent");
    story.wait(5);
    story.hear(7, A, "abc");
    story.wait(17);

    let told: Vec<_> = story.peer.spells().map(|spell| (spell.began, spell.ended)).collect();
    assert_eq!(told, [(at(5), None), (at(7), Some(at(17)))]);
}

#[test]
fn spells_and_connects_under_way_are_bounded() {
    let mut story = echoing();
    for ms in 0..SPELLS_MAX as u64 + 3 {
        story.inject(ms, "close");
    }
    assert_eq!(story.peer.spells().count(), SPELLS_MAX);
    assert_eq!(story.peer.spells().next().unwrap().began, at(3));

    story.inject(1000, "reset 10000 connects");
    let last = CONNECTING_MAX as u64 + 1;
    for conn in 1..=last {
        story.tell(1000, Input::Connecting { conn: Conn(conn) });
    }
    assert_eq!(story.accept(1001, Conn(last)), [reset(Conn(last))]);
}

#[test]
fn faults_are_taken_back() {
    let mut story = echoing();
    story.inject(0, "silent connects 1 to 2");
    story.connect(1, A);
    story.inject(2, "server down for 1h");
    story.inject(3, "reset after 5 bytes");
    let waiting = |story: &Story| story.peer.waiting_faults().count();
    assert_eq!(waiting(&story), 1);
    story.connect(4, B);
    assert_eq!(story.connect(5, C), [refuse(C)]);

    story.peer.lift_faults(at(6));
    assert_eq!(story.wait(6), []);

    assert_eq!((waiting(&story), story.deadline), (0, None));
    assert!(story.peer.spells().all(|spell| spell.ended.is_some()));
    assert_eq!(story.connect(7, C), []);
    assert_eq!(story.hear(8, C, "long enough"), [send(C, "long enough")]);
}

#[test]
fn a_server_that_was_silent_on_a_connection_speaks_once_that_is_taken_back() {
    let mut story = echoing();
    story.inject(0, "silent connect 1");
    story.connect(1, A);
    assert_eq!(story.hear(2, A, "x"), []);
    story.peer.lift_faults(at(3));
    assert_eq!(story.hear(4, A, "x"), [send(A, "x")]);
}
