//! The faults that a server commits: which wait for their time or their occasion, and which stand.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use crate::door::{Conn, Output};
use crate::fault::{Fault, Occasion, TlsTrouble, Trouble, When, Who};
use crate::manner::Ending;
use crate::single::{Single, Singles};

/// How many faults that struck are remembered, the last ones.
pub const SPELLS_MAX: usize = 256;

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// Which.
    pub fault: Fault,
    /// When it struck first.
    pub began: Duration,
    /// When it was over; `None` while it stands.
    pub ended: Option<Duration>,
    id: u64,
}

/// Where a fault is in its life. One that is over is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Begins at this time.
    Waits(Duration),
    /// Begins when its occasion comes.
    Watches,
    /// Has begun, and is over at this time.
    Stands(Option<Duration>),
}

#[derive(Debug, Clone)]
struct Standing {
    id: u64,
    fault: Fault,
    stage: Stage,
    occasion: Occasion<Conn>,
}

/// What the faults do with one connect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) is_refused: bool,
    /// It is ended as soon as it is accepted.
    pub(crate) ends: Option<Ending>,
    /// Nothing is said on it until this time.
    pub(crate) mute_until: Option<Duration>,
    /// How its handshake fails, whatever there is for all.
    pub(crate) tls: Option<TlsTrouble>,
}

/// How many of some bytes come before faults strike, and which do then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) len: usize,
    pub(crate) hits: Vec<u64>,
    /// The faults take the place of an answer.
    pub(crate) is_answer: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Troubles {
    list: Vec<Standing>,
    /// What stands on single connections.
    singles: Singles,
    /// The host brings faults of the line about.
    has_line: bool,
    /// What the host has to hear of them.
    orders: Vec<Output>,
    handed_over: u64,
    spells: VecDeque<Spell>,
}

impl Troubles {
    /// Takes a fault over at `now`, unless it is for somebody else to commit or makes no sense.
    pub(crate) fn hand_over(&mut self, now: Duration, fault: Fault) {
        let is_ours =
            fault.what.who() == Who::Server || self.has_line && fault.what.is_on_line_of_server();
        if !is_ours || fault.check().is_err() {
            return;
        }
        let stage = match fault.when {
            When::Now => Stage::Waits(now),
            When::At(at) => Stage::Waits(at.max(now)),
            When::Connects { .. } | When::AfterBytes(_) | When::AfterMessages(_) | When::On(_) => {
                Stage::Watches
            }
        };
        let occasion = Occasion::new(&fault.when);
        let id = self.next_id();
        self.list.push(Standing { id, fault, stage, occasion });
    }

    fn next_id(&mut self) -> u64 {
        self.handed_over += 1;
        self.handed_over
    }

    /// Takes faults of the line over as well.
    pub(crate) fn take_line(&mut self) {
        self.has_line = true;
    }

    /// What the host has to hear.
    pub(crate) fn take_orders(&mut self) -> impl Iterator<Item = Output> + use<> {
        mem::take(&mut self.orders).into_iter()
    }

