//! Relaying ports: what a device says goes on to another server, and what that says comes back.
//!
//! The peer stands between: what it takes is what goes on, and it says what comes back, so faults,
//! identity and the record are the same as at every port. The end of each side reaches the other as it
//! was: a close (FIN) as a close, a reset as a reset.
//!
//! **Invariant: no byte is dropped while both ends stand.** An end that has no room, or that a fault
//! keeps silent, stops the reading of the other.

use super::far::{Far, Heard, WAITING_BYTES_MAX};
use super::stream::Stream;
use super::turns::Turns;
use super::{FAR_FROM, Host, TURN_BYTES_MAX};
use crate::row::{End, Event, PortId};
use holdline_peer::{Act, Conn, Input, What};
use mio::{Interest, Token};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// How long nothing may move once one end has closed and the other has not.
const LEAVING: Duration = Duration::from_secs(120);

/// The far sides of relayed connections.
#[derive(Default)]
pub(super) struct Relays {
    far: HashMap<u64, Far>,
    /// Bytes that wait for all of them.
    unsent: usize,
    /// Those that may have more to say.
    readable: Turns,
    /// Those that a fault keeps silent.
    held: Vec<u64>,
    /// Those of which one end has closed: when to look whether the other has.
    leaving: VecDeque<(Duration, u64)>,
}

impl Relays {
    pub(super) fn has_more(&self) -> bool {
        self.readable.len() > 0
    }

    /// Whether a connection is passed on, and its device closed before.
    pub(super) fn has_heard_all(&self, conn: u64) -> bool {
        self.far.get(&conn).is_some_and(Far::is_done)
    }

    /// The connections that have a far side.
    pub(super) fn conns(&self) -> impl Iterator<Item = &u64> {
        self.far.keys()
    }

    /// Bytes that wait for all far sides.
    pub(super) fn unsent(&self) -> usize {
        self.unsent
    }

    /// Bytes that wait for one.
    pub(super) fn unsent_of(&self, conn: u64) -> usize {
        self.far.get(&conn).map_or(0, Far::unsent)
    }

    /// Counts what waits for a far side among that of all.
    fn count(&mut self, conn: u64) {
        let Some(far) = self.far.get_mut(&conn) else { return };
        self.unsent -= far.counted;
        far.counted = far.unsent();
        self.unsent += far.counted;
    }

    /// Takes out the far side of a connection.
    fn remove(&mut self, conn: u64) -> Option<Far> {
        let far = self.far.remove(&conn)?;
        self.unsent -= far.counted;
        Some(far)
    }

    /// A far side is not read until its device has room.
    fn wait_for_device(&mut self, conn: u64) {
        if let Some(far) = self.far.get_mut(&conn) {
            far.waits_for_device = true;
        }
    }

    /// A device has taken something: it may have room again for what comes from the far side.
    pub(super) fn device_took(&mut self, conn: u64, now: Duration) {
        let Some(far) = self.far.get_mut(&conn) else { return };
        far.moved = now;
        if std::mem::take(&mut far.waits_for_device) {
            self.readable.add(conn);
        }
    }
}

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
            Ok(far) => drop(self.relays.far.insert(conn, far)),
            Err(error) => self.break_device(conn, End::Unreachable(format!("{target}: {error}"))),
        }
    }

    /// The system has news of a far side.
    pub(super) fn handle_far(&mut self, conn: u64, is_readable: bool, is_writable: bool) {
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
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
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
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
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
        far.add(bytes, self.clock.now());
        self.write_far(conn);
    }

    fn write_far(&mut self, conn: u64) {
        let now = self.clock.now();
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
        if !far.flush(now) {
            self.relays.readable.add(conn);
        }
        let (holds_device, is_over) = (far.holds_device, far.is_over());
        self.relays.count(conn);
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
        if !self.relays.far.contains_key(&conn) {
            return usize::MAX;
        }
        let room = self.room(self.relays.unsent_of(conn), WAITING_BYTES_MAX);
        if let Some(far) = self.relays.far.get_mut(&conn) {
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
            let Some(far) = self.relays.far.get_mut(&conn).filter(|_| room > 0) else {
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
        let Some(far) = self.relays.far.get(&conn) else { return 0 };
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

    /// A far side closed: so does the lab towards the device, which may still have things to say.
    fn far_closed(&mut self, conn: u64) {
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
        far.has_ended = true;
        let end = if far.is_done() { End::ByDevice } else { End::ByTarget };
        if let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) {
            let port = stream.port;
            self.tell(port, Input::Closed { conn: Conn(conn) });
            self.note(port, conn, Event::Closed(end));
            self.begin_close(conn);
            self.watch_leaving(conn);
        }
        self.write_far(conn);
    }

    /// A far side is lost: its device's connection is broken too.
    fn lose_far(&mut self, conn: u64, end: End) {
        self.relays.remove(conn);
        self.break_device(conn, end);
    }

    pub(super) fn break_device(&mut self, conn: u64, end: End) {
        if let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) {
            let port = stream.port;
            self.tell(port, Input::Closed { conn: Conn(conn) });
            self.note(port, conn, Event::Closed(end));
        }
        self.reset(conn);
        self.accept_waiting();
    }

    /// A device closed (FIN): so does the lab towards the far side, which may still have things to
    /// say. Says whether there is a far side.
    pub(super) fn half_close(&mut self, conn: u64) -> bool {
        let Some(far) = self.relays.far.get_mut(&conn) else { return false };
        if !far.is_done() {
            far.finish();
            self.write_far(conn);
            self.watch_leaving(conn);
        }
        true
    }

    /// A device is done with: its far side is closed behind what is unsent.
    pub(super) fn leave_far(&mut self, conn: u64) {
        let Some(far) = self.relays.far.get_mut(&conn) else { return };
        far.finish();
        far.is_left = true;
        self.relays.readable.add(conn);
        self.watch_leaving(conn);
        self.write_far(conn);
    }

    /// A device's connection broke: so does that of its far side.
    pub(super) fn break_far(&mut self, conn: u64) {
        if let Some(far) = self.relays.remove(conn) {
            far.reset();
        }
    }

    fn watch_leaving(&mut self, conn: u64) {
        self.relays.leaving.push_back((self.clock.now() + LEAVING, conn));
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

    /// Breaks the connections of which one end has closed and the other does not.
    pub(super) fn end_leaving(&mut self) {
        let now = self.clock.now();
        while let Some(&(at, conn)) = self.relays.leaving.front()
            && at <= now
        {
            self.relays.leaving.pop_front();
            let Some(far) = self.relays.far.get(&conn) else { continue };
            if far.moved + LEAVING > now {
                self.watch_leaving(conn);
                continue;
            }
            self.lose_idle(conn);
        }
    }

    fn lose_idle(&mut self, conn: u64) {
        self.break_far(conn);
        self.break_device(conn, End::ByDevice);
    }
}
