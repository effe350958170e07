//! The faults that a world was told of: which wait, which stand, and when each began and ended.

mod module;
mod occasions;

use crate::DeviceId;
use holdline_modem::Instant;
use holdline_peer::Conn;
use holdline_peer::fault::{Fault, Trouble, When};
use std::time::Duration;

pub(crate) use module::{fact_of_begin, fact_of_end};
pub(crate) use occasions::Occasions;

/// How long a power cut takes that is not told how long.
const POWER_CUT: Duration = Duration::from_secs(1);

/// A fault that struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Which, as it was told.
    pub fault: Fault,
    /// The only device that it hits; `None` hits all, or is a server's.
    pub whom: Option<DeviceId>,
    /// When it began.
    pub began: Instant,
    /// When it was over; `None` while it stands. A momentary one is over when it begins.
    pub ended: Option<Instant>,
}

/// Where a fault is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waits,
    Stands { since: Instant },
    Over { began: Instant, ended: Instant },
}

/// A connection as a fault sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) device: DeviceId,
    pub(crate) port: u16,
    /// The number by which it was dialled.
    pub(crate) conn: Conn,
}

/// Which lines a fault hits; what is not said does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) whom: Option<DeviceId>,
    pub(crate) port: Option<u16>,
    /// The connection that it is told of.
    pub(crate) conn: Option<Conn>,
}

impl Reach {
    pub(crate) fn covers(&self, call: Call) -> bool {
        self.whom.is_none_or(|only| only == call.device)
            && self.port.is_none_or(|only| only == call.port)
            && self.conn.is_none_or(|only| only == call.conn)
    }
}

/// A fault of the lines or of modules.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) fault: Fault,
    pub(crate) reach: Reach,
    stage: Stage,
}

impl Told {
    pub(crate) fn hits(&self, device: DeviceId) -> bool {
        self.reach.whom.is_none_or(|whom| whom == device)
    }

    fn happening(&self) -> Option<Happening> {
        let (began, ended) = match self.stage {
            Stage::Waits => return None,
            Stage::Stands { since } => (since, None),
            Stage::Over { began, ended } => (began, Some(ended)),
        };
        Some(Happening { fault: self.fault.clone(), whom: self.reach.whom, began, ended })
    }
}

/// Every fault of the lines and of modules, in the order in which they were told.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Told>);

impl Faults {
    /// Takes a fault that begins at a time; says its number, and when that is.
    pub(crate) fn tell(&mut self, now: Instant, fault: &Fault, reach: Reach) -> (usize, Instant) {
        let begins =
            if let When::At(at) = fault.when { (Instant::ZERO + at).max(now) } else { now };
        self.0.push(Told { fault: fault.clone(), reach, stage: Stage::Waits });
        (self.0.len() - 1, begins)
    }

    /// The faults that stand for the connection `conn` alone.
    pub(crate) fn of(&self, conn: Conn) -> Vec<usize> {
        let is_its = |told: &Told| {
            told.reach.conn == Some(conn) && matches!(told.stage, Stage::Stands { .. })
        };
        (0..self.0.len()).filter(|&number| is_its(&self.0[number])).collect()
    }

    pub(crate) fn get(&self, number: usize) -> &Told {
        &self.0[number]
    }

    /// The fault begins; says when it will be over.
    pub(crate) fn begin(&mut self, now: Instant, number: usize) -> Option<Instant> {
        let told = &mut self.0[number];
        let lasts = match (told.fault.lasts, told.fault.what) {
            (None, Trouble::PowerCut) => Some(POWER_CUT),
            (None, what) if what.is_momentary() => Some(Duration::ZERO),
            (lasts, _) => lasts,
        };
        told.stage = Stage::Stands { since: now };
        lasts.map(|lasts| now + lasts)
    }

    /// The fault is over; false where it was not standing.
    pub(crate) fn end(&mut self, now: Instant, number: usize) -> bool {
        let told = &mut self.0[number];
        let Stage::Stands { since } = told.stage else { return false };
        told.stage = Stage::Over { began: since, ended: now };
        true
    }

    /// The troubles that stand for `device`.
    pub(crate) fn standing(&self, device: DeviceId) -> impl Iterator<Item = Trouble> {
        let stands = |told: &&Told| matches!(told.stage, Stage::Stands { .. });
        self.0
            .iter()
            .filter(stands)
            .filter(move |told| told.hits(device))
            .map(|told| told.fault.what)
    }

    /// Those that struck.
    pub(crate) fn happenings(&self) -> impl Iterator<Item = Happening> {
        self.0.iter().filter_map(Told::happening)
    }
}
