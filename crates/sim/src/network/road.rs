//! The way of a packet: what it is made into, what holds it up, and when it gets there.

use super::wire::{Far, Merged, Near, Packet, Road, Way, Wire};
use super::{Network, Transit};
use crate::queue::Queue;
use crate::sim::Event;
use holdline_modem::{Instant, Kind};
use holdline_peer::Conn;

impl Network {
    /// Sends `packet` off, or keeps it where the way is blocked.
    pub(super) fn depart(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        way: Way,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        if !self.weather.is_fair() {
            let within = self.weather.merges_within(wire);
            if let (Packet::Bytes { .. }, Kind::Tcp, Some(within)) = (&packet, wire.kind, within) {
                if wire.merged(way).is_none() {
                    queue.push(now + within, Event::Transit(Transit::Merged { conn, way }));
                }
                return wire.merge(way, packet);
            }
        }
        // What is to follow what waits must not overtake it.
        if !matches!(packet, Packet::Acknowledge(_)) {
            self.flush(queue, now, conn, way);
        }
        self.go(queue, now, conn, way, packet);
    }

    /// Sends off what was gathered into one segment.
    pub(super) fn flush(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, way: Way) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        if let Some(Merged { bytes, sends }) = wire.merged(way).take() {
            self.go(queue, now, conn, way, Packet::Bytes { bytes, sends });
        }
    }

    fn go(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn, way: Way, packet: Packet) {
        let conn = if self.weather.is_fair() { conn } else { self.mind_idle(now, conn, way) };
        let Some(wire) = self.wires.get(&conn) else { return };
        let is_blocked = self.is_blocked(wire, way);
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        if !is_blocked && wire.held(way).is_empty() {
            wire.last_crossed = now;
            return self.travel(queue, now, conn, way, packet);
        }
        // A datagram is never sent again, nor a reset unless what it answers is.
        let is_asked_for = way == Way::ToDevice && !wire.unacknowledged.is_empty();
        if wire.kind == Kind::Udp || packet == Packet::Reset && !is_asked_for {
            return;
        }
        wire.held(way).push_back(packet);
        plan_end(queue, now, conn, wire);
    }

    /// Puts a packet on its way, in as many pieces as fit through.
    fn travel(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        conn: Conn,
        way: Way,
        packet: Packet,
    ) {
        let Some(wire) = self.wires.get_mut(&conn) else { return };
        let size = self.weather.segment_max(wire).filter(|_| wire.kind == Kind::Tcp);
        let weather = &mut self.weather;
        let mut send = |packet: Packet| {
            let time = match weather.is_fair() {
                true => super::LATENCY,
                false => match weather.travel(wire, way, packet.len(), now) {
                    Some(time) => time,
                    None => return,
                },
            };
            let at = wire.arrival(way, now + time);
            if at.since(now) > wire.resend_for / 2 {
                plan_end(queue, now, conn, wire);
            }
            queue.push(at, Event::Transit(Transit::Arrival { conn, way, packet }));
        };
        match size {
            Some(size) => packet.split(size).into_iter().for_each(send),
            None => send(packet),
        }
    }

    /// Sends off what wires of a kind hold, where the way is free again.
    pub(super) fn resend(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        of: impl Fn(&Wire) -> bool,
    ) {
        let conns: Vec<_> =
            self.wires.iter().filter(|(_, wire)| of(wire)).map(|(&conn, _)| conn).collect();
        for conn in conns {
            for way in [Way::ToServer, Way::ToDevice] {
                let Some(wire) = self.wires.get(&conn) else { continue };
                if self.is_blocked(wire, way) {
                    continue;
                }
                let held = self.wires.get_mut(&conn).map(|wire| std::mem::take(wire.held(way)));
                for packet in held.into_iter().flatten() {
                    self.travel(queue, now, conn, way, packet);
                }
            }
        }
    }

    fn is_blocked(&self, wire: &Wire, way: Way) -> bool {
        wire.road != Road::Open
            || self.unheard.contains(&wire.device)
            || self.weather.swallows(wire, way)
    }

    /// Forgets a line that has been idle for too long. A datagram of the device's then makes a new
    /// one, by which the server takes it for a stranger's; says which.
    fn mind_idle(&mut self, now: Instant, conn: Conn, way: Way) -> Conn {
        let Some(wire) = self.wires.get_mut(&conn) else { return conn };
        let is_idle = self.weather.idle_max(wire).is_some_and(|idle| {
            wire.near != Near::Connecting && now.since(wire.last_crossed) >= idle
        });
        if !is_idle || wire.road != Road::Open {
            return conn;
        }
        if wire.kind == Kind::Tcp || way == Way::ToDevice {
            wire.road = Road::Forgotten;
            return conn;
        }
        self.renew(conn)
    }

    /// Gives a line of datagrams another number, under which the server does not know it.
    fn renew(&mut self, conn: Conn) -> Conn {
        let Some(mut wire) = self.wires.remove(&conn) else { return conn };
        self.conns += 1;
        let renewed = Conn(self.conns);
        wire.far = Far::Unheard;
        wire.road = Road::Open;
        self.lines.insert((wire.device, wire.line), renewed);
        self.wires.insert(renewed, wire);
        renewed
    }
}

/// Sees to it that the end of resending is looked at in time.
fn plan_end(queue: &mut Queue<Event>, now: Instant, conn: Conn, wire: &mut Wire) {
    if wire.gives_up {
        return;
    }
    wire.gives_up = true;
    let since = wire.unacknowledged.front().map_or(now, |&(at, _)| at);
    let at = (since + wire.resend_for).max(now);
    queue.push(at, Event::Transit(Transit::ResendGivenUp(conn)));
}
