//! `pack`: values to bytes and back, after the public-domain library `lpack`.
//!
//! A format is a row of letters, each with an optional repeat count; blanks and commas between
//! them mean nothing. `<`, `>` and `=` set the byte order for what follows: little, big, and the
//! device's own, which is little and where every call starts.
//!
//! | letter | bytes | value |
//! | --- | --- | --- |
//! | `z` | its length + 1 | string, ended by a zero byte |
//! | `p` `P` `a` | 1, 2 or 4, and its length | string behind its length |
//! | `A` | its length | string as it is; in `unpack` the count is its length |
//! | `f` `d` `n` | 4, 8, 8 | number as `float`, `double`, `double` |
//! | `c` `h` `i` `l` | 1, 2, 4, 8 | signed whole number |
//! | `b` `H` `I` `L` | 1, 2, 4, 8 | unsigned whole number |

mod format;
mod number;
#[cfg(test)]
mod tests;

use mlua::{Error, FromLua, Lua, LuaString, MultiValue, Result, Table, Value};

use self::format::{Code, Format, Step};
use self::number::{Number, Order};
use super::{bad_argument, define};

/// The most bytes one `pack.pack` makes; a module's whole Lua heap is little larger.
const PACKED_BYTES_MAX: usize = 1 << 20;

/// The most values one `pack.unpack` returns: Lua 5.1 has room for 8000 between two calls.
const RESULTS_MAX: usize = 4096;

/// The table `pack`.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let pack = lua.create_table()?;
    define(lua, &pack, "pack.pack", pack_values)?;
    define(lua, &pack, "pack.unpack", unpack)?;
    Ok(pack)
}

/// `pack(format, ...) -> string`
///
/// Raises for a letter that is none, and for a value that is missing or does not fit its letter.
fn pack_values(lua: &Lua, (format, values): (LuaString, MultiValue)) -> Result<LuaString> {
    let mut packer = Packer { lua, values, taken: 0, order: Order::Little, packed: Vec::new() };
    for step in Format::new(&format.as_bytes()) {
        let step = step.map_err(|bad| bad_argument("pack.pack", 1, bad.to_string()))?;
        packer.pack(step)?;
    }
    lua.create_string(packer.packed)
}

/// `unpack(string, format[, init]) -> next, ...`
///
/// Reads from byte `init` on, 1 if not given. Where the string ends before the format does, it
/// returns what it has; `next` is where to go on. A `z` string that lacks its zero byte ends with the
/// string, and `next` counts the zero all the same.
fn unpack(
    lua: &Lua,
    (source, format, init): (LuaString, LuaString, Option<i64>),
) -> Result<MultiValue> {
    let at = init.unwrap_or(1).checked_sub(1).and_then(|at| usize::try_from(at).ok());
    let at = at.ok_or_else(|| bad_argument("pack.unpack", 3, "expected a place of 1 or more"))?;
    let (source, format) = (source.as_bytes(), format.as_bytes());
    let mut unpacker =
        Unpacker { lua, source: &source, at, order: Order::Little, values: MultiValue::new() };
    for step in Format::new(&format) {
        let step = step.map_err(|bad| bad_argument("pack.unpack", 2, bad.to_string()))?;
        if !unpacker.unpack(step)? {
            break;
        }
    }
    let next = unpacker.at.saturating_add(1) as f64;
    unpacker.values.push_front(Value::Number(next));
    Ok(unpacker.values)
}

/// What `pack.pack` has taken and made so far.
struct Packer<'a> {
    lua: &'a Lua,
    values: MultiValue,
    taken: usize,
    order: Order,
    packed: Vec<u8>,
}

