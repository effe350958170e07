//! Making a Lua state in an arena, and closing it.

use crate::arena::Arena;
use crate::vm::VmError;
use mlua::{Lua, StdLib, ffi};
use std::ffi::c_int;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::rc::Rc;

/// PUC Lua 5.1 with the libraries that the prelude needs. Files, clock and packages are ours.
///
/// mlua does not own the state, so it is closed here. Handles of its values may outlive it: they know
/// it weakly. A clone of the `Lua` would not, so nobody makes one.
pub(crate) struct State {
    lua: ManuallyDrop<Lua>,
    raw: NonNull<ffi::lua_State>,
    arena: Rc<Arena>,
}

impl State {
    /// Makes a state all of whose memory is in an arena of its own.
    #[expect(unsafe_code, reason = "mlua's own states have the system's memory, see `arena.rs`")]
    pub(crate) fn new() -> Result<Self, VmError> {
        let arena = Rc::new(Arena::new().map_err(mlua::Error::external)?);
        let place = Rc::as_ptr(&arena).cast_mut().cast();
        // SAFETY: `place` is an arena, for as long as the state is: `Self` has both, and closes the state
        // before it lets go of the arena. Neither can leave this thread.
        let raw = unsafe { ffi::lua_newstate(Arena::serve, place) };
        let no_memory = || mlua::Error::MemoryError("no room for it".to_owned());
        let raw = NonNull::new(raw).ok_or_else(no_memory)?;
        // Lua collects whole, from the first: in steps, what it finds in time depends on the order in which
        // it goes through mlua's own table, and that on where this program lies in memory.
        // SAFETY: the state is new; this sets a number.
        unsafe { ffi::lua_gc(raw.as_ptr(), ffi::LUA_GCSETSTEPMUL, 0) };
        // SAFETY: the state is new, and `open_base` is called by Lua, protected, with no arguments.
        let base = unsafe { ffi::lua_cpcall(raw.as_ptr(), open_base, ptr::null_mut()) };
        // SAFETY: the state lives until `drop`, and so does the only clone of what mlua keeps in it.
        let lua = unsafe { Lua::get_or_init_from_ptr(raw.as_ptr()) }.clone();
        let state = Self { lua: ManuallyDrop::new(lua), raw, arena };
        if base != ffi::LUA_OK {
            return Err(no_memory().into());
        }
        // mlua calls `debug` unsafe because its hooks, upvalues and registry can break what mlua relies
        // on. Only the prelude sees it, which uses `traceback` and `getinfo` (a traceback of another
        // coroutine is not to be had otherwise) and takes the table out of every script's reach before
        // the first script is loaded.
        state.load_std_libs(StdLib::TABLE | StdLib::STRING | StdLib::MATH | StdLib::DEBUG)?;
        Ok(state)
    }

    /// The memory that the state has.
    pub(crate) fn arena(&self) -> &Rc<Arena> {
        &self.arena
    }
}

impl Deref for State {
    type Target = Lua;

    fn deref(&self) -> &Lua {
        &self.lua
    }
}

impl Drop for State {
    #[expect(unsafe_code, reason = "see `new`")]
    fn drop(&mut self) {
        // SAFETY: `lua` is not used again. With it goes the last strong mention of the state outside of the
        // state itself, so mlua finds it gone once it is closed. It is closed once, while its arena is
        // there: other owners of the arena may be values of the state, this one is not.
        unsafe {
            ManuallyDrop::drop(&mut self.lua);
            ffi::lua_close(self.raw.as_ptr());
        }
    }
}

/// Opens Lua's basic functions.
#[expect(unsafe_code, reason = "see `State::new`")]
unsafe extern "C-unwind" fn open_base(raw: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua calls this with a state that has room for what a C function needs.
    unsafe { ffi::luaL_requiref(raw, c"_G".as_ptr(), ffi::luaopen_base, 1) };
    0
}
