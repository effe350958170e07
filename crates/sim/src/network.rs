//! The network: lines with a latency, addresses, and what gets through when.
//!
//! TCP is modelled as far as its ends can tell: what is sent arrives in order and whole, or is
//! resent until the sender gives up. A datagram that cannot leave is lost.

mod far;
mod near;
mod orders;
mod road;
mod trouble;
mod weather;
mod wire;

use crate::faults::Call;
use crate::server::Server;
use crate::sim::Event;
use crate::{DeviceId, queue::Queue};
use holdline_modem::{Input, Instant, LineId};
use holdline_peer::Conn;
use holdline_peer::fault::Fault;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

pub(crate) use orders::Farewell;
use weather::Weather;
use wire::{Packet, Way, Wire};

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
    /// Segments have been gathered for long enough.
    Merged { conn: Conn, way: Way },
    /// A name's address is known.
    Found(Conn),
    /// A server has something to do.
    Server(usize),
}

#[derive(Debug)]
pub(crate) struct Network {
    servers: Vec<Server>,
    /// Whether there is a server wherever a device calls.
    pub(crate) is_everywhere: bool,
    wires: BTreeMap<Conn, Wire>,
    lines: BTreeMap<(DeviceId, LineId), Conn>,
    conns: u64,
    /// Devices without radio contact.
    unheard: BTreeSet<DeviceId>,
    weather: Weather,
    /// Whether somebody asks for what the two queues below keep.
    pub(crate) is_watched: bool,
    /// Messages that servers have taken.
    messages: VecDeque<Call>,
    /// The numbers by which connections were dialled that are over at both ends.
    over: VecDeque<Conn>,
    /// What befalls servers, also those that are yet to come.
    of_servers: Vec<(Instant, Fault)>,
    facts: VecDeque<(DeviceId, Input)>,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            servers: Vec::new(),
            is_everywhere: false,
            wires: BTreeMap::new(),
            lines: BTreeMap::new(),
            conns: 0,
            unheard: BTreeSet::new(),
            weather: Weather::new(seed),
            is_watched: false,
            messages: VecDeque::new(),
            over: VecDeque::new(),
            of_servers: Vec::new(),
            facts: VecDeque::new(),
        }
    }

    /// The server at `host` (or everywhere) and `port`, made where there is none.
    pub(crate) fn server(&mut self, host: Option<&str>, port: u16) -> &mut Server {
        let found = self.servers.iter().position(|server| server.is_at(host, port));
        let index = found.unwrap_or_else(|| {
            let mut server = Server::new(host, port);
            for (told, fault) in &self.of_servers {
                if server.is_hit(fault) {
                    server.inject(*told, fault.clone());
                }
            }
            self.servers.push(server);
            self.servers.len() - 1
        });
        &mut self.servers[index]
    }

    /// The next fact that a device is to hear.
    pub(crate) fn poll_fact(&mut self) -> Option<(DeviceId, Input)> {
        self.facts.pop_front()
    }

    /// The next message that a server has taken.
    pub(crate) fn poll_message(&mut self) -> Option<Call> {
        self.messages.pop_front()
    }

    /// The next connection that is over.
    pub(crate) fn poll_over(&mut self) -> Option<Conn> {
        self.over.pop_front()
    }

    /// The number by which the next connection is dialled.
    pub(crate) const fn next_conn(&self) -> Conn {
        Conn(self.conns + 1)
    }

    /// The bytes that a packet brings to a server that takes them.
    pub(crate) fn bytes_of<'a>(&self, transit: &'a Transit) -> Option<(Call, &'a [u8])> {
        let Transit::Arrival { conn, way: Way::ToServer, packet } = transit else { return None };
        let Packet::Bytes { bytes, .. } = packet else { return None };
        let wire = self.wires.get(conn).filter(|wire| self.is_heard(wire))?;
        Some((wire.call(), bytes))
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
            Transit::Merged { conn, way } => self.flush(queue, now, conn, way),
            Transit::Found(conn) => self.call(queue, now, conn),
            Transit::Server(index) => self.wake_server(queue, now, index),
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
}