impl Packer<'_> {
    /// Packs the values that `step` asks for.
    fn pack(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Order(order) => self.order = order,
            Step::Values(code, count) => {
                for _ in 0..count {
                    self.pack_one(code)?;
                }
            }
        }
        Ok(())
    }

    fn pack_one(&mut self, code: Code) -> Result<()> {
        match code {
            Code::Raw => {
                let text = self.next::<LuaString>()?;
                self.append(&text.as_bytes())
            }
            Code::Zero => {
                let text = self.next::<LuaString>()?;
                self.append(&text.as_bytes_with_nul())
            }
            Code::Prefixed(prefix) => self.pack_prefixed(prefix),
            Code::Number(number) => {
                let value = self.next()?;
                self.append(&number.write(value, self.order))
            }
        }
    }

    fn pack_prefixed(&mut self, prefix: Number) -> Result<()> {
        let text = self.next::<LuaString>()?;
        let text = text.as_bytes();
        if text.len() > prefix.unsigned_max() {
            let most = prefix.unsigned_max();
            let why = format!("expected at most {most} bytes, got {}", text.len());
            return Err(bad_argument("pack.pack", self.taken + 1, why));
        }
        self.append(&prefix.write(text.len() as f64, self.order))?;
        self.append(&text)
    }

    /// The next argument, as what its letter needs.
    fn next<T: FromLua>(&mut self) -> Result<T> {
        self.taken += 1;
        let value = self.values.pop_front().unwrap_or(Value::Nil);
        T::from_lua_arg(value, self.taken + 1, Some("pack.pack"), self.lua)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if self.packed.len() + bytes.len() > PACKED_BYTES_MAX {
            let why = format!("pack.pack: more than {PACKED_BYTES_MAX} bytes");
            return Err(Error::external(why));
        }
        self.packed.extend_from_slice(bytes);
        Ok(())
    }
}

/// How far `pack.unpack` has come.
struct Unpacker<'a> {
    lua: &'a Lua,
    source: &'a [u8],
    at: usize,
    order: Order,
    values: MultiValue,
}

impl<'a> Unpacker<'a> {
    /// Reads the values that `step` asks for; `false` if the string ends before they do.
    fn unpack(&mut self, step: Step) -> Result<bool> {
        match step {
            Step::Order(order) => self.order = order,
            Step::Values(Code::Raw, length) => return self.unpack_raw(length),
            Step::Values(code, count) => {
                for _ in 0..count {
                    let Some(value) = self.unpack_one(code)? else { return Ok(false) };
                    self.push(value)?;
                }
            }
        }
        Ok(true)
    }

    fn unpack_raw(&mut self, length: usize) -> Result<bool> {
        let Some(bytes) = self.take(length) else { return Ok(false) };
        let value = self.string(bytes)?;
        self.push(value)?;
        Ok(true)
    }

    fn unpack_one(&mut self, code: Code) -> Result<Option<Value>> {
        let bytes = match code {
            Code::Raw => self.take(1),
            Code::Zero => self.take_zero_ended(),
            Code::Prefixed(prefix) => self.take_prefixed(prefix),
            Code::Number(number) => {
                let order = self.order;
                let value = self.take(number.width()).map(|bytes| number.read(bytes, order));
                return Ok(value.map(Value::Number));
            }
        };
        bytes.map(|bytes| self.string(bytes)).transpose()
    }

    /// The bytes before the next zero byte, or before the end; takes the zero with them.
    fn take_zero_ended(&mut self) -> Option<&'a [u8]> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let text = rest.split(|&byte| byte == 0).next()?;
        self.at += text.len() + 1;
        Some(text)
    }

    /// The bytes behind a length, which stays where it is if they are not all there.
    fn take_prefixed(&mut self, prefix: Number) -> Option<&'a [u8]> {
        let start = self.at;
        let length = prefix.read(self.take(prefix.width())?, self.order) as usize;
        let text = self.take(length);
        if text.is_none() {
            self.at = start;
        }
        text
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let bytes = self.source.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    fn string(&self, bytes: &[u8]) -> Result<Value> {
        Ok(Value::String(self.lua.create_string(bytes)?))
    }

    fn push(&mut self, value: Value) -> Result<()> {
        if self.values.len() == RESULTS_MAX {
            let why = format!("asks for more than {RESULTS_MAX} values");
            return Err(bad_argument("pack.unpack", 2, why));
        }
        self.values.push_back(value);
        Ok(())
    }
}
