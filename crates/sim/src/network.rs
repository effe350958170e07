//! The network: lines with a latency, addresses, and what gets through when.
//!
//! TCP is modelled as far as its ends can tell: what is sent arrives in order and whole, or is
//! resent until the sender gives up. A datagram that cannot leave is lost.

mod orders;
mod wire;

use crate::server::{Server, since_start};
use crate::sim::Event;
use crate::spans::Spans;
use crate::{DeviceId, queue::Queue};
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, Kind, LineEnd, LineId};
use holdline_peer::{Conn, Input as PeerInput, Output as PeerOutput};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use wire::{Far, Near, Target, Wire};

pub(crate) use orders::Farewell;
use wire::{Packet, Way};

/// From one end to the other, unless the world is told otherwise.
const LATENCY: Duration = Duration::from_millis(20);

/// How long a module tries to connect before it says that nobody answered.
const CONNECT_GIVE_UP: Duration = Duration::from_secs(75);

/// Something that will happen on the network.
#[derive(Debug)]
pub(crate) enum Transit {
    /// A packet gets to the other end.
    Arrival { conn: Conn, way: Way, packet: Packet },
    /// A connect has waited long enough.
    ConnectGivenUp(Conn),
    /// What a wire resends may have waited long enough.
    ResendGivenUp(Conn),
    /// A server has something to do, or is in reach again.
    Server(usize),
}

#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) latency: Duration,
    servers: Vec<Server>,
    wires: BTreeMap<Conn, Wire>,
    lines: BTreeMap<(DeviceId, LineId), Conn>,
    conns: u64,
    /// Devices without radio contact.
    unheard: BTreeSet<DeviceId>,
    lost_names: Vec<(String, Spans)>,
    facts: VecDeque<(DeviceId, Input)>,
}

impl Network {
    pub(crate) fn new() -> Self {
        Self {
            latency: LATENCY,
            servers: Vec::new(),
            wires: BTreeMap::new(),
            lines: BTreeMap::new(),
            conns: 0,
            unheard: BTreeSet::new(),
            lost_names: Vec::new(),
            facts: VecDeque::new(),
        }
    }

    /// The server at `host` (or everywhere) and `port`, made where there is none.
    pub(crate) fn server(&mut self, host: Option<&str>, port: u16) -> &mut Server {
        let found = self.servers.iter().position(|server| server.is_at(host, port));
        let index = found.unwrap_or_else(|| {
            self.servers.push(Server::new(host, port));
            self.servers.len() - 1
        });
        &mut self.servers[index]
    }

    pub(crate) fn lose_name(&mut self, name: &str, span: std::ops::Range<Instant>) {
        let mut spans = Spans::default();
        spans.add(span);
        self.lost_names.push((name.to_owned(), spans));
    }

    /// The next fact that a device is to hear.
    pub(crate) fn poll_fact(&mut self) -> Option<(DeviceId, Input)> {
        self.facts.pop_front()
    }

    /// Learns what was planned for the servers since it last looked.
    pub(crate) fn take_news(&mut self, queue: &mut Queue<Event>) {
        for (index, server) in self.servers.iter_mut().enumerate() {
            for at in server.news.drain(..) {
                queue.push(at, Event::Transit(Transit::Server(index)));
            }
        }
    }

    pub(crate) fn handle(&mut self, queue: &mut Queue<Event>, now: Instant, transit: Transit) {
        match transit {
            Transit::Arrival { conn, way: Way::ToServer, packet } => {
                self.reach_server(queue, now, conn, packet);
            }
            Transit::Arrival { conn, way: Way::ToDevice, packet } => {
                self.reach_device(queue, now, conn, packet);
            }
            Transit::ConnectGivenUp(conn) => self.give_up_connect(conn),
            Transit::ResendGivenUp(conn) => self.give_up_resend(queue, now, conn),
            Transit::Server(index) => {
                self.resend(queue, now, |wire| wire.target == Target::Server(index));
                self.wake_server(queue, now, index);
            }
        }
    }

    /// The device is out of reach of every cell, or in reach again.
    pub(crate) fn set_heard(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        device: DeviceId,
        heard: bool,
    ) {
        if !heard {
            self.unheard.insert(device);
        } else if self.unheard.remove(&device) {
            self.resend(queue, now, |wire| wire.device == device);
        }
    }

    // Under way.

    /// Sends `packet` off, or keeps it where the way is blocked.
    fn depart(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        way: Way,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let blocked = is_blocked(&self.unheard, &self.servers, wire, now);
        if !blocked && wire.held(way).is_empty() {
            let arrival = Transit::Arrival { conn, way, packet };
            return queue.push(now + self.latency, Event::Transit(arrival));
        }
        // Neither a datagram nor a reset is ever sent again.
        if wire.kind == Kind::Udp || packet == Packet::Reset {
            return;
        }
        wire.held(way).push_back(packet);
        if !wire.gives_up {
            wire.gives_up = true;
            queue.push(now + wire.resend_for, Event::Transit(Transit::ResendGivenUp(conn)));
        }
    }

