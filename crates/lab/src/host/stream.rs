//! One connection: reading it, and how it ends.

use super::{Host, TURN_BYTES_MAX};
use crate::row::{End, Event, PortId, Row};
use holdline_peer::{Conn, Input};
use mio::net::TcpStream;
use socket2::SockRef;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

/// How long a device that was told to close may take.
const LINGER: Duration = Duration::from_secs(10);

/// A connection of TCP, or a sender of datagrams.
pub(super) struct Stream {
    pub(super) port: PortId,
    pub(super) address: SocketAddr,
    pub(super) way: Way,
}

pub(super) enum Way {
    Tcp(Box<Tcp>),
    /// Heard last at this time.
    Udp(Duration),
}

pub(super) struct Tcp {
    pub(super) socket: TcpStream,
    pub(super) unsent: Vec<u8>,
    pub(super) life: Life,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// The server says nothing more than what is unsent, and hears until the device has closed too.
    Closing,
}

impl Stream {
    pub(super) fn new(port: PortId, socket: TcpStream, address: SocketAddr) -> Self {
        let tcp = Tcp { socket, unsent: Vec::new(), life: Life::Open };
        Self { port, address, way: Way::Tcp(Box::new(tcp)) }
    }
}

/// What one read brought.
enum Read1 {
    Bytes(Vec<u8>),
    Nothing,
    End(End),
}

impl Host {
    /// Reads a connection for one turn; says whether there may be more.
    pub(super) fn read(&mut self, conn: u64) -> bool {
        let mut room = TURN_BYTES_MAX;
        while room > 0 {
            match self.read_once(conn) {
                Read1::Bytes(bytes) => {
                    room = room.saturating_sub(bytes.len());
                    self.take(conn, bytes);
                }
                Read1::Nothing => return false,
                Read1::End(end) => {
                    self.end(conn, end);
                    return false;
                }
            }
        }
        true
    }

    fn read_once(&mut self, conn: u64) -> Read1 {
        let Some(Stream { way: Way::Tcp(tcp), .. }) = self.conns.get_mut(&conn) else {
            return Read1::Nothing;
        };
        loop {
            return match tcp.socket.read(&mut self.buffer) {
                Ok(0) => Read1::End(End::ByDevice),
                Ok(len) => Read1::Bytes(self.buffer[..len].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Read1::Nothing,
                Err(error) => Read1::End(End::Broken(error.to_string())),
            };
        }
    }

    /// Takes what came. What comes after the server has closed is kept, and answered by nobody.
    fn take(&mut self, conn: u64, bytes: Vec<u8>) {
        let Some(stream) = self.conns.get(&conn) else { return };
        let port = stream.port;
        let is_open = matches!(&stream.way, Way::Tcp(tcp) if tcp.life == Life::Open);
        if is_open {
            self.tell(port, Input::Received { conn: Conn(conn), bytes });
        } else {
            self.note(port, conn, Event::Received(bytes));
        }
    }

    /// A connection is over, and not by an order of the peer.
    pub(super) fn end(&mut self, conn: u64, end: End) {
        let Some(stream) = self.conns.remove(&conn) else { return };
        if let Way::Tcp(tcp) = &stream.way {
            if tcp.life == Life::Closing {
                return self.accept_waiting();
            }
            if end == End::TooSlow {
                let _ = SockRef::from(&tcp.socket).set_linger(Some(Duration::ZERO));
            }
        }
        drop(stream.way);
        self.tell(stream.port, Input::Closed { conn: Conn(conn) });
        self.note(stream.port, conn, Event::Closed(end));
        self.accept_waiting();
    }

    /// The server closes: after what is unsent.
    pub(super) fn close(&mut self, conn: u64) {
        match self.conns.get_mut(&conn) {
            Some(Stream { way: Way::Tcp(tcp), .. }) => {
                tcp.life = Life::Closing;
                self.closing.push_back((self.clock.now() + LINGER, conn));
                self.write(conn);
            }
            Some(_) => self.forget_sender(conn),
            None => {}
        }
    }

    /// The server breaks a connection.
    pub(super) fn reset(&mut self, conn: u64) {
        match self.conns.get(&conn) {
            Some(Stream { way: Way::Tcp(tcp), .. }) => {
                let _ = SockRef::from(&tcp.socket).set_linger(Some(Duration::ZERO));
                self.conns.remove(&conn);
            }
            Some(_) => self.forget_sender(conn),
            None => {}
        }
    }

    /// Breaks the connections that the server closed and whose device does not close in time.
    pub(super) fn end_lingering(&mut self) {
        let now = self.clock.now();
        while let Some(&(at, conn)) = self.closing.front()
            && at <= now
        {
            self.closing.pop_front();
            let is_closing =
                |stream: &Stream| matches!(&stream.way, Way::Tcp(tcp) if tcp.life == Life::Closing);
            if self.conns.get(&conn).is_some_and(is_closing) {
                self.reset(conn);
            }
        }
    }

    pub(super) fn note(&mut self, port: PortId, conn: u64, event: Event) {
        let at = self.clock.unix(self.clock.now());
        self.rows.push(Row { at, port, conn, event });
    }

    /// Ends everything, since the lab stops.
    pub(super) fn close_all(&mut self) {
        let conns: Vec<u64> = self.conns.keys().copied().collect();
        for conn in conns {
            self.end(conn, End::Stopped);
        }
        self.inbox.push(&mut self.rows);
    }
}
