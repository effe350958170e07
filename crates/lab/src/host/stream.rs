//! One connection: reading it, and how it ends.

use super::quota::Share;
use super::secure::Tls;
use super::{Host, READ_BYTES_MAX, TURN_BYTES_MAX};
use crate::row::{End, Event, PortId, Row};
use crate::tls::Session;
use holdline_peer::line::{Piece, Way};
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
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Tcp(Box<Tcp>),
    Tls(Box<Tls>),
    /// Heard last at this time.
    Udp(Duration),
}

pub(super) struct Tcp {
    pub(super) socket: TcpStream,
    pub(super) unsent: Vec<u8>,
    /// Why no more can be written.
    pub(super) broken: Option<String>,
    pub(super) life: Life,
    /// Reading comes to an end that the system has told of.
    pub(super) will_end: bool,
    pub(super) share: Share,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// The server says nothing more than what is unsent, and hears until the device has closed too.
    Closing,
}

impl Stream {
    pub(super) fn new(
        port: PortId,
        socket: TcpStream,
        address: SocketAddr,
        is_sealed: bool,
    ) -> Self {
        let (unsent, share) = (Vec::new(), Share::default());
        let tcp = Tcp { socket, unsent, broken: None, life: Life::Open, will_end: false, share };
        let kind = if is_sealed {
            Kind::Tls(Box::new(Tls { tcp, session: Session::default() }))
        } else {
            Kind::Tcp(Box::new(tcp))
        };
        Self { port, address, kind }
    }

    /// Whether it is a line of TCP.
    pub(super) fn is_of_bytes(&self) -> bool {
        self.kind.tcp().is_some()
    }

    /// Whether what comes and goes is its peer's business.
    pub(super) fn is_open(&self) -> bool {
        match &self.kind {
            Kind::Tcp(tcp) => tcp.life == Life::Open,
            Kind::Tls(tls) => tls.tcp.life == Life::Open && tls.session.is_open(),
            Kind::Udp(_) => true,
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.kind.tcp().is_some_and(|tcp| tcp.life == Life::Closing)
    }
}

impl Kind {
    /// The line of TCP, if there is one.
    pub(super) fn tcp(&self) -> Option<&Tcp> {
        match self {
            Self::Tcp(tcp) => Some(tcp),
            Self::Tls(tls) => Some(&tls.tcp),
            Self::Udp(_) => None,
        }
    }

    pub(super) fn tcp_mut(&mut self) -> Option<&mut Tcp> {
        match self {
            Self::Tcp(tcp) => Some(tcp),
            Self::Tls(tls) => Some(&mut tls.tcp),
            Self::Udp(_) => None,
        }
    }
}

/// What one read brought.
enum Read1 {
    /// So many bytes, at the beginning of the buffer; and whether nothing is left for now.
    Bytes {
        len: usize,
        is_all: bool,
    },
    Nothing,
    End(End),
}

impl Host {
    /// Reads a connection for one turn; says whether there may be more. A read that brings less than it
    /// could has emptied a socket, and the system tells of what comes later.
    pub(super) fn read(&mut self, conn: u64) -> bool {
        let mut room = TURN_BYTES_MAX;
        while room > 0 {
            let room_ahead = self.room_on_road(conn).min(self.room_at_far(conn));
            if room_ahead == 0 {
                return false;
            }
            let len_max = self.may_read(conn).min(room_ahead).min(READ_BYTES_MAX);
            if len_max == 0 {
                return false;
            }
            match self.read_once(conn, len_max) {
                Read1::Bytes { len, is_all } => {
                    room = room.saturating_sub(len);
                    self.has_read(conn, len);
                    self.came(conn, len);
                    if is_all {
                        return false;
                    }
                }
                Read1::Nothing => return false,
                Read1::End(end) => {
                    if self.is_on_road(conn) {
                        self.set_out(conn, Way::Up, Piece::End(end));
                    } else {
                        self.heard_end(conn, end);
                    }
                    return false;
                }
            }
        }
        true
    }

    fn read_once(&mut self, conn: u64, len_max: usize) -> Read1 {
        let Some(stream) = self.conns.get_mut(&conn) else { return Read1::Nothing };
        let is_sealed = matches!(stream.kind, Kind::Tls(_));
        let Some(tcp) = stream.kind.tcp_mut() else { return Read1::Nothing };
        loop {
            return match tcp.socket.read(&mut self.buffer[..len_max]) {
                Ok(0) if tcp.broken.is_some() => {
                    Read1::End(End::Broken(tcp.broken.take().unwrap_or_default()))
                }
                Ok(0) if is_sealed => Read1::End(End::Unannounced),
                Ok(0) => Read1::End(End::ByDevice),
                Ok(len) => Read1::Bytes { len, is_all: len < len_max && !tcp.will_end },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Read1::Nothing,
                Err(error) => Read1::End(End::Broken(error.to_string())),
            };
        }
    }

