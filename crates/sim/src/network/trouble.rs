//! Troubles of lines begin and end here, and servers hear of theirs.

use super::Network;
use super::wire::{Far, Road, Wire};
use crate::faults::{Happening, Reach};
use crate::queue::Queue;
use crate::sim::Event;
use holdline_modem::{Instant, Kind};
use holdline_peer::fault::{Fault, Trouble, When};
use holdline_peer::{Conn, Input as PeerInput};

impl Network {
    /// A trouble of lines begins; any other changes nothing here.
    pub(crate) fn begin(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        number: usize,
        what: Trouble,
        reach: Reach,
    ) {
        if what == Trouble::HalfOpen && reach.conn.is_none() {
            self.vanish(queue, now, number, reach);
        } else if is_of_lines(what) {
            self.weather.begin(number, what, reach);
        }
    }

    /// Where that is the wire's fate, the machine that has just accepted it is gone.
    pub(super) fn vanish_behind(&mut self, queue: &mut Queue<Event>, now: Instant, conn: Conn) {
        let Some(wire) = self.wires.get(&conn) else { return };
        if let Some(number) = self.weather.half_opens(wire) {
            let reach = Reach { conn: Some(wire.dialled), ..Reach::default() };
            self.vanish(queue, now, number, reach);
        }
    }

    /// A trouble of lines is over: what was held goes out, to a machine that may know nothing of it.
    pub(crate) fn end(&mut self, queue: &mut Queue<Event>, now: Instant, number: usize) {
        self.weather.end(number);
        for wire in self.wires.values_mut() {
            if wire.road == Road::Vanished(number) {
                wire.road = Road::Open;
            }
        }
        self.resend(queue, now, |_| true);
    }

    /// Hands a server's trouble to every server that it hits, and keeps it for those to come.
    pub(crate) fn inject(&mut self, now: Instant, fault: &Fault) {
        for server in self.servers.iter_mut().filter(|server| server.is_hit(fault)) {
            server.inject(now, fault.clone());
        }
        // What happens at once and is over has no servers to come.
        if fault.when != When::Now || !fault.what.is_momentary() {
            self.of_servers.push((now, fault.clone()));
        }
    }

    /// What servers did.
    pub(crate) fn happenings(&self) -> impl Iterator<Item = Happening> {
        self.servers.iter().flat_map(|server| server.peer.spells()).map(|spell| Happening {
            fault: spell.fault.clone(),
            whom: None,
            began: Instant::ZERO + spell.began,
            ended: spell.ended.map(|ended| Instant::ZERO + ended),
        })
    }

    /// The machine behind lines is gone, and with it all that it knew of them.
    fn vanish(&mut self, queue: &mut Queue<Event>, now: Instant, number: usize, reach: Reach) {
        let is_hit = |wire: &Wire| reach.covers(wire.call()) && wire.road == Road::Open;
        let hit = self.wires.iter().filter(|(_, wire)| is_hit(wire));
        let conns: Vec<Conn> = hit.map(|(&conn, _)| conn).collect();
        for conn in conns {
            self.tell_server(queue, now, conn, PeerInput::Closed { conn });
            let Some(wire) = self.wires.get_mut(&conn) else { continue };
            match wire.kind {
                Kind::Udp => wire.far = Far::Unheard,
                Kind::Tcp => {
                    wire.far = Far::Gone;
                    wire.road = Road::Vanished(number);
                }
            }
            self.forget_ended(conn);
        }
    }
}

/// Whether the weather has to know.
const fn is_of_lines(trouble: Trouble) -> bool {
    matches!(
        trouble,
        Trouble::HalfOpen
            | Trouble::BlackHole(_)
            | Trouble::Latency(_)
            | Trouble::Jitter(_)
            | Trouble::Rate(_)
            | Trouble::Split(_)
            | Trouble::Merge(_)
            | Trouble::NatIdle(_)
            | Trouble::NameNotFound
            | Trouble::NameSlow(_)
            | Trouble::NameChanged
            | Trouble::WeakSignal
    )
}
