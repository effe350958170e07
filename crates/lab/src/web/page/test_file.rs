//! "Make this a test": what a device and the server said to each other, as a file for `holdline test`.

use crate::store::{Filter, Kind, Message};
use crate::web::api::Problem;
use crate::web::state::State;
use axum::extract::{Path, State as AxumState};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use std::time::Duration;

/// Rows that a test is made of, at most: the first ones.
const ROWS_MAX: usize = 10_000;

/// Different messages that a test expects, at most.
const EXPECTED_MAX: usize = 50;

/// What a device may take to boot and to find its network before it says something.
const BOOT: Duration = Duration::from_secs(60);

/// Replies to messages, the first to each of them, in their order.
type Replies = Vec<(Vec<u8>, Vec<u8>)>;

pub(super) async fn test_file(
    AxumState(state): AxumState<State>,
    Path(device): Path<String>,
) -> Result<Response, Problem> {
    let kinds = vec![Kind::Received, Kind::Sent, Kind::Accepted];
    let filter = Filter { devices: vec![device.clone()], kinds, ..Filter::default() };
    let rows = state.read(move |reader| reader.messages(&filter, 0, ROWS_MAX)).await?;
    let port = rows.first().and_then(|row| state.ports.iter().find(|port| port.name == row.port));
    let Some(port) = port else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            format!("`{device}` has said nothing at a port of this lab"),
            format!("`{device}` 没有在这里的端口上发过数据"),
        ));
    };
    let text = written(&device, port.address.port(), &rows);
    let named = format!("attachment; filename=\"{device}.lua\"");
    let headers = [
        (header::CONTENT_TYPE, "text/x-lua; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, text).into_response())
}

/// The file: replies as they were, and expectations of what was received.
fn written(device: &str, port: u16, rows: &[Message]) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        text += &line;
        text.push('\n');
    };
    line(format!(
        "test({}, function(world)",
        quoted(format!("{device} as it was in the lab").as_bytes())
    ));
    line(format!("  local server = world:server({port})"));
    line("  local device = world:boot()".to_owned());
    let (greeting, replies) = replies(rows);
    if !greeting.is_empty() {
        line(format!("  server:when_connected():reply({})", quoted(&greeting)));
    }
    match replies.iter().all(|(message, reply)| message == reply) && !replies.is_empty() {
        true => line("  server:echo()".to_owned()),
        false => {
            for (message, reply) in &replies {
                let (message, reply) = (quoted(message), quoted(reply));
                line(format!("  server:when_equals({message}):reply({reply})"));
            }
        }
    }
    line(format!("  world:run(\"{}s\")", lasted(rows).as_secs()));
    for message in received(rows) {
        line(format!("  expect(server:received({})):at_least(1)", quoted(message)));
    }
    line("  expect(server:connects()):at_least(1)".to_owned());
    line("end)".to_owned());
    text
}

/// What the server said to whoever connected, and what to each message.
fn replies(rows: &[Message]) -> (Vec<u8>, Replies) {
    let mut greeting = Vec::new();
    let mut replies = Replies::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Sent) {
        let of_conn = rows[at + 1..].iter().filter(|later| later.conn == row.conn);
        let said: Vec<u8> = of_conn
            .take_while(|later| later.kind == Kind::Sent)
            .flat_map(|later| later.bytes.iter().copied())
            .collect();
        if said.is_empty() {
            continue;
        }
        let is_known = replies.iter().any(|(known, _)| *known == row.bytes);
        if row.kind == Kind::Received && !is_known {
            replies.push((row.bytes.clone(), said));
        } else if row.kind == Kind::Accepted && greeting.is_empty() {
            greeting = said;
        }
    }
    (greeting, replies)
}

/// What came, each once.
fn received(rows: &[Message]) -> Vec<&[u8]> {
    let mut found: Vec<&[u8]> = Vec::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Received) {
        if found.len() < EXPECTED_MAX && !found.contains(&&*row.bytes) {
            found.push(&row.bytes);
        }
    }
    found
}

/// How long it went on, and time to boot before.
fn lasted(rows: &[Message]) -> Duration {
    let ends = rows.first().zip(rows.last());
    let micros = ends.map_or(0, |(first, last)| (last.at - first.at).max(0));
    BOOT + Duration::from_micros(micros.unsigned_abs())
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
mod tests {
    use super::*;

    fn row(seconds: i64, conn: i64, kind: Kind, bytes: &[u8]) -> Message {
        let (port, device) = ("cars".to_owned(), Some("a1".to_owned()));
        Message { seq: 0, at: seconds * 1_000_000, port, conn, device, kind, bytes: bytes.into() }
    }

    #[test]
    fn replies_and_expectations_are_what_was_said() {
        let rows = [
            row(0, 1, Kind::Accepted, b"127.0.0.1:5"),
            row(0, 1, Kind::Sent, b"hi\r\n"),
            row(1, 1, Kind::Received, b"\x7e\"1"),
            row(1, 2, Kind::Accepted, b"127.0.0.1:6"),
            row(2, 1, Kind::Sent, b"o"),
            row(2, 1, Kind::Sent, b"k"),
            row(3, 1, Kind::Received, b"bye\xff"),
            row(9, 1, Kind::Received, b"\x7e\"1"),
        ];
        let expected = r#"test("a1 as it was in the lab", function(world)
  local server = world:server(9999)
  local device = world:boot()
  server:when_connected():reply("hi\r\n")
  server:when_equals("~\"1"):reply("ok")
  world:run("69s")
  expect(server:received("~\"1")):at_least(1)
  expect(server:received("bye\255")):at_least(1)
  expect(server:connects()):at_least(1)
end)
"#;
        assert_eq!(written("a1", 9999, &rows), expected);
    }

    #[test]
    fn a_server_that_said_everything_again_is_an_echo() {
        let rows = [row(0, 1, Kind::Received, b"a"), row(0, 1, Kind::Sent, b"a")];
        assert!(written("a1", 9, &rows).contains("server:echo()"));
        assert!(!written("a1", 9, &rows[..1]).contains("echo"));
    }
}
