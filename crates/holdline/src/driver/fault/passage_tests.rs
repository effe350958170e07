//! What becomes of the bytes of a line, and of a line whose other end is gone.

use super::road_tests::{received, rest, standing};
use super::tests::{acts, at, connect, connected, ended, faults, line, send};
use super::*;
use holdline_modem::{Confirm, Parity, UartId, UartSettings};
use std::time::Duration;

fn slow(attempt: u32, bytes: &[u8]) -> Order {
    Order::Send { line: line(attempt), bytes: bytes.to_vec(), confirm: Confirm::Acknowledged }
}

fn uart(number: u8) -> UartId {
    UartId::new(number).unwrap()
}

fn sent() -> Act {
    Act::Fact(Input::Sent { line: line(1) })
}

/// The real line is broken, the device hears nothing, and gives up when nobody acknowledges.
#[test]
fn a_half_open_line_is_dead_and_a_new_one_works() {
    let mut faults = standing("at 5s half open");
    faults.fact(at(6), received("late"));
    faults.order(at(6), slow(1, b"a"));
    assert_eq!(acts(&mut faults), []);
    assert!(connected(&mut faults, at(7), 2));
    faults.fact(at(8), Input::Received { line: line(2), bytes: b"x".to_vec() });
    assert_eq!(acts(&mut faults).len(), 1);
    let expected = [
        (66, Act::Reset(line(1))),
        (66, Act::Fact(Input::SendFailed { line: line(1) })),
        (66, ended(1, LineEnd::TimedOut)),
    ];
    assert_eq!(rest(&mut faults), expected);
}

#[test]
fn the_real_line_is_reset_where_it_is_half_opened() {
    let mut faults = faults(&["half open connect 2"]);
    assert!(connected(&mut faults, at(1), 1));
    faults.order(at(2), connect(2, "1.2.3.4", 9999));
    acts(&mut faults);
    let stands = Input::Connected { line: line(2) };
    faults.fact(at(2), stands.clone());
    assert_eq!(acts(&mut faults), [Act::Fact(stands), Act::Reset(line(2))]);
    faults.order(at(3), send(1, b"a"));
    assert_eq!(acts(&mut faults), [Act::Order(send(1, b"a"))]);
}

/// Who had said something hears it at once, and who had not when it says something.
#[test]
fn a_machine_that_is_back_resets_the_lines_that_it_does_not_know() {
    for (said_at, told_at) in [(6, 10), (12, 12)] {
        let mut faults = standing("at 5s half open for 5s");
        let mut told = Vec::new();
        for second in 6..15 {
            if second == said_at {
                faults.order(at(second), slow(1, b"a"));
            }
            faults.handle_timeout(at(second));
            let is_end = |act: &Act| *act == ended(1, LineEnd::Reset);
            told.extend(acts(&mut faults).iter().filter(|act| is_end(act)).map(|_| second));
        }
        assert_eq!(told, [told_at]);
    }
}

#[test]
fn an_idle_line_is_forgotten_and_one_that_is_used_is_not() {
    let mut faults = standing("at 5s nat idle 10s");
    for second in [9, 18] {
        faults.order(at(second), send(1, b"a"));
        assert_eq!(acts(&mut faults), [sent(), Act::Order(send(1, b"a"))]);
        faults.fact(at(second), Input::Sent { line: line(1) });
        assert_eq!(acts(&mut faults), []);
    }
    faults.order(at(28), send(1, b"a"));
    assert_eq!(acts(&mut faults), [Act::Reset(line(1)), sent()]);
    let end = [(88, Act::Reset(line(1))), (88, ended(1, LineEnd::TimedOut))];
    assert_eq!(rest(&mut faults), end);
}

/// A datagram of the device's makes a new way, what comes back has none until then.
#[test]
fn datagrams_find_their_way_back_only_after_one_went_out() {
    let mut faults = faults(&["nat idle 10s"]);
    let resend_for = Duration::from_secs(60);
    let (kind, host) = (Kind::Udp, "1.2.3.4".to_owned());
    faults
        .order(at(1), Order::Connect { line: line(1), kind, tls: None, host, port: 9, resend_for });
    faults.fact(at(1), Input::Connected { line: line(1) });
    acts(&mut faults);
    faults.fact(at(20), received("lost"));
    assert_eq!(acts(&mut faults), []);
    faults.order(at(21), send(1, b"a"));
    assert_eq!(acts(&mut faults), [sent(), Act::Order(send(1, b"a"))]);
    faults.fact(at(22), received("found"));
    assert_eq!(acts(&mut faults), [Act::Fact(received("found"))]);
}

#[test]
fn a_rate_holds_each_way_up_by_what_is_on_it() {
    let mut faults = standing("at 5s rate 2");
    faults.order(at(6), send(1, b"four"));
    faults.order(at(6), send(1, b"more"));
    faults.fact(at(6), received("xy"));
    acts(&mut faults);
    let expected = [
        (7, Act::Fact(received("xy"))),
        (8, Act::Order(send(1, b"four"))),
        (10, Act::Order(send(1, b"more"))),
    ];
    assert_eq!(rest(&mut faults)[..3], expected);
}

