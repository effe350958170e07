//! How much may wait to be sent, for one and for all together.
//!
//! What can wait where it comes from does so once half of what may wait in all is there: whoever has
//! something waiting is not read on. Datagrams are dropped from there on. What the server says by
//! itself can do neither; with more than may wait in all, the connection for which the most waits is
//! over.

use super::Host;
use super::stream::Stream;
use crate::row::End;
use holdline_peer::Conn;
use holdline_peer::line::Way;

/// Bytes that are read at a time of an end for which nothing waits, while much does for others.
const CROWDED: usize = 1024;

impl Host {
    /// Bytes that wait for somebody who does not read, or are under way.
    fn waiting(&self) -> usize {
        let under_way: usize = self.ports.iter().map(|port| port.road.under_way()).sum();
        self.quotas.unsent + self.relays.unsent() + under_way
    }

    /// Bytes that wait on account of one connection.
    fn waiting_of(&self, conn: u64) -> usize {
        let far = self.relays.unsent_of(conn);
        self.conns.get(&conn).map_or(far, |stream| {
            let coming = self.ports[stream.port.0].road.bytes(Conn(conn), Way::Up);
            far + coming + self.waiting_for(conn, stream)
        })
    }

    /// Bytes that wait for a device, or are under way to it.
    pub(super) fn waiting_for(&self, conn: u64, stream: &Stream) -> usize {
        let written = stream.kind.tcp().map_or(0, |tcp| tcp.unsent.len());
        written + self.ports[stream.port.0].road.bytes(Conn(conn), Way::Down)
    }

    /// Whether so much waits for all that nothing is added of which nobody would have to hear.
    pub(super) fn is_crowded(&self) -> bool {
        self.waiting() >= self.limits.unsent_bytes_in_all_max / 2
    }

    /// How many bytes may be read to go where `waiting` wait already and `most` may. Where nothing
    /// waits there is room in any case: nobody else would have it read on.
    pub(super) fn room(&self, waiting: usize, most: usize) -> usize {
        match (self.is_crowded(), waiting) {
            (false, _) => most.saturating_sub(waiting),
            (true, 0) => most.min(CROWDED),
            (true, _) => 0,
        }
    }

    /// Looks whether more waits for a device than may.
    pub(super) fn mind_unsent(&mut self, conn: u64) {
        let Some(stream) = self.conns.get(&conn) else { return };
        if self.waiting_for(conn, stream) > self.limits.unsent_bytes_max {
            self.slow.push(conn);
        }
    }

    /// Ends the connections of devices that do not read.
    pub(super) fn end_slow(&mut self) {
        while let Some(conn) = self.slow.pop() {
            self.end(conn, End::TooSlow);
        }
        while self.waiting() > self.limits.unsent_bytes_in_all_max {
            let conns = self.conns.keys().chain(self.relays.conns());
            let most = conns.map(|&conn| (self.waiting_of(conn), conn)).max();
            let Some((1.., conn)) = most else { return };
            self.end(conn, End::Crowded);
            // The device may have gone before.
            self.break_far(conn);
        }
    }
}
