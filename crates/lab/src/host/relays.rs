//! The far sides of relayed connections, and what is counted of them.

use super::far::Far;
use super::turns::Turns;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// The far sides of relayed connections.
#[derive(Default)]
pub(super) struct Relays {
    far: HashMap<u64, Far>,
    /// Bytes that wait for all of them.
    unsent: usize,
    /// Those that may have more to say.
    pub(super) readable: Turns,
    /// Those that a fault keeps silent.
    pub(super) held: Vec<u64>,
    /// Those of which one end has closed: when to look whether the other has.
    pub(super) leaving: VecDeque<(Duration, u64)>,
}

impl Relays {
    pub(super) fn has_more(&self) -> bool {
        self.readable.len() > 0
    }

    /// Whether a connection is passed on, and its device closed before.
    pub(super) fn has_heard_all(&self, conn: u64) -> bool {
        self.far.get(&conn).is_some_and(Far::is_done)
    }

    /// The connections that have a far side.
    pub(super) fn conns(&self) -> impl Iterator<Item = &u64> {
        self.far.keys()
    }

    /// Bytes that wait for all far sides.
    pub(super) fn unsent(&self) -> usize {
        self.unsent
    }

    /// Bytes that wait for one.
    pub(super) fn unsent_of(&self, conn: u64) -> usize {
        self.far.get(&conn).map_or(0, Far::unsent)
    }

    /// Counts what waits for a far side among that of all.
    pub(super) fn count(&mut self, conn: u64) {
        let Some(far) = self.far.get_mut(&conn) else { return };
        self.unsent -= far.counted;
        far.counted = far.unsent();
        self.unsent += far.counted;
    }

    pub(super) fn add(&mut self, conn: u64, far: Far) {
        self.far.insert(conn, far);
    }

    pub(super) fn far(&self, conn: u64) -> Option<&Far> {
        self.far.get(&conn)
    }

    pub(super) fn far_mut(&mut self, conn: u64) -> Option<&mut Far> {
        self.far.get_mut(&conn)
    }

    /// Takes out the far side of a connection.
    pub(super) fn remove(&mut self, conn: u64) -> Option<Far> {
        let far = self.far.remove(&conn)?;
        self.unsent -= far.counted;
        Some(far)
    }

    /// A far side is not read until its device has room.
    pub(super) fn wait_for_device(&mut self, conn: u64) {
        if let Some(far) = self.far.get_mut(&conn) {
            far.waits_for_device = true;
        }
    }

    /// A device has taken something: it may have room again for what comes from the far side.
    pub(super) fn device_took(&mut self, conn: u64, now: Duration) {
        let Some(far) = self.far.get_mut(&conn) else { return };
        far.moved = now;
        if std::mem::take(&mut far.waits_for_device) {
            self.readable.add(conn);
        }
    }
}
