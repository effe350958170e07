//! How much of the lab one device may have: connections, turns, and bytes a second.

use super::Host;
use super::stream::Tcp;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

/// In which time bytes are counted.
const SPAN: Duration = Duration::from_secs(1);

/// What is counted of everybody.
#[derive(Default)]
pub(super) struct Quotas {
    /// Connections from each address.
    from: HashMap<IpAddr, usize>,
    /// Connections that have read enough: when they go on.
    paused: BTreeSet<(Duration, u64)>,
    /// Bytes that wait to be written to devices.
    pub(super) unsent: usize,
}

/// What is counted of one connection.
#[derive(Clone, Copy, Default)]
pub(super) struct Share {
    /// In which span bytes were read last, and how many.
    span: u32,
    bytes: u32,
    /// It waits for its turn to be read.
    is_queued: bool,
}

impl Quotas {
    pub(super) fn add(&mut self, address: IpAddr) {
        *self.from.entry(address).or_default() += 1;
    }

    pub(super) fn remove(&mut self, address: IpAddr) {
        if let Some(count) = self.from.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.from.remove(&address);
            }
        }
    }

    /// When the next connection goes on that has read enough.
    pub(super) fn due(&self) -> Option<Duration> {
        self.paused.first().map(|&(at, _)| at)
    }
}

impl Host {
    /// Whether nobody else is let in from an address.
    pub(super) fn is_full(&self, address: IpAddr) -> bool {
        let from_there = self.quotas.from.get(&address).copied().unwrap_or(0);
        self.conns.len() >= self.limits.connections_max
            || from_there >= self.limits.connections_per_address_max
    }

    fn tcp(&mut self, conn: u64) -> Option<&mut Tcp> {
        self.conns.get_mut(&conn).and_then(|stream| stream.kind.tcp_mut())
    }

    /// Gives a connection a turn, one at a time.
    pub(super) fn queue(&mut self, conn: u64) {
        if let Some(tcp) = self.tcp(conn)
            && !std::mem::replace(&mut tcp.share.is_queued, true)
        {
            self.readable.push_back(conn);
        }
    }

    /// The next connection whose turn it is.
    pub(super) fn next_in_turn(&mut self) -> Option<u64> {
        let conn = self.readable.pop_front()?;
        if let Some(tcp) = self.tcp(conn) {
            tcp.share.is_queued = false;
        }
        Some(conn)
    }

    /// How many bytes a connection may read now; without any it waits until it may read more.
    pub(super) fn may_read(&mut self, conn: u64) -> usize {
        let Some(limit) = self.limits.bytes_per_second_max else { return usize::MAX };
        let span = (self.clock.now().as_nanos() / SPAN.as_nanos()) as u32;
        let Some(tcp) = self.tcp(conn) else { return 0 };
        if tcp.share.span != span {
            (tcp.share.span, tcp.share.bytes) = (span, 0);
        }
        let left = limit.get().saturating_sub(tcp.share.bytes);
        if left == 0 {
            self.quotas.paused.insert((SPAN * (span + 1), conn));
        }
        left as usize
    }

    pub(super) fn has_read(&mut self, conn: u64, len: usize) {
        if let Some(tcp) = self.tcp(conn) {
            tcp.share.bytes = tcp.share.bytes.saturating_add(len as u32);
        }
    }

    /// Those go on that have waited long enough.
    pub(super) fn resume_paused(&mut self) {
        let now = self.clock.now();
        while self.quotas.due().is_some_and(|at| at <= now) {
            if let Some((_, conn)) = self.quotas.paused.pop_first() {
                self.queue(conn);
            }
        }
    }
}
