//! Patterns in what devices send: regular expressions over bytes, and masks.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use regex::bytes::{Regex, RegexBuilder};

use crate::fault::Sentences;

/// What a compiled pattern may take, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A regular expression over bytes: `.` is any byte but a line's end, `\d` and `\w` are ASCII.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern. It may take [`PATTERN_BYTES_MAX`].
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let mut builder = RegexBuilder::new(pattern);
        let regex = builder.unicode(false).size_limit(PATTERN_BYTES_MAX).build();
        regex.map(Self).map_err(|why| PatternError { given: pattern.into(), why: format!("{why}") })
    }

    /// Whether some place matches.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    /// What the first group has matched, or the whole pattern if it has none.
    pub fn find<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let captures = self.0.captures(bytes)?;
        let group = captures.len().min(2) - 1;
        captures.get(group).map(|found| found.as_bytes())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The text.
    pub given: String,
    /// What the reader of patterns says, in English.
    pub why: String,
}

impl PatternError {
    /// What is wrong, in both languages.
    pub fn what(&self) -> Sentences {
        let Self { given, why } = self;
        Sentences {
            en: format!("`{given}` is not a regular expression: {why}"),
            zh: format!("`{given}` 不是正则表达式：{why}"),
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what().en)
    }
}

impl core::error::Error for PatternError {}

/// Bytes of which some, or halves of some, may be anything: `AA ?? 01 4?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Each byte, and which of its bits count.
    bytes: Vec<(u8, u8)>,
}

impl Mask {
    /// Reads hex digits in pairs, of which `?` stands for any; spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, MaskError> {
        let mut halves = Vec::new();
        for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
            let half = match c {
                '?' => Some((0, 0)),
                _ => c.to_digit(16).map(|digit| (digit as u8, 0xF)),
            };
            halves.push(half.ok_or(MaskError::Letter { column: at + 1, letter: c })?);
        }
        if halves.is_empty() || halves.len() % 2 == 1 {
            return Err(MaskError::Length { digits: halves.len() });
        }
        let pairs = halves.chunks_exact(2);
        let byte = |pair: &[(u8, u8)]| (pair[0].0 << 4 | pair[1].0, pair[0].1 << 4 | pair[1].1);
        Ok(Self { bytes: pairs.map(byte).collect() })
    }

    /// Whether `bytes` start as the mask says.
    pub fn starts(&self, bytes: &[u8]) -> bool {
        let fits = |(&byte, &(wanted, bits)): (&u8, &(u8, u8))| byte & bits == wanted;
        bytes.len() >= self.bytes.len() && bytes.iter().zip(&self.bytes).all(fits)
    }

    /// Whether some place in `bytes` is as the mask says.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        bytes.windows(self.bytes.len()).any(|part| self.starts(part))
    }
}

/// A text that is no mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskError {
    /// Neither a hex digit nor `?`.
    Letter {
        /// Where, counted from 1.
        column: usize,
        /// What stands there.
        letter: char,
    },
    /// Digits come in pairs, and there is at least one pair.
    Length {
        /// How many there are.
        digits: usize,
    },
}

impl MaskError {
    /// What is wrong, with the way out, in both languages.
    pub fn what(&self) -> Sentences {
        let (en, zh) = match self {
            Self::Letter { column, letter } => (
                format!("at letter {column}, `{letter}` is neither a hex digit nor `?`"),
                format!("第 {column} 个字符 `{letter}` 既不是十六进制数字也不是 `?`"),
            ),
            Self::Length { digits } => (
                format!("{digits} digits do not make whole bytes"),
                format!("{digits} 个数字凑不成整字节"),
            ),
        };
        Sentences {
            en: format!("{en}; write two for each byte, as in `AA ?? 01`"),
            zh: format!("{zh}；每个字节写两位，如 `AA ?? 01`"),
        }
    }
}

impl fmt::Display for MaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what().en)
    }
}

impl core::error::Error for MaskError {}
