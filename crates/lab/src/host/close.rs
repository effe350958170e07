//! How connections end.

use super::Host;
use super::stream::{Kind, Life, Stream};
use crate::row::{End, Event};
use holdline_peer::line::{Piece, Way};
use holdline_peer::{Conn, Input};
use socket2::SockRef;
use std::time::Duration;

/// How long a device that was told to close may take.
const LINGER: Duration = Duration::from_secs(10);

impl Host {
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

    /// Ends everything, since the lab stops.
    pub(super) fn close_all(&mut self) {
        let conns: Vec<u64> = self.conns.keys().copied().collect();
        for conn in conns {
            self.end(conn, End::Stopped);
        }
        self.inbox.push(&mut self.rows);
    }
}
