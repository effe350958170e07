//! "Make this a test": what a device and the server said to each other, as a file for `holdline test`.
//!
//! The test's server does what the lab did, each time so long after the device connected as it was
//! then: a way back may take longer in the test's world, and nothing gets out of step.

mod acts;
mod expected;
mod replies;

use crate::config::PortKind;
use crate::store::{Kind, Message};
use acts::Act;
use std::fmt::Write;
use std::time::Duration;

/// Rows that a test is made of, at most: the first ones.
pub(super) const ROWS_MAX: usize = 10_000;

/// Bytes that a test is made of, at most.
const BYTES_MAX: usize = 1 << 20;

/// What rows of a device, and of those that its port turned away, a test is made of.
pub(super) const KINDS: [Kind; 4] = [Kind::Received, Kind::Sent, Kind::Accepted, Kind::Closed];

/// A test that is to be written.
pub(super) struct Retold<'a> {
    /// What the device is called in addresses.
    pub(super) device: &'a str,
    /// What is spoken at its port.
    pub(super) kind: PortKind,
    /// Where the script dials.
    pub(super) port: u16,
}

impl Retold<'_> {
    /// The file, made of these rows in their order.
    pub(super) fn file(&self, rows: &[Message]) -> String {
        let mut bytes = 0;
        let is_within = |row: &&Message| {
            bytes += row.bytes.len();
            bytes <= BYTES_MAX
        };
        let rows: Vec<&Message> = rows.iter().take_while(is_within).collect();
        let replies = replies::of(&rows);
        let acts = acts::of(&rows, &replies.rows);
        let mut lines = self.opening();
        lines.extend(replies.lines());
        lines.extend(acts.iter().map(Act::line));
        lines.extend(expected::of(&rows).iter().map(expected::Expected::line));
        // One more where the trace ends before the device was back.
        let connects = acts.iter().filter(|act| matches!(act, Act::Await { .. })).count() + 1;
        lines.push(format!("  expect(server:connects()):at_most({connects})"));
        lines.push("end)\n".to_owned());
        lines.join("\n")
    }

    fn opening(&self) -> Vec<String> {
        let name = quoted(format!("{} as it was in the lab", self.device).as_bytes());
        let mut lines = vec![format!("test({name}, function(world)")];
        lines.push(format!("  local server = world:server({})", self.port));
        match self.kind {
            PortKind::Tcp | PortKind::Udp => {}
            PortKind::Tls => lines.push("  server:speaks_tls()".to_owned()),
            PortKind::Mtls => {
                lines.push("  server:speaks_tls{ wants_client_certificate = true }".to_owned());
            }
        }
        lines.push("  world:boot()".to_owned());
        lines
    }
}

/// Between two moments in microseconds.
fn between(from: i64, to: i64) -> Duration {
    Duration::from_micros(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

/// A time as tests write it, to the millisecond.
fn spoken(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (seconds, 0) => format!("\"{seconds}s\""),
        (0, millis) => format!("\"{millis}ms\""),
        (seconds, millis) => format!("\"{seconds}s{millis}ms\""),
    }
}

/// Bytes as a text of Lua.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        // Text cannot fail to be written into a `String`.
        let _ = match byte {
            b'\r' => write!(text, r"\r"),
            b'\n' => write!(text, r"\n"),
            b'"' | b'\\' => write!(text, r"\{}", char::from(*byte)),
            b' '..=b'~' => write!(text, "{}", char::from(*byte)),
            _ => write!(text, r"\{byte:03}"),
        };
    }
    text + "\""
}

#[cfg(test)]
mod tests;
