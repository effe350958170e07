//! The faults that a server commits: which wait for their time or their occasion, and which stand.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;

use crate::door::Conn;
use crate::fault::{Fault, Occasion, TlsTrouble, Trouble, When, Who};
use crate::manner::Ending;

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
    handed_over: u64,
    spells: VecDeque<Spell>,
}

impl Troubles {
    /// Takes a fault over at `now`, unless it is for somebody else to commit or makes no sense.
    pub(crate) fn hand_over(&mut self, now: Duration, fault: Fault) {
        if fault.what.who() != Who::Server || fault.check().is_err() {
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
        self.handed_over += 1;
        let id = self.handed_over;
        self.list.push(Standing { id, fault, stage, occasion });
    }

    pub(crate) fn spells(&self) -> impl DoubleEndedIterator<Item = &Spell> {
        self.spells.iter()
    }

    /// Takes all back.
    pub(crate) fn lift(&mut self, now: Duration) {
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
        self.stands().any(|fault| {
            let is_of_some = matches!(fault.when, When::Connects { .. });
            fault.what == Trouble::Silent && !is_of_some
        })
    }

    pub(crate) fn tls(&self) -> Option<TlsTrouble> {
        self.stands().find_map(|fault| {
            if let Trouble::Tls(trouble) = fault.what { Some(trouble) } else { None }
        })
    }

    fn stands(&self) -> impl Iterator<Item = &Fault> {
        let stands = self.list.iter().filter(|standing| matches!(standing.stage, Stage::Stands(_)));
        stands.map(|standing| &standing.fault)
    }

    // Time.

    /// When the next fault begins or is over.
    pub(crate) fn soonest(&self) -> Option<Duration> {
        self.list.iter().filter_map(Standing::due).min()
    }

    /// Begins or ends the fault that is due the soonest; says what begins.
    pub(crate) fn turn(&mut self, now: Duration) -> Option<Trouble> {
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
    pub(crate) fn connect(&mut self, now: Duration) -> Fate {
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
            self.strike(now, id);
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

    /// The fault strikes: it begins if it has not, and says what happens.
    pub(crate) fn strike(&mut self, now: Duration, id: u64) -> Option<Trouble> {
        let standing = self.list.iter().find(|standing| standing.id == id)?;
        let trouble = standing.fault.what;
        if standing.stage == Stage::Watches {
            self.begin(now, now, id);
        }
        let is_spent = |standing: &Standing| standing.occasion.has_counted_all();
        if self.list.iter().any(|standing| standing.id == id && is_spent(standing)) {
            self.end(now, id);
        }
        Some(trouble)
    }

    /// The connection is over.
    pub(crate) fn forget(&mut self, conn: Conn) {
        for standing in &mut self.list {
            standing.occasion.forget(conn);
        }
    }

    fn begin(&mut self, now: Duration, at: Duration, id: u64) {
        let Some(standing) = self.list.iter_mut().find(|standing| standing.id == id) else {
            return;
        };
        let Fault { what, lasts, .. } = standing.fault;
        // A time past the end of time never comes.
        standing.stage = Stage::Stands(lasts.and_then(|lasts| at.checked_add(lasts)));
        if self.spells.len() == SPELLS_MAX {
            self.spells.pop_front();
        }
        let fault = standing.fault.clone();
        let is_of_some = matches!(fault.when, When::Connects { .. });
        self.spells.push_back(Spell { fault, began: at, ended: None, id });
        if what.is_momentary() && lasts.is_none() && !is_of_some {
            self.end(now, id);
        }
    }

    fn end(&mut self, now: Duration, id: u64) {
        self.list.retain(|standing| standing.id != id);
        if let Some(spell) = self.spells.iter_mut().rfind(|spell| spell.id == id) {
            spell.ended = Some(now);
        }
    }
}

impl Fate {
    fn suffer(&mut self, now: Duration, fault: &Fault) {
        let Fault { what, ref when, lasts, .. } = *fault;
        self.is_refused |= matches!(what, Trouble::Refuse | Trouble::Down);
        if let Some(ending) = ending(what) {
            self.ends = Some(ending);
        }
        if what == Trouble::Silent && matches!(when, When::Connects { .. }) {
            let until = lasts.and_then(|lasts| now.checked_add(lasts));
            self.mute_until = Some(until.unwrap_or(Duration::MAX));
        }
    }
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
