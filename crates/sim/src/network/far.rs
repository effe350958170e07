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
        let (kind, near, far) = (wire.kind, wire.near, wire.far);
        match packet {
            Packet::Connect => self.reach_listener(queue, now, conn),
            Packet::Hello => self.shake_hands(queue, now, conn),
            Packet::Bytes { sends, .. } if self.expects_hello(conn) => {
                self.depart(queue, now, conn, Way::ToDevice, Packet::Acknowledge(sends));
                self.depart(queue, now, conn, Way::ToDevice, Packet::Finish);
            }
            // The server's system knows nothing of the line any more, and says so.
            Packet::Bytes { .. } if kind == Kind::Tcp && far == Far::Gone => {
                self.depart(queue, now, conn, Way::ToDevice, Packet::Reset);
            }
            Packet::Bytes { bytes, sends } => {
                if kind == Kind::Udp {
                    self.accept_datagram(queue, now, conn);
                } else if sends > 0 {
                    self.depart(queue, now, conn, Way::ToDevice, Packet::Acknowledge(sends));
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
            | Packet::Acknowledge(_)
            | Packet::Finished => {}
        }
        if near == Near::Gone {
            self.forget_ended(conn);
        }
    }

    fn reach_listener(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(target) = self.wires.get(&conn).map(|wire| wire.target) else { return };
        match target {
            Target::Server(index) if self.knock(queue, now, conn, index) => {
                self.depart(queue, now, conn, Way::ToDevice, Packet::Accept);
                if !self.expects_hello(conn) {
                    self.accept(queue, now, conn, index);
                }
            }
            Target::Server(_) => {}
            Target::Nobody => self.depart(queue, now, conn, Way::ToDevice, Packet::Refuse),
            Target::NoName => self.depart(queue, now, conn, Way::ToDevice, Packet::NoName),
        }
    }

    /// Whether what a device says on a wire comes to a server's program.
    pub(super) fn is_heard(&self, wire: &Wire) -> bool {
        let Target::Server(index) = wire.target else { return false };
        let is_stranger = wire.kind == Kind::Udp && wire.far != Far::Open;
        wire.open_server().is_some() || is_stranger && !self.servers[index].peer.is_down()
    }

    /// Asks a server whether the device may come in; one that may not has been turned away.
    fn knock(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, index: usize) -> bool {
        let Some(wire) = self.wires.get_mut(&conn) else { return false };
        wire.far = Far::Unheard;
        let knock = PeerInput::Connecting { conn };
        self.servers[index].peer.handle_input(since_start(now), knock);
        self.serve(queue, now, index);
        self.wires.get(&conn).is_some_and(|wire| wire.far != Far::Gone)
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
        let failure = server.tls_failure(conn, &handshake.tls).filter(|_| is_last);
        let answer = match failure {
            _ if server.peer.is_down() => Packet::Reset,
            _ if server.tls.is_none() => Packet::NoHandshake(Box::new(TlsFailure::NotTls)),
            Some(failure) => Packet::NoHandshake(Box::new(failure)),
            None => Packet::HelloBack,
        };
        let accepted = is_last && answer == Packet::HelloBack;
        self.depart(queue, now, conn, Way::ToDevice, answer);
        if accepted {
            self.accept(queue, now, conn, index);
        }
    }

    /// The first datagram of a device is its connect.
    fn accept_datagram(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get(&conn) else { return };
        let Target::Server(index) = wire.target else { return };
        if wire.far != Far::Open && self.knock(queue, now, conn, index) {
            self.accept(queue, now, conn, index);
        }
    }

    /// Opens the server's end.
    fn accept(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, index: usize) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.far = Far::Open;
        self.servers[index].peer.handle_input(since_start(now), PeerInput::Accepted { conn });
        self.serve(queue, now, index);
        self.vanish_behind(queue, now, conn);
    }

    /// The server's end is over by the device's doing.
    fn end_far(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        self.tell_server(queue, now, conn, PeerInput::Closed { conn });
        if let Some(wire) = self.wires.get_mut(&conn) {
            wire.far = Far::Gone;
        }
    }

    pub(super) fn tell_server(
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
        if self.is_watched {
            let messages = self.servers[index].peer.messages().iter();
            let calls = messages.filter_map(|conn| Some(self.wires.get(conn)?.call()));
            self.messages.extend(calls);
        }
        loop {
            match self.servers[index].peer.poll_output() {
                PeerOutput::Refuse { conn } => self.turn_away(queue, now, conn),
                PeerOutput::Send { conn, bytes } => {
                    self.depart(queue, now, conn, Way::ToDevice, Packet::sent(bytes));
                }
                PeerOutput::Close { conn } => self.hang_up(queue, now, conn, Packet::Finish),
                PeerOutput::Reset { conn } => self.hang_up(queue, now, conn, Packet::Reset),
                // The world has lines of its own, and what goes wrong on them.
                PeerOutput::LineFaultBegan { .. } | PeerOutput::LineFaultEnded { .. } => {}
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

    /// A device is not let in; one that sends datagrams hears nothing of it.
    fn turn_away(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let was_open = std::mem::replace(&mut wire.far, Far::Gone) == Far::Open;
        if wire.kind == Kind::Tcp {
            let answer = if was_open { Packet::Reset } else { Packet::Refuse };
            self.depart(queue, now, conn, Way::ToDevice, answer);
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
