//! How relayed connections end: the end of each side reaches the other as it was, a close (FIN)
//! as a close, a reset as a reset.

use super::Host;
use crate::row::{End, Event};
use holdline_peer::{Conn, Input};
use std::time::Duration;

/// How long nothing may move once one end has closed and the other has not.
const LEAVING: Duration = Duration::from_secs(120);

impl Host {
    /// A far side closed: so does the lab towards the device, which may still have things to say.
    pub(super) fn far_closed(&mut self, conn: u64) {
        let Some(far) = self.relays.far_mut(conn) else { return };
        far.has_ended = true;
        let end = if far.is_done() { End::ByDevice } else { End::ByTarget };
        if let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) {
            let port = stream.port;
            self.tell(port, Input::Closed { conn: Conn(conn) });
            self.note(port, conn, Event::Closed(end));
            self.begin_close(conn);
            self.watch_leaving(conn);
        }
        self.write_far(conn);
    }

    /// A far side is lost: its device's connection is broken too.
    pub(super) fn lose_far(&mut self, conn: u64, end: End) {
        self.relays.remove(conn);
        self.break_device(conn, end);
    }

    pub(super) fn break_device(&mut self, conn: u64, end: End) {
        if let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) {
            let port = stream.port;
            self.tell(port, Input::Closed { conn: Conn(conn) });
            self.note(port, conn, Event::Closed(end));
        }
        self.reset(conn);
        self.accept_waiting();
    }

    /// A device closed (FIN): so does the lab towards the far side, which may still have things to
    /// say. Says whether there is a far side.
    pub(super) fn half_close(&mut self, conn: u64) -> bool {
        let Some(far) = self.relays.far_mut(conn) else { return false };
        if !far.is_done() {
            far.finish();
            self.write_far(conn);
            self.watch_leaving(conn);
        }
        true
    }

    /// A device is done with: its far side is closed behind what is unsent.
    pub(super) fn leave_far(&mut self, conn: u64) {
        let Some(far) = self.relays.far_mut(conn) else { return };
        far.finish();
        far.is_left = true;
        self.relays.readable.add(conn);
        self.watch_leaving(conn);
        self.write_far(conn);
    }

    /// A device's connection broke: so does that of its far side.
    pub(super) fn break_far(&mut self, conn: u64) {
        if let Some(far) = self.relays.remove(conn) {
            far.reset();
        }
    }

    fn watch_leaving(&mut self, conn: u64) {
        self.relays.leaving.push_back((self.clock.now() + LEAVING, conn));
    }

    /// Breaks the connections of which one end has closed and the other does not.
    pub(super) fn end_leaving(&mut self) {
        let now = self.clock.now();
        while let Some(&(at, conn)) = self.relays.leaving.front()
            && at <= now
        {
            self.relays.leaving.pop_front();
            let Some(far) = self.relays.far(conn) else { continue };
            if far.moved + LEAVING > now {
                self.watch_leaving(conn);
                continue;
            }
            self.lose_idle(conn);
        }
    }

    fn lose_idle(&mut self, conn: u64) {
        self.break_far(conn);
        self.break_device(conn, End::ByDevice);
    }
}
