//! A server's end of the line: what gets through, when, and in which pieces.

use super::*;
use crate::door::Conn;
use crate::fault::{Trouble, Ways};
use Piece::{Bytes, End};
use Way::{Down, Up};
use alloc::vec;
use alloc::vec::Vec;
use core::iter;
use core::time::Duration;

const A: Conn = Conn(1);
const B: Conn = Conn(2);

/// A road whose only trouble stands since time zero, for everybody; A and B are streams.
fn road(what: Trouble) -> Road<&'static str> {
    let mut road = Road::default();
    road.begin(at(0), (1, what), None, [(A, true), (B, true)].into_iter());
    road
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn say(road: &mut Road<&'static str>, ms: u64, way: Way, words: &str) {
    road.take(at(ms), (A, true), way, Bytes(words.into()), 0);
}

fn all(road: &mut Road<&'static str>, ms: u64) -> Vec<(Conn, News<&'static str>)> {
    iter::from_fn(|| road.poll(at(ms))).collect()
}

fn arrived(way: Way, words: &str) -> (Conn, News<&'static str>) {
    (A, News::Arrived(way, Bytes(words.into())))
}

fn lost(way: Way, words: &str) -> (Conn, News<&'static str>) {
    (A, News::Lost(way, words.into()))
}

#[test]
fn without_troubles_nothing_goes_over_the_road() {
    let mut road: Road<()> = Road::default();
    assert!(!road.carries(A));
    assert_eq!(road.room_up(at(0), A, true), usize::MAX);
    assert_eq!(road.poll_timeout(), None);
}

#[test]
fn a_packet_takes_as_long_as_was_said_and_the_end_comes_behind_it() {
    let mut road = road(Trouble::Latency(at(300)));
    say(&mut road, 10, Up, "a");
    road.take(at(20), (A, true), Up, End("fin"), 0);
    road.take(at(30), (A, true), Up, End("fin"), 0);
    say(&mut road, 40, Down, "b");
    assert_eq!(all(&mut road, 309), []);
    assert_eq!(road.poll_timeout(), Some(at(310)));
    assert_eq!(all(&mut road, 310), [arrived(Up, "a")]);
    assert_eq!(all(&mut road, 320), [(A, News::Arrived(Up, End("fin")))]);
    assert_eq!(all(&mut road, 340), [arrived(Down, "b")]);
    assert_eq!(road.poll_timeout(), None);
}

/// What is under way when the fault ends arrives then, and nothing overtakes it.
#[test]
fn nothing_overtakes_when_a_latency_is_over() {
    let mut road = road(Trouble::Latency(at(300)));
    say(&mut road, 0, Up, "a");
    road.end(at(5), 1);
    assert!(road.carries(A) && !road.carries(B));
    say(&mut road, 10, Up, "b");
    assert_eq!(road.poll_timeout(), Some(at(5)));
    assert_eq!(all(&mut road, 10), [arrived(Up, "a"), arrived(Up, "b")]);
    assert!(!road.carries(A));
}

#[test]
fn jitter_takes_what_chance_says_and_keeps_the_order() {
    let mut road = road(Trouble::Jitter(Duration::from_micros(9)));
    road.take(at(0), (A, true), Up, Bytes(b"a".into()), 7);
    road.take(at(0), (A, true), Up, Bytes(b"b".into()), 13);
    assert_eq!(road.poll_timeout(), Some(Duration::from_micros(7)));
    assert_eq!(all(&mut road, 1), [arrived(Up, "a"), arrived(Up, "b")]);
}

/// A rate is each connection's own, and what is under way is room that is taken.
#[test]
fn a_rate_leaves_no_room_for_what_cannot_go_on() {
    let mut road = road(Trouble::Rate(1000));
    road.take(at(0), (A, true), Up, Bytes(vec![0; ROOM_UP]), 0);
    road.take(at(0), (B, true), Up, Bytes(vec![0; 1000]), 0);
    assert_eq!(road.room_up(at(0), A, true), 0);
    assert_eq!(road.room_up(at(0), B, true), ROOM_UP - 1000);
    assert_eq!(all(&mut road, 999), []);
    assert_eq!(all(&mut road, 1000), [(B, News::Arrived(Up, Bytes(vec![0; 1000])))]);
    let pieces = all(&mut road, 65_536).len();
    assert_eq!(pieces, ROOM_UP.div_ceil(1460), "segments get through one by one");
    assert_eq!(road.room_up(at(65_536), A, true), ROOM_UP);
}

