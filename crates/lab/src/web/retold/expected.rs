//! What the test expects to receive.

use super::quoted;
use crate::store::{Kind, Message};
use std::collections::BTreeMap;

/// Different messages that a test expects, at most.
const EXPECTED_MAX: usize = 50;

/// Bytes of a message that are looked for; what follows them may be anything.
const LOOKED_FOR_MAX: usize = 64;

/// A message that has to come.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected {
    bytes: Vec<u8>,
    /// How often it came.
    count: usize,
}

impl Expected {
    /// As a test says it. A message that is due when a connection ends may come or not, so one in ten
    /// may be missing; more than twice as many are too many.
    pub(super) fn line(&self) -> String {
        let least = (self.count - (self.count / 10).max(1)).max(1);
        let (bytes, most) = (quoted(&self.bytes), self.count * 2);
        format!("  expect(server:received({bytes})):at_least({least}):at_most({most})")
    }
}

/// Each different message, with how often its bytes came, however they were cut.
pub(super) fn of(rows: &[&Message]) -> Vec<Expected> {
    let mut streams: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut begun: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Received) {
        streams.entry(row.conn).or_default().extend(&row.bytes);
        for message in messages(begun.entry(row.conn).or_default(), &row.bytes) {
            add(&mut found, message);
        }
    }
    begun.into_values().for_each(|rest| add(&mut found, rest));
    let expected = found.into_iter().map(|bytes| {
        let count = streams.values().map(|stream| times(stream, &bytes)).sum();
        Expected { bytes, count }
    });
    expected.collect()
}

fn add(found: &mut Vec<Vec<u8>>, mut message: Vec<u8>) {
    message.truncate(LOOKED_FOR_MAX);
    if !message.is_empty() && found.len() < EXPECTED_MAX && !found.contains(&message) {
        found.push(message);
    }
}

/// What one more read completes: text by its lines, anything else as it came. What is left has begun.
fn messages(begun: &mut Vec<u8>, read: &[u8]) -> Vec<Vec<u8>> {
    let is_text = read.is_ascii() && !read.iter().any(|byte| matches!(byte, 0..=8 | 14..=31));
    let mut done = Vec::new();
    if !is_text || !read.contains(&b'\n') {
        done.push(std::mem::take(begun));
    }
    if !is_text {
        done.push(read.to_vec());
        return done;
    }
    begun.extend_from_slice(read);
    while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
        let rest = begun.split_off(end + 1);
        done.push(std::mem::replace(begun, rest));
    }
    done
}

/// How often bytes stand in a stream, as `server:received` counts: no byte counts twice.
fn times(stream: &[u8], bytes: &[u8]) -> usize {
    let (mut from, mut count) = (0, 0);
    while let Some(at) = stream[from..].windows(bytes.len()).position(|part| part == bytes) {
        from += at + bytes.len();
        count += 1;
    }
    count
}
