//! The words of Lua source, as far as changing them takes.

use std::ops::Range;

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    /// With its quotes or brackets.
    Text,
    /// One or two characters, such as `==`.
    Sign,
}

/// A piece of source: no blank, no comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
}

/// Every word of `source`, in order.
pub(crate) fn words(source: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(letter) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, len) = match letter {
            '-' if rest.starts_with("--") => (None, comment_len(rest)),
            '"' | '\'' => (Some(Kind::Text), quoted_len(rest, letter)),
            '[' if bracket(rest).is_some() => (Some(Kind::Text), long_len(rest)),
            '0'..='9' => (Some(Kind::Number), len_while(rest, |c| c.is_alphanumeric() || c == '.')),
            'a'..='z' | 'A'..='Z' | '_' => {
                (Some(Kind::Name), len_while(rest, |c| c.is_alphanumeric() || c == '_'))
            }
            _ if letter.is_whitespace() => (None, letter.len_utf8()),
            _ if ["==", "~=", "<=", ">=", ".."].iter().any(|sign| rest.starts_with(sign)) => {
                (Some(Kind::Sign), 2)
            }
            _ => (Some(Kind::Sign), letter.len_utf8()),
        };
        words.extend(kind.map(|kind| Word { kind, at: at..at + len }));
        at += len;
    }
    words
}

fn len_while(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !is_part(letter)).unwrap_or(text.len())
}

fn comment_len(text: &str) -> usize {
    match bracket(&text[2..]) {
        Some(_) => 2 + long_len(&text[2..]),
        None => len_while(text, |letter| letter != '\n'),
    }
}

fn quoted_len(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, letter)| {
        let is_end = letter == quote && !escaped;
        escaped = letter == '\\' && !escaped;
        is_end
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// How many `=` are in the long bracket that `text` begins with.
fn bracket(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let level = len_while(inner, |letter| letter == '=');
    inner[level..].starts_with('[').then_some(level)
}

fn long_len(text: &str) -> usize {
    let level = bracket(text).expect("a long bracket begins here");
    let close = format!("]{}]", "=".repeat(level));
    text.find(&close).map_or(text.len(), |at| at + close.len())
}

#[test]
fn words_are_told_from_blanks_and_comments() {
    let source = "local a == 'it\\'s' -- \"no\"\n--[[ x ]] f(1.5, [[t]]) ~= nil";
    let found: Vec<_> = words(source).into_iter().map(|word| &source[word.at]).collect();
    let expected =
        ["local", "a", "==", "'it\\'s'", "f", "(", "1.5", ",", "[[t]]", ")", "~=", "nil"];
    assert_eq!(found, expected);
}
