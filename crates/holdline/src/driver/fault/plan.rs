//! When a fault begins, how long it stands, and what a line counts for it.

use super::Strike;
use holdline_modem::{Instant, Kind, LineId, Tls};
use holdline_peer::fault::{Fault, Occasion, TlsTrouble, Trouble, When, Who};
use std::time::Duration;

/// How long a power cut takes that is not told how long.
const POWER_CUT: Duration = Duration::from_secs(1);

/// Where a fault is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waits,
    Stands { until: Option<Instant> },
    Over,
}

/// One fault.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) fault: Fault,
    /// The only line that it hits.
    pub(super) line: Option<LineId>,
    stage: Stage,
    occasion: Occasion<LineId>,
}

/// What is known of one line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) port: u16,
    pub(super) kind: Kind,
    /// What the device gives to TLS, for a line of that.
    pub(super) tls: Option<Tls>,
    /// Whether the device knows it to be connected.
    pub(super) stands: bool,
    /// Whether what the server says on it is dropped.
    pub(super) is_silenced: bool,
    /// How it is ended as soon as it stands.
    pub(super) strike: Option<Strike>,
    /// How its handshake fails, whatever there is for all.
    pub(super) trouble: Option<TlsTrouble>,
}

impl Line {
    pub(super) const fn new(port: u16, kind: Kind, tls: Option<Tls>) -> Self {
        let (stands, is_silenced, strike, trouble) = (false, false, None, None);
        Self { port, kind, tls, stands, is_silenced, strike, trouble }
    }
}

impl Plan {
    pub(super) fn new(fault: Fault) -> Self {
        let occasion = Occasion::new(&fault.when);
        Self { fault, line: None, stage: Stage::Waits, occasion }
    }

    /// What a fault of the line or of the module does when `line` is one of the connects that it
    /// counts: one of the line hits no other.
    pub(super) fn for_connect(&self, line: LineId) -> Self {
        let is_of_line = self.fault.what.who() == Who::Line;
        Self { line: is_of_line.then_some(line), ..Self::new(self.fault.clone()) }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self.stage {
            Stage::Waits => self.begins_at(),
            Stage::Stands { until } => until,
            Stage::Over => None,
        }
    }

    pub(super) fn is_due_to_begin(&self, now: Instant) -> bool {
        self.waits() && self.begins_at().is_some_and(|at| at <= now)
    }

    pub(super) fn is_due_to_end(&self, now: Instant) -> bool {
        matches!(self.stage, Stage::Stands { until: Some(until) } if until <= now)
    }

    pub(super) fn waits(&self) -> bool {
        self.stage == Stage::Waits
    }

    /// Begins; the fault, unless it has begun before.
    pub(super) fn begin(&mut self, now: Instant) -> Option<Fault> {
        if !self.waits() {
            return None;
        }
        let usual = (self.fault.what == Trouble::PowerCut).then_some(POWER_CUT);
        let lasts = self.fault.lasts.or(usual);
        let is_over = lasts.is_none() && self.fault.what.is_momentary() && !self.is_of_some();
        self.stage = match is_over {
            true => Stage::Over,
            false => Stage::Stands { until: lasts.map(|lasts| now + lasts) },
        };
        Some(self.fault.clone())
    }

    /// Ends; the fault, if it stood.
    pub(super) fn end(&mut self) -> Option<Fault> {
        let stood = matches!(self.stage, Stage::Stands { .. });
        self.stage = Stage::Over;
        stood.then(|| self.fault.clone())
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    pub(super) const fn stands(&self) -> bool {
        matches!(self.stage, Stage::Stands { .. })
    }

    /// Whether it stands for a line to `port`; a server's of single connects does for none.
    pub(super) fn stands_for(&self, line: LineId, port: u16) -> bool {
        let is_its = self.line.is_none_or(|only| only == line) && self.hits(port);
        self.stands() && is_its && !self.is_of_some()
    }

    /// Counts the connect of a line, for a fault of TLS where that is one of TLS; whether it is hit.
    pub(super) fn counts_connect(&mut self, line: &Line) -> bool {
        let is_its = line.tls.is_some() || self.fault.what.tls().is_none();
        is_its && self.hits(line.port) && self.stage != Stage::Over && self.occasion.connect()
    }

    /// Whether no connect to come is hit.
    pub(super) const fn has_counted_all(&self) -> bool {
        self.occasion.has_counted_all()
    }

    /// Counts a send on a line to `port`, which is a message; whether it has brought the line to where
    /// the fault strikes.
    pub(super) fn counts_send(&mut self, line: LineId, port: u16, bytes: &[u8]) -> bool {
        if !self.hits(port) || self.stage == Stage::Over {
            return false;
        }
        let is_reached = self.occasion.reached_by(line, bytes).is_some();
        self.occasion.take_bytes(line, bytes);
        self.occasion.take_message(line) || is_reached
    }

    /// The line is over; whether the fault was its alone.
    pub(super) fn forget(&mut self, line: LineId) -> bool {
        self.occasion.forget(line);
        self.line == Some(line)
    }

    fn begins_at(&self) -> Option<Instant> {
        match self.fault.when {
            When::Now => Some(Instant::ZERO),
            When::At(at) => Some(Instant::ZERO + at),
            When::Connects { .. } | When::AfterBytes(_) | When::AfterMessages(_) | When::On(_) => {
                None
            }
        }
    }

    fn hits(&self, port: u16) -> bool {
        self.fault.port.is_none_or(|only| only == port)
    }

    /// Whether it is a server's that strikes single connects.
    fn is_of_some(&self) -> bool {
        matches!(self.fault.when, When::Connects { .. }) && self.fault.what.who() == Who::Server
    }
}
