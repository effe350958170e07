//! The way between a device and its real lines: what is under way, in order, and until when.
//!
//! What a black hole takes in is withheld, as TCP sends it again: it passes when the hole is over, or
//! the line is given up as the module would. Datagrams are gone. That a line was broken off or given
//! up is heard by its server at once: no real line is kept for nobody.

use super::Act;
use super::trials::{To, Trials, Way};
use holdline_modem::Output as Order;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, Kind, LineEnd, LineId};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long the module waits for a connection.
const CONNECT_FOR: Duration = Duration::from_secs(75);

/// Bytes on their way to the device from which on a line is not read.
const UNDER_WAY_MAX: usize = 256 * 1024;

/// One way of one line: what is on it, each with when it is due.
type Lane<T> = VecDeque<(Instant, T)>;

/// One line.
#[derive(Debug)]
struct Line {
    to: To,
    kind: Kind,
    resend_for: Duration,
    up: Lane<Order>,
    down: Lane<Input>,
    /// Since when the device waits for the connection, or for the end that it ordered.
    waits_since: Option<Instant>,
    is_connected: bool,
    /// Sends without an answer: when they were ordered, and whether the device counts them as done.
    unconfirmed: VecDeque<(Instant, bool)>,
    bytes_down: usize,
    is_paused: bool,
    is_paused_by_device: bool,
}

/// The ways of every line of a device.
#[derive(Debug, Default)]
pub(super) struct Road {
    pub(super) trials: Trials,
    lines: BTreeMap<LineId, Line>,
    acts: VecDeque<Act>,
}

impl Road {
    /// What comes out. Changes only after the calls below.
    pub(super) fn poll_act(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    /// When to come back, if nothing else happens.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.lines.values().filter_map(|line| line.poll_timeout(&self.trials)).min()
    }

    /// Lets out what is due, and gives up what has waited for too long; early is harmless.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let lines: Vec<_> = self.lines.keys().copied().collect();
        lines.into_iter().for_each(|line| self.go_on(now, line));
    }

    /// Sends an order to connect on its way.
    pub(super) fn connect(&mut self, now: Instant, order: Order, is_name: bool) {
        let Order::Connect { line, kind, port, resend_for, .. } = order else { return };
        let lookup = self.trials.lookup((line, port)).filter(|_| is_name).unwrap_or_default();
        let at = now + lookup + self.trials.delay((line, port));
        let new = Line::new(now, (line, port), kind, resend_for);
        self.lines.entry(line).or_insert(new).up.push_back((at, order));
        self.go_on(now, line);
    }

    /// Sends an order for a line on its way.
    pub(super) fn order(&mut self, now: Instant, id: LineId, order: Order) {
        let Some(line) = self.lines.get_mut(&id) else {
            return self.acts.push_back(Act::Order(order));
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "what is left is the end of the line")]
        match order {
            Order::Abort { .. } => {
                self.lines.remove(&id);
                return self.acts.push_back(Act::Order(order));
            }
            Order::Pause { .. } | Order::Resume { .. } => {
                line.is_paused_by_device = matches!(order, Order::Pause { .. });
                if !line.is_paused {
                    self.acts.push_back(Act::Order(order));
                }
                return;
            }
            Order::Send { confirm, .. } => {
                // What stands between must not hold up what the module does not wait for.
                let is_taken = line.kind == Kind::Udp || confirm == Confirm::Taken;
                let is_done = is_taken && (!line.up.is_empty() || self.trials.hit(line.to));
                if is_done {
                    self.acts.push_back(Act::Fact(Input::Sent { line: id }));
                }
                if line.kind == Kind::Udp && self.trials.blocks(line.to, Way::Up) {
                    return;
                }
                line.unconfirmed.push_back((now, is_done));
            }
            _ => line.waits_since = Some(now),
        }
        let at = self.trials.delay(line.to);
        line.up.push_back((line.up.back().map_or(now + at, |last| last.0.max(now + at)), order));
        self.go_on(now, id);
    }

    /// Sends a fact about a line on its way.
    pub(super) fn fact(&mut self, now: Instant, id: LineId, fact: Input) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.kind == Kind::Udp && self.trials.blocks(line.to, Way::Down) {
            return;
        }
        if let Input::Received { bytes, .. } = &fact {
            line.bytes_down += bytes.len();
        }
        let at = now + self.trials.delay(line.to);
        line.down.push_back((line.down.back().map_or(at, |last| last.0.max(at)), fact));
        self.go_on(now, id);
    }

    /// The line is no more.
    pub(super) fn forget(&mut self, line: LineId) {
        self.lines.remove(&line);
    }

    fn go_on(&mut self, now: Instant, id: LineId) {
        let Self { trials, lines, acts } = self;
        let Some(line) = lines.get_mut(&id) else { return };
        while let Some(order) = due(&mut line.up, now, trials.blocks(line.to, Way::Up)) {
            acts.push_back(Act::Order(order));
        }
        while let Some(fact) = due(&mut line.down, now, trials.blocks(line.to, Way::Down)) {
            if matches!(
                fact,
                Input::ConnectFailed { .. } | Input::Ended { .. } | Input::Closed { .. }
            ) {
                lines.remove(&id);
                return acts.push_back(Act::Fact(fact));
            }
            if line.hears(&fact) {
                acts.push_back(Act::Fact(fact));
            }
        }
        if line.gives_up_at(trials).is_some_and(|at| at <= now) {
            line.give_up(id, acts);
            lines.remove(&id);
        } else if line.minds_room() && !line.is_paused_by_device {
            let paused = Order::Pause { line: id };
            let order = if line.is_paused { paused } else { Order::Resume { line: id } };
            acts.push_back(Act::Order(order));
        }
    }
}

