//! Names become addresses, off the loop: a few threads ask the system, which may take seconds.

use mio::Waker;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Threads that look names up at the same time.
const THREADS_MAX: usize = 4;

/// Names one lookup, so that a late answer is known to be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

impl Ticket {
    /// Names no lookup.
    pub(crate) const NONE: Self = Self(0);
}

/// A name to look up.
struct Question {
    ticket: Ticket,
    line: usize,
    host: String,
    port: u16,
}

/// What a lookup brought.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Which lookup.
    pub(crate) ticket: Ticket,
    /// The line that asked.
    pub(crate) line: usize,
    /// Every address, in the order in which they are to be tried; none if there is no such name.
    pub(crate) addresses: Vec<SocketAddr>,
}

/// The lookups under way.
pub(crate) struct Lookups {
    waker: Arc<Waker>,
    threads: usize,
    pending: usize,
    tickets: u64,
    questions: Sender<Question>,
    /// Threads take turns at this end.
    inbox: Arc<Mutex<Receiver<Question>>>,
    answers: Receiver<Answer>,
    answer_to: Sender<Answer>,
}

impl Lookups {
    /// No threads yet; `waker` is told of each answer.
    pub(crate) fn new(waker: Arc<Waker>) -> Self {
        let (questions, inbox) = channel();
        let (answer_to, answers) = channel();
        let inbox = Arc::new(Mutex::new(inbox));
        Self { waker, threads: 0, pending: 0, tickets: 0, questions, inbox, answers, answer_to }
    }

    /// Asks for the addresses of `host`; the answer comes with the returned ticket.
    pub(crate) fn ask(&mut self, line: usize, host: String, port: u16) -> io::Result<Ticket> {
        if self.pending >= self.threads && self.threads < THREADS_MAX {
            self.spawn()?;
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.questions
            .send(Question { ticket, line, host, port })
            .map_err(|_| io::Error::other("no thread takes names"))?;
        self.pending += 1;
        Ok(ticket)
    }

    /// The next answer that has come.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let answer = self.answers.try_recv().ok()?;
        self.pending -= 1;
        Some(answer)
    }

    fn spawn(&mut self) -> io::Result<()> {
        let (inbox, answer_to) = (Arc::clone(&self.inbox), self.answer_to.clone());
        let waker = Arc::clone(&self.waker);
        let work = move || look_up(&inbox, &answer_to, &waker);
        match thread::Builder::new().name("lookup".to_owned()).spawn(work) {
            Ok(_detached) => self.threads += 1,
            Err(error) if self.threads == 0 => return Err(error),
            Err(_fewer_will_do) => {}
        }
        Ok(())
    }
}

/// The addresses of what needs no lookup: literals and `localhost`.
pub(crate) fn known(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    let host = host.trim();
    let ips = if host.eq_ignore_ascii_case("localhost") {
        vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
    } else {
        vec![host.parse().ok()?]
    };
    Some(ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

/// A thread's work: until nobody asks any more.
fn look_up(inbox: &Mutex<Receiver<Question>>, answers: &Sender<Answer>, waker: &Waker) {
    loop {
        let Ok(inbox) = inbox.lock() else { return };
        let Ok(Question { ticket, line, host, port }) = inbox.recv() else { return };
        drop(inbox);
        let found = (host.trim(), port).to_socket_addrs();
        let addresses = found.map(Iterator::collect).unwrap_or_default();
        if answers.send(Answer { ticket, line, addresses }).is_err() || waker.wake().is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_need_no_thread() {
        assert_eq!(known(" 10.0.0.1 ", 80).unwrap(), ["10.0.0.1:80".parse().unwrap()]);
        assert_eq!(known("::1", 80).unwrap(), ["[::1]:80".parse().unwrap()]);
        assert_eq!(known("LocalHost", 1).unwrap().len(), 2);
        assert_eq!(known("example.com", 80), None);
        assert_eq!(known("", 80), None);
    }
}
