//! What is still to come, by moment; one moment's events keep the order in which they were made.

use holdline_modem::Instant;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Events in the order in which they will happen.
#[derive(Debug)]
pub(crate) struct Queue<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    made: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Instant,
    number: u64,
    event: E,
}

impl<E> Queue<E> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), made: 0 }
    }

    pub(crate) fn push(&mut self, at: Instant, event: E) {
        self.made += 1;
        self.heap.push(Reverse(Entry { at, number: self.made, event }));
    }

    /// When the next event happens.
    pub(crate) fn soonest(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes the next event, if it happens by `end`.
    pub(crate) fn pop_until(&mut self, end: Instant) -> Option<(Instant, E)> {
        if self.heap.peek()?.0.at > end {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.event))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_moment_and_then_in_the_order_they_were_made() {
        let at = Instant::from_millis;
        let mut queue = Queue::new();
        for (millis, event) in [(20, 'c'), (10, 'a'), (20, 'd'), (10, 'b'), (30, 'e')] {
            queue.push(at(millis), event);
        }

        let come: String = std::iter::from_fn(|| queue.pop_until(at(29))).map(|(_, e)| e).collect();

        assert_eq!(come, "abcd");
        assert_eq!(queue.pop_until(at(30)), Some((at(30), 'e')));
    }
}
