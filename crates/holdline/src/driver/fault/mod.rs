//! Faults between a device and its real lines: orders and facts go in, and come out as the faults
//! leave them. There are no sockets here and no clock.
//!
//! A line that a fault has ended is unknown from then on: what the real one still says is dropped.

mod handshake;
mod module;
mod passage;
#[cfg(test)]
mod passage_tests;
mod plan;
mod road;
#[cfg(test)]
mod road_tests;
#[cfg(test)]
mod tests;
mod trials;
mod wires;

use holdline_modem::{
    ConnectFailure, Input, Instant, Kind, LineEnd, LineId, Output as Order, TlsFailure,
};
use holdline_peer::fault::{Fault, Trouble, When, Who};
use holdline_peer::line::Reach;
use plan::{Line, Plan};
use road::Road;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use wires::Wires;

/// Faults that wait or stand at a time, as many as can be added.
pub(crate) const FAULTS_MAX: usize = 256;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Carry the order out.
    Order(Order),
    /// Tell the device.
    Fact(Input),
    /// Break the real line with a reset; the device knows.
    Reset(LineId),
    /// Let the handshake of a line of TLS fail so once the server has spoken, or go on.
    Handshake(LineId, Option<TlsFailure>),
    /// A fault begins; its words.
    Began(String),
    /// A fault that lasted is over; its words.
    Ended(String),
}

/// How a fault ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    Close,
    Reset,
}

/// The faults of one device.
#[derive(Debug)]
pub(crate) struct Faults {
    plans: Vec<Plan>,
    lines: BTreeMap<LineId, Line>,
    road: Road,
    wires: Wires,
    acts: VecDeque<Act>,
}

