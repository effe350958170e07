use super::*;
use holdline_modem::{Attempt, Confirm, SocketId};
use std::time::Duration;

pub(super) fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

pub(super) fn line(attempt: u32) -> LineId {
    LineId { socket: SocketId(0), attempt: Attempt(attempt) }
}

pub(super) fn faults(words: &[&str]) -> Faults {
    Faults::new(words.iter().map(|words| Fault::parse(words).unwrap()).collect())
}

pub(super) fn acts(faults: &mut Faults) -> Vec<Act> {
    std::iter::from_fn(|| faults.poll_act()).collect()
}

pub(super) fn connect(attempt: u32, host: &str, port: u16) -> Order {
    let resend_for = Duration::from_secs(60);
    let host = host.to_owned();
    Order::Connect { line: line(attempt), kind: Kind::Tcp, tls: None, host, port, resend_for }
}

pub(super) fn send(attempt: u32, bytes: &[u8]) -> Order {
    Order::Send { line: line(attempt), bytes: bytes.to_vec(), confirm: Confirm::Taken }
}

/// Connects a line; whether it was let through, and stands.
pub(super) fn connected(faults: &mut Faults, now: Instant, attempt: u32) -> bool {
    faults.order(now, connect(attempt, "1.2.3.4", 9999));
    let is_made = acts(faults).iter().any(|act| matches!(act, Act::Order(_)));
    if is_made {
        faults.fact(now, Input::Connected { line: line(attempt) });
        acts(faults);
    }
    is_made
}

pub(super) fn ended(attempt: u32, how: LineEnd) -> Act {
    Act::Fact(Input::Ended { line: line(attempt), how })
}

#[test]
fn so_many_connects_are_refused_and_the_next_is_made() {
    let mut faults = faults(&["refuse connects 2 to 3"]);
    let made: Vec<_> = (1..=4).map(|attempt| connected(&mut faults, at(1), attempt)).collect();
    assert_eq!(made, [true, false, false, true]);
}

#[test]
fn a_fault_stands_for_its_time_and_says_so() {
    let mut faults = faults(&["at 10s refuse for 5s port 9999"]);
    assert!(connected(&mut faults, at(9), 1));
    assert_eq!(faults.poll_timeout(), Some(at(10)));
    faults.order(at(12), connect(2, "1.2.3.4", 9999));
    let why = ConnectFailure::Refused;
    let words = "at 10s refuse for 5s port 9999".to_owned();
    let refused = Act::Fact(Input::ConnectFailed { line: line(2), why });
    assert_eq!(acts(&mut faults), [Act::Began(words.clone()), refused]);
    faults.order(at(12), connect(3, "1.2.3.4", 80));
    assert_eq!(acts(&mut faults), [Act::Order(connect(3, "1.2.3.4", 80))]);
    faults.handle_timeout(at(17));
    assert_eq!(acts(&mut faults), [Act::Ended(words)]);
    assert!(connected(&mut faults, at(17), 4));
    assert_eq!(faults.poll_timeout(), None);
}

#[test]
fn a_line_is_broken_where_the_fault_says_and_its_end_is_told_once() {
    for (words, first, second) in [
        ("reset after 5 bytes", "1234", "56"),
        ("reset after 2 messages", "a", "b"),
        ("reset on \"heart\"", "xx he", "art"),
    ] {
        let mut faults = faults(&[words]);
        assert!(connected(&mut faults, at(1), 1));
        faults.order(at(2), send(1, first.as_bytes()));
        assert_eq!(acts(&mut faults), [Act::Order(send(1, first.as_bytes()))], "{words}");
        faults.order(at(3), send(1, second.as_bytes()));
        let expected = [
            Act::Order(send(1, second.as_bytes())),
            Act::Began(words.to_owned()),
            Act::Reset(line(1)),
            ended(1, LineEnd::Reset),
        ];
        assert_eq!(acts(&mut faults), expected, "{words}");
        for late in [Input::Sent { line: line(1) }, Input::Closed { line: line(1) }] {
            faults.fact(at(4), late);
            assert_eq!(acts(&mut faults), [], "{words}");
        }
        // It strikes once.
        assert!(connected(&mut faults, at(5), 2));
        faults.order(at(5), send(2, b"heart 1234567"));
        faults.order(at(5), send(2, b"heart"));
        assert_eq!(acts(&mut faults).len(), 2, "{words}");
    }
}

