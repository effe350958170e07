//! Ways to break one line of a script.

use crate::scan::{Kind, Word, words};
use std::ops::Range;

/// A script with one thing changed.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// Counted from one.
    pub(crate) line: usize,
    /// The line as it was, without blanks around it.
    pub(crate) was: String,
    /// What was done to it, such as `120 -> 361`.
    pub(crate) change: String,
    pub(crate) source: String,
}

/// Every mutant of `source` that is still Lua.
pub(crate) fn mutants(source: &str) -> Vec<Mutant> {
    let words = words(source);
    let lines = lines(source);
    let changes = lines.iter().flat_map(|line| line_changes(source, line, &words));
    let mutants = changes.map(|(at, with, change)| {
        let line = lines.iter().position(|line| line.contains(&at.start)).unwrap_or(0);
        let mut mutant = source.to_owned();
        mutant.replace_range(at, &with);
        let was = source[lines[line].clone()].trim().to_owned();
        Mutant { line: line + 1, was, change, source: mutant }
    });
    mutants.filter(|mutant| is_lua(&mutant.source)).collect()
}

/// Where each line stands, its end included.
fn lines(source: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let ranges = source.split_inclusive('\n').map(|line| {
        at += line.len();
        at - line.len()..at
    });
    ranges.collect()
}

type Change = (Range<usize>, String, String);

fn line_changes(source: &str, line: &Range<usize>, words: &[Word]) -> Vec<Change> {
    let words: Vec<_> = words.iter().filter(|word| line.contains(&word.at.start)).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut changes = vec![(line.clone(), "\n".to_owned(), "dropped".to_owned())];
    changes.extend(negated(source, &words));
    for word in words {
        let was = &source[word.at.clone()];
        if let Some(with) = broken(word.kind, was) {
            let change = format!("{was} -> {with}");
            changes.push((word.at.clone(), with, change));
        }
    }
    changes
}

/// The condition between `if` and `then`, or `while` and `do`, turned round.
fn negated(source: &str, words: &[&Word]) -> Option<Change> {
    let is = |word: &Word, names: &[&str]| names.contains(&&source[word.at.clone()]);
    let from = words.iter().position(|word| is(word, &["if", "elseif", "while"]))?;
    let len = words[from..].iter().position(|word| is(word, &["then", "do"]))?;
    let at = words[from].at.end..words[from + len].at.start;
    let with = format!(" not ({}) ", source[at.clone()].trim());
    Some((at, with, "negated".to_owned()))
}

fn broken(kind: Kind, was: &str) -> Option<String> {
    let swapped = |with: &str| Some(with.to_owned());
    match (kind, was) {
        (Kind::Number, _) => was.parse::<f64>().ok().map(|number| (number * 3.0 + 1.0).to_string()),
        // Of empty texts nothing is left to break.
        (Kind::Text, r#""""# | "''") => None,
        (Kind::Text, _) if was.starts_with(['"', '\'']) => {
            Some(format!("{quote}~{rest}", quote = &was[..1], rest = &was[1..]))
        }
        (Kind::Name, "true") => swapped("false"),
        (Kind::Name, "false") => swapped("true"),
        (Kind::Name, "and") => swapped("or"),
        (Kind::Name, "or") => swapped("and"),
        (Kind::Sign, "==") => swapped("~="),
        (Kind::Sign, "~=") => swapped("=="),
        (Kind::Text | Kind::Name | Kind::Sign, _) => None,
    }
}

fn is_lua(source: &str) -> bool {
    mlua::Lua::new().load(source).into_function().is_ok()
}

#[test]
fn each_line_is_broken_in_every_way_that_is_still_lua() {
    let source = "-- a\nif x == 10 then\n  f(\"a\", true)\nend\n";
    let found: Vec<_> = mutants(source).into_iter().map(|m| (m.line, m.change)).collect();
    let expected = [
        (2, "negated"),
        (2, "== -> ~="),
        (2, "10 -> 31"),
        (3, "dropped"),
        (3, "\"a\" -> \"~a\""),
        (3, "true -> false"),
    ];
    let expected: Vec<_> = expected.map(|(line, change)| (line, change.to_owned())).into();
    assert_eq!(found, expected);
    assert_eq!(mutants(source)[0].source, "-- a\nif not (x == 10) then\n  f(\"a\", true)\nend\n");
}
