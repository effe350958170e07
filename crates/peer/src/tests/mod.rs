//! Facts in, orders out: what a peer does, told as stories in which time is a number.

mod fault;
mod framing;
mod line;
mod mischief;
mod plan;
mod record;
mod rule;

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::fault::Fault;
use crate::{Act, Conn, Cue, Input, Manner, Output, Peer, Record, Reply, Rule};

const A: Conn = Conn(1);
const B: Conn = Conn(2);

/// A peer and the orders it gave.
struct Story {
    peer: Peer,
    deadline: Option<Duration>,
}

impl Story {
    fn new(manner: Manner) -> Self {
        Self::of(Peer::new(manner))
    }

    fn of(mut peer: Peer) -> Self {
        let (_, deadline) = drain(&mut peer);
        Self { peer, deadline }
    }

    fn tell(&mut self, ms: u64, input: Input) -> Vec<Output> {
        self.peer.handle_input(at(ms), input);
        let (orders, deadline) = drain(&mut self.peer);
        self.deadline = deadline;
        orders
    }

    fn accept(&mut self, ms: u64, conn: Conn) -> Vec<Output> {
        self.tell(ms, Input::Accepted { conn })
    }

    fn hear(&mut self, ms: u64, conn: Conn, bytes: &str) -> Vec<Output> {
        self.tell(ms, Input::Received { conn, bytes: bytes.into() })
    }

    fn close(&mut self, ms: u64, conn: Conn) -> Vec<Output> {
        self.tell(ms, Input::Closed { conn })
    }

    fn wait(&mut self, ms: u64) -> Vec<Output> {
        self.tell(ms, Input::Timeout)
    }

    /// Hands a fault over, and says what it does at once.
    fn inject(&mut self, ms: u64, words: &str) -> Vec<Output> {
        self.peer.inject(at(ms), Fault::parse(words).unwrap());
        self.wait(ms)
    }

    fn connect(&mut self, ms: u64, conn: Conn) -> Vec<Output> {
        let mut orders = self.tell(ms, Input::Connecting { conn });
        if orders.is_empty() {
            orders = self.accept(ms, conn);
        }
        orders
    }

    fn plan(&mut self, ms: u64, act: Act) {
        self.peer.plan(at(ms), act);
        (_, self.deadline) = drain(&mut self.peer);
    }
}

fn drain(peer: &mut Peer) -> (Vec<Output>, Option<Duration>) {
    let mut orders = Vec::new();
    loop {
        match peer.poll_output() {
            Output::Idle(deadline) => return (orders, deadline),
            order @ (Output::Refuse { .. }
            | Output::Send { .. }
            | Output::Close { .. }
            | Output::Reset { .. }
            | Output::LineFaultBegan { .. }
            | Output::LineFaultEnded { .. }) => {
                orders.push(order);
            }
        }
    }
}

fn ruled(rules: impl Into<Vec<Rule>>) -> Manner {
    Manner { rules: rules.into(), ..Manner::default() }
}

fn greet(greeting: &str) -> Rule {
    Rule::on(Cue::Connect).say(greeting)
}

fn every(ms: u64, bytes: &str) -> Rule {
    Rule::on(Cue::Every(at(ms))).say(bytes)
}

fn drop_after(ms: u64) -> Rule {
    Rule::on(Cue::Connect).after(at(ms)).close()
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn send(conn: Conn, bytes: &str) -> Output {
    Output::Send { conn, bytes: bytes.into() }
}

const fn close(conn: Conn) -> Output {
    Output::Close { conn }
}

const fn refuse(conn: Conn) -> Output {
    Output::Refuse { conn }
}

const fn reset(conn: Conn) -> Output {
    Output::Reset { conn }
}

#[test]
fn default_takes_everything_and_says_nothing() {
    let mut story = Story::new(Manner::default());

    assert_eq!(story.accept(0, A), []);
    assert_eq!(story.hear(10, A, "hello"), []);
    assert_eq!(story.wait(20), []);
    assert_eq!(story.close(30, A), []);
    assert_eq!(story.deadline, None);
}

#[test]
fn facts_about_connections_that_are_not_open_are_ignored() {
    let mut story = Story::new(Manner { reply: Reply::Echo, ..Manner::default() });

    assert_eq!(story.hear(0, A, "hello"), []);
    assert_eq!(story.close(1, A), []);
    story.accept(2, A);
    story.close(3, A);
    assert_eq!(story.hear(4, A, "late"), []);
    assert_eq!(story.close(5, A), []);
    assert_eq!(story.peer.tally().received.messages, 0);
    assert_eq!(story.peer.record().len(), 2);
}

#[test]
fn an_open_connection_is_not_accepted_again() {
    let mut story = Story::new(ruled([greet("hi")]));

    assert_eq!(story.accept(0, A), [send(A, "hi")]);
    assert_eq!(story.accept(1, A), []);
    assert_eq!(story.peer.tally().connections, 1);
}

#[test]
fn a_number_may_be_used_again_once_its_connection_is_over() {
    let mut story = Story::new(Manner { reply: Reply::Echo, ..ruled([drop_after(100)]) });

    story.accept(0, A);
    story.close(50, A);
    assert_eq!(story.deadline, None);
    story.accept(60, A);
    assert_eq!(story.hear(100, A, "x"), [send(A, "x")]);
    assert_eq!(story.wait(159), []);
    assert_eq!(story.wait(160), [close(A)]);
}

#[test]
fn equal_facts_give_equal_orders() {
    let manner =
        Manner { reply: Reply::Echo, ..ruled([greet("hi"), every(10, "tick"), drop_after(35)]) };
    let run = || {
        let mut story = Story::new(manner.clone());
        let mut orders = vec![story.accept(0, B), story.accept(0, A)];
        orders.extend((1..50).map(|ms| story.wait(ms)));
        orders
    };

    assert_eq!(run(), run());
}

#[test]
#[should_panic(expected = "drain until")]
#[cfg(debug_assertions)]
fn an_input_before_the_last_is_drained_breaks_the_contract() {
    let mut peer = Peer::new(ruled([greet("hi")]));
    peer.handle_input(at(0), Input::Accepted { conn: A });
    assert_eq!(peer.poll_output(), send(A, "hi"));
    peer.handle_input(at(1), Input::Timeout);
}
