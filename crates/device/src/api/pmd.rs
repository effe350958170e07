//! `pmd`: power management. There is no battery and no voltage to switch; calls answer as on a
//! module on external power.

use mlua::{Lua, Result, Table};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    lua.create_table()
}
