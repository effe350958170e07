//! The core tables: what the firmware's C side offers, one file a table.
//!
//! [`open`] hands them to the prelude, which builds on them what scripts see.

mod bit;
mod clock;
mod crypto;
mod files;
mod host;
mod iconv;
mod io;
mod json;
mod library;
mod missing;
mod os;
mod pack;
mod pio;
mod pmd;
mod rtos;
mod socketcore;
pub(crate) mod string;
mod uart;

pub(crate) use rtos::after as timer_after;

use mlua::{Error, FromLuaMulti, Function, IntoLuaMulti, Lua, MultiValue, Result, Table};
use std::sync::Arc;

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
/// A pin went high; what [`MSG_INT`] carries.
pub(crate) const INT_GPIO_POSEDGE: u32 = 1;
/// A pin went low.
pub(crate) const INT_GPIO_NEGEDGE: u32 = 2;
/// A change of the network state; the firmware tells it by AT lines instead.
pub(crate) const MSG_NET: u8 = 32;

/// Somebody opened a line to the device; no firmware has that.
pub(crate) const MSG_ACCEPTED: u8 = 33;

/// The files that make the ground which scripts stand on, in order; each takes what the one before
/// has returned.
const GROUND: [&str; 4] = ["prelude", "standard", "modules", "seats"];

/// Loads the ground into a fresh Lua state and returns its doors: boot, enter, turned, leave,
/// trace, give back.
pub(crate) fn open(lua: &Lua, shared: bool) -> Result<[Function; 5]> {
    let mut passed = (core(lua)?, host::table(lua)?, shared).into_lua_multi(lua)?;
    for name in GROUND {
        passed = library::ground(lua, name)?.call::<MultiValue>(passed)?;
    }
    let (boot, enter, turned, leave, trace) = FromLuaMulti::from_lua_multi(passed, lua)?;
    Ok([boot, enter, turned, leave, trace])
}

/// The tables that scripts see as they are.
fn core(lua: &Lua) -> Result<Table> {
    let core = lua.create_table()?;
    core.set("bit", bit::table(lua)?)?;
    core.set("crypto", crypto::table(lua, read_file)?)?;
    core.set("json", json::table(lua)?)?;
    core.set("pack", pack::table(lua)?)?;
    core.set("cpu", cpu(lua)?)?;
    core.set("iconv", iconv::table(lua)?)?;
    core.set("io", io::table(lua)?)?;
    core.set("os", os::table(lua)?)?;
    core.set("pio", pio::table(lua)?)?;
    core.set("pmd", pmd::table(lua)?)?;
    core.set("rtos", rtos::table(lua)?)?;
    core.set("socketcore", socketcore::table(lua)?)?;
    core.set("uart", uart::table(lua)?)?;
    Ok(core)
}

/// `cpu`: what an interrupt of a pin says. The values are ours to choose.
fn cpu(lua: &Lua) -> Result<Table> {
    let cpu = lua.create_table()?;
    cpu.set("INT_GPIO_POSEDGE", INT_GPIO_POSEDGE)?;
    cpu.set("INT_GPIO_NEGEDGE", INT_GPIO_NEGEDGE)?;
    Ok(cpu)
}

/// What `crypto.md5(path, "file")` reads.
fn read_file(lua: &Lua, path: &[u8]) -> Option<Vec<u8>> {
    files::read(lua, path).ok()?.ok()
}

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
