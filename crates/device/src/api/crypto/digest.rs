//! Digests of strings and files, with a key and without.

use hmac::{KeyInit, Mac};
use md5::{Digest, Md5};
use mlua::{AnyUserData, FromLua, Lua, LuaString, Result, UserData, UserDataMethods, Value};

use super::{ReadFile, front, is_number};
use crate::api::bad_argument;

/// `sha1(string[, length]) -> string`, and so every digest without a key.
pub(super) fn digest<D: Digest>(
    call: &'static str,
) -> impl Fn(&Lua, (LuaString, Option<i64>)) -> Result<String> {
    move |_, (text, length)| {
        let bytes = text.as_bytes();
        Ok(hex(&D::digest(front(&bytes, length, call, 2)?)))
    }
}

/// `md5(string[, length]) -> string`, `md5(path, "file") -> string | nil`
///
/// Luat: what the firmware gives for a file that is missing is not documented; here it is `nil`.
pub(super) fn md5(
    lua: &Lua,
    (text, how): (LuaString, Value),
    read_file: ReadFile,
) -> Result<Option<String>> {
    let Value::String(how) = how else {
        let length = Option::from_lua_arg(how, 2, Some("crypto.md5"), lua)?;
        return digest::<Md5>("crypto.md5")(lua, (text, length)).map(Some);
    };
    if *how.as_bytes() != *b"file" {
        let why = format!("expected a length or `file`, got `{}`", how.display());
        return Err(bad_argument("crypto.md5", 2, why));
    }
    Ok(read_file(lua, &text.as_bytes()).map(|bytes| hex(&Md5::digest(bytes))))
}

/// `hmac_md5(string[, length], key[, length]) -> string`, and so every digest with a key.
pub(super) fn hmac<M: Mac + KeyInit>(
    call: &'static str,
) -> impl Fn(&Lua, (LuaString, Value, Value, Option<i64>)) -> Result<String> {
    move |lua, (text, second, third, fourth)| {
        let (length, key, key_pos, key_length) = if is_number(&second) {
            (i64::from_lua_arg(second, 2, Some(call), lua).map(Some)?, third, 3, fourth)
        } else {
            (None, second, 2, Option::from_lua_arg(third, 3, Some(call), lua)?)
        };
        let key = LuaString::from_lua_arg(key, key_pos, Some(call), lua)?;
        let (text, key) = (text.as_bytes(), key.as_bytes());
        let key = front(&key, key_length, call, key_pos + 1)?;
        let mut mac = <M as KeyInit>::new_from_slice(key)
            .map_err(|error| bad_argument(call, key_pos, error.to_string()))?;
        mac.update(front(&text, length, call, 2)?);
        Ok(hex(&mac.finalize().into_bytes()))
    }
}

/// `flow_md5() -> object`: an MD5 of what comes in pieces.
///
/// `object:update(string)` adds to it, `object:hexdigest() -> string` tells what it is so far.
pub(super) fn flow_md5(lua: &Lua, (): ()) -> Result<AnyUserData> {
    lua.create_userdata(FlowMd5(Md5::new()))
}

struct FlowMd5(Md5);

impl UserData for FlowMd5 {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method_mut("update", |_, flow, piece: LuaString| {
            flow.0.update(piece.as_bytes());
            Ok(())
        });
        methods.add_method("hexdigest", |_, flow, ()| Ok(hex(&flow.0.clone().finalize())));
    }
}

/// `bytes` as upper-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
