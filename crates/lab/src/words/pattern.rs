//! What is to be found in a message, in words.

use super::{WordsError, wrong};
use holdline_peer::{Cue, Mask, Pattern};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a message has to be like: one of these, or anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatternWords {
    /// It is this text.
    pub(crate) equals: Option<String>,
    /// It starts with this text.
    pub(crate) prefix: Option<String>,
    /// It has this text somewhere.
    pub(crate) contains: Option<String>,
    /// It has a place that this regular expression matches.
    pub(crate) matches: Option<String>,
    /// It starts with these bytes in hex, where `?` is any digit.
    pub(crate) hex: Option<String>,
}

impl PatternWords {
    /// What they mean: as many cues as there are words.
    pub(super) fn cues(&self) -> Result<Vec<Cue>, WordsError> {
        let text = |text: &String| text.clone().into_bytes();
        let matches = self.matches.as_deref().map(Pattern::new).transpose();
        let matches = matches.map_err(|error| error.what())?;
        let hex = self.hex.as_deref().map(Mask::parse).transpose();
        let hex = hex.map_err(|error| error.what())?;
        let cues = [
            self.equals.as_ref().map(|bytes| Cue::Equals(text(bytes))),
            self.prefix.as_ref().map(|bytes| Cue::Prefix(text(bytes))),
            self.contains.as_ref().map(|bytes| Cue::Contains(text(bytes))),
            matches.map(Cue::Matches),
            hex.map(Cue::Starts),
        ];
        Ok(cues.into_iter().flatten().collect())
    }

    /// The one that is written, or none, which any message is like.
    pub(crate) fn one(&self) -> Result<Option<Cue>, WordsError> {
        let mut cues = self.cues()?;
        if cues.len() > 1 {
            return Err(wrong(
                "one pattern is looked for: `equals`, `prefix`, `contains`, `matches` or `hex`",
                "只能写一个条件：`equals`、`prefix`、`contains`、`matches` 或 `hex`",
            ));
        }
        Ok(cues.pop())
    }
}