#[test]
fn a_device_is_not_read_while_too_much_waits_for_it() {
    let mut road = road(Trouble::BlackHole(Ways::Down));
    road.take(at(0), (A, true), Down, Bytes(vec![0; ROOM_DOWN - 1]), 0);
    assert_eq!(road.room_up(at(0), A, true), ROOM_UP);
    say(&mut road, 0, Down, "x");
    assert_eq!(road.room_up(at(0), A, true), 0);
    assert_eq!(road.bytes(A, Down), ROOM_DOWN);
}

#[test]
fn a_black_hole_withholds_a_stream_until_it_is_over() {
    let mut road = road(Trouble::BlackHole(Ways::Down));
    assert_eq!(road.room_up(at(0), A, true), ROOM_UP);
    say(&mut road, 0, Down, "a");
    say(&mut road, 0, Up, "b");
    assert_eq!(all(&mut road, 60_000), [arrived(Up, "b")]);
    assert_eq!(road.under_way(), 1);
    road.end(at(0), 1);
    assert_eq!(all(&mut road, 60_000), [arrived(Down, "a")]);
    assert_eq!(road.under_way(), 0);

    let mut road = self::road(Trouble::BlackHole(Ways::Up));
    assert_eq!(road.room_up(at(0), A, true), 0, "it is not read");
    road.end(at(0), 1);
    assert_eq!(road.room_up(at(0), A, true), usize::MAX);
}

#[test]
fn a_server_gives_up_what_nobody_acknowledges() {
    let mut road = road(Trouble::BlackHole(Ways::Both));
    say(&mut road, 1000, Down, "a");
    let ends = at(1000) + GIVES_UP_AFTER;
    assert_eq!(road.poll_timeout(), Some(ends));
    assert_eq!(all(&mut road, ends.as_millis() as u64 - 1), []);
    let told = all(&mut road, ends.as_millis() as u64);
    assert_eq!(told, [lost(Down, "a"), (A, News::GivenUp)]);
    assert_eq!(road.poll_timeout(), None);
}

#[test]
fn datagrams_vanish_in_a_black_hole() {
    let mut road = Road::default();
    road.begin(at(0), (1, Trouble::BlackHole(Ways::Up)), None, iter::empty());
    assert!(road.swallows_strangers());
    assert_eq!(road.room_up(at(0), A, false), ROOM_UP, "the socket is everybody's");
    road.take(at(0), (A, false), Up, Bytes(b"a".into()), 0);
    road.take(at(0), (A, false), Down, Bytes(b"b".into()), 0);
    assert_eq!(all(&mut road, 0), [lost(Up, "a"), arrived(Down, "b")]);
}

#[test]
fn a_stream_is_split_and_a_datagram_is_not() {
    let mut road = road(Trouble::Split(2));
    say(&mut road, 0, Down, "abcde");
    let pieces = ["ab", "cd", "e"].map(|piece| arrived(Down, piece));
    assert_eq!(all(&mut road, 0), pieces[..1], "the pieces leave apart");
    assert_eq!(all(&mut road, 100), pieces[1..]);
    road.take(at(200), (Conn(3), false), Down, Bytes(b"abc".into()), 0);
    assert_eq!(all(&mut road, 200), [(Conn(3), News::Arrived(Down, Bytes(b"abc".into())))]);
}

#[test]
fn what_comes_within_the_time_is_merged() {
    let mut road = road(Trouble::Merge(at(50)));
    say(&mut road, 0, Up, "a");
    say(&mut road, 49, Up, "b");
    say(&mut road, 50, Up, "c");
    assert_eq!(all(&mut road, 49), []);
    assert_eq!(all(&mut road, 100), [arrived(Up, "ab"), arrived(Up, "c")]);
}

#[test]
fn an_idle_line_is_forgotten_and_what_is_said_on_it_is_lost() {
    let mut road = road(Trouble::NatIdle(at(60_000)));
    say(&mut road, 59_000, Up, "a");
    assert_eq!(all(&mut road, 59_000), [arrived(Up, "a")]);
    assert_eq!(road.room_up(at(118_999), A, true), ROOM_UP);
    assert_eq!(road.room_up(at(119_000), A, true), 0);
    say(&mut road, 119_001, Down, "b");
    let told = [(A, News::Forgotten(at(60_000))), lost(Down, "b")];
    assert_eq!(all(&mut road, 119_001), told);
    road.end(at(0), 1);
    assert_eq!(road.room_up(at(119_002), A, true), 0, "it stays dead");
    let given_up = 119_000 + GIVES_UP_AFTER.as_millis() as u64;
    assert_eq!(all(&mut road, given_up), [(A, News::GivenUp)]);
}

