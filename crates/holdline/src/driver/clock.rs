//! The only clock: how long this run has lasted.

use holdline_modem::Instant;
use std::time;

/// Counts from the start of the run, and never backwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: time::Instant,
}

impl Clock {
    /// Starts at zero.
    pub(crate) fn start() -> Self {
        Self { start: time::Instant::now() }
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Instant {
        let micros = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        Instant::from_micros(micros)
    }
}

/// The machine's clock, in seconds since 1970 (UTC).
pub(crate) fn unix_s() -> i64 {
    let since = time::SystemTime::now().duration_since(time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
