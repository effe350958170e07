//! Cyclic redundancy checks, told apart by the parameters that are commonly published for them.

use mlua::{FromLua, FromLuaMulti, Lua, LuaString, MultiValue, Result, Value};

use super::front;
use crate::api::bad_argument;

/// The methods of `crypto.crc16` that have a name.
const METHODS: [(&str, Crc); 9] = [
    ("IBM", Crc::reflected(16, 0x8005, 0, 0)),
    ("MAXIM", Crc::reflected(16, 0x8005, 0, 0xFFFF)),
    ("USB", Crc::reflected(16, 0x8005, 0xFFFF, 0xFFFF)),
    ("MODBUS", MODBUS),
    ("CCITT", Crc::reflected(16, 0x1021, 0, 0)),
    ("CCITT-FALSE", Crc::plain(16, 0x1021, 0xFFFF, 0)),
    ("X25", Crc::reflected(16, 0x1021, 0xFFFF, 0xFFFF)),
    ("XMODEM", Crc::plain(16, 0x1021, 0, 0)),
    ("DNP", Crc::reflected(16, 0x3D65, 0, 0xFFFF)),
];

const MODBUS: Crc = Crc::reflected(16, 0x8005, 0xFFFF, 0);

/// The method of `crypto.crc16` that takes its parameters from the call.
const USER_DEFINED: &[u8] = b"USER-DEFINED";

/// The CRC of Ethernet and zip.
const CRC32: Crc = Crc::reflected(32, 0x04C1_1DB7, 0xFFFF_FFFF, 0xFFFF_FFFF);

/// `crc8(string[, polynomial[, start[, reflected]]]) -> number`
///
/// Luat: the polynomial and the start that the firmware takes if none are given are not
/// documented; here they are 7 and 0, and a reflected check is one that counts bits from the low
/// end throughout.
pub(super) fn crc8(
    _: &Lua,
    (text, polynomial, start, reflected): (LuaString, Option<u8>, Option<u8>, Option<Flag>),
) -> Result<u32> {
    let reflected = reflected.is_some_and(|Flag(set)| set);
    let polynomial = polynomial.unwrap_or(7).into();
    let crc = Crc {
        width: 8,
        polynomial,
        start: start.unwrap_or(0).into(),
        end: 0,
        reflect_in: reflected,
        reflect_out: reflected,
    };
    Ok(crc.of(&text.as_bytes()))
}

/// `crc16(method, string) -> number`,
/// `crc16("USER-DEFINED", string, polynomial[, start[, end[, reflect_in[, reflect_out]]]]) -> number`
///
/// `end` is joined to the result by exclusive or.
pub(super) fn crc16(
    lua: &Lua,
    (method, text, parameters): (LuaString, LuaString, MultiValue),
) -> Result<u32> {
    let method = method.as_bytes();
    let named = METHODS.iter().find(|(name, _)| *name.as_bytes() == *method);
    let crc = match named {
        Some((_, crc)) => *crc,
        None if *method == *USER_DEFINED => user_defined(lua, parameters)?,
        None => {
            let got = method.escape_ascii();
            let why = format!("expected a method such as `MODBUS`, got `{got}`");
            return Err(bad_argument("crypto.crc16", 1, why));
        }
    };
    Ok(crc.of(&text.as_bytes()))
}

/// What follows the string in `crypto.crc16("USER-DEFINED", string, ...)`.
type Parameters = (u16, Option<u16>, Option<u16>, Option<Flag>, Option<Flag>);

fn user_defined(lua: &Lua, parameters: MultiValue) -> Result<Crc> {
    let (polynomial, start, end, reflect_in, reflect_out) =
        Parameters::from_lua_args(parameters, 3, Some("crypto.crc16"), lua)?;
    Ok(Crc {
        width: 16,
        polynomial: polynomial.into(),
        start: start.unwrap_or(0).into(),
        end: end.unwrap_or(0).into(),
        reflect_in: reflect_in.is_some_and(|Flag(set)| set),
        reflect_out: reflect_out.is_some_and(|Flag(set)| set),
    })
}

/// `crc16_modbus(string[, length]) -> number`
pub(super) fn crc16_modbus(_: &Lua, (text, length): (LuaString, Option<i64>)) -> Result<u32> {
    Ok(MODBUS.of(front(&text.as_bytes(), length, "crypto.crc16_modbus", 2)?))
}

/// `crc32(string[, length]) -> number`
pub(super) fn crc32(_: &Lua, (text, length): (LuaString, Option<i64>)) -> Result<u32> {
    Ok(CRC32.of(front(&text.as_bytes(), length, "crypto.crc32", 2)?))
}

/// A switch given as a boolean or as a number, which is off if it is 0.
pub(super) struct Flag(bool);

impl FromLua for Flag {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        if let Value::Boolean(set) = value {
            return Ok(Self(set));
        }
        Ok(Self(f64::from_lua(value, lua)? != 0.0))
    }
}

/// One way to compute a check.
#[derive(Debug, Clone, Copy)]
struct Crc {
    /// How many bits it has, 32 at most.
    width: u32,
    /// The polynomial without its leading 1, high bit first.
    polynomial: u32,
    /// What the register holds before the first byte.
    start: u32,
    /// What is joined to the register after the last byte.
    end: u32,
    /// Whether each byte enters low bit first.
    reflect_in: bool,
    /// Whether the register leaves low bit first.
    reflect_out: bool,
}

impl Crc {
    const fn plain(width: u32, polynomial: u32, start: u32, end: u32) -> Self {
        Self { width, polynomial, start, end, reflect_in: false, reflect_out: false }
    }

    const fn reflected(width: u32, polynomial: u32, start: u32, end: u32) -> Self {
        Self { width, polynomial, start, end, reflect_in: true, reflect_out: true }
    }

    /// The check of `bytes`.
    fn of(&self, bytes: &[u8]) -> u32 {
        let unused = u32::BITS - self.width;
        let register = bytes.iter().fold(self.start << unused, |register, &byte| {
            let byte = if self.reflect_in { byte.reverse_bits() } else { byte };
            self.shift(register ^ u32::from(byte) << 24)
        });
        let result = if self.reflect_out { register.reverse_bits() } else { register >> unused };
        result ^ self.end
    }

    /// Moves eight bits out of a register that is kept at the high end of its word.
    fn shift(&self, register: u32) -> u32 {
        let polynomial = self.polynomial << (u32::BITS - self.width);
        (0..8).fold(register, |register, _| {
            let carry = if register >> 31 == 1 { polynomial } else { 0 };
            register << 1 ^ carry
        })
    }
}
