//! One TCP line, from the first address that is tried to the peer's last word.
//!
//! Readiness is edge-triggered: an event is told once. What is left unread for any reason is noted
//! as [`Served::HasMore`], or found when the line is read again after a pause.

use super::agenda::Teller;
use super::confirm::Confirmations;
use super::outcome::{Ready, Served, connect_failure, line_end};
use super::reading::Reading;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, LineEnd};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;
use std::vec;

/// Bytes that one report brings to the device.
const REPORT_BYTES_MAX: usize = 16 * 1024;

/// How long the last address of a name is tried.
const CONNECT_FOR: Duration = Duration::from_secs(75);

/// How long an address is tried when there are more.
const CONNECT_FOR_EACH: Duration = Duration::from_secs(5);

/// How long a closed line may take to get its last bytes out.
const FLUSH_FOR: Duration = Duration::from_secs(5);

/// How long the peer of a closed line is listened to, so that it sees an end in order.
const PART_FOR: Duration = Duration::from_secs(2);

/// Reads of what a peer still says at the end, so that a flood does not hold the loop.
const PARTING_READS_MAX: usize = 8;

/// What a line needs of the loop while it is served.
pub(crate) struct Hands<'a> {
    pub(crate) now: Instant,
    pub(crate) registry: &'a Registry,
    /// Where reads go first.
    pub(crate) scratch: &'a mut [u8],
}

/// One TCP line.
#[derive(Debug)]
pub(crate) struct Tcp {
    token: Token,
    stream: TcpStream,
    phase: Phase,
    /// Bytes that the system has not taken, in the pieces in which they were ordered.
    unwritten: VecDeque<Vec<u8>>,
    /// How much of the first piece it has taken.
    front_taken: usize,
    confirmations: Confirmations,
    reading: Reading,
    /// How the line broke, where a write found out first.
    broken: Option<LineEnd>,
}

#[derive(Debug)]
enum Phase {
    /// An address was called and has not answered.
    Connecting { next: Addresses, give_up_at: Instant, resend_for: Duration },
    /// The line stands.
    Standing,
    /// Closing by order, with bytes to write first.
    Flushing { until: Instant },
    /// Closed; what the peer still says is thrown away.
    Parting { until: Instant },
}

/// Addresses yet to be tried, and how the first one failed.
#[derive(Debug)]
struct Addresses {
    rest: vec::IntoIter<SocketAddr>,
    failure: Option<ConnectFailure>,
}

impl Addresses {
    /// Calls the next address that can be called at all.
    fn call(&mut self, token: Token, registry: &Registry) -> Result<TcpStream, ConnectFailure> {
        while let Some(address) = self.rest.next() {
            let called = TcpStream::connect(address).and_then(|mut stream| {
                registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                Ok(stream)
            });
            match called {
                Ok(stream) => return Ok(stream),
                Err(error) => self.failed(connect_failure(&error)),
            }
        }
        Err(self.failure.unwrap_or(ConnectFailure::NameNotFound))
    }

    /// The first failure is the one to tell: the address that comes first is the one that is meant.
    fn failed(&mut self, failure: ConnectFailure) {
        self.failure.get_or_insert(failure);
    }

    fn give_up_at(&self, now: Instant) -> Instant {
        now + if self.rest.as_slice().is_empty() { CONNECT_FOR } else { CONNECT_FOR_EACH }
    }
}

impl Tcp {
    /// Calls the first of `addresses`; the others follow where it fails.
    pub(crate) fn call(
        token: Token,
        addresses: Vec<SocketAddr>,
        resend_for: Duration,
        hands: &Hands<'_>,
    ) -> Result<Self, ConnectFailure> {
        let mut next = Addresses { rest: addresses.into_iter(), failure: None };
        let stream = next.call(token, hands.registry)?;
        let give_up_at = next.give_up_at(hands.now);
        Ok(Self {
            token,
            stream,
            phase: Phase::Connecting { next, give_up_at, resend_for },
            unwritten: VecDeque::new(),
            front_taken: 0,
            confirmations: Confirmations::default(),
            reading: Reading::default(),
            broken: None,
        })
    }

