//! Users' words, cut into pieces.

use super::error::{FaultError, Wrong};
use alloc::string::String;
use alloc::vec::Vec;

/// A piece of users' words.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// It, as it stands there.
    pub(super) raw: &'a str,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// In lower case.
    Word(String),
    /// What stood between quotes.
    Text(Vec<u8>),
}

impl Token<'_> {
    /// The word, unless it is a text.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Text(_) => None,
        }
    }
}

/// Cuts `words` up where there is space or a comma, or `-` or `_` between letters; texts in quotes stay whole.
pub(super) fn tokens(words: &str) -> Result<Vec<Token<'_>>, FaultError> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(found) = words[start..].find(|c: char| !is_space(c)) {
        start += found;
        let end = match words[start..].chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let (text, len) = text(words, start, quote)?;
                let raw = &words[start..start + len];
                tokens.push(Token { start, raw, kind: Kind::Text(text) });
                start + len
            }
            _ => {
                let end = end_of_word(words, start);
                let raw = &words[start..end];
                let kind = Kind::Word(raw.to_ascii_lowercase());
                tokens.push(Token { start, raw, kind });
                end
            }
        };
        start = after_joint(words, end);
    }
    Ok(tokens)
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '\u{ff0c}')
}

fn end_of_word(words: &str, start: usize) -> usize {
    let is_end = |&(at, c): &(usize, char)| {
        is_space(c) || matches!(c, '"' | '\'') || is_joint(words, start + at)
    };
    let end = words[start..].char_indices().skip(1).find(is_end);
    end.map_or(words.len(), |(at, _)| start + at)
}

/// Past the `-` or `_` that ended a word.
fn after_joint(words: &str, end: usize) -> usize {
    if is_joint(words, end) { end + 1 } else { end }
}

fn is_joint(words: &str, at: usize) -> bool {
    let bytes = words.as_bytes();
    let is_letter =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    matches!(bytes.get(at), Some(b'-' | b'_'))
        && is_letter(at.checked_sub(1))
        && is_letter(at.checked_add(1))
}

/// The bytes of the text whose opening quote stands at `start`, and its length with both quotes.
fn text(words: &str, start: usize, quote: char) -> Result<(Vec<u8>, usize), FaultError> {
    let unclosed = || FaultError::new(words, start, &words[start..], Wrong::Unclosed);
    let mut bytes = Vec::new();
    let mut at = start + 1;
    loop {
        let c = words[at..].chars().next().ok_or_else(unclosed)?;
        if c == quote {
            return Ok((bytes, at + 1 - start));
        }
        if c == '\\' {
            let (byte, len) = escape(&words[at..]).ok_or_else(|| {
                let end =
                    words[at..].char_indices().nth(2).map_or(words.len(), |(len, _)| at + len);
                FaultError::new(words, at, &words[at..end], Wrong::Escape)
            })?;
            bytes.push(byte);
            at += len;
        } else {
            bytes.extend_from_slice(&words.as_bytes()[at..at + c.len_utf8()]);
            at += c.len_utf8();
        }
    }
}

/// The byte that `rest` begins with, written with a backslash, and how long it is so.
fn escape(rest: &str) -> Option<(u8, usize)> {
    let byte = match rest.as_bytes().get(1)? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'x' => {
            let digits = rest.get(2..4).filter(|digits| !digits.starts_with('+'))?;
            return Some((u8::from_str_radix(digits, 16).ok()?, 4));
        }
        &byte @ (b'\\' | b'"' | b'\'') => byte,
        _ => return None,
    };
    Some((byte, 2))
}
