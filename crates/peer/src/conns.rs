//! The open connections, each with its own deadlines.
//!
//! A deadline lives in its connection and goes with it. `due` is only an index of them, so that a
//! fleet of devices on one peer does not have to be searched for the soonest.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use crate::door::Conn;
use crate::manner::{EVERY_MIN, Manner};

/// Why the peer wakes. What falls on one moment is served in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// A planned act is due.
    Plan,
    /// A fault begins or is over.
    Trouble,
    /// A connection has lasted as long as it may.
    Drop(Conn),
    /// It is time to speak again on a connection.
    Speak(Conn),
}

/// An open connection: what is still to happen on it by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    drop_at: Option<Duration>,
    beat: Option<Beat>,
    /// Nothing is said on it before.
    mute_until: Option<Duration>,
}

impl Open {
    fn new(now: Duration, manner: &Manner, mute_until: Option<Duration>) -> Self {
        Self {
            mute_until,
            drop_at: manner.drop_after.and_then(|after| now.checked_add(after)),
            beat: manner.every.as_ref().and_then(|(every, _)| Beat::first(now, *every)),
        }
    }

    fn deadlines(&self, conn: Conn) -> impl Iterator<Item = (Duration, Wake)> {
        let drop = self.drop_at.map(|at| (at, Wake::Drop(conn)));
        let speak = self.beat.map(|beat| (beat.at, Wake::Speak(conn)));
        drop.into_iter().chain(speak)
    }
}

/// The next moment of something that repeats; a moment past the end of time is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Beat {
    at: Duration,
    every: Duration,
}

impl Beat {
    fn first(now: Duration, every: Duration) -> Option<Self> {
        let every = every.max(EVERY_MIN);
        Some(Self { at: now.checked_add(every)?, every })
    }

    /// The beat after this one: in step with the accept, unless a whole interval was missed.
    fn next(self, now: Duration) -> Option<Self> {
        let in_step = Self::first(self.at, self.every)?;
        if in_step.at > now { Some(in_step) } else { Self::first(now, self.every) }
    }
}

/// Every open connection, in the order of their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conns {
    open: BTreeMap<Conn, Open>,
    due: BTreeSet<(Duration, Wake)>,
}

impl Conns {
    pub(crate) fn contains(&self, conn: Conn) -> bool {
        self.open.contains_key(&conn)
    }

    pub(crate) fn all(&self) -> Vec<Conn> {
        self.open.keys().copied().collect()
    }

    /// Opens a connection accepted at `now`.
    pub(crate) fn open(
        &mut self,
        now: Duration,
        conn: Conn,
        manner: &Manner,
        mute_until: Option<Duration>,
    ) {
        self.insert(conn, Open::new(now, manner, mute_until));
    }

    /// Whether nothing is to be said on a connection.
    pub(crate) fn is_mute(&self, now: Duration, conn: Conn) -> bool {
        self.open.get(&conn).and_then(|open| open.mute_until).is_some_and(|until| now < until)
    }

    /// Forgets a connection and its deadlines; false if it was not open.
    pub(crate) fn remove(&mut self, conn: Conn) -> bool {
        self.take(conn).is_some()
    }

    /// Moves on to the next time to speak on a connection.
    pub(crate) fn beat(&mut self, now: Duration, conn: Conn) {
        let Some(mut open) = self.take(conn) else { return };
        open.beat = open.beat.and_then(|beat| beat.next(now));
        self.insert(conn, open);
    }

    pub(crate) fn soonest(&self) -> Option<(Duration, Wake)> {
        self.due.first().copied()
    }

    fn insert(&mut self, conn: Conn, open: Open) {
        self.due.extend(open.deadlines(conn));
        self.open.insert(conn, open);
    }

    fn take(&mut self, conn: Conn) -> Option<Open> {
        let open = self.open.remove(&conn)?;
        for deadline in open.deadlines(conn) {
            self.due.remove(&deadline);
        }
        Some(open)
    }
}
