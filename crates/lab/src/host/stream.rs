//! One connection.

use super::quota::Share;
use super::secure::Tls;
use crate::row::PortId;
use crate::tls::Session;
use mio::net::TcpStream;
use std::net::SocketAddr;
use std::time::Duration;

/// A connection of TCP, or a sender of datagrams.
pub(super) struct Stream {
    pub(super) port: PortId,
    pub(super) address: SocketAddr,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Tcp(Box<Tcp>),
    Tls(Box<Tls>),
    /// Heard last at this time.
    Udp(Duration),
}

pub(super) struct Tcp {
    pub(super) socket: TcpStream,
    pub(super) unsent: Vec<u8>,
    /// Why no more can be written.
    pub(super) broken: Option<String>,
    pub(super) life: Life,
    /// Reading comes to an end that the system has told of.
    pub(super) will_end: bool,
    pub(super) share: Share,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// The server says nothing more than what is unsent, and hears until the device has closed too.
    Closing,
}

impl Stream {
    pub(super) fn new(
        port: PortId,
        socket: TcpStream,
        address: SocketAddr,
        is_sealed: bool,
    ) -> Self {
        let (unsent, share) = (Vec::new(), Share::default());
        let tcp = Tcp { socket, unsent, broken: None, life: Life::Open, will_end: false, share };
        let kind = if is_sealed {
            Kind::Tls(Box::new(Tls { tcp, session: Session::default() }))
        } else {
            Kind::Tcp(Box::new(tcp))
        };
        Self { port, address, kind }
    }

    /// Whether it is a line of TCP.
    pub(super) fn is_of_bytes(&self) -> bool {
        self.kind.tcp().is_some()
    }

    /// Whether what comes and goes is its peer's business.
    pub(super) fn is_open(&self) -> bool {
        match &self.kind {
            Kind::Tcp(tcp) => tcp.life == Life::Open,
            Kind::Tls(tls) => tls.tcp.life == Life::Open && tls.session.is_open(),
            Kind::Udp(_) => true,
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.kind.tcp().is_some_and(|tcp| tcp.life == Life::Closing)
    }
}

impl Kind {
    /// The line of TCP, if there is one.
    pub(super) fn tcp(&self) -> Option<&Tcp> {
        match self {
            Self::Tcp(tcp) => Some(tcp),
            Self::Tls(tls) => Some(&tls.tcp),
            Self::Udp(_) => None,
        }
    }

    pub(super) fn tcp_mut(&mut self) -> Option<&mut Tcp> {
        match self {
            Self::Tcp(tcp) => Some(tcp),
            Self::Tls(tls) => Some(&mut tls.tcp),
            Self::Udp(_) => None,
        }
    }
}
