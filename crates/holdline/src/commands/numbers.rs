//! `--identity FILE`: the numbers that a device tells.

use crate::words::Lang;
use anyhow::Context;
use holdline_device::{BadNumber, Identity, Number};
use std::fs;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// Numbers that a file gives.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Vec<(Number, String)>);

/// What is wrong with a line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NumberFault {
    /// It is not TOML; the parser's words.
    NotToml(String),
    /// There is no number of this name.
    UnknownName(String),
    /// The value is not text in quotes.
    NotText,
    /// The value is not such a number.
    Bad(&'static str, BadNumber, String),
}

impl Numbers {
    /// Reads `file`, if one is named; every value in it is checked.
    pub(crate) fn read(file: Option<&Path>, lang: Lang) -> anyhow::Result<Self> {
        let Some(file) = file else { return Ok(Self::default()) };
        let text = fs::read_to_string(file).with_context(|| lang.cannot_read_identity(file))?;
        parse(&text).map_err(|(at, fault)| {
            let line = text[..at.min(text.len())].matches('\n').count() + 1;
            lang.bad_identity(file, line, &fault).into()
        })
    }

    /// The identity with these numbers; the others follow from `seed`.
    pub(crate) fn of(&self, seed: u64) -> Identity {
        let mut identity = Identity::of(seed);
        for (number, value) in &self.0 {
            identity.give(*number, value).expect("the values were checked when they were read");
        }
        identity
    }
}

/// The numbers in `text`, or where in it which fault stands.
fn parse(text: &str) -> Result<Numbers, (usize, NumberFault)> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, NumberFault::NotToml(error.message().to_owned()))
    })?;
    let mut numbers = Vec::new();
    for (key, value) in table.get_ref() {
        let name = key.get_ref();
        let known = Number::ALL.iter().find(|(known, _)| known == name);
        let unknown = || (key.span().start, NumberFault::UnknownName(name.to_string()));
        let &(name, number) = known.ok_or_else(unknown)?;
        let DeValue::String(given) = value.get_ref() else {
            return Err((value.span().start, NumberFault::NotText));
        };
        let bad = |bad| (value.span().start, NumberFault::Bad(name, bad, given.to_string()));
        Identity::of(0).give(number, given).map_err(bad)?;
        numbers.push((number, given.to_string()));
    }
    Ok(Numbers(numbers))
}
