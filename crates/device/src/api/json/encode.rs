//! A Lua value to JSON text.

use mlua::{Lua, Table, Value};

use super::{DEPTH_MAX, TEXT_BYTES_MAX};

/// The fewest bytes of text that an object's member adds to its key.
const MEMBER_BYTES_MIN: usize = 4;

/// An array may go up to this key however few of the keys before it are there.
const SPARSE_KEYS_SAFE: usize = 10;

/// Beyond that, at least one key in so many must be there.
const SPARSE_RATIO: usize = 2;

/// Why a value is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum EncodeError {
    /// JSON has no word for it.
    #[error("expected a value that JSON has, got a {0}")]
    Kind(&'static str),
    /// JSON has no infinity and no NaN.
    #[error("expected a finite number, got `{0}`")]
    NotFinite(f64),
    /// A key must be a string or a number.
    #[error("expected a string or a number as key, got a {0}")]
    Key(&'static str),
    /// Too few of the array's keys are there.
    #[error("expected an array, got {present} keys of {last}")]
    Sparse {
        /// How many values there are.
        present: usize,
        /// The largest key.
        last: usize,
    },
    /// Tables stand too deep within one another, or one within itself.
    #[error("more than {DEPTH_MAX} levels")]
    TooDeep,
    /// The text grows too long.
    #[error("more than {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// Lua could not look into a table.
    #[error(transparent)]
    Lua(#[from] mlua::Error),
}

type Result<T> = std::result::Result<T, EncodeError>;

/// Writes `value`; the members of an object stand in the order of their keys' bytes.
pub(super) fn encode(lua: &Lua, value: Value) -> Result<Vec<u8>> {
    let mut writer = Writer { lua, text: Vec::new(), reserved: 0, depth: 0 };
    writer.value(value)?;
    Ok(writer.text)
}

/// A text as far as it has been written.
struct Writer<'a> {
    lua: &'a Lua,
    text: Vec<u8>,
    /// What the keys that have been collected and not yet written will take at least.
    reserved: usize,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: Value) -> Result<()> {
        match value {
            Value::Nil => self.append(b"null"),
            Value::Boolean(true) => self.append(b"true"),
            Value::Boolean(false) => self.append(b"false"),
            Value::Integer(number) => self.number(number as f64),
            Value::Number(number) => self.number(number),
            Value::String(string) => self.string(&string.as_bytes()),
            Value::Table(table) => self.table(&table),
            Value::LightUserData(pointer) if pointer.0.is_null() => self.append(b"null"),
            Value::LightUserData(_) | Value::UserData(_) | Value::Error(_) | Value::Other(_) => {
                Err(EncodeError::Kind("userdata"))
            }
            Value::Function(_) => Err(EncodeError::Kind("function")),
            Value::Thread(_) => Err(EncodeError::Kind("thread")),
        }
    }

    fn number(&mut self, number: f64) -> Result<()> {
        if !number.is_finite() {
            return Err(EncodeError::NotFinite(number));
        }
        let text = printed(self.lua, number)?;
        self.append(&text)
    }

    /// Writes a string. Bytes from 128 on stay as they are, whatever they encode.
    fn string(&mut self, bytes: &[u8]) -> Result<()> {
        self.append(b"\"")?;
        for &byte in bytes {
            match byte {
                b'"' => self.append(b"\\\"")?,
                b'\\' => self.append(b"\\\\")?,
                // Luat: the cjson family escapes the slash too.
                b'/' => self.append(b"\\/")?,
                0x08 => self.append(b"\\b")?,
                0x0c => self.append(b"\\f")?,
                b'\n' => self.append(b"\\n")?,
                b'\r' => self.append(b"\\r")?,
                b'\t' => self.append(b"\\t")?,
                0..0x20 | 0x7f => self.append(format!("\\u{byte:04x}").as_bytes())?,
                plain => self.append(&[plain])?,
            }
        }
        self.append(b"\"")
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        if self.depth == DEPTH_MAX {
            return Err(EncodeError::TooDeep);
        }
        self.depth += 1;
        match array_length(table)? {
            Some(length) => self.array(table, length)?,
            None => self.object(table)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self, table: &Table, length: usize) -> Result<()> {
        self.append(b"[")?;
        for index in 1..=length {
            if index > 1 {
                self.append(b",")?;
            }
            self.value(table.raw_get(index)?)?;
        }
        self.append(b"]")
    }

    fn object(&mut self, table: &Table) -> Result<()> {
        self.append(b"{")?;
        for (index, key) in self.keys(table)?.into_iter().enumerate() {
            if index > 0 {
                self.append(b",")?;
            }
            self.reserved -= key.text.len() + MEMBER_BYTES_MIN;
            self.string(&key.text)?;
            self.append(b":")?;
            let value = match key.number {
                Some(number) => table.raw_get(number)?,
                None => table.raw_get(self.lua.create_string(&key.text)?)?,
            };
            self.value(value)?;
        }
        self.append(b"}")
    }

    /// The keys of `table` in the order of their bytes.
    ///
    /// They are copied, not kept as handles, of which Lua 5.1 has room for a few thousand. Room in
    /// the text is reserved for each, so that a table within itself cannot pile up copies.
    fn keys(&mut self, table: &Table) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        for pair in table.pairs::<Value, Value>() {
            let key = Key::new(self.lua, pair?.0)?;
            self.reserved += key.text.len() + MEMBER_BYTES_MIN;
            self.append(b"")?;
            keys.push(key);
        }
        keys.sort_by(|a, b| a.text.cmp(&b.text));
        Ok(keys)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if self.text.len() + self.reserved + bytes.len() > TEXT_BYTES_MAX {
            return Err(EncodeError::TooLong);
        }
        self.text.extend_from_slice(bytes);
        Ok(())
    }
}

/// A key of an object.
struct Key {
    /// The key as text.
    text: Vec<u8>,
    /// The key itself, if it is a number.
    number: Option<f64>,
}

impl Key {
    fn new(lua: &Lua, key: Value) -> Result<Self> {
        let number = match &key {
            Value::String(text) => {
                return Ok(Self { text: text.as_bytes().to_vec(), number: None });
            }
            Value::Integer(number) => *number as f64,
            Value::Number(number) => *number,
            Value::Nil
            | Value::Boolean(_)
            | Value::LightUserData(_)
            | Value::Table(_)
            | Value::Function(_)
            | Value::Thread(_)
            | Value::UserData(_)
            | Value::Error(_)
            | Value::Other(_) => return Err(EncodeError::Key(key.type_name())),
        };
        Ok(Self { text: printed(lua, number)?, number: Some(number) })
    }
}

/// How far `table` goes as an array; `None` if it is an object, as an empty table is.
fn array_length(table: &Table) -> Result<Option<usize>> {
    let (mut present, mut last) = (0, 0);
    for pair in table.pairs::<Value, Value>() {
        let Value::Integer(key) = pair?.0 else { return Ok(None) };
        let Ok(index @ 1..) = usize::try_from(key) else { return Ok(None) };
        present += 1;
        last = last.max(index);
    }
    if last > SPARSE_KEYS_SAFE && last > present * SPARSE_RATIO {
        return Err(EncodeError::Sparse { present, last });
    }
    Ok(Some(last).filter(|&last| last > 0))
}

/// A number as the device's `tostring` prints it, to 14 digits.
fn printed(lua: &Lua, number: f64) -> Result<Vec<u8>> {
    let text = lua.coerce_string(Value::Number(number))?;
    Ok(text.map_or_else(Vec::new, |text| text.as_bytes().to_vec()))
}
