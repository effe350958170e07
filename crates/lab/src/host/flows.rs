//! Relaying ports of UDP: each sender has a socket of its own to the server, so that what comes back
//! on it is known to be for that sender.
//!
//! A datagram passes whole or not at all, and is shown as lost where it does not.

use super::stream::Stream;
use super::turns::Turns;
use super::{FAR_FROM, Host, TURN_BYTES_MAX};
use crate::row::{End, Event, PortId};
use holdline_peer::line::Way;
use holdline_peer::{Conn, Input, What};
use mio::net::UdpSocket;
use mio::{Interest, Token};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// The far sides of senders of datagrams, by their connections.
#[derive(Default)]
pub(super) struct Flows {
    sockets: HashMap<u64, UdpSocket>,
    /// Those that may have something to say.
    readable: Turns,
}

impl Flows {
    pub(super) fn has_more(&self) -> bool {
        self.readable.len() > 0
    }

    pub(super) fn end(&mut self, conn: u64) {
        self.sockets.remove(&conn);
    }
}

impl Host {
    /// A sender was let in: from here on it has a way to the server that its port passes on to, if it
    /// does.
    pub(super) fn begin_flow(&mut self, id: PortId, conn: u64) {
        let Some(target) = self.ports[id.0].relay else { return };
        let called = call(target).and_then(|mut socket| {
            let token = Token((FAR_FROM + conn) as usize);
            self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
            Ok(socket)
        });
        match called {
            Ok(socket) => drop(self.flows.sockets.insert(conn, socket)),
            Err(error) => self.end(conn, End::Unreachable(format!("{target}: {error}"))),
        }
    }

    /// The system has news of a far side. False: it is none of these.
    pub(super) fn handle_flow(&mut self, conn: u64) -> bool {
        let is_flow = self.flows.sockets.contains_key(&conn);
        if is_flow {
            self.flows.readable.add(conn);
        }
        is_flow
    }

    /// A sender's datagram has arrived: it is the peer's, and goes on if there is a way.
    pub(super) fn take_datagram(&mut self, id: PortId, conn: u64, bytes: Vec<u8>) {
        if !self.flows.sockets.contains_key(&conn) {
            return self.tell(id, Input::Received { conn: Conn(conn), bytes });
        }
        let now = self.clock.now();
        let fact = Input::Received { conn: Conn(conn), bytes: bytes.clone() };
        self.ports[id.0].peer.handle_input(now, fact);
        let has_passed = self.pass_on_datagram(id, conn, &bytes);
        self.drain(id, now);
        if !has_passed {
            self.note(id, conn, Event::Lost(Way::Up, bytes));
        }
    }

    /// Sends a datagram on if the peer took all of it, and no fault struck within. The peer is not
    /// drained yet: nothing is told here.
    fn pass_on_datagram(&self, id: PortId, conn: u64, datagram: &[u8]) -> bool {
        let Some(socket) = self.flows.sockets.get(&conn) else { return false };
        let record = self.ports[id.0].peer.record().iter();
        let pieces = record.filter_map(|entry| {
            if let What::Received(bytes) = &entry.what { Some(bytes.len()) } else { None }
        });
        if pieces.reduce(|sum, len| sum + len) != Some(datagram.len()) {
            return false;
        }
        match socket.send(datagram) {
            // The one before was refused: that is told when the far side is read.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                socket.send(datagram).is_ok()
            }
            sent => sent.is_ok(),
        }
    }

    /// Gives each far side that has something to say a turn, unless the store is behind.
    pub(super) fn read_flows(&mut self) {
        for _ in 0..self.flows.readable.len() {
            if !self.has_room() {
                return;
            }
            let Some(conn) = self.flows.readable.next() else { return };
            if self.read_flow(conn) {
                self.flows.readable.add(conn);
            }
        }
    }

    /// Says whether there may be more.
    fn read_flow(&mut self, conn: u64) -> bool {
        let mut room = TURN_BYTES_MAX;
        while room > 0 {
            let Some(socket) = self.flows.sockets.get(&conn) else { return false };
            match socket.recv(&mut self.buffer) {
                Ok(len) => {
                    room = room.saturating_sub(len.max(64));
                    self.bring_datagram(conn, len);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.lose_flow(conn, &error);
                    return false;
                }
            }
        }
        true
    }

    /// Brings a sender what the server said, which is at the beginning of the buffer, unless a fault
    /// keeps that silent.
    fn bring_datagram(&mut self, conn: u64, len: usize) {
        let now = self.clock.now();
        let is_silent = self.is_kept_silent(conn, now);
        let Some(&Stream { port, .. }) = self.conns.get(&conn) else { return };
        if is_silent {
            self.note(port, conn, Event::Lost(Way::Down, self.buffer[..len].to_vec()));
        } else {
            self.bring(conn, len, now);
        }
    }

    /// The server is not there: the sender's next datagram is a new connection.
    fn lose_flow(&mut self, conn: u64, error: &io::Error) {
        let Some(&Stream { port, .. }) = self.conns.get(&conn) else { return };
        let Some(target) = self.ports[port.0].relay else { return };
        self.end(conn, End::Unreachable(format!("{target}: {error}")));
    }
}

fn call(target: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match target {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(target)?;
    Ok(socket)
}
