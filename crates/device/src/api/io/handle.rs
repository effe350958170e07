//! What `io.open` returns: a place in a file, with what may be done there.

use super::super::bad_argument;
use super::number::number_prefix;
use super::{Failure, answer, lines_of};
use crate::FlashError;
use crate::open::{FILE_BYTES_MAX, OpenFile};
use crate::vm::with_board;
use mlua::{
    AnyUserData, Error, Lua, LuaString, MetaMethod, MultiValue, Result, UserData, UserDataMethods,
    Value, Variadic,
};
use std::cell::RefCell;
use std::rc::Rc;

/// What may be done with a file, by the mode that it was opened in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// `r`: reads what is there.
    Read,
    /// `r+`: reads and writes what is there.
    Update,
    /// `w`: writes anew.
    Write,
    /// `w+`: writes anew and reads.
    WriteRead,
    /// `a`: writes at the end.
    Append,
    /// `a+`: writes at the end and reads.
    AppendRead,
}

impl Access {
    /// The access of a mode such as `r`, `rb`, `w+b`.
    pub(super) fn from_mode(mode: &[u8]) -> Option<Self> {
        let (&letter, rest) = mode.split_first()?;
        let plus = match rest {
            b"" | b"b" => false,
            b"+" | b"+b" | b"b+" => true,
            _unknown => return None,
        };
        match (letter, plus) {
            (b'r', false) => Some(Self::Read),
            (b'r', true) => Some(Self::Update),
            (b'w', false) => Some(Self::Write),
            (b'w', true) => Some(Self::WriteRead),
            (b'a', false) => Some(Self::Append),
            (b'a', true) => Some(Self::AppendRead),
            _unknown => None,
        }
    }

    pub(super) const fn reads(self) -> bool {
        !matches!(self, Self::Write | Self::Append)
    }

    pub(super) const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }

    /// Whether a missing file is made.
    pub(super) const fn makes(self) -> bool {
        !matches!(self, Self::Read | Self::Update)
    }

    /// Whether what is there goes.
    pub(super) const fn empties(self) -> bool {
        matches!(self, Self::Write | Self::WriteRead)
    }

    const fn appends(self) -> bool {
        matches!(self, Self::Append | Self::AppendRead)
    }
}

/// A place in an open file.
struct Open {
    file: Rc<RefCell<OpenFile>>,
    access: Access,
    at: usize,
}

/// A file handle; without an `Open` once it is closed.
pub(super) struct Handle(Option<Open>);

impl Handle {
    pub(super) fn new(file: Rc<RefCell<OpenFile>>, access: Access) -> Self {
        Self(Some(Open { file, access, at: 0 }))
    }

    pub(super) const fn is_open(&self) -> bool {
        self.0.is_some()
    }

    fn open(&mut self) -> Result<&mut Open> {
        self.0.as_mut().ok_or_else(|| Error::runtime("attempt to use a closed file"))
    }

    /// `close() -> true | nil, "path: reason", code`
    pub(super) fn close(&mut self, lua: &Lua) -> Result<MultiValue> {
        let answer = self.flush(lua);
        self.0 = None;
        answer
    }

    /// `flush() -> true | nil, "path: reason", code`: what was written is in flash.
    fn flush(&mut self, lua: &Lua) -> Result<MultiValue> {
        let mut file = self.open()?.file.borrow_mut();
        let outcome = with_board(lua, |board| file.write_back(&mut board.flash))?;
        answer(lua, file.path().as_bytes(), outcome)
    }

    /// `read(format...)`: one value a format, `nil` from the first that finds nothing.
    fn read(&mut self, lua: &Lua, formats: &[Value]) -> Result<MultiValue> {
        let open = self.open()?;
        if !open.access.reads() {
            return Failure::of(Failure::NOT_OPEN_FOR_IT).values(lua);
        }
        if formats.is_empty() {
            return Ok([open.line(lua)?].into_iter().collect());
        }
        let mut values = MultiValue::new();
        for (at, format) in formats.iter().enumerate() {
            let value = open.read_one(lua, at + 1, format)?;
            let found = !value.is_nil();
            values.push_back(value);
            if !found {
                break;
            }
        }
        Ok(values)
    }

    /// `write(string or number...) -> true | nil, reason, code`
    fn write(&mut self, lua: &Lua, pieces: Variadic<Value>) -> Result<MultiValue> {
        let open = self.open()?;
        if !open.access.writes() {
            return Failure::of(Failure::NOT_OPEN_FOR_IT).values(lua);
        }
        if with_board(lua, |board| board.flash.is_full())? && open.is_kept() {
            return Failure::from(FlashError::Full).values(lua);
        }
        for (at, piece) in pieces.into_iter().enumerate() {
            let kind = piece.type_name();
            let Some(piece) = lua.coerce_string(piece)? else {
                let why = format!("string expected, got {kind}");
                return Err(bad_argument("file:write", at + 1, why));
            };
            if !open.put(&piece.as_bytes()) {
                return Failure::of(Failure::TOO_LARGE).values(lua);
            }
        }
        Ok([Value::Boolean(true)].into_iter().collect())
    }

