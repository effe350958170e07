//! The peer itself: its two doors, and what goes on between them.

mod faults;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use crate::conns::{Conns, Wake};
use crate::door::{Conn, Input, Output};
use crate::fault::Trouble;
use crate::framing::Framing;
use crate::manner::{Act, Ending, Manner, Reply};
use crate::record::{By, Entry, Record, Tally, What};
use crate::rule::{self, Cue, Rule, Step};
use crate::troubles::{Fate, Troubles, ending};

/// How many connections may want in and be neither accepted nor closed; what faults have in store
/// for the lowest number is forgotten beyond that.
pub const CONNECTING_MAX: usize = 4096;

/// A server that treats its connections in one [`Manner`].
///
/// The crate's page states the contract between a peer and its host.
#[derive(Debug, Clone)]
pub struct Peer {
    manner: Manner,
    /// When the last fact came.
    latest: Duration,
    conns: Conns,
    plans: BTreeMap<Duration, Vec<Act>>,
    troubles: Troubles,
    /// What faults will do with connections that wanted in and are not accepted yet.
    fates: BTreeMap<Conn, Fate>,
    /// The connections whose messages the last fact completed.
    messages: Vec<Conn>,
    outputs: VecDeque<Output>,
    drained: bool,
    record: Record,
    tally: Tally,
    is_helped: bool,
}

impl Peer {
    /// A server without connections, at time zero, with the default [`Record`].
    pub fn new(manner: Manner) -> Self {
        Self {
            manner,
            latest: Duration::ZERO,
            conns: Conns::default(),
            plans: BTreeMap::new(),
            troubles: Troubles::default(),
            fates: BTreeMap::new(),
            messages: Vec::new(),
            outputs: VecDeque::new(),
            drained: true,
            record: Record::default(),
            tally: Tally::default(),
            is_helped: false,
        }
    }

    /// The same server with another record; what the old one kept is lost.
    #[must_use]
    pub fn with_record(self, record: Record) -> Self {
        Self { record, ..self }
    }

    /// The same server with a host that answers too: the record has each message that no rule took as
    /// [`What::Left`].
    #[must_use]
    pub fn with_help(self) -> Self {
        Self { is_helped: true, ..self }
    }

    /// Treats connections in another manner from here on: intervals begin at the last fact that came,
    /// what was no whole message is forgotten, and what was put off still happens.
    ///
    /// Call [`poll_output`](Self::poll_output) afterwards to learn the deadline that follows.
    pub fn behave(&mut self, manner: Manner) {
        self.manner = manner;
        self.conns.follow(self.latest, &self.manner.rules);
        for conn in self.conns.all() {
            self.call(self.latest, conn, self.given_name());
        }
    }

    /// Adds a rule at `now`, after those that there are; an interval begins then on what is open.
    ///
    /// Where a rule about the same messages stands already, this one takes its place. All else goes on
    /// as it was. Call [`poll_output`](Self::poll_output) afterwards to learn the deadline that follows.
    pub fn add_rule(&mut self, now: Duration, rule: Rule) {
        let rules = &mut self.manner.rules;
        if let Some(known) = rules.iter_mut().find(|known| known.gives_way_to(&rule)) {
            *known = rule;
            return;
        }
        self.conns.follow_also(now, rules.len(), &rule);
        rules.push(rule);
    }

    /// Answers a message that no rule takes with this from here on.
    pub fn set_reply(&mut self, reply: Reply) {
        self.manner.reply = reply;
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
        self.latest = now;
        self.messages.clear();
        match input {
            Input::Connecting { conn } => self.handle_connecting(now, conn),
            Input::Accepted { conn } => self.handle_accepted(now, conn),
            Input::Received { conn, bytes } => self.handle_received(now, conn, bytes),
            Input::Closed { conn } => self.handle_closed(now, conn),
            Input::Timeout => self.handle_timeout(now),
        }
    }