    /// Sends off what wires of a kind hold, where the way is free again.
    fn resend(&mut self, queue: &mut Queue<Event>, now: Instant, of: impl Fn(&Wire) -> bool) {
        for (&conn, wire) in self.wires.iter_mut().filter(|(_, wire)| of(wire)) {
            if is_blocked(&self.unheard, &self.servers, wire, now) {
                continue;
            }
            for way in [Way::ToServer, Way::ToDevice] {
                for packet in wire.held(way).drain(..) {
                    let arrival = Transit::Arrival { conn, way, packet };
                    queue.push(now + self.latency, Event::Transit(arrival));
                }
            }
        }
    }

    // At the server's end.

    fn reach_server(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, packet: Packet) {
        let Some(wire) = self.wires.get(&conn) else { return };
        let (kind, near) = (wire.kind, wire.near);
        match packet {
            Packet::Connect => self.reach_listener(queue, now, conn),
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

    fn wake_server(&mut self, queue: &mut Queue<Event>, now: Instant, index: usize) {
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

    // At the device's end.

    fn reach_device(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, packet: Packet) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        match wire.near {
            Near::Connecting => self.answer_connect(conn, &packet),
            Near::Open => self.take_in(conn, packet),
            Near::Closing => self.answer_close(conn, &packet),
            Near::Gone => {
                // Nothing is known of the line here any more, and the server is told so.
                self.depart(queue, now, conn, Way::ToServer, Packet::Reset);
                self.forget_ended(conn);
            }
        }
    }

    fn answer_connect(&mut self, conn: Conn, packet: &Packet) {
        let why = match packet {
            Packet::Accept => {
                let Some(wire) = self.wires.get_mut(&conn) else { return };
                wire.near = Near::Open;
                self.facts.push_back((wire.device, Input::Connected { line: wire.line }));
                return;
            }
            Packet::NoName => ConnectFailure::NameNotFound,
            Packet::Refuse
            | Packet::Connect
            | Packet::Bytes(_)
            | Packet::Acknowledge
            | Packet::Finish
            | Packet::Finished
            | Packet::Reset => ConnectFailure::Refused,
        };
        self.let_go(conn, |line| Input::ConnectFailed { line, why });
    }

    /// Takes what came for an open line, or lays it aside while the device does not read.
    fn take_in(&mut self, conn: Conn, packet: Packet) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        match packet {
            Packet::Acknowledge => self.confirm(conn),
            Packet::Reset => self.let_go(conn, |line| Input::Ended { line, how: LineEnd::Reset }),
            Packet::Bytes(_) | Packet::Finish if wire.unread.is_some() => {
                wire.unread.get_or_insert_default().push_back(packet);
            }
            Packet::Bytes(bytes) => {
                let fact = Input::Received { line: wire.line, bytes };
                self.facts.push_back((wire.device, fact));
            }
            Packet::Finish => self.let_go(conn, |line| Input::Ended { line, how: LineEnd::Closed }),
            Packet::Connect
            | Packet::Accept
            | Packet::Refuse
            | Packet::NoName
            | Packet::Finished => {}
        }
    }

    fn answer_close(&mut self, conn: Conn, packet: &Packet) {
        match packet {
            Packet::Acknowledge => self.confirm(conn),
            Packet::Finished | Packet::Reset => {
                self.let_go(conn, |line| Input::Closed { line });
            }
            Packet::Connect
            | Packet::Accept
            | Packet::Refuse
            | Packet::NoName
            | Packet::Bytes(_)
            | Packet::Finish => {}
        }
    }

    fn confirm(&mut self, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        if let Some((_, Confirm::Acknowledged)) = wire.unacknowledged.pop_front() {
            self.facts.push_back((wire.device, Input::Sent { line: wire.line }));
        }
    }

    fn give_up_connect(&mut self, conn: Conn) {
        if self.wires.get(&conn).is_some_and(|wire| wire.near == Near::Connecting) {
            let why = ConnectFailure::TimedOut;
            self.let_go(conn, |line| Input::ConnectFailed { line, why });
        }
    }

    /// Ends the device's side of a line whose oldest send is as old as a send may get.
    fn give_up_resend(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
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
    fn let_go(&mut self, conn: Conn, fact: impl FnOnce(LineId) -> Input) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.near = Near::Gone;
        self.lines.remove(&(wire.device, wire.line));
        self.facts.push_back((wire.device, fact(wire.line)));
        self.forget_ended(conn);
    }

    /// Forgets a wire that is over at both ends.
    fn forget_ended(&mut self, conn: Conn) {
        let over = |wire: &Wire| wire.near == Near::Gone && wire.far != Far::Open;
        if self.wires.get(&conn).is_some_and(over) {
            self.wires.remove(&conn);
        }
    }
}

fn is_blocked(unheard: &BTreeSet<DeviceId>, servers: &[Server], wire: &Wire, now: Instant) -> bool {
    let cut_off = match wire.target {
        Target::Server(index) => servers[index].is_cut_off(now),
        Target::Nobody | Target::NoName => false,
    };
    cut_off || unheard.contains(&wire.device)
}
