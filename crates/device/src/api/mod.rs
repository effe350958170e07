//! The core tables: what the firmware's C side offers, one file a table.
//!
//! [`open`] hands them to the prelude, which builds on them what scripts see.

mod files;
mod host;
mod library;
mod os;
mod pio;
mod pmd;
mod rtos;
mod socketcore;

use mlua::{Function, Lua, Table};

pub(crate) const MSG_TIMER: u8 = 1;
pub(crate) const MSG_UART_RXDATA: u8 = 2;
pub(crate) const MSG_KEYPAD: u8 = 3;
pub(crate) const MSG_INT: u8 = 4;
pub(crate) const MSG_PMD: u8 = 5;
pub(crate) const MSG_UART_TX_DONE: u8 = 6;
pub(crate) const MSG_ALARM: u8 = 7;
pub(crate) const MSG_SOCK_CONN_CNF: u8 = 8;
pub(crate) const MSG_SOCK_SEND_CNF: u8 = 9;
pub(crate) const MSG_SOCK_RECV_IND: u8 = 10;
pub(crate) const MSG_SOCK_CLOSE_CNF: u8 = 11;
pub(crate) const MSG_SOCK_CLOSE_IND: u8 = 12;
pub(crate) const MSG_PDP_DEACT_IND: u8 = 13;
/// A change of the network state; the firmware tells it by AT lines instead.
pub(crate) const MSG_NET: u8 = 32;

/// Loads the prelude into a fresh Lua state and returns its doors: boot, enter, leave.
pub(crate) fn open(lua: &Lua, shared: bool) -> mlua::Result<[Function; 3]> {
    let prelude = lua.load(include_str!("../../lua/prelude.lua")).set_name("=prelude.lua");
    let (boot, enter, leave) = prelude.call((core(lua)?, host::table(lua)?, shared))?;
    Ok([boot, enter, leave])
}

/// The tables that scripts see as they are.
fn core(lua: &Lua) -> mlua::Result<Table> {
    let core = lua.create_table()?;
    core.set("io", files::table(lua)?)?;
    core.set("os", os::table(lua)?)?;
    core.set("pio", pio::table(lua)?)?;
    core.set("pmd", pmd::table(lua)?)?;
    core.set("rtos", rtos::table(lua)?)?;
    core.set("socketcore", socketcore::table(lua)?)?;
    Ok(core)
}