    /// The next order, [`Output::Idle`] when there is none.
    ///
    /// Only [`handle_input`](Self::handle_input), [`behave`](Self::behave), [`add_rule`](Self::add_rule),
    /// [`plan`](Self::plan), [`inject`](Self::inject) and [`lift_faults`](Self::lift_faults) change what
    /// it says once idle.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            self.drained = true;
            Output::Idle(self.soonest().map(|(at, _)| at))
        })
    }

    /// The name that the device on an open connection gave, as [`Manner::identity`] finds it.
    pub fn name(&self, conn: Conn) -> Option<&[u8]> {
        self.conns.name(conn)
    }

    /// What happened, oldest first, as far as the [`Record`] still keeps it.
    pub fn record(&self) -> &[Entry] {
        self.record.entries()
    }

    /// Takes what happened since the last call out of the record, for a host that keeps it itself.
    pub fn take_record(&mut self) -> Vec<Entry> {
        self.record.take()
    }

    /// How many entries the record does not keep: those before the first, or all if it is off.
    pub fn forgotten(&self) -> u64 {
        self.record.forgotten()
    }

    /// On which connections the last fact completed a message, in order; each as often as it did.
    pub fn messages(&self) -> &[Conn] {
        &self.messages
    }

    /// Counters of all that happened, also of what the record does not keep.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn handle_connecting(&mut self, now: Duration, conn: Conn) {
        if self.conns.contains(conn) {
            return;
        }
        let fate = self.connect(now, conn);
        if fate.is_refused {
            return self.refuse(now, conn);
        }
        if self.fates.len() == CONNECTING_MAX {
            self.fates.pop_first();
        }
        self.fates.insert(conn, fate);
    }

    fn handle_accepted(&mut self, now: Duration, conn: Conn) {
        if self.conns.contains(conn) {
            return;
        }
        let fate = self.fates.remove(&conn).unwrap_or_else(|| self.connect(now, conn));
        if fate.is_refused || self.is_down() {
            return self.refuse(now, conn);
        }
        self.conns.open(now, conn, &self.manner.rules, fate.mute_until);
        self.tally.connections += 1;
        self.record.keep(now, conn, || What::Accepted);
        self.call(now, conn, self.given_name());
        if let Some(ending) = fate.ends {
            return self.end(now, conn, ending);
        }
        for rule in 0..self.manner.rules.len() {
            if self.manner.rules[rule].cue == Cue::Connect {
                self.follow(now, conn, rule);
            }
        }
    }

    /// Counts a connect.
    fn connect(&mut self, now: Duration, conn: Conn) -> Fate {
        let fate = self.troubles.connect(now, conn);
        self.tell_of_line();
        fate
    }

    /// Has the host hear what becomes of faults of the line, before anything that comes after.
    fn tell_of_line(&mut self) {
        self.outputs.extend(self.troubles.take_orders());
    }

    fn refuse(&mut self, now: Duration, conn: Conn) {
        self.forget(now, conn);
        self.record.keep(now, conn, || What::Refused);
        self.outputs.push_back(Output::Refuse { conn });
    }

    /// Takes what came, in pieces where a fault strikes within.
    fn handle_received(&mut self, now: Duration, conn: Conn, bytes: Vec<u8>) {
        let mut rest = &bytes[..];
        while self.conns.contains(conn) {
            let cut = self.troubles.cut(conn, rest);
            let (head, tail) = rest.split_at(cut.len);
            self.troubles.take_bytes(conn, head);
            self.tally.received.bytes += head.len() as u64;
            self.record.keep(now, conn, || What::Received(head.to_vec()));
            if cut.is_answer {
                self.strike(now, conn, &cut.hits);
                self.take_bytes(now, conn, head);
            } else {
                self.take_bytes(now, conn, head);
                self.strike(now, conn, &cut.hits);
            }
            if tail.is_empty() {
                return;
            }
            rest = tail;
        }
    }

    fn take_bytes(&mut self, now: Duration, conn: Conn, bytes: &[u8]) {
        if !self.conns.contains(conn) {
            return;
        }
        if self.manner.framing == Framing::None {
            return self.take_message(now, conn, bytes);
        }
        for message in self.conns.take_bytes(now, conn, &self.manner.framing, bytes) {
            self.take_message(now, conn, &message);
        }
    }

    /// Takes a whole message, unless one before it ended the connection.
    fn take_message(&mut self, now: Duration, conn: Conn, message: &[u8]) {
        if !self.conns.contains(conn) {
            return;
        }
        self.tally.received.messages += 1;
        self.messages.push(conn);
        if self.manner.framing != Framing::None {
            self.record.keep(now, conn, || What::Message(message.to_vec()));
        }
        let body = self.manner.framing.body(message);
        let name = self.manner.identity.as_ref().and_then(|identity| identity.name(body));
        self.call(now, conn, name);
        self.answer(now, conn, message);
        let hits = self.troubles.take_message(conn);
        self.strike(now, conn, &hits);
    }

    /// The name of whoever connects, if there is one.
    fn given_name(&self) -> Option<Vec<u8>> {
        self.manner.identity.as_ref()?.given()
    }

    /// Keeps what a device is called, unless it has a name.
    fn call(&mut self, now: Duration, conn: Conn, name: Option<Vec<u8>>) {
        if let Some(name) = name.filter(|name| self.conns.call(conn, name)) {
            self.record.keep(now, conn, || What::Named(name));
        }
    }

    fn handle_closed(&mut self, now: Duration, conn: Conn) {
        self.fates.remove(&conn);
        if self.forget(now, conn) {
            self.record.keep(now, conn, || What::Closed(By::Device));
        }
    }

    /// Faults strike on a connection.
    fn strike(&mut self, now: Duration, conn: Conn, hits: &[u64]) {
        for &id in hits {
            let trouble = self.troubles.strike(now, id, conn);
            self.tell_of_line();
            match trouble.and_then(ending) {
                Some(ending) => self.end(now, conn, ending),
                None => trouble.into_iter().for_each(|trouble| self.suffer(now, trouble)),
            }
        }
    }

    /// A trouble begins that is everybody's.
    fn suffer(&mut self, now: Duration, trouble: Trouble) {
        let is_over = matches!(trouble, Trouble::Down | Trouble::Restart);
        let ending = if is_over { Some(Ending::Close) } else { ending(trouble) };
        for conn in self.conns.all() {
            ending.into_iter().for_each(|ending| self.end(now, conn, ending));
        }
    }

    fn forget(&mut self, now: Duration, conn: Conn) -> bool {
        self.troubles.forget(now, conn);
        self.tell_of_line();
        self.conns.remove(conn)
    }

    /// Acts on every deadline that has come, the soonest first.
    fn handle_timeout(&mut self, now: Duration) {
        while let Some((_, wake)) = self.soonest().filter(|&(at, _)| at <= now) {
            match wake {
                Wake::Trouble => {
                    let begins = self.troubles.turn(now);
                    self.tell_of_line();
                    begins.into_iter().for_each(|trouble| self.suffer(now, trouble));
                }
                Wake::Plan => self.carry_out_plan(now),
                Wake::Gap(conn) => {
                    let message = self.conns.end_message(conn);
                    self.take_message(now, conn, &message);
                }
                Wake::Step(conn) => {
                    let step = self.conns.step(conn);
                    step.into_iter().for_each(|step| self.carry_out(now, conn, step));
                }
                Wake::Beat(conn) => {
                    let rule = self.conns.beat(now, conn);
                    rule.into_iter().for_each(|rule| self.follow(now, conn, rule));
                }
            }
        }
    }

    fn soonest(&self) -> Option<(Duration, Wake)> {
        let trouble = self.troubles.soonest().map(|at| (at, Wake::Trouble));
        let plan = self.plans.first_key_value().map(|(&at, _)| (at, Wake::Plan));
        trouble.into_iter().chain(plan).chain(self.conns.soonest()).min()
    }

    fn carry_out_plan(&mut self, now: Duration) {
        let acts = self.plans.pop_first().map(|(_, acts)| acts);
        for act in acts.into_iter().flatten() {
            match act {
                Act::SendAll(bytes) => {
                    self.conns
                        .all()
                        .into_iter()
                        .for_each(|conn| self.send(now, conn, bytes.clone()));
                }
                Act::Send(conn, bytes) => self.send(now, conn, bytes),
                Act::End(conn, ending) => self.end(now, conn, ending),
            }
        }
    }

    /// Answers a message as the first rule says that fits.
    fn answer(&mut self, now: Duration, conn: Conn, message: &[u8]) {
        let body = self.manner.framing.body(message);
        let Some(rule) = rule::first_for(&self.manner.rules, body) else {
            if self.is_helped {
                self.record.keep(now, conn, || What::Left(body.to_vec()));
            }
            let answer = self.manner.reply.to(message).unwrap_or_default();
            return self.send(now, conn, answer);
        };
        let steps: Vec<_> = rule.steps(message).collect();
        self.begin(now, conn, steps);
    }

    /// Does what a rule says that needs no message.
    fn follow(&mut self, now: Duration, conn: Conn, rule: usize) {
        let steps: Vec<_> = self.manner.rules[rule].steps(&[]).collect();
        self.begin(now, conn, steps);
    }

    /// Does what is to be done at once, and puts the rest off.
    fn begin(&mut self, now: Duration, conn: Conn, steps: Vec<(Duration, Step)>) {
        for (after, step) in steps {
            if after.is_zero() {
                self.carry_out(now, conn, step);
            } else if let Some(at) = now.checked_add(after) {
                self.conns.put_off(conn, at, step);
            }
        }
    }

    fn carry_out(&mut self, now: Duration, conn: Conn, step: Step) {
        match step {
            Step::Say(bytes) => self.send(now, conn, bytes),
            Step::End(ending) if self.is_heard(now, conn) => self.end(now, conn, ending),
            Step::End(_) => {}
        }
    }

    /// Whether the connection stands and no fault keeps the server silent on it.
    fn is_heard(&self, now: Duration, conn: Conn) -> bool {
        self.conns.contains(conn) && !self.is_silent(now, conn)
    }

    fn send(&mut self, now: Duration, conn: Conn, bytes: Vec<u8>) {
        if bytes.is_empty() || !self.is_heard(now, conn) {
            return;
        }
        self.tally.sent.count(&bytes);
        self.record.keep(now, conn, || What::Sent(bytes.clone()));
        self.outputs.push_back(Output::Send { conn, bytes });
    }

    fn end(&mut self, now: Duration, conn: Conn, ending: Ending) {
        if !self.forget(now, conn) {
            return;
        }
        let (order, by) = match ending {
            Ending::Close => (Output::Close { conn }, By::Server),
            Ending::Reset => (Output::Reset { conn }, By::ServerReset),
        };
        self.record.keep(now, conn, || What::Closed(by));
        self.outputs.push_back(order);
    }
}
