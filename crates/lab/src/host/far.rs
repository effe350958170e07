//! The far side of a relayed connection: a socket to the server that a device is passed on to.

use mio::net::TcpStream;
use socket2::SockRef;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

/// Bytes that wait for one end of a relayed connection; with more the other end is not read.
pub(super) const WAITING_BYTES_MAX: usize = 256 * 1024;

/// The server's end of a relayed connection.
pub(super) struct Far {
    socket: TcpStream,
    target: SocketAddr,
    is_connected: bool,
    unsent: Vec<u8>,
    /// Nothing more is to be said to it: it is closed (FIN) behind what is unsent.
    is_done: bool,
    /// It was told so.
    is_shut: bool,
    /// It has closed.
    pub(super) has_ended: bool,
    /// Nobody hears it any more.
    pub(super) is_left: bool,
    /// The device is not read until there is room here.
    pub(super) holds_device: bool,
    /// It is not read until the device has room.
    pub(super) waits_for_device: bool,
    /// Why no more can be written.
    broken: Option<String>,
    /// How much of what is unsent is counted among that of all.
    pub(super) counted: usize,
    /// When bytes went either way last.
    pub(super) moved: Duration,
}

/// What a read of it brought.
pub(super) enum Heard {
    /// So many bytes, at the beginning of the buffer.
    Bytes(usize),
    Nothing,
    Closed,
    Broken(String),
}

impl Far {
    /// Calls a server, and does not wait for it.
    pub(super) fn call(target: SocketAddr, now: Duration) -> io::Result<Self> {
        let socket = TcpStream::connect(target)?;
        // It goes on in the pieces in which it came.
        let _ = socket.set_nodelay(true);
        Ok(Self {
            socket,
            target,
            is_connected: false,
            unsent: Vec::new(),
            is_done: false,
            is_shut: false,
            has_ended: false,
            is_left: false,
            holds_device: false,
            waits_for_device: false,
            broken: None,
            counted: 0,
            moved: now,
        })
    }

    pub(super) fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    pub(super) fn target(&self) -> SocketAddr {
        self.target
    }

    /// Whether it is there, as far as is known by now; an error if it never will be.
    pub(super) fn is_there(&mut self) -> io::Result<bool> {
        if self.is_connected {
            return Ok(true);
        }
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        self.is_connected = self.socket.peer_addr().is_ok();
        Ok(self.is_connected)
    }

    /// Has bytes for it, unless it was told that nothing more comes.
    pub(super) fn add(&mut self, bytes: &[u8], now: Duration) {
        if !self.is_done {
            self.unsent.extend_from_slice(bytes);
            self.moved = now;
        }
    }

    /// Nothing more is to be said to it.
    pub(super) fn finish(&mut self) {
        self.is_done = true;
    }

    /// Writes what is unsent as far as it goes. False: it broke, and reading it tells that it is over.
    pub(super) fn flush(&mut self, now: Duration) -> bool {
        if !self.is_connected || self.broken.is_some() {
            return true;
        }
        let mut done = 0;
        while done < self.unsent.len() {
            match self.socket.write(&self.unsent[done..]) {
                Ok(len) => done += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    self.broken = Some(error.to_string());
                    return false;
                }
            }
        }
        if done > 0 {
            self.unsent.drain(..done);
            self.moved = now;
        }
        if self.unsent.is_empty() {
            self.unsent = Vec::new();
            if self.is_done && !self.is_shut {
                self.is_shut = true;
                let _ = self.socket.shutdown(Shutdown::Write);
            }
        }
        true
    }

    /// Whether each end has said all and heard all.
    pub(super) fn is_over(&self) -> bool {
        self.is_shut && self.has_ended
    }

    /// Whether the device closed before and has heard all that there was.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// Bytes that wait for it.
    pub(super) fn unsent(&self) -> usize {
        self.unsent.len()
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Heard {
        if !self.is_connected || self.has_ended {
            return Heard::Nothing;
        }
        loop {
            return match self.socket.read(buffer) {
                Ok(0) => self.broken.take().map_or(Heard::Closed, Heard::Broken),
                Ok(len) => Heard::Bytes(len),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Heard::Nothing,
                Err(error) => Heard::Broken(error.to_string()),
            };
        }
    }

    /// Breaks the connection (RST).
    pub(super) fn reset(self) {
        let _ = SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
    }
}
