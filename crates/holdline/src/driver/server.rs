//! A server of Holdline's own on the same loop: listens on a free port of this machine, and does
//! what its [`Peer`] orders.

use super::outcome::Ready;
use holdline_modem::Instant;
use holdline_peer::{Conn, Entry, Input, Output, Peer};
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::time::Duration;

/// Bytes that one report brings to the peer.
const REPORT_BYTES_MAX: usize = 16 * 1024;

/// The server.
pub(crate) struct Server {
    listener: TcpListener,
    registry: Registry,
    /// The listener's token; each connection's number is added to it.
    token: usize,
    peer: Peer,
    conns: BTreeMap<u64, Open>,
    accepted: u64,
    /// Entries of the peer's record that were handed out.
    told: u64,
    /// When the peer wants to be told that time has passed.
    deadline: Option<Instant>,
    /// The deadline that stands in the agenda.
    pub(crate) wake_at: Option<Instant>,
}

struct Open {
    stream: TcpStream,
    unwritten: Vec<u8>,
    /// Nothing more is to be said once all is written.
    is_closing: bool,
}

impl Server {
    /// Listens on a free port of this machine.
    pub(crate) fn listen(peer: Peer, token: usize, registry: Registry) -> io::Result<Self> {
        let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        registry.register(&mut listener, Token(token), Interest::READABLE)?;
        let mut server = Self {
            listener,
            registry,
            token,
            peer,
            conns: BTreeMap::new(),
            accepted: 0,
            told: 0,
            deadline: None,
            wake_at: None,
        };
        server.drain();
        Ok(server)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// When to come back, if nothing else happens.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    /// Says that time has passed; early is harmless.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.tell(now, Input::Timeout);
    }

    /// Takes an event of one of its sockets.
    pub(crate) fn handle_ready(&mut self, token: Token, ready: Ready, now: Instant) {
        match token.0.checked_sub(self.token) {
            Some(0) => self.accept(now),
            Some(number) => {
                let number = number as u64;
                self.write(number);
                if ready.readable {
                    self.read(number, now);
                }
            }
            None => {}
        }
    }

    /// What happened since the last call, as far as the peer's record keeps it.
    pub(crate) fn news(&mut self) -> &[Entry] {
        let entries = self.peer.record();
        let forgotten = self.peer.forgotten();
        let old = usize::try_from(self.told.saturating_sub(forgotten)).unwrap_or(usize::MAX);
        self.told = forgotten + entries.len() as u64;
        entries.get(old..).unwrap_or_default()
    }

    fn accept(&mut self, now: Instant) {
        // An error here ends one connection that is not ours yet, or there is no more to accept.
        while let Ok((mut stream, _)) = self.listener.accept() {
            self.accepted += 1;
            let number = self.accepted;
            let token = Token(self.token + number as usize);
            let both = Interest::READABLE | Interest::WRITABLE;
            if self.registry.register(&mut stream, token, both).is_ok() {
                let open = Open { stream, unwritten: Vec::new(), is_closing: false };
                self.conns.insert(number, open);
                self.tell(now, Input::Accepted { conn: Conn(number) });
            }
        }
    }

    fn read(&mut self, number: u64, now: Instant) {
        let mut report = [0; REPORT_BYTES_MAX];
        while let Some(open) = self.conns.get_mut(&number) {
            match open.stream.read(&mut report) {
                Ok(len @ 1..) => {
                    let bytes = report[..len].to_vec();
                    self.tell(now, Input::Received { conn: Conn(number), bytes });
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => {
                    self.conns.remove(&number);
                    self.tell(now, Input::Closed { conn: Conn(number) });
                }
            }
        }
    }

    fn tell(&mut self, now: Instant, fact: Input) {
        self.peer.handle_input(now.since(Instant::ZERO), fact);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.peer.poll_output() {
                Output::Send { conn, bytes } => {
                    if let Some(open) = self.conns.get_mut(&conn.0) {
                        open.unwritten.extend(bytes);
                    }
                    self.write(conn.0);
                }
                Output::Close { conn } => {
                    if let Some(open) = self.conns.get_mut(&conn.0) {
                        open.is_closing = true;
                    }
                    self.write(conn.0);
                }
                Output::Refuse { conn } | Output::Reset { conn } => {
                    if let Some(open) = self.conns.remove(&conn.0) {
                        // Without it the peer sees an end in order, which is nearly as good.
                        let _ =
                            socket2::SockRef::from(&open.stream).set_linger(Some(Duration::ZERO));
                    }
                }
                // They are brought about at the device's end.
                Output::LineFaultBegan { .. } | Output::LineFaultEnded { .. } => {}
                Output::Idle(at) => {
                    self.deadline = at.map(|at| Instant::ZERO + at);
                    return;
                }
            }
        }
    }

    /// Writes what the system takes; an error shows when the connection is read.
    fn write(&mut self, number: u64) {
        let Some(open) = self.conns.get_mut(&number) else { return };
        while !open.unwritten.is_empty() {
            match open.stream.write(&open.unwritten) {
                Ok(len) => drop(open.unwritten.drain(..len)),
                Err(_later_or_never) => return,
            }
        }
        if open.is_closing {
            let _ = open.stream.shutdown(Shutdown::Write);
        }
    }
}