/// The device hears of its own send once, when the last piece is out.
#[test]
fn what_is_cut_small_is_still_one_send() {
    let mut faults = standing("at 5s split 2");
    faults.order(at(6), slow(1, b"abcde"));
    let pieces = [slow(1, b"ab"), slow(1, b"cd"), slow(1, b"e")];
    assert_eq!(acts(&mut faults), pieces.map(Act::Order));
    for told in [0, 0, 1] {
        faults.fact(at(7), Input::Sent { line: line(1) });
        assert_eq!(acts(&mut faults), vec![sent(); told]);
    }
    faults.fact(at(8), received("xyz"));
    assert_eq!(acts(&mut faults), [Act::Fact(received("xy")), Act::Fact(received("z"))]);
}

/// The real line has one send to confirm, and the device hears of each of its own.
#[test]
fn what_comes_close_together_is_joined_both_ways() {
    let mut faults = standing("at 5s merge 3s");
    for second in [6, 7, 9] {
        faults.order(at(second), slow(1, b"a"));
        faults.fact(at(second), received("x"));
    }
    assert_eq!(
        acts(&mut faults),
        [Act::Order(slow(1, b"aa")), Act::Fact(received("xx"))],
        "at 9s, when the third begins anew"
    );
    faults.fact(at(10), Input::Sent { line: line(1) });
    let expected = [
        (12, Act::Order(slow(1, b"a"))),
        (12, Act::Fact(received("x"))),
        (12, sent()),
        (12, sent()),
    ];
    assert_eq!(rest(&mut faults), expected);
}

#[test]
fn a_name_that_has_changed_leads_nowhere_and_an_address_is_one() {
    let mut faults = faults(&["name changed"]);
    faults.handle_timeout(at(0));
    acts(&mut faults);
    faults.order(at(1), connect(1, "example.com", 9999));
    let why = ConnectFailure::Refused;
    assert_eq!(acts(&mut faults), [Act::Fact(Input::ConnectFailed { line: line(1), why })]);
    assert!(connected(&mut faults, at(2), 2));
    let resend_for = Duration::from_secs(60);
    let (kind, host) = (Kind::Udp, "example.com".to_owned());
    let call = Order::Connect { line: line(3), kind, tls: None, host, port: 9, resend_for };
    faults.order(at(3), call.clone());
    let stands = Input::Connected { line: line(3) };
    faults.fact(at(3), stands.clone());
    faults.order(at(3), send(3, b"a"));
    let told = [Act::Order(call), Act::Fact(stands), Act::Fact(Input::Sent { line: line(3) })];
    assert_eq!(acts(&mut faults), told);
}

#[test]
fn serial_bytes_are_disturbed_both_ways_while_there_is_noise() {
    let mut faults = faults(&["at 5s uart noise for 5s"]);
    let quiet = vec![0; 1000];
    for (second, is_noisy) in [(1, false), (6, true), (11, false)] {
        faults.handle_timeout(at(second));
        acts(&mut faults);
        let (port, bytes) = (uart(1), quiet.clone());
        faults.fact(at(second), Input::UartReceived { port, bytes: bytes.clone() });
        faults.order(at(second), Order::UartWrite { port, write: 1, bytes });
        let heard: Vec<_> = acts(&mut faults)
            .into_iter()
            .filter_map(|act| match act {
                Act::Fact(Input::UartReceived { bytes, .. })
                | Act::Order(Order::UartWrite { bytes, .. }) => Some(bytes),
                Act::Order(_)
                | Act::Fact(_)
                | Act::Reset(_)
                | Act::Handshake(..)
                | Act::Began(_)
                | Act::Ended(_) => None,
            })
            .collect();
        assert_eq!(heard.len(), 2);
        for bytes in heard {
            // That chance spares a thousand bytes is out of the question.
            assert_eq!((bytes.len(), bytes != quiet), (1000, is_noisy), "{second}");
        }
    }
}

#[test]
fn an_overrun_loses_the_next_bytes_of_each_port_that_was_set_up_before() {
    let mut faults = faults(&["at 5s uart overrun"]);
    faults.handle_timeout(at(5));
    let (baud, parity) = (9600, Parity::None);
    let settings = UartSettings { baud, data_bits: 8, parity, stop_bits: 1, flow: false };
    faults.order(at(5), Order::UartOpen { port: uart(2), settings });
    acts(&mut faults);
    let comes = |port| Input::UartReceived { port: uart(port), bytes: b"abc".to_vec() };
    for port in [1, 2, 1] {
        faults.fact(at(6), comes(port));
    }
    let lost = Input::UartOverran { port: uart(1), lost: 3 };
    assert_eq!(acts(&mut faults), [lost, comes(2), comes(1)].map(Act::Fact));
}
