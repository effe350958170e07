//! Bytes of a script, or of a server, as text that a terminal shows and does not obey.

use encoding_rs::GBK;
use std::fmt::Write;

/// The lines of `bytes`, each as text. A line end at the very end begins no line.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = String> {
    let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&byte| byte == b'\n');
    lines.map(|line| clean(line.strip_suffix(b"\r").unwrap_or(line)))
}

/// `bytes` as text: UTF-8, else GBK, else what is readable; the rest as `\xNN`.
pub(crate) fn clean(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return escape(text);
    }
    match GBK.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => escape(&text),
        None => mixed(bytes),
    }
}

/// Text with its control characters made visible, except for tabs.
fn escape(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\t' { push_bytes(&mut clean, c) } else { clean.push(c) }
    }
    clean
}

/// What is UTF-8 as text, every other byte by its number.
fn mixed(bytes: &[u8]) -> String {
    let mut clean = String::new();
    for chunk in bytes.utf8_chunks() {
        clean.push_str(&escape(chunk.valid()));
        for byte in chunk.invalid() {
            push_byte(&mut clean, *byte);
        }
    }
    clean
}

fn push_bytes(clean: &mut String, c: char) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        push_byte(clean, byte);
    }
}

fn push_byte(clean: &mut String, byte: u8) {
    write!(clean, "\\x{byte:02X}").expect("a string takes what is written to it");
}

#[cfg(test)]
mod tests {
    use super::{clean, lines};

    #[test]
    fn a_line_end_separates_and_ends_lines() {
        assert_eq!(lines(b"a\r\nb\n").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(lines(b"\n\n").collect::<Vec<_>>(), ["", ""]);
        assert_eq!(lines(b"").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn utf8_and_gbk_are_read_as_such() {
        assert_eq!(clean("位置\tok".as_bytes()), "位置\tok");
        assert_eq!(clean(b"\xCE\xBB\xD6\xC3 loc"), "位置 loc");
    }

    #[test]
    fn a_terminal_is_not_commanded() {
        assert_eq!(clean(b"\x1b[2Jhi\x07\0"), "\\x1B[2Jhi\\x07\\x00");
        assert_eq!(clean("\u{9b}2J".as_bytes()), "\\xC2\\x9B2J");
    }

    #[test]
    fn what_is_no_text_is_shown_by_its_numbers() {
        assert_eq!(clean(b"a\xFFb"), "a\\xFFb");
    }
}
