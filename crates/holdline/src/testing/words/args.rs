//! What is said along with a word, read as what the word takes.

use super::{Thing, time};
use crate::report::Problem;
use crate::testing::observation::Observation;
use crate::testing::pattern::Pattern;
use crate::words::Lang;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Bytes of a text that are shown where it is wrong.
const SHOWN_MAX: usize = 60;

/// A value of Lua, as far as words take them.
#[derive(Clone, Debug)]
pub(in crate::testing) enum Arg {
    Nil,
    Flag(bool),
    Number(f64),
    Text(Vec<u8>),
    /// A table's fields that have a name.
    Table(BTreeMap<String, Self>),
    Thing(Thing),
    /// Anything else, by the name of its type.
    Other(&'static str),
}

impl Arg {
    /// How it looks in an error.
    pub(in crate::testing) fn shown(&self) -> String {
        match self {
            Self::Nil => "nil".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) if number.abs() >= 1e15 => format!("{number:e}"),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => match text.get(..SHOWN_MAX) {
                Some(begin) => format!("\"{}...\"", begin.escape_ascii()),
                None => format!("\"{}\"", text.escape_ascii()),
            },
            Self::Table(_) => "{...}".to_owned(),
            Self::Thing(thing) => thing.kind().called.to_owned(),
            Self::Other(name) => (*name).to_owned(),
        }
    }

    /// A whole number of at least zero.
    pub(in crate::testing) fn count(&self) -> Option<u64> {
        let Self::Number(number) = self else { return None };
        (number.fract() == 0.0 && (0.0..9e15).contains(number)).then_some(*number as u64)
    }

    pub(in crate::testing) fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// All that is said along with one word.
#[derive(Debug)]
pub(in crate::testing) struct Args {
    word: &'static str,
    values: VecDeque<Arg>,
    lang: Lang,
}

impl Args {
    pub(in crate::testing) fn new(word: &'static str, values: VecDeque<Arg>, lang: Lang) -> Self {
        Self { word, values, lang }
    }

    /// The next value; `Nil` where there are no more.
    pub(super) fn next(&mut self) -> Arg {
        self.values.pop_front().unwrap_or(Arg::Nil)
    }

    /// Whether the next value is a text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.values.front(), Some(Arg::Text(_)))
    }

    /// Whether there is something to read.
    pub(super) fn has_more(&self) -> bool {
        self.values.front().is_some_and(|value| !matches!(value, Arg::Nil))
    }

    /// Nothing may be left over.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        match self.values.iter().find(|value| !matches!(value, Arg::Nil)) {
            Some(value) => Err(self.lang.too_many_values(self.word, &value.shown())),
            None => Ok(()),
        }
    }

    /// That `got` is not what the word takes there.
    pub(super) fn wrong(&self, got: &Arg, wanted: &str) -> Problem {
        self.lang.wrong_value(self.word, &got.shown(), wanted)
    }

    pub(super) fn count(&mut self) -> Result<u64, Problem> {
        let value = self.next();
        value.count().ok_or_else(|| self.wrong(&value, self.lang.a_count()))
    }

    pub(super) fn count_from_one(&mut self) -> Result<u64, Problem> {
        let value = self.next();
        let count = value.count().filter(|count| *count > 0);
        count.ok_or_else(|| self.wrong(&value, self.lang.a_count_from_one()))
    }

    pub(super) fn port(&mut self) -> Result<u16, Problem> {
        let value = self.next();
        let port = value.count().and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
        port.ok_or_else(|| self.wrong(&value, self.lang.a_port()))
    }

    /// Any bytes.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, Problem> {
        let value = self.next();
        let Arg::Text(bytes) = value else { return Err(self.wrong(&value, self.lang.a_text())) };
        Ok(bytes)
    }

    /// Something that happens, with its times.
    pub(super) fn happening(&mut self) -> Result<Observation, Problem> {
        let value = self.next();
        if let Arg::Thing(Thing::Observation(of)) = &value
            && of.has_times()
        {
            return Ok(of.clone());
        }
        Err(self.wrong(&value, self.lang.something_that_happens()))
    }

    /// Text, as far as it is text.
    pub(super) fn text(&mut self) -> Result<String, Problem> {
        Ok(String::from_utf8_lossy(&self.bytes()?).into_owned())
    }

    /// A text to look for, which is not empty.
    pub(super) fn pattern(&mut self) -> Result<Pattern, Problem> {
        let bytes = self.bytes()?;
        Pattern::text(&bytes).ok_or_else(|| self.lang.looks_for_nothing(self.word))
    }

    /// A text to wait for, which is not empty.
    pub(super) fn cue(&mut self) -> Result<Vec<u8>, Problem> {
        let bytes = self.bytes()?;
        if bytes.is_empty() { Err(self.lang.waits_for_nothing(self.word)) } else { Ok(bytes) }
    }

    pub(super) fn hex(&mut self) -> Result<Pattern, Problem> {
        let value = self.next();
        let pattern = value.text().and_then(Pattern::hex);
        pattern.ok_or_else(|| self.wrong(&value, self.lang.a_hex_mask()))
    }

    /// Bytes in hex, without gaps.
    pub(super) fn hex_bytes(&mut self) -> Result<Vec<u8>, Problem> {
        let value = self.next();
        let bytes = value.text().and_then(Pattern::hex).and_then(|pattern| pattern.bytes());
        bytes.ok_or_else(|| self.wrong(&value, self.lang.hex_bytes()))
    }

    /// A length of time that is not zero.
    pub(super) fn duration(&mut self) -> Result<Duration, Problem> {
        let value = self.next();
        let time = value.text().and_then(time::length).filter(|time| !time.is_zero());
        time.ok_or_else(|| self.wrong(&value, self.lang.a_length_of_time()))
    }

    /// A moment of the world's time.
    pub(super) fn moment(&mut self) -> Result<Duration, Problem> {
        let value = self.next();
        let time = value.text().and_then(time::moment);
        time.ok_or_else(|| self.wrong(&value, self.lang.a_moment()))
    }

    /// Named values, each of which must be known.
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has names")]
    pub(super) fn options(&mut self, known: &[&str]) -> Result<BTreeMap<String, Arg>, Problem> {
        match self.next() {
            Arg::Nil => Ok(BTreeMap::new()),
            Arg::Table(fields) => {
                match fields.keys().find(|name| !known.contains(&name.as_str())) {
                    Some(name) => Err(self.lang.unknown_option(self.word, name, known)),
                    None => Ok(fields),
                }
            }
            other => Err(self.wrong(&other, self.lang.named_values(known).as_str())),
        }
    }

    /// The value of an option, which must be a text.
    pub(super) fn text_of(&self, value: &Arg) -> Result<String, Problem> {
        let text = value.text().map(|text| String::from_utf8_lossy(text).into_owned());
        text.ok_or_else(|| self.wrong(value, self.lang.a_text()))
    }

    pub(super) fn lang(&self) -> Lang {
        self.lang
    }
}
