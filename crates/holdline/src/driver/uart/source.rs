//! How a port comes by its wire, and by another when that is gone.

use super::target::Target;
use super::wire::Wire;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, SockRef, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

/// Where wires come from.
#[derive(Debug)]
pub(super) enum Source {
    /// No `--uart` names the port.
    Unnamed,
    /// A serial device, which may be unplugged and plugged in again.
    Device(PathBuf),
    /// A server that is called, and the call under way.
    Called { addresses: Vec<SocketAddr>, next: usize, call: Option<OwnedFd> },
    /// Callers, one at a time.
    Callers(TcpListener),
    /// The wire that it began with.
    Once,
}

impl Source {
    /// What `target` names: where wires come from, the first one if there is one at once, and a
    /// name for it.
    pub(super) fn open(
        target: &Target,
        token: Token,
        registry: &Registry,
    ) -> io::Result<(Self, Option<Wire>, String)> {
        let name = target.to_string();
        Ok(match target {
            Target::Device(path) => (Self::Device(path.clone()), Some(Wire::serial(path)?), name),
            Target::Pty => {
                let (wire, path) = Wire::pty()?;
                (Self::Once, Some(wire), path.display().to_string())
            }
            Target::Tcp(to) => {
                let addresses: Vec<_> = to.to_socket_addrs()?.collect();
                if addresses.is_empty() {
                    return Err(io::ErrorKind::NotFound.into());
                }
                (Self::Called { addresses, next: 0, call: None }, None, name)
            }
            Target::TcpListen(at) => {
                let listener = TcpListener::bind(at.as_str())?;
                listener.set_nonblocking(true)?;
                let name = format!("tcp-listen:{}", listener.local_addr()?);
                let fd = listener.as_raw_fd();
                registry.register(&mut SourceFd(&fd), token, Interest::READABLE)?;
                (Self::Callers(listener), None, name)
            }
            Target::Stdio => (Self::Once, Some(Wire::stdio()?), name),
            Target::Files(input, output) => (Self::Once, Some(Wire::files(input, output)?), name),
        })
    }

    /// Whether it can bring another wire when one is gone, by being asked again.
    pub(super) fn can_retry(&self) -> bool {
        matches!(self, Self::Device(_) | Self::Called { .. })
    }

    /// Asks for a wire; `None` where one may come later, with an event.
    pub(super) fn ask(&mut self, token: Token, registry: &Registry) -> io::Result<Option<Wire>> {
        match self {
            Self::Device(path) => Wire::serial(path).map(Some),
            Self::Called { addresses, next, call } => {
                let address = addresses[*next % addresses.len()];
                *next += 1;
                let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
                socket.set_nonblocking(true)?;
                match socket.connect(&address.into()) {
                    Ok(()) => {}
                    Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
                    Err(error) => return Err(error),
                }
                let fd = OwnedFd::from(socket);
                let both = Interest::READABLE | Interest::WRITABLE;
                registry.register(&mut SourceFd(&fd.as_raw_fd()), token, both)?;
                *call = Some(fd);
                Ok(None)
            }
            Self::Unnamed | Self::Callers(_) | Self::Once => Ok(None),
        }
    }

    /// A wire that an event has brought, with whether its events come already.
    pub(super) fn take(&mut self, has_wire: bool) -> io::Result<Option<(Wire, bool)>> {
        match self {
            Self::Called { call, .. } => {
                let Some(fd) = call.take_if(|fd| is_answered(fd)) else { return Ok(None) };
                if let Some(error) = SockRef::from(&fd).take_error()? {
                    return Err(error);
                }
                tune(&fd);
                Ok(Some((Wire::stream(fd), true)))
            }
            Self::Callers(_) if has_wire => Ok(None),
            Self::Callers(listener) => Ok(take_caller(listener)?.map(|wire| (wire, false))),
            Self::Unnamed | Self::Device(_) | Self::Once => Ok(None),
        }
    }
}

/// The next caller. While one is there, others wait.
fn take_caller(listener: &TcpListener) -> io::Result<Option<Wire>> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(true)?;
                let fd = OwnedFd::from(stream);
                tune(&fd);
                return Ok(Some(Wire::stream(fd)));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nobody is there, or was gone again before being taken.
            Err(_) => return Ok(None),
        }
    }
}

fn is_answered(fd: &OwnedFd) -> bool {
    let flags = PollFlags::OUT | PollFlags::ERR | PollFlags::HUP;
    let mut fds = [PollFd::new(fd, flags)];
    let polled = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    polled.is_err() || fds[0].revents().intersects(flags)
}

/// A serial line does not wait to fill a packet; a connection that does is better than none.
fn tune(fd: &OwnedFd) {
    let _ = SockRef::from(fd).set_tcp_nodelay(true);
}
