//! A turn of a device that is in the main loop: one resume of the coroutine that takes turns.
//!
//! It is `take_turns` in `lua/sys.lua`, which takes a seat and a message and yields a mark when the turn is
//! over. Whatever else comes of a turn is for the prelude to see to.

use super::{Outcome, run};
use mlua::ffi::{self, lua_State};
use mlua::{Lua, Result, Value};
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};

/// The coroutine that takes turns, while it has none.
pub(crate) struct Turns {
    spare: Cell<*mut lua_State>,
    done: Cell<*const c_void>,
}

/// How a turn went.
pub(crate) enum Turn {
    /// It is over, and the device waits for the next message.
    Done,
    /// The coroutine is in it still, or has ended by an error.
    Open {
        /// Whether it has ended.
        is_error: bool,
        /// What it has yielded, or the error.
        tag: Value,
    },
}

impl Default for Turns {
    fn default() -> Self {
        Self { spare: Cell::new(null_mut()), done: Cell::new(null()) }
    }
}

impl Turns {
    /// Takes a turn; nothing where no coroutine is there for it.
    pub(crate) fn take(&self, lua: &Lua, message: [u32; 5]) -> Option<Result<Turn>> {
        let spare = self.spare.replace(null_mut());
        if spare.is_null() {
            return None;
        }
        // SAFETY: `take_turns` is suspended in a yield, so its stack has room for what a C function needs, and
        // the prelude holds the coroutine. A resume is protected by itself.
        let status = unsafe {
            for number in message {
                ffi::lua_pushnumber(spare, number.into());
            }
            ffi::lua_resume_(spare, message.len() as c_int)
        };
        // SAFETY: whatever the coroutine has come to, its results are on its stack.
        unsafe {
            if status == ffi::LUA_YIELD && ffi::lua_topointer(spare, 1) == self.done.get() {
                ffi::lua_settop(spare, 0);
                self.spare.set(spare);
                return Some(Ok(Turn::Done));
            }
        }
        Some(open_turn(lua, spare, status != ffi::LUA_YIELD))
    }
}

/// Takes what a coroutine has yielded first, or its error, off its stack.
fn open_turn(lua: &Lua, coroutine: *mut lua_State, is_error: bool) -> Result<Turn> {
    // SAFETY: the coroutine is held by the prelude and does not run; one value moves to this stack, which
    // has room for what a C function needs, in the same Lua state. A value that a yield lacks is nil.
    let tag = unsafe {
        lua.exec_raw((), |state| {
            if !is_error {
                ffi::lua_settop(coroutine, 1);
            }
            ffi::lua_xmove(coroutine, state, 1);
        })
    }?;
    Ok(Turn::Open { is_error, tag })
}

/// `spare(coroutine, mark)`: this coroutine has ended a turn by yielding `mark`, and may have the next.
pub(super) unsafe extern "C-unwind" fn spare_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours; nothing in `act` raises.
    unsafe {
        run(state, |bare| -> Outcome {
            bare.turns.spare.set(ffi::lua_tothread(state, 1));
            bare.turns.done.set(ffi::lua_topointer(state, 2));
            Some(0)
        })
    }
}
