//! When a fault begins, how long it stands, and what a line counts for it.

use super::Strike;
use holdline_modem::{Instant, Kind};
use holdline_peer::fault::{Fault, Trouble, When};
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
    stage: Stage,
    connects: u64,
}

/// What is known of one line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) port: u16,
    pub(super) kind: Kind,
    /// Whether the device knows it to be connected.
    pub(super) stands: bool,
    /// Whether what the server says on it is dropped.
    pub(super) is_silenced: bool,
    /// How it is ended as soon as it stands.
    pub(super) strike: Option<Strike>,
    bytes: u64,
    messages: u64,
    /// The end of what was sent.
    tail: Vec<u8>,
}

/// Bytes of a line that are kept to look for a pattern.
const TAIL_BYTES: usize = 4096;

impl Line {
    pub(super) fn new(port: u16, kind: Kind) -> Self {
        let (bytes, messages, tail) = (0, 0, Vec::new());
        Self { port, kind, stands: false, is_silenced: false, strike: None, bytes, messages, tail }
    }

    /// Takes note of what the device sent.
    pub(super) fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.messages += 1;
        let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..surplus);
        self.tail.extend(bytes);
    }

    /// Whether the last `len` bytes sent complete `pattern`.
    fn has_completed(&self, pattern: &[u8], len: usize) -> bool {
        let start = self.tail.len().saturating_sub(len + pattern.len() - 1);
        self.tail[start..].windows(pattern.len()).any(|window| window == pattern)
    }
}

impl Plan {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, stage: Stage::Waits, connects: 0 }
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
        let is_over = lasts.is_none() && self.fault.what.is_momentary() && !self.is_of_connects();
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

    /// Whether it stands for every line to `port`; one of single connects stands for those alone.
    pub(super) fn stands_for(&self, port: u16) -> bool {
        matches!(self.stage, Stage::Stands { .. }) && self.hits(port) && !self.is_of_connects()
    }

    /// Counts a connect to `port`; whether it is one that is hit.
    pub(super) fn counts_connect(&mut self, port: u16) -> bool {
        let When::Connects { first, last } = self.fault.when else { return false };
        if !self.hits(port) || self.stage == Stage::Over {
            return false;
        }
        self.connects += 1;
        (first..=last).contains(&self.connects)
    }

    /// Whether no connect to come is hit.
    pub(super) fn has_counted_all(&self) -> bool {
        matches!(self.fault.when, When::Connects { last, .. } if last <= self.connects)
    }

    /// Whether the last send, of `len` bytes, has brought `line` to where the fault strikes.
    pub(super) fn is_met_by(&self, line: &Line, len: usize) -> bool {
        let counted = |count: u64, added: u64, at: u64| {
            let (was, is) = (count - added, count);
            was < at && at <= is
        };
        let is_met = match &self.fault.when {
            When::AfterBytes(at) => counted(line.bytes, len as u64, *at),
            When::AfterMessages(at) => counted(line.messages, 1, *at),
            When::On(pattern) => line.has_completed(pattern, len),
            When::Now | When::At(_) | When::Connects { .. } => false,
        };
        is_met && self.stage != Stage::Over && self.hits(line.port)
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

    fn is_of_connects(&self) -> bool {
        matches!(self.fault.when, When::Connects { .. })
    }
}
