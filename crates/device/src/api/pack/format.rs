//! The letters of a format, read one at a time.

use super::number::{Number, Order};

/// One letter of a format, with what its count means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// The byte order of all that follows.
    Order(Order),
    /// So many values of one kind; for `A` in `unpack`, one value of so many bytes.
    Values(Code, usize),
}

/// How a value is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Code {
    /// A string as it is.
    Raw,
    /// A string and a zero byte.
    Zero,
    /// A string behind its length.
    Prefixed(Number),
    /// A number.
    Number(Number),
}

/// A byte in a format that stands for nothing.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("expected a format of `<>=zpPaAfdncbhHiIlL`, got `{}`", .0.escape_ascii())]
pub(super) struct BadLetter(u8);

/// The steps of a format, from its first letter to its last.
pub(super) struct Format<'a> {
    rest: &'a [u8],
}

impl<'a> Format<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// The digits at the front as a number, 1 if there are none; one too large is the largest.
    fn take_count(&mut self) -> usize {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (count, rest) = self.rest.split_at(digits);
        self.rest = rest;
        if count.is_empty() {
            return 1;
        }
        count.iter().fold(0usize, |sum, digit| {
            sum.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
        })
    }
}

impl Iterator for Format<'_> {
    type Item = Result<Step, BadLetter>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (&letter, rest) = self.rest.split_first()?;
            self.rest = rest;
            let count = self.take_count();
            if !matches!(letter, b' ' | b',') {
                return Some(step(letter, count));
            }
        }
    }
}

/// What `letter` means, `count` times.
fn step(letter: u8, count: usize) -> Result<Step, BadLetter> {
    let code = match letter {
        b'<' | b'=' => return Ok(Step::Order(Order::Little)),
        b'>' => return Ok(Step::Order(Order::Big)),
        b'A' => Code::Raw,
        b'z' => Code::Zero,
        b'p' => Code::Prefixed(Number::Unsigned(1)),
        b'P' => Code::Prefixed(Number::Unsigned(2)),
        b'a' => Code::Prefixed(Number::Unsigned(4)),
        other => Code::Number(number(other)?),
    };
    Ok(Step::Values(code, count))
}

/// The kind of number that `letter` stands for.
fn number(letter: u8) -> Result<Number, BadLetter> {
    match letter {
        b'f' => Ok(Number::Float),
        b'd' | b'n' => Ok(Number::Double),
        b'c' => Ok(Number::Signed(1)),
        b'b' => Ok(Number::Unsigned(1)),
        b'h' => Ok(Number::Signed(2)),
        b'H' => Ok(Number::Unsigned(2)),
        b'i' => Ok(Number::Signed(4)),
        b'I' => Ok(Number::Unsigned(4)),
        // Luat: a `long` has 8 bytes after the 4G documentation and 4 on 2G modules; 8 it is.
        b'l' => Ok(Number::Signed(8)),
        b'L' => Ok(Number::Unsigned(8)),
        other => Err(BadLetter(other)),
    }
}