impl Faults {
    /// Faults that wait for their time.
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        let plans = faults.into_iter().map(Plan::new).collect();
        Self {
            plans,
            lines: BTreeMap::new(),
            road: Road::default(),
            wires: Wires::default(),
            acts: VecDeque::new(),
        }
    }

    /// Takes one more, which begins when [`Self::handle_timeout`] is called or its occasion comes; says
    /// whether there was room.
    pub(crate) fn add(&mut self, fault: Fault) -> bool {
        let plan = Plan::new(fault);
        match self.plans.iter().position(Plan::is_over) {
            Some(at) => self.plans[at] = plan,
            None if self.plans.len() < FAULTS_MAX => self.plans.push(plan),
            None => return false,
        }
        true
    }

    /// Takes all back: what stands is over, what waits never comes.
    pub(crate) fn lift(&mut self) {
        for at in 0..self.plans.len() {
            self.end(at);
        }
        self.settle();
    }

    /// The words of those that are not over, and whether each stands.
    pub(crate) fn told(&self) -> impl Iterator<Item = (String, bool)> {
        let living = self.plans.iter().filter(|plan| !plan.is_over());
        living.map(|plan| (plan.fault.to_string(), plan.stands()))
    }

    /// The next thing to do. Changes only after the calls below.
    pub(crate) fn poll_act(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    /// When to come back, if nothing else happens.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let plans = self.plans.iter().filter_map(Plan::poll_timeout);
        plans.chain(self.road.poll_timeout()).min()
    }

    /// Begins and ends faults whose time has come; early is harmless.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        for at in 0..self.plans.len() {
            if self.plans[at].is_due_to_begin(now) {
                self.begin(at, now);
            }
            if self.plans[at].is_due_to_end(now) {
                self.end(at);
            }
        }
        self.road.handle_timeout(now);
        self.settle();
    }

    /// Takes an order of the device.
    pub(crate) fn order(&mut self, now: Instant, order: Order) {
        self.handle_timeout(now);
        match order {
            Order::Connect { line, kind, ref tls, ref host, port, .. } => {
                let new = Line::new(port, kind, handshake::with_name(tls.as_deref(), host));
                match self.connect(now, line, new, host) {
                    Some(why) => {
                        self.acts.push_back(Act::Fact(Input::ConnectFailed { line, why }));
                        self.drop_line(line);
                    }
                    None => {
                        let is_name = is_name(host);
                        self.road.connect(now, order, is_name);
                        if is_name && self.stands(Trouble::NameChanged, line, port) {
                            self.road.lead_astray(line);
                        }
                    }
                }
            }
            Order::Send { line, ref bytes, .. } => {
                let sent = bytes.clone();
                self.road.order(now, line, order);
                self.settle();
                self.sent(now, line, &sent);
            }
            Order::Abort { line } => {
                self.road.order(now, line, order);
                self.drop_line(line);
            }
            Order::Close { line } | Order::Pause { line } | Order::Resume { line } => {
                self.road.order(now, line, order);
            }
            Order::UartOpen { .. }
            | Order::UartWrite { .. }
            | Order::UartClose { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. }
            | Order::UartOverrun { .. }
            | Order::Net(_)
            | Order::Pin { .. }
            | Order::Idle(_) => {
                let is_noisy = self.is_noisy();
                self.acts.push_back(Act::Order(self.wires.order(order, is_noisy)));
            }
        }
        self.settle();
    }

    /// Takes a fact about the device.
    pub(crate) fn fact(&mut self, now: Instant, fact: Input) {
        self.handle_timeout(now);
        match line_of(&fact) {
            Some(line) => self.road.fact(now, line, fact),
            None => {
                let is_noisy = self.is_noisy();
                self.acts.push_back(Act::Fact(self.wires.fact(fact, is_noisy)));
            }
        }
        self.settle();
    }

    /// Takes in what has come to the end of the road.
    fn settle(&mut self) {
        while let Some(act) = self.road.poll_act() {
            match act {
                Act::Fact(fact) => self.hear(fact),
                Act::Order(order) => self.let_out(order),
                Act::Reset(_) | Act::Handshake(..) | Act::Began(_) | Act::Ended(_) => {
                    self.acts.push_back(act);
                }
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other fact goes through")]
    fn hear(&mut self, fact: Input) {
        let Some(line) = line_of(&fact) else { return };
        let Some(known) = self.lines.get_mut(&line) else { return };
        let (port, is_silenced) = (known.port, known.is_silenced);
        match fact {
            Input::Connected { .. } => {
                known.stands = true;
                let strike = known.strike.take().or_else(|| self.standing_strike(line, port));
                self.acts.push_back(Act::Fact(fact));
                if let Some(strike) = strike {
                    self.strike(line, strike);
                } else if let Some(number) = self.half_opens(line) {
                    self.road.vanish(line, number);
                }
            }
            Input::Received { .. } if is_silenced || self.stands(Trouble::Silent, line, port) => {}
            Input::ConnectFailed { .. } | Input::Ended { .. } | Input::Closed { .. } => {
                self.acts.push_back(Act::Fact(fact));
                self.drop_line(line);
            }
            _ => self.acts.push_back(Act::Fact(fact)),
        }
    }

    /// Why a connect fails without being made, if it does.
    fn connect(
        &mut self,
        now: Instant,
        line: LineId,
        mut new: Line,
        host: &str,
    ) -> Option<ConnectFailure> {
        let (port, kind) = (new.port, new.kind);
        let mut is_refused = false;
        for at in 0..self.plans.len() {
            if !self.plans[at].counts_connect(&new) {
                continue;
            }
            if self.plans[at].fault.what.who() == Who::Server {
                self.begin(at, now);
                let what = self.plans[at].fault.what;
                is_refused |= what == Trouble::Refuse;
                new.is_silenced |= what == Trouble::Silent;
                new.strike = new.strike.or(strike_of(what));
                new.trouble = new.trouble.or(what.tls());
                if self.plans[at].has_counted_all() {
                    self.end(at);
                }
            } else {
                self.plans.push(self.plans[at].for_connect(line));
                self.begin(self.plans.len() - 1, now);
            }
        }
        if is_name(host) && self.stands(Trouble::NameNotFound, line, port) {
            return Some(ConnectFailure::NameNotFound);
        }
        let refuses = |what| self.stands(what, line, port) && kind == Kind::Tcp;
        let is_elsewhere = is_name(host) && kind == Kind::Tcp;
        is_refused |= is_elsewhere && self.stands(Trouble::NameChanged, line, port);
        if is_refused || refuses(Trouble::Refuse) || refuses(Trouble::Down) {
            return Some(ConnectFailure::Refused);
        }
        self.lines.insert(line, new);
        None
    }

    fn sent(&mut self, now: Instant, line: LineId, bytes: &[u8]) {
        for at in 0..self.plans.len() {
            let Some(port) = self.lines.get(&line).map(|known| known.port) else { return };
            if self.plans[at].counts_send(line, port, bytes) {
                let what = self.plans[at].fault.what;
                if self.plans[at].waits() {
                    self.begin(at, now);
                }
                if let Some(strike) = strike_of(what) {
                    self.strike(line, strike);
                }
            }
        }
    }

    fn begin(&mut self, at: usize, now: Instant) {
        let Some(fault) = self.plans[at].begin(now) else { return };
        self.acts.push_back(Act::Began(fault.to_string()));
        let (line, port) = (self.plans[at].line, fault.port);
        self.road.trials.begin(at, fault.what, Reach { line, port });
        if let Some((fact, _)) = module::facts(fault.what) {
            self.acts.push_back(Act::Fact(fact));
        } else if fault.what == Trouble::UartOverrun {
            self.wires.overrun();
        } else if fault.what.tls().is_some() {
            self.tell_handshakes();
        }
        if fault.what == Trouble::HalfOpen && line.is_none() {
            for id in self.standing_lines(port) {
                self.road.vanish(id, at);
            }
        }
        let is_timed = matches!(fault.when, When::Now | When::At(_));
        let hits_all = matches!(fault.what, Trouble::Down | Trouble::Restart)
            || is_timed && strike_of(fault.what).is_some();
        let strike = strike_of(fault.what).unwrap_or(Strike::Close);
        if hits_all {
            for id in self.standing_lines(port) {
                self.strike(id, strike);
            }
        }
    }

    /// The lines that the device knows to be connected, to `port` where that is said.
    fn standing_lines(&self, port: Option<u16>) -> Vec<LineId> {
        let is_hit = |known: &Line| known.stands && port.is_none_or(|port| port == known.port);
        self.lines.iter().filter(|(_, known)| is_hit(known)).map(|(&line, _)| line).collect()
    }

    fn end(&mut self, at: usize) {
        let Some(fault) = self.plans[at].end() else { return };
        self.road.trials.end(at);
        self.road.come_back(at);
        if let Some(fact) = module::facts(fault.what).and_then(|(_, fact)| fact) {
            self.acts.push_back(Act::Fact(fact));
        } else if fault.what.tls().is_some() {
            self.tell_handshakes();
        }
        self.acts.push_back(Act::Ended(fault.to_string()));
    }

    /// Ends a line for the device, and the real one with it.
    fn strike(&mut self, line: LineId, strike: Strike) {
        if self.lines.get(&line).is_none_or(|known| known.kind == Kind::Udp) {
            return;
        }
        self.road.forget(line);
        let (how, act) = match strike {
            Strike::Close => (LineEnd::Closed, Act::Order(Order::Close { line })),
            Strike::Reset => (LineEnd::Reset, Act::Reset(line)),
        };
        self.acts.extend([act, Act::Fact(Input::Ended { line, how })]);
        self.drop_line(line);
    }

    /// The line is over, and with it what was its alone.
    fn drop_line(&mut self, line: LineId) {
        self.lines.remove(&line);
        for at in 0..self.plans.len() {
            if self.plans[at].forget(line) {
                self.end(at);
            }
        }
    }

    /// Whether something disturbs the serial wires.
    fn is_noisy(&self) -> bool {
        self.plans.iter().any(|plan| plan.fault.what == Trouble::UartNoise && plan.stands())
    }

    /// The fault by which the machine behind a line is gone as soon as that stands.
    fn half_opens(&self, line: LineId) -> Option<usize> {
        self.plans.iter().position(|plan| {
            plan.fault.what == Trouble::HalfOpen && plan.line == Some(line) && plan.stands()
        })
    }

    fn stands(&self, what: Trouble, line: LineId, port: u16) -> bool {
        self.plans.iter().any(|plan| plan.fault.what == what && plan.stands_for(line, port))
    }

    /// How a line is ended as soon as it stands.
    fn standing_strike(&self, line: LineId, port: u16) -> Option<Strike> {
        let is_at_once = |plan: &&Plan| matches!(plan.fault.when, When::Now | When::At(_));
        let standing =
            self.plans.iter().filter(|plan| plan.stands_for(line, port)).filter(is_at_once);
        standing.into_iter().find_map(|plan| strike_of(plan.fault.what))
    }
}

/// Whether a host has to be looked up.
fn is_name(host: &str) -> bool {
    host.trim().parse::<IpAddr>().is_err()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other trouble ends a line")]
fn strike_of(what: Trouble) -> Option<Strike> {
    match what {
        Trouble::Close => Some(Strike::Close),
        Trouble::Reset => Some(Strike::Reset),
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other fact is about a line")]
fn line_of(fact: &Input) -> Option<LineId> {
    match *fact {
        Input::Connected { line }
        | Input::ConnectFailed { line, .. }
        | Input::Sent { line }
        | Input::SendFailed { line }
        | Input::Received { line, .. }
        | Input::Ended { line, .. }
        | Input::Closed { line } => Some(line),
        _ => None,
    }
}
