//! The open connections, each with its own deadlines.
//!
//! A deadline lives in its connection and goes with it. `due` is only an index of them, so that a
//! fleet of devices on one peer does not have to be searched for the soonest.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use crate::door::Conn;
use crate::framing::{Framer, Framing};
use crate::record::ENTRY_BYTES;
use crate::rule::{Cue, EVERY_MIN, Rule, Step};

/// What may wait to be said or done on one connection, in bytes, each counted as
/// [`ENTRY_BYTES`] more; what comes on top is left out.
pub const WAITING_BYTES_MAX: usize = 1 << 20;

/// Why the peer wakes. What falls on one moment is served in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// A planned act is due.
    Plan,
    /// A fault begins or is over.
    Trouble,
    /// Nothing came for as long as ends a message.
    Gap(Conn),
    /// Something is to be done that a rule put off.
    Step(Conn),
    /// A rule's interval has passed.
    Beat(Conn),
}

/// An open connection: what came, and what is still to happen on it by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Open {
    framer: Framer,
    name: Option<Vec<u8>>,
    /// Nothing is said on it before.
    mute_until: Option<Duration>,
    /// What rules put off, in the order of time, then of the rules.
    steps: BTreeMap<(Duration, u64), Step>,
    put_off: u64,
    waiting_bytes: usize,
    beats: Vec<Beat>,
}

impl Open {
    fn deadlines(&self, conn: Conn) -> impl Iterator<Item = (Duration, Wake)> {
        let gap = self.framer.gap_at.map(|at| (at, Wake::Gap(conn)));
        let step = self.steps.first_key_value().map(|(&(at, _), _)| (at, Wake::Step(conn)));
        let beat = self.beats.iter().map(|beat| (beat.at, Wake::Beat(conn))).min();
        gap.into_iter().chain(step).chain(beat)
    }

    fn put_off(&mut self, at: Duration, step: Step) {
        if self.waiting_bytes + step.cost() > WAITING_BYTES_MAX {
            return;
        }
        self.waiting_bytes += step.cost();
        self.put_off += 1;
        self.steps.insert((at, self.put_off), step);
    }
}

impl Step {
    fn cost(&self) -> usize {
        match self {
            Self::Say(bytes) => ENTRY_BYTES + bytes.len(),
            Self::End(_) => ENTRY_BYTES,
        }
    }
}

/// The next moment of a rule that repeats; a moment past the end of time is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Beat {
    at: Duration,
    /// Which of the rules.
    rule: usize,
    every: Duration,
}

impl Beat {
    fn all(now: Duration, rules: &[Rule]) -> Vec<Self> {
        let rules = rules.iter().enumerate();
        rules.filter_map(|(index, rule)| Self::of(now, index, rule)).collect()
    }

    /// The first of a rule; none, if the rule does not repeat.
    fn of(now: Duration, index: usize, rule: &Rule) -> Option<Self> {
        if let Cue::Every(every) = rule.cue { Self::first(now, index, every) } else { None }
    }

    fn first(now: Duration, rule: usize, every: Duration) -> Option<Self> {
        let every = every.max(EVERY_MIN);
        Some(Self { at: now.checked_add(every)?, rule, every })
    }

    /// The beat after this one: in step with the accept, unless a whole interval was missed.
    fn next(self, now: Duration) -> Option<Self> {
        let in_step = Self::first(self.at, self.rule, self.every)?;
        if in_step.at > now { Some(in_step) } else { Self::first(now, self.rule, self.every) }
    }
}

/// Every open connection, in the order of their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conns {
    /// Most connections have nothing to keep, and keep nothing.
    open: BTreeMap<Conn, Option<Box<Open>>>,
    due: BTreeSet<(Duration, Wake)>,
}

impl Conns {
    pub(crate) fn contains(&self, conn: Conn) -> bool {
        self.open.contains_key(&conn)
    }

    pub(crate) fn all(&self) -> Vec<Conn> {
        self.open.keys().copied().collect()
    }

    pub(crate) fn name(&self, conn: Conn) -> Option<&[u8]> {
        self.open.get(&conn)?.as_ref()?.name.as_deref()
    }

    /// Lets the server speak on every connection again.
    pub(crate) fn unmute(&mut self) {
        for conn in self.all() {
            self.change(conn, |open| open.mute_until = None);
        }
    }

