//! How much of Lua's memory a script may take.
//!
//! Lua 5.1 has no emergency collection: an allocation beyond the limit fails though garbage may be
//! plenty. So garbage is collected in whole as soon as there is a tenth of it, and earlier the less
//! room is left; then the limit counts little but what is in use.
//!
//! Collecting costs time in proportion to what is in use. Where that counts more than memory, garbage is
//! let grow to half of it while the heap is nearly empty: at most a quarter of the limit is taken.

use crate::arena::Arena;
use crate::vm::{Sharing, VmError};
use mlua::Lua;
use mlua::state::{GcIncParams, GcMode};
use std::cell::Cell;
use std::rc::Rc;

/// Bytes that all devices of a shared Lua state may take together: whose they are cannot be told.
pub const SHARED_HEAP_BYTES_MAX: usize = 4 * 1024 * 1024 * 1024;

/// Bytes that one text may have where devices share a heap, or have no limit.
const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How much larger values are here than on a module: pointers have 8 bytes rather than 4.
const WIDTH: usize = size_of::<usize>() / 4;

/// The heap may grow to this much of what is in use, in percent, before garbage is collected.
const PAUSE_PERCENT: i32 = 110;
const PAUSE_PERCENT_MIN: i32 = 102;

/// The same where collecting is to be seldom, while there is room in plenty. Between two looks at the
/// heap a script may well fill more than a quarter of it, so this must leave room for a collection or two
/// that Lua begins by itself.
const PAUSE_PERCENT_SELDOM: i32 = 150;

/// What a script has more for the rest of a turn in which it ran out, so that its error can be told.
const RELIEF_BYTES: usize = 64 * 1024;

/// The heap of one Lua state.
#[derive(Debug)]
pub(crate) struct Heap {
    sharing: Sharing,
    arena: Rc<Arena>,
    /// What the ground takes that scripts stand on, which is no script's.
    ground_bytes: Cell<usize>,
    /// All that may be taken; the largest number for no limit.
    limit_bytes: Cell<usize>,
    is_relieved: Cell<bool>,
    /// Whether collecting is to be seldom, and whether it is now.
    may_be_seldom: Cell<bool>,
    is_seldom: Cell<bool>,
    /// Where garbage is collected without waiting for Lua to do it.
    collect_at_bytes: Cell<usize>,
}

impl Heap {
    /// The heap of a state that is about to be furnished.
    pub(crate) fn new(sharing: Sharing, arena: Rc<Arena>) -> Self {
        let (ground_bytes, limit_bytes) = (Cell::new(0), Cell::new(usize::MAX));
        Self {
            sharing,
            arena,
            ground_bytes,
            limit_bytes,
            is_relieved: Cell::new(false),
            may_be_seldom: Cell::new(false),
            is_seldom: Cell::new(false),
            collect_at_bytes: Cell::new(usize::MAX),
        }
    }

    /// All that is there now is the ground.
    pub(crate) fn stand(&self, lua: &Lua) -> Result<(), VmError> {
        set_pause(lua, PAUSE_PERCENT);
        lua.gc_collect()?;
        self.ground_bytes.set(self.arena.used_bytes());
        if self.sharing == Sharing::Shared {
            self.set_limit(SHARED_HEAP_BYTES_MAX);
        }
        Ok(())
    }

    /// Sets what the script may take besides the ground, in bytes of a module.
    pub(crate) fn limit(&self, bytes: usize) {
        if self.sharing == Sharing::Alone {
            self.set_limit(bytes.saturating_mul(WIDTH).saturating_add(self.ground_bytes.get()));
        }
    }

    /// From here on garbage is collected seldom while there is room in plenty. Not where devices share a
    /// state: theirs would leave its pages half empty.
    pub(crate) fn collect_seldom(&self, lua: &Lua) {
        if self.sharing == Sharing::Shared {
            return;
        }
        self.may_be_seldom.set(true);
        self.is_seldom.set(true);
        self.collect_at_bytes.set(plenty(self.limit_bytes.get()));
        set_pause(lua, PAUSE_PERCENT_SELDOM);
    }

    /// Whether it is to be collected seldom.
    pub(crate) fn may_be_seldom(&self) -> bool {
        self.may_be_seldom.get()
    }

    /// Collects garbage where room runs short.
    pub(crate) fn settle(&self, lua: &Lua) {
        if self.arena.used_bytes() <= self.collect_at_bytes.get() {
            return;
        }
        self.collect(lua);
        let (limit, used) = (self.limit_bytes.get(), self.arena.used_bytes().max(1));
        if self.is_seldom.get() && used < plenty(limit) / 4 * 3 {
            return;
        }
        self.is_seldom.set(false);
        let room = limit.saturating_sub(used) / 2;
        self.collect_at_bytes.set(collect_at(limit).max(used + room));
        let percent = i32::try_from((used + room).saturating_mul(100) / used).unwrap_or(i32::MAX);
        set_pause(lua, percent.clamp(PAUSE_PERCENT_MIN, PAUSE_PERCENT));
    }

    /// The largest number of bytes that one value may have.
    pub(crate) fn limit_bytes(&self) -> usize {
        self.limit_bytes.get().min(VALUE_BYTES_MAX)
    }

    /// The script has run out, and gets a little more until the turn ends.
    pub(crate) fn relieve(&self) {
        if !self.is_relieved.replace(true) {
            self.arena.limit(self.limit_bytes.get().saturating_add(RELIEF_BYTES));
        }
    }

    /// A turn has ended.
    pub(crate) fn end_turn(&self, lua: &Lua) {
        if self.is_relieved.replace(false) {
            self.arena.limit(self.limit_bytes.get());
        }
        self.settle(lua);
    }

    /// Lets Lua take what it needs from here on: the script has ended.
    pub(crate) fn lift(&self) {
        if self.sharing == Sharing::Alone {
            self.set_limit(usize::MAX);
        }
    }

    /// Collects all garbage, for which even a full heap must have the room that the call takes.
    fn collect(&self, lua: &Lua) {
        let limit = self.arena.limit(usize::MAX);
        // It can fail only by an error of a finalizer, and scripts have none.
        let _ = lua.gc_collect();
        self.arena.limit(limit);
    }

    fn set_limit(&self, bytes: usize) {
        self.limit_bytes.set(bytes);
        let is_seldom = self.is_seldom.get();
        self.collect_at_bytes.set(if is_seldom { plenty(bytes) } else { collect_at(bytes) });
        self.arena.limit(bytes);
    }
}

fn collect_at(limit: usize) -> usize {
    limit / 10 * 8
}

/// What may be taken while there is room in plenty.
fn plenty(limit: usize) -> usize {
    limit / 4
}

/// Sets when a collection begins, and that it is then carried out in whole (by Lua 5.1's rule, a
/// step multiplier of zero): in steps, it would fall behind a script that makes large strings.
fn set_pause(lua: &Lua, percent: i32) {
    let params = GcIncParams::default().pause(percent).step_multiplier(0);
    lua.gc_set_mode(GcMode::Incremental(params));
}