/// What comes in only by what went out before: a datagram from the device opens the way again.
#[test]
fn datagrams_open_a_forgotten_way_again() {
    let mut road = Road::default();
    road.begin(at(0), (1, Trouble::NatIdle(at(60_000))), None, [(A, false)].into_iter());
    let mut say = |ms, way| {
        road.take(at(ms), (A, false), way, Bytes(b"x".into()), 0);
        all(&mut road, ms)
    };
    assert_eq!(say(60_000, Down), [lost(Down, "x")]);
    assert_eq!(say(60_001, Up), [arrived(Up, "x")]);
    assert_eq!(say(60_002, Down), [arrived(Down, "x")]);
}

#[test]
fn a_half_open_line_is_dead_until_the_stranger_hears_of_it() {
    let mut road = Road::default();
    road.begin(at(0), (2, Trouble::Latency(at(10))), None, iter::empty());
    say(&mut road, 0, Up, "a");
    road.begin(at(1), (1, Trouble::HalfOpen), None, [(A, true)].into_iter());
    assert_eq!(all(&mut road, 1), [lost(Up, "a")]);
    assert_eq!((road.room_up(at(1), A, true), road.under_way()), (0, 0));
    say(&mut road, 2, Down, "b");
    assert_eq!(all(&mut road, 20), [lost(Down, "b")]);
    assert_eq!(road.room_up(at(3), B, true), ROOM_UP, "a new line works");

    road.end(at(0), 1);
    assert_eq!(road.room_up(at(4), A, true), ROOM_UP);
    say(&mut road, 4, Up, "c");
    assert_eq!(all(&mut road, 20), [lost(Up, "c"), (A, News::Disowned)]);
}

#[test]
fn a_fault_of_one_connection_leaves_the_others_alone() {
    let mut road: Road<&str> = Road::default();
    road.begin(at(0), (1, Trouble::BlackHole(Ways::Up)), Some(A), [(A, true)].into_iter());
    assert_eq!(road.room_up(at(0), A, true), 0);
    assert_eq!(road.room_up(at(0), B, true), usize::MAX);
    assert!(!road.swallows_strangers());
}

#[test]
fn what_is_under_way_when_a_connection_is_over_is_lost() {
    let mut road = road(Trouble::Latency(at(300)));
    say(&mut road, 0, Up, "a");
    say(&mut road, 0, Down, "b");
    road.take(at(0), (A, true), Up, End("fin"), 0);
    assert_eq!(road.forget(A), [(Up, b"a".to_vec()), (Down, b"b".to_vec())]);
    assert_eq!((all(&mut road, 300), road.poll_timeout()), (vec![], None));
    assert_eq!(road.under_way(), 0);
}

#[test]
fn datagrams_for_which_there_is_no_room_are_lost() {
    let mut road: Road<()> = Road::default();
    road.begin(at(0), (1, Trouble::Latency(at(300))), None, iter::empty());
    for (way, room) in [(Up, ROOM_UP), (Down, ROOM_DOWN)] {
        for _ in 0..2 {
            road.take(at(0), (A, false), way, Bytes(vec![0; room / 2]), 0);
        }
        assert_eq!(road.poll(at(0)), None);
        road.take(at(0), (A, false), way, Bytes(b"x".into()), 0);
        assert_eq!(road.poll(at(0)), Some((A, News::Lost(way, b"x".into()))));
    }
    assert_eq!(road.under_way(), ROOM_UP + ROOM_DOWN);
    iter::from_fn(|| road.poll(at(300))).for_each(drop);
    assert_eq!(road.under_way(), 0);

    for _ in 0..DATAGRAMS_MAX {
        road.take(at(400), (A, false), Up, Bytes(vec![]), 0);
    }
    assert_eq!(road.poll(at(400)), None);
    road.take(at(400), (A, false), Up, Bytes(vec![]), 0);
    assert_eq!(road.poll(at(400)), Some((A, News::Lost(Up, vec![]))), "they are short, and many");
}

#[test]
fn a_dropped_datagram_is_lost_once() {
    let mut road: Road<()> = Road::default();
    road.begin(at(0), (1, Trouble::Latency(at(300))), None, iter::empty());
    road.drop_datagram(at(0), A, Up, b"x".into());
    assert_eq!(road.poll_timeout(), Some(Duration::ZERO));
    assert_eq!(road.forget(A), [(Up, b"x".to_vec())]);
    assert_eq!(road.poll(at(300)), None);
}
