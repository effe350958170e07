//! `pio`: the pins. Levels are kept per device, so that a script reads back what it set.

use mlua::{Lua, Result, Table};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    lua.create_table()
}
