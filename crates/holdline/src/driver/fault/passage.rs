//! One line's way to its server and back: what is on it, in order, and until when.

use super::Act;
use super::trials::{To, Trials, instant, since_start};
use holdline_modem::Output as Order;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, Kind, LineEnd, LineId};
use holdline_peer::line::{Lane, Way};
use std::collections::VecDeque;
use std::time::Duration;

/// How long the module waits for a connection.
const CONNECT_FOR: Duration = Duration::from_secs(75);

/// Bytes on their way to the device from which on a line is not read.
const UNDER_WAY_MAX: usize = 256 * 1024;

/// A piece of a line's stream, where it is one.
pub(super) trait Carried {
    /// Its bytes.
    fn bytes(&mut self) -> Option<&mut Vec<u8>>;
}

impl Carried for Order {
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        if let Self::Send { bytes, .. } = self { Some(bytes) } else { None }
    }
}

impl Carried for Input {
    fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        if let Self::Received { bytes, .. } = self { Some(bytes) } else { None }
    }
}

/// Who is at the other end, as far as the device can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// The real server.
    Server,
    /// Nobody any more: the machine is gone by the fault of this number, or the line was forgotten.
    Nobody(Option<usize>),
    /// A machine that knows nothing of the line, and says so when it hears of it.
    Stranger,
}

/// A send that the real line has not answered.
#[derive(Debug)]
struct Unconfirmed {
    since: Instant,
    /// How often the device is still to hear of it.
    times: usize,
}

/// One line.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) to: To,
    pub(super) kind: Kind,
    pub(super) behind: Behind,
    pub(super) is_connected: bool,
    resend_for: Duration,
    up: Lane<Order>,
    down: Lane<Input>,
    /// Since when the device waits for the connection, or for the end that it ordered.
    waits_since: Option<Instant>,
    unconfirmed: VecDeque<Unconfirmed>,
    /// When something was last on it, either way.
    last_crossed: Instant,
    bytes_down: usize,
    is_paused: bool,
    is_paused_by_device: bool,
}

impl Passage {
    pub(super) fn new(now: Instant, to: To, kind: Kind, resend_for: Duration) -> Self {
        Self {
            to,
            kind,
            behind: Behind::Server,
            is_connected: false,
            resend_for,
            up: Lane::default(),
            down: Lane::default(),
            waits_since: Some(now),
            unconfirmed: VecDeque::new(),
            last_crossed: now,
            bytes_down: 0,
            is_paused: false,
            is_paused_by_device: false,
        }
    }

    /// The order to connect, which is due at `at`.
    pub(super) fn call(&mut self, at: Instant, order: Order) {
        self.up.push(since_start(at), since_start(at), order, None);
    }

