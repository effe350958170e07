//! Faults of the line: what the server's end can do to the lines of a port.
//!
//! What a device says passes its port's road before it is the peer's, and what the peer says passes it
//! before it is the device's. A line that cannot be read for a fault is not read: its own TCP holds
//! back what the device sends.

use super::Host;
use super::port::Socket;
use super::stream::{Kind, Stream};
use crate::row::{End, Event, PortId};
use holdline_peer::Conn;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::line::{GIVES_UP_AFTER, News, Piece, Way};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

impl Host {
    /// A fault of the line begins, for one connection of a port or for all.
    pub(super) fn begin_on_line(
        &mut self,
        id: PortId,
        number: u64,
        fault: &Fault,
        line: Option<Conn>,
    ) {
        let now = self.clock.now();
        self.note(id, line.map_or(0, |conn| conn.0), Event::FaultBegan(fault.to_string()));
        let standing = self
            .conns
            .iter()
            .filter(|(conn, stream)| stream.port == id && line.is_none_or(|only| only.0 == **conn));
        let standing = standing.map(|(&conn, stream)| (Conn(conn), stream.is_of_bytes()));
        self.ports[id.0].road.begin(now, (number, fault.what), line, standing);
    }

    /// A fault of the line is over: whoever was not read for it is.
    pub(super) fn end_on_line(
        &mut self,
        id: PortId,
        number: u64,
        fault: &Fault,
        line: Option<Conn>,
    ) {
        self.ports[id.0].road.end(self.clock.now(), number);
        self.note(id, line.map_or(0, |conn| conn.0), Event::FaultEnded(fault.to_string()));
        let hit: Vec<u64> = match line {
            Some(conn) => vec![conn.0],
            None => {
                let its = self.conns.iter().filter(|(_, stream)| stream.port == id);
                its.map(|(&conn, _)| conn).collect()
            }
        };
        hit.into_iter().for_each(|conn| self.queue(conn));
    }

    /// Whether what a connection says and hears goes over its road.
    pub(super) fn is_on_road(&self, conn: u64) -> bool {
        let port = self.conns.get(&conn).map(|stream| stream.port);
        port.is_some_and(|port| self.ports[port.0].road.carries(Conn(conn)))
    }

    /// Whether nothing is under way to a device.
    pub(super) fn is_road_free(&self, port: PortId, conn: u64) -> bool {
        self.ports[port.0].road.is_free(Conn(conn), Way::Down)
    }

    /// How many bytes of a device the road has room for.
    pub(super) fn room_on_road(&mut self, conn: u64) -> usize {
        let Some(stream) = self.conns.get(&conn) else { return 0 };
        let (port, is_of_bytes) = (stream.port, stream.is_of_bytes());
        let road = &mut self.ports[port.0].road;
        let room = road.room_up(self.clock.now(), Conn(conn), is_of_bytes);
        let under_way = road.bytes(Conn(conn), Way::Up);
        if self.is_on_road(conn) { room.min(self.room(under_way, usize::MAX)) } else { room }
    }

    /// Sends something on its way.
    pub(super) fn set_out(&mut self, conn: u64, way: Way, piece: Piece<End>) {
        let Some(stream) = self.conns.get(&conn) else { return };
        let now = self.clock.now();
        let to = (Conn(conn), stream.is_of_bytes());
        let (port, is_dropped) = (stream.port, !stream.is_of_bytes() && self.is_crowded());
        let road = &mut self.ports[port.0].road;
        match piece {
            Piece::Bytes(datagram) if is_dropped => {
                road.drop_datagram(now, Conn(conn), way, datagram);
            }
            Piece::Bytes(_) | Piece::End(_) => {
                // Real lines are never twice the same, and neither is this.
                let chance = RandomState::new().hash_one(0);
                road.take(now, to, way, piece, chance);
            }
        }
    }

    /// Has bytes for a device, as they are on the line.
    pub(super) fn put(&mut self, conn: u64, bytes: Vec<u8>) {
        if self.is_on_road(conn) {
            self.set_out(conn, Way::Down, Piece::Bytes(bytes));
            self.mind_unsent(conn);
        } else {
            self.reach_device(conn, &bytes);
        }
    }

    /// Does what is due on the roads, while the store has room for it.
    pub(super) fn travel(&mut self) {
        let now = self.clock.now();
        for id in 0..self.ports.len() {
            while self.ports[id].road.is_due(now) && self.has_room() {
                let Some((Conn(conn), news)) = self.ports[id].road.poll(now) else { break };
                self.hear_of(PortId(id), conn, news);
            }
        }
    }

    /// When something is due on the roads, if the store has room for it.
    pub(super) fn roads_due(&self) -> Option<Duration> {
        let due = self.ports.iter().filter_map(|port| port.road.poll_timeout()).min();
        due.filter(|_| self.inbox.has_room())
    }

    fn hear_of(&mut self, id: PortId, conn: u64, news: News<End>) {
        match news {
            News::Arrived(Way::Up, Piece::Bytes(bytes)) => {
                self.reach_server(id, conn, bytes);
                self.queue(conn);
            }
            News::Arrived(Way::Up, Piece::End(end)) => self.heard_end(conn, end),
            News::Arrived(Way::Down, Piece::Bytes(bytes)) => {
                self.reach_device(conn, &bytes);
                self.queue(conn);
            }
            News::Arrived(Way::Down, Piece::End(_)) => self.write(conn),
            News::Lost(way, bytes) => self.note(id, conn, Event::Lost(way, bytes)),
            News::Forgotten(idle) => {
                self.note(id, conn, Event::FaultBegan(Trouble::NatIdle(idle).to_string()));
            }
            News::Disowned => self.break_device(conn, End::ByServerReset),
            News::GivenUp => {
                let minutes = GIVES_UP_AFTER.as_secs() / 60;
                let why = format!("nothing got through for {minutes} minutes");
                self.end(conn, End::Broken(why));
            }
        }
    }

    /// Bytes of a device are there, as they were on the line.
    pub(super) fn reach_server(&mut self, id: PortId, conn: u64, bytes: Vec<u8>) {
        match self.conns.get(&conn).map(|stream| &stream.kind) {
            Some(Kind::Tls(_)) => {
                self.buffer[..bytes.len()].copy_from_slice(&bytes);
                self.take_sealed(conn, bytes.len());
            }
            Some(Kind::Tcp(_)) => self.take(conn, bytes),
            Some(Kind::Udp(_)) => self.take_datagram(id, conn, bytes),
            None => {}
        }
    }

    /// Bytes are to be written.
    fn reach_device(&mut self, conn: u64, bytes: &[u8]) {
        let Some(Stream { kind, port, address }) = self.conns.get_mut(&conn) else { return };
        if let Some(tcp) = kind.tcp_mut() {
            tcp.unsent.extend_from_slice(bytes);
            self.quotas.unsent += bytes.len();
            self.write(conn);
            return;
        }
        let port = &mut self.ports[port.0];
        if let Socket::Udp(socket) = &port.socket
            && socket.send_to(bytes, *address).is_err()
        {
            // It may be too long. By way of the road its row comes behind the one that it was sent.
            port.road.drop_datagram(self.clock.now(), Conn(conn), Way::Down, bytes.to_vec());
        }
    }

    /// A connection is over: says what never arrived.
    pub(super) fn leave_road(&mut self, id: PortId, conn: u64) {
        for (way, bytes) in self.ports[id.0].road.forget(Conn(conn)) {
            self.note(id, conn, Event::Lost(way, bytes));
        }
    }
}
