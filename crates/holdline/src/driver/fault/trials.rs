//! What stands between a device and its lines.

use holdline_modem::{Instant, LineId};
use holdline_peer::fault::Trouble;
use holdline_peer::line::{self, Pace, Reach, Way};
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::time::Duration;

/// A line, and the port that it leads to.
pub(super) type To = (LineId, u16);

/// Every trouble that stands. All lines of a device share what a rate lets through.
#[derive(Debug, Default)]
pub(super) struct Trials {
    standing: line::Trials<LineId>,
    pace: Pace,
}

impl Deref for Trials {
    type Target = line::Trials<LineId>;

    fn deref(&self) -> &Self::Target {
        &self.standing
    }
}

impl Trials {
    pub(super) fn begin(&mut self, number: usize, what: Trouble, reach: Reach<LineId>) {
        self.standing.begin(number as u64, what, reach);
    }

    pub(super) fn end(&mut self, number: usize) {
        self.standing.end(number as u64);
    }

    /// How long so many bytes that leave now take longer than on the real line alone.
    pub(super) fn delay(&mut self, now: Instant, to: To, way: Way, bytes: usize) -> Duration {
        // Real lines are never twice the same, and neither is this.
        let chance = RandomState::new().hash_one(0);
        let Self { standing, pace } = self;
        standing.delay(since_start(now), to, way, bytes, (pace, chance))
    }
}

/// Time since the device was powered on, as the ways of its lines count it.
pub(super) const fn since_start(now: Instant) -> Duration {
    now.since(Instant::ZERO)
}

/// The same as the device has it.
pub(super) fn instant(time: Duration) -> Instant {
    Instant::ZERO + time
}
