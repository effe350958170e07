//! The ports: one thread that reads and writes every socket, and does what each port's
//! [`Peer`](holdline_peer::Peer) orders.
//!
//! It owns no history: all that happens goes to the [`Inbox`]. While that is full no socket is read, so
//! the devices' own TCP holds what they send.

mod answers;
mod close;
mod datagrams;
mod far;
mod flows;
mod leave;
mod listen;
mod order;
mod port;
mod quota;
mod read;
mod relay;
mod relays;
mod road;
mod secure;
mod stream;
mod turns;
mod waiting;
mod write;

pub use listen::ListenError;
pub(crate) use order::{Counted, FAULTS_MAX, Order, Orders, Refusal, Struck};

use crate::answer::Answering;
use crate::config::{Limits, PortConfig};
use crate::inbox::Inbox;
use crate::row::{Clock, PortId, Row};
use crate::tls::Authority;
use flows::Flows;
use holdline_peer::Input;
use mio::{Events, Poll, Token, Waker};
use port::Port;
use quota::Quotas;
use relays::Relays;
use secure::HANDSHAKES_PER_TURN;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use stream::Stream;

/// Bytes that one turn of a connection reads: then others have theirs.
const TURN_BYTES_MAX: usize = 64 * 1024;

/// Bytes that one read brings, the longest datagram among them.
const READ_BYTES_MAX: usize = 64 * 1024;

/// Connections are counted from here in tokens; below are the ports.
const CONNS_FROM: u64 = 1 << 32;

/// The far sides of the same connections.
const FAR_FROM: u64 = 1 << 48;

const WAKE: Token = Token(usize::MAX);

/// Every port and connection.
pub(crate) struct Host {
    poll: Poll,
    clock: Clock,
    limits: Limits,
    ports: Vec<Port>,
    conns: HashMap<u64, Stream>,
    /// What connections of relaying ports are passed on to.
    relays: Relays,
    /// What senders of datagrams at relaying ports are passed on to.
    flows: Flows,
    /// Connections that may have more to read.
    readable: VecDeque<u64>,
    quotas: Quotas,
    /// Connections that shake hands: until when they may.
    shaking: BTreeMap<u64, Duration>,
    conns_made: u64,
    orders: Receiver<Order>,
    inbox: Arc<Inbox>,
    /// What happened and is not in the inbox yet.
    rows: Vec<Row>,
    /// Connections that the server closed: until when their device may take to close as well.
    closing: VecDeque<(Duration, u64)>,
    /// Connections whose device does not read.
    slow: Vec<u64>,
    /// When silent senders were looked for.
    swept: Duration,
    /// What one read brings.
    buffer: Box<[u8]>,
    is_stopping: bool,
}

/// What the host was before its thread began.
pub(crate) struct Opened {
    pub(crate) host: Host,
    pub(crate) orders: Orders,
    /// Where each port listens, in the order of the configuration.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Who answers at each port; each is to have a thread.
    pub(crate) answering: Vec<Option<Answering>>,
}

impl Host {
    /// Opens the ports; connections are counted on from `conns_made`. The authority signs what ports of
    /// TLS show.
    pub(crate) fn open(
        ports: &[PortConfig],
        limits: Limits,
        inbox: Arc<Inbox>,
        conns_made: u64,
        authority: Option<&Arc<Authority>>,
    ) -> Result<Opened, ListenError> {
        let poll = Poll::new().map_err(ListenError::NoPoll)?;
        let waker = Waker::new(poll.registry(), WAKE).map_err(ListenError::NoPoll)?;
        let (sender, orders) = std::sync::mpsc::channel();
        let waker = Arc::new(waker);
        let orders_in = Orders::new(sender, Arc::clone(&waker));
        let mut host = Self {
            poll,
            clock: Clock::start(),
            limits,
            ports: Vec::new(),
            conns: HashMap::new(),
            relays: Relays::default(),
            flows: Flows::default(),
            readable: VecDeque::new(),
            quotas: Quotas::default(),
            shaking: BTreeMap::new(),
            conns_made,
            orders,
            inbox,
            rows: Vec::new(),
            closing: VecDeque::new(),
            slow: Vec::new(),
            swept: Duration::ZERO,
            buffer: vec![0; READ_BYTES_MAX].into(),
            is_stopping: false,
        };
        let addresses =
            ports.iter().map(|port| host.listen(port, authority)).collect::<Result<_, _>>()?;
        let answering = host.find_help(ports, &waker);
        Ok(Opened { host, orders: orders_in, addresses, answering })
    }

