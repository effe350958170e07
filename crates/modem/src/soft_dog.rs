//! The soft watchdog: a script that does not feed it in time is started anew.

use crate::Instant;
use core::time::Duration;

/// A dog that is open, or the meals of one that is closed.
#[derive(Debug)]
pub(crate) struct SoftDog {
    /// How long it waits for its next meal; `None` while it is closed.
    pub(crate) period: Option<Duration>,
    pub(crate) fed_at: Instant,
    /// From when on, and how often, the script library's main loop feeds it.
    pub(crate) meals: Option<(Instant, Duration)>,
}

impl SoftDog {
    /// One that was never opened.
    pub(crate) const fn closed(now: Instant) -> Self {
        Self { period: None, fed_at: now, meals: None }
    }

    /// When it bites, unless it is fed before.
    ///
    /// What the main loop feeds is reckoned here: a timer for it would wake each device of a fleet
    /// thousands of times a day.
    pub(crate) fn bites_at(&self) -> Option<Instant> {
        let hungry_at = self.fed_at + self.period?;
        let Some((first, every)) = self.meals else { return Some(hungry_at) };
        if Some(every) <= self.period {
            return None;
        }
        let meals = self.fed_at.since(first).as_micros() / every.as_micros().max(1) + 1;
        let meals = u32::try_from(meals).unwrap_or(u32::MAX);
        let next = if self.fed_at < first { first } else { first + every.saturating_mul(meals) };
        Some(if next <= hungry_at { next + self.period? } else { hungry_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bites(period_s: u64, fed_s: u64, meals: Option<(u64, u64)>) -> Option<u64> {
        let seconds = Duration::from_secs;
        let at = |s: u64| Instant::from_millis(s * 1000);
        let meals = meals.map(|(first, every)| (at(first), seconds(every)));
        let dog = SoftDog { period: Some(seconds(period_s)), fed_at: at(fed_s), meals };
        dog.bites_at().map(|at| at.as_millis() / 1000)
    }

    #[test]
    fn it_bites_a_period_after_its_last_meal() {
        assert_eq!(bites(60, 5, None), Some(65));
        assert_eq!(bites(60, 5, Some((20, 20))), None);
        assert_eq!(bites(20, 5, Some((20, 20))), None);
        // Fed at 20 s, and not again until 40 s.
        assert_eq!(bites(17, 5, Some((20, 20))), Some(37));
        assert_eq!(bites(10, 5, Some((20, 20))), Some(15));
        assert_eq!(bites(10, 25, Some((20, 20))), Some(35));
        assert_eq!(bites(10, 35, Some((20, 20))), Some(50));
        assert_eq!(SoftDog { period: None, fed_at: Instant::ZERO, meals: None }.bites_at(), None);
    }
}
