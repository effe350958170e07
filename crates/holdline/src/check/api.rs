//! What the script API has, from the catalogue.

use holdline_device::catalogue::{self, Absence, Generation, Kind, Table};
use std::collections::BTreeSet;

/// A name of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It is called with so many arguments.
    Function {
        min: usize,
        /// Without one, with any number.
        max: Option<usize>,
    },
    /// It is read.
    Other,
}

/// Tables of the catalogue that are no tables of scripts.
const GROUPS: [&str; 3] = ["client", "globals", "messages"];

/// The name `sys.wait`, `print` or `client:recv`.
pub(super) fn find(path: &str) -> Option<Known> {
    match &catalogue::find(path)?.kind {
        Kind::Function(signature) | Kind::Method(signature) => {
            Some(Known::Function { min: signature.arguments_min(), max: signature.arguments_max() })
        }
        Kind::Constant | Kind::Global => Some(Known::Other),
        Kind::Message(_) => None,
    }
}

/// Whether `name` is a table: `sys`, `pio`, `pio.pin`.
pub(super) fn is_table(name: &str) -> bool {
    let inside = format!("{name}.");
    let group = name.split('.').next().unwrap_or(name);
    tables()
        .filter(|table| table.name == group)
        .flat_map(|table| &table.entries)
        .any(|entry| entry.written.starts_with(&inside))
}

/// The names in `table`.
pub(super) fn fields(table: &str) -> BTreeSet<String> {
    let inside = format!("{table}.");
    let names = tables().flat_map(|table| &table.entries).flat_map(|entry| entry.names());
    names.filter_map(|name| Some(name.strip_prefix(&inside)?.to_owned())).collect()
}

/// What can be called on a client.
pub(super) fn methods() -> BTreeSet<String> {
    let entries = catalogue::tables().iter().flat_map(|table| &table.entries);
    let names = entries.flat_map(|entry| entry.names());
    names.filter_map(|name| Some(name.strip_prefix("client:")?.to_owned())).collect()
}

/// What is known of `table.name`, which a module has and Holdline has not.
pub(super) fn absence(table: &str, name: &str) -> Option<Absence> {
    let mut names = catalogue::absent_names(table)?;
    names.find(|(absent, _)| *absent == name).map(|(_, absence)| absence)
}

/// Whether a module has a table `name` and Holdline has none.
pub(super) fn is_absent_table(name: &str) -> bool {
    catalogue::absent_names(name).is_some() && !is_table(name)
}

/// Globals that a script sets or that are there from the start, without tables.
pub(super) fn settable_globals() -> impl Iterator<Item = &'static str> {
    let globals = catalogue::tables().iter().filter(|table| table.name == "globals");
    let entries = globals.flat_map(|table| &table.entries);
    entries.filter(|entry| entry.kind == Kind::Global).map(|entry| entry.written)
}

/// Tables that come with a library file, which must be required.
pub(super) fn libraries<'a>() -> impl Iterator<Item = &'a str> {
    tables().filter(|table| table.entries.iter().any(is_of_library)).map(|table| table.name)
}

pub(super) fn is_library(name: &str) -> bool {
    libraries().any(|library| library == name)
}

fn is_of_library(entry: &catalogue::Entry) -> bool {
    matches!(entry.generation, Generation::A | Generation::B | Generation::Both)
}

fn tables() -> impl Iterator<Item = &'static Table> {
    catalogue::tables().iter().filter(|table| !GROUPS.contains(&table.name))
}
