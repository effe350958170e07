//! One connection's way from its device and back, as the server's end has it.

use super::lane::Lane;
use super::trials::{Pace, Trials, Way};
use crate::door::Conn;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

/// Bytes that are under way from a device at most: a host reads no more of a stream until some have
/// arrived, and datagrams that come on top are lost.
pub const ROOM_UP: usize = 64 * 1024;

/// Bytes under way to a device from which on it is not read, since a server that cannot say more waits;
/// datagrams that come on top are lost.
pub const ROOM_DOWN: usize = 256 * 1024;

/// Datagrams that are under way in one direction at most, however short they are.
pub const DATAGRAMS_MAX: usize = 1000;

/// How long a server's TCP sends again what nobody acknowledges.
pub const GIVES_UP_AFTER: Duration = Duration::from_secs(924);

/// Bytes that get past a [`Rate`](crate::fault::Trouble::Rate) as one segment, as systems cut them.
const SEGMENT: usize = 1460;

/// What lies between the pieces of a [`Split`](crate::fault::Trouble::Split): systems join what leaves
/// at once.
const SPLIT_GAP: Duration = Duration::from_millis(2);

/// A piece of what one end says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<E> {
    /// Bytes.
    Bytes(Vec<u8>),
    /// It says no more, for this reason.
    End(E),
}

impl<E> Piece<E> {
    /// How many bytes it has.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::End(_) => 0,
        }
    }
}

/// Who is at the server's end, as far as the device can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    Server,
    /// Nobody since then: the machine is gone by the fault of this number, or the line was forgotten.
    Nobody(Option<u64>, Duration),
    /// A machine that knows nothing of the line, and says so when it hears of it.
    Stranger,
}

#[derive(Clone, Debug)]
pub(super) struct Passage<E> {
    pub(super) is_stream: bool,
    pub(super) behind: Behind,
    up: Lane<Piece<E>>,
    down: Lane<Piece<E>>,
    pace: Pace,
    bytes: [usize; 2],
    /// When something was last on it, either way.
    crossed: Duration,
    /// Where the index of deadlines has it.
    pub(super) indexed: Option<Duration>,
}

/// The trials of a port's lines: there is no other port.
pub(super) const fn to(conn: Conn) -> (Conn, u16) {
    (conn, 0)
}

impl<E> Passage<E> {
    pub(super) fn new(now: Duration, is_stream: bool) -> Self {
        let (up, down) = (Lane::default(), Lane::default());
        Self {
            is_stream,
            behind: Behind::Server,
            up,
            down,
            pace: Pace::default(),
            bytes: [0; 2],
            crossed: now,
            indexed: None,
        }
    }

    /// Puts a piece on its way.
    pub(super) fn push(
        &mut self,
        now: Duration,
        (trials, conn): (&Trials<Conn>, Conn),
        way: Way,
        piece: Piece<E>,
        chance: u64,
    ) {
        self.crossed = now;
        let bytes = match piece {
            Piece::Bytes(bytes) => bytes,
            Piece::End(_) => {
                let at = now + trials.delay(now, to(conn), way, 0, (&mut self.pace, chance));
                let lane = self.lane(way);
                // An end is told again each time that it is looked at.
                if !matches!(lane.last(), Some(Piece::End(_))) {
                    lane.push(now, at, piece, None);
                }
                return;
            }
        };
        self.bytes[way as usize] += bytes.len();
        let is_stream = self.is_stream;
        if is_stream && let Some(Piece::Bytes(last)) = self.lane(way).joined(now) {
            return last.extend(bytes);
        }
        let gathers = trials.merges_within(to(conn)).filter(|_| is_stream);
        for bytes in self.pieces(trials, conn, bytes) {
            let len = bytes.len();
            let at = now + trials.delay(now, to(conn), way, len, (&mut self.pace, chance));
            let lane = self.lane(way);
            let is_apart = is_stream && trials.segment_max(to(conn)).is_some();
            let after = lane.free_at().filter(|_| is_apart).map(|last| last + SPLIT_GAP);
            let at = after.map_or(at, |after| after.max(at));
            lane.push(now, at, Piece::Bytes(bytes), gathers);
        }
    }

