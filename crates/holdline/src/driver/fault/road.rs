//! The ways between a device and its real lines.
//!
//! What a black hole takes in is withheld, as TCP sends it again: it passes when the hole is over, or
//! the line is given up as the module would. Datagrams are gone. That a line was broken off, given up,
//! half opened or forgotten is heard by its server at once: no real line is kept for nobody.

use super::Act;
use super::passage::{Behind, Passage};
use super::trials::Trials;
use holdline_modem::{Input, Instant, Kind, LineEnd, LineId, Output as Order};
use holdline_peer::line::Way;
use std::collections::{BTreeMap, VecDeque};

/// The ways of every line of a device.
#[derive(Debug, Default)]
pub(super) struct Road {
    pub(super) trials: Trials,
    lines: BTreeMap<LineId, Passage>,
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
        let to = (line, port);
        let lookup = self.trials.lookup(to).filter(|_| is_name).unwrap_or_default();
        let at = now + lookup + self.trials.delay(now, to, Way::Up, 0);
        let new = Passage::new(now, to, kind, resend_for);
        self.lines.entry(line).or_insert(new).call(at, order);
        self.go_on(now, line);
    }

    /// Sends an order for a line on its way.
    pub(super) fn order(&mut self, now: Instant, id: LineId, order: Order) {
        let Self { lines, acts, .. } = self;
        let Some(line) = lines.get_mut(&id) else {
            return acts.push_back(Act::Order(order));
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "what is left is the end of the line")]
        match order {
            Order::Abort { .. } => {
                lines.remove(&id);
                return acts.push_back(Act::Order(order));
            }
            Order::Pause { .. } | Order::Resume { .. } => {
                if line.pause(matches!(order, Order::Pause { .. })) {
                    acts.push_back(Act::Order(order));
                }
                return;
            }
            _ => {}
        }
        self.mind_idle(now, id, Way::Up);
        let Self { trials, lines, acts } = self;
        let Some(line) = lines.get_mut(&id) else { return };
        if matches!(order, Order::Send { .. }) {
            line.send(now, trials, order, acts);
        } else {
            line.end(now, trials, order);
        }
        self.go_on(now, id);
    }

    /// Sends a fact about a line on its way.
    pub(super) fn fact(&mut self, now: Instant, id: LineId, fact: Input) {
        let is_bytes = matches!(fact, Input::Received { .. });
        if is_bytes && self.mind_idle(now, id, Way::Down) {
            return;
        }
        let Self { trials, lines, .. } = self;
        if let Some(line) = lines.get_mut(&id) {
            line.take(now, trials, fact);
            self.go_on(now, id);
        }
    }

    /// The line is no more.
    pub(super) fn forget(&mut self, line: LineId) {
        self.lines.remove(&line);
    }

    /// The server's machine is gone, by the fault of this number.
    pub(super) fn vanish(&mut self, id: LineId, number: usize) {
        self.lose(id, Some(number));
    }

    /// The machine is back, and knows nothing of its lines: they hear so at the next timeout.
    pub(super) fn come_back(&mut self, number: usize) {
        for line in self.lines.values_mut() {
            if line.behind == Behind::Nobody(Some(number)) {
                line.behind = Behind::Stranger;
            }
        }
    }

    /// The datagrams of a line go where nobody listens.
    pub(super) fn lead_astray(&mut self, id: LineId) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.behind = Behind::Nobody(None);
        }
    }

    /// Forgets a line that was idle for too long; whether what comes now is lost with it.
    fn mind_idle(&mut self, now: Instant, id: LineId, way: Way) -> bool {
        let Self { trials, lines, .. } = self;
        let Some(line) = lines.get_mut(&id) else { return false };
        let is_forgotten = line.is_forgotten(now, trials, way);
        if is_forgotten && line.kind == Kind::Tcp {
            self.lose(id, None);
        }
        is_forgotten
    }

    fn lose(&mut self, id: LineId, number: Option<usize>) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.behind == Behind::Server && line.kind == Kind::Tcp {
            line.lose(number);
            self.acts.push_back(Act::Reset(id));
        }
    }

    fn go_on(&mut self, now: Instant, id: LineId) {
        let Self { trials, lines, acts } = self;
        let Some(line) = lines.get_mut(&id) else { return };
        while let Some(order) = line.leaves(now, trials) {
            acts.push_back(Act::Order(order));
        }
        while let Some((fact, times)) = line.arrives(now, trials) {
            if matches!(
                fact,
                Input::ConnectFailed { .. } | Input::Ended { .. } | Input::Closed { .. }
            ) {
                lines.remove(&id);
                return acts.push_back(Act::Fact(fact));
            }
            acts.extend((0..times).map(|_| Act::Fact(fact.clone())));
        }
        if line.is_disowned() {
            acts.push_back(Act::Fact(Input::Ended { line: id, how: LineEnd::Reset }));
            lines.remove(&id);
        } else if line.gives_up_at(trials).is_some_and(|at| at <= now) {
            line.give_up(id, acts);
            lines.remove(&id);
        } else if let Some(order) = line.minds_room(id) {
            acts.push_back(Act::Order(order));
        }
    }
}