    /// How many wait or stand; one that strikes single connections is one.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn spells(&self) -> impl DoubleEndedIterator<Item = &Spell> {
        self.spells.iter()
    }

    /// Takes all back.
    pub(crate) fn lift(&mut self, now: Duration) {
        let stands = |standing: &&Standing| matches!(standing.stage, Stage::Stands(_));
        let ended: Vec<_> = self.list.iter().filter(stands).map(|standing| standing.id).collect();
        ended.into_iter().for_each(|id| self.end(now, id));
        let singles = self.singles.clear();
        singles.for_each(|single| self.end_single(now, single));
        self.list.clear();
        for spell in self.spells.iter_mut().filter(|spell| spell.ended.is_none()) {
            spell.ended = Some(now);
        }
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Fault> {
        let waits = self.list.iter().filter(|one| !matches!(one.stage, Stage::Stands(_)));
        waits.map(|standing| &standing.fault)
    }

    // What stands.

    pub(crate) fn is_down(&self) -> bool {
        self.stands().any(|fault| fault.what == Trouble::Down)
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.stands().any(|fault| fault.what == Trouble::Silent && !is_of_some(fault))
    }

    /// How handshakes fail, but for those that a fault counts.
    pub(crate) fn tls(&self) -> Option<TlsTrouble> {
        self.stands().filter(|fault| !is_of_some(fault)).find_map(|fault| fault.what.tls())
    }

    fn stands(&self) -> impl Iterator<Item = &Fault> {
        let stands = self.list.iter().filter(|standing| matches!(standing.stage, Stage::Stands(_)));
        stands.map(|standing| &standing.fault)
    }

    // Time.

    /// When the next fault begins or is over.
    pub(crate) fn soonest(&self) -> Option<Duration> {
        self.list.iter().filter_map(Standing::due).chain(self.singles.soonest()).min()
    }

    /// Begins or ends the fault that is due the soonest; says what begins.
    pub(crate) fn turn(&mut self, now: Duration) -> Option<Trouble> {
        if let Some(single) = self.singles.over(now) {
            self.end_single(now, single);
            return None;
        }
        let due = self.list.iter().filter_map(|standing| Some((standing.due()?, standing.id)));
        let (at, id) = due.min().filter(|&(at, _)| at <= now)?;
        let standing = self.list.iter_mut().find(|standing| standing.id == id)?;
        if matches!(standing.stage, Stage::Stands(_)) {
            self.end(now, id);
            return None;
        }
        let trouble = standing.fault.what;
        self.begin(now, at, id);
        Some(trouble)
    }

    // Occasions.

    /// Counts a connect, and says what becomes of it.
    pub(crate) fn connect(&mut self, now: Duration, conn: Conn) -> Fate {
        let mut fate = Fate::default();
        let mut begun = Vec::new();
        for standing in &mut self.list {
            let is_hit = match standing.fault.when {
                When::Connects { .. } => standing.occasion.connect(),
                When::Now | When::At(_) => matches!(standing.stage, Stage::Stands(_)),
                // Down and silent stand for all; others strike on their own occasion.
                When::AfterBytes(_) | When::AfterMessages(_) | When::On(_) => {
                    standing.fault.what == Trouble::Down
                        && matches!(standing.stage, Stage::Stands(_))
                }
            };
            if is_hit {
                fate.suffer(now, &standing.fault);
                begun.push(standing.id);
            }
        }
        for id in begun {
            self.strike(now, id, conn);
        }
        fate
    }

    /// Looks how many of the bytes that came on `conn` come before a fault strikes.
    pub(crate) fn cut(&self, conn: Conn, bytes: &[u8]) -> Cut {
        let mut cut = Cut { len: bytes.len(), hits: Vec::new(), is_answer: false };
        for standing in self.list.iter().filter(|standing| standing.is_watching()) {
            let Some(len) = standing.occasion.reached_by(conn, bytes).filter(|&len| len <= cut.len)
            else {
                continue;
            };
            let is_answer = matches!(standing.fault.when, When::On(_));
            if len < cut.len {
                cut = Cut { len, hits: Vec::new(), is_answer: false };
            }
            cut.hits.push(standing.id);
            cut.is_answer |= is_answer;
        }
        cut
    }

    /// These bytes came on `conn`, which are not more than [`cut`](Self::cut) allowed.
    pub(crate) fn take_bytes(&mut self, conn: Conn, bytes: &[u8]) {
        for standing in self.list.iter_mut().filter(|standing| standing.is_watching()) {
            standing.occasion.take_bytes(conn, bytes);
        }
    }

    /// A message came on `conn`; says which faults strike after it.
    pub(crate) fn take_message(&mut self, conn: Conn) -> Vec<u64> {
        let mut hits = Vec::new();
        for standing in self.list.iter_mut().filter(|standing| standing.is_watching()) {
            if standing.occasion.take_message(conn) {
                hits.push(standing.id);
            }
        }
        hits
    }

    /// The fault strikes on a connection: it begins if it has not, and says what happens.
    pub(crate) fn strike(&mut self, now: Duration, id: u64, conn: Conn) -> Option<Trouble> {
        let standing = self.list.iter().find(|standing| standing.id == id)?;
        let trouble = standing.fault.what;
        if standing.stage == Stage::Watches {
            if trouble.who() == Who::Line {
                self.strike_alone(now, id, conn);
            } else {
                self.begin(now, now, id);
            }
        }
        let is_spent = |standing: &Standing| standing.occasion.has_counted_all();
        if self.list.iter().any(|standing| standing.id == id && is_spent(standing)) {
            self.end(now, id);
        }
        Some(trouble)
    }

    /// The connection is over.
    pub(crate) fn forget(&mut self, now: Duration, conn: Conn) {
        for standing in &mut self.list {
            standing.occasion.forget(conn);
        }
        while let Some(single) = self.singles.forget(conn) {
            self.end_single(now, single);
        }
    }

    /// A fault of the line strikes one connection, unless it stands there already.
    fn strike_alone(&mut self, now: Duration, of: u64, conn: Conn) {
        let Some(standing) = self.list.iter().find(|standing| standing.id == of) else { return };
        if self.singles.has(conn, of) {
            return;
        }
        let fault = standing.fault.clone();
        let id = self.next_id();
        self.singles.begin(now, (id, of), conn, fault.clone());
        self.remember(Spell { fault: fault.clone(), began: now, ended: None, id });
        self.orders.push(Output::LineFaultBegan { id, fault, conn: Some(conn) });
    }

    fn end_single(&mut self, now: Duration, Single { id, fault, conn, .. }: Single) {
        self.close_spell(now, id);
        self.orders.push(Output::LineFaultEnded { id, fault, conn: Some(conn) });
    }

    fn remember(&mut self, spell: Spell) {
        if self.spells.len() == SPELLS_MAX {
            self.spells.pop_front();
        }
        self.spells.push_back(spell);
    }

    fn close_spell(&mut self, now: Duration, id: u64) {
        if let Some(spell) = self.spells.iter_mut().rfind(|spell| spell.id == id) {
            spell.ended = Some(now);
        }
    }

    fn begin(&mut self, now: Duration, at: Duration, id: u64) {
        let Some(standing) = self.list.iter_mut().find(|standing| standing.id == id) else {
            return;
        };
        let Fault { what, lasts, .. } = standing.fault;
        // A time past the end of time never comes.
        standing.stage = Stage::Stands(lasts.and_then(|lasts| at.checked_add(lasts)));
        let fault = standing.fault.clone();
        let is_of_some = is_of_some(&fault);
        if what.who() == Who::Line {
            self.orders.push(Output::LineFaultBegan { id, fault: fault.clone(), conn: None });
        }
        self.remember(Spell { fault, began: at, ended: None, id });
        if what.is_momentary() && lasts.is_none() && !is_of_some {
            self.end(now, id);
        }
    }

    fn end(&mut self, now: Duration, id: u64) {
        let Some(at) = self.list.iter().position(|standing| standing.id == id) else { return };
        let Standing { fault, stage, .. } = self.list.remove(at);
        self.close_spell(now, id);
        if fault.what.who() == Who::Line && matches!(stage, Stage::Stands(_)) {
            self.orders.push(Output::LineFaultEnded { id, fault, conn: None });
        }
    }
}

