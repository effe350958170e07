//! The script library's sources, by name.

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, LuaOptions, Result, StdLib};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Each file of `lua/` with its source; a name with `~` is for other library files.
const SOURCES: &[(&str, &str)] = &[
    ("common", include_str!("../../lua/common.lua")),
    ("led", include_str!("../../lua/led.lua")),
    ("console", include_str!("../../lua/console.lua")),
    ("dbg", include_str!("../../lua/dbg.lua")),
    ("errDump", include_str!("../../lua/errDump.lua")),
    ("link", include_str!("../../lua/link.lua")),
    ("linkssl", include_str!("../../lua/linkssl.lua")),
    ("log", include_str!("../../lua/log.lua")),
    ("misc", include_str!("../../lua/misc.lua")),
    ("net", include_str!("../../lua/net.lua")),
    ("netLed", include_str!("../../lua/netLed.lua")),
    ("ntp", include_str!("../../lua/ntp.lua")),
    ("nvm", include_str!("../../lua/nvm.lua")),
    ("patch", include_str!("../../lua/patch.lua")),
    ("pins", include_str!("../../lua/pins.lua")),
    ("pm", include_str!("../../lua/pm.lua")),
    ("ril", include_str!("../../lua/ril.lua")),
    ("sim", include_str!("../../lua/sim.lua")),
    ("socket", include_str!("../../lua/socket.lua")),
    ("socketssl", include_str!("../../lua/socketssl.lua")),
    ("sys", include_str!("../../lua/sys.lua")),
    ("update", include_str!("../../lua/update.lua")),
    ("utils", include_str!("../../lua/utils.lua")),
    ("wdt", include_str!("../../lua/wdt.lua")),
    ("~answers", include_str!("../../lua/answers.lua")),
    ("~bearer", include_str!("../../lua/bearer.lua")),
    ("~calls", include_str!("../../lua/calls.lua")),
    ("~client_line", include_str!("../../lua/client_line.lua")),
    ("~client_receive", include_str!("../../lua/client_receive.lua")),
    ("~client_task", include_str!("../../lua/client_task.lua")),
    ("~clients", include_str!("../../lua/clients.lua")),
    ("~exchange", include_str!("../../lua/exchange.lua")),
    ("~light", include_str!("../../lua/light.lua")),
    ("~lines", include_str!("../../lua/lines.lua")),
    ("~links", include_str!("../../lua/links.lua")),
    ("~literals", include_str!("../../lua/literals.lua")),
    ("~messages", include_str!("../../lua/messages.lua")),
    ("~server", include_str!("../../lua/server.lua")),
    ("~serial", include_str!("../../lua/serial.lua")),
    ("~sockets", include_str!("../../lua/sockets.lua")),
    ("~tasks", include_str!("../../lua/tasks.lua")),
    ("~timers", include_str!("../../lua/timers.lua")),
];

/// What each file compiled to, by name; nothing yet where only one Lua state has asked for it.
///
/// A restart makes a new Lua state, and compiling the library anew would be most of its cost; a
/// device that never restarts need not hold a second copy of it.
static COMPILED: Mutex<BTreeMap<&'static str, Vec<u8>>> = Mutex::new(BTreeMap::new());

/// Library file `name` as a function.
pub(super) fn chunk(lua: &Lua, name: &str) -> Result<Option<Function>> {
    match SOURCES.iter().find(|&&(known, _)| known == name) {
        Some(&(name, source)) => compiled(lua, name, source).map(Some),
        None => Ok(None),
    }
}

/// `source` as a function, compiled twice at most in this process.
///
/// Never in `lua` itself: each state takes the same steps, whatever others were there before it, so that
/// all that is in it lies where it lies in each other (see `arena.rs`).
pub(super) fn compiled(lua: &Lua, name: &'static str, source: &str) -> Result<Function> {
    let mut known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let chunk_name = format!("={name}.lua");
    let load = |code: &[u8]| {
        lua.load(code).set_name(&chunk_name).set_mode(ChunkMode::Binary).into_function()
    };
    let code = known.get(name);
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        return load(code);
    }
    let is_asked_again = code.is_some();
    let aside = Lua::new_with(StdLib::NONE, LuaOptions::default())?;
    let code = aside.load(source).set_name(&chunk_name).into_function()?.dump(false);
    let chunk = load(&code)?;
    known.insert(name, if is_asked_again { code } else { Vec::new() });
    Ok(chunk)
}
