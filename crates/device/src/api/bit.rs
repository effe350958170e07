//! `bit`: arithmetic on the bits of 32-bit words.
//!
//! A number stands for its remainder modulo 2^32, its fraction dropped, so `-1` and `0xFFFFFFFF`
//! are the same word; every word that is returned is signed, as the firmware's documentation
//! shows for `bit.bnot(5) == -6`. Bits count from 0. A shift by 32 or more moves every bit out, and
//! a position outside 0 to 31 names a bit that is never set.

use mlua::{Error, FromLua, Lua, MultiValue, Result, Table, Value};

use super::define;

/// From here on, neighbouring whole numbers are no longer distinct, so low bits mean nothing.
const MAGNITUDE_MAX: f64 = 9_007_199_254_740_992.0;

/// The table `bit`.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let bit = lua.create_table()?;
    define(lua, &bit, "bit.bnot", bnot)?;
    define(lua, &bit, "bit.band", |lua, args| fold(lua, args, "bit.band", |a, b| a & b))?;
    define(lua, &bit, "bit.bor", |lua, args| fold(lua, args, "bit.bor", |a, b| a | b))?;
    define(lua, &bit, "bit.bxor", |lua, args| fold(lua, args, "bit.bxor", |a, b| a ^ b))?;
    define(lua, &bit, "bit.lshift", lshift)?;
    define(lua, &bit, "bit.rshift", rshift)?;
    define(lua, &bit, "bit.arshift", arshift)?;
    define(lua, &bit, "bit.bit", single)?;
    define(lua, &bit, "bit.isset", isset)?;
    define(lua, &bit, "bit.isclear", isclear)?;
    define(lua, &bit, "bit.set", |lua, args| mask(lua, args, "bit.set", |word, bits| word | bits))?;
    define(lua, &bit, "bit.clear", |lua, args| {
        mask(lua, args, "bit.clear", |word, bits| word & !bits)
    })?;
    Ok(bit)
}

/// `bnot(word) -> word`
fn bnot(_: &Lua, word: Word) -> Result<i32> {
    Ok(!word.signed())
}

/// `band(word, ...) -> word`, and so `bor` and `bxor`: joins all words, of which there is at least
/// one.
fn fold(
    lua: &Lua,
    (first, rest): (Word, MultiValue),
    call: &'static str,
    join: fn(u32, u32) -> u32,
) -> Result<i32> {
    let mut joined = first.0;
    for (index, value) in rest.into_iter().enumerate() {
        joined = join(joined, Word::from_lua_arg(value, index + 2, Some(call), lua)?.0);
    }
    Ok(Word(joined).signed())
}

/// `lshift(word, count) -> word`
fn lshift(_: &Lua, (word, Place(count)): (Word, Place)) -> Result<i32> {
    Ok(Word(word.0.checked_shl(count).unwrap_or(0)).signed())
}

/// `rshift(word, count) -> word`: zeros come in from the left.
fn rshift(_: &Lua, (word, Place(count)): (Word, Place)) -> Result<i32> {
    Ok(Word(word.0.checked_shr(count).unwrap_or(0)).signed())
}

/// `arshift(word, count) -> word`: copies of the sign come in from the left.
fn arshift(_: &Lua, (word, Place(count)): (Word, Place)) -> Result<i32> {
    Ok(word.signed() >> count.min(u32::BITS - 1))
}

/// `bit(position) -> word`: the word in which only that bit is set.
fn single(_: &Lua, place: Place) -> Result<i32> {
    Ok(Word(place.bit()).signed())
}

/// `isset(word, position) -> boolean`
fn isset(_: &Lua, (word, place): (Word, Place)) -> Result<bool> {
    Ok(word.0 & place.bit() != 0)
}

/// `isclear(word, position) -> boolean`
fn isclear(_: &Lua, (word, place): (Word, Place)) -> Result<bool> {
    Ok(word.0 & place.bit() == 0)
}

