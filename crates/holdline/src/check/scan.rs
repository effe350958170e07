//! A first pass over the text: what is code, what is a string, what is a comment.
//!
//! It tells what a parser cannot: signs that look like Lua's and are not, and bytes in strings that
//! Lua takes for something else. It hands on a text of the same lines and columns in which such
//! signs are Lua's own, so the parser sees what the author meant. And it counts levels, so that no
//! source makes the parser run out of stack.

use super::fault::{At, Found, Syntax, TextFault};
use super::source::{Encoding, Source, ends_in_backslash};

/// Levels of blocks, brackets and right-bound operators that Lua 5.1 takes (`LUAI_MAXCCALLS`).
const LEVELS_MAX: usize = 195;

/// Operators in one expression. Lua has no such limit; a tree of them has one.
const OPERATORS_MAX: usize = 4000;

/// What the first pass found out.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The text to parse.
    pub(super) clean: String,
    /// Whether a name is written in letters that Lua does not know; such a file's names say nothing.
    pub(super) has_foreign_names: bool,
    /// Whether it must not be parsed.
    pub(super) is_too_deep: bool,
    /// Where the block begins that has no `end`, with its word.
    pub(super) unclosed: Option<(At, String)>,
    /// The first string with something that is not ASCII, and in what it is written.
    pub(super) foreign_string: Option<(At, Encoding)>,
}

/// Reads `source`, tells what is wrong with its signs.
pub(super) fn scan(source: &Source, found: &mut Vec<Found>) -> Scan {
    let mut scanner = Scanner {
        source,
        chars: Vec::new(),
        line: 0,
        column: 0,
        levels: vec![Level::default()],
        scan: Scan::default(),
        found,
    };
    while scanner.next_line() {
        while scanner.column < scanner.chars.len() && !scanner.scan.is_too_deep {
            scanner.step();
        }
    }
    scanner.finish();
    scanner.scan
}

/// A block or bracket that is open.
#[derive(Clone, Debug, Default)]
struct Level {
    /// Operators since the last sign that ends an expression, and those of them that bind right.
    operators: usize,
    right_bound: usize,
    /// What it begins with; nothing for the file.
    opened: Option<(At, String)>,
    /// Blanks before the line that it begins in.
    indent: usize,
}

struct Scanner<'a> {
    source: &'a Source,
    /// The line under the pen.
    chars: Vec<char>,
    /// How many lines were begun.
    line: usize,
    /// Characters of the line that are done.
    column: usize,
    levels: Vec<Level>,
    scan: Scan,
    found: &'a mut Vec<Found>,
}

