//! The script library, compiled when Holdline was built.
//!
//! Compiling it was most of a start. It also keeps each Lua state to the same steps, so that all that is
//! in it lies where it lies in each other (see `arena.rs`).

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Result};

/// The tables that `build.rs` writes: names and what the files compiled to.
mod compiled {
    include!(concat!(env!("OUT_DIR"), "/library.rs"));
}

/// Library file `name` as a function; a name with `~` is for other library files.
pub(super) fn chunk(lua: &Lua, name: &str) -> Result<Option<Function>> {
    find(lua, compiled::LIBRARY, name)
}

/// File `name` of the ground that scripts stand on, as a function.
pub(super) fn ground(lua: &Lua, name: &str) -> Result<Function> {
    let found = find(lua, compiled::GROUND, name)?;
    found.ok_or_else(|| mlua::Error::runtime(format!("there is no lua/ground/{name}.lua")))
}

fn find(lua: &Lua, files: &[(&str, &[u8])], name: &str) -> Result<Option<Function>> {
    let file = files.iter().find(|(known, _)| *known == name);
    file.map(|(_, code)| load(lua, name, code)).transpose()
}

fn load(lua: &Lua, name: &str, code: &[u8]) -> Result<Function> {
    lua.load(code).set_name(format!("={name}.lua")).set_mode(ChunkMode::Binary).into_function()
}
