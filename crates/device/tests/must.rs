//! What socket programs call (`must` in the catalogue) is called by a test of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::catalogue::{self, Kind};
use std::fs;
use std::path::Path;

/// The code of every `tests/api/*.lua`, without comments and what stands in quotes.
fn code() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let texts: Vec<_> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    texts.iter().flat_map(|text| text.lines()).map(code_of).collect()
}

fn code_of(line: &str) -> String {
    let unquoted: String = line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    let code = unquoted.split("--").next().unwrap_or_default();
    format!("{code}\n")
}

/// Whether `code` has `name` as words of its own, with no name before it and none after.
fn names(code: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == ':';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_assigned =
            after.trim_start().starts_with('=') && !after.trim_start().starts_with("==");
        !before.ends_with(is_part) && !after.starts_with(is_part) && !is_assigned
    })
}

/// Whether `code` calls `:method(` of some object.
fn calls(code: &str, method: &str) -> bool {
    code.contains(&format!(":{method}("))
}

#[test]
fn every_must_name_has_a_test() {
    let code = code();
    let entries = catalogue::tables().iter().flat_map(|table| &table.entries);
    let mut missing = Vec::new();
    for entry in entries.filter(|entry| entry.is_must) {
        for name in entry.names() {
            let is_tested = match (&entry.kind, name.split_once(':')) {
                (Kind::Method(_), Some((_, method))) => calls(&code, method),
                (_, _) => names(&code, &name),
            };
            missing.extend((!is_tested).then_some(name));
        }
    }
    assert!(missing.is_empty(), "no file of tests/api uses {missing:?}");
}

#[test]
fn a_name_counts_where_it_is_used_alone() {
    assert!(names("x = sys.wait(5)", "sys.wait") && names("pcall(sys.wait, 5)", "sys.wait"));
    assert!(!names("sys.waitUntil(5)", "sys.wait") && !names("my.sys.wait(5)", "sys.wait"));
    assert!(!names("function sys.wait2()", "sys.wait") && !names("sys.wait = f", "sys.wait"));
    assert!(names("assert(sys.A == 1)", "sys.A"));
    assert_eq!(code_of("a(\"sys.wait(\") b() -- sys.run()"), "a(\"\") b() \n");
    assert!(calls("c:recv(5)", "recv") && !calls("c:recv2(5)", "recv"));
}