    /// Takes an order to send, in as many pieces as get through.
    pub(super) fn send(
        &mut self,
        now: Instant,
        trials: &mut Trials,
        order: Order,
        acts: &mut VecDeque<Act>,
    ) {
        let Order::Send { line, bytes, confirm } = order else { return };
        // What stands between must not hold up what the module does not wait for.
        let is_taken = self.kind == Kind::Udp || confirm == Confirm::Taken;
        let is_disturbed =
            !self.up.is_empty() || trials.hit(self.to) || self.behind != Behind::Server;
        let is_done = is_taken && is_disturbed;
        if is_done {
            acts.push_back(Act::Fact(Input::Sent { line }));
        }
        if self.kind == Kind::Udp && self.is_lost(trials, Way::Up) {
            return;
        }
        let times = usize::from(!is_done);
        if self.behind != Behind::Server {
            return self.unconfirmed.push_back(Unconfirmed { since: now, times });
        }
        if let Some(last) = self.up.joined(since_start(now)).and_then(Carried::bytes) {
            last.extend(bytes);
            self.unconfirmed
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|last| last.times += times);
            return;
        }
        let pieces = self.pieces(trials, bytes);
        let last = pieces.len();
        for (number, bytes) in pieces.into_iter().enumerate() {
            let (len, is_last) = (bytes.len(), number + 1 == last);
            let times = if is_last { times } else { 0 };
            self.unconfirmed.push_back(Unconfirmed { since: now, times });
            let at = since_start(now) + trials.delay(now, self.to, Way::Up, len);
            self.up.push(
                since_start(now),
                at,
                Order::Send { line, bytes, confirm },
                self.gathers(trials),
            );
        }
    }

    /// Takes an order that ends the line.
    pub(super) fn end(&mut self, now: Instant, trials: &mut Trials, order: Order) {
        self.waits_since = Some(now);
        if self.behind == Behind::Server {
            let at = since_start(now) + trials.delay(now, self.to, Way::Up, 0);
            self.up.push(since_start(now), at, order, None);
        }
    }

    /// Takes an order to pause or to resume; whether the real line is to hear it.
    pub(super) const fn pause(&mut self, is_paused: bool) -> bool {
        self.is_paused_by_device = is_paused;
        !self.is_paused && matches!(self.behind, Behind::Server)
    }

    /// Takes a fact of the real line.
    pub(super) fn take(&mut self, now: Instant, trials: &mut Trials, fact: Input) {
        let is_lost = match self.kind {
            Kind::Udp => matches!(fact, Input::Received { .. }) && self.is_lost(trials, Way::Down),
            Kind::Tcp => self.behind != Behind::Server,
        };
        if is_lost {
            return;
        }
        let Input::Received { line, bytes } = fact else {
            let at = since_start(now) + trials.delay(now, self.to, Way::Down, 0);
            return self.down.push(since_start(now), at, fact, None);
        };
        self.bytes_down += bytes.len();
        if self.kind == Kind::Tcp
            && let Some(last) = self.down.joined(since_start(now)).and_then(Carried::bytes)
        {
            return last.extend(bytes);
        }
        for bytes in self.pieces(trials, bytes) {
            let at = since_start(now) + trials.delay(now, self.to, Way::Down, bytes.len());
            self.down.push(
                since_start(now),
                at,
                Input::Received { line, bytes },
                self.gathers(trials),
            );
        }
    }

    /// Whether a datagram is gone.
    fn is_lost(&self, trials: &Trials, way: Way) -> bool {
        trials.blocks(self.to, way) || self.behind != Behind::Server
    }

    /// Whether a stream is withheld.
    fn is_blocked(&self, trials: &Trials, way: Way) -> bool {
        self.kind == Kind::Tcp && trials.blocks(self.to, way)
    }

    /// Bytes in pieces that get through; a datagram is never cut.
    fn pieces(&self, trials: &Trials, bytes: Vec<u8>) -> Vec<Vec<u8>> {
        match trials.segment_max(self.to).filter(|_| self.kind == Kind::Tcp) {
            Some(size) if bytes.len() > size => bytes.chunks(size).map(<[u8]>::to_vec).collect(),
            _ => vec![bytes],
        }
    }

    /// For how long what leaves waits for what is joined to it; datagrams stay apart.
    fn gathers(&self, trials: &Trials) -> Option<Duration> {
        trials.merges_within(self.to).filter(|_| self.kind == Kind::Tcp)
    }

    /// Whether what stands between has forgotten the line by now; of datagrams, what comes back.
    pub(super) fn is_forgotten(&mut self, now: Instant, trials: &Trials, way: Way) -> bool {
        let is_idle = trials
            .idle_max(self.to)
            .is_some_and(|idle| self.is_connected && now.since(self.last_crossed) >= idle);
        let is_reopened = self.kind == Kind::Udp && way == Way::Up;
        if !is_idle || is_reopened {
            self.last_crossed = now;
        }
        is_idle && !is_reopened
    }

    /// What leaves for the server next.
    pub(super) fn leaves(&mut self, now: Instant, trials: &Trials) -> Option<Order> {
        self.up.due(since_start(now), self.is_blocked(trials, Way::Up))
    }

    /// What gets to the device next, and how often it hears it.
    pub(super) fn arrives(&mut self, now: Instant, trials: &Trials) -> Option<(Input, usize)> {
        let fact = self.down.due(since_start(now), self.is_blocked(trials, Way::Down))?;
        let times = self.hears(&fact);
        Some((fact, times))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "of the others nothing is kept")]
    fn hears(&mut self, fact: &Input) -> usize {
        match fact {
            Input::Connected { .. } => (self.is_connected, self.waits_since) = (true, None),
            Input::Received { bytes, .. } => self.bytes_down -= bytes.len(),
            Input::Sent { .. } | Input::SendFailed { .. } => {
                return self.unconfirmed.pop_front().map_or(1, |sent| sent.times);
            }
            _ => {}
        }
        1
    }

    /// Nobody is behind the line any more: nothing of it is under way.
    pub(super) fn lose(&mut self, number: Option<usize>) {
        self.behind = Behind::Nobody(number);
        self.up = Lane::default();
        self.down = Lane::default();
        self.bytes_down = 0;
    }

    /// How a line ends whose other end is a stranger's, once that has heard of it.
    pub(super) fn is_disowned(&self) -> bool {
        let is_told = !self.unconfirmed.is_empty() || self.waits_since.is_some();
        self.behind == Behind::Stranger && is_told
    }

    pub(super) fn poll_timeout(&self, trials: &Trials) -> Option<Instant> {
        let up = self.up.next().filter(|_| !self.is_blocked(trials, Way::Up));
        let down = self.down.next().filter(|_| !self.is_blocked(trials, Way::Down));
        up.into_iter().chain(down).map(instant).chain(self.gives_up_at(trials)).min()
    }

    /// When the module takes the line for dead, while nothing gets through or nothing has yet.
    pub(super) fn gives_up_at(&self, trials: &Trials) -> Option<Instant> {
        let is_called = self.is_connected || self.up.is_empty();
        let is_blocked = self.is_blocked(trials, Way::Up)
            || self.is_blocked(trials, Way::Down)
            || self.behind != Behind::Server
            || trials.holds_up(self.to);
        if is_called && !is_blocked {
            return None;
        }
        let patience = if self.is_connected { self.resend_for } else { CONNECT_FOR };
        let waits = self.waits_since.map(|since| since + patience);
        let sent = self.unconfirmed.front().filter(|_| self.kind == Kind::Tcp);
        waits.into_iter().chain(sent.map(|sent| sent.since + self.resend_for)).min()
    }

    pub(super) fn give_up(&self, line: LineId, acts: &mut VecDeque<Act>) {
        acts.push_back(Act::Reset(line));
        let open: usize = self.unconfirmed.iter().map(|sent| sent.times).sum();
        acts.extend((0..open).map(|_| Act::Fact(Input::SendFailed { line })));
        acts.push_back(Act::Fact(match (self.is_connected, self.waits_since) {
            (false, _) => Input::ConnectFailed { line, why: ConnectFailure::TimedOut },
            (true, Some(_)) => Input::Closed { line },
            (true, None) => Input::Ended { line, how: LineEnd::TimedOut },
        }));
    }

    /// The order to read no more, or again, if it is time for one.
    pub(super) fn minds_room(&mut self, line: LineId) -> Option<Order> {
        let was = self.is_paused;
        self.is_paused = self.bytes_down > if was { 0 } else { UNDER_WAY_MAX };
        let is_news = was != self.is_paused && !self.is_paused_by_device;
        let order = if self.is_paused { Order::Pause { line } } else { Order::Resume { line } };
        (is_news && self.behind == Behind::Server).then_some(order)
    }
}
