//! The event file: one JSON object a line for each thing that crosses a device's doors.
//!
//! It holds all that a device's run follows from, so that the run can be repeated: how the device
//! was powered on, every fact with its moment, and which deadline had come by then. The form is
//! described in `docs/events.md`.

mod facts;
mod fields;
mod orders;
mod read;
mod start;

pub(crate) use read::{Event, EventFile, Fault, Unreadable, What};
pub(crate) use start::{Head, Start};

use fields::{Fields, ms, with};
use holdline_device::{Input, Output};
use holdline_modem::Instant;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

/// What the first line says that the file is.
const FORMAT: &str = "holdline events";

/// The version of the form. A file of another version is not read.
pub(crate) const VERSION: u64 = 2;

/// Writes events.
pub(crate) struct Events {
    out: Box<dyn Write>,
    /// Why nothing more is written.
    failure: Option<io::Error>,
    /// Of a device that is yet to be powered on.
    start: Option<Start>,
}

impl Events {
    /// Writes to `out`, first of all what the run is about.
    pub(crate) fn new(out: Box<dyn Write>, head: &Head, start: Start) -> Self {
        let mut events =
            Self { out: Box::new(io::BufWriter::new(out)), failure: None, start: Some(start) };
        events.write(&object(head.fields()));
        events
    }

    /// Writes down how a device was powered on.
    pub(crate) fn powered_on(&mut self, now: Instant, device: usize) {
        let start = self.start.take();
        for (name, fields) in start.iter().flat_map(Start::events) {
            self.write(&line(now, device, "fact", name, fields));
        }
    }

    /// Writes down that the run ends and the device is switched off with it.
    pub(crate) fn powered_off(&mut self, now: Instant, device: usize) {
        self.write(&line(now, device, "fact", "powered_off", Fields::new()));
    }

    /// Writes a fact down, and the device's deadline where that has come.
    pub(crate) fn fact(&mut self, now: Instant, device: usize, due: Option<Instant>, fact: &Input) {
        let (name, fields) = facts::of_fact(fact);
        let fields = match due {
            Some(due) => with(fields, "due", ms(due)),
            None => fields,
        };
        self.write(&line(now, device, "fact", name, fields));
    }

    /// Writes an order down.
    pub(crate) fn order(&mut self, now: Instant, device: usize, order: &Output) {
        if let Some(text) = order_line(now, device, order) {
            self.write(&text);
        }
    }

    /// Writes down that a fault in these words begins, or is over.
    pub(crate) fn fault(&mut self, now: Instant, device: usize, begins: bool, words: &str) {
        let name = if begins { "began" } else { "ended" };
        let fields = with(Fields::new(), "words", words);
        self.write(&line(now, device, "fault", name, fields));
    }

    /// Hands everything to the system, so that a reader sees it.
    pub(crate) fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
    }

    /// Whether events can no longer be written.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Why events can no longer be written.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    fn write(&mut self, line: &str) {
        if self.failure.is_none() {
            let written =
                self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
            self.failure = written.err();
        }
    }
}

/// The line that an order makes, without its end; nothing for what is no event.
pub(crate) fn order_line(now: Instant, device: usize, order: &Output) -> Option<String> {
    let (name, fields) = orders::of_order(order)?;
    Some(line(now, device, "order", name, fields))
}

fn line(
    now: Instant,
    device: usize,
    door: &'static str,
    name: &'static str,
    fields: Fields,
) -> String {
    let head = [("ms", json!(ms(now))), ("device", json!(device)), (door, json!(name))];
    object(head.into_iter().chain(fields))
}

fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> String {
    let mut text = String::from("{");
    for (key, value) in fields {
        write!(text, "\"{key}\":{value},").expect("a string takes what is written to it");
    }
    text.pop();
    text.push('}');
    text
}