    /// Serves until it is told to stop.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        while !self.is_stopping {
            self.wait(&mut events)?;
            for event in &events {
                if event.is_read_closed() {
                    self.will_end(event.token());
                }
                self.handle_event(event.token(), event.is_readable(), event.is_writable());
            }
            self.carry_out_orders();
            self.hear_helpers();
            self.handle_timeouts();
            self.read_on();
            self.read_far_sides();
            self.read_flows();
            self.travel();
            self.end_slow();
            self.inbox.push(&mut self.rows);
        }
        self.close_all();
        Ok(())
    }

    fn wait(&mut self, events: &mut Events) -> io::Result<()> {
        let is_behind = !self.readable.is_empty()
            || self.relays.has_more()
            || self.flows.has_more()
            || self.is_behind_helpers();
        let has_more = is_behind && self.inbox.has_room();
        let timeout = if has_more { Some(Duration::ZERO) } else { self.until_deadline() };
        match self.poll.poll(events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            done => done,
        }
    }

    fn until_deadline(&self) -> Option<Duration> {
        let now = self.clock.now();
        let of_ports = self.ports.iter().filter_map(|port| port.deadline);
        let lingering = self.closing.front().map(|&(at, _)| at);
        let of_conns = lingering.into_iter().chain(self.handshake_due()).chain(self.quotas.due());
        let of_conns = of_conns.chain(self.relays_due()).chain(self.roads_due());
        let deadline = of_ports.chain(of_conns).chain(self.sweep_at()).min();
        // Up to the next millisecond, which is as fine as the system waits.
        deadline.map(|at| at.saturating_sub(now) + Duration::from_millis(1))
    }

    fn handle_event(&mut self, token: Token, is_readable: bool, is_writable: bool) {
        let number = token.0 as u64;
        if token == WAKE {
            return;
        }
        if number < CONNS_FROM {
            return self.handle_port(PortId(token.0));
        }
        if number >= FAR_FROM {
            let conn = number - FAR_FROM;
            if !self.handle_flow(conn) {
                self.handle_far(conn, is_readable, is_writable);
            }
            return;
        }
        let conn = number - CONNS_FROM;
        if is_writable {
            self.write(conn);
        }
        if is_readable {
            self.queue(conn);
        }
    }

    /// A device has closed its side, or the line is broken: what it said before is followed by an end.
    fn will_end(&mut self, token: Token) {
        let conn = (token.0 as u64).wrapping_sub(CONNS_FROM);
        if let Some(tcp) = self.conns.get_mut(&conn).and_then(|stream| stream.kind.tcp_mut()) {
            tcp.will_end = true;
        }
    }

    /// A port has somebody who wants in, or a datagram.
    fn handle_port(&mut self, id: PortId) {
        match self.ports[id.0].socket {
            port::Socket::Tcp(_) => self.accept(id),
            port::Socket::Udp(_) => self.ports[id.0].is_readable = true,
        }
    }

    /// Gives each connection that has something to read a turn, unless the store is behind.
    fn read_on(&mut self) {
        let mut handshakes = HANDSHAKES_PER_TURN;
        for _ in 0..self.readable.len() {
            if !self.has_room() {
                return;
            }
            let Some(conn) = self.next_in_turn() else { break };
            let is_shaking = self.shaking.contains_key(&conn);
            let has_turn = !is_shaking || handshakes > 0;
            handshakes -= usize::from(is_shaking && has_turn);
            if !has_turn || self.read(conn) {
                self.queue(conn);
            }
        }
        self.read_datagrams();
    }

    /// Hands over what happened, and says whether there may be more.
    fn has_room(&mut self) -> bool {
        self.inbox.push(&mut self.rows);
        self.inbox.has_room()
    }

    fn handle_timeouts(&mut self) {
        let now = self.clock.now();
        for id in 0..self.ports.len() {
            if self.ports[id].deadline.is_some_and(|at| at <= now) {
                self.tell(PortId(id), Input::Timeout);
            }
        }
        self.resume_paused();
        self.end_silent_senders();
        self.end_long_handshakes();
        self.end_lingering();
        self.end_leaving();
    }
}
