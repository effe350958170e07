//! What people write: a port and its rules, in a configuration file or in a call of the API.
//!
//! One shape for both, so what a call answers can be written into the file.

mod fault;
mod framing;
mod hex;
mod identity;
mod object;
mod pattern;
mod port;
mod rule;
mod shape;
mod target;

pub use fault::FaultRefusal;
pub(crate) use fault::{committed, fault_of};
pub use framing::{FramingWords, LengthWords};
pub(crate) use hex::bytes_of_hex;
pub use identity::{BytesWords, GivenWords, IdentityWords};
pub(crate) use object::Object;
pub(crate) use pattern::PatternWords;
pub use port::{ListenWords, MannerWords, PortWords, ReplyWords};
pub use rule::RuleWords;
pub use shape::shape_in_chinese;
pub use target::target;

use holdline_peer::fault::Sentences;

/// What makes no sense in what somebody wrote: the value and the way out, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", what.en)]
pub struct WordsError {
    /// What is wrong.
    pub what: Sentences,
}

pub(crate) fn wrong(en: impl Into<String>, zh: impl Into<String>) -> WordsError {
    WordsError { what: Sentences { en: en.into(), zh: zh.into() } }
}

impl From<FaultRefusal> for WordsError {
    fn from(FaultRefusal { what, hint }: FaultRefusal) -> Self {
        wrong(format!("{}; {}", what.en, hint.en), format!("{}；{}", what.zh, hint.zh))
    }
}

impl From<Sentences> for WordsError {
    fn from(what: Sentences) -> Self {
        Self { what }
    }
}

/// A duration such as `90s`.
pub(crate) fn duration(text: &str) -> Result<std::time::Duration, WordsError> {
    holdline_peer::fault::parse_duration(text).ok_or_else(|| {
        wrong(
            format!("`{text}` is no duration; write numbers with units, as in `90s` or `1h5m`"),
            format!("`{text}` 不是时间长度；写成带单位的数，如 `90s`、`1h5m`"),
        )
    })
}
