//! `print`: a line of values with TABs between them.

use super::{Bare, Outcome, run};
use mlua::ffi::{self, lua_State};
use std::ffi::c_int;

/// Room for a line as scripts usually print them, in bytes.
const LINE_BYTES_USUAL: usize = 64;

/// Whole numbers from here on are written with an exponent.
const WHOLE_MAX: f64 = 1e15;

/// What a value without a text of its own shows for its address: the first, and how far apart.
const ADDRESSES: (u64, u64) = (0x10000, 32);

const HEX: &[u8; 16] = b"0123456789abcdef";

pub(super) unsafe extern "C-unwind" fn print_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours; nothing in `act` raises.
    unsafe { run(state, |bare| say(bare, state)) }
}

/// Says the line of all values.
///
/// # Safety
///
/// `state` is running a C function.
unsafe fn say(bare: &Bare, state: *mut lua_State) -> Outcome {
    let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
    // SAFETY: by the promise above, and each index is that of an argument.
    unsafe {
        for index in 1..=ffi::lua_gettop(state) {
            if index > 1 {
                line.push(b'\t');
            }
            write_value(bare, state, index, &mut line)?;
        }
    }
    if !bare.budget.keeps(line.len()) {
        return None;
    }
    bare.with_board(|board| board.print(line))?;
    Some(0)
}

/// Writes a value, unless it needs a metamethod or has a text that only Lua can make.
///
/// # Safety
///
/// `state` is running a C function, and `index` is that of an argument.
unsafe fn write_value(
    bare: &Bare,
    state: *mut lua_State,
    index: c_int,
    line: &mut Vec<u8>,
) -> Option<()> {
    // SAFETY: nothing here raises, or takes more of the stack than a C function has; a string is not
    // converted, and stays where it is while it is an argument.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::LUA_TSTRING => {
                let mut len = 0;
                let start = ffi::lua_tolstring(state, index, &raw mut len);
                line.extend_from_slice(std::slice::from_raw_parts(start.cast(), len));
            }
            ffi::LUA_TNUMBER => {
                let number = ffi::lua_tonumber(state, index);
                if !is_whole(number) {
                    return None;
                }
                line.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
            }
            ffi::LUA_TNIL => line.extend_from_slice(b"nil"),
            ffi::LUA_TBOOLEAN if ffi::lua_toboolean(state, index) != 0 => {
                line.extend_from_slice(b"true");
            }
            ffi::LUA_TBOOLEAN => line.extend_from_slice(b"false"),
            ffi::LUA_TTABLE if ffi::lua_getmetatable(state, index) != 0 => {
                ffi::lua_pop(state, 1);
                return None;
            }
            ffi::LUA_TTABLE => write_address(bare, state, index, "table", line)?,
            ffi::LUA_TFUNCTION => write_address(bare, state, index, "function", line)?,
            ffi::LUA_TTHREAD => write_address(bare, state, index, "thread", line)?,
            _ => return None,
        }
    }
    Some(())
}

/// Whether Lua writes the number by its digits alone.
fn is_whole(number: f64) -> bool {
    number.trunc() == number
        && number.abs() < WHOLE_MAX
        && (number != 0.0 || number.is_sign_positive())
}

/// Writes what is shown for a value that has no text of its own.
///
/// # Safety
///
/// At `index` is a table, a function or a coroutine.
unsafe fn write_address(
    bare: &Bare,
    state: *mut lua_State,
    index: c_int,
    kind: &str,
    line: &mut Vec<u8>,
) -> Option<()> {
    // SAFETY: any value may be asked for its address; these are blocks of the arena.
    let at = unsafe { ffi::lua_topointer(state, index) };
    let number = bare.with_board(|board| bare.number(board, at))?;
    let (first, apart) = ADDRESSES;
    line.extend_from_slice(kind.as_bytes());
    line.extend_from_slice(b": 0x");
    write_hex(first + u64::from(number) * apart, line);
    Some(())
}

/// Writes a number in eight digits or more, as `%08x` does.
fn write_hex(number: u64, line: &mut Vec<u8>) {
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(8);
    line.extend((0..digits).rev().map(|digit| HEX[(number >> (4 * digit)) as usize % HEX.len()]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_eight_hexadecimal_digits_or_more() {
        for number in [0, 1, 0x10_0000, 0x89AB_CDEF, 0x1_2345_6789, u64::MAX] {
            let mut line = Vec::new();
            write_hex(number, &mut line);
            assert_eq!(String::from_utf8(line).unwrap(), format!("{number:08x}"));
        }
    }
}
