//! `rtos`: timers, restart, the module's own facts. `rtos.receive` is the prelude's, since only
//! Lua code can suspend a script.

use super::clock::{Fields, time_from_fields};
use super::files;
use super::uart::PortArg;
use super::{
    MSG_ALARM, MSG_INT, MSG_KEYPAD, MSG_PDP_DEACT_IND, MSG_PMD, MSG_SOCK_CLOSE_CNF,
    MSG_SOCK_CLOSE_IND, MSG_SOCK_CONN_CNF, MSG_SOCK_RECV_IND, MSG_SOCK_SEND_CNF, MSG_TIMER,
    MSG_UART_RXDATA, MSG_UART_TX_DONE, bad_argument, define,
};
use crate::bare;
use crate::board::BootReason;
use crate::flash::Flash;
use crate::vm::with_board;
use holdline_modem::{Generation, TimerId};
use mlua::{Lua, LuaString, Result, Table};
use std::time::Duration;

/// Bytes of the user file system, as a module reports them.
const FLASH_BYTES: u64 = 1_500_000;

/// The longest timer, in milliseconds: ids and times are 31-bit on the module.
const TIMER_MS_MAX: f64 = 2_147_483_647.0;

/// Names that scripts compare messages with. All but the first five are ours to choose.
const MESSAGES: [(&str, u8); 13] = [
    ("MSG_TIMER", MSG_TIMER),
    ("MSG_UART_RXDATA", MSG_UART_RXDATA),
    ("MSG_KEYPAD", MSG_KEYPAD),
    ("MSG_INT", MSG_INT),
    ("MSG_PMD", MSG_PMD),
    ("MSG_UART_TX_DONE", MSG_UART_TX_DONE),
    ("MSG_ALARM", MSG_ALARM),
    ("MSG_SOCK_CONN_CNF", MSG_SOCK_CONN_CNF),
    ("MSG_SOCK_SEND_CNF", MSG_SOCK_SEND_CNF),
    ("MSG_SOCK_RECV_IND", MSG_SOCK_RECV_IND),
    ("MSG_SOCK_CLOSE_CNF", MSG_SOCK_CLOSE_CNF),
    ("MSG_SOCK_CLOSE_IND", MSG_SOCK_CLOSE_IND),
    ("MSG_PDP_DEACT_IND", MSG_PDP_DEACT_IND),
];

/// Reasons of `poweron_reason`. The exception is 4 on 4G.
const REASONS: [(&str, u8); 5] = [
    ("POWERON_KEY", 0),
    ("POWERON_CHARGER", 1),
    ("POWERON_ALARM", 2),
    ("POWERON_RESTART", 3),
    ("POWERON_EXCEPTION", 4),
];

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let rtos = lua.create_table()?;
    for (name, value) in MESSAGES.into_iter().chain(REASONS) {
        rtos.set(name, value)?;
    }
    rtos.set("INF_TIMEOUT", 0)?;
    rtos.set("WAIT_MSG_TIMEOUT", 255)?;
    let full = lua.create_function(timer_start)?;
    rtos.set("timer_start", bare::timer_start(lua, full)?)?;
    let full = lua.create_function(timer_stop)?;
    rtos.set("timer_stop", bare::timer_stop(lua, full)?)?;
    rtos.set("poweron_reason", lua.create_function(poweron_reason)?)?;
    rtos.set("get_version", lua.create_function(get_version)?)?;
    rtos.set("tick", lua.create_function(tick)?)?;
    rtos.set("get_fs_free_size", lua.create_function(get_fs_free_size)?)?;
    rtos.set("get_fs_total_size", lua.create_function(|_, ()| Ok(FLASH_BYTES))?)?;
    rtos.set("set_trace", lua.create_function(set_trace)?)?;
    rtos.set("set_lua_info", lua.create_function(|_, _: mlua::MultiValue| Ok(()))?)?;
    rtos.set("poweron", lua.create_function(|_, _: mlua::MultiValue| Ok(()))?)?;
    rtos.set("MOD_KEYPAD", 1)?;
    rtos.set("MOD_ALARM", 2)?;
    define(lua, &rtos, "rtos.toint64", |lua, args| lua.create_string(toint64(lua, args)?))?;
    define(lua, &rtos, "rtos.hextodec", hextodec)?;
    rtos.set("make_dir", lua.create_function(make_dir)?)?;
    rtos.set("remove_dir", lua.create_function(remove_dir)?)?;
    rtos.set("rename_dir", lua.create_function(rename_dir)?)?;
    rtos.set("set_time", lua.create_function(set_time)?)?;
    rtos.set("openSoftDog", lua.create_function(open_soft_dog)?)?;
    rtos.set("eatSoftDog", lua.create_function(eat_soft_dog)?)?;
    rtos.set("closeSoftDog", lua.create_function(close_soft_dog)?)?;
    // No key is ever pressed, no script is rolled back.
    for inert in ["init_module", "set_script_rollback", "set_trace_port"] {
        rtos.set(inert, lua.create_function(|_, _: mlua::MultiValue| Ok(1))?)?;
    }
    Ok(rtos)
}

/// `timer_start(id, ms) -> 1`: starts a one-shot timer, anew where it runs.
fn timer_start(lua: &Lua, (id, ms): (u32, f64)) -> Result<u8> {
    with_board(lua, |board| board.modem.timer_start(TimerId(id), after(ms)))?;
    Ok(1)
}