    /// Bytes in pieces that get through; a datagram is never cut.
    fn pieces(&self, trials: &Trials<Conn>, conn: Conn, bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let segment = trials.rate(to(conn)).map(|_| SEGMENT);
        let most = trials.segment_max(to(conn)).into_iter().chain(segment).min();
        match most.filter(|_| self.is_stream) {
            Some(size) if bytes.len() > size => bytes.chunks(size).map(<[u8]>::to_vec).collect(),
            _ => vec![bytes],
        }
    }

    /// What arrives next.
    pub(super) fn arrives(
        &mut self,
        now: Duration,
        trials: &Trials<Conn>,
        conn: Conn,
    ) -> Option<(Way, Piece<E>)> {
        [Way::Up, Way::Down].into_iter().find_map(|way| {
            let is_blocked = self.withholds(trials, conn, way);
            let piece = self.lane(way).due(now, is_blocked)?;
            self.bytes[way as usize] -= piece.len();
            Some((way, piece))
        })
    }

    /// Whether a stream waits until it can get through; datagrams do not.
    pub(super) fn withholds(&self, trials: &Trials<Conn>, conn: Conn, way: Way) -> bool {
        self.is_stream && trials.blocks(to(conn), way)
    }

    /// Whether what stands between has forgotten it by now.
    pub(super) fn is_idle(&self, now: Duration, trials: &Trials<Conn>, conn: Conn) -> bool {
        let idle = now.saturating_sub(self.crossed);
        trials.idle_max(to(conn)).is_some_and(|most| idle >= most) && !self.has_under_way()
    }

    /// When there is something to do with it by itself.
    pub(super) fn due(&self, trials: &Trials<Conn>, conn: Conn) -> Option<Duration> {
        let up = self.up.next().filter(|_| !self.withholds(trials, conn, Way::Up));
        let down = self.down.next().filter(|_| !self.withholds(trials, conn, Way::Down));
        up.into_iter().chain(down).chain(self.gives_up_at(trials, conn)).min()
    }

    /// When the server takes it for dead.
    pub(super) fn gives_up_at(&self, trials: &Trials<Conn>, conn: Conn) -> Option<Duration> {
        let since = match self.behind {
            Behind::Nobody(_, since) => Some(since),
            Behind::Server if self.withholds(trials, conn, Way::Down) => self.down.next(),
            Behind::Server | Behind::Stranger => None,
        };
        since.map(|since| since.saturating_add(GIVES_UP_AFTER))
    }

    /// Whatever held it up is over.
    pub(super) fn hurry(&mut self, now: Duration) {
        self.up.hurry(now);
        self.down.hurry(now);
        self.pace = Pace::default();
    }

    /// Bytes that are under way.
    pub(super) const fn bytes(&self, way: Way) -> usize {
        self.bytes[way as usize]
    }

    /// Whether there is room for one more datagram: a line has queues of a length, and drops what comes
    /// while they are full.
    pub(super) fn takes_datagram(&self, way: Way, len: usize) -> bool {
        let (lane, room) = match way {
            Way::Up => (&self.up, ROOM_UP),
            Way::Down => (&self.down, ROOM_DOWN),
        };
        lane.len() < DATAGRAMS_MAX && self.bytes(way) + len <= room
    }

    pub(super) fn is_free(&self, way: Way) -> bool {
        match way {
            Way::Up => self.up.is_empty(),
            Way::Down => self.down.is_empty(),
        }
    }

    pub(super) fn has_under_way(&self) -> bool {
        !(self.up.is_empty() && self.down.is_empty())
    }

    /// Takes all off it that was under way; the bytes.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = (Way, Vec<u8>)> + use<E> {
        self.bytes = [0; 2];
        let left = |lane: &mut Lane<Piece<E>>| mem::take(lane).into_left();
        let (up, down) = (left(&mut self.up), left(&mut self.down));
        let up = up.map(|piece| (Way::Up, piece));
        let all = up.chain(down.map(|piece| (Way::Down, piece)));
        all.filter_map(|(way, piece)| match piece {
            Piece::Bytes(bytes) => Some((way, bytes)),
            Piece::End(_) => None,
        })
    }

    fn lane(&mut self, way: Way) -> &mut Lane<Piece<E>> {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}
