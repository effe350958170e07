//! `pmd`: power management. There is no battery and no voltage to switch; calls answer as on a
//! module on external power.

use super::define;
use mlua::{Lua, MultiValue, Result, Table};

/// Millivolts of the supply.
const SUPPLY_MV: u16 = 4000;

/// Switchable voltages that scripts name. The values are ours to choose.
const LDOS: [&str; 21] = [
    "LDO_VLCD",
    "LDO_VMMC",
    "LDO_VMC",
    "LDO_VSIM1",
    "LDO_VSIM2",
    "LDO_VCAM",
    "LDO_VCAMA",
    "LDO_VCAMD",
    "LDO_VIBR",
    "LDO_VRF28",
    "LDO_KEYPAD",
    "LDO_SINK",
    "LDO_VBACKLIGHT_R",
    "LDO_VBACKLIGHT_G",
    "LDO_VBACKLIGHT_B",
    "LDO_VBACKLIGHT_W",
    "KP_LEDR",
    "KP_LEDG",
    "KP_LEDB",
    "VLDO6",
    "VLDO7",
];

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let pmd = lua.create_table()?;
    for (value, name) in (1_u8..).zip(LDOS) {
        pmd.set(name, value)?;
    }
    define(lua, &pmd, "pmd.init", |_, _: MultiValue| Ok(1))?;
    define(lua, &pmd, "pmd.ldoset", |_, _: MultiValue| Ok(1))?;
    define(lua, &pmd, "pmd.sleep", |_, _: MultiValue| Ok(1))?;
    define(lua, &pmd, "pmd.param_get", param_get)?;
    Ok(pmd)
}

/// `param_get() -> battery present, millivolts, percent, charger present, charging state`
fn param_get(_: &Lua, (): ()) -> Result<(bool, u16, u8, bool, u8)> {
    Ok((true, SUPPLY_MV, 100, false, 0))
}
