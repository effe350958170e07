use super::*;
use crate::{By, ENTRY_BYTES, Entry, RECORD_BYTES_MAX, Tally, Traffic, What};

fn entry(ms: u64, conn: Conn, what: What) -> Entry {
    Entry { at: at(ms), conn, what }
}

/// Hears one message of `len` bytes at each of `count` milliseconds, on a new connection.
fn chatter(record: Record, count: u64, len: usize) -> Story {
    let mut story = Story::of(Peer::new(Manner::default()).with_record(record));
    story.accept(0, A);
    for ms in 0..count {
        story.tell(ms, Input::Received { conn: A, bytes: vec![0; len] });
    }
    story
}

#[test]
fn record_tells_what_happened_in_order() {
    let mut story = Story::new(Manner { reply: Reply::Echo, ..ruled([drop_after(100)]) });
    story.accept(1, A);
    story.accept(2, B);
    story.hear(3, A, "x");
    story.close(4, B);
    story.wait(101);

    let expected = [
        entry(1, A, What::Accepted),
        entry(2, B, What::Accepted),
        entry(3, A, What::Received(b"x".into())),
        entry(3, A, What::Sent(b"x".into())),
        entry(4, B, What::Closed(By::Device)),
        entry(101, A, What::Closed(By::Server)),
    ];
    assert_eq!(story.peer.record(), expected);
    assert_eq!(story.peer.forgotten(), 0);
}

#[test]
fn record_tells_a_reset_from_a_close() {
    let mut story = Story::new(ruled([Rule::on(Cue::Connect).reset()]));
    story.accept(1, A);

    let expected = [entry(1, A, What::Accepted), entry(1, A, What::Closed(By::ServerReset))];
    assert_eq!(story.peer.record(), expected);
}

#[test]
fn tally_counts_both_ways() {
    let manner = Manner { reply: Reply::Fixed(b"ok".into()), ..ruled([greet("hello")]) };
    let mut story = Story::new(manner);
    story.accept(0, A);
    story.accept(0, B);
    story.hear(1, A, "abc");
    story.hear(2, A, "");

    let expected = Tally {
        connections: 2,
        received: Traffic { messages: 2, bytes: 3 },
        sent: Traffic { messages: 4, bytes: 14 },
    };
    assert_eq!(story.peer.tally(), expected);
}

#[test]
fn full_record_forgets_the_oldest_until_half_is_free() {
    let limit = 10 * ENTRY_BYTES;

    let full = chatter(Record::with_limit(limit), 9, 0);
    assert_eq!((full.peer.record().len(), full.peer.forgotten()), (10, 0));
    let over = chatter(Record::with_limit(limit), 10, 0);
    assert_eq!((over.peer.record().len(), over.peer.forgotten()), (5, 6));
    assert_eq!(over.peer.record()[0], entry(5, A, What::Received(Vec::new())));
}

#[test]
fn a_month_of_chatter_stays_within_the_limit() {
    let story = chatter(Record::default(), 50_000, 100);

    let kept = story.peer.record().len();
    let last = story.peer.record().last().map(|entry| entry.at);
    assert!(kept * (ENTRY_BYTES + 100) <= RECORD_BYTES_MAX);
    assert!(kept * (ENTRY_BYTES + 100) > RECORD_BYTES_MAX / 3);
    assert_eq!(last, Some(at(49_999)));
    assert_eq!(story.peer.forgotten() + kept as u64, 50_001);
    assert_eq!(story.peer.tally().received, Traffic { messages: 50_000, bytes: 5_000_000 });
}

#[test]
fn entries_without_bytes_fill_a_record_too() {
    let story = chatter(Record::with_limit(ENTRY_BYTES * 100), 10_000, 0);
    assert!(story.peer.record().len() <= 100);
}

#[test]
fn message_larger_than_the_record_is_counted_but_not_kept() {
    let story = chatter(Record::with_limit(ENTRY_BYTES * 4), 1, 1_000);
    assert_eq!(story.peer.record(), []);
    assert_eq!(story.peer.tally().received.bytes, 1_000);
}

#[test]
fn record_that_is_off_keeps_nothing_while_the_tally_goes_on() {
    let story = chatter(Record::off(), 10, 5);
    assert_eq!(story.peer.record(), []);
    assert_eq!(story.peer.forgotten(), 11);
    assert_eq!(story.peer.tally().received, Traffic { messages: 10, bytes: 50 });
}
