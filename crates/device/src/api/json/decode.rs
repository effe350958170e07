//! JSON text to a Lua value.

use mlua::{Lua, Table, Value};

use super::DEPTH_MAX;

/// Why a text is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeError {
    /// The text goes on with something else than JSON does.
    #[error("expected {expected} at character {at}, got {}", shown(*.got))]
    Unexpected {
        /// What could have come.
        expected: &'static str,
        /// The place in the text, from 1.
        at: usize,
        /// The byte there, if the text has not ended.
        got: Option<u8>,
    },
    /// Arrays and objects stand too deep within one another.
    #[error("more than {DEPTH_MAX} levels at character {at}")]
    TooDeep {
        /// The place of the bracket that is one too many, from 1.
        at: usize,
    },
    /// Lua could not make a value.
    #[error(transparent)]
    Lua(#[from] mlua::Error),
}

/// A byte as an error message shows it.
fn shown(byte: Option<u8>) -> String {
    byte.map_or("the end".to_owned(), |byte| format!("`{}`", byte.escape_ascii()))
}

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads `text`, which is one value and blanks around it.
pub(super) fn decode(lua: &Lua, text: &[u8]) -> Result<Value> {
    let mut reader = Reader { lua, text, at: 0, depth: 0 };
    let value = reader.value()?;
    match reader.peek_token() {
        None => Ok(value),
        Some(_) => Err(reader.unexpected("the end")),
    }
}

/// A text and how far it has been read.
struct Reader<'a> {
    lua: &'a Lua,
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value> {
        match self.peek_token() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.lua.create_string(self.string()?)?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Boolean(true)),
            Some(b'f') => self.word("false", Value::Boolean(false)),
            Some(b'n') => self.word("null", Value::NULL),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Reads an array or an object, the bracket of which comes next.
    fn nested(&mut self, body: fn(&mut Self) -> Result<Table>) -> Result<Value> {
        if self.depth == DEPTH_MAX {
            return Err(DecodeError::TooDeep { at: self.at + 1 });
        }
        self.at += 1;
        self.depth += 1;
        let table = body(self)?;
        self.depth -= 1;
        Ok(Value::Table(table))
    }

    fn array(&mut self) -> Result<Table> {
        let array = self.lua.create_table()?;
        if self.take_token(b']') {
            return Ok(array);
        }
        for index in 1.. {
            array.raw_set(index, self.value()?)?;
            if !self.take_token(b',') {
                break;
            }
        }
        self.expect(b']', "`,` or `]`")?;
        Ok(array)
    }

    /// Reads the members of an object; of two with one key the later counts.
    fn object(&mut self) -> Result<Table> {
        let object = self.lua.create_table()?;
        if self.take_token(b'}') {
            return Ok(object);
        }
        loop {
            if self.peek_token() != Some(b'"') {
                return Err(self.unexpected("a key"));
            }
            let key = self.lua.create_string(self.string()?)?;
            self.expect(b':', "`:`")?;
            object.raw_set(key, self.value()?)?;
            if !self.take_token(b',') {
                break;
            }
        }
        self.expect(b'}', "`,` or `}`")?;
        Ok(object)
    }

    /// Reads a string, the quote of which comes next. Its bytes are free to be in any encoding.
    fn string(&mut self) -> Result<Vec<u8>> {
        let mut string = Vec::new();
        self.at += 1;
        loop {
            let byte = self.peek().ok_or_else(|| self.unexpected("`\"`"))?;
            self.at += 1;
            match byte {
                b'"' => return Ok(string),
                b'\\' => self.escape(&mut string)?,
                plain => string.push(plain),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self, string: &mut Vec<u8>) -> Result<()> {
        let byte = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(string),
            _ => return Err(self.unexpected("an escape")),
        };
        self.at += 1;
        string.push(byte);
        Ok(())
    }

    /// Reads `uXXXX`, and the second half of a pair if it is the first.
    fn unicode_escape(&mut self, string: &mut Vec<u8>) -> Result<()> {
        let mut units = vec![self.code_unit()?];
        if (0xD800..0xDC00).contains(&units[0]) && self.take(b'\\') {
            units.push(self.code_unit()?);
        }
        let text = String::from_utf16(&units)
            .map_err(|_| self.unexpected("the other half of a pair before here"))?;
        string.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn code_unit(&mut self) -> Result<u16> {
        if !self.take(b'u') {
            return Err(self.unexpected("`u`"));
        }
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.unexpected("a hex digit"))? as u16;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).ok();
        let number = digits.and_then(|digits| digits.parse().ok());
        Ok(Value::Number(number.expect("a JSON number is one to Rust too")))
    }

    /// Skips digits, of which there must be one.
    fn digits(&mut self) -> Result<()> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected("a digit"));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    /// The next byte that is not blank, which is then the next to be read.
    fn peek_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn take_token(&mut self, token: u8) -> bool {
        self.peek_token();
        self.take(token)
    }

    fn expect(&mut self, token: u8, expected: &'static str) -> Result<()> {
        if self.take_token(token) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn unexpected(&self, expected: &'static str) -> DecodeError {
        DecodeError::Unexpected { expected, at: self.at + 1, got: self.peek() }
    }
}
