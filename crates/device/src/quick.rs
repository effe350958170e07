//! The five calls that a busy script makes for every message, as bare C functions.
//!
//! mlua's way of calling Rust costs more than what these do. So each takes the usual arguments
//! straight from Lua's stack; whatever else it is given goes to the function of the same name in
//! `api`, which says what is wrong with it, or takes it nevertheless.
#![expect(unsafe_code, reason = "a call by mlua costs several times what these calls do")]

use crate::board::{Board, Utterance};
use crate::vm::Running;
use holdline_modem::{SocketId, TimerId};
use mlua::ffi::{
    LUA_MULTRET, LUA_TBOOLEAN, LUA_TNIL, LUA_TNUMBER, LUA_TSTRING, lua_call, lua_gettop,
    lua_insert, lua_pushboolean, lua_pushcclosure, lua_pushinteger, lua_pushlstring, lua_pushvalue,
    lua_toboolean, lua_tolstring, lua_tonumber, lua_touserdata, lua_type, lua_upvalueindex,
};
use mlua::{Function, LightUserData, Lua, Result, lua_CFunction, lua_State};
use std::ffi::c_int;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::abort;
use std::slice;
use std::time::Duration;

/// Room for a line as scripts usually print them, in bytes.
const LINE_BYTES_USUAL: usize = 64;

/// The longest timer, in milliseconds: ids and times are 31-bit on the module.
pub(crate) const TIMER_MS_MAX: f64 = 2_147_483_647.0;

/// Whole numbers below this are told apart by Lua.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The quick form of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quick {
    Say,
    TimerStart,
    TimerStop,
    SockSend,
    SockRecv,
}

impl Quick {
    const fn function(self) -> lua_CFunction {
        match self {
            Self::Say => say,
            Self::TimerStart => timer_start,
            Self::TimerStop => timer_stop,
            Self::SockSend => sock_send,
            Self::SockRecv => sock_recv,
        }
    }
}

/// Makes `quick` a function; what is not usual goes to `thorough`.
pub(crate) fn function(lua: &Lua, quick: Quick, thorough: Function) -> Result<Function> {
    let running = Running::of(lua).cast_mut().cast();
    // SAFETY: both upvalues are on the stack, and the closure takes exactly them.
    unsafe {
        lua.exec_raw((LightUserData(running), thorough), |state| {
            lua_pushcclosure(state, quick.function(), 2);
        })
    }
}

// What holds for all functions below. Lua calls them with a state whose stack has room for 20 values
// beyond the arguments, and with the upvalues that `function` gave. The first is the address of the
// state's `Running`, which is set once, before any function is made, and lives in a box until the
// state is closed. Errors leap over the frame of the function that raised them: so nothing that
// needs to be dropped is alive where Lua is asked for memory or is called, and `act` lets
// go of the board before. What they read from the stack without that does not raise: types, numbers
// and booleans, and strings that are strings already.

/// The place of the device whose script runs.
///
/// # Safety
/// `state` is that of a function that [`function`] made.
unsafe fn running<'a>(state: *mut lua_State) -> &'a Running {
    unsafe { &*lua_touserdata(state, lua_upvalueindex(1)).cast::<Running>().cast_const() }
}

/// Calls `act` with the board, if a script runs. A panic, which must not leap over Lua, ends the
/// process.
fn act<R>(running: &Running, act: impl FnOnce(&mut Board) -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(|| running.with(act))).unwrap_or_else(|_panic| abort())
}

/// Passes all arguments on to the thorough function, and its results back.
///
/// # Safety
/// As for [`running`]; nothing that needs to be dropped is alive in the caller.
unsafe fn thorough(state: *mut lua_State) -> c_int {
    unsafe {
        lua_pushvalue(state, lua_upvalueindex(2));
        lua_insert(state, 1);
        lua_call(state, lua_gettop(state) - 1, LUA_MULTRET);
        lua_gettop(state)
    }
}

/// The number at `at`, if there is one.
///
/// # Safety
/// As for [`running`].
unsafe fn number(state: *mut lua_State, at: c_int) -> Option<f64> {
    unsafe { (lua_type(state, at) == LUA_TNUMBER).then(|| lua_tonumber(state, at)) }
}

/// The string at `at`, which must be one already, for as long as it stays there.
///
/// # Safety
/// As for [`running`].
unsafe fn bytes<'a>(state: *mut lua_State, at: c_int) -> &'a [u8] {
    let mut len = 0;
    unsafe {
        let start = lua_tolstring(state, at, &raw mut len);
        slice::from_raw_parts(start.cast(), len)
    }
}

fn socket(number: f64) -> Option<SocketId> {
    (0.0..255.0).contains(&number).then_some(SocketId(number as u8))
}