/// `set(word, position, ...) -> word`, and so `clear`: changes each bit that is named.
fn mask(
    lua: &Lua,
    (word, first, rest): (Word, Place, MultiValue),
    call: &'static str,
    change: fn(u32, u32) -> u32,
) -> Result<i32> {
    let mut changed = change(word.0, first.bit());
    for (index, value) in rest.into_iter().enumerate() {
        changed = change(changed, Place::from_lua_arg(value, index + 3, Some(call), lua)?.bit());
    }
    Ok(Word(changed).signed())
}

/// A number taken modulo 2^32.
struct Word(u32);

impl Word {
    fn signed(&self) -> i32 {
        self.0.cast_signed()
    }
}

impl FromLua for Word {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        Ok(Self(whole(value, lua)? as u32))
    }
}

/// A shift count or a bit position; whatever is not 0 to 31 is kept as 32.
struct Place(u32);

impl Place {
    /// The word with the bit at this place set, 0 if there is no such bit.
    fn bit(&self) -> u32 {
        1u32.checked_shl(self.0).unwrap_or(0)
    }
}

impl FromLua for Place {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let place = u32::try_from(whole(value, lua)?).unwrap_or(u32::BITS);
        Ok(Self(place.min(u32::BITS)))
    }
}

/// The whole part of a number whose low bits can be told.
fn whole(value: Value, lua: &Lua) -> Result<i64> {
    let number = f64::from_lua(value, lua)?;
    if number.abs() < MAGNITUDE_MAX {
        return Ok(number as i64);
    }
    Err(Error::external(format!("expected a number within 2^53, got `{number}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) {
        let lua = Lua::new();
        lua.globals().set("bit", table(&lua).unwrap()).unwrap();
        lua.load(script).exec().unwrap_or_else(|error| panic!("{error}"));
    }

    #[test]
    fn words_are_signed_and_wrap() {
        run(r##"
            assert(bit.bnot(5) == -6 and bit.bnot(0) == -1)
            assert(bit.band(0xFFFFFFFF, 0xFFFFFFFF) == -1)
            assert(bit.band(0xF0F0, 0xFF00, 0x7000) == 0x7000 and bit.band(7) == 7)
            assert(bit.bor(1, 2, 4) == 7 and bit.bxor(0xFF, 0x0F, 1) == 0xF1)
            assert(bit.bor(2^32 + 5, 0) == 5 and bit.bor(-1.5, 0) == -1)
            assert(bit.bor("12", 1) == 13)
        "##);
    }

    #[test]
    fn shifts_move_bits_out() {
        run(r##"
            assert(bit.lshift(1, 31) == -2147483648 and bit.lshift(1, 32) == 0)
            assert(bit.rshift(-1, 28) == 15 and bit.rshift(-1, 0) == -1)
            assert(bit.arshift(-16, 2) == -4 and bit.arshift(-1, 99) == -1)
            assert(bit.rshift(-1, -1) == 0 and bit.lshift(1, 2^40) == 0)
        "##);
    }

    #[test]
    fn single_bits_are_made_and_told() {
        run(r##"
            assert(bit.bit(0) == 1 and bit.bit(31) == -2147483648 and bit.bit(32) == 0)
            assert(bit.isset(5, 2) and not bit.isset(5, 1) and not bit.isset(-1, 32))
            assert(bit.isclear(5, 1) and not bit.isclear(5, 0) and bit.isclear(-1, -1))
            assert(bit.set(0, 0, 4, 4) == 17 and bit.clear(0xFF, 0, 7) == 0x7E)
        "##);
    }

    #[test]
    fn misuse_names_the_call_and_the_argument() {
        run(r##"
            local function fails(text, f, ...)
                local ok, err = pcall(f, ...)
                assert(not ok and tostring(err):find(text, 1, true), tostring(err))
            end
            fails("#1 to `bit.bnot`", bit.bnot)
            fails("#3 to `bit.band`", bit.band, 1, 2, {})
            fails("#2 to `bit.lshift`", bit.lshift, 1, 0/0)
            fails("#1 to `bit.bor`", bit.bor, math.huge)
            fails("#2 to `bit.set`", bit.set, 1)
            fails("#4 to `bit.clear`", bit.clear, 1, 1, 1, "x")
        "##);
    }
}
