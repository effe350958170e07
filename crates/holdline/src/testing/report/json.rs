//! The report as JSON; `docs/test-reports.md` has the schema.

use crate::testing::story::{Actor, Case, Closer, Failure, Report, Row, Story, Verdict, What};
use crate::testing::text::hash_of;
use holdline_modem::LineId;
use holdline_peer::Conn;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Told apart by programs; it grows when a field changes its meaning or goes.
const FORMAT: u32 = 1;

/// The whole report, without a line end.
pub(crate) fn document(report: &Report) -> Value {
    let faults = report.faults.iter().map(|fault| {
        json!({
            "file": fault.file.to_string_lossy(), "line": fault.line,
            "text": fault.text, "hint": fault.hint,
        })
    });
    json!({
        "format": FORMAT,
        "hash": format!("{:016x}", hash_of(report)),
        "tests": report.cases.iter().map(case).collect::<Vec<_>>(),
        "errors": faults.collect::<Vec<_>>(),
    })
}

fn case(case: &Case) -> Value {
    let (verdict, failure) = match &case.verdict {
        Verdict::Passed => ("passed", Value::Null),
        Verdict::Failed(failure) => ("failed", self::failure(failure)),
        Verdict::Error(failure) => ("error", self::failure(failure)),
    };
    json!({
        "file": case.file.to_string_lossy(), "line": some(case.line), "name": case.name,
        "verdict": verdict, "failure": failure,
        "virtual_ms": ms(case.virtual_time), "took_ms": ms(case.took),
        "seed": case.seed, "hash": format!("{:016x}", case.hash),
        "story": story(&case.story),
    })
}

/// A line, where it is about one.
fn some(line: u32) -> Option<u32> {
    (line > 0).then_some(line)
}

fn failure(failure: &Failure) -> Value {
    json!({
        "line": some(failure.line), "words": failure.words, "expected": failure.expected,
        "got": failure.got, "ms": ms(failure.at), "hint": failure.hint,
    })
}

fn story(story: &Story) -> Value {
    let actors = story.actors.iter().map(|actor| match actor {
        Actor::World => json!({"kind": "world"}),
        Actor::Device(number) => json!({"kind": "device", "number": number}),
        Actor::Server { host, port } => json!({"kind": "server", "host": host, "port": port}),
    });
    json!({
        "actors": actors.collect::<Vec<_>>(),
        "end_ms": ms(story.end),
        "rows": story.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Value {
    let head = [("ms", ms(row.at)), ("actor", json!(row.actor)), ("what", json!(name(&row.what)))];
    let fields = head.into_iter().chain(fields(&row.what));
    fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

/// The name of what happened.
pub(super) fn name(what: &What) -> &'static str {
    match what {
        What::PoweredOn => "powered_on",
        What::Restarting(_) => "restarting",
        What::PoweredOff => "powered_off",
        What::Online => "online",
        What::Offline => "offline",
        What::Dialled { .. } => "dialled",
        What::Connected { .. } => "connected",
        What::ConnectFailed { .. } => "connect_failed",
        What::Ended { .. } => "ended",
        What::Closed { .. } => "closed",
        What::BrokenOff { .. } => "broken_off",
        What::Sent { .. } => "sent",
        What::Received { .. } => "received",
        What::Log(_) => "log",
        What::Notice(_) => "notice",
        What::UartSent { .. } => "uart_sent",
        What::UartReceived { .. } => "uart_received",
        What::Refused { .. } => "refused",
        What::Accepted { .. } => "accepted",
        What::ServerReceived { .. } => "server_received",
        What::ServerSent { .. } => "server_sent",
        What::ServerClosed { .. } => "server_closed",
        What::FaultBegan(_) => "fault_began",
        What::FaultEnded(_) => "fault_ended",
        What::Expected { .. } => "expected",
    }
}

/// Its line, connection or port, and what else it carries.
fn fields(what: &What) -> Vec<(&'static str, Value)> {
    let text = |name, text: &str| vec![(name, Value::from(text))];
    let of_line = |line: &LineId, mut fields: Vec<(&'static str, Value)>| {
        fields.extend([("socket", line.socket.0.into()), ("attempt", line.attempt.0.into())]);
        fields
    };
    let of_conn = |conn: &Conn, mut fields: Vec<(&'static str, Value)>| {
        fields.push(("connection", conn.0.into()));
        fields
    };
    match what {
        What::PoweredOn | What::PoweredOff | What::Online | What::Offline => Vec::new(),
        What::Restarting(why) => text("why", &why.text),
        What::Notice(words) => text("text", &words.text),
        What::FaultBegan(words) | What::FaultEnded(words) => text("words", words),
        What::Expected { words, held } => {
            vec![("words", words.as_str().into()), ("held", (*held).into())]
        }
        What::Dialled { line, to } => of_line(line, text("to", to)),
        What::ConnectFailed { line, why } => of_line(line, text("why", why)),
        What::Ended { line, how } => of_line(line, text("how", how)),
        What::Connected { line } | What::Closed { line } | What::BrokenOff { line } => {
            of_line(line, Vec::new())
        }
        What::Sent { line, bytes } | What::Received { line, bytes } => {
            of_line(line, of_bytes(bytes))
        }
        What::Log(bytes) => of_bytes(bytes),
        What::UartSent { port, bytes } | What::UartReceived { port, bytes } => {
            let mut fields = of_bytes(bytes);
            fields.push(("port", port.number().into()));
            fields
        }
        What::Refused { conn } | What::Accepted { conn } => of_conn(conn, Vec::new()),
        What::ServerReceived { conn, bytes } | What::ServerSent { conn, bytes } => {
            of_conn(conn, of_bytes(bytes))
        }
        What::ServerClosed { conn, by } => of_conn(conn, text("by", closer(*by))),
    }
}

/// Who ended a connection.
pub(super) fn closer(by: Closer) -> &'static str {
    match by {
        Closer::Device => "device",
        Closer::Server => "server",
        Closer::ServerReset => "server_reset",
    }
}

/// Bytes as in the event file: all of them in hex, and as text.
fn of_bytes(bytes: &[u8]) -> Vec<(&'static str, Value)> {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
    }
    let text = String::from_utf8_lossy(bytes);
    vec![("len", bytes.len().into()), ("text", text.into()), ("hex", hex.into())]
}

/// Milliseconds with three decimals at most.
fn ms(time: Duration) -> Value {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    match micros % 1000 {
        0 => json!(micros / 1000),
        _ => json!(time.as_secs_f64() * 1e3),
    }
}

#[cfg(test)]
mod tests;