impl Fate {
    fn suffer(&mut self, now: Duration, fault: &Fault) {
        let Fault { what, lasts, .. } = *fault;
        self.is_refused |= matches!(what, Trouble::Refuse | Trouble::Down);
        if let Some(ending) = ending(what) {
            self.ends = Some(ending);
        }
        if !is_of_some(fault) {
            return;
        }
        self.tls = self.tls.or(what.tls());
        if what == Trouble::Silent {
            let until = lasts.and_then(|lasts| now.checked_add(lasts));
            self.mute_until = Some(until.unwrap_or(Duration::MAX));
        }
    }
}

/// Whether it counts connects, and leaves others alone.
const fn is_of_some(fault: &Fault) -> bool {
    matches!(fault.when, When::Connects { .. })
}

/// How a trouble ends the connection that it strikes.
pub(crate) const fn ending(trouble: Trouble) -> Option<Ending> {
    if matches!(trouble, Trouble::Close) {
        return Some(Ending::Close);
    }
    if matches!(trouble, Trouble::Reset) { Some(Ending::Reset) } else { None }
}

impl Standing {
    fn due(&self) -> Option<Duration> {
        match self.stage {
            Stage::Waits(at) => Some(at),
            Stage::Watches => None,
            Stage::Stands(until) => until,
        }
    }

    /// Whether what comes on a connection can make it strike.
    fn is_watching(&self) -> bool {
        let is_of_one = matches!(self.fault.what, Trouble::Close | Trouble::Reset);
        match self.stage {
            Stage::Waits(_) => false,
            Stage::Watches => true,
            Stage::Stands(_) => is_of_one,
        }
    }
}
