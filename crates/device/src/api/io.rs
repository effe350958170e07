//! `io`: files, with the methods and answers of Lua 5.1. There are no streams beside files: no
//! `io.read`, `io.write`, `io.stdout`, and no `io.popen`.

mod handle;
mod number;

use super::{define, files};
use crate::board::Board;
use crate::flash::folder_of;
use crate::open::OpenFile;
use crate::vm::{project, with_board};
use crate::{Flash, FlashError};
use handle::{Access, Handle};
use mlua::{AnyUserData, Error, Function, Lua, LuaString, MultiValue, Result, Table, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// The registry's name for what makes the iterators of `lines`.
const LINES: &str = "holdline.io.lines";

/// Makes an iterator over the lines of `f`, which it closes at the end where it was opened for it.
const LINES_SOURCE: &str = "local f, close = ... \
    return function() \
        local line = f:read('*l') \
        if not line and close then f:close() end \
        return line \
    end";

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let lines_of = lua.load(LINES_SOURCE).set_name("=io").into_function()?;
    lua.set_named_registry_value(LINES, lines_of)?;
    let io = lua.create_table()?;
    define(lua, &io, "io.open", open)?;
    define(lua, &io, "io.close", |lua, file: AnyUserData| file.borrow_mut::<Handle>()?.close(lua))?;
    define(lua, &io, "io.lines", lines)?;
    define(lua, &io, "io.type", kind)?;
    Ok(io)
}

/// Why a call gave no file or no bytes, as C's library tells it.
#[derive(Debug)]
pub(super) struct Failure {
    text: String,
    code: i32,
}

impl Failure {
    const IS_FOLDER: (&'static str, i32) = ("Is a directory", 21);
    const BAD_MODE: (&'static str, i32) = ("Invalid argument", 22);
    const TOO_MANY: (&'static str, i32) = ("Too many open files", 24);
    const TOO_LARGE: (&'static str, i32) = ("File too large", 27);
    const NOT_OPEN_FOR_IT: (&'static str, i32) = ("Bad file descriptor", 9);

    fn of((text, code): (&str, i32)) -> Self {
        Self { text: text.to_owned(), code }
    }

    /// As `nil, text, code`.
    pub(super) fn values(self, lua: &Lua) -> Result<MultiValue> {
        let text = lua.create_string(&self.text)?;
        Ok([Value::Nil, Value::String(text), Value::Integer(self.code.into())]
            .into_iter()
            .collect())
    }

    /// The same, with the path before the text.
    pub(super) fn values_of(mut self, lua: &Lua, path: &[u8]) -> Result<MultiValue> {
        self.text = format!("{}: {}", String::from_utf8_lossy(path), self.text);
        self.values(lua)
    }
}

impl From<FlashError> for Failure {
    fn from(error: FlashError) -> Self {
        let code = match error {
            FlashError::Missing => 2,
            FlashError::Denied => 13,
            FlashError::Full => 28,
            FlashError::Failed(_) => 5,
        };
        Self { text: error.to_string(), code }
    }
}

/// `true`, or `nil, "path: reason", code`.
pub(super) fn answer(
    lua: &Lua,
    path: &[u8],
    outcome: std::result::Result<(), FlashError>,
) -> Result<MultiValue> {
    match outcome {
        Ok(()) => Ok([Value::Boolean(true)].into_iter().collect()),
        Err(error) => Failure::from(error).values_of(lua, path),
    }
}

/// `open(path[, mode = "r"]) -> file | nil, "path: reason", code`
fn open(lua: &Lua, (path, mode): (LuaString, Option<LuaString>)) -> Result<MultiValue> {
    let mode = mode.map_or_else(|| b"r".to_vec(), |mode| mode.as_bytes().to_vec());
    let opened = match Access::from_mode(&mode) {
        Some(access) => open_as(lua, &path.as_bytes(), access)?,
        None => Err(Failure::of(Failure::BAD_MODE)),
    };
    match opened {
        Ok(handle) => Ok([Value::UserData(lua.create_userdata(handle)?)].into_iter().collect()),
        Err(failure) => failure.values_of(lua, &path.as_bytes()),
    }
}

fn open_as(lua: &Lua, path: &[u8], access: Access) -> Result<std::result::Result<Handle, Failure>> {
    let place = if access.writes() { files::writable(path) } else { files::absolute(path) };
    let place = match place {
        Ok(place) => place,
        Err(error) => return Ok(Err(error.into())),
    };
    if let Some(name) = files::project_file(&place) {
        let found = project(lua).file(name).map(<[u8]>::to_vec);
        return Ok(match found {
            Some(bytes) => Ok(Handle::new(OpenFile::read_only(place, bytes), access)),
            None => Err(FlashError::Missing.into()),
        });
    }
    if !with_board(lua, |board| board.files.find(&place).is_some() || board.files.has_room())? {
        // Handles that the script has dropped count until they are collected.
        lua.gc_collect()?;
        with_board(lua, Board::settle_files)?;
    }
    with_board(lua, |board| Ok(Handle::new(open_own(board, place, access)?, access)))
}

/// Opens one of the device's own files. A new one reaches the flash with its first content.
fn open_own(
    board: &mut Board,
    path: String,
    access: Access,
) -> std::result::Result<Rc<RefCell<OpenFile>>, Failure> {
    if access.makes() {
        board.check_path(&path)?;
    }
    if board.flash.has_folder(&path) {
        return Err(Failure::of(Failure::IS_FOLDER));
    }
    let file = match board.files.find(&path) {
        Some(file) => file,
        None if !board.files.has_room() => return Err(Failure::of(Failure::TOO_MANY)),
        None => match board.flash.read(&path) {
            Ok(bytes) => board.files.open(path, bytes),
            Err(FlashError::Missing)
                if access.makes() && board.flash.has_folder(folder_of(&path)) =>
            {
                let file = board.files.open(path, Vec::new());
                file.borrow_mut().bytes_mut();
                file
            }
            Err(error) => return Err(error.into()),
        },
    };
    if access.empties() {
        file.borrow_mut().bytes_mut().clear();
    }
    Ok(file)
}

/// `lines(path) -> iterator`; raises where there is no such file.
fn lines(lua: &Lua, path: LuaString) -> Result<Function> {
    match open_as(lua, &path.as_bytes(), Access::Read)? {
        Ok(handle) => lines_of(lua, lua.create_userdata(handle)?, true),
        Err(failure) => {
            Err(Error::runtime(format!("{}: {}", path.to_string_lossy(), failure.text)))
        }
    }
}

/// An iterator over the lines of `file` from where it stands.
fn lines_of(lua: &Lua, file: AnyUserData, close: bool) -> Result<Function> {
    lua.named_registry_value::<Function>(LINES)?.call((file, close))
}

/// `type(value) -> "file" | "closed file" | nil`
fn kind(_: &Lua, value: Value) -> Result<Option<&'static str>> {
    let Value::UserData(file) = value else { return Ok(None) };
    let Ok(handle) = file.borrow::<Handle>() else { return Ok(None) };
    Ok(Some(if handle.is_open() { "file" } else { "closed file" }))
}
