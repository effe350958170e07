//! A port: its socket, its peer, and what the two have to say to each other.

use super::Host;
use super::answers::Helper;
use crate::row::{End, Event, PortId, Row};
use crate::tls::Terms;
use holdline_peer::fault::Who;
use holdline_peer::line::Road;
use holdline_peer::{By, Conn, Entry, Input, Output, Peer, What};
use mio::net::{TcpListener, UdpSocket};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// A port where devices connect.
pub(super) struct Port {
    pub(super) socket: Socket,
    pub(super) peer: Peer,
    /// The lines of its connections, where faults disturb them.
    pub(super) road: Road<End>,
    /// TLS: what devices are shown.
    pub(super) terms: Option<Terms>,
    /// The server that devices are passed on to.
    pub(super) relay: Option<SocketAddr>,
    /// Who answers where no rule does.
    pub(super) helper: Option<Helper>,
    /// When the peer wants to be told that time has passed.
    pub(super) deadline: Option<Duration>,
    /// The words of each fault that was told, and whether its end was.
    told: Vec<(String, Duration, bool)>,
    /// How many faults had struck, how many of them were over, and when the last began.
    looked_at: (usize, usize, Option<Duration>),
    /// UDP: who is which connection.
    pub(super) senders: HashMap<SocketAddr, u64>,
    /// UDP: there may be datagrams.
    pub(super) is_readable: bool,
    /// TCP: somebody may wait who cannot be let in until a file is free, or the store has room.
    pub(super) is_crowded: bool,
}

pub(super) enum Socket {
    Tcp(TcpListener),
    Udp(UdpSocket),
}

impl Port {
    pub(super) fn new(
        socket: Socket,
        peer: Peer,
        terms: Option<Terms>,
        relay: Option<SocketAddr>,
    ) -> Self {
        Self {
            socket,
            peer,
            road: Road::default(),
            terms,
            relay,
            helper: None,
            deadline: None,
            told: Vec::new(),
            looked_at: (0, 0, None),
            senders: HashMap::new(),
            is_readable: false,
            is_crowded: false,
        }
    }

    /// What faults began and ended since the last call.
    fn fault_news(&mut self) -> Vec<Event> {
        let latest = self.peer.spells().next_back().map(|spell| spell.began);
        let ended = self.peer.spells().filter(|spell| spell.ended.is_some()).count();
        let now = (self.peer.spells().count(), ended, latest);
        // Most calls find nothing new, and there is one for each message.
        if std::mem::replace(&mut self.looked_at, now) == now {
            return Vec::new();
        }
        let mut news = Vec::new();
        // Those of the line are told as they strike.
        for spell in self.peer.spells().filter(|spell| spell.fault.what.who() != Who::Line) {
            let words = spell.fault.to_string();
            let is_same =
                |told: &&mut (String, Duration, bool)| told.0 == words && told.1 == spell.began;
            let told = match self.told.iter_mut().find(is_same) {
                Some(told) => told,
                None => {
                    news.push(Event::FaultBegan(words.clone()));
                    self.told.push((words.clone(), spell.began, false));
                    self.told.last_mut().expect("it was just pushed")
                }
            };
            if spell.ended.is_some() && !told.2 {
                told.2 = true;
                news.push(Event::FaultEnded(words));
            }
        }
        let known = self.peer.spells().count();
        let old = self.told.len().saturating_sub(known);
        self.told.drain(..old);
        news
    }
}

impl Host {
    /// Tells a port's peer a fact, and does what it orders.
    pub(super) fn tell(&mut self, id: PortId, fact: Input) {
        self.tell_at(id, self.clock.now(), fact);
    }

    /// The same at a time that was looked at before, and nothing was told since.
    pub(super) fn tell_at(&mut self, id: PortId, now: Duration, fact: Input) {
        self.ports[id.0].peer.handle_input(now, fact);
        self.drain(id, now);
    }

    /// Does what a port's peer orders, and keeps what happened.
    pub(super) fn drain(&mut self, id: PortId, now: Duration) {
        loop {
            match self.ports[id.0].peer.poll_output() {
                Output::Send { conn, bytes } => self.send(conn.0, bytes),
                Output::Close { conn } => self.close(conn.0),
                Output::Reset { conn } => self.reset(conn.0),
                Output::Refuse { conn } => self.turn_away(conn.0),
                Output::LineFaultBegan { id: number, fault, conn } => {
                    self.begin_on_line(id, number, &fault, conn);
                }
                Output::LineFaultEnded { id: number, fault, conn } => {
                    self.end_on_line(id, number, &fault, conn);
                }
                Output::Idle(deadline) => {
                    self.ports[id.0].deadline = deadline;
                    break;
                }
            }
        }
        self.keep(id, now);
    }

    /// Keeps something that happened which the peer does not know of.
    pub(super) fn note(&mut self, port: PortId, conn: u64, event: Event) {
        let at = self.clock.unix(self.clock.now());
        self.rows.push(Row { at, port, conn, event });
    }

    fn keep(&mut self, id: PortId, now: Duration) {
        let faults = self.ports[id.0].fault_news();
        let at = self.clock.unix(now);
        self.rows.extend(faults.into_iter().map(|event| Row { at, port: id, conn: 0, event }));
        for Entry { at, conn: Conn(conn), what } in self.ports[id.0].peer.take_record() {
            self.tell_helper(id, conn, &what);
            if let Some(event) = event(what) {
                self.rows.push(Row { at: self.clock.unix(at), port: id, conn, event });
            }
        }
    }
}

/// What a peer's record says, but for what the host knows more of.
fn event(what: What) -> Option<Event> {
    Some(match what {
        What::Refused | What::Accepted | What::Left(_) | What::Closed(By::Device) => return None,
        What::Received(bytes) => Event::Received(bytes),
        What::Message(bytes) => Event::Message(bytes),
        What::Named(name) => Event::Named(name),
        What::Sent(bytes) => Event::Sent(bytes),
        What::Closed(By::Server) => Event::Closed(End::ByServer),
        What::Closed(By::ServerReset) => Event::Closed(End::ByServerReset),
    })
}
