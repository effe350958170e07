//! The peer itself: its two doors, and what goes on between them.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use crate::conns::{Conns, Wake};
use crate::door::{Conn, Input, Output};
use crate::manner::{Act, Ending, Manner, OnAccept};
use crate::record::{By, Entry, Record, Tally, What};

/// A server that treats its connections in one [`Manner`].
///
/// The crate's page states the contract between a peer and its host.
#[derive(Debug, Clone)]
pub struct Peer {
    manner: Manner,
    conns: Conns,
    plans: BTreeMap<Duration, Vec<Act>>,
    outputs: VecDeque<Output>,
    drained: bool,
    record: Record,
    tally: Tally,
}

impl Peer {
    /// A server without connections, at time zero, with the default [`Record`].
    pub fn new(manner: Manner) -> Self {
        Self {
            manner,
            conns: Conns::default(),
            plans: BTreeMap::new(),
            outputs: VecDeque::new(),
            drained: true,
            record: Record::default(),
            tally: Tally::default(),
        }
    }

    /// The same server with another record; what the old one kept is lost.
    #[must_use]
    pub fn with_record(self, record: Record) -> Self {
        Self { record, ..self }
    }

    /// Plans an act for the moment `at`; one that is past already happens at the next timeout.
    ///
    /// Acts for one moment happen in the order in which they were planned, and before anything that
    /// the manner has for that moment. Call [`poll_output`](Self::poll_output) afterwards to learn
    /// the deadline that follows.
    pub fn plan(&mut self, at: Duration, act: Act) {
        self.plans.entry(at).or_default().push(act);
    }

    /// Takes in a fact, known at `now`. Drain the outputs before the next.
    pub fn handle_input(&mut self, now: Duration, input: Input) {
        debug_assert!(self.drained, "after each input, drain until `Output::Idle`");
        self.drained = false;
        match input {
            Input::Accepted { conn } => self.handle_accepted(now, conn),
            Input::Received { conn, bytes } => self.handle_received(now, conn, bytes),
            Input::Closed { conn } => self.handle_closed(now, conn),
            Input::Timeout => self.handle_timeout(now),
        }
    }

    /// The next order, [`Output::Idle`] when there is none.
    ///
    /// Only [`handle_input`](Self::handle_input) and [`plan`](Self::plan) change what it says once
    /// idle.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            self.drained = true;
            Output::Idle(self.soonest().map(|(at, _)| at))
        })
    }

    /// What happened, oldest first, as far as the [`Record`] still keeps it.
    pub fn record(&self) -> &[Entry] {
        self.record.entries()
    }

    /// How many entries the record does not keep: those before the first, or all if it is off.
    pub fn forgotten(&self) -> u64 {
        self.record.forgotten()
    }

    /// Counters of all that happened, also of what the record does not keep.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn handle_accepted(&mut self, now: Duration, conn: Conn) {
        if self.conns.contains(conn) {
            return;
        }
        self.conns.open(now, conn, &self.manner);
        self.tally.connections += 1;
        self.record.keep(now, conn, || What::Accepted);
        match self.manner.on_accept {
            OnAccept::Welcome => self.greet(now, conn),
            OnAccept::Reset => self.end(now, conn, Ending::Reset),
            OnAccept::Close => self.end(now, conn, Ending::Close),
        }
    }

    fn handle_received(&mut self, now: Duration, conn: Conn, bytes: Vec<u8>) {
        if !self.conns.contains(conn) {
            return;
        }
        let answer = self.manner.answer(&bytes);
        self.tally.received.count(&bytes);
        self.record.keep(now, conn, || What::Received(bytes));
        if let Some(answer) = answer {
            self.send(now, conn, answer);
        }
    }

    fn handle_closed(&mut self, now: Duration, conn: Conn) {
        if self.conns.remove(conn) {
            self.record.keep(now, conn, || What::Closed(By::Device));
        }
    }

    /// Acts on every deadline that has come, the soonest first.
    fn handle_timeout(&mut self, now: Duration) {
        while let Some((_, wake)) = self.soonest().filter(|&(at, _)| at <= now) {
            match wake {
                Wake::Plan => self.carry_out_plan(now),
                Wake::Drop(conn) => self.end(now, conn, self.manner.drop_with),
                Wake::Speak(conn) => self.speak(now, conn),
            }
        }
    }

    fn soonest(&self) -> Option<(Duration, Wake)> {
        let plan = self.plans.first_key_value().map(|(&at, _)| (at, Wake::Plan));
        plan.into_iter().chain(self.conns.soonest()).min()
    }

    fn carry_out_plan(&mut self, now: Duration) {
        let acts = self.plans.pop_first().map(|(_, acts)| acts);
        for act in acts.into_iter().flatten() {
            self.carry_out(now, &act);
        }
    }

    fn carry_out(&mut self, now: Duration, act: &Act) {
        for conn in self.conns.all() {
            match act {
                Act::CloseAll => self.end(now, conn, Ending::Close),
                Act::ResetAll => self.end(now, conn, Ending::Reset),
                Act::SendAll(bytes) => self.send(now, conn, bytes.clone()),
            }
        }
    }

    fn greet(&mut self, now: Duration, conn: Conn) {
        if let Some(greeting) = self.manner.greeting.clone() {
            self.send(now, conn, greeting);
        }
    }

    fn speak(&mut self, now: Duration, conn: Conn) {
        self.conns.beat(now, conn);
        if let Some((_, bytes)) = self.manner.every.clone() {
            self.send(now, conn, bytes);
        }
    }

    fn send(&mut self, now: Duration, conn: Conn, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        self.tally.sent.count(&bytes);
        self.record.keep(now, conn, || What::Sent(bytes.clone()));
        self.outputs.push_back(Output::Send { conn, bytes });
    }

    fn end(&mut self, now: Duration, conn: Conn, ending: Ending) {
        self.conns.remove(conn);
        let (order, by) = match ending {
            Ending::Close => (Output::Close { conn }, By::Server),
            Ending::Reset => (Output::Reset { conn }, By::ServerReset),
        };
        self.record.keep(now, conn, || What::Closed(by));
        self.outputs.push_back(order);
    }
}
