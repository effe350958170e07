//! One direction of a line.

use alloc::collections::VecDeque;
use core::time::Duration;

/// What is under way in one direction, each with when it is due. Nothing overtakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane<T> {
    queue: VecDeque<(Duration, T)>,
    /// Until when what comes is joined to what came last.
    joins_until: Option<Duration>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { queue: VecDeque::new(), joins_until: None }
    }
}

impl<T> Lane<T> {
    /// Puts something behind what is under way, due at `at` or with what is before it. Where it
    /// `gathers`, what comes for so long may be joined to it, and it waits for that.
    pub fn push(&mut self, now: Duration, at: Duration, what: T, gathers: Option<Duration>) {
        let at = at.saturating_add(gathers.unwrap_or_default());
        let at = self.queue.back().map_or(at, |last| last.0.max(at));
        self.joins_until = gathers.map(|within| now.saturating_add(within));
        self.queue.push_back((at, what));
    }

    /// What came last, if what comes now is joined to it.
    pub fn joined(&mut self, now: Duration) -> Option<&mut T> {
        let joins = self.joins_until.is_some_and(|until| now < until);
        self.queue.back_mut().filter(|_| joins).map(|(_, last)| last)
    }

    /// How much is under way.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// What came last and is still under way.
    pub fn last(&self) -> Option<&T> {
        self.queue.back().map(|(_, last)| last)
    }

    /// Whatever is under way is due at `now` at the latest.
    pub fn hurry(&mut self, now: Duration) {
        self.queue.iter_mut().for_each(|(at, _)| *at = now.min(*at));
    }

    /// When the next is due.
    pub fn next(&self) -> Option<Duration> {
        self.queue.front().map(|&(at, _)| at)
    }

    /// When the last is due.
    pub fn free_at(&self) -> Option<Duration> {
        self.queue.back().map(|&(at, _)| at)
    }

    /// What leaves it next, if that is due and nothing is in its way.
    pub fn due(&mut self, now: Duration, is_blocked: bool) -> Option<T> {
        self.queue.front().filter(|(at, _)| !is_blocked && *at <= now)?;
        self.queue.pop_front().map(|(_, what)| what)
    }

    /// All that was under way.
    pub fn into_left(self) -> impl Iterator<Item = T> {
        self.queue.into_iter().map(|(_, what)| what)
    }
}