    /// `seek([whence = "cur"[, offset = 0]]) -> place | nil, reason, code`
    fn seek(
        &mut self,
        lua: &Lua,
        (whence, offset): (Option<LuaString>, Option<f64>),
    ) -> Result<MultiValue> {
        let open = self.open()?;
        let whence = whence.map(|whence| whence.as_bytes().to_vec());
        let base = match whence.as_deref() {
            Some(b"set") => 0,
            Some(b"cur") | None => open.at,
            Some(b"end") => open.file.borrow().bytes().len(),
            Some(_unknown) => return Err(bad_argument("file:seek", 1, "invalid option")),
        };
        let place = base as f64 + offset.unwrap_or(0.0).trunc();
        if !(0.0..=9e15).contains(&place) {
            return Failure::of(Failure::BAD_MODE).values(lua);
        }
        open.at = place as usize;
        Ok([Value::Number(place)].into_iter().collect())
    }

    fn name(&self) -> String {
        match &self.0 {
            Some(open) => format!("file ({})", open.file.borrow().path()),
            None => "file (closed)".to_owned(),
        }
    }
}

impl Open {
    fn read_one(&mut self, lua: &Lua, pos: usize, format: &Value) -> Result<Value> {
        if let Value::Integer(_) | Value::Number(_) = format {
            let count = lua.coerce_number(format.clone())?.unwrap_or(0.0);
            return self.bytes(lua, count.clamp(0.0, FILE_BYTES_MAX as f64) as usize);
        }
        let invalid = || bad_argument("file:read", pos, "invalid option");
        let text = lua.coerce_string(format.clone())?.ok_or_else(invalid)?;
        match text.as_bytes().get(..2) {
            Some(b"*n") => Ok(self.number()),
            Some(b"*l") => self.line(lua),
            Some(b"*a") => {
                let all = self.take(usize::MAX);
                Ok(Value::String(lua.create_string(all)?))
            }
            Some(_) | None => Err(invalid()),
        }
    }

    /// Up to `count` bytes; nothing at the end of the file.
    fn bytes(&mut self, lua: &Lua, count: usize) -> Result<Value> {
        if self.at >= self.file.borrow().bytes().len() {
            return Ok(Value::Nil);
        }
        let bytes = self.take(count);
        Ok(Value::String(lua.create_string(bytes)?))
    }

    /// A line without its end; nothing at the end of the file.
    fn line(&mut self, lua: &Lua) -> Result<Value> {
        let file = self.file.borrow();
        let Some(rest) = file.bytes().get(self.at..).filter(|rest| !rest.is_empty()) else {
            return Ok(Value::Nil);
        };
        let end = rest.iter().position(|&byte| byte == b'\n');
        self.at += end.map_or(rest.len(), |end| end + 1);
        Ok(Value::String(lua.create_string(&rest[..end.unwrap_or(rest.len())])?))
    }

    /// A number after blanks; nothing where there is none.
    fn number(&mut self) -> Value {
        let file = self.file.borrow();
        let (number, len) = number_prefix(file.bytes().get(self.at..).unwrap_or_default());
        self.at += len;
        number.map_or(Value::Nil, Value::Number)
    }

    /// Whether what is written is to reach the flash.
    fn is_kept(&self) -> bool {
        !self.file.borrow().is_apart()
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let file = self.file.borrow();
        let rest = file.bytes().get(self.at..).unwrap_or_default();
        let taken = rest[..count.min(rest.len())].to_vec();
        self.at += taken.len();
        taken
    }

    /// Puts bytes in their place, with zeros up to there; `false` where the file would be too
    /// large.
    fn put(&mut self, piece: &[u8]) -> bool {
        let mut file = self.file.borrow_mut();
        if self.access.appends() {
            self.at = file.bytes().len();
        }
        let Some(end) = self.at.checked_add(piece.len()).filter(|&end| end <= FILE_BYTES_MAX)
        else {
            return false;
        };
        if piece.is_empty() {
            return true;
        }
        let bytes = file.bytes_mut();
        bytes.resize(bytes.len().max(end), 0);
        bytes[self.at..end].copy_from_slice(piece);
        self.at = end;
        true
    }
}

impl UserData for Handle {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods
            .add_method_mut("read", |lua, this, formats: Variadic<Value>| this.read(lua, &formats));
        methods.add_method_mut("write", |lua, this, pieces| this.write(lua, pieces));
        methods.add_method_mut("seek", |lua, this, args| this.seek(lua, args));
        methods.add_method_mut("flush", |lua, this, ()| this.flush(lua));
        methods.add_method_mut("close", |lua, this, ()| this.close(lua));
        // Everything is in memory until it is flushed, whatever the mode of buffering.
        methods.add_method_mut("setvbuf", |_, this, _: MultiValue| this.open().map(|_| true));
        methods.add_function("lines", |lua, file: AnyUserData| {
            file.borrow_mut::<Self>()?.open()?;
            lines_of(lua, file, false)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(this.name()));
    }
}
