//! Reading a file: which encoding, which lines, and what of it is text at all.

use super::fault::{At, Found, TextFault};
use encoding_rs::GBK;

/// Bytes that a script may have: more than the script area of any module.
pub(super) const SOURCE_BYTES_MAX: usize = 1024 * 1024;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// In what the bytes of a line are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Ascii,
    Utf8,
    Gbk,
    /// Neither; every bad byte became U+FFFD.
    None,
}

/// A file as text, a line at a time: line ends are gone, a byte-order mark too.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) lines: Vec<String>,
    /// In what each line is written.
    pub(super) encodings: Vec<Encoding>,
}

impl Source {
    /// Reads `bytes` and tells what is wrong with them as text.
    pub(super) fn read(bytes: &[u8], found: &mut Vec<Found>) -> Self {
        let body = bytes.strip_prefix(MARK).unwrap_or(bytes);
        if body.len() < bytes.len() {
            found.push(Found::new(At::START, TextFault::ByteOrderMark));
        }
        let is_utf8 = std::str::from_utf8(body).is_ok();
        let (lines, encodings) = lines(body).map(|line| decode(line, is_utf8)).unzip();
        let source = Self { lines, encodings };
        source.tell_bad_bytes(found);
        source.tell_mixed_lines(found);
        source
    }

    fn tell_bad_bytes(&self, found: &mut Vec<Found>) {
        for (line, text) in self.numbered(Encoding::None) {
            let column = text.chars().position(|c| c == '\u{FFFD}').unwrap_or(0);
            found.push(Found::new(At::new(line, column + 1, 1), TextFault::BadBytes));
        }
    }

    /// Lines of both kinds; the first of the rarer kind is told.
    fn tell_mixed_lines(&self, found: &mut Vec<Found>) {
        let count = |encoding| self.numbered(encoding).count();
        let (utf8, gbk) = (count(Encoding::Utf8), count(Encoding::Gbk));
        if utf8 == 0 || gbk == 0 {
            return;
        }
        let rarer = if utf8 < gbk { Encoding::Utf8 } else { Encoding::Gbk };
        let fault = TextFault::MixedLines { is_utf8: rarer == Encoding::Utf8 };
        for (line, text) in self.numbered(rarer) {
            let column = text.chars().position(|c| !c.is_ascii()).unwrap_or(0);
            found.push(Found::new(At::new(line, column + 1, 1), fault.clone()));
        }
    }

    /// The lines written in `encoding`, with their numbers from 1.
    fn numbered(&self, encoding: Encoding) -> impl Iterator<Item = (usize, &str)> {
        let all = self.lines.iter().zip(&self.encodings).enumerate();
        all.filter(move |(_, (_, written))| **written == encoding)
            .map(|(index, (text, _))| (index + 1, text.as_str()))
    }
}

/// The lines of `bytes` as Lua counts them: `\n`, `\r` and either pair of both end one.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            rest = None;
            return Some(bytes);
        };
        let pair = bytes.get(end + 1).filter(|&&next| matches!(next, b'\n' | b'\r'));
        let is_pair = pair.is_some_and(|&next| next != bytes[end]);
        rest = Some(&bytes[end + 1 + usize::from(is_pair)..]);
        Some(&bytes[..end])
    })
}

/// A line as text. In a file that is not UTF-8, a line with Chinese in valid UTF-8 still is.
fn decode(line: &[u8], is_utf8: bool) -> (String, Encoding) {
    if let Ok(text) = std::str::from_utf8(line) {
        if text.is_ascii() {
            return (text.to_owned(), Encoding::Ascii);
        }
        if is_utf8 || text.chars().filter(|c| is_chinese(*c)).count() >= 2 {
            return (text.to_owned(), Encoding::Utf8);
        }
    }
    match GBK.decode_without_bom_handling_and_without_replacement(line) {
        Some(text) => (text.into_owned(), Encoding::Gbk),
        None => (readable(line), Encoding::None),
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// What is UTF-8 as text, every other byte as U+FFFD.
fn readable(line: &[u8]) -> String {
    let mut text = String::new();
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    text
}

/// Whether `c` ends, in GBK, in the byte of a backslash.
pub(super) fn ends_in_backslash(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, is_lossy) = GBK.encode(c.encode_utf8(&mut buffer));
    !is_lossy && !c.is_ascii() && bytes.last() == Some(&b'\\')
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Source, ends_in_backslash, lines};

    fn read(bytes: &[u8]) -> (Source, Vec<String>) {
        let mut found = Vec::new();
        let source = Source::read(bytes, &mut found);
        let told =
            found.iter().map(|f| format!("{}:{} {}", f.at.line, f.at.column, f.fault.code()));
        (source, told.collect())
    }

    #[test]
    fn lines_end_as_lua_counts_them() {
        let all: Vec<_> = lines(b"a\r\nb\n\rc\rd\n\ne").collect();
        assert_eq!(all, [b"a", b"b", b"c", b"d", &b""[..], b"e"]);
    }

    #[test]
    fn each_encoding_is_read_and_only_trouble_is_told() {
        let (source, told) = read("x = '位置'\ny = 1".as_bytes());
        assert_eq!(source.encodings, [Encoding::Utf8, Encoding::Ascii]);
        assert_eq!((source.lines[0].as_str(), told.len()), ("x = '位置'", 0));
        let (source, told) = read(b"x = '\xCE\xBB\xD6\xC3'");
        assert_eq!((source.lines[0].as_str(), told.len()), ("x = '位置'", 0));
        let (source, told) = read(b"\xEF\xBB\xBFx = '\xFF' .. '\xFF\xFF'");
        assert_eq!(source.lines[0], "x = '\u{FFFD}' .. '\u{FFFD}\u{FFFD}'");
        assert_eq!(told, ["1:1 byte-order-mark", "1:6 bad-bytes"]);
    }

    #[test]
    fn a_line_of_another_encoding_is_told_at_its_first_such_character() {
        let mut bytes = b"-- \xCE\xBB\xD6\xC3\n-- \xCE\xBB\xD6\xC3\n".to_vec();
        bytes.extend_from_slice("x = '位置'".as_bytes());
        let (source, told) = read(&bytes);
        assert_eq!(source.encodings, [Encoding::Gbk, Encoding::Gbk, Encoding::Utf8]);
        assert_eq!(told, ["3:6 mixed-lines"]);
    }

    #[test]
    fn backslashes_hide_in_gbk() {
        assert!(ends_in_backslash('誠') && !ends_in_backslash('位') && !ends_in_backslash('\\'));
    }
}
