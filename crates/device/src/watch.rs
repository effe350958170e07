//! Watching a script from inside its Lua state: the hook that counts its instructions.
//!
//! Lua 5.1 counts by coroutine, and a new coroutine takes the hook of the one that makes it: set
//! before the first coroutine, it is on all. An error that it raises is raised again by `pcall` and
//! its kin (see `plain_error` in `lua/ground/prelude.lua`), so no script can keep it.

use crate::budget::{Budget, INSTRUCTIONS_PER_LOOK, Stuck};
use crate::heap::Heap;
use crate::notice::Place;
use mlua::{HookTriggers, Lua, Result, Value, VmState};
use std::rc::Rc;

/// Calls that are searched for a line of the script's own.
const PLACE_LEVELS_MAX: usize = 40;

/// What Lua says where a script has taken all memory that it may have.
pub(crate) const OUT_OF_MEMORY: &str = "not enough memory";

/// What a stuck script is thrown out with. It never reads it.
const THROWN_OUT: &str = "the script has not waited for too long";

/// Watches all that runs in `lua` from here on.
pub(crate) fn begin(lua: &Lua, budget: &Rc<Budget>, heap: &Rc<Heap>) -> Result<()> {
    lua.set_app_data(Rc::clone(budget));
    lua.set_app_data(Rc::clone(heap));
    let (budget, heap) = (Rc::clone(budget), Rc::clone(heap));
    let triggers = HookTriggers::new().every_nth_instruction(INSTRUCTIONS_PER_LOOK);
    lua.set_global_hook(triggers, move |lua, _| {
        allow(lua, &budget, budget.look())?;
        heap.settle(lua);
        Ok(VmState::Continue)
    })
}

/// Counts a call that leaves `bytes` to be kept on this side, such as a line or a send.
pub(crate) fn keep(lua: &Lua, bytes: usize) -> Result<()> {
    let budget = budget(lua);
    allow(lua, &budget, budget.keep(bytes))
}

/// Counts a new coroutine.
pub(crate) fn coroutine(lua: &Lua) -> Result<()> {
    let budget = budget(lua);
    allow(lua, &budget, budget.coroutine())
}

/// Counts `steps` of work that are as good as instructions.
pub(crate) fn spend(lua: &Lua, steps: u64) -> Result<()> {
    let budget = budget(lua);
    allow(lua, &budget, budget.spend(steps))
}

/// Throws the script out where its budget is spent; not where no line of its own can be told, unless that
/// is so again and again.
fn allow(lua: &Lua, budget: &Budget, is_within: bool) -> Result<()> {
    let may_go_on = is_within || place(lua).is_none() && budget.goes_over();
    if may_go_on { Ok(()) } else { Err(throw_out(lua, budget)) }
}

/// The instructions that the turn may still have.
pub(crate) fn left(lua: &Lua) -> u64 {
    budget(lua).left()
}

/// The error that ends a turn whose budget is spent.
pub(crate) fn spent(lua: &Lua) -> mlua::Error {
    throw_out(lua, &budget(lua))
}

/// The largest number of bytes that one value of a script may have.
pub(crate) fn heap_bytes(lua: &Lua) -> usize {
    lua.app_data_ref::<Rc<Heap>>().expect("set when the state was made").limit_bytes()
}

/// A script has caught `error`: where it is about memory, there is a little more for what it does
/// about it in this turn.
#[expect(clippy::wildcard_enum_match_arm, reason = "a script may throw any value")]
pub(crate) fn relieve(lua: &Lua, error: &Value) {
    let is_out = match error {
        Value::String(words) => *words == OUT_OF_MEMORY,
        Value::Error(error) => plain_words(error).ends_with(OUT_OF_MEMORY),
        _ => false,
    };
    if is_out {
        lua.app_data_ref::<Rc<Heap>>().expect("set when the state was made").relieve();
    }
}

/// The error that throws a stuck script out, if it is stuck.
pub(crate) fn thrown_out(lua: &Lua) -> Result<()> {
    if budget(lua).is_stuck() { Err(mlua::Error::runtime(THROWN_OUT)) } else { Ok(()) }
}

fn budget(lua: &Lua) -> Rc<Budget> {
    Rc::clone(&*lua.app_data_ref::<Rc<Budget>>().expect("set when the state was made"))
}

fn throw_out(lua: &Lua, budget: &Budget) -> mlua::Error {
    budget.set_stuck(|| {
        let traceback = lua.traceback(None, 0).map(|text| text.to_string_lossy());
        Stuck { place: place(lua), traceback: traceback.unwrap_or_default() }
    });
    mlua::Error::runtime(THROWN_OUT)
}

/// The innermost line of the script's own that runs.
fn place(lua: &Lua) -> Option<Place> {
    (0..PLACE_LEVELS_MAX).find_map(|level| place_at(lua, level)?)
}

/// The line of the script that runs at `level`, or that none does; nothing beyond the last call.
fn place_at(lua: &Lua, level: usize) -> Option<Option<Place>> {
    lua.inspect_stack(level, |call| {
        let source = call.source().source?;
        let line = u32::try_from(call.current_line()?).ok()?;
        Some(Place { file: source.strip_prefix('@')?.to_owned(), line })
    })
}

/// An error as Lua would word it.
pub(crate) fn plain_words(error: &mlua::Error) -> String {
    if let mlua::Error::CallbackError { cause, .. } = error {
        return plain_words(cause);
    }
    let is_out = matches!(error, mlua::Error::MemoryError(_));
    if is_out { OUT_OF_MEMORY.to_owned() } else { error.to_string() }
}
