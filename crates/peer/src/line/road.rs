//! The lines between a server and its devices, as the server's end can disturb them.
//!
//! A stream that cannot get through waits, as TCP sends it again; datagrams are gone, and so are those
//! for which there is no room. On a line that is dead nothing crosses any more, and the server gives it
//! up after [`GIVES_UP_AFTER`](super::GIVES_UP_AFTER).

use super::passage::{Behind, Passage, Piece, ROOM_DOWN, ROOM_UP, to};
use super::trials::{Reach, Trials, Way};
use crate::door::Conn;
use crate::fault::Trouble;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

/// Something that happened on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News<E> {
    /// A piece is at the end of its way.
    Arrived(Way, Piece<E>),
    /// These bytes never will be.
    Lost(Way, Vec<u8>),
    /// What stands between has forgotten the line, which was idle for so long.
    Forgotten(Duration),
    /// The device spoke to a machine that does not know the line: that breaks it.
    Disowned,
    /// The server takes the line for dead.
    GivenUp,
}

/// The lines of one port's connections. Only what is disturbed is kept here.
///
/// After each call that takes `now`, [`poll`](Self::poll) until there is nothing.
#[derive(Clone, Debug)]
pub struct Road<E> {
    trials: Trials<Conn>,
    passages: BTreeMap<Conn, Passage<E>>,
    due: BTreeSet<(Duration, Conn)>,
    news: VecDeque<(Conn, News<E>)>,
    /// Bytes that are under way on all lines.
    under_way: usize,
}

impl<E> Default for Road<E> {
    fn default() -> Self {
        let (passages, due) = (BTreeMap::new(), BTreeSet::new());
        Self { trials: Trials::default(), passages, due, news: VecDeque::new(), under_way: 0 }
    }
}

impl<E> Road<E> {
    /// A trouble of the line begins: for one connection, or for all, those that stand among them, each
    /// with whether it is a stream.
    pub fn begin(
        &mut self,
        now: Duration,
        (number, what): (u64, Trouble),
        line: Option<Conn>,
        standing: impl Iterator<Item = (Conn, bool)>,
    ) {
        self.trials.begin(number, what, Reach { line, port: None });
        let keeps = matches!(what, Trouble::HalfOpen | Trouble::NatIdle(_));
        for (conn, is_stream) in standing.filter(|_| keeps) {
            self.passage(now, conn, is_stream);
            if what == Trouble::HalfOpen && is_stream {
                self.lose(now, conn, Some(number));
            }
        }
        self.reckon_all();
    }

    /// A trouble is over: the connections that it hit may be read on, and where nothing else holds up
    /// what is under way, that arrives at once.
    pub fn end(&mut self, now: Duration, number: u64) {
        self.trials.end(number);
        for (&conn, line) in &mut self.passages {
            if !self.trials.holds_up(to(conn)) {
                line.hurry(now);
            }
            if matches!(line.behind, Behind::Nobody(Some(by), _) if by == number) {
                line.behind = Behind::Stranger;
            }
        }
        self.reckon_all();
    }

    /// A connection stands: from here on it may be idle.
    pub fn open(&mut self, now: Duration, conn: Conn, is_stream: bool) {
        if self.trials.idle_max(to(conn)).is_some() {
            self.passage(now, conn, is_stream);
        }
    }

    /// A connection is over; the bytes that never arrive.
    pub fn forget(&mut self, conn: Conn) -> Vec<(Way, Vec<u8>)> {
        let Some(mut line) = self.passages.remove(&conn) else { return Vec::new() };
        if let Some(at) = line.indexed {
            self.due.remove(&(at, conn));
        }
        let (its, others) = mem::take(&mut self.news).into_iter().partition(|(of, _)| *of == conn);
        self.news = others;
        let its: VecDeque<(Conn, News<E>)> = its;
        let lost = its.into_iter().filter_map(|(_, news)| match news {
            News::Lost(way, bytes) | News::Arrived(way, Piece::Bytes(bytes)) => Some((way, bytes)),
            News::Arrived(_, Piece::End(_))
            | News::Forgotten(_)
            | News::Disowned
            | News::GivenUp => None,
        });
        self.under_way -= line.bytes(Way::Up) + line.bytes(Way::Down);
        lost.chain(line.clear()).collect()
    }

    /// Whether what a connection says and hears has to go over the road.
    pub fn carries(&self, conn: Conn) -> bool {
        let is_disturbed = !self.trials.is_empty() && self.trials.hit(to(conn));
        is_disturbed || !self.passages.is_empty() && self.passages.contains_key(&conn)
    }

    /// Whether what comes from somebody unknown is gone.
    pub fn swallows_strangers(&self) -> bool {
        self.trials.blocks_all(Way::Up)
    }

    /// How many bytes may be read from a device now.
    pub fn room_up(&mut self, now: Duration, conn: Conn, is_stream: bool) -> usize {
        if !self.carries(conn) {
            return usize::MAX;
        }
        self.mind_idle(now, conn);
        let Some(line) = self.passages.get(&conn) else {
            let is_blocked = is_stream && self.trials.blocks(to(conn), Way::Up);
            return if is_blocked { 0 } else { ROOM_UP };
        };
        let is_stuck = line.withholds(&self.trials, conn, Way::Up)
            || matches!(line.behind, Behind::Nobody(..))
            || line.bytes(Way::Down) >= ROOM_DOWN;
        if is_stuck { 0 } else { ROOM_UP.saturating_sub(line.bytes(Way::Up)) }
    }