    /// Whether nothing is to be said on a connection.
    pub(crate) fn is_mute(&self, now: Duration, conn: Conn) -> bool {
        self.muted_until(conn).is_some_and(|until| now < until)
    }

    /// Until when nothing is to be said on a connection.
    pub(crate) fn muted_until(&self, conn: Conn) -> Option<Duration> {
        self.open.get(&conn).and_then(Option::as_ref).and_then(|open| open.mute_until)
    }

    /// Opens a connection accepted at `now`.
    pub(crate) fn open(
        &mut self,
        now: Duration,
        conn: Conn,
        rules: &[Rule],
        mute_until: Option<Duration>,
    ) {
        self.insert(conn, Open { mute_until, beats: Beat::all(now, rules), ..Open::default() });
    }

    /// Has every connection follow other rules and framing from `now` on.
    pub(crate) fn follow(&mut self, now: Duration, rules: &[Rule]) {
        for conn in self.all() {
            self.change(conn, |open| {
                open.framer = Framer::default();
                open.beats = Beat::all(now, rules);
            });
        }
    }

    /// Has every connection follow one more rule, the one at `index`, from `now` on.
    pub(crate) fn follow_also(&mut self, now: Duration, index: usize, rule: &Rule) {
        let Some(beat) = Beat::of(now, index, rule) else { return };
        for conn in self.all() {
            self.change(conn, |open| open.beats.push(beat));
        }
    }

    /// Forgets a connection and its deadlines; false if it was not open.
    pub(crate) fn remove(&mut self, conn: Conn) -> bool {
        self.take(conn).is_some()
    }

    /// Keeps the name that a device gave; false if it had one.
    pub(crate) fn call(&mut self, conn: Conn, name: &[u8]) -> bool {
        if self.name(conn).is_some() {
            return false;
        }
        self.change(conn, |open| open.name = Some(name.to_vec())).is_some()
    }

    /// Takes bytes in, and gives the messages that they complete.
    pub(crate) fn take_bytes(
        &mut self,
        now: Duration,
        conn: Conn,
        framing: &Framing,
        bytes: &[u8],
    ) -> Vec<Vec<u8>> {
        self.change(conn, |open| open.framer.take(framing, now, bytes)).unwrap_or_default()
    }

    /// Ends a message because nothing came.
    pub(crate) fn end_message(&mut self, conn: Conn) -> Vec<u8> {
        self.change(conn, |open| open.framer.end_message()).unwrap_or_default()
    }

    /// Puts something off until `at`.
    pub(crate) fn put_off(&mut self, conn: Conn, at: Duration, step: Step) {
        self.change(conn, |open| open.put_off(at, step));
    }

    /// The next thing that was put off.
    pub(crate) fn step(&mut self, conn: Conn) -> Option<Step> {
        self.change(conn, |open| {
            let (_, step) = open.steps.pop_first()?;
            open.waiting_bytes -= step.cost();
            Some(step)
        })
        .flatten()
    }

    /// Moves on to the next interval, and says which rule's has passed.
    pub(crate) fn beat(&mut self, now: Duration, conn: Conn) -> Option<usize> {
        self.change(conn, |open| {
            let (index, &beat) = open.beats.iter().enumerate().min_by_key(|(_, beat)| **beat)?;
            match beat.next(now) {
                Some(next) => open.beats[index] = next,
                None => drop(open.beats.remove(index)),
            }
            Some(beat.rule)
        })
        .flatten()
    }

    pub(crate) fn soonest(&self) -> Option<(Duration, Wake)> {
        self.due.first().copied()
    }

    fn change<T>(&mut self, conn: Conn, change: impl FnOnce(&mut Open) -> T) -> Option<T> {
        let mut open = self.take(conn)?;
        let result = change(&mut open);
        self.insert(conn, open);
        Some(result)
    }

    fn insert(&mut self, conn: Conn, open: Open) {
        self.due.extend(open.deadlines(conn));
        let kept = (open != Open::default()).then(|| Box::new(open));
        self.open.insert(conn, kept);
    }

    fn take(&mut self, conn: Conn) -> Option<Open> {
        let open = self.open.remove(&conn)?.map_or_else(Open::default, |open| *open);
        for deadline in open.deadlines(conn) {
            self.due.remove(&deadline);
        }
        Some(open)
    }
}
