//! What one turn of a script may cost, from one wait to the next: the instruction watchdog.
//!
//! It is counted in Lua instructions and not in time, so that a run in virtual time ends in the same
//! instruction each time. Turns at one moment have one budget: in virtual time a script whose waits end
//! at once could take turns for ever, and no time would pass.

use crate::notice::Place;
use std::cell::{Cell, RefCell};

/// Lua instructions that a script may run without waiting: work of several seconds, and an endless
/// loop ends within a few.
pub const TURN_INSTRUCTIONS_MAX: u64 = 500_000_000;

/// Instructions from one look at the budget to the next.
pub(crate) const INSTRUCTIONS_PER_LOOK: u32 = 10_000;

/// Looks that may find the budget spent in the midst of the library, where no line of the script's own can
/// be told: the next one may find one.
const LOOKS_OVER_MAX: u32 = 1_000;

/// What a turn counts for by itself.
const TURN_COST: u64 = 1_000;

/// What a call counts for that leaves something to be kept on this side: a line, a send, a timer.
const KEPT_CALL_COST: u64 = 500;

/// What each byte of it counts for, so that a turn leaves some 16 MB at most.
const KEPT_BYTE_COST: u64 = 32;

/// What a coroutine counts for, whose own count begins anew.
const COROUTINE_COST: u64 = INSTRUCTIONS_PER_LOOK as u64 / 2;

/// Where a script was that did not let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The innermost line of the script itself, if it has one.
    pub place: Option<Place>,
    /// The calls that led there, as Lua's traceback shows them.
    pub traceback: String,
}

/// The budget of the turn under way.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) turn_max: Cell<u64>,
    left: Cell<u64>,
    looks_over: Cell<u32>,
    stuck: RefCell<Option<Stuck>>,
    is_stuck: Cell<bool>,
}

impl Budget {
    pub(crate) fn new(turn_max: u64) -> Self {
        Self {
            turn_max: Cell::new(turn_max),
            left: Cell::new(u64::MAX),
            looks_over: Cell::new(0),
            stuck: RefCell::default(),
            is_stuck: Cell::default(),
        }
    }

    /// A turn begins, of a device that has `spent` so many instructions at this moment.
    pub(crate) fn begin(&self, spent: u64) {
        self.left.set(self.turn_max.get().saturating_sub(spent + TURN_COST));
        if spent == 0 {
            self.looks_over.set(0);
        }
    }

    /// A turn has ended; what is spent at this moment, and where the script was, if it did not let go
    /// by itself.
    pub(crate) fn end(&self) -> (u64, Option<Stuck>) {
        // What the library does between two turns is no script's.
        let spent = self.turn_max.get().saturating_sub(self.left.replace(u64::MAX));
        self.is_stuck.set(false);
        (spent, self.stuck.take())
    }

    /// Takes the instructions since the last look; whether some are left.
    pub(crate) fn look(&self) -> bool {
        self.spend(u64::from(INSTRUCTIONS_PER_LOOK))
    }

    /// Lets a turn that has spent all go on to the next look, so many times; whether it may.
    pub(crate) fn goes_over(&self) -> bool {
        let looks = self.looks_over.get();
        self.looks_over.set(looks + 1);
        !self.is_stuck.get() && looks < LOOKS_OVER_MAX
    }

    /// Counts a call that leaves `bytes` to be kept on this side; whether the budget allows it.
    pub(crate) fn keep(&self, bytes: usize) -> bool {
        self.spend(KEPT_CALL_COST + bytes as u64 * KEPT_BYTE_COST)
    }

    /// Counts such a call if the budget allows it, and nothing if not.
    pub(crate) fn keeps(&self, bytes: usize) -> bool {
        let cost = KEPT_CALL_COST + bytes as u64 * KEPT_BYTE_COST;
        let allows = self.left.get() > cost;
        if allows {
            self.left.set(self.left.get() - cost);
        }
        allows
    }

    /// Counts a coroutine; whether the budget allows it.
    pub(crate) fn coroutine(&self) -> bool {
        self.spend(COROUTINE_COST)
    }

    /// Whether the script is to be thrown out of all that it does.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_stuck.get()
    }

    /// Remembers where the script was when it was first found stuck.
    pub(crate) fn set_stuck(&self, find: impl FnOnce() -> Stuck) {
        if !self.is_stuck.replace(true) {
            self.stuck.replace(Some(find()));
        }
    }

    /// The instructions that are left.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    /// Takes `cost` instructions; whether some are left.
    pub(crate) fn spend(&self, cost: u64) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(cost));
        left > cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_at_one_moment_have_one_budget() {
        let budget = Budget::new(100 * TURN_COST);
        let mut spent = 0;
        let turns = (0..u64::MAX).take_while(|_| {
            budget.begin(spent);
            let is_allowed = budget.spend(TURN_COST);
            spent = budget.end().0;
            is_allowed
        });
        assert_eq!(turns.count(), 49);
    }

    #[test]
    fn a_moment_goes_over_its_budget_so_many_times() {
        let budget = Budget::new(TURN_COST);
        for spent in [0, TURN_COST, 0] {
            budget.begin(spent);
            let looks = (0..u64::MAX).take_while(|_| !budget.look() && budget.goes_over()).count();
            let expected = if spent == 0 { LOOKS_OVER_MAX } else { 0 };
            assert_eq!(looks, expected as usize, "spent before: {spent}");
        }
    }

    #[test]
    fn a_turn_keeps_a_bounded_number_of_bytes() {
        let budget = Budget::new(TURN_INSTRUCTIONS_MAX);
        budget.begin(0);
        let kept = (0..u64::MAX).take_while(|_| budget.keep(100_000)).count() * 100_000;
        assert!((10_000_000..20_000_000).contains(&kept), "{kept}");
    }
}
