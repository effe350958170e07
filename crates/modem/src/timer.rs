//! The script's timers: one-shot, known by a number that the script chose.

use crate::Instant;
use alloc::vec::Vec;

/// A timer's number, chosen by the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub u32);

/// Running timers, the latest first, so that the next one due is popped from the end.
///
/// A script has few timers, and a sorted list of 16-byte rows beats a tree in both bytes and time
/// until there are thousands.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    rows: Vec<(Instant, TimerId)>,
}

impl Timers {
    /// Starts `id`, anew where it runs already. Of two due at once, the one started first fires
    /// first.
    pub(crate) fn start(&mut self, id: TimerId, due: Instant) {
        self.stop(id);
        let at = self.rows.partition_point(|&(other, _)| other > due);
        // Among equals the earlier start must stay nearer the end.
        self.rows.insert(at, (due, id));
    }

    /// Stops `id`; an unknown id is harmless.
    pub(crate) fn stop(&mut self, id: TimerId) {
        if let Some(at) = self.rows.iter().position(|&(_, other)| other == id) {
            self.rows.remove(at);
        }
    }

    /// The next deadline.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.rows.last().map(|&(due, _)| due)
    }

    /// Every running timer, the soonest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TimerId, Instant)> {
        self.rows.iter().rev().map(|&(due, id)| (id, due))
    }

    /// Takes one timer that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<TimerId> {
        let &(due, id) = self.rows.last()?;
        if due > now {
            return None;
        }
        self.rows.pop();
        Some(id)
    }

    /// Forgets every timer.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn due_timers_come_in_order_of_deadline_then_of_start() {
        let mut timers = Timers::default();
        timers.start(TimerId(1), at(20));
        timers.start(TimerId(2), at(10));
        timers.start(TimerId(3), at(10));

        assert_eq!(timers.poll_timeout(), Some(at(10)));
        let all: Vec<_> = timers.iter().map(|(id, due)| (id.0, due)).collect();
        assert_eq!(all, [(2, at(10)), (3, at(10)), (1, at(20))]);
        assert_eq!(timers.take_due(at(9)), None);
        let fired: Vec<_> = core::iter::from_fn(|| timers.take_due(at(20))).collect();
        assert_eq!(fired, [TimerId(2), TimerId(3), TimerId(1)]);
    }

    #[test]
    fn starting_again_moves_the_deadline_and_stopping_the_unknown_is_harmless() {
        let mut timers = Timers::default();
        timers.start(TimerId(1), at(10));
        timers.start(TimerId(1), at(30));
        timers.stop(TimerId(9));

        assert_eq!(timers.take_due(at(29)), None);
        assert_eq!(timers.take_due(at(30)), Some(TimerId(1)));
        assert_eq!(timers.poll_timeout(), None);
    }
}
