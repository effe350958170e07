//! The core tables: what the firmware's C side gives a script before its first line runs.
//!
//! One file per Lua table, each with a short `table()` above free functions.

pub(crate) mod bit;
pub(crate) mod clock;
pub(crate) mod crypto;
pub(crate) mod json;
pub(crate) mod pack;

use std::sync::Arc;

use mlua::{Error, FromLuaMulti, IntoLuaMulti, Lua, MultiValue, Result, Table};

/// Puts `body` into `table` under the last part of `call`, the name by which errors call it.
///
/// A wrong argument is then reported as ``bad argument #2 to `bit.lshift` ``.
fn define<A: FromLuaMulti, R: IntoLuaMulti>(
    lua: &Lua,
    table: &Table,
    call: &'static str,
    body: impl Fn(&Lua, A) -> Result<R> + 'static,
) -> Result<()> {
    let field = call.rsplit('.').next().unwrap_or(call);
    let function = lua.create_function(move |lua, args: MultiValue| {
        body(lua, A::from_lua_args(args, 1, Some(call), lua)?)
    })?;
    table.set(field, function)
}

/// The error for an argument that has the right type and still cannot be used.
#[expect(clippy::arc_with_non_send_sync, reason = "mlua asks for an `Arc` in every build")]
fn bad_argument(call: &str, pos: usize, why: impl Into<String>) -> Error {
    let cause = Arc::new(Error::external(why.into()));
    Error::BadArgument { to: Some(call.to_owned()), pos, name: None, cause }
}
