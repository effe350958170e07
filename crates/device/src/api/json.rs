//! `json`: Lua values to JSON text and back, in the manner of the C library `cjson`.
//!
//! The reader and the writer are ours rather than `serde_json`'s. A string of the device is bytes,
//! often GBK, and passes through JSON unchecked there, while `serde_json` insists on UTF-8; and
//! both sides are Lua values, so a library would leave us its visitor traits to fill in, which is
//! about as long.
//!
//! JSON's `null` is `json.null` in Lua, since a table cannot hold `nil`.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

use mlua::{Error, Lua, LuaString, Result, Table, Value};

use super::define;

/// How deep arrays and objects may stand within one another, both ways.
const DEPTH_MAX: usize = 128;

/// The longest text that `json.encode` makes; a module's whole Lua heap is little larger.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The table `json`.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let json = lua.create_table()?;
    define(lua, &json, "json.encode", encode)?;
    define(lua, &json, "json.decode", decode)?;
    json.set("null", Value::NULL)?;
    Ok(json)
}

/// `encode(value) -> string`
///
/// Raises for what JSON has no word for (a function, a NaN, a key that is neither string nor
/// number), for an array that is mostly holes, and for a table that is too deep or holds itself.
fn encode(lua: &Lua, value: Value) -> Result<LuaString> {
    let text = encode::encode(lua, value)
        .map_err(|error| Error::external(format!("json.encode: {error}")))?;
    lua.create_string(text)
}

/// `decode(string) -> value`
///
/// Raises for anything but one JSON value, with the place where it stops being one.
///
/// Luat: the script library wraps this call to return `value, true` or `{}, false, error`.
fn decode(lua: &Lua, text: LuaString) -> Result<Value> {
    decode::decode(lua, &text.as_bytes())
        .map_err(|error| Error::external(format!("json.decode: {error}")))
}
