//! The way of facts to an answerer: it is never longer than it may be.

use super::{Asked, Heard};
use holdline_peer::Conn;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

/// What may wait to be heard, in bytes.
const WAITING_BYTES_MAX: usize = 8 << 20;

/// What a fact counts beside its bytes.
const FACT_BYTES: usize = 96;

/// Tells an answerer what happens, as long as it keeps up.
pub(crate) struct Ear {
    facts: Sender<Asked>,
    waiting_bytes: Arc<AtomicUsize>,
    /// The connections that it has heard of.
    known: HashSet<Conn>,
    /// Facts that found no room, since that was told.
    left_out: u64,
}

impl Ear {
    pub(super) fn new(facts: Sender<Asked>, waiting_bytes: Arc<AtomicUsize>) -> Self {
        Self { facts, waiting_bytes, known: HashSet::new(), left_out: 0 }
    }

    /// Tells a fact, unless there is no room for it; of a connection that it has not heard of, it hears
    /// nothing more.
    pub(crate) fn tell(&mut self, heard: Heard) {
        let has_room = self.waiting_bytes.load(Ordering::Relaxed) < WAITING_BYTES_MAX;
        let is_told = match &heard {
            Heard::Connected { conn, .. } => has_room && self.known.insert(*conn),
            Heard::Message { conn, .. } => has_room && self.known.contains(conn),
            Heard::Named { conn, .. } | Heard::Sent { conn } => self.known.contains(conn),
            Heard::Closed { conn } => self.known.remove(conn),
            Heard::Reload | Heard::Timeout => true,
        };
        if is_told {
            self.waiting_bytes.fetch_add(cost(&heard), Ordering::Relaxed);
            // One that is gone needs no telling.
            let _ = self.facts.send(Asked::Heard(heard));
        } else if !has_room {
            self.left_out += 1;
        }
    }

    /// How many facts found no room since the last call; nothing while there is still none.
    pub(crate) fn take_left_out(&mut self) -> Option<u64> {
        let has_room = self.waiting_bytes.load(Ordering::Relaxed) < WAITING_BYTES_MAX / 2;
        (has_room && self.left_out > 0).then(|| std::mem::take(&mut self.left_out))
    }
}

/// What a fact counts while it waits.
pub(super) fn cost(heard: &Heard) -> usize {
    FACT_BYTES
        + match heard {
            Heard::Named { name: bytes, .. } | Heard::Message { bytes, .. } => bytes.len(),
            Heard::Connected { .. }
            | Heard::Sent { .. }
            | Heard::Closed { .. }
            | Heard::Reload
            | Heard::Timeout => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    const A: Conn = Conn(1);
    const B: Conn = Conn(2);

    fn connected(conn: Conn) -> Heard {
        Heard::Connected { conn, from: ([127, 0, 0, 1], 1).into(), is_datagrams: false }
    }

    #[test]
    fn one_that_is_behind_hears_less_and_is_told_how_much() {
        let (facts, heard) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut ear = Ear::new(facts, Arc::clone(&waiting));
        ear.tell(connected(A));
        let bytes = vec![0; WAITING_BYTES_MAX];
        ear.tell(Heard::Message { conn: A, bytes });
        ear.tell(Heard::Message { conn: A, bytes: b"x".to_vec() });
        ear.tell(connected(B));
        assert_eq!(ear.take_left_out(), None, "there is no room yet");
        ear.tell(Heard::Closed { conn: A });
        assert_eq!(heard.try_iter().count(), 3, "what is over is told in any case");

        waiting.store(0, Ordering::Relaxed);
        ear.tell(Heard::Message { conn: B, bytes: b"y".to_vec() });
        ear.tell(Heard::Closed { conn: B });
        assert_eq!(heard.try_iter().count(), 0, "nobody has told of its connect");
        assert_eq!((ear.take_left_out(), ear.take_left_out()), (Some(2), None));
    }
}
