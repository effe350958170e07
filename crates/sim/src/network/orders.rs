//! What a device orders, carried out.

use super::wire::{Far, Near, Packet, Target, Way, Wire};
use super::{CONNECT_GIVE_UP, Network, Transit};
use crate::DeviceId;
use crate::faults::Call;
use crate::queue::Queue;
use crate::sim::Event;
use holdline_modem::{Confirm, Input, Instant, Kind, LineId, Output as Order};
use holdline_peer::Conn;
use holdline_peer::fault::Trouble;
use std::net::IpAddr;

/// How a device breaks its lines off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The server hears of it.
    Heard,
    /// The device lost its address or its SIM: nothing gets out any more.
    Unheard,
}

impl Network {
    pub(crate) fn carry_out(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        device: DeviceId,
        order: Order,
        farewell: Farewell,
    ) {
        match order {
            Order::Connect { line, kind, tls, host, port, resend_for } => {
                if self.is_everywhere {
                    self.be_there(&host, port, tls.is_some());
                }
                let call = Call { device, port, conn: self.next_conn() };
                let target = self.target(call, &host);
                let wire = Wire::new(call, line, kind, tls, target, resend_for);
                self.connect(queue, now, wire, is_name(&host));
            }
            Order::Send { line, bytes, confirm } => {
                self.send(queue, now, (device, line), bytes, confirm);
            }
            Order::Close { line } => self.close(queue, now, (device, line)),
            Order::Abort { line } => self.abort(queue, now, (device, line), farewell),
            Order::Pause { line } => self.pause((device, line)),
            Order::Resume { line } => self.resume((device, line)),
            Order::Net(_)
            | Order::Pin { .. }
            | Order::Idle(_)
            | Order::UartOpen { .. }
            | Order::UartWrite { .. }
            | Order::UartClose { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. }
            | Order::UartOverrun { .. } => {}
        }
    }

    /// Sees to it that a server is there, which speaks TLS where the first caller does.
    fn be_there(&mut self, host: &str, port: u16, speaks_tls: bool) {
        let has_own = self.servers.iter().any(|server| server.is_at(Some(host), port));
        let server = self.server(Some(host).filter(|_| has_own), port);
        if speaks_tls {
            server.tls.get_or_insert_default();
        }
    }

    fn target(&self, call: Call, host: &str) -> Target {
        let Call { port, .. } = call;
        let troubles = self.weather.on(call).filter(|_| is_name(host));
        for trouble in troubles {
            if trouble == Trouble::NameNotFound {
                return Target::NoName;
            } else if trouble == Trouble::NameChanged {
                return Target::Nobody;
            }
        }
        let at = |host| self.servers.iter().position(|server| server.is_at(host, port));
        at(Some(host)).or_else(|| at(None)).map_or(Target::Nobody, Target::Server)
    }

    fn connect(&mut self, queue: &mut Queue<Event>, now: Instant, wire: Wire, is_name: bool) {
        self.conns += 1;
        let conn = wire.dialled;
        self.lines.insert((wire.device, wire.line), conn);
        let troubles = self.weather.on(wire.call()).filter(|_| is_name);
        let slow = |trouble| if let Trouble::NameSlow(time) = trouble { Some(time) } else { None };
        let lookup = troubles.filter_map(slow).max();
        if wire.needs_answer() || lookup.is_some() {
            let given_up = Event::Transit(Transit::ConnectGivenUp(conn));
            queue.push(now + CONNECT_GIVE_UP, given_up);
        }
        self.wires.insert(conn, wire);
        match lookup {
            Some(time) => queue.push(now + time, Event::Transit(Transit::Found(conn))),
            None => self.call(queue, now, conn),
        }
    }

    /// Calls the address that was looked up; for datagrams it is enough to know it.
    pub(super) fn call(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.last_crossed = now;
        if wire.needs_answer() {
            return self.depart(queue, now, conn, Way::ToServer, Packet::Connect);
        }
        wire.near = Near::Open;
        self.facts.push_back((wire.device, Input::Connected { line: wire.line }));
    }

    fn send(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        (device, line): (DeviceId, LineId),
        bytes: Vec<u8>,
        confirm: Confirm,
    ) {
        let Some(&conn) = self.lines.get(&(device, line)) else { return };
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let taken = wire.kind == Kind::Udp || confirm == Confirm::Taken;
        if wire.kind == Kind::Tcp {
            wire.unacknowledged.push_back((now, confirm));
        }
        if taken {
            self.facts.push_back((device, Input::Sent { line }));
        }
        self.depart(queue, now, conn, Way::ToServer, Packet::sent(bytes));
    }

    fn close(&mut self, queue: &mut Queue<Event>, now: Instant, line: (DeviceId, LineId)) {
        let Some(&conn) = self.lines.get(&line) else {
            return self.facts.push_back((line.0, Input::Closed { line: line.1 }));
        };
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let open = wire.near == Near::Open && wire.kind == Kind::Tcp;
        if open {
            wire.near = Near::Closing;
            wire.unread = None;
        }
        let farewell = if wire.near == Near::Connecting { Packet::Reset } else { Packet::Finish };
        self.depart(queue, now, conn, Way::ToServer, farewell);
        if !open {
            self.let_go(conn, |line| Input::Closed { line });
        }
    }

    fn abort(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        line: (DeviceId, LineId),
        farewell: Farewell,
    ) {
        let Some(conn) = self.lines.remove(&line) else { return };
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        wire.near = Near::Gone;
        wire.held(Way::ToServer).clear();
        if wire.far != Far::Open {
            self.forget(conn);
        } else if farewell == Farewell::Heard {
            self.depart(queue, now, conn, Way::ToServer, Packet::Reset);
        }
    }

    fn pause(&mut self, line: (DeviceId, LineId)) {
        let Some(conn) = self.lines.get(&line) else { return };
        if let Some(wire) = self.wires.get_mut(conn) {
            wire.unread.get_or_insert_default();
        }
    }

    fn resume(&mut self, line: (DeviceId, LineId)) {
        let Some(&conn) = self.lines.get(&line) else { return };
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        for packet in wire.unread.take().unwrap_or_default() {
            self.take_in(conn, packet);
        }
    }
}

/// Whether a host has to be looked up.
fn is_name(host: &str) -> bool {
    host.parse::<IpAddr>().is_err()
}
