//! `print`: a line of values with TABs between them.
//!
//! Beyond the full call its upvalues are a table that holds the table of numbers by which values
//! without a text of their own are known, and a function that gives the next number.

use super::{Bare, Outcome, bytes, number, run};
use mlua::ffi::{self, lua_State};
use std::ffi::c_int;
use std::io::Write;

const NUMBERS: c_int = 3;
const GIVE_NUMBER: c_int = 4;

/// Room for a line as scripts usually print them, in bytes.
const LINE_BYTES_USUAL: usize = 64;

/// Whole numbers from here on are written with an exponent.
const WHOLE_MAX: f64 = 1e15;

/// What a value without a text of its own shows for its address: the first, and how far apart.
const ADDRESSES: (u64, u64) = (0x10000, 32);

/// Stack slots that numbering a value takes, besides the number itself.
const SLOTS: c_int = 4;

pub(super) unsafe extern "C-unwind" fn print_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours. Numbering raises errors while nothing of Rust's is there to be
    // lost; writing the line, which makes something, raises none.
    unsafe {
        let count = ffi::lua_gettop(state);
        if !(1..=count).all(|index| is_plain(state, index)) {
            return run(state, |_| None);
        }
        ffi::luaL_checkstack(state, count + SLOTS, c"too many values to print".as_ptr());
        for index in 1..=count {
            if kind(state, index).is_some() {
                push_number(state, index);
            }
        }
        run(state, |bare| say(bare, state, count))
    }
}

/// Whether the value needs no metamethod, and no text that only Lua can make.
unsafe fn is_plain(state: *mut lua_State, index: c_int) -> bool {
    // SAFETY: nothing here takes more than one slot of the stack, or raises.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TNIL | ffi::LUA_TBOOLEAN | ffi::LUA_TSTRING => true,
            ffi::LUA_TNUMBER => is_whole(ffi::lua_tonumber(state, index)),
            ffi::LUA_TTABLE => {
                let has_metatable = ffi::lua_getmetatable(state, index) != 0;
                if has_metatable {
                    ffi::lua_pop(state, 1);
                }
                !has_metatable
            }
            ffi::LUA_TFUNCTION | ffi::LUA_TTHREAD => true,
            _ => false,
        }
    }
}

/// Whether Lua writes the number by its digits alone.
fn is_whole(number: f64) -> bool {
    number.trunc() == number
        && number.abs() < WHOLE_MAX
        && (number != 0.0 || number.is_sign_positive())
}

/// What the value is called where it has no text of its own.
unsafe fn kind(state: *mut lua_State, index: c_int) -> Option<&'static str> {
    // SAFETY: any index may be asked for.
    match unsafe { ffi::lua_type(state, index) } {
        ffi::LUA_TTABLE => Some("table"),
        ffi::LUA_TFUNCTION => Some("function"),
        ffi::LUA_TTHREAD => Some("thread"),
        _ => None,
    }
}

/// Pushes the number by which the value is known, which it is given where it has none.
unsafe fn push_number(state: *mut lua_State, index: c_int) {
    // SAFETY: the caller has made room; the upvalues are what they are said to be.
    unsafe {
        ffi::lua_rawgeti(state, ffi::lua_upvalueindex(NUMBERS), 1);
        ffi::lua_pushvalue(state, index);
        ffi::lua_rawget(state, -2);
        ffi::lua_remove(state, -2);
        if ffi::lua_type(state, -1) == ffi::LUA_TNIL {
            ffi::lua_pop(state, 1);
            ffi::lua_pushvalue(state, ffi::lua_upvalueindex(GIVE_NUMBER));
            ffi::lua_pushvalue(state, index);
            ffi::lua_call(state, 1, 1);
        }
    }
}

/// Says the line of the first `count` values. On top of them are the numbers of some, in order.
unsafe fn say(bare: &Bare, state: *mut lua_State, count: c_int) -> Outcome {
    let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
    let mut numbers = count;
    for index in 1..=count {
        if index > 1 {
            line.push(b'\t');
        }
        // SAFETY: the values stay on the stack, and there is a number for each that has a kind.
        unsafe {
            if let Some(text) = bytes(state, index) {
                line.extend_from_slice(text);
            } else if let Some(number) = number(state, index) {
                write!(line, "{}", number as i64).ok()?;
            } else if let Some(kind) = kind(state, index) {
                numbers += 1;
                let (first, apart) = ADDRESSES;
                let address = first + ffi::lua_tonumber(state, numbers) as u64 * apart;
                write!(line, "{kind}: 0x{address:08x}").ok()?;
            } else if ffi::lua_type(state, index) == ffi::LUA_TNIL {
                line.extend_from_slice(b"nil");
            } else if ffi::lua_toboolean(state, index) != 0 {
                line.extend_from_slice(b"true");
            } else {
                line.extend_from_slice(b"false");
            }
        }
    }
    // The full call is to see the values alone.
    // SAFETY: it only lets go of what was pushed.
    unsafe { ffi::lua_settop(state, count) };
    if !bare.budget.keeps(line.len()) {
        return None;
    }
    bare.with_board(|board| board.print(line))?;
    Some(0)
}