impl Scanner<'_> {
    fn next_line(&mut self) -> bool {
        let Some(line) = self.source.lines.get(self.line) else { return false };
        if self.line > 0 {
            self.scan.clean.push('\n');
        }
        self.chars = line.chars().collect();
        (self.line, self.column) = (self.line + 1, 0);
        if self.line == 1 && self.chars.first() == Some(&'#') {
            // Lua skips a first line that begins so.
            self.column = self.chars.len();
        }
        true
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.column + ahead).copied()
    }

    fn at(&self, len: usize) -> At {
        At::new(self.line, self.column + 1, len)
    }

    /// Takes one character over as `c`.
    fn put(&mut self, c: char) {
        self.scan.clean.push(c);
        self.column += 1;
    }

    /// Takes `count` characters over as they are.
    fn copy(&mut self, count: usize) {
        let end = (self.column + count).min(self.chars.len());
        self.scan.clean.extend(&self.chars[self.column..end]);
        self.column = end;
    }

    fn step(&mut self) {
        let Some(written) = self.peek(0) else { return };
        let c = self.as_ascii(written);
        match c {
            '-' if self.peek(1) == Some('-') => self.comment(),
            '[' if long_bracket(&self.chars[self.column..]).is_some() => {
                self.open_bracket_string();
            }
            '"' | '\'' => self.string(c),
            '`' => {
                let found = Found::new(self.at(1), Syntax::Foreign { found: c.into(), lua: "\"" });
                self.found.push(found);
                self.put(' ');
            }
            'a'..='z' | 'A'..='Z' | '_' => self.word(c),
            '0'..='9' => self.number(),
            _ => {
                self.sign(c);
                self.put(c);
            }
        }
    }

    /// The character that Lua has for `c`; tells where that is another one.
    fn as_ascii(&mut self, c: char) -> char {
        if c.is_ascii() {
            return c;
        }
        let at = self.at(1);
        if let Some(ascii) = ascii_of(c) {
            self.found.push(Found::new(at, TextFault::FullWidth { found: c, ascii }));
            return ascii;
        }
        if c != '\u{FFFD}' {
            self.found.push(Found::new(at, TextFault::NotAscii { found: c }));
        }
        self.scan.has_foreign_names = true;
        '_'
    }

    fn comment(&mut self) {
        self.copy(2);
        match long_bracket(&self.chars[self.column..]) {
            Some(level) => self.bracket_string(level),
            None => self.copy(self.chars.len()),
        }
    }

    fn open_bracket_string(&mut self) {
        if let Some(level) = long_bracket(&self.chars[self.column..]) {
            self.bracket_string(level);
        }
    }

    /// A long string or comment up to its end, or to the end of the file.
    fn bracket_string(&mut self, level: usize) {
        self.copy(level + 2);
        loop {
            while let Some(c) = self.peek(0) {
                let is_end = c == ']' && closes(&self.chars[self.column..], level);
                self.copy(if is_end { level + 2 } else { 1 });
                if is_end {
                    return;
                }
            }
            if !self.next_line() {
                return;
            }
        }
    }

    /// A string in quotes; an escaped line end goes on in the next line.
    fn string(&mut self, quote: char) {
        let is_ascii = self.peek(0) == Some(quote);
        self.put(quote);
        // A full-width quote that may have been meant to end it.
        let mut meant: Option<(usize, Found)> = None;
        while let Some(c) = self.peek(0) {
            if c == quote || (!is_ascii && ascii_of(c) == Some(quote)) {
                return self.put(quote);
            }
            if c == '\\' {
                if !self.escape() {
                    break;
                }
                continue;
            }
            if ascii_of(c) == Some(quote) {
                let fault = TextFault::FullWidth { found: c, ascii: quote };
                meant = Some((self.scan.clean.len(), Found::new(self.at(1), fault)));
            }
            self.in_string(c);
        }
        if let Some((at, found)) = meant {
            let end = at + self.scan.clean[at..].chars().next().map_or(0, char::len_utf8);
            let mut rest = [0; 4];
            self.scan.clean.replace_range(at..end, quote.encode_utf8(&mut rest));
            self.found.push(found);
        }
    }

    /// An escape in a string; false where the string ends with its file.
    fn escape(&mut self) -> bool {
        match self.peek(1) {
            None => {
                self.copy(1);
                return self.next_line();
            }
            Some('x') => self.hex_escape(),
            Some(escape @ ('z' | 'u')) if escape == 'z' || self.peek(2) == Some('{') => {
                let fault = TextFault::NewerLua { found: format!("\\{escape}"), since: "5.2" };
                self.found.push(Found::new(self.at(2), fault));
            }
            Some(_) => {}
        }
        self.copy(2);
        true
    }

    fn hex_escape(&mut self) {
        let digits: String = (2..4)
            .filter_map(|ahead| self.peek(ahead))
            .take_while(char::is_ascii_hexdigit)
            .collect();
        let Ok(value) = u8::from_str_radix(&digits, 16) else { return };
        let fault = TextFault::HexEscape {
            found: format!("\\x{digits}"),
            decimal: format!("\\{value:03}"),
        };
        self.found.push(Found::new(self.at(2 + digits.len()), fault));
    }

    /// A plain character of a string.
    fn in_string(&mut self, c: char) {
        let encoding = self.source.encodings[self.line - 1];
        if !c.is_ascii() && self.scan.foreign_string.is_none() {
            self.scan.foreign_string = Some((self.at(1), encoding));
        }
        let has_backslash = encoding == Encoding::Gbk && ends_in_backslash(c);
        self.copy(1);
        if !has_backslash {
            return;
        }
        if self.peek(0) == Some('\\') {
            // The way out that old sources take: Lua reads both as one backslash.
            return self.put('_');
        }
        let at = At::new(self.line, self.column, 1);
        self.found.push(Found::new(at, TextFault::GbkBackslash { found: c }));
    }

    fn number(&mut self) {
        let is_part = |c: &&char| c.is_ascii_alphanumeric() || **c == '.' || **c == '_';
        let len = self.chars[self.column..].iter().take_while(is_part).count();
        self.copy(len);
    }

    fn word(&mut self, first: char) {
        let mut word = String::from(first);
        self.put(first);
        while let Some(c) = self.peek(0) {
            let is_part = c.is_ascii_alphanumeric() || c == '_';
            if !is_part && (c.is_ascii() || ascii_of(c).is_some()) {
                break;
            }
            let c = self.as_ascii(c);
            word.push(c);
            self.put(c);
        }
        match word.as_str() {
            "not" => self.operator(true),
            "and" | "or" => self.low_operator(),
            "do" | "function" | "if" | "repeat" => self.open(&word),
            "end" | "until" => {
                self.suspect(word.len());
                self.close();
            }
            "local" | "then" | "else" | "elseif" | "while" | "for" | "in" | "return" | "break" => {
                self.reset();
            }
            _ => {}
        }
    }

    fn sign(&mut self, c: char) {
        let is_one = |next| self.peek(1) == Some(next);
        match c {
            '(' | '[' | '{' => self.open(c.encode_utf8(&mut [0; 4])),
            ')' | ']' | '}' => self.close(),
            ',' | ';' => self.reset(),
            '=' if !is_one('=') && !self.scan.clean.ends_with(['=', '<', '>', '~']) => self.reset(),
            '=' | '<' | '>' | '~' => self.low_operator(),
            '.' if is_one('.') => self.operator(true),
            '^' | '#' | '-' => self.operator(true),
            '+' | '*' | '/' | '%' | '&' | '|' => self.operator(false),
            _ => {}
        }
    }

    /// Opens a level; the pen stands behind a word, and on a sign.
    fn open(&mut self, word: &str) {
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic());
        let column = self.column + 1 - if is_word { word.len() } else { 0 };
        let opened = Some((At::new(self.line, column, word.len()), word.to_owned()));
        self.levels.push(Level { opened, indent: self.indent(), ..Level::default() });
        if self.levels.len() > LEVELS_MAX {
            self.stop(TextFault::TooDeep { max: 200 });
        }
    }

    fn indent(&self) -> usize {
        self.chars.iter().take_while(|c| c.is_whitespace()).count()
    }

    /// An `end` that stands further out than what it ends belongs to something else.
    fn suspect(&mut self, len: usize) {
        let is_first = self.indent() + len == self.column;
        let Some(level) = self.levels.last() else { return };
        if is_first && level.indent > self.indent() && self.scan.unclosed.is_none() {
            self.scan.unclosed = level.opened.clone();
        }
    }

    /// At the end of the file, what is still open has no end.
    fn finish(&mut self) {
        // The parser panics where it meets one, which it may in what it takes for code.
        self.scan.clean = self.scan.clean.replace('`', "_");
        let open = self.levels.last().and_then(|level| level.opened.clone());
        self.scan.unclosed = open.and_then(|open| self.scan.unclosed.take().or(Some(open)));
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
    }

    fn reset(&mut self) {
        self.count(|level| {
            level.operators = 0;
            level.right_bound = 0;
        });
    }

    /// An operator that binds less than `..`, so what is open to its left is done.
    fn low_operator(&mut self) {
        self.count(|level| {
            level.right_bound = 0;
            level.operators += 1;
        });
    }

    fn operator(&mut self, is_right_bound: bool) {
        self.count(|level| {
            level.right_bound += usize::from(is_right_bound);
            level.operators += 1;
        });
    }

    fn count(&mut self, change: impl FnOnce(&mut Level)) {
        let depth = self.levels.len();
        let Some(level) = self.levels.last_mut() else { return };
        change(level);
        // `-` may stand between two operands, and then it is not a level.
        if level.right_bound > 2 * LEVELS_MAX || level.operators > OPERATORS_MAX {
            let is_deep = level.operators <= OPERATORS_MAX && depth <= LEVELS_MAX;
            self.stop(match is_deep {
                true => TextFault::TooDeep { max: 200 },
                false => TextFault::TooLong { max: OPERATORS_MAX },
            });
        }
    }

    fn stop(&mut self, fault: TextFault) {
        self.scan.is_too_deep = true;
        self.found.push(Found::new(self.at(1), fault));
    }
}

/// The level of the long bracket that `chars` begin with: 0 for `[[`, 1 for `[=[`.
fn long_bracket(chars: &[char]) -> Option<usize> {
    let rest = chars.strip_prefix(&['['])?;
    let level = rest.iter().take_while(|c| **c == '=').count();
    (rest.get(level) == Some(&'[')).then_some(level)
}

/// Whether `chars` begin with the end of a long bracket of `level`.
fn closes(chars: &[char], level: usize) -> bool {
    chars.len() >= level + 2
        && chars[1..=level].iter().all(|c| *c == '=')
        && chars[level + 1] == ']'
}

/// The sign of Lua's that `c` looks like.
fn ascii_of(c: char) -> Option<char> {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        '\u{3000}' | '\u{A0}' | '\u{200B}' | '\u{FEFF}' => Some(' '),
        '\u{201C}' | '\u{201D}' => Some('"'),
        '\u{2018}' | '\u{2019}' => Some('\''),
        '。' => Some('.'),
        '、' => Some(','),
        '【' => Some('['),
        '】' => Some(']'),
        '《' => Some('<'),
        '》' => Some('>'),
        '—' => Some('-'),
        '×' => Some('*'),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
