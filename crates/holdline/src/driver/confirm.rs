//! Which sends of a TCP line are done: taken by this machine, or acknowledged by the peer's TCP.
//!
//! The peer's acknowledgements are read from the length of the out-queue: right after a write, with
//! each event of the socket, and, while anything is outstanding, by a timer that backs off.

use super::agenda::Teller;
use super::outq;
use holdline_modem::{Confirm, Input, Instant};
use mio::net::TcpStream;
use std::collections::VecDeque;
use std::time::Duration;

/// How soon the out-queue is looked at again after a write.
const CHECK_FIRST: Duration = Duration::from_millis(1);

/// The longest time between two looks.
const CHECK_LAST: Duration = Duration::from_millis(50);

/// The sends of a line that are not confirmed yet, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Confirmations {
    open: VecDeque<Open>,
    /// Bytes ordered so far.
    ordered: u64,
    /// Bytes that the system has taken so far.
    taken: u64,
    /// When to look at the out-queue again, and how long that wait was.
    check: Option<(Instant, Duration)>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    /// The count of bytes at which this send is done.
    end: u64,
    confirm: Confirm,
}

impl Confirmations {
    /// A send of `len` bytes was ordered.
    pub(crate) fn expect(&mut self, len: usize, confirm: Confirm) {
        self.ordered += len as u64;
        self.open.push_back(Open { end: self.ordered, confirm });
    }

    /// `len` bytes are to go out that no send stands for.
    pub(crate) fn pass(&mut self, len: usize) {
        self.ordered += len as u64;
    }

    /// The system took `len` bytes more.
    pub(crate) fn written(&mut self, len: usize) {
        self.taken += len as u64;
    }

    /// Tells of each send that is done.
    pub(crate) fn check(&mut self, stream: &TcpStream, now: Instant, teller: &mut Teller<'_>) {
        if self.open.is_empty() {
            return;
        }
        let mut acknowledged = None;
        let before = self.open.len();
        while let Some(&Open { end, confirm }) = self.open.front() {
            if end > self.taken || !self.is_done(end, confirm, stream, &mut acknowledged) {
                break;
            }
            self.open.pop_front();
            teller.tell(|line| Input::Sent { line });
        }
        self.plan_check(now, self.open.len() < before);
    }

    /// Tells that no open send will be done.
    pub(crate) fn fail(&mut self, teller: &mut Teller<'_>) {
        self.check = None;
        for _ in self.open.drain(..) {
            teller.tell(|line| Input::SendFailed { line });
        }
    }

    /// When to look at the out-queue again.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.check.map(|(at, _)| at)
    }

    /// Whether the bytes up to `end`, all taken, are confirmed; the out-queue is asked once.
    fn is_done(
        &self,
        end: u64,
        confirm: Confirm,
        stream: &TcpStream,
        acknowledged: &mut Option<u64>,
    ) -> bool {
        confirm == Confirm::Taken
            || *acknowledged.get_or_insert_with(|| {
                self.taken.saturating_sub(outq::unacknowledged(stream).unwrap_or(0))
            }) >= end
    }

    /// Looks again soon after progress, ever later without. Bytes that are not taken yet bring an
    /// event when they can be.
    fn plan_check(&mut self, now: Instant, progress: bool) {
        let outstanding = self.open.front().is_some_and(|open| open.end <= self.taken);
        self.check = match self.check {
            _ if !outstanding => None,
            Some((at, wait)) if !progress && at > now => Some((at, wait)),
            Some((_, wait)) if !progress => {
                let wait = (wait * 2).min(CHECK_LAST);
                Some((now + wait, wait))
            }
            Some(_) | None => Some((now + CHECK_FIRST, CHECK_FIRST)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdline_modem::{Attempt, LineId, SocketId};
    use std::io::{Read, Write};
    use std::net;

    const LINE: LineId = LineId { socket: SocketId(0), attempt: Attempt(1) };

    /// A line whose peer has not read anything, filled to the brim; the peer, and how much went.
    fn full_line() -> (TcpStream, net::TcpStream, usize) {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        let mut line = TcpStream::from_std(client);
        let (mut len, slice) = (0, [0; 65536]);
        while let Ok(written) = line.write(&slice) {
            len += written;
        }
        (line, listener.accept().unwrap().0, len)
    }

    fn facts_of(sends: &mut Confirmations, stream: &TcpStream, now: Instant) -> Vec<Input> {
        let mut facts = VecDeque::new();
        sends.check(stream, now, &mut Teller { facts: &mut facts, device: 0, line: LINE });
        facts.into_iter().map(|(_, fact)| fact).collect()
    }

    #[test]
    fn taken_bytes_are_not_acknowledged_bytes() {
        let (line, mut peer, len) = full_line();
        let mut sends = Confirmations::default();
        sends.expect(len, Confirm::Taken);
        sends.expect(0, Confirm::Acknowledged);
        sends.written(len);
        let mut now = Instant::ZERO;
        assert_eq!(facts_of(&mut sends, &line, now), [Input::Sent { line: LINE }]);

        peer.read_exact(&mut vec![0; len]).unwrap();
        let waits: Vec<_> = std::iter::from_fn(|| {
            let at = sends.poll_timeout()?;
            let wait = at.since(now);
            now = at;
            facts_of(&mut sends, &line, now);
            Some(wait)
        })
        .collect();
        assert!(!waits.is_empty() && waits.iter().all(|&wait| wait <= CHECK_LAST), "{waits:?}");
        assert_eq!(outq::unacknowledged(&line), Some(0));
    }

    #[test]
    fn bytes_that_no_send_stands_for_confirm_none() {
        let (line, _peer, _) = full_line();
        let mut sends = Confirmations::default();
        sends.pass(10);
        sends.expect(5, Confirm::Taken);
        sends.written(14);
        assert_eq!(facts_of(&mut sends, &line, Instant::ZERO), []);
        sends.written(1);
        assert_eq!(facts_of(&mut sends, &line, Instant::ZERO), [Input::Sent { line: LINE }]);
    }

    #[test]
    fn looks_become_rarer_until_something_is_acknowledged() {
        let (line, _peer, len) = full_line();
        let mut sends = Confirmations::default();
        sends.expect(len, Confirm::Acknowledged);
        sends.written(len);
        let (mut now, mut waits) = (Instant::ZERO, Vec::new());
        assert_eq!(facts_of(&mut sends, &line, now), []);
        for _ in 0..8 {
            let at = sends.poll_timeout().unwrap();
            waits.push(at.since(now).as_millis());
            now = at;
            assert_eq!(facts_of(&mut sends, &line, now), []);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 50, 50]);
    }

    #[test]
    fn a_broken_line_fails_each_open_send() {
        let mut sends = Confirmations::default();
        sends.expect(1, Confirm::Acknowledged);
        sends.expect(1, Confirm::Taken);
        let mut facts = VecDeque::new();
        sends.fail(&mut Teller { facts: &mut facts, device: 0, line: LINE });
        assert_eq!(facts.len(), 2);
        assert_eq!(sends.poll_timeout(), None);
    }
}
