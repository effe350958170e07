//! A table of the catalogue as a `---@meta` file.

use super::MARK;
use super::settings::OURS;
use crate::words::Lang;
use holdline_device::catalogue::{Entry, Generation, Kind, Modules, Signature, Table, Words};
use std::collections::BTreeSet;

/// Names of Lua 5.1 that the language server does not know by itself.
const UNKNOWN_LUA: [&str; 4] = ["string.gfind", "math.mod", "table.setn", "_VERSION"];

/// Constants that are no numbers, with their types.
const TYPES: [(&str, &str); 9] = [
    ("_VERSION", "string"),
    ("COROUTINE_ERROR_RESTART", "boolean?"),
    ("LOG_LEVEL", "number?"),
    ("MODULE_TYPE", "string?"),
    ("PROJECT", "string"),
    ("VERSION", "string"),
    ("json.null", "any"),
    ("net.flyMode", "boolean"),
    ("sys.SCRIPT_LIB_VER", "string"),
];

/// The name of the type of messages' names.
const MESSAGE: &str = "message";

/// The whole file.
pub(super) fn page(table: &Table, lang: Lang) -> String {
    let mut page = format!("{MARK}, {}\n\n", lang.definitions_are_generated());
    let entries = || table.entries.iter().filter(|entry| is_ours(entry));
    if entries().any(|entry| matches!(entry.kind, Kind::Message(_))) {
        page.push_str(&messages(table, lang));
        return page;
    }
    let mut open = BTreeSet::new();
    let stem = format!("{}.", table.name);
    if table.entries.iter().any(|entry| entry.written.starts_with(&stem)) {
        open.insert(table.name.to_owned());
        if !is_known(table) {
            page.push_str(&format!("{}{} = {{}}\n\n", comment(table.about, lang), table.name));
        }
    }
    for entry in entries() {
        page.push_str(&parent(entry, &mut open));
        page.push_str(&self::entry(entry, lang));
    }
    page
}

/// Whether the language server knows the table by itself.
fn is_known(table: &Table) -> bool {
    let is_lua = |entry: &Entry| entry.generation == Generation::Lua;
    table.entries.iter().any(is_lua) && !OURS.contains(&table.name)
}

fn is_ours(entry: &Entry) -> bool {
    let table = entry.written.split('.').next().unwrap_or_default();
    entry.generation != Generation::Lua
        || OURS.contains(&table)
        || UNKNOWN_LUA.contains(&entry.written)
}

/// The class of an object, or the table within a table, before its first member.
fn parent(entry: &Entry, open: &mut BTreeSet<String>) -> String {
    let name = entry.names().next().unwrap_or_default();
    let Some((parent, _)) = name.rsplit_once(['.', ':']) else { return String::new() };
    if !open.insert(parent.to_owned()) {
        return String::new();
    }
    match entry.kind {
        Kind::Method(_) => format!("---@class {parent}\nlocal {parent} = {{}}\n\n"),
        Kind::Function(_) | Kind::Message(_) | Kind::Constant | Kind::Global => {
            format!("{parent} = {{}}\n\n")
        }
    }
}

fn entry(entry: &Entry, lang: Lang) -> String {
    let about = about(entry, lang);
    match &entry.kind {
        Kind::Function(signature) | Kind::Method(signature) => {
            let names = arguments(signature);
            let types = types(entry, signature);
            format!("{about}{types}function {}({names}) end\n\n", entry.written)
        }
        Kind::Message(_) => String::new(),
        Kind::Constant | Kind::Global => {
            let constants = entry.names().map(|name| {
                let kind = TYPES.iter().find(|(known, _)| *known == name);
                let kind = kind.map_or("number", |(_, kind)| kind);
                format!("{about}---@type {kind}\n{name} = nil\n\n")
            });
            constants.collect()
        }
    }
}

/// What it does, how it differs from the module, and which modules have it.
fn about(entry: &Entry, lang: Lang) -> String {
    let mut text = comment(entry.about, lang);
    let modules = match entry.modules {
        Modules::All => None,
        Modules::TwoG => Some(lang.only_2g()),
        Modules::FourG => Some(lang.only_4g()),
    };
    if let Some(modules) = modules {
        text.push_str(&format!("---\n---{modules}\n"));
    }
    if let Some(differs) = entry.differs {
        let differs = lang.differs_here(lang.of_catalogue(differs));
        text.push_str(&format!("---\n---{differs}\n"));
    }
    text
}

fn comment(words: Words, lang: Lang) -> String {
    format!("---{}\n", lang.of_catalogue(words))
}

fn arguments(signature: &Signature) -> String {
    let names = signature.params.iter().map(|param| param.name);
    names.chain(signature.more.map(|_| "...")).collect::<Vec<_>>().join(", ")
}

fn types(entry: &Entry, signature: &Signature) -> String {
    let mut text = String::new();
    for param in &signature.params {
        let mark = if param.is_optional { "?" } else { "" };
        let is_message = param.name == "id" && param.kind == "string";
        let kind = match is_message && entry.written.starts_with("sys.") {
            true => format!("{MESSAGE}|string"),
            false => param.kind.to_owned(),
        };
        text.push_str(&format!("---@param {}{mark} {kind}\n", param.name));
    }
    if let Some(kind) = signature.more {
        text.push_str(&format!("---@param ... {kind}\n"));
    }
    for kind in &signature.returns {
        let kind = if *kind == "..." { "any ..." } else { kind };
        text.push_str(&format!("---@return {kind}\n"));
    }
    text
}

/// The messages of the library as a type, so that an editor offers their names.
fn messages(table: &Table, lang: Lang) -> String {
    let mut text = format!("{}---@alias {MESSAGE}\n", comment(table.about, lang));
    for entry in &table.entries {
        let signature = entry.signature().map(Signature::to_string).unwrap_or_default();
        let about = lang.of_catalogue(entry.about);
        text.push_str(&format!("---| '\"{}\"' # `{signature}` {about}\n", entry.written));
    }
    text
}
