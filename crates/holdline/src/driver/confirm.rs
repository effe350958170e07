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
