//! Devices at ports of TLS: what they see, and what the stream says of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;
mod device;
mod line;
mod mutual;
mod openssl;
mod trouble;
mod unfinished;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::Tried;
use holdline_lab::{PortConfig, PortKind};
use holdline_peer::{Manner, Reply};
use serde_json::Value;

/// A port that sends everything back.
fn echo(name: &str, kind: PortKind) -> PortConfig {
    common::port(name, kind, Manner { reply: Reply::Echo, ..Manner::default() })
}

/// The rows of a kind, as text.
fn rows(found: &Value, kind: &str) -> Vec<String> {
    let of_kind = found.as_array().unwrap().iter().filter(|row| row["kind"] == kind);
    let text = |row: &Value| STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap();
    of_kind.map(|row| String::from_utf8(text(row)).unwrap()).collect()
}

/// Waits for so many rows of a kind, and says what they are.
fn wait_rows(tried: &Tried, kind: &str, count: usize) -> Vec<String> {
    let found = tried.wait("/api/messages?events=true", |found| rows(found, kind).len() >= count);
    rows(&found, kind)
}
