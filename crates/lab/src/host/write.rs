//! Writing: at once what goes, the rest when there is room.

use super::Host;
use super::port::Socket;
use super::stream::{Life, Way};
use crate::row::{End, PortId};
use std::io::{self, Write};
use std::net::Shutdown;

impl Host {
    /// Sends bytes on a connection, or keeps them until it takes them.
    pub(super) fn send(&mut self, port: PortId, conn: u64, bytes: &[u8]) {
        let Some(stream) = self.conns.get_mut(&conn) else { return };
        match &mut stream.way {
            Way::Tcp(tcp) => {
                tcp.unsent.extend_from_slice(bytes);
                self.write(conn);
            }
            Way::Tls(tls) => {
                tls.session.seal(bytes, &mut tls.tcp.unsent);
                self.write(conn);
            }
            Way::Udp(_) => {
                let Socket::Udp(socket) = &self.ports[port.0].socket else { return };
                // What the system does not take is lost, as datagrams may be.
                let _ = socket.send_to(bytes, stream.address);
            }
        }
    }

    /// Writes what is unsent as far as it goes.
    pub(super) fn write(&mut self, conn: u64) {
        let Some(stream) = self.conns.get_mut(&conn) else { return };
        let Some(tcp) = stream.way.tcp_mut() else { return };
        let mut done = 0;
        while tcp.broken.is_none() && done < tcp.unsent.len() {
            match tcp.socket.write(&tcp.unsent[done..]) {
                Ok(len) => done += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // Reading the connection tells why it is over.
                Err(error) => {
                    tcp.broken = Some(error.to_string());
                    return self.queue(conn);
                }
            }
        }
        tcp.unsent.drain(..done);
        if tcp.unsent.is_empty() {
            tcp.unsent = Vec::new();
            if tcp.life == Life::Closing {
                let _ = tcp.socket.shutdown(Shutdown::Write);
                if self.relays.has_heard_all(conn) {
                    self.queue(conn);
                }
            }
        } else if tcp.unsent.len() > self.limits.unsent_bytes_max {
            self.slow.push(conn);
        }
        if done > 0 {
            self.relays.device_took(conn, self.clock.now());
        }
    }

    /// Ends the connections of devices that do not read.
    pub(super) fn end_slow(&mut self) {
        while let Some(conn) = self.slow.pop() {
            self.end(conn, End::TooSlow);
        }
    }
}
