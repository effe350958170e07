//! Parsing: the tree, and what keeps a source from being Lua 5.1.

use super::fault::{At, Found, Syntax};
use super::scan::Scan;
use full_moon::ast::{Ast, AstError, AstResult};
use full_moon::tokenizer::{Position, TokenType, TokenizerErrorType};
use full_moon::{Error, LuaVersion, parse_fallible};
use std::collections::BTreeSet;

/// Syntax errors told of one file; behind the first few come those that the earlier ones cause.
const ERRORS_MAX: usize = 8;

/// Signs of other languages, and Lua's for the same.
const FOREIGN: &[(&str, &str)] = &[
    ("!=", "~="),
    ("!", "not"),
    ("&&", "and"),
    ("||", "or"),
    ("++", "x = x + 1"),
    ("+=", "x = x + y"),
    ("-=", "x = x - y"),
    ("*=", "x = x * y"),
    ("/*", "--[["),
    ("//", "--"),
    ("->", "."),
    ("?", "a and b or c"),
];

/// Parses a text as Lua 5.1. A tree comes in any case; with errors, parts of it are missing.
pub(super) fn parse(scan: &Scan, found: &mut Vec<Found>) -> (Ast, bool) {
    let text = scan.clean.as_str();
    let lines: Vec<&str> = text.split('\n').collect();
    let strict = parse_fallible(text, LuaVersion::lua51());
    if strict.errors().is_empty() {
        return (strict.into_ast(), true);
    }
    let before = found.len();
    let later = parse_fallible(text, LuaVersion::lua54());
    super::newer::tell(later.ast(), found);
    let is_newer = found.len() > before;
    let result = if is_newer { later } else { strict };
    tell_errors(&result, scan, &lines, found);
    (result.into_ast(), false)
}

/// One error a line: the first is what is wrong, the others follow from it.
fn tell_errors(result: &AstResult, scan: &Scan, lines: &[&str], found: &mut Vec<Found>) {
    let mut told_lines: BTreeSet<u32> = found.iter().map(|found| found.at.line).collect();
    let mut told = 0;
    for error in result.errors() {
        let Some(next) = explain(error, scan, lines, told > 0) else { continue };
        if told < ERRORS_MAX && told_lines.insert(next.at.line) {
            found.push(next);
            told += 1;
        }
    }
}

fn explain(error: &Error, scan: &Scan, lines: &[&str], is_later: bool) -> Option<Found> {
    match error {
        Error::AstError(error) => in_tree(error, scan, lines, is_later),
        Error::TokenizerError(error) => {
            let at = place(error.position());
            let found = word_at(lines, at);
            let syntax = match error.error() {
                TokenizerErrorType::UnclosedComment => unclosed("--[[", "]]"),
                TokenizerErrorType::UnclosedString => string_without_end(&found),
                TokenizerErrorType::InvalidNumber => Syntax::Number { found: number_at(lines, at) },
                TokenizerErrorType::UnexpectedToken(_) | TokenizerErrorType::InvalidSymbol(_) => {
                    foreign(lines, at).unwrap_or(Syntax::Unexpected { found })
                }
            };
            Some(found_at(at, lines, syntax))
        }
    }
}

fn in_tree(error: &AstError, scan: &Scan, lines: &[&str], is_later: bool) -> Option<Found> {
    let token = error.token();
    let at = place(token.start_position());
    let is_end_of_file = matches!(token.token_type(), TokenType::Eof);
    let text = if is_end_of_file { String::new() } else { token.to_string() };
    let message = error.error_message();
    if let Some(syntax) = foreign(lines, at).or_else(|| foreign_before(lines, at)) {
        return Some(found_at(at, lines, syntax));
    }
    let words: Vec<&str> = message.split('`').collect();
    let syntax = match words.as_slice() {
        ["expected ", "end", ..] => {
            // The parser tells where it gave up; the reader wants to know what has no end.
            let (at, word) = scan.unclosed.as_ref().filter(|_| is_end_of_file)?;
            return Some(found_at(*at, lines, unclosed(word, "end")));
        }
        ["expected ", missing, " to close ", opened, ..] => {
            let start = place(error.range().0);
            let is_there = rest_at(lines, start).starts_with(opened);
            let at = if is_there { start } else { at };
            return Some(found_at(at, lines, unclosed(opened, missing)));
        }
        ["expected ", missing, rest] if rest.contains("to close") => unclosed("(", missing),
        ["expected ", word, ..] => Syntax::Missing { word: (*word).to_owned(), found: text },
        _ if message.starts_with("unexpected statement after") => Syntax::AfterLast,
        _ if text == "end" && !is_later => Syntax::ExtraEnd,
        _ if is_later && message.starts_with("unexpected") => return None,
        _ if is_end_of_file || wants_value(message) => return Some(no_value(at, &text, lines)),
        _ => Syntax::Unexpected { found: text },
    };
    Some(found_at(at, lines, syntax))
}

