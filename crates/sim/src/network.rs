//! The network: lines with a latency, addresses, and what gets through when.
//!
//! TCP is modelled as far as its ends can tell: what is sent arrives in order and whole, or is
//! resent until the sender gives up. A datagram that cannot leave is lost.

mod far;
mod near;
mod orders;
mod wire;

use crate::server::Server;
use crate::sim::Event;
use crate::spans::Spans;
use crate::{DeviceId, queue::Queue};
use holdline_modem::{Input, Instant, Kind, LineId};
use holdline_peer::Conn;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use wire::{Target, Wire};

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
    /// Whether there is a server wherever a device calls.
    pub(crate) is_everywhere: bool,
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
            is_everywhere: false,
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
}

fn is_blocked(unheard: &BTreeSet<DeviceId>, servers: &[Server], wire: &Wire, now: Instant) -> bool {
    let cut_off = match wire.target {
        Target::Server(index) => servers[index].is_cut_off(now),
        Target::Nobody | Target::NoName => false,
    };
    cut_off || unheard.contains(&wire.device)
}
