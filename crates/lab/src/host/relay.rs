//! Relaying ports: what a device says goes on to another server, and what that says comes back.
//!
//! The peer stands between: what it takes is what goes on, and it says what comes back, so faults,
//! identity and the record are the same as at every port.
//!
//! **Invariant: no byte is dropped while both ends stand.** An end that has no room, or that a fault
//! keeps silent, stops the reading of the other.

use super::far::{Far, Heard, WAITING_BYTES_MAX};
use super::stream::Stream;
use super::{FAR_FROM, Host, TURN_BYTES_MAX};
use crate::row::{End, PortId};
use holdline_peer::{Act, Conn, Input, What};
use mio::{Interest, Token};
use std::time::Duration;

impl Host {
    /// A device was let in: calls the server that its port passes on to, if it does.
    pub(super) fn begin_relay(&mut self, id: PortId, conn: u64) {
        let Some(target) = self.ports[id.0].relay else { return };
        if !self.conns.get(&conn).is_some_and(Stream::is_open) {
            return;
        }
        let called = Far::call(target, self.clock.now()).and_then(|mut far| {
            let token = Token((FAR_FROM + conn) as usize);
            let both = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(far.socket(), token, both)?;
            Ok(far)
        });
        match called {
            Ok(far) => self.relays.add(conn, far),
            Err(error) => self.break_device(conn, End::Unreachable(format!("{target}: {error}"))),
        }
    }

    /// The system has news of a far side.
    pub(super) fn handle_far(&mut self, conn: u64, is_readable: bool, is_writable: bool) {
        let Some(far) = self.relays.far_mut(conn) else { return };
        if is_writable {
            match far.is_there() {
                Ok(false) => return,
                Ok(true) => self.write_far(conn),
                Err(error) => {
                    let why = format!("{}: {error}", far.target());
                    return self.lose_far(conn, End::Unreachable(why));
                }
            }
        }
        if is_readable {
            self.relays.readable.add(conn);
        }
    }

    /// What the peer took of a device goes on. The peer is not drained yet: nothing is told here.
    pub(super) fn pass_on_taken(&mut self, id: PortId, conn: u64) {
        let Some(far) = self.relays.far_mut(conn) else { return };
        let now = self.clock.now();
        for entry in self.ports[id.0].peer.record() {
            if let What::Received(bytes) = &entry.what {
                far.add(bytes, now);
            }
        }
        self.write_far(conn);
    }

    /// What a device says goes on although its peer is done with it: the far side closed first.
    pub(super) fn pass_on(&mut self, conn: u64, bytes: &[u8]) {
        let Some(far) = self.relays.far_mut(conn) else { return };
        far.add(bytes, self.clock.now());
        self.write_far(conn);
    }

    pub(super) fn write_far(&mut self, conn: u64) {
        let now = self.clock.now();
        let Some(far) = self.relays.far_mut(conn) else { return };
        let is_broken = !far.flush(now);
        let (holds_device, is_over) = (far.holds_device, far.is_over());
        self.relays.count(conn);
        if is_broken {
            self.relays.readable.add(conn);
        }
        if is_over && !self.conns.contains_key(&conn) {
            self.relays.remove(conn);
        }
        if holds_device {
            self.queue(conn);
        }
    }

    /// How many bytes of a device there is room for where they go on. Where there is none, whoever makes
    /// room has the device read on.
    pub(super) fn room_at_far(&mut self, conn: u64) -> usize {
        if self.relays.far(conn).is_none() {
            return usize::MAX;
        }
        let room = self.room(self.relays.unsent_of(conn), WAITING_BYTES_MAX);
        if let Some(far) = self.relays.far_mut(conn) {
            far.holds_device = room == 0;
        }
        room
    }

    /// Gives each far side that has something to say a turn, unless the store is behind.
    pub(super) fn read_far_sides(&mut self) {
        self.let_held_speak();
        for _ in 0..self.relays.readable.len() {
            if !self.has_room() {
                return;
            }
            let Some(conn) = self.relays.readable.next() else { return };
            if self.read_far(conn) {
                self.relays.readable.add(conn);
            }
        }
    }

    /// Reads a far side for one turn; says whether there may be more.
    fn read_far(&mut self, conn: u64) -> bool {
        let mut turn = TURN_BYTES_MAX;
        while turn > 0 {
            let now = self.clock.now();
            let room = self.room_for_far(conn, now).min(turn);
            let Some(far) = self.relays.far_mut(conn).filter(|_| room > 0) else {
                return false;
            };
            match far.read(&mut self.buffer[..room]) {
                Heard::Bytes(len) => {
                    far.moved = now;
                    turn -= len;
                    self.bring(conn, len, now);
                }
                Heard::Nothing => return false,
                Heard::Closed => {
                    self.far_closed(conn);
                    return false;
                }
                Heard::Broken(why) => {
                    self.lose_far(conn, End::TargetBroken(why));
                    return false;
                }
            }
        }
        true
    }

    /// How many bytes of a far side its device has room for. Where there is none, whoever makes room
    /// has the far side read on.
    fn room_for_far(&mut self, conn: u64, now: Duration) -> usize {
        let Some(far) = self.relays.far(conn) else { return 0 };
        let stream = self.conns.get(&conn).filter(|stream| stream.is_open() && !far.is_left);
        let Some(stream) = stream else { return TURN_BYTES_MAX };
        let most = WAITING_BYTES_MAX.min(self.limits.unsent_bytes_max);
        let room = self.room(self.waiting_for(conn, stream), most);
        if room == 0 {
            self.relays.wait_for_device(conn);
            return 0;
        }
        if self.is_kept_silent(conn, now) {
            self.relays.held.push(conn);
            return 0;
        }
        room
    }

    /// Whether a fault keeps the server silent on a connection, after all that is due by `now`.
    pub(super) fn is_kept_silent(&mut self, conn: u64, now: Duration) -> bool {
        let Some(&Stream { port, .. }) = self.conns.get(&conn) else { return false };
        if self.ports[port.0].deadline.is_some_and(|at| at <= now) {
            self.tell_at(port, now, Input::Timeout);
        }
        self.ports[port.0].peer.is_silent(now, Conn(conn))
    }

    /// Far sides that no fault keeps silent any more are read on.
    fn let_held_speak(&mut self) {
        let now = self.clock.now();
        for conn in std::mem::take(&mut self.relays.held) {
            if self.is_kept_silent(conn, now) {
                self.relays.held.push(conn);
            } else {
                self.relays.readable.add(conn);
            }
        }
    }

    /// Brings a device what its far side said, which is at the beginning of the buffer.
    pub(super) fn bring(&mut self, conn: u64, len: usize, now: Duration) {
        // Of a device that is gone, nobody hears it.
        let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) else { return };
        let (port, bytes) = (stream.port, self.buffer[..len].to_vec());
        self.ports[port.0].peer.plan(now, Act::Send(Conn(conn), bytes));
        self.tell_at(port, now, Input::Timeout);
    }

    /// When the relays have something to look at.
    pub(super) fn relays_due(&self) -> Option<Duration> {
        let now = self.clock.now();
        let heard_at = |conn: &u64| {
            let port = self.conns.get(conn)?.port;
            self.ports[port.0].peer.muted_until(Conn(*conn)).filter(|&at| at > now)
        };
        let leaving = self.relays.leaving.front().map(|&(at, _)| at);
        self.relays.held.iter().filter_map(heard_at).chain(leaving).min()
    }
}
