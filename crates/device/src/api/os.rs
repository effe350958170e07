//! `os`: the device's clock, and its files by name.

use mlua::{Lua, Result, Table};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    lua.create_table()
}
