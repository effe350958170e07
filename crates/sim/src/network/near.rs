//! What happens at the device's end of a line.

use super::wire::{Far, Near, Packet, Way, Wire};
use super::{Network, Transit};
use crate::queue::Queue;
use crate::sim::Event;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, LineEnd, LineId, TlsFailure};
use holdline_peer::Conn;

impl Network {
    pub(super) fn reach_device(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        match wire.near {
            Near::Connecting => self.answer_connect(queue, now, conn, packet),
            Near::Open => self.take_in(conn, packet),
            Near::Closing => self.answer_close(conn, &packet),
            Near::Gone => {
                // Nothing is known of the line here any more, and the server is told so.
                self.depart(queue, now, conn, Way::ToServer, Packet::Reset);
                self.forget_ended(conn);
            }
        }
    }

    fn answer_connect(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let why = match packet {
            Packet::Accept | Packet::HelloBack => return self.go_on(queue, now, conn),
            Packet::NoName => ConnectFailure::NameNotFound,
            Packet::NoHandshake(why) => ConnectFailure::Tls(why),
            Packet::Reset | Packet::Finish if wire.is_shaking_hands() => TlsFailure::CutOff.into(),
            // What a server that does not know TLS says to a hello.
            Packet::Bytes { .. } if wire.is_shaking_hands() => TlsFailure::NotTls.into(),
            Packet::Refuse
            | Packet::Connect
            | Packet::Hello
            | Packet::Bytes { .. }
            | Packet::Acknowledge(_)
            | Packet::Finish
            | Packet::Finished
            | Packet::Reset => ConnectFailure::Refused,
        };
        self.let_go(conn, |line| Input::ConnectFailed { line, why });
        self.depart(queue, now, conn, Way::ToServer, Packet::Reset);
    }

    /// The server answered: the next round of a handshake begins, or the line stands.
    fn go_on(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        match &mut wire.handshake {
            Some(handshake) if handshake.rounds_left > 0 => {
                handshake.rounds_left -= 1;
                self.depart(queue, now, conn, Way::ToServer, Packet::Hello);
            }
            Some(_) | None => {
                wire.handshake = None;
                wire.near = Near::Open;
                self.facts.push_back((wire.device, Input::Connected { line: wire.line }));
            }
        }
    }

    /// Takes what came for an open line, or lays it aside while the device does not read.
    pub(super) fn take_in(&mut self, conn: Conn, packet: Packet) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        match packet {
            Packet::Acknowledge(sends) => self.confirm(conn, sends),
            Packet::Reset => self.let_go(conn, |line| Input::Ended { line, how: LineEnd::Reset }),
            Packet::Bytes { .. } | Packet::Finish if wire.unread.is_some() => {
                wire.unread.get_or_insert_default().push_back(packet);
            }
            Packet::Bytes { bytes, .. } => {
                let fact = Input::Received { line: wire.line, bytes };
                self.facts.push_back((wire.device, fact));
            }
            Packet::Finish => self.let_go(conn, |line| Input::Ended { line, how: LineEnd::Closed }),
            Packet::Connect
            | Packet::Accept
            | Packet::Refuse
            | Packet::NoName
            | Packet::Hello
            | Packet::HelloBack
            | Packet::NoHandshake(_)
            | Packet::Finished => {}
        }
    }

    fn answer_close(&mut self, conn: Conn, packet: &Packet) {
        match packet {
            Packet::Acknowledge(sends) => self.confirm(conn, *sends),
            Packet::Finished | Packet::Reset => {
                self.let_go(conn, |line| Input::Closed { line });
            }
            Packet::Connect
            | Packet::Accept
            | Packet::Refuse
            | Packet::NoName
            | Packet::Hello
            | Packet::HelloBack
            | Packet::NoHandshake(_)
            | Packet::Bytes { .. }
            | Packet::Finish => {}
        }
    }

    fn confirm(&mut self, conn: Conn, sends: u32) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        for _ in 0..sends {
            if let Some((_, Confirm::Acknowledged)) = wire.unacknowledged.pop_front() {
                self.facts.push_back((wire.device, Input::Sent { line: wire.line }));
            }
        }
    }

    pub(super) fn give_up_connect(&mut self, conn: Conn) {
        if self.wires.get(&conn).is_some_and(|wire| wire.near == Near::Connecting) {
            let why = ConnectFailure::TimedOut;
            self.let_go(conn, |line| Input::ConnectFailed { line, why });
        }
    }

    /// Ends the device's side of a line whose oldest send is as old as a send may get.
    pub(super) fn give_up_resend(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.gives_up = false;
        let oldest = wire.unacknowledged.front().map(|&(at, _)| at + wire.resend_for);
        match (wire.near, oldest) {
            (Near::Open | Near::Closing, Some(due)) if due > now => {
                wire.gives_up = true;
                queue.push(due, Event::Transit(Transit::ResendGivenUp(conn)));
            }
            (Near::Open, Some(_)) => self.break_line(conn),
            (Near::Closing, _) => {
                self.fail_sends(conn);
                self.let_go(conn, |line| Input::Closed { line });
            }
            (Near::Open | Near::Connecting | Near::Gone, _) => {}
        }
    }

    fn break_line(&mut self, conn: Conn) {
        self.fail_sends(conn);
        self.let_go(conn, |line| Input::Ended { line, how: LineEnd::TimedOut });
    }

    fn fail_sends(&mut self, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.held(Way::ToServer).clear();
        for (_, confirm) in std::mem::take(&mut wire.unacknowledged) {
            if confirm == Confirm::Acknowledged {
                self.facts.push_back((wire.device, Input::SendFailed { line: wire.line }));
            }
        }
    }

    /// Ends the device's side and tells the device how.
    pub(super) fn let_go(&mut self, conn: Conn, fact: impl FnOnce(LineId) -> Input) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.near = Near::Gone;
        self.lines.remove(&(wire.device, wire.line));
        self.facts.push_back((wire.device, fact(wire.line)));
        self.forget_ended(conn);
    }

    /// Forgets a wire that is over at both ends.
    pub(super) fn forget_ended(&mut self, conn: Conn) {
        let over = |wire: &Wire| wire.near == Near::Gone && wire.far != Far::Open;
        if self.wires.get(&conn).is_some_and(over) {
            self.forget(conn);
        }
    }

    /// Forgets a wire.
    pub(super) fn forget(&mut self, conn: Conn) {
        let wire = self.wires.remove(&conn);
        self.over.extend(wire.filter(|_| self.is_watched).map(|wire| wire.dialled));
    }
}