    /// Puts a piece on its way. `chance` is any number, another one each time.
    pub fn take(
        &mut self,
        now: Duration,
        (conn, is_stream): (Conn, bool),
        way: Way,
        piece: Piece<E>,
        chance: u64,
    ) {
        let is_gone = self.mind_idle(now, conn) && (is_stream || way == Way::Down);
        self.passage(now, conn, is_stream);
        let Some(line) = self.passages.get_mut(&conn) else { return };
        let is_swallowed = is_gone || self.trials.blocks(to(conn), way);
        let is_lost = !is_stream && (is_swallowed || !line.takes_datagram(way, piece.len()));
        match (line.behind, piece) {
            (Behind::Server, piece) if !is_lost => {
                self.under_way += piece.len();
                line.push(now, (&self.trials, conn), way, piece, chance);
            }
            (behind, piece) => {
                if let Piece::Bytes(bytes) = piece {
                    self.news.push_back((conn, News::Lost(way, bytes)));
                }
                if behind == Behind::Stranger && way == Way::Up {
                    self.news.push_back((conn, News::Disowned));
                }
            }
        }
        self.reckon(conn);
    }

    /// A datagram does not set out: there is no room where it would wait.
    pub fn drop_datagram(&mut self, now: Duration, conn: Conn, way: Way, bytes: Vec<u8>) {
        self.passage(now, conn, false);
        self.news.push_back((conn, News::Lost(way, bytes)));
        self.reckon(conn);
    }

    /// What happened, and where.
    pub fn poll(&mut self, now: Duration) -> Option<(Conn, News<E>)> {
        if self.news.is_empty() {
            self.go_on(now);
        }
        self.news.pop_front()
    }

    /// Does the next thing that is due: something arrives, or else a line is given up.
    fn go_on(&mut self, now: Duration) {
        let Some(&(_, conn)) = self.due.first().filter(|(at, _)| *at <= now) else { return };
        let Some(line) = self.passages.get_mut(&conn) else { return };
        if let Some((way, piece)) = line.arrives(now, &self.trials, conn) {
            self.under_way -= piece.len();
            self.news.push_back((conn, News::Arrived(way, piece)));
            return self.reckon(conn);
        }
        let lost = self.forget(conn).into_iter().map(|(way, bytes)| News::Lost(way, bytes));
        self.news.extend(lost.chain([News::GivenUp]).map(|news| (conn, news)));
    }

    /// Whether there is something to poll at `now`.
    pub fn is_due(&self, now: Duration) -> bool {
        self.poll_timeout().is_some_and(|at| at <= now)
    }

    /// When to poll again, if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let has_news = !self.news.is_empty();
        if has_news { Some(Duration::ZERO) } else { self.due.first().map(|&(at, _)| at) }
    }

    /// Bytes that are under way on all lines together.
    pub const fn under_way(&self) -> usize {
        self.under_way
    }

    /// Bytes that are under way on one of them.
    pub fn bytes(&self, conn: Conn, way: Way) -> usize {
        self.passages.get(&conn).map_or(0, |line| line.bytes(way))
    }

    /// Whether nothing is under way in a direction.
    pub fn is_free(&self, conn: Conn, way: Way) -> bool {
        self.passages.get(&conn).is_none_or(|line| line.is_free(way))
    }

    /// Forgets a line that was idle for too long; whether it was.
    fn mind_idle(&mut self, now: Duration, conn: Conn) -> bool {
        let Some(line) = self.passages.get(&conn) else { return false };
        let is_idle = line.behind == Behind::Server && line.is_idle(now, &self.trials, conn);
        if is_idle && line.is_stream {
            let most = self.trials.idle_max(to(conn)).unwrap_or_default();
            self.news.push_back((conn, News::Forgotten(most)));
            self.lose(now, conn, None);
            self.reckon(conn);
        }
        is_idle
    }

    /// Nobody is behind a line any more: what is under way is lost.
    fn lose(&mut self, now: Duration, conn: Conn, number: Option<u64>) {
        let Some(line) = self.passages.get_mut(&conn) else { return };
        if line.behind == Behind::Server {
            line.behind = Behind::Nobody(number, now);
            self.under_way -= line.bytes(Way::Up) + line.bytes(Way::Down);
            let lost = line.clear();
            self.news.extend(lost.map(|(way, bytes)| (conn, News::Lost(way, bytes))));
        }
    }

    fn passage(&mut self, now: Duration, conn: Conn, is_stream: bool) {
        self.passages.entry(conn).or_insert_with(|| Passage::new(now, is_stream));
    }

    fn reckon_all(&mut self) {
        let conns: Vec<_> = self.passages.keys().copied().collect();
        conns.into_iter().for_each(|conn| self.reckon(conn));
    }

    /// Keeps a line's deadline, or forgets the line if nothing disturbs it.
    fn reckon(&mut self, conn: Conn) {
        let Self { trials, passages, due, .. } = self;
        let Some(line) = passages.get_mut(&conn) else { return };
        let at = line.due(trials, conn);
        if line.indexed != at {
            if let Some(at) = line.indexed {
                due.remove(&(at, conn));
            }
            due.extend(at.map(|at| (at, conn)));
            line.indexed = at;
        }
        let is_idle = line.behind == Behind::Server && !line.has_under_way();
        if is_idle && !trials.hit(to(conn)) {
            passages.remove(&conn);
        }
    }
}