impl Line {
    fn new(now: Instant, to: To, kind: Kind, resend_for: Duration) -> Self {
        Self {
            to,
            kind,
            resend_for,
            up: Lane::new(),
            down: Lane::new(),
            waits_since: Some(now),
            is_connected: false,
            unconfirmed: VecDeque::new(),
            bytes_down: 0,
            is_paused: false,
            is_paused_by_device: false,
        }
    }

    fn poll_timeout(&self, trials: &Trials) -> Option<Instant> {
        let up = self.up.front().filter(|_| !trials.blocks(self.to, Way::Up));
        let down = self.down.front().filter(|_| !trials.blocks(self.to, Way::Down));
        let gives_up = self.gives_up_at(trials);
        up.map(|&(at, _)| at).into_iter().chain(down.map(|&(at, _)| at)).chain(gives_up).min()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "of the others nothing is kept")]
    /// Takes note of a fact that has arrived; whether the device is to hear it.
    fn hears(&mut self, fact: &Input) -> bool {
        match fact {
            Input::Connected { .. } => (self.is_connected, self.waits_since) = (true, None),
            Input::Received { bytes, .. } => self.bytes_down -= bytes.len(),
            Input::Sent { .. } | Input::SendFailed { .. } => {
                return self.unconfirmed.pop_front().is_none_or(|(_, is_done)| !is_done);
            }
            _ => {}
        }
        true
    }

    /// When the module takes the line for dead, while nothing gets through or nothing has yet.
    fn gives_up_at(&self, trials: &Trials) -> Option<Instant> {
        let is_called = self.is_connected || self.up.is_empty();
        let is_blocked = trials.blocks(self.to, Way::Up) || trials.blocks(self.to, Way::Down);
        if is_called && !is_blocked {
            return None;
        }
        let patience = if self.is_connected { self.resend_for } else { CONNECT_FOR };
        let waits = self.waits_since.map(|since| since + patience);
        let is_stream = |_: &&(Instant, bool)| self.kind == Kind::Tcp;
        let sent = self.unconfirmed.front().filter(is_stream);
        waits.into_iter().chain(sent.map(|&(since, _)| since + self.resend_for)).min()
    }

    fn give_up(&self, line: LineId, acts: &mut VecDeque<Act>) {
        acts.push_back(Act::Reset(line));
        let open = self.unconfirmed.iter().filter(|(_, is_done)| !is_done);
        acts.extend(open.map(|_| Act::Fact(Input::SendFailed { line })));
        acts.push_back(Act::Fact(match (self.is_connected, self.waits_since) {
            (false, _) => Input::ConnectFailed { line, why: ConnectFailure::TimedOut },
            (true, Some(_)) => Input::Closed { line },
            (true, None) => Input::Ended { line, how: LineEnd::TimedOut },
        }));
    }

    /// Whether the line is to be read no more, or again.
    fn minds_room(&mut self) -> bool {
        let was = self.is_paused;
        self.is_paused = self.bytes_down > if was { 0 } else { UNDER_WAY_MAX };
        was != self.is_paused
    }
}

/// What leaves a lane next.
fn due<T>(lane: &mut Lane<T>, now: Instant, is_blocked: bool) -> Option<T> {
    lane.front().filter(|(at, _)| !is_blocked && *at <= now)?;
    lane.pop_front().map(|(_, what)| what)
}