/// Whether the parser names what stands before the value that it misses.
fn wants_value(message: &str) -> bool {
    message.starts_with("expected") && (message.contains("express") || message.contains("values"))
}

/// The place behind `before`, where a value should stand.
fn no_value(at: At, before: &str, lines: &[&str]) -> Found {
    let skipped = rest_at(lines, at).strip_prefix(before).unwrap_or_default();
    let blanks = skipped.chars().take_while(|c| c.is_whitespace()).count();
    let rest = skipped.trim_start();
    if before.is_empty() {
        return found_at(at, lines, Syntax::Unexpected { found: String::new() });
    }
    if rest.is_empty() || rest.starts_with("--") {
        return found_at(at, lines, Syntax::NoValue { after: before.to_owned() });
    }
    let column = at.column as usize + before.chars().count() + blanks;
    let next = At::new(at.line as usize, column, 1);
    let found = word_at(lines, next);
    found_at(next, lines, Syntax::Unexpected { found })
}

fn unclosed(opened: &str, missing: &str) -> Syntax {
    Syntax::Unclosed { opened: opened.to_owned(), missing: missing.to_owned() }
}

fn string_without_end(found: &str) -> Syntax {
    let quote = found.chars().next().unwrap_or('"');
    match quote {
        '[' => unclosed("[[", "]]"),
        _ => unclosed(&quote.to_string(), &quote.to_string()),
    }
}

fn place(position: Position) -> At {
    At::new(position.line(), position.character(), 1)
}

/// The error at `at`, as long as the word that stands there.
fn found_at(at: At, lines: &[&str], syntax: Syntax) -> Found {
    let len = word_at(lines, at).chars().count().max(1);
    Found::new(At { len: u32::try_from(len).unwrap_or(1), ..at }, syntax)
}

/// The rest of the line at `at`.
fn rest_at<'a>(lines: &[&'a str], at: At) -> &'a str {
    let line = lines.get(at.line as usize - 1).copied().unwrap_or_default();
    let start =
        line.char_indices().nth(at.column as usize - 1).map_or(line.len(), |(byte, _)| byte);
    &line[start..]
}

/// The word or sign at `at`.
fn word_at(lines: &[&str], at: At) -> String {
    let rest = rest_at(lines, at);
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    let word: String = rest.chars().take_while(is_part).collect();
    if word.is_empty() { rest.chars().take(1).collect() } else { word }
}

fn number_at(lines: &[&str], at: At) -> String {
    rest_at(lines, at).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect()
}

/// The sign of another language that stands at `at`.
fn foreign(lines: &[&str], at: At) -> Option<Syntax> {
    let rest = rest_at(lines, at);
    let &(found, lua) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign))?;
    Some(Syntax::Foreign { found: found.to_owned(), lua })
}

/// The sign of another language whose second half stands at `at`: the parser took the first.
fn foreign_before(lines: &[&str], at: At) -> Option<Syntax> {
    let before = At { column: at.column.checked_sub(1).filter(|column| *column > 0)?, ..at };
    let rest = rest_at(lines, before);
    let mut long = FOREIGN.iter().filter(|(sign, _)| sign.len() == 2);
    let &(found, lua) = long.find(|(sign, _)| rest.starts_with(sign))?;
    Some(Syntax::Foreign { found: found.to_owned(), lua })
}
