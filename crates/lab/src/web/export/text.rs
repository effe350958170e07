//! Messages as lines and as rows of a table.

use crate::store::{Kind, Message};
use crate::web::api::Time;
use std::fmt::Write;

/// The columns of the table.
pub(super) const HEAD: [&str; 8] =
    ["seq", "time", "direction", "port", "connection", "device", "hex", "text"];

/// A line for people: when, which way, who, how much, what.
pub(super) fn line(row: &Message) -> String {
    let (time, arrow) = (Time(row.at).text(), way(row.kind, ["->", "<-"]));
    let device = row.device.as_deref().unwrap_or("-");
    let mut line = format!("{time} {} {device} {arrow} ", row.port);
    if row.kind.is_traffic() {
        let _ = write!(line, "{} bytes: {} | ", row.bytes.len(), hex(&row.bytes));
    }
    line + &shown(&row.bytes) + "\n"
}

/// Which way bytes went in one of two words, or what else happened.
fn way(kind: Kind, [up, down]: [&'static str; 2]) -> &'static str {
    if kind == Kind::Received {
        up
    } else if kind == Kind::Sent {
        down
    } else {
        kind.name()
    }
}

/// The cells of a row.
pub(super) fn cells(row: &Message) -> [String; 8] {
    [
        row.seq.to_string(),
        Time(row.at).text(),
        way(row.kind, ["in", "out"]).to_owned(),
        harmless(row.port.clone()),
        row.conn.to_string(),
        harmless(row.device.clone().unwrap_or_default()),
        hex(&row.bytes),
        harmless(shown(&row.bytes)),
    ]
}

/// A program for tables would run what begins so, and devices send what they like.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// A row of the table, with quotes where it needs them.
pub(super) fn csv_row<T: AsRef<[u8]>>(cells: &[T]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(cells).expect("memory takes all, and each row has the same cells");
    csv.into_inner().expect("memory takes all")
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// As text, where control characters and what is no UTF-8 are written out.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || letter == '\\' {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[test]
fn bytes_are_shown_without_doing_anything() {
    assert_eq!(shown("心跳 \\ \r\n\u{1b}[0m".as_bytes()), r"心跳 \\ \r\n\u{1b}[0m");
    assert_eq!(shown(b"\xff\x00ok"), r"\xff\u{0}ok");
    assert_eq!(harmless("=1+1".into()), "'=1+1");
    assert_eq!(csv_row(&["a\"b", "c,d", "e"]), b"\"a\"\"b\",\"c,d\",e\n");
}
