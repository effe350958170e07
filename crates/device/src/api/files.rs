//! Files by their path. `/lua/` and `/ldata/` are the project, read only; all else is the device's
//! own. What a script has open counts as written.

use crate::board::Board;
use crate::vm::{project, with_board};
use crate::{Flash, FlashError};
use encoding_rs::GBK;
use mlua::Lua;

/// Folders that hold the project's files.
const PROJECT_FOLDERS: [&str; 2] = ["/lua", "/ldata"];

/// What a file operation gives: a Lua error where no device runs, else what came of it.
pub(super) type Outcome<T> = mlua::Result<Result<T, FlashError>>;

/// The content of a file of the project or of the device's own.
pub(super) fn read(lua: &Lua, path: &[u8]) -> Outcome<Vec<u8>> {
    let path = match absolute(path) {
        Ok(path) => path,
        Err(error) => return Ok(Err(error)),
    };
    match project_file(&path) {
        Some(name) => Ok(project(lua).file(name).map(<[u8]>::to_vec).ok_or(FlashError::Missing)),
        None => with_board(lua, |board| match board.files.find(&path) {
            Some(file) => Ok(file.borrow().bytes().to_vec()),
            None => board.flash.read(&path),
        }),
    }
}

/// Replaces the content of one of the device's own files.
pub(super) fn write(lua: &Lua, path: &[u8], bytes: &[u8]) -> Outcome<()> {
    on_own(lua, path, |board, path| {
        board.flash.write(path, bytes)?;
        board.files.part_with(path);
        Ok(())
    })
}

/// Removes one of the device's own files.
pub(super) fn remove(lua: &Lua, path: &[u8]) -> Outcome<()> {
    on_own(lua, path, |board, path| {
        board.write_back(path)?;
        board.flash.remove(path)?;
        board.files.part_with(path);
        Ok(())
    })
}

/// Renames one of the device's own files, replacing one of the new name.
pub(super) fn rename(lua: &Lua, from: &[u8], to: &[u8]) -> Outcome<()> {
    let to = match writable(to) {
        Ok(to) => to,
        Err(error) => return Ok(Err(error)),
    };
    on_own(lua, from, |board, from| {
        board.check_path(&to)?;
        board.write_back(from)?;
        board.flash.rename(from, &to)?;
        board.files.rename(from, &to);
        Ok(())
    })
}

/// Makes a folder of the device's own.
pub(super) fn make_dir(lua: &Lua, path: &[u8]) -> Outcome<()> {
    on_own(lua, path, |board, path| board.flash.make_dir(path))
}

/// Renames a folder of the device's own, with all that is in it.
pub(super) fn rename_dir(lua: &Lua, from: &[u8], to: &[u8]) -> Outcome<()> {
    let to = match writable(to) {
        Ok(to) => to,
        Err(error) => return Ok(Err(error)),
    };
    on_own(lua, from, |board, from| {
        board.check_path(&to)?;
        board.settle_files();
        board.flash.rename_dir(from, &to)?;
        board.files.rename_folder(from, &to);
        Ok(())
    })
}

/// Removes an empty folder of the device's own.
pub(super) fn remove_dir(lua: &Lua, path: &[u8]) -> Outcome<()> {
    on_own(lua, path, |board, path| board.flash.remove_dir(path))
}

/// Does something with a path that may be written.
fn on_own(
    lua: &Lua,
    path: &[u8],
    act: impl FnOnce(&mut Board, &str) -> Result<(), FlashError>,
) -> Outcome<()> {
    match writable(path) {
        Ok(path) => with_board(lua, |board| {
            board.check_path(&path)?;
            act(board, &path)
        }),
        Err(error) => Ok(Err(error)),
    }
}

/// The name of the project's file that `path` leads to, if it leads into a folder of the project.
pub(super) fn project_file(path: &str) -> Option<&str> {
    PROJECT_FOLDERS.iter().find_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'))
}

/// The path from `/`, without `.`, `..` and doubled slashes. Names may be UTF-8 or GBK.
pub(super) fn absolute(path: &[u8]) -> Result<String, FlashError> {
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
pub(super) fn writable(path: &[u8]) -> Result<String, FlashError> {
    let path = absolute(path)?;
    let locked = path == "/" || PROJECT_FOLDERS.contains(&&*path) || project_file(&path).is_some();
    if locked { Err(FlashError::Denied) } else { Ok(path) }
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
        assert_eq!(writable(b"/ldata"), Err(FlashError::Denied));
        assert_eq!(writable(b"/luau/x").unwrap(), "/luau/x");
    }
}