#[test]
fn a_server_that_is_down_closes_its_lines_and_refuses() {
    let mut faults = faults(&["at 5s server down for 10s"]);
    assert!(connected(&mut faults, at(1), 1));
    faults.handle_timeout(at(5));
    let acts_of_begin = acts(&mut faults);
    assert_eq!(
        acts_of_begin[1..],
        [Act::Order(Order::Close { line: line(1) }), ended(1, LineEnd::Closed)]
    );
    assert!(!connected(&mut faults, at(6), 2));
    assert!(connected(&mut faults, at(15), 3));
}

#[test]
fn a_silent_server_is_not_heard_and_a_missing_name_not_found() {
    let mut faults = faults(&["silent for 10s", "name not found for 10s"]);
    faults.handle_timeout(at(0));
    assert!(connected(&mut faults, at(1), 1));
    let heard = Input::Received { line: line(1), bytes: b"x".to_vec() };
    faults.fact(at(2), heard.clone());
    assert_eq!(acts(&mut faults), []);
    faults.order(at(3), connect(2, "example.com", 9999));
    let why = ConnectFailure::NameNotFound;
    assert_eq!(acts(&mut faults), [Act::Fact(Input::ConnectFailed { line: line(2), why })]);
    faults.handle_timeout(at(10));
    acts(&mut faults);
    faults.fact(at(11), heard.clone());
    assert_eq!(acts(&mut faults), [Act::Fact(heard)]);
}

#[test]
fn troubles_of_the_module_are_facts() {
    let mut faults = faults(&["at 1s sim out for 2s", "at 9s power cut", "at 20s pdp lost"]);
    let mut told = Vec::new();
    while let Some(at) = faults.poll_timeout() {
        faults.handle_timeout(at);
        told.extend(acts(&mut faults).into_iter().filter_map(|act| match act {
            Act::Fact(fact) => Some((at.as_millis(), fact)),
            Act::Order(_) | Act::Reset(_) | Act::Handshake(..) | Act::Began(_) | Act::Ended(_) => {
                None
            }
        }));
    }
    assert_eq!(
        told,
        [
            (1000, Input::SimRemoved),
            (3000, Input::SimInserted),
            (9000, Input::PowerLost),
            (10_000, Input::PowerRestored),
            (20_000, Input::LinkLost),
        ]
    );
}

#[test]
fn a_fault_of_one_connect_is_that_lines_alone_until_it_is_over() {
    let mut faults = faults(&["black hole connect 2", "name not found connect 4"]);
    assert!(connected(&mut faults, at(1), 1));
    assert!(!connected(&mut faults, at(2), 2));
    assert!(connected(&mut faults, at(3), 3));
    faults.handle_timeout(at(77));
    let why = ConnectFailure::TimedOut;
    let over = Act::Fact(Input::ConnectFailed { line: line(2), why });
    let ended = Act::Ended("black hole connect 2".to_owned());
    assert_eq!(acts(&mut faults), [Act::Reset(line(2)), over, ended]);
    faults.order(at(78), connect(4, "example.com", 9999));
    let why = ConnectFailure::NameNotFound;
    let words = "name not found connect 4".to_owned();
    let missing = Act::Fact(Input::ConnectFailed { line: line(4), why });
    assert_eq!(acts(&mut faults), [Act::Began(words.clone()), missing, Act::Ended(words)]);
    faults.order(at(79), connect(5, "example.com", 9999));
    assert_eq!(acts(&mut faults), [Act::Order(connect(5, "example.com", 9999))]);
}

#[test]
fn the_module_is_struck_where_connects_bytes_messages_and_texts_say() {
    let struck_at = |words: &str| {
        let mut faults = faults(&[words]);
        let mut struck = Vec::new();
        for attempt in 1..=3 {
            faults.order(at(1), connect(attempt, "1.2.3.4", 9999));
            faults.fact(at(1), Input::Connected { line: line(attempt) });
            faults.order(at(1), send(attempt, b"he"));
            faults.order(at(1), send(attempt, b"art"));
            let lost =
                acts(&mut faults).into_iter().filter(|act| *act == Act::Fact(Input::LinkLost));
            struck.extend(lost.map(|_| attempt));
            faults.order(at(2), Order::Abort { line: line(attempt) });
        }
        struck
    };
    assert_eq!(struck_at("pdp lost connects 2 to 3"), [2, 3]);
    for once in ["after 4 bytes", "after 2 messages", "on \"heart\""] {
        assert_eq!(struck_at(&format!("pdp lost {once}")), [1], "{once}");
    }
    for never in ["after 6 bytes", "after 3 messages", "on \"heart \"", "connect 4"] {
        assert_eq!(struck_at(&format!("pdp lost {never}")), [0; 0], "{never}");
    }
}
