//! `io`: the device's files. `/lua/` is the project, read only; all else is the device's own.

use crate::FlashError;
use crate::vm::{project, with_board};
use encoding_rs::GBK;
use mlua::{Lua, Result, Table};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    lua.create_table()
}

/// The content of a file of the project (`/lua/...`) or of the device's own.
pub(super) fn read(lua: &Lua, path: &[u8]) -> Result<std::result::Result<Vec<u8>, FlashError>> {
    let path = match absolute(path) {
        Ok(path) => path,
        Err(error) => return Ok(Err(error)),
    };
    match path.strip_prefix("/lua/") {
        Some(name) => Ok(project(lua).file(name).map(<[u8]>::to_vec).ok_or(FlashError::Missing)),
        None => with_board(lua, |board| board.flash.read(&path)),
    }
}

/// Replaces the content of one of the device's own files.
pub(super) fn write(
    lua: &Lua,
    path: &[u8],
    bytes: &[u8],
) -> Result<std::result::Result<(), FlashError>> {
    match writable(path) {
        Ok(path) => with_board(lua, |board| board.flash.write(&path, bytes)),
        Err(error) => Ok(Err(error)),
    }
}

/// Removes one of the device's own files.
pub(super) fn remove(lua: &Lua, path: &[u8]) -> Result<std::result::Result<(), FlashError>> {
    match writable(path) {
        Ok(path) => with_board(lua, |board| board.flash.remove(&path)),
        Err(error) => Ok(Err(error)),
    }
}

/// The path from `/`, without `.`, `..` and doubled slashes. Names may be UTF-8 or GBK.
pub(super) fn absolute(path: &[u8]) -> std::result::Result<String, FlashError> {
    let text = match std::str::from_utf8(path) {
        Ok(text) => text.to_owned(),
        Err(_not_utf8) => GBK.decode(path).0.into_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or(FlashError::Denied)?),
            name if name.contains('\0') => return Err(FlashError::Denied),
            name => parts.push(name),
        }
    }
    Ok(format!("/{}", parts.join("/")))
}

/// The same, for a path that is to be written: the project is read only.
pub(super) fn writable(path: &[u8]) -> std::result::Result<String, FlashError> {
    let path = absolute(path)?;
    let project = path == "/" || path == "/lua" || path.starts_with("/lua/");
    if project { Err(FlashError::Denied) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_device() {
        assert_eq!(absolute(b"para.lua").unwrap(), "/para.lua");
        assert_eq!(absolute(b"//a/./b/../c").unwrap(), "/a/c");
        assert_eq!(absolute(b"/../etc/passwd"), Err(FlashError::Denied));
        assert_eq!(absolute(b"a\0b"), Err(FlashError::Denied));
        assert_eq!(writable(b"/lua/../lua/main.lua"), Err(FlashError::Denied));
    }
}