fn timer(number: f64) -> Option<TimerId> {
    let id = number as u32;
    (f64::from(id) == number).then_some(TimerId(id))
}

unsafe extern "C-unwind" fn timer_start(state: *mut lua_State) -> c_int {
    unsafe {
        if let Some(id) = number(state, 1).and_then(timer)
            && let Some(ms) = number(state, 2)
        {
            let after = Duration::from_micros((ms.clamp(0.0, TIMER_MS_MAX) * 1000.0) as u64);
            if act(running(state), |board| board.modem.timer_start(id, after)).is_some() {
                lua_pushinteger(state, 1);
                return 1;
            }
        }
        thorough(state)
    }
}

unsafe extern "C-unwind" fn timer_stop(state: *mut lua_State) -> c_int {
    unsafe {
        if let Some(id) = number(state, 1).and_then(timer)
            && act(running(state), |board| board.modem.timer_stop(id)).is_some()
        {
            return 0;
        }
        thorough(state)
    }
}

unsafe extern "C-unwind" fn sock_send(state: *mut lua_State) -> c_int {
    unsafe {
        if let Some(id) = number(state, 1).and_then(socket)
            && lua_type(state, 2) == LUA_TSTRING
        {
            let bytes = bytes(state, 2);
            if act(running(state), |board| board.modem.send(id, bytes.to_vec())).is_some() {
                lua_pushinteger(state, 1);
                return 1;
            }
        }
        thorough(state)
    }
}

unsafe extern "C-unwind" fn sock_recv(state: *mut lua_State) -> c_int {
    unsafe {
        if let Some(id) = number(state, 1).and_then(socket)
            && let Some(max) = number(state, 2)
        {
            let max = max.clamp(0.0, f64::from(u32::MAX)) as usize;
            // The state holds the bytes while Lua makes a string of them, as that may raise.
            let running = running(state);
            if let Some(taken) = act(running, |board| board.modem.receive(id, max)) {
                let (start, len) = (taken.as_ptr(), taken.len());
                running.taken.set(taken);
                lua_pushlstring(state, start.cast(), len);
                running.taken.take();
                return 1;
            }
        }
        thorough(state)
    }
}

unsafe extern "C-unwind" fn say(state: *mut lua_State) -> c_int {
    unsafe {
        let count = lua_gettop(state);
        if (1..=count).any(|at| is_strange(state, at)) {
            lua_pushboolean(state, 0);
            return 1;
        }
        if (1..=count).all(|at| is_plain(state, at)) {
            let said =
                act(running(state), |board| board.said.push(Utterance::Print(line(state, count))));
            if said.is_some() {
                lua_pushboolean(state, 1);
                return 1;
            }
        }
        thorough(state)
    }
}

/// Whether the value at `at` has no text of its own, so that nobody but the prelude can print it.
///
/// # Safety
/// As for [`running`].
unsafe fn is_strange(state: *mut lua_State, at: c_int) -> bool {
    let kind = unsafe { lua_type(state, at) };
    !matches!(kind, LUA_TSTRING | LUA_TNUMBER | LUA_TBOOLEAN | LUA_TNIL)
}

/// Whether [`line`] can write the value at `at`.
///
/// # Safety
/// As for [`running`].
unsafe fn is_plain(state: *mut lua_State, at: c_int) -> bool {
    match unsafe { lua_type(state, at) } {
        LUA_TSTRING | LUA_TBOOLEAN | LUA_TNIL => true,
        LUA_TNUMBER => {
            let number = unsafe { lua_tonumber(state, at) };
            number.abs() < WHOLE_MAX && number.fract() == 0.0
        }
        _other => false,
    }
}

/// The first `count` values, all plain, with TABs between them.
///
/// # Safety
/// As for [`running`].
unsafe fn line(state: *mut lua_State, count: c_int) -> Vec<u8> {
    let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
    for at in 1..=count {
        if at > 1 {
            line.push(b'\t');
        }
        unsafe {
            match lua_type(state, at) {
                LUA_TSTRING => line.extend_from_slice(bytes(state, at)),
                LUA_TNUMBER => write_whole(&mut line, lua_tonumber(state, at) as i64),
                LUA_TBOOLEAN if lua_toboolean(state, at) != 0 => line.extend_from_slice(b"true"),
                LUA_TBOOLEAN => line.extend_from_slice(b"false"),
                _nil => line.extend_from_slice(b"nil"),
            }
        }
    }
    line
}

fn write_whole(line: &mut Vec<u8>, number: i64) {
    match u8::try_from(number) {
        Ok(digit @ 0..10) => line.push(b'0' + digit),
        // Writing to memory cannot fail.
        Ok(_) | Err(_) => drop(write!(line, "{number}")),
    }
}
