//! One TCP line, from the first address that is tried to the peer's last word.
//!
//! Readiness is edge-triggered: an event is told once. What is left unread for any reason is noted
//! as [`Served::HasMore`], or found when the line is read again after a pause.

mod within;

use super::addresses::{Addresses, is_answered};
use super::agenda::Teller;
use super::confirm::Confirmations;
use super::outcome::{Ready, Served, connect_failure, line_end};
use super::reading::Reading;
use super::tls::Session;
use super::writing::Writing;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, LineEnd};
use mio::net::TcpStream;
use mio::{Registry, Token};
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

/// Bytes that one report brings to the device.
const REPORT_BYTES_MAX: usize = 16 * 1024;

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
    /// What is within the stream, for a line of TLS.
    session: Option<Box<Session>>,
    phase: Phase,
    writing: Writing,
    confirmations: Confirmations,
    reading: Reading,
    /// How the line broke, where a write found out first.
    broken: Option<LineEnd>,
}

#[derive(Debug)]
enum Phase {
    /// An address was called and has not answered.
    Connecting { next: Addresses, give_up_at: Instant, resend_for: Duration },
    /// The server has answered, and TLS is being agreed on.
    Shaking { give_up_at: Instant },
    /// TLS stands; at this time the server counts as content with the device's certificate.
    AwaitingVerdict { until: Instant },
    /// The line stands.
    Standing,
    /// Closing by order, with bytes to write first.
    Flushing { until: Instant },
    /// Closed; what the peer still says is thrown away.
    Parting { until: Instant },
}

impl Tcp {
    /// Calls the first of `addresses`; the others follow where it fails.
    pub(crate) fn call(
        token: Token,
        addresses: Vec<SocketAddr>,
        resend_for: Duration,
        session: Option<Box<Session>>,
        hands: &Hands<'_>,
    ) -> Result<Self, ConnectFailure> {
        let mut next = Addresses::new(addresses);
        let stream = next.call(token, hands.registry)?;
        let give_up_at = next.give_up_at(hands.now);
        Ok(Self {
            token,
            stream,
            session,
            phase: Phase::Connecting { next, give_up_at, resend_for },
            writing: Writing::default(),
            confirmations: Confirmations::default(),
            reading: Reading::default(),
            broken: None,
        })
    }

    /// When to come back, if nothing else happens.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Connecting { give_up_at, .. } | Phase::Shaking { give_up_at } => {
                Some(give_up_at)
            }
            Phase::AwaitingVerdict { until } => Some(until),
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
            Phase::Shaking { give_up_at } if give_up_at <= hands.now => {
                let why = ConnectFailure::TimedOut;
                teller.tell(|line| Input::ConnectFailed { line, why });
                Served::Over
            }
            Phase::AwaitingVerdict { until } if until <= hands.now => {
                self.stand(teller);
                Served::Waits
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
            Phase::Connecting { .. }
            | Phase::Shaking { .. }
            | Phase::AwaitingVerdict { .. }
            | Phase::Flushing { .. }
            | Phase::Parting { .. } => Served::Waits,
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
            Phase::Shaking { .. } | Phase::AwaitingVerdict { .. } | Phase::Standing => {
                if ready.writable && !self.writing.is_done() {
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
        let bytes = match &mut self.session {
            Some(session) => session.seal(&bytes),
            None => bytes,
        };
        self.confirmations.expect(bytes.len(), confirm);
        if self.writing.push(bytes) {
            self.write_queued(teller);
        }
        self.confirmations.check(&self.stream, now, teller);
        if self.broken.is_some() { Served::HasMore } else { Served::Waits }
    }

    /// Closes in order: what was sent goes out first.
    pub(crate) fn close(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        match self.phase {
            Phase::Connecting { .. } | Phase::Shaking { .. } | Phase::AwaitingVerdict { .. } => {
                teller.tell(|line| Input::Closed { line });
                Served::Over
            }
            Phase::Standing => {
                self.say_end(teller);
                self.phase = Phase::Flushing { until: hands.now + FLUSH_FOR };
                self.part_when_written(hands, teller)
            }
            Phase::Flushing { .. } | Phase::Parting { .. } => Served::Waits,
        }
    }

    /// The peer is to see a reset when the line goes.
    pub(crate) fn reset_when_dropped(&self) {
        // Without it the peer sees an end in order, which is nearly as good.
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
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
            Phase::Shaking { .. } | Phase::AwaitingVerdict { .. } | Phase::Standing => {
                self.read(hands, teller)
            }
            Phase::Parting { .. } => self.discard(hands.scratch),
            Phase::Connecting { .. } | Phase::Flushing { .. } => Served::Waits,
        }
    }

    /// Ends the line at the end of the run, as far as that goes without waiting.
    pub(crate) fn leave(&mut self, scratch: &mut [u8], teller: &mut Teller<'_>) {
        if matches!(self.phase, Phase::Standing) {
            self.say_end(teller);
        }
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
        match is_answered(&self.stream) {
            Ok(false) => Served::Waits,
            Ok(true) => {
                self.answered(hands.now, teller);
                if ready.readable { Served::HasMore } else { Served::Waits }
            }
            Err(error) => self.call_next(connect_failure(&error), hands, teller),
        }
    }

    fn stand(&mut self, teller: &mut Teller<'_>) {
        self.phase = Phase::Standing;
        teller.tell(|line| Input::Connected { line });
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

    fn write_queued(&mut self, teller: &mut Teller<'_>) {
        let written = |len| self.confirmations.written(len);
        if let Err(error) = self.writing.write(&mut self.stream, written) {
            self.break_off(&error, teller);
        }
    }

    /// No byte will go out any more. What came in is still read, then the end is told.
    fn break_off(&mut self, error: &io::Error, teller: &mut Teller<'_>) {
        self.broken.get_or_insert(line_end(error));
        self.writing.clear();
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
                if self.take_in(&hands.scratch[..len], hands.now, teller) == Served::Over {
                    return Served::Over;
                }
                // A short read has emptied the socket: what comes later makes a new event.
                let emptied = len < hands.scratch.len() && !self.reading.end_is_near();
                return if emptied { Served::Waits } else { Served::HasMore };
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Served::Waits,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Served::HasMore,
            Err(error) => self.broken.unwrap_or_else(|| line_end(&error)),
        };
        self.tell_end(how, teller);
        Served::Over
    }

    fn part_when_written(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        if !self.writing.is_done() {
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

/// Small sends go at once, and a dead peer is noticed as soon as on the module.
fn tune(stream: &TcpStream, resend_for: Duration) {
    // Both only change when something is noticed; a line without them is better than none.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(resend_for));
    #[cfg(not(target_os = "linux"))]
    let _ = resend_for;
}
