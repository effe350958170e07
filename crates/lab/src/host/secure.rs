//! Connections of TLS: handshakes, which have a time limit, and what goes over a line then.
//!
//! A device is the peer's once its handshake is done. Handshakes cost more than anything else here, so
//! a turn does a few of them at most: a flood of them keeps nobody waiting who is in already.

use super::Host;
use super::stream::{Kind, Stream, Tcp};
use crate::row::{End, Event, PortId};
use crate::tls::{Greeted, Over, Session, Taken};
use holdline_peer::{Conn, Input};
use std::io::Write;
use std::time::Duration;

/// Handshakes that go on in one turn of all connections.
pub(super) const HANDSHAKES_PER_TURN: usize = 16;

/// A connection of TLS.
pub(super) struct Tls {
    /// What is unsent here is sealed.
    pub(super) tcp: Tcp,
    pub(super) session: Session,
}

impl Tls {
    /// That the lab will say no more, sealed.
    pub(super) fn seal_end(&mut self) -> Vec<u8> {
        let mut sealed = Vec::new();
        self.session.seal_end(&mut sealed);
        sealed
    }

    /// Says so as far as the device takes it at once: the line is over.
    pub(super) fn say_goodbye(&mut self) {
        let sealed = self.seal_end();
        self.tcp.unsent.extend(sealed);
        let _ = self.tcp.socket.write(&self.tcp.unsent);
    }
}

impl Host {
    /// A device begins to shake hands. Where too many do, the one that has done so for longest is out.
    pub(super) fn begin_handshake(&mut self, conn: u64) {
        self.shaking.insert(conn, self.clock.now() + self.limits.handshake);
        if self.shaking.len() > self.limits.handshakes_max
            && let Some((&oldest, _)) = self.shaking.first_key_value()
        {
            self.give_up(oldest, "it gave way to newer ones: too many were unfinished".to_owned());
        }
    }

    /// When the next handshake has taken too long.
    pub(super) fn handshake_due(&self) -> Option<Duration> {
        self.shaking.first_key_value().map(|(_, &at)| at)
    }

    /// Ends the handshakes that have taken too long.
    pub(super) fn end_long_handshakes(&mut self) {
        let now = self.clock.now();
        while let Some((&conn, &at)) = self.shaking.first_key_value()
            && at <= now
        {
            let limit = self.limits.handshake;
            self.give_up(conn, format!("it was not done in {limit:?}"));
        }
    }

    /// Takes sealed bytes that came, which are at the beginning of the buffer.
    pub(super) fn take_sealed(&mut self, conn: u64, len: usize) {
        let Some(Stream { kind: Kind::Tls(tls), port, .. }) = self.conns.get_mut(&conn) else {
            return;
        };
        let port = &mut self.ports[port.0];
        let Some(terms) = &mut port.terms else { return };
        let at = tls.tcp.socket.local_addr().ok().map(|at| at.ip());
        let greeted = Greeted { terms, trouble: port.peer.tls_trouble(Conn(conn)), at };
        let mut answer = Vec::new();
        let taken = tls.session.take(&self.buffer[..len], greeted, &mut answer);
        self.put(conn, answer);
        self.take_opened(conn, taken);
    }

    fn take_opened(&mut self, conn: u64, Taken { secured, plain, over }: Taken) {
        if let Some(agreed) = secured {
            self.let_in(conn, agreed);
        }
        if !plain.is_empty() {
            self.take(conn, plain);
        }
        match over {
            None => {}
            Some(Over::Closed) => self.end(conn, End::ByDevice),
            Some(Over::Broken(why)) => self.end(conn, End::Broken(why)),
            Some(Over::Failed(reason)) => self.give_up(conn, reason),
        }
    }

    /// The handshake is done: the device is in.
    fn let_in(&mut self, conn: u64, agreed: String) {
        let Some(&Stream { port, .. }) = self.conns.get(&conn) else { return };
        self.shaking.remove(&conn);
        self.note(port, conn, Event::Secured(agreed));
        self.tell(port, Input::Accepted { conn: Conn(conn) });
    }

    /// The handshake failed; what the device is told of it still goes out.
    fn give_up(&mut self, conn: u64, reason: String) {
        self.shaking.remove(&conn);
        let Some(stream) = self.conns.get_mut(&conn) else { return };
        let port = stream.port;
        let Kind::Tls(tls) = &mut stream.kind else { return };
        let reason = tls.session.fail(reason);
        self.tell(port, Input::Closed { conn: Conn(conn) });
        self.note(port, conn, Event::HandshakeFailed(reason));
        self.note(port, conn, Event::Closed(End::Unsecured));
        self.close(conn);
    }

    /// A connection is over that had not shaken hands: says so.
    pub(super) fn note_unsecured(
        &mut self,
        port: PortId,
        conn: u64,
        session: &mut Session,
        end: &End,
    ) {
        let reason = match end {
            End::ByDevice | End::Unannounced => "the device hung up".to_owned(),
            End::Broken(why) => format!("the device broke the connection: {why}"),
            End::Stopped => "the lab stopped".to_owned(),
            End::Unsecured
            | End::ByServer
            | End::ByServerReset
            | End::TooSlow
            | End::Crowded
            | End::Idle
            | End::Killed
            | End::ByTarget
            | End::TargetBroken(_)
            | End::Unreachable(_) => return,
        };
        self.note(port, conn, Event::HandshakeFailed(session.fail(reason)));
    }
}
