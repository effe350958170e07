//! Those who wait for their turn.

use std::collections::{HashSet, VecDeque};

/// Far sides that may have something to say, each once however often the system tells of it.
#[derive(Default)]
pub(super) struct Turns {
    queue: VecDeque<u64>,
    queued: HashSet<u64>,
}

impl Turns {
    pub(super) fn add(&mut self, conn: u64) {
        if self.queued.insert(conn) {
            self.queue.push_back(conn);
        }
    }

    /// Whose turn it is.
    pub(super) fn next(&mut self) -> Option<u64> {
        let conn = self.queue.pop_front()?;
        self.queued.remove(&conn);
        Some(conn)
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_has_one_turn() {
        let mut turns = Turns::default();
        [1, 2, 1].into_iter().for_each(|conn| turns.add(conn));
        assert_eq!(turns.len(), 2);
        assert_eq!(turns.next(), Some(1));
        turns.add(1);
        assert_eq!([turns.next(), turns.next(), turns.next()], [Some(2), Some(1), None]);
    }
}
