//! Reading connections, each for its turn.

use super::stream::{Kind, Stream};
use super::{Host, READ_BYTES_MAX, TURN_BYTES_MAX};
use crate::row::{End, Event};
use holdline_peer::line::{Piece, Way};
use holdline_peer::{Conn, Input};
use std::io::{self, Read};

/// What one read brought.
enum Read1 {
    /// So many bytes, at the beginning of the buffer; and whether nothing is left for now.
    Bytes {
        len: usize,
        is_all: bool,
    },
    Nothing,
    End(End),
}

impl Host {
    /// Reads a connection for one turn; says whether there may be more. A read that brings less than it
    /// could has emptied a socket, and the system tells of what comes later.
    pub(super) fn read(&mut self, conn: u64) -> bool {
        let mut room = TURN_BYTES_MAX;
        while room > 0 {
            let room_ahead = self.room_on_road(conn).min(self.room_at_far(conn));
            if room_ahead == 0 {
                return false;
            }
            let len_max = self.may_read(conn).min(room_ahead).min(READ_BYTES_MAX);
            if len_max == 0 {
                return false;
            }
            match self.read_once(conn, len_max) {
                Read1::Bytes { len, is_all } => {
                    room = room.saturating_sub(len);
                    self.has_read(conn, len);
                    self.came(conn, len);
                    if is_all {
                        return false;
                    }
                }
                Read1::Nothing => return false,
                Read1::End(end) => {
                    if self.is_on_road(conn) {
                        self.set_out(conn, Way::Up, Piece::End(end));
                    } else {
                        self.heard_end(conn, end);
                    }
                    return false;
                }
            }
        }
        true
    }

    fn read_once(&mut self, conn: u64, len_max: usize) -> Read1 {
        let Some(stream) = self.conns.get_mut(&conn) else { return Read1::Nothing };
        let is_sealed = matches!(stream.kind, Kind::Tls(_));
        let Some(tcp) = stream.kind.tcp_mut() else { return Read1::Nothing };
        loop {
            return match tcp.socket.read(&mut self.buffer[..len_max]) {
                Ok(0) if tcp.broken.is_some() => {
                    Read1::End(End::Broken(tcp.broken.take().unwrap_or_default()))
                }
                Ok(0) if is_sealed => Read1::End(End::Unannounced),
                Ok(0) => Read1::End(End::ByDevice),
                Ok(len) => Read1::Bytes { len, is_all: len < len_max && !tcp.will_end },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Read1::Nothing,
                Err(error) => Read1::End(End::Broken(error.to_string())),
            };
        }
    }

    fn came(&mut self, conn: u64, len: usize) {
        match self.conns.get(&conn) {
            Some(_) if self.is_on_road(conn) => {
                self.set_out(conn, Way::Up, Piece::Bytes(self.buffer[..len].to_vec()));
            }
            Some(Stream { kind: Kind::Tls(_), .. }) => self.take_sealed(conn, len),
            Some(_) => self.take(conn, self.buffer[..len].to_vec()),
            None => {}
        }
    }

    /// Takes what came. What comes after the server has closed is kept, and answered by nobody.
    pub(super) fn take(&mut self, conn: u64, bytes: Vec<u8>) {
        let Some(stream) = self.conns.get(&conn) else { return };
        let port = stream.port;
        if stream.is_open() {
            let now = self.clock.now();
            self.ports[port.0].peer.handle_input(now, Input::Received { conn: Conn(conn), bytes });
            self.pass_on_taken(port, conn);
            self.drain(port, now);
        } else {
            self.pass_on(conn, &bytes);
            self.note(port, conn, Event::Received(bytes));
        }
    }
}
