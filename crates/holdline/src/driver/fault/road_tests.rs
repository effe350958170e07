//! What stands between a device and its lines: delays, and what is withheld.

use super::tests::{acts, at, connect, ended, faults, line, send};
use super::*;
use holdline_modem::Confirm;

pub(super) fn received(text: &str) -> Input {
    Input::Received { line: line(1), bytes: text.into() }
}

/// A line that stands, with these faults from the fifth second on.
pub(super) fn standing(words: &str) -> Faults {
    let mut faults = faults(&[words]);
    faults.order(at(1), connect(1, "1.2.3.4", 9999));
    faults.fact(at(1), Input::Connected { line: line(1) });
    acts(&mut faults);
    faults.handle_timeout(at(5));
    acts(&mut faults);
    faults
}

/// What happens until nothing is planned any more, each with its second.
pub(super) fn rest(faults: &mut Faults) -> Vec<(u64, Act)> {
    let mut all = Vec::new();
    while let Some(next) = faults.poll_timeout() {
        faults.handle_timeout(next);
        all.extend(acts(faults).into_iter().map(|act| (next.as_millis() / 1000, act)));
    }
    all
}

#[test]
fn latency_holds_both_ways_up_and_keeps_the_order() {
    let mut faults = standing("at 5s latency 3s");
    faults.order(at(6), send(1, b"a"));
    faults.fact(at(7), received("x"));
    faults.fact(at(7), Input::Ended { line: line(1), how: LineEnd::Closed });
    assert_eq!(acts(&mut faults), [Act::Fact(Input::Sent { line: line(1) })]);
    let expected = [
        (9, Act::Order(send(1, b"a"))),
        (10, Act::Fact(received("x"))),
        (10, ended(1, LineEnd::Closed)),
    ];
    assert_eq!(rest(&mut faults), expected);
}

/// What left when the line was slow is not overtaken by what leaves when it is fast again.
#[test]
fn nothing_is_overtaken_where_a_delay_ends() {
    let mut faults = standing("at 5s latency 10s for 2s");
    faults.fact(at(6), received("first"));
    faults.handle_timeout(at(7));
    acts(&mut faults);
    faults.fact(at(8), received("second"));
    let expected = [(16, Act::Fact(received("first"))), (16, Act::Fact(received("second")))];
    assert_eq!(rest(&mut faults), expected);
}

#[test]
fn jitter_stays_within_its_time() {
    let mut faults = standing("at 5s jitter 2s");
    for _ in 0..100 {
        faults.fact(at(6), received("x"));
    }
    let mut told = acts(&mut faults).len();
    while let Some(next) = faults.poll_timeout() {
        assert!(next <= at(8), "{next:?}");
        faults.handle_timeout(next);
        told += acts(&mut faults).len();
    }
    assert_eq!(told, 100);
}

#[test]
fn a_black_hole_withholds_its_way_alone_and_lets_go_at_its_end() {
    for (words, up, down) in [
        ("at 5s black hole for 5s", false, false),
        ("at 5s black hole up for 5s", false, true),
        ("at 5s black hole down for 5s", true, false),
        ("at 5s registration lost for 5s", false, false),
        ("at 5s black hole for 5s port 80", true, true),
    ] {
        let mut faults = standing(words);
        faults.order(at(6), send(1, b"a"));
        faults.fact(at(6), received("x"));
        let passed = acts(&mut faults);
        assert_eq!(passed.contains(&Act::Order(send(1, b"a"))), up, "{words}");
        assert_eq!(passed.contains(&Act::Fact(received("x"))), down, "{words}");
        faults.handle_timeout(at(10));
        let passed = acts(&mut faults);
        assert_eq!(passed.contains(&Act::Order(send(1, b"a"))), !up, "{words}");
        assert_eq!(passed.contains(&Act::Fact(received("x"))), !down, "{words}");
    }
}

/// As the module does: the connection after 75 s, a line when nothing was acknowledged for its time.
#[test]
fn what_waits_too_long_in_a_black_hole_is_given_up() {
    let mut faults = standing("at 5s black hole");
    let bytes = b"a".to_vec();
    let slow = Order::Send { line: line(1), bytes, confirm: Confirm::Acknowledged };
    faults.order(at(6), slow);
    faults.order(at(7), connect(2, "1.2.3.4", 9999));
    let why = ConnectFailure::TimedOut;
    let expected = [
        (66, Act::Reset(line(1))),
        (66, Act::Fact(Input::SendFailed { line: line(1) })),
        (66, ended(1, LineEnd::TimedOut)),
        (82, Act::Reset(line(2))),
        (82, Act::Fact(Input::ConnectFailed { line: line(2), why })),
    ];
    assert_eq!(rest(&mut faults), expected);
}

#[test]
fn a_name_takes_its_time_and_an_address_does_not() {
    let mut faults = faults(&["name slow 20s"]);
    faults.handle_timeout(at(0));
    acts(&mut faults);
    faults.order(at(1), connect(1, "example.com", 9999));
    assert_eq!(acts(&mut faults), []);
    faults.order(at(1), connect(2, "1.2.3.4", 9999));
    assert_eq!(acts(&mut faults), [Act::Order(connect(2, "1.2.3.4", 9999))]);
    faults.fact(at(2), Input::Connected { line: line(2) });
    acts(&mut faults);
    faults.handle_timeout(at(21));
    assert_eq!(acts(&mut faults), [Act::Order(connect(1, "example.com", 9999))]);
}

/// A server that talks on does not fill the memory, and the script's own pause stands.
#[test]
fn a_line_with_much_under_way_is_not_read() {
    let mut faults = standing("at 5s black hole down for 5s");
    let much = "x".repeat(200 * 1024);
    faults.fact(at(6), received(&much));
    assert_eq!(acts(&mut faults), []);
    faults.fact(at(6), received(&much));
    assert_eq!(acts(&mut faults), [Act::Order(Order::Pause { line: line(1) })]);
    faults.handle_timeout(at(10));
    assert!(acts(&mut faults).contains(&Act::Order(Order::Resume { line: line(1) })));
}
