//! Faults of the line that strike single connections, each in its own time.

use alloc::collections::{BTreeMap, BTreeSet};
use core::mem;
use core::time::Duration;

use crate::door::Conn;
use crate::fault::Fault;

/// One that stands.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    pub(crate) id: u64,
    /// The fault that waits for its occasion on every connection.
    pub(crate) of: u64,
    pub(crate) conn: Conn,
    pub(crate) fault: Fault,
    until: Option<Duration>,
}

/// All that stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Singles {
    all: BTreeMap<(Conn, u64), Single>,
    due: BTreeSet<(Duration, Conn, u64)>,
}

impl Singles {
    /// Whether a fault stands on a connection.
    pub(crate) fn has(&self, conn: Conn, of: u64) -> bool {
        self.on(conn).any(|single| single.of == of)
    }

    pub(crate) fn begin(&mut self, now: Duration, (id, of): (u64, u64), conn: Conn, fault: Fault) {
        let until = fault.lasts.and_then(|lasts| now.checked_add(lasts));
        self.due.extend(until.map(|at| (at, conn, id)));
        self.all.insert((conn, id), Single { id, of, conn, fault, until });
    }

    pub(crate) fn soonest(&self) -> Option<Duration> {
        self.due.first().map(|&(at, ..)| at)
    }

    /// Takes out one that is over by `now`.
    pub(crate) fn over(&mut self, now: Duration) -> Option<Single> {
        let &(_, conn, id) = self.due.first().filter(|&&(at, ..)| at <= now)?;
        self.remove(conn, id)
    }

    /// Takes out what stands on a connection, one after the other.
    pub(crate) fn forget(&mut self, conn: Conn) -> Option<Single> {
        let id = self.on(conn).next()?.id;
        self.remove(conn, id)
    }

    /// Takes all out.
    pub(crate) fn clear(&mut self) -> impl Iterator<Item = Single> + use<> {
        self.due.clear();
        mem::take(&mut self.all).into_values()
    }

    fn on(&self, conn: Conn) -> impl Iterator<Item = &Single> {
        self.all.range((conn, 0)..=(conn, u64::MAX)).map(|(_, single)| single)
    }

    fn remove(&mut self, conn: Conn, id: u64) -> Option<Single> {
        let single = self.all.remove(&(conn, id))?;
        if let Some(at) = single.until {
            self.due.remove(&(at, conn, id));
        }
        Some(single)
    }
}
