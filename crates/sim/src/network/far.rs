//! What happens at the server's end of a line.

use super::wire::{Far, Near, Packet, Target, Way, Wire};
use super::{Network, Transit};
use crate::queue::Queue;
use crate::server::since_start;
use crate::sim::Event;
use holdline_modem::{Instant, Kind, TlsFailure};
use holdline_peer::{Conn, Input as PeerInput, Output as PeerOutput};

impl Network {
    pub(super) fn reach_server(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get(&conn) else { return };
        let (kind, near) = (wire.kind, wire.near);
        match packet {
            Packet::Connect => self.reach_listener(queue, now, conn),
            Packet::Hello => self.shake_hands(queue, now, conn),
            Packet::Bytes(_) if self.expects_hello(conn) => {
                self.depart(queue, now, conn, Way::ToDevice, Packet::Acknowledge);
                self.depart(queue, now, conn, Way::ToDevice, Packet::Finish);
            }
            Packet::Bytes(bytes) => {
                if kind == Kind::Udp {
                    self.accept(queue, now, conn);
                } else {
                    self.depart(queue, now, conn, Way::ToDevice, Packet::Acknowledge);
                }
                self.tell_server(queue, now, conn, PeerInput::Received { conn, bytes });
            }
            Packet::Finish => {
                self.depart(queue, now, conn, Way::ToDevice, Packet::Finished);
                self.end_far(queue, now, conn);
            }
            Packet::Reset => self.end_far(queue, now, conn),
            Packet::Accept
            | Packet::Refuse
            | Packet::NoName
            | Packet::HelloBack
            | Packet::NoHandshake(_)
            | Packet::Acknowledge
            | Packet::Finished => {}
        }
        if near == Near::Gone {
            self.forget_ended(conn);
        }
    }

    fn reach_listener(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get(&conn) else { return };
        let answer = match wire.target {
            Target::Server(index) if !self.servers[index].is_down(now) => Packet::Accept,
            Target::Server(_) | Target::Nobody => Packet::Refuse,
            Target::NoName => Packet::NoName,
        };
        let accepted = answer == Packet::Accept;
        self.depart(queue, now, conn, Way::ToDevice, answer);
        if accepted && !self.expects_hello(conn) {
            self.accept(queue, now, conn);
        }
    }

    /// Whether a TLS server is at the other end of a line that is not open there yet: bytes that
    /// are no handshake make it hang up.
    fn expects_hello(&self, conn: Conn) -> bool {
        self.wires.get(&conn).is_some_and(|wire| match wire.target {
            Target::Server(index) => wire.far != Far::Open && self.servers[index].tls.is_some(),
            Target::Nobody | Target::NoName => false,
        })
    }

    /// Answers one round of a handshake. The server's program hears of the line after the last.
    fn shake_hands(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get(&conn) else { return };
        let (Target::Server(index), Some(handshake)) = (wire.target, &wire.handshake) else {
            return;
        };
        let server = &self.servers[index];
        let is_last = handshake.rounds_left == 0;
        let answer = match &server.tls {
            _ if server.is_down(now) => Packet::Reset,
            None => Packet::NoHandshake(Box::new(TlsFailure::NotTls)),
            Some(manner) if is_last => match manner.failure(&handshake.tls) {
                Some(failure) => Packet::NoHandshake(Box::new(failure)),
                None => Packet::HelloBack,
            },
            Some(_) => Packet::HelloBack,
        };
        let accepted = is_last && answer == Packet::HelloBack;
        self.depart(queue, now, conn, Way::ToDevice, answer);
        if accepted {
            self.accept(queue, now, conn);
        }
    }

    /// Opens the server's end, unless it is open or the server is down.
    fn accept(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let Target::Server(index) = wire.target else { return };
        if wire.far != Far::Open && !self.servers[index].is_down(now) {
            wire.far = Far::Open;
            self.tell_server(queue, now, conn, PeerInput::Accepted { conn });
        }
    }

    /// The server's end is over by the device's doing.
    fn end_far(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        self.tell_server(queue, now, conn, PeerInput::Closed { conn });
        if let Some(wire) = self.wires.get_mut(&conn) {
            wire.far = Far::Gone;
        }
    }

    fn tell_server(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        input: PeerInput,
    ) {
        let server = self.wires.get(&conn).and_then(Wire::open_server);
        if let Some(index) = server {
            self.servers[index].peer.handle_input(since_start(now), input);
            self.serve(queue, now, index);
        }
    }

    pub(super) fn wake_server(&mut self, queue: &mut Queue<Event>, now: Instant, index: usize) {
        let server = &mut self.servers[index];
        if server.wakes_at.is_some_and(|at| at <= now) {
            server.wakes_at = None;
        }
        server.peer.handle_input(since_start(now), PeerInput::Timeout);
        self.serve(queue, now, index);
    }

    /// Carries a server's orders out.
    fn serve(&mut self, queue: &mut Queue<Event>, now: Instant, index: usize) {
        loop {
            match self.servers[index].peer.poll_output() {
                PeerOutput::Send { conn, bytes } => {
                    self.depart(queue, now, conn, Way::ToDevice, Packet::Bytes(bytes));
                }
                PeerOutput::Close { conn } => self.hang_up(queue, now, conn, Packet::Finish),
                PeerOutput::Reset { conn } => self.hang_up(queue, now, conn, Packet::Reset),
                PeerOutput::Idle(deadline) => {
                    let Some(deadline) = deadline else { return };
                    let at = Instant::ZERO + deadline;
                    let server = &mut self.servers[index];
                    if server.wakes_at.is_none_or(|known| at < known) {
                        server.wakes_at = Some(at);
                        queue.push(at.max(now), Event::Transit(Transit::Server(index)));
                    }
                    return;
                }
            }
        }
    }

    fn hang_up(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, packet: Packet) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        if wire.kind == Kind::Udp {
            // The server forgets the sender; its next datagram is a stranger's.
            wire.far = Far::Unheard;
            return;
        }
        wire.far = Far::Gone;
        self.depart(queue, now, conn, Way::ToDevice, packet);
    }
}
