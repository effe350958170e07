//! One UDP line: a socket that is connected to one address.
//!
//! Each datagram is one report; an empty one is dropped, since the modem has no report of nothing.
//! That a peer's machine has no such port is not told: on a cellular network nobody would say so.

use super::agenda::Teller;
use super::outcome::{Ready, Served, connect_failure};
use super::reading::Reading;
use super::tcp::Hands;
use holdline_modem::{ConnectFailure, Input};
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Datagrams that are read before other lines have their turn.
const DATAGRAMS_PER_TURN: usize = 16;

/// One UDP line.
#[derive(Debug)]
pub(crate) struct Udp {
    token: Token,
    socket: UdpSocket,
    /// Datagrams that the system has not taken.
    unsent: VecDeque<Vec<u8>>,
    reading: Reading,
}

impl Udp {
    /// Connects to the first of `addresses` that can be.
    pub(crate) fn connect(
        token: Token,
        addresses: Vec<SocketAddr>,
        hands: &Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Result<Self, ConnectFailure> {
        let mut failure = None;
        for address in addresses {
            match open(address, token, hands.registry) {
                Ok(socket) => {
                    teller.tell(|line| Input::Connected { line });
                    let (unsent, reading) = (VecDeque::new(), Reading::default());
                    return Ok(Self { token, socket, unsent, reading });
                }
                Err(error) => failure = failure.or(Some(connect_failure(&error))),
            }
        }
        Err(failure.unwrap_or(ConnectFailure::NameNotFound))
    }

    /// Takes an event of the socket.
    pub(crate) fn handle_ready(
        &mut self,
        ready: Ready,
        hands: &mut Hands<'_>,
        teller: &mut Teller<'_>,
    ) -> Served {
        if ready.writable {
            self.send_queued(teller);
        }
        if ready.readable { self.read_on(hands, teller) } else { Served::Waits }
    }

    /// Sends one datagram after those that still wait.
    pub(crate) fn send(&mut self, bytes: Vec<u8>, teller: &mut Teller<'_>) {
        self.unsent.push_back(bytes);
        if self.unsent.len() == 1 {
            self.send_queued(teller);
        }
    }

    /// Stops reading.
    pub(crate) fn pause(&mut self) {
        self.reading.pause();
    }

    /// Reads again, whether or not an event announces anything.
    pub(crate) fn resume(&mut self, registry: &Registry) -> Served {
        self.reading.resume(&mut self.socket, self.token, registry);
        Served::HasMore
    }

    /// Reads until there is no more, or others should have their turn.
    pub(crate) fn read_on(&mut self, hands: &mut Hands<'_>, teller: &mut Teller<'_>) -> Served {
        if self.reading.is_paused() {
            self.reading.stop_listening(&mut self.socket, self.token, hands.registry);
            return Served::Waits;
        }
        for _ in 0..DATAGRAMS_PER_TURN {
            match self.socket.recv(hands.scratch) {
                Ok(0) => {}
                Ok(len) => {
                    let bytes = hands.scratch[..len].to_vec();
                    teller.tell(|line| Input::Received { line, bytes });
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Served::Waits,
                // An earlier datagram was refused; that says nothing of the next one.
                Err(_told_once) => {}
            }
        }
        Served::HasMore
    }

    fn send_queued(&mut self, teller: &mut Teller<'_>) {
        while let Some(datagram) = self.unsent.front() {
            match self.send_now(datagram) {
                Ok(_len) => teller.tell(|line| Input::Sent { line }),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_too_long_or_no_way) => teller.tell(|line| Input::SendFailed { line }),
            }
            self.unsent.pop_front();
        }
    }

    /// A refusal that is reported here belongs to an earlier datagram: this one is tried again.
    fn send_now(&self, datagram: &[u8]) -> io::Result<usize> {
        match self.socket.send(datagram) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.socket.send(datagram)
            }
            sent => sent,
        }
    }
}

fn open(to: SocketAddr, token: Token, registry: &Registry) -> io::Result<UdpSocket> {
    let any = match to {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let mut socket = UdpSocket::bind(any)?;
    socket.connect(to)?;
    registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
    Ok(socket)
}