/// The time of a timer that is to take `ms`.
pub(crate) fn after(ms: f64) -> Duration {
    Duration::from_micros((ms.clamp(0.0, TIMER_MS_MAX) * 1000.0) as u64)
}

/// `openSoftDog(ms) -> 1`: a device that does not call `eatSoftDog` for so long restarts.
fn open_soft_dog(lua: &Lua, ms: f64) -> Result<u8> {
    let period = Duration::from_millis(ms.clamp(1.0, TIMER_MS_MAX) as u64);
    with_board(lua, |board| board.modem.open_soft_dog(period))?;
    Ok(1)
}

/// `eatSoftDog() -> 1`
fn eat_soft_dog(lua: &Lua, _: mlua::MultiValue) -> Result<u8> {
    with_board(lua, |board| board.modem.eat_soft_dog())?;
    Ok(1)
}

/// `closeSoftDog() -> 1`
fn close_soft_dog(lua: &Lua, _: mlua::MultiValue) -> Result<u8> {
    with_board(lua, |board| board.modem.close_soft_dog())?;
    Ok(1)
}

/// `timer_stop(id)`: an unknown id is harmless.
fn timer_stop(lua: &Lua, id: u32) -> Result<()> {
    with_board(lua, |board| board.modem.timer_stop(TimerId(id)))
}

/// `set_trace(on[, port])`: lines that the script prints go to this serial port too, from here on.
fn set_trace(lua: &Lua, (on, port): (Option<f64>, Option<PortArg>)) -> Result<()> {
    let is_on = on.is_some_and(|on| on != 0.0);
    let port = port.and_then(|PortArg(port)| port).filter(|_| is_on);
    with_board(lua, |board| board.trace_port = port)
}

/// `poweron_reason() -> number`
fn poweron_reason(lua: &Lua, (): ()) -> Result<u8> {
    with_board(lua, |board| match board.boot_reason {
        BootReason::Key => 0,
        BootReason::Restart => 3,
        BootReason::Exception => 4,
        BootReason::Watchdog => 8,
    })
}

/// `get_version() -> string`
fn get_version(lua: &Lua, (): ()) -> Result<&'static str> {
    with_board(lua, |board| board.modem.profile().core_version)
}

/// `tick() -> integer` since boot, in the module's own unit.
fn tick(lua: &Lua, (): ()) -> Result<u64> {
    with_board(lua, |board| {
        let uptime = board.modem.uptime();
        match board.modem.profile().generation {
            // Luat: 1/16384 s, exactly.
            Generation::TwoG => (uptime.as_micros() * 16_384 / 1_000_000) as u64,
            Generation::FourG => (uptime.as_millis() / 5) as u64,
        }
    })
}

/// `get_fs_free_size() -> bytes`
fn get_fs_free_size(lua: &Lua, (): ()) -> Result<u64> {
    with_board(lua, |board| FLASH_BYTES.saturating_sub(board.flash.used_bytes()))
}

/// `toint64(digits, "big" or "little") -> string`: a whole number as its 8 bytes.
fn toint64(_: &Lua, (digits, order): (LuaString, LuaString)) -> Result<[u8; 8]> {
    let text = digits.to_string_lossy();
    let number = text.parse::<u64>().or_else(|_| text.parse::<i64>().map(i64::cast_unsigned));
    let number = number.map_err(|_| {
        bad_argument("rtos.toint64", 1, format!("`{text}` is no whole number of 64 bits"))
    })?;
    match &*order.as_bytes() {
        b"big" => Ok(number.to_be_bytes()),
        b"little" => Ok(number.to_le_bytes()),
        _other => Err(bad_argument("rtos.toint64", 2, "neither `big` nor `little`")),
    }
}

/// `hextodec(digits) -> string`: a number of up to 64 bits, from hexadecimal to decimal digits.
fn hextodec(_: &Lua, digits: LuaString) -> Result<String> {
    let text = digits.to_string_lossy();
    match u64::from_str_radix(&text, 16) {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(bad_argument(
            "rtos.hextodec",
            1,
            format!("`{text}` is no hexadecimal number of 64 bits"),
        )),
    }
}

/// `make_dir(path) -> bool`: whether there is a folder at `path` now.
fn make_dir(lua: &Lua, path: LuaString) -> Result<bool> {
    Ok(files::make_dir(lua, &path.as_bytes())?.is_ok())
}

/// `remove_dir(path) -> bool`: whether an empty folder was removed.
fn remove_dir(lua: &Lua, path: LuaString) -> Result<bool> {
    Ok(files::remove_dir(lua, &path.as_bytes())?.is_ok())
}

/// `rename_dir(old, new) -> 0 | -1`: 0 where a folder has the new name now.
fn rename_dir(lua: &Lua, (old, new): (LuaString, LuaString)) -> Result<i8> {
    let renamed = files::rename_dir(lua, &old.as_bytes(), &new.as_bytes())?;
    Ok(if renamed.is_ok() { 0 } else { -1 })
}

/// `set_time(year, month, day, hour, minute, second) -> bool`: sets the device's clock.
fn set_time(
    lua: &Lua,
    (year, month, day, hour, min, sec): (i64, i64, i64, i64, i64, i64),
) -> Result<bool> {
    let fields = Fields { year, month, day, hour, min, sec };
    let Some(clock_s) = time_from_fields(&fields) else { return Ok(false) };
    with_board(lua, |board| board.set_clock_s(clock_s))?;
    Ok(true)
}
