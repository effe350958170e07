//! Where a message ends, in words.

use super::object::object;
use super::{WordsError, duration, wrong};
use holdline_peer::{Counts, Framing, LengthPrefix};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where one message ends and the next begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "it is `none`, `line`, `fixed 12`, `idle 200ms`, or `length` with `skip`, `order` and `counts`"
)]
pub enum FramingWords {
    /// `none`, `line`, `fixed 12` (bytes) or `idle 200ms` (without a byte).
    Plain(String),
    /// A message tells its length.
    #[serde(deserialize_with = "object")]
    Length(LengthWords),
}

/// Where a message has its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LengthWords {
    /// Bytes before the length.
    #[serde(default)]
    #[schema(maximum = 18_446_744_073_709_551_615_u64)]
    skip: usize,
    /// Bytes of the length itself, 1 to 8.
    #[schema(minimum = 1, maximum = 8)]
    length: usize,
    /// `big`: the byte that counts most comes first; or `little`.
    #[serde(default)]
    order: Order,
    /// What is counted.
    #[serde(default)]
    counts: Counted,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Big,
    Little,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Counted {
    /// What follows the length.
    #[default]
    Rest,
    /// The length itself and what follows.
    LengthAndRest,
    /// All of the message.
    Whole,
}

impl FramingWords {
    /// What they mean.
    pub(super) fn framing(&self) -> Result<Framing, WordsError> {
        match self {
            Self::Plain(words) => plain(words),
            Self::Length(words) => words.framing(),
        }
    }
}

fn plain(words: &str) -> Result<Framing, WordsError> {
    let mut parts = words.split_whitespace();
    let found = match (parts.next(), parts.next(), parts.next()) {
        (Some("none"), None, None) => Some(Framing::None),
        (Some("line"), None, None) => Some(Framing::Line),
        (Some("fixed"), Some(len), None) => {
            len.parse().ok().filter(|&len| len > 0).map(Framing::Fixed)
        }
        (Some("idle"), Some(gap), None) => return Ok(Framing::Idle(duration(gap)?)),
        _ => None,
    };
    found.ok_or_else(|| {
        let ways = "`none`, `line`, `fixed 12`, `idle 200ms`, `{ length = 2 }`";
        wrong(
            format!("`{words}` is no framing; there are {ways}"),
            format!("`{words}` 不是分包方式；可以写 {ways}"),
        )
    })
}

impl LengthWords {
    fn framing(&self) -> Result<Framing, WordsError> {
        let &Self { skip, length, order, counts } = self;
        if !(1..=8).contains(&length) {
            return Err(wrong(
                format!("a length of {length} bytes cannot be read; it has 1 to 8"),
                format!("长度字段不能是 {length} 字节；应为 1 到 8"),
            ));
        }
        let counts = match counts {
            Counted::Rest => Counts::Rest,
            Counted::LengthAndRest => Counts::LengthAndRest,
            Counted::Whole => Counts::Whole,
        };
        let is_little_endian = order == Order::Little;
        Ok(Framing::Length(LengthPrefix { skip, width: length, is_little_endian, counts }))
    }
}
