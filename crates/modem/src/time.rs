//! Time as a modem knows it: since power-on, and only what it was told.

use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

/// A moment since power-on, in microseconds. Prints as `00:00:00.000`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// Power-on.
    pub const ZERO: Self = Self(0);

    /// The moment `micros` microseconds after power-on.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The moment `millis` milliseconds after power-on.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Microseconds since power-on.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since power-on.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// The time from `earlier` to this moment; zero where `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.as_millis();
        let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}.{:03}", millis / 1000 % 60, millis % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn prints_hours_past_a_day() {
        let month = Instant::from_millis(30 * 24 * 3_600_000 + 61_007);
        assert_eq!(month.to_string(), "720:01:01.007");
    }

    #[test]
    fn saturates_where_a_sum_would_overflow() {
        assert_eq!(Instant::from_micros(5) + Duration::MAX, Instant::from_micros(u64::MAX));
        assert_eq!(Instant::ZERO - Instant::from_micros(5), Duration::ZERO);
    }
}
