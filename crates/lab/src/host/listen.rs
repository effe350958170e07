//! Opening ports, and letting devices in.

use super::port::{Port, Socket};
use super::stream::{Kind, Stream};
use super::{CONNS_FROM, Host};
use crate::config::{PortConfig, PortKind};
use crate::row::{End, Event, PortId};
use crate::tls::{Authority, Terms};
use holdline_peer::{Conn, Input, Peer, Record};
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Interest, Token};
use socket2::{Domain, Protocol, Socket as NewSocket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Connects that the system holds until they are accepted: a whole fleet may come at once.
const BACKLOG: i32 = 4096;

/// Why the ports cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The system has no way left to wait for sockets.
    #[error("cannot wait for sockets: {0}")]
    NoPoll(io::Error),
    /// A port's address cannot be had.
    #[error("port `{name}` cannot listen at `{address}`: {error}")]
    NotThere {
        /// The port.
        name: String,
        /// Where it should have listened.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// A port of TLS has nothing to show.
    #[error("port `{name}` has no certificate: {error}")]
    NoCertificate {
        /// The port.
        name: String,
        /// What is wrong.
        error: String,
    },
}

impl Host {
    pub(super) fn listen(
        &mut self,
        config: &PortConfig,
        authority: Option<&Arc<Authority>>,
    ) -> Result<SocketAddr, ListenError> {
        let terms = authority.filter(|_| config.kind.is_sealed()).map(|authority| {
            let is_mutual = config.kind == PortKind::Mtls;
            Terms::new(Arc::clone(authority), is_mutual, config.names.clone())
        });
        let terms = terms.transpose().map_err(|error| ListenError::NoCertificate {
            name: config.name.clone(),
            error: error.to_string(),
        })?;
        let (socket, address) = self.bind(config).map_err(|error| ListenError::NotThere {
            name: config.name.clone(),
            address: config.listen,
            error,
        })?;
        let peer = Peer::new(config.manner.clone()).with_record(Record::with_limit(usize::MAX));
        let mut peer = peer.with_line();
        if config.answers.is_some() {
            peer = peer.with_help();
        }
        config.faults.iter().for_each(|fault| peer.inject(Duration::ZERO, fault.clone()));
        let mut port = Port::new(socket, peer, terms, config.relay);
        // Faults that were handed over are looked at at once.
        port.deadline = Some(Duration::ZERO);
        self.ports.push(port);
        Ok(address)
    }

    fn bind(&mut self, config: &PortConfig) -> io::Result<(Socket, SocketAddr)> {
        let token = Token(self.ports.len());
        Ok(match config.kind {
            PortKind::Tcp | PortKind::Tls | PortKind::Mtls => {
                let mut socket = TcpListener::from_std(bind(config, Type::STREAM)?.into());
                self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
                let address = socket.local_addr()?;
                (Socket::Tcp(socket), address)
            }
            PortKind::Udp => {
                let mut socket = UdpSocket::from_std(bind(config, Type::DGRAM)?.into());
                self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
                let address = socket.local_addr()?;
                (Socket::Udp(socket), address)
            }
        })
    }

    /// Lets everyone in who waits at a port.
    pub(super) fn accept(&mut self, id: PortId) {
        loop {
            if !self.has_room() {
                return self.ports[id.0].is_crowded = true;
            }
            let Socket::Tcp(listener) = &self.ports[id.0].socket else { return };
            match listener.accept() {
                Ok((stream, address)) => self.welcome(id, stream, address),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The connection that it is about is gone; or there are no files left, and those who
                // wait are let in when one is closed.
                Err(error) if is_out_of_files(&error) => return self.ports[id.0].is_crowded = true,
                Err(_) => {}
            }
        }
    }

    /// Lets a device in, unless a fault or a limit keeps it out.
    fn welcome(&mut self, id: PortId, mut socket: TcpStream, address: SocketAddr) {
        let conn = self.next_conn();
        let token = Token((CONNS_FROM + conn) as usize);
        let both = Interest::READABLE | Interest::WRITABLE;
        let is_full = self.is_full(address.ip());
        let is_registered = self.poll.registry().register(&mut socket, token, both).is_ok();
        // Small answers go out at once.
        let _ = socket.set_nodelay(true);
        let is_sealed = self.ports[id.0].terms.is_some();
        self.quotas.add(address.ip());
        self.conns.insert(conn, Stream::new(id, socket, address, is_sealed));
        self.ports[id.0].road.open(self.clock.now(), Conn(conn), true);
        if is_full || !is_registered {
            return self.turn_away(conn);
        }
        self.tell(id, Input::Connecting { conn: Conn(conn) });
        if !self.conns.contains_key(&conn) {
            return;
        }
        self.note(id, conn, Event::Accepted(address));
        if is_sealed {
            self.begin_handshake(conn);
        } else {
            self.tell(id, Input::Accepted { conn: Conn(conn) });
            self.begin_relay(id, conn);
        }
    }

    /// Breaks a connection that is not wanted.
    pub(super) fn turn_away(&mut self, conn: u64) {
        let Some(stream) = self.conns.get(&conn) else { return };
        let port = stream.port;
        // A fault may have begun while the two shook hands.
        let is_in = matches!(&stream.kind, Kind::Tls(tls) if tls.session.is_open());
        let event =
            if is_in { Event::Closed(End::ByServerReset) } else { Event::Refused(stream.address) };
        self.reset(conn);
        self.note(port, conn, event);
    }

    pub(super) fn next_conn(&mut self) -> u64 {
        self.conns_made += 1;
        self.conns_made
    }

    /// Those who wait at a port for want of files, or of room, are let in.
    pub(super) fn accept_waiting(&mut self) {
        for id in 0..self.ports.len() {
            if std::mem::take(&mut self.ports[id].is_crowded) {
                self.accept(PortId(id));
            }
        }
    }
}

fn bind(config: &PortConfig, kind: Type) -> io::Result<NewSocket> {
    let protocol = if kind == Type::STREAM { Protocol::TCP } else { Protocol::UDP };
    let socket = NewSocket::new(Domain::for_address(config.listen), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if config.listen.is_ipv6() {
        // Each family has a port of its own, so that a lab can listen at both.
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        // A lab that is started again has its ports at once.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&config.listen.into())?;
    if kind == Type::STREAM {
        socket.listen(BACKLOG)?;
    }
    Ok(socket)
}

fn is_out_of_files(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM))
}
