//! Reading an event file back, line by line.

mod facts;
mod fields;
mod start;

use super::start::{Head, Start};
use super::{FORMAT, VERSION};
use fields::{moment, unhex};
use holdline_device::{Flash, Input, Instant, MemoryFlash};
use serde_json::Value;
use std::io::{self, BufRead};

/// What stands in a line.
#[derive(Debug)]
pub(crate) struct Event {
    /// Which line, counted from 1.
    pub(crate) line: usize,
    pub(crate) at: Instant,
    pub(crate) device: usize,
    pub(crate) what: What,
    /// The line itself, without its end.
    pub(crate) text: String,
}

/// What an event is.
#[derive(Debug)]
pub(crate) enum What {
    /// The device was powered on.
    PoweredOn(Box<Start>),
    /// The run ended, and the device was switched off with it.
    PoweredOff,
    /// A fact, and the device's deadline where that had come.
    Fact { due: Option<Instant>, fact: Input },
    /// An order.
    Order,
}

/// Why a line cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The system does not give it.
    Read(io::Error),
    /// The file ends in the middle of it.
    CutOff,
    /// It is not a JSON object. Carries the reader's words.
    NotJson(String),
    /// The first line is an event: the file is of the time before there were first lines.
    NoHead,
    /// The first line says nothing of events.
    NotEvents,
    /// The first line tells of another version of the form.
    Version(String),
    /// A field is missing, or has a value that makes no sense.
    Field(&'static str),
    /// No fact has this name.
    UnknownFact(String),
}

/// An event file.
pub(crate) struct EventFile<R> {
    input: R,
    /// The line that was read last, counted from 1.
    line: usize,
    /// Files that the device powered on next has.
    flash: MemoryFlash,
}

/// A line that cannot be read, counted from 1, and why.
pub(crate) type Fault = (usize, Unreadable);

impl<R: BufRead> EventFile<R> {
    /// Reads the first line.
    pub(crate) fn open(input: R) -> Result<(Head, Self), Fault> {
        let mut file = Self { input, line: 0, flash: MemoryFlash::default() };
        let Some((_, object)) = file.object()? else { return Err((1, Unreadable::NotEvents)) };
        let why = if object["format"] == FORMAT {
            match (&object["version"], start::head(&object)) {
                (version, _) if *version != VERSION => Unreadable::Version(version.to_string()),
                (_, Ok(head)) => return Ok((head, file)),
                (_, Err(field)) => Unreadable::Field(field),
            }
        } else if object["ms"].is_number() {
            Unreadable::NoHead
        } else {
            Unreadable::NotEvents
        };
        Err((1, why))
    }

    /// The next event; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, Fault> {
        while let Some((text, object)) = self.object()? {
            let event = self.event(text, &object).map_err(|why| (self.line, why))?;
            if event.is_some() {
                return Ok(event);
            }
        }
        Ok(None)
    }

    /// What an object says; nothing where that is part of a later event.
    fn event(&mut self, text: String, object: &Value) -> Result<Option<Event>, Unreadable> {
        let at = moment(&object["ms"]).ok_or(Unreadable::Field("ms"))?;
        let device = object["device"].as_u64().and_then(|device| device.try_into().ok());
        let device = device.ok_or(Unreadable::Field("device"))?;
        let what = match (object["fact"].as_str(), object["order"].is_string()) {
            (Some(name), _) => match self.fact(name, object)? {
                Some(what) => what,
                None => return Ok(None),
            },
            (None, true) => What::Order,
            // What a fault does to the device stands in the facts that follow.
            (None, false) if object["fault"].is_string() => return Ok(None),
            (None, false) => return Err(Unreadable::Field("fact")),
        };
        Ok(Some(Event { line: self.line, at, device, what, text }))
    }

    fn fact(&mut self, name: &str, object: &Value) -> Result<Option<What>, Unreadable> {
        match name {
            "folder" => {
                let made = object["path"].as_str().map(|path| self.flash.make_dir(path));
                made.and_then(Result::ok).ok_or(Unreadable::Field("path"))?;
                return Ok(None);
            }
            "file" => {
                let bytes = unhex(&object["hex"]).ok_or(Unreadable::Field("hex"))?;
                let written = object["path"].as_str().map(|path| self.flash.write(path, &bytes));
                written.and_then(Result::ok).ok_or(Unreadable::Field("path"))?;
                return Ok(None);
            }
            "powered_on" => {
                let start = start::start(object, std::mem::take(&mut self.flash));
                return start
                    .map(|start| Some(What::PoweredOn(Box::new(start))))
                    .map_err(Unreadable::Field);
            }
            "powered_off" => return Ok(Some(What::PoweredOff)),
            _ => {}
        }
        let fact = facts::fact(name, object);
        let fact = fact.ok_or_else(|| Unreadable::UnknownFact(name.to_owned()))?;
        let due = moment(&object["due"]);
        if due.is_none() && !object["due"].is_null() {
            return Err(Unreadable::Field("due"));
        }
        Ok(Some(What::Fact { due, fact: fact.map_err(Unreadable::Field)? }))
    }

    /// The next line with what it says; nothing at the end.
    fn object(&mut self) -> Result<Option<(String, Value)>, Fault> {
        self.line += 1;
        let fault = |why| (self.line, why);
        let mut bytes = Vec::new();
        match self.input.read_until(b'\n', &mut bytes) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(fault(Unreadable::Read(error))),
        }
        let is_whole = bytes.pop_if(|byte| *byte == b'\n').is_some();
        let not_json =
            |words| if is_whole { Unreadable::NotJson(words) } else { Unreadable::CutOff };
        let text = String::from_utf8(bytes).map_err(|error| fault(not_json(error.to_string())))?;
        match serde_json::from_str(&text) {
            Ok(object @ Value::Object(_)) => Ok(Some((text, object))),
            Ok(_) => Err(fault(Unreadable::NotJson("not an object".to_owned()))),
            Err(error) => Err(fault(not_json(error.to_string()))),
        }
    }
}
