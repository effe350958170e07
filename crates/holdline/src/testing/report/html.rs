//! The report as one page that a browser draws, with nothing loaded from anywhere.
//!
//! What happened goes into the page as columns of numbers; texts and bytes stand there once each,
//! since a month of heartbeats is a few of them many times. Bytes are strings of U+0000 to U+00FF.

use super::json;
use crate::testing::story::{Actor, Case, Failure, Report, Row, Told, Verdict, What};
use crate::testing::text::length;
use crate::words::Lang;
use holdline_peer::fault::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: [&str; 4] = [
    include_str!("page/words.js"),
    include_str!("page/model.js"),
    include_str!("page/chart.js"),
    include_str!("page/page.js"),
];

/// The whole page, in `lang` at first.
pub(crate) fn page(report: &Report, lang: Lang) -> String {
    let lang = match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    };
    let mut page = String::new();
    let mut rest = PAGE;
    // Each mark stands once, in this order; what is put in is not looked through.
    for (mark, text) in [
        ("@LANG@", lang.to_owned()),
        ("@CSS@", STYLE.to_owned()),
        ("@DATA@", data(report, lang)),
        ("@JS@", SCRIPT.concat()),
    ] {
        let (before, after) = rest.split_once(mark).expect("the page has each mark");
        page.push_str(before);
        page.push_str(&text);
        rest = after;
    }
    page + rest
}

/// Strings that are told once, by their place.
#[derive(Default)]
struct Once {
    places: BTreeMap<String, usize>,
    strings: Vec<String>,
}

impl Once {
    fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.strings.len();
        self.places.insert(text.to_owned(), place);
        self.strings.push(text.to_owned());
        place
    }
}

/// What all tests of the page share.
#[derive(Default)]
struct Shared {
    kinds: Once,
    texts: Once,
    blobs: Once,
}

/// The data as JSON that ends no script element: `<` is written by its number.
fn data(report: &Report, lang: &str) -> String {
    let mut shared = Shared::default();
    let tests: Vec<_> = report.cases.iter().map(|case| test(case, &mut shared)).collect();
    let errors = report.faults.iter().map(|fault| {
        json!({
            "file": fault.file.to_string_lossy(), "line": fault.line,
            "text": fault.text, "hint": fault.hint,
        })
    });
    let data = json!({
        "lang": lang, "tests": tests, "errors": errors.collect::<Vec<_>>(),
        "kinds": shared.kinds.strings, "texts": shared.texts.strings, "blobs": shared.blobs.strings,
    });
    data.to_string().replace('<', "\\u003c")
}

fn test(case: &Case, shared: &mut Shared) -> Value {
    let (verdict, failure) = match &case.verdict {
        Verdict::Passed => (0, Value::Null),
        Verdict::Failed(failure) => (1, self::failure(failure)),
        Verdict::Error(failure) => (2, self::failure(failure)),
    };
    let actors = case.story.actors.iter().map(|actor| match actor {
        Actor::World => json!({"kind": "world"}),
        Actor::Device(number) => json!({"kind": "device", "number": number}),
        Actor::Server { host, port } => json!({"kind": "server", "host": host, "port": port}),
    });
    let actors: Vec<_> = actors.collect();
    let rows = &case.story.rows;
    let mut value = json!({
        "file": case.file.to_string_lossy(), "line": case.line, "name": case.name,
        "verdict": verdict, "failure": failure,
        "world": length(case.virtual_time), "took": format!("{} ms", case.took.as_millis()),
        "seed": case.seed.to_string(), "hash": format!("{:016x}", case.hash),
        "actors": actors, "end": ms(case.story.end.max(last(rows))),
    });
    value["after"] = after(rows).into();
    value["who"] = rows.iter().map(|row| row.actor.min(actors.len().saturating_sub(1))).collect();
    value["what"] = rows.iter().map(|row| shared.kinds.place(kind(&row.what))).collect();
    value["line_of"] = rows.iter().map(|row| line(&row.what)).collect();
    value["says"] = rows.iter().map(|row| says(&row.what, shared)).collect();
    value
}

fn failure(failure: &Failure) -> Value {
    json!({
        "line": failure.line, "words": failure.words, "expected": failure.expected,
        "got": failure.got, "at": ms(failure.at), "hint": failure.hint,
    })
}

fn last(rows: &[Row]) -> Duration {
    rows.last().map_or(Duration::ZERO, |row| row.at)
}

/// Microseconds from each row to the next, the first from the world's start.
fn after(rows: &[Row]) -> Vec<u64> {
    let micros = |row: &Row| u64::try_from(row.at.as_micros()).unwrap_or(u64::MAX);
    let before = std::iter::once(0).chain(rows.iter().map(micros));
    rows.iter().zip(before).map(|(row, before)| micros(row).saturating_sub(before)).collect()
}

fn kind(what: &What) -> &'static str {
    if let What::Expected { held, .. } = what {
        return if *held { "held" } else { "broken" };
    }
    json::name(what)
}

/// Which line or connection of its actor a row is about, or -1. For the beginning of a fault: 1
/// where that is a moment, 0 where it lasts.
fn line(what: &What) -> i64 {
    match what {
        What::Dialled { line, .. }
        | What::Connected { line }
        | What::ConnectFailed { line, .. }
        | What::Ended { line, .. }
        | What::Closed { line }
        | What::BrokenOff { line }
        | What::Sent { line, .. }
        | What::Received { line, .. } => i64::from(line.attempt.0) * 256 + i64::from(line.socket.0),
        What::Accepted { conn }
        | What::ServerReceived { conn, .. }
        | What::ServerSent { conn, .. }
        | What::ServerClosed { conn, .. } => i64::try_from(conn.0).unwrap_or(i64::MAX),
        What::FaultBegan(words) => i64::from(is_momentary(words)),
        What::PoweredOn
        | What::Refused { .. }
        | What::Restarting(_)
        | What::PoweredOff
        | What::Online
        | What::Offline
        | What::Log(_)
        | What::Notice(_)
        | What::UartSent { .. }
        | What::UartReceived { .. }
        | What::FaultEnded(_)
        | What::Expected { .. } => -1,
    }
}

fn is_momentary(words: &str) -> bool {
    Fault::parse(words).is_ok_and(|fault| fault.lasts.is_none() && fault.what.is_momentary())
}

/// The place of what a row carries, among the texts or the bytes, or -1.
fn says(what: &What, shared: &mut Shared) -> i64 {
    let place = match what {
        What::Restarting(Told { text, .. })
        | What::Notice(Told { text, .. })
        | What::Dialled { to: text, .. }
        | What::ConnectFailed { why: text, .. }
        | What::Ended { how: text, .. }
        | What::FaultBegan(text)
        | What::FaultEnded(text)
        | What::Expected { words: text, .. } => shared.texts.place(text),
        What::ServerClosed { by, .. } => shared.texts.place(json::closer(*by)),
        What::Sent { bytes, .. }
        | What::Received { bytes, .. }
        | What::Log(bytes)
        | What::UartSent { bytes, .. }
        | What::UartReceived { bytes, .. }
        | What::ServerReceived { bytes, .. }
        | What::ServerSent { bytes, .. } => {
            shared.blobs.place(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>())
        }
        What::PoweredOn
        | What::PoweredOff
        | What::Online
        | What::Offline
        | What::Connected { .. }
        | What::Closed { .. }
        | What::BrokenOff { .. }
        | What::Refused { .. }
        | What::Accepted { .. } => return -1,
    };
    i64::try_from(place).unwrap_or(-1)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests;
