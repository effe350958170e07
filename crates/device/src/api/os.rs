//! `os`: the device's clock, and its files by name. There is no shell and no environment, and a
//! device ends by `rtos.poweroff`.

use super::clock::{Date, Fields, date, time_from_fields};
use super::{define, files, io};
use crate::vm::with_board;
use mlua::{Lua, LuaString, MultiValue, Result, Table, Value};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let os = lua.create_table()?;
    define(lua, &os, "os.time", time)?;
    define(lua, &os, "os.date", os_date)?;
    define(lua, &os, "os.clock", clock)?;
    define(lua, &os, "os.difftime", |_, (later, earlier): (f64, Option<f64>)| {
        Ok(later - earlier.unwrap_or(0.0))
    })?;
    define(lua, &os, "os.remove", remove)?;
    define(lua, &os, "os.rename", rename)?;
    define(lua, &os, "os.getenv", |_, _name: LuaString| Ok(Value::Nil))?;
    Ok(os)
}

/// `time([table]) -> seconds` since 1970.
fn time(lua: &Lua, fields: Option<Table>) -> Result<i64> {
    match fields {
        None => with_board(lua, |board| board.clock_s()),
        // Luat: 0 rather than `nil` for a time beyond the calendar.
        Some(table) => Ok(time_from_fields(&Fields::from_table(lua, &table)?).unwrap_or(0)),
    }
}

/// `date([format = "%c"[, seconds = now]]) -> string | table`
fn os_date(lua: &Lua, (format, seconds): (Option<LuaString>, Option<f64>)) -> Result<Option<Date>> {
    let seconds = match seconds {
        Some(seconds) => seconds as i64,
        None => with_board(lua, |board| board.clock_s())?,
    };
    let format = format.map_or_else(|| b"%c".to_vec(), |format| format.as_bytes().to_vec());
    Ok(date(seconds, &format))
}

/// `clock() -> seconds` since boot: there is no processor time to tell.
fn clock(lua: &Lua, (): ()) -> Result<f64> {
    with_board(lua, |board| board.modem.uptime().as_secs_f64())
}

/// `remove(path) -> true | nil, "path: reason", code`
fn remove(lua: &Lua, path: LuaString) -> Result<MultiValue> {
    let path = path.as_bytes();
    io::answer(lua, &path, files::remove(lua, &path)?)
}

/// `rename(from, to) -> true | nil, "from: reason", code`
fn rename(lua: &Lua, (from, to): (LuaString, LuaString)) -> Result<MultiValue> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    io::answer(lua, &from, files::rename(lua, &from, &to)?)
}