    fn came(&mut self, conn: u64, len: usize) {
        match self.conns.get(&conn) {
            Some(_) if self.is_on_road(conn) => {
                self.set_out(conn, Way::Up, Piece::Bytes(self.buffer[..len].to_vec()));
            }
            Some(Stream { kind: Kind::Tls(_), .. }) => self.take_sealed(conn, len),
            Some(_) => self.take(conn, self.buffer[..len].to_vec()),
            None => {}
        }
    }

    /// Takes what came. What comes after the server has closed is kept, and answered by nobody.
    pub(super) fn take(&mut self, conn: u64, bytes: Vec<u8>) {
        let Some(stream) = self.conns.get(&conn) else { return };
        let port = stream.port;
        if stream.is_open() {
            let now = self.clock.now();
            self.ports[port.0].peer.handle_input(now, Input::Received { conn: Conn(conn), bytes });
            self.pass_on_taken(port, conn);
            self.drain(port, now);
        } else {
            self.pass_on(conn, &bytes);
            self.note(port, conn, Event::Received(bytes));
        }
    }

    /// A device has ended a connection. At a port that relays, what it closed may have more to hear.
    pub(super) fn heard_end(&mut self, conn: u64, end: End) {
        let is_open = self.conns.get(&conn).is_some_and(Stream::is_open);
        if is_open && end == End::ByDevice && self.half_close(conn) {
            return;
        }
        self.end(conn, end);
    }

    /// A connection is over, and not by an order of the peer.
    pub(super) fn end(&mut self, conn: u64, end: End) {
        let is_on_road = self.is_on_road(conn);
        let Some(mut stream) = self.remove(conn) else { return };
        if matches!(end, End::ByDevice | End::Stopped) {
            self.leave_far(conn);
        } else {
            self.break_far(conn);
        }
        if stream.is_closing() {
            return self.accept_waiting();
        }
        if matches!(end, End::TooSlow | End::Crowded)
            && let Some(tcp) = stream.kind.tcp()
        {
            let _ = SockRef::from(&tcp.socket).set_linger(Some(Duration::ZERO));
        }
        if let Kind::Tls(tls) = &mut stream.kind {
            if tls.session.is_open() {
                if !is_on_road {
                    tls.say_goodbye();
                }
            } else {
                self.note_unsecured(stream.port, conn, &mut tls.session, &end);
            }
        }
        drop(stream.kind);
        self.tell(stream.port, Input::Closed { conn: Conn(conn) });
        self.note(stream.port, conn, Event::Closed(end));
        self.accept_waiting();
    }

    /// The server closes: after what is unsent.
    pub(super) fn close(&mut self, conn: u64) {
        if self.begin_close(conn) {
            self.closing.push_back((self.clock.now() + LINGER, conn));
            self.leave_far(conn);
        }
    }

    /// The same, and the device may take as long as it likes. False: there is nothing to wait for.
    pub(super) fn begin_close(&mut self, conn: u64) -> bool {
        let Some(stream) = self.conns.get_mut(&conn) else { return false };
        if let Kind::Tls(tls) = &mut stream.kind {
            let sealed = tls.seal_end();
            self.put(conn, sealed);
        }
        let tcp = self.conns.get_mut(&conn).and_then(|stream| stream.kind.tcp_mut());
        let Some(tcp) = tcp else {
            self.remove(conn);
            return false;
        };
        tcp.life = Life::Closing;
        if self.is_on_road(conn) {
            self.set_out(conn, Way::Down, Piece::End(End::ByServer));
        }
        self.write(conn);
        true
    }

    /// The server breaks a connection.
    pub(super) fn reset(&mut self, conn: u64) {
        let Some(stream) = self.conns.get(&conn) else { return };
        if let Some(tcp) = stream.kind.tcp() {
            let _ = SockRef::from(&tcp.socket).set_linger(Some(Duration::ZERO));
        }
        self.remove(conn);
        self.break_far(conn);
    }

    /// Forgets a connection; a sender's next datagram is a new one.
    fn remove(&mut self, conn: u64) -> Option<Stream> {
        self.shaking.remove(&conn);
        let stream = self.conns.remove(&conn)?;
        self.quotas.remove(stream.address.ip());
        self.ports[stream.port.0].senders.remove(&stream.address);
        self.flows.end(conn);
        self.quotas.unsent -= stream.kind.tcp().map_or(0, |tcp| tcp.unsent.len());
        self.leave_road(stream.port, conn);
        Some(stream)
    }

    /// Breaks the connections that the server closed and whose device does not close in time.
    pub(super) fn end_lingering(&mut self) {
        let now = self.clock.now();
        while let Some(&(at, conn)) = self.closing.front()
            && at <= now
        {
            self.closing.pop_front();
            let Some(stream) = self.conns.get(&conn) else { continue };
            if !self.is_road_free(stream.port, conn) {
                // The device has not been told.
                self.closing.push_back((now + LINGER, conn));
            } else if self.conns.get(&conn).is_some_and(Stream::is_closing) {
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
