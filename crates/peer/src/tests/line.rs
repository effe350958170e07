//! Faults of the line: when the host is told to bring them about, and on which connections.

use super::*;
use alloc::string::ToString;

fn on_line(words: &str) -> Story {
    let mut story = Story::of(echoing().with_line());
    story.inject(0, words);
    story
}

fn echoing() -> Peer {
    Peer::new(Manner { reply: Reply::Echo, ..Manner::default() })
}

fn began(id: u64, words: &str, conn: Option<Conn>) -> Output {
    Output::LineFaultBegan { id, fault: Fault::parse(words).unwrap(), conn }
}

fn ended(id: u64, words: &str, conn: Option<Conn>) -> Output {
    Output::LineFaultEnded { id, fault: Fault::parse(words).unwrap(), conn }
}

#[test]
fn a_host_that_brings_none_about_hears_of_none() {
    let mut story = Story::of(echoing());
    assert_eq!(story.inject(0, "black hole"), []);
    assert_eq!(story.connect(1, A), []);
    assert_eq!((story.peer.fault_count(), story.peer.spells().count()), (0, 0));
}

#[test]
fn one_that_begins_by_time_is_everybodys() {
    let words = "at 2s latency 300ms for 3s";
    let mut story = on_line(words);
    story.connect(1, A);
    assert_eq!(story.deadline, Some(at(2000)));
    assert_eq!(story.wait(2000), [began(1, words, None)]);
    assert_eq!(story.hear(2001, A, "x"), [send(A, "x")]);
    assert_eq!(story.wait(5000), [ended(1, words, None)]);
    let spell = story.peer.spells().next().unwrap();
    assert_eq!((spell.began, spell.ended), (at(2000), Some(at(5000))));
}

/// The answer to the text is on the line already when what carries it breaks; before it is not.
#[test]
fn one_that_waits_strikes_each_connection_by_itself() {
    let words = "black hole after 3 bytes for 1s";
    let mut story = on_line(words);
    story.connect(1, A);
    story.connect(1, B);
    assert_eq!(story.hear(2, A, "abc"), [send(A, "abc"), began(2, words, Some(A))]);
    assert_eq!(story.hear(500, B, "abc"), [send(B, "abc"), began(3, words, Some(B))]);
    assert_eq!(story.wait(1002), [ended(2, words, Some(A))]);
    assert_eq!(story.close(1100, B), [ended(3, words, Some(B))]);
    assert_eq!(story.deadline, None);
    let waiting: Vec<_> = story.peer.waiting_faults().map(Fault::to_string).collect();
    assert_eq!(waiting, [words]);
}

#[test]
fn it_takes_the_place_of_the_answer_to_a_text() {
    let words = "black hole down on \"beat\"";
    let mut story = on_line(words);
    story.connect(1, A);
    assert_eq!(story.hear(2, A, "beat"), [began(2, words, Some(A)), send(A, "beat")]);
    assert_eq!(story.hear(3, A, "beat"), [send(A, "beat")], "it stands already");
}

#[test]
fn connects_are_counted_and_hit_alone() {
    let words = "half open connect 2";
    let mut story = on_line(words);
    assert_eq!(story.connect(1, A), []);
    assert_eq!(story.tell(2, Input::Connecting { conn: B }), [began(2, words, Some(B))]);
    assert_eq!(story.accept(2, B), []);
    assert_eq!(story.connect(3, Conn(3)), []);
    assert_eq!(story.peer.fault_count(), 0, "no connect to come is hit");
    assert_eq!(story.close(4, B), [ended(2, words, Some(B))]);
}

#[test]
fn what_is_taken_back_is_over_everywhere() {
    let mut story = on_line("rate 10");
    story.inject(0, "split 1 connect 1");
    story.connect(1, A);
    story.peer.lift_faults(at(2));
    let told = [ended(1, "rate 10", None), ended(3, "split 1 connect 1", Some(A))];
    assert_eq!(story.wait(2), told);
    assert!(story.peer.spells().all(|spell| spell.ended == Some(at(2))));
}
