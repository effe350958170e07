//! Ports of UDP: each sender's address is a connection, until it has been silent for long.

use super::port::Socket;
use super::stream::{Kind, Stream};
use super::{Host, TURN_BYTES_MAX};
use crate::row::{End, Event, PortId};
use holdline_peer::line::{Piece, Way};
use holdline_peer::{Conn, Input};
use std::net::SocketAddr;
use std::time::Duration;

/// How often silent senders are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

impl Host {
    /// Reads each port of UDP for a turn.
    pub(super) fn read_datagrams(&mut self) {
        for id in 0..self.ports.len() {
            if self.ports[id].is_readable && self.has_room() {
                self.ports[id].is_readable = self.read_port(PortId(id));
            }
        }
    }

    /// Says whether there may be more.
    fn read_port(&mut self, id: PortId) -> bool {
        let mut room = TURN_BYTES_MAX;
        while room > 0 {
            let Socket::Udp(socket) = &self.ports[id.0].socket else { return false };
            match socket.recv_from(&mut self.buffer) {
                Ok((len, sender)) => {
                    room = room.saturating_sub(len.max(64));
                    let bytes = self.buffer[..len].to_vec();
                    self.hear_sender(id, sender, bytes);
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
                // It tells of a datagram that did not arrive somewhere.
                Err(_) => {}
            }
        }
        true
    }

    fn hear_sender(&mut self, id: PortId, sender: SocketAddr, bytes: Vec<u8>) {
        let port = &self.ports[id.0];
        if port.road.swallows_strangers() && !port.senders.contains_key(&sender) {
            return self.note(id, 0, Event::Lost(Way::Up, bytes));
        }
        let Some(conn) = self.sender(id, sender) else { return };
        if let Some(Stream { kind: Kind::Udp(heard), .. }) = self.conns.get_mut(&conn) {
            *heard = self.clock.now();
        }
        if self.is_on_road(conn) {
            self.set_out(conn, Way::Up, Piece::Bytes(bytes));
        } else {
            self.reach_server(id, conn, bytes);
        }
    }

    /// The connection of a sender, a new one if it has none; none if it is not wanted.
    fn sender(&mut self, id: PortId, address: SocketAddr) -> Option<u64> {
        if let Some(&conn) = self.ports[id.0].senders.get(&address) {
            return Some(conn);
        }
        if self.is_full(address.ip()) {
            return None;
        }
        let conn = self.next_conn();
        self.ports[id.0].senders.insert(address, conn);
        let kind = Kind::Udp(self.clock.now());
        self.quotas.add(address.ip());
        self.conns.insert(conn, Stream { port: id, address, kind });
        self.ports[id.0].road.open(self.clock.now(), Conn(conn), false);
        self.tell(id, Input::Connecting { conn: Conn(conn) });
        if !self.conns.contains_key(&conn) {
            return None;
        }
        self.note(id, conn, Event::Accepted(address));
        self.tell(id, Input::Accepted { conn: Conn(conn) });
        if self.conns.contains_key(&conn) {
            self.begin_flow(id, conn);
        }
        self.conns.contains_key(&conn).then_some(conn)
    }

    /// When silent senders are to be looked for, if there are senders.
    pub(super) fn sweep_at(&self) -> Option<Duration> {
        let has_senders = self.ports.iter().any(|port| !port.senders.is_empty());
        has_senders.then_some(self.swept + SWEEP_EVERY)
    }

    /// Ends the connections of senders that have been silent for long.
    pub(super) fn end_silent_senders(&mut self) {
        let now = self.clock.now();
        if self.sweep_at().is_none_or(|at| at > now) {
            return;
        }
        self.swept = now;
        let idle = self.limits.udp_idle;
        let is_silent =
            |stream: &Stream| matches!(stream.kind, Kind::Udp(heard) if heard + idle <= now);
        let silent: Vec<u64> = self
            .conns
            .iter()
            .filter(|(_, stream)| is_silent(stream))
            .map(|(&conn, _)| conn)
            .collect();
        silent.into_iter().for_each(|conn| self.end(conn, End::Idle));
    }
}
