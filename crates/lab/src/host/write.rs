//! Writing: at once what goes, the rest when there is room.

use super::Host;
use super::stream::{Kind, Life};
use std::io::{self, Write};
use std::net::Shutdown;

impl Host {
    /// Sends bytes on a connection, or keeps them until it takes them.
    pub(super) fn send(&mut self, conn: u64, bytes: Vec<u8>) {
        let Some(stream) = self.conns.get_mut(&conn) else { return };
        let Kind::Tls(tls) = &mut stream.kind else { return self.put(conn, bytes) };
        let mut sealed = Vec::new();
        tls.session.seal(&bytes, &mut sealed);
        self.put(conn, sealed);
    }

    /// Writes what is unsent as far as it goes.
    pub(super) fn write(&mut self, conn: u64) {
        let Some(port) = self.conns.get(&conn).map(|stream| stream.port) else { return };
        let is_road_free = self.is_road_free(port, conn);
        let Some(stream) = self.conns.get_mut(&conn) else { return };
        let Some(tcp) = stream.kind.tcp_mut() else { return };
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
        self.quotas.unsent -= done;
        if tcp.unsent.is_empty() {
            tcp.unsent = Vec::new();
            if tcp.life == Life::Closing && is_road_free {
                let _ = tcp.socket.shutdown(Shutdown::Write);
                if self.relays.has_heard_all(conn) {
                    self.queue(conn);
                }
            }
        } else {
            self.mind_unsent(conn);
        }
        if done > 0 {
            self.relays.device_took(conn, self.clock.now());
        }
    }
}
