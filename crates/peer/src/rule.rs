//! Rules: on which cue a server says or does what.

use alloc::vec::Vec;
use core::time::Duration;

use crate::manner::{Ending, Reply};
use crate::pattern::{Mask, Pattern};

/// The shortest interval of [`Cue::Every`]; a shorter one is taken for this.
///
/// An interval of zero would never let time go on.
pub const EVERY_MIN: Duration = Duration::from_millis(1);

/// How long after one piece of what is split the next one follows.
pub const PIECES_APART: Duration = Duration::from_millis(10);

/// What makes a rule apply.
///
/// Messages are what [`Framing`](crate::Framing) makes of the bytes that come; the end of a line is
/// not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cue {
    /// A device connected.
    Connect,
    /// A message is these bytes.
    Equals(Vec<u8>),
    /// A message starts with these bytes.
    Prefix(Vec<u8>),
    /// A message has these bytes somewhere.
    Contains(Vec<u8>),
    /// A message has a place that the pattern matches.
    Matches(Pattern),
    /// A message starts as the mask says.
    Starts(Mask),
    /// Again and again, at this interval from the accept of each connection.
    ///
    /// If the host is late by a whole interval, what was missed is not made up for.
    Every(Duration),
}

impl Cue {
    /// Whether a message gives this cue; none gives those that need no message.
    pub fn is_given_by(&self, message: &[u8]) -> bool {
        match self {
            Self::Connect | Self::Every(_) => false,
            Self::Equals(bytes) => message == bytes,
            Self::Prefix(bytes) => message.starts_with(bytes),
            Self::Contains(bytes) => {
                bytes.is_empty() || message.windows(bytes.len()).any(|part| part == bytes)
            }
            Self::Matches(pattern) => pattern.is_in(message),
            Self::Starts(mask) => mask.starts(message),
        }
    }
}

/// What a server does on a cue: it waits, says something, and ends the connection, each if wanted.
///
/// ```
/// use core::time::Duration;
/// use holdline_peer::{Cue, Rule};
///
/// let rule = Rule::on(Cue::Prefix(b"login".into())).after(Duration::from_secs(2)).say("ok").close();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(crate) cue: Cue,
    after: Duration,
    say: Reply,
    piece_len: Option<usize>,
    ending: Option<Ending>,
}

impl Rule {
    /// Does nothing on a cue, which keeps later rules and the reply from answering.
    pub const fn on(cue: Cue) -> Self {
        Self { cue, after: Duration::ZERO, say: Reply::Silent, piece_len: None, ending: None }
    }

    /// Says these bytes; nothing, if there are none.
    #[must_use]
    pub fn say(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self { say: Reply::Fixed(bytes.into()), ..self }
    }

    /// Says what the device said.
    #[must_use]
    pub fn echo(self) -> Self {
        Self { say: Reply::Echo, ..self }
    }

    /// Waits so long first.
    #[must_use]
    pub fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }

    /// Says it in pieces of at most so many bytes, [`PIECES_APART`].
    #[must_use]
    pub fn split(self, piece_len: usize) -> Self {
        Self { piece_len: Some(piece_len.max(1)), ..self }
    }

    /// Closes the connection after that.
    #[must_use]
    pub fn close(self) -> Self {
        Self { ending: Some(Ending::Close), ..self }
    }

    /// Breaks the connection after that.
    #[must_use]
    pub fn reset(self) -> Self {
        Self { ending: Some(Ending::Reset), ..self }
    }

    /// Whether this rule could do nothing any more after `other`, which is about the same messages.
    pub(crate) fn gives_way_to(&self, other: &Self) -> bool {
        self.cue == other.cue && !matches!(self.cue, Cue::Connect | Cue::Every(_))
    }

    /// What is done, each with how long after the cue, in the order of time.
    pub(crate) fn steps(&self, message: &[u8]) -> impl Iterator<Item = (Duration, Step)> {
        let said = self.say.to(message).unwrap_or_default();
        let piece_len = self.piece_len.unwrap_or(said.len()).max(1);
        let pieces = said.chunks(piece_len).map(|piece| Step::Say(piece.to_vec()));
        let count = said.len().div_ceil(piece_len).max(1);
        let steps = pieces.zip(0..).collect::<Vec<_>>().into_iter();
        let ending = self.ending.map(|ending| (Step::End(ending), count as u32 - 1));
        let after = self.after;
        steps.chain(ending).map(move |(step, pause)| {
            (after.saturating_add(PIECES_APART.saturating_mul(pause)), step)
        })
    }
}

/// One thing that is done on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Say(Vec<u8>),
    End(Ending),
}

/// The first rule that a message gives the cue of.
pub(crate) fn first_for<'a>(rules: &'a [Rule], message: &[u8]) -> Option<&'a Rule> {
    rules.iter().find(|rule| rule.cue.is_given_by(message))
}