    /// When to come back, if nothing else happens.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Connecting { give_up_at, .. } => Some(give_up_at),
            Phase::Standing => self.confirmations.poll_timeout(),
            Phase::Flushing { until } | Phase::Parting { until } => Some(until),
        }
    }

    /// Acts on a deadline that has come; early is harmless.
    pub(crate) fn handle_timeout(
        &mut self,
        hands: &mut Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Served {
        match self.phase {
            Phase::Connecting { give_up_at, .. } if give_up_at <= hands.now => {
                self.call_next(ConnectFailure::TimedOut, hands, teller)
            }
            Phase::Standing => {
                self.confirmations.check(&self.stream, hands.now, teller);
                Served::Waits
            }
            Phase::Flushing { until } if until <= hands.now => {
                teller.tell(|line| Input::Closed { line });
                Served::Over
            }
            Phase::Parting { until } if until <= hands.now => Served::Over,
            Phase::Connecting { .. } | Phase::Flushing { .. } | Phase::Parting { .. } => {
                Served::Waits
            }
        }
    }

    /// Takes an event of the socket.
    pub(crate) fn handle_ready(
        &mut self,
        ready: Ready,
        hands: &mut Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Served {
        self.reading.note(ready);
        match self.phase {
            Phase::Connecting { .. } => self.settle_call(ready, hands, teller),
            Phase::Standing => {
                if ready.writable && !self.unwritten.is_empty() {
                    self.write_queued(teller);
                }
                self.confirmations.check(&self.stream, hands.now, teller);
                let broken = self.broken.is_some();
                if ready.readable || broken { self.read(hands, teller) } else { Served::Waits }
            }
            Phase::Flushing { .. } => {
                self.write_queued(teller);
                self.part_when_written(hands, teller)
            }
            Phase::Parting { .. } => self.discard(hands.scratch),
        }
    }

    /// Sends `bytes` after all that was ordered before; what does not go at once is queued.
    pub(crate) fn send(
        &mut self,
        bytes: Vec<u8>,
        confirm: Confirm,
        now: Instant,
        teller: &mut Teller<'_>,
    ) -> Served {
        self.confirmations.expect(bytes.len(), confirm);
        self.unwritten.push_back(bytes);
        if self.unwritten.len() == 1 {
            self.write_queued(teller);
        }
        self.confirmations.check(&self.stream, now, teller);
        if self.broken.is_some() { Served::HasMore } else { Served::Waits }
    }

    /// Closes in order: what was sent goes out first.
    pub(crate) fn close(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        match self.phase {
            Phase::Connecting { .. } => {
                teller.tell(|line| Input::Closed { line });
                Served::Over
            }
            Phase::Standing => {
                self.phase = Phase::Flushing { until: hands.now + FLUSH_FOR };
                self.part_when_written(hands, teller)
            }
            Phase::Flushing { .. } | Phase::Parting { .. } => Served::Waits,
        }
    }

    /// Stops reading.
    pub(crate) fn pause(&mut self) {
        self.reading.pause();
    }

    /// Reads again, whether or not an event announces anything.
    pub(crate) fn resume(&mut self, registry: &Registry) -> Served {
        self.reading.resume(&mut self.stream, self.token, registry);
        Served::HasMore
    }

    /// Reads on where [`Served::HasMore`] was noted.
    pub(crate) fn read_on(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        match self.phase {
            Phase::Standing => self.read(hands, teller),
            Phase::Parting { .. } => self.discard(hands.scratch),
            Phase::Connecting { .. } | Phase::Flushing { .. } => Served::Waits,
        }
    }

    /// Ends the line at the end of the run, as far as that goes without waiting.
    pub(crate) fn leave(&mut self, scratch: &mut [u8], teller: &mut Teller<'_>) {
        if matches!(self.phase, Phase::Standing | Phase::Flushing { .. }) {
            self.write_queued(teller);
            // The peer may be gone already; then there is nothing to end.
            let _ = self.stream.shutdown(Shutdown::Write);
            self.discard(scratch);
        }
    }

    fn settle_call(
        &mut self,
        ready: Ready,
        hands: &mut Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Served {
        match standing(&self.stream) {
            Ok(false) => Served::Waits,
            Ok(true) => {
                self.stand(teller);
                if ready.readable { Served::HasMore } else { Served::Waits }
            }
            Err(error) => self.call_next(connect_failure(&error), hands, teller),
        }
    }

    fn stand(&mut self, teller: &mut Teller<'_>) {
        if let Phase::Connecting { resend_for, .. } = self.phase {
            tune(&self.stream, resend_for);
            self.phase = Phase::Standing;
            teller.tell(|line| Input::Connected { line });
        }
    }

    fn call_next(
        &mut self,
        failure: ConnectFailure,
        hands: &Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Served {
        let Phase::Connecting { next, give_up_at, .. } = &mut self.phase else {
            return Served::Waits;
        };
        next.failed(failure);
        match next.call(self.token, hands.registry) {
            Ok(stream) => {
                *give_up_at = next.give_up_at(hands.now);
                self.stream = stream;
                self.reading = Reading::default();
                Served::Waits
            }
            Err(why) => {
                teller.tell(|line| Input::ConnectFailed { line, why });
                Served::Over
            }
        }
    }

    /// Writes until all is taken or the system takes no more.
    fn write_queued(&mut self, teller: &mut Teller<'_>) {
        while let Some(front) = self.unwritten.front() {
            let rest = &front[self.front_taken..];
            if rest.is_empty() {
                self.unwritten.pop_front();
                self.front_taken = 0;
                continue;
            }
            match self.stream.write(rest) {
                Ok(len) => {
                    self.front_taken += len;
                    self.confirmations.written(len);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.break_off(&error, teller),
            }
        }
    }

    /// No byte will go out any more. What came in is still read, then the end is told.
    fn break_off(&mut self, error: &io::Error, teller: &mut Teller<'_>) {
        self.broken.get_or_insert(line_end(error));
        self.unwritten.clear();
        self.front_taken = 0;
        self.reading.note(Ready { readable: true, writable: false, ended: true });
        self.confirmations.fail(teller);
    }

    /// Reads once; the turn of other lines comes before what is left.
    fn read(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        if self.reading.is_paused() {
            self.reading.stop_listening(&mut self.stream, self.token, hands.registry);
            return Served::Waits;
        }
        let how = match self.stream.read(hands.scratch) {
            Ok(0) => self.broken.unwrap_or(LineEnd::Closed),
            Ok(len) => {
                for report in hands.scratch[..len].chunks(REPORT_BYTES_MAX) {
                    let bytes = report.to_vec();
                    teller.tell(|line| Input::Received { line, bytes });
                }
                // A short read has emptied the socket: what comes later makes a new event.
                let emptied = len < hands.scratch.len() && !self.reading.end_is_near();
                return if emptied { Served::Waits } else { Served::HasMore };
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Served::Waits,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Served::HasMore,
            Err(error) => self.broken.unwrap_or_else(|| line_end(&error)),
        };
        teller.tell(|line| Input::Ended { line, how });
        Served::Over
    }

    fn part_when_written(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        if !self.unwritten.is_empty() {
            return Served::Waits;
        }
        self.confirmations.check(&self.stream, hands.now, teller);
        teller.tell(|line| Input::Closed { line });
        self.phase = Phase::Parting { until: hands.now + PART_FOR };
        self.reading.resume(&mut self.stream, self.token, hands.registry);
        match self.stream.shutdown(Shutdown::Write) {
            Ok(()) => self.discard(hands.scratch),
            Err(_already_gone) => Served::Over,
        }
    }

    /// Throws away what the peer says. Unread bytes would turn the end into a reset.
    fn discard(&mut self, scratch: &mut [u8]) -> Served {
        for _ in 0..PARTING_READS_MAX {
            match self.stream.read(scratch) {
                Ok(0) => return Served::Over,
                Ok(_len) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Served::Waits,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_broken) => return Served::Over,
            }
        }
        Served::HasMore
    }
}

/// Whether the call was answered.
fn standing(stream: &TcpStream) -> io::Result<bool> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        // Linux lets a call to a free local port meet itself; nobody is there.
        Ok(peer) if stream.local_addr().is_ok_and(|own| own == peer) => {
            Err(io::ErrorKind::ConnectionRefused.into())
        }
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
        Err(error) => Err(error),
    }
}

/// Small sends go at once, and a dead peer is noticed as soon as on the module.
fn tune(stream: &TcpStream, resend_for: Duration) {
    // Both only change when something is noticed; a line without them is better than none.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(resend_for));
    #[cfg(not(target_os = "linux"))]
    let _ = resend_for;
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdline_modem::{Attempt, LineId, SocketId};
    use mio::{Events, Poll};
    use std::net::TcpListener;

    const LINE: LineId = LineId { socket: SocketId(0), attempt: Attempt(1) };

    /// Calls `addresses` until that has come to an end; what the device is told.
    fn call(addresses: Vec<SocketAddr>) -> Vec<Input> {
        let mut poll = Poll::new().unwrap();
        let registry = poll.registry().try_clone().unwrap();
        let (mut events, mut facts, mut scratch) =
            (Events::with_capacity(8), VecDeque::new(), [0; 64]);
        let mut hands = Hands { now: Instant::ZERO, registry: &registry, scratch: &mut scratch };
        let mut tcp = match Tcp::call(Token(0), addresses, CONNECT_FOR, &hands) {
            Ok(tcp) => tcp,
            Err(why) => return vec![Input::ConnectFailed { line: LINE, why }],
        };
        while facts.is_empty() {
            poll.poll(&mut events, None).unwrap();
            for event in &events {
                let mut teller = Teller { facts: &mut facts, device: 0, line: LINE };
                tcp.handle_ready(event.into(), &mut hands, &mut teller);
            }
        }
        facts.into_iter().map(|(_, fact)| fact).collect()
    }

    /// An address where nobody listens: bound, and given back.
    fn deserted() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[test]
    fn every_address_is_tried_in_turn() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        assert_eq!(call(vec![deserted(), deserted(), open]), [Input::Connected { line: LINE }]);
    }

    #[test]
    fn the_first_failure_is_told() {
        let why = ConnectFailure::Refused;
        let nowhere = SocketAddr::from(([255, 255, 255, 255], 9));
        assert_eq!(call(vec![deserted(), nowhere]), [Input::ConnectFailed { line: LINE, why }]);
        let why = ConnectFailure::NameNotFound;
        assert_eq!(call(Vec::new()), [Input::ConnectFailed { line: LINE, why }]);
    }
}
