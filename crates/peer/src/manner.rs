//! What a server does, as plain values that a host or a test writes down.

use alloc::vec::Vec;
use core::time::Duration;

use crate::door::Conn;

/// The shortest interval of [`Manner::every`]; a shorter one is taken for this.
///
/// An interval of zero would never let time go on.
pub const EVERY_MIN: Duration = Duration::from_millis(1);

/// How the server treats every connection.
///
/// The default takes everything and says nothing. Empty bytes, wherever they stand for something to
/// say, mean that nothing is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// What becomes of a new connection.
    pub on_accept: OnAccept,
    /// What is said first to a connection that is welcome.
    pub greeting: Option<Vec<u8>>,
    /// Answers by prefix, `(prefix, answer)`: the first prefix that a message starts with decides,
    /// and its answer goes out in place of [`reply`](Self::reply).
    pub rules: Vec<(Vec<u8>, Vec<u8>)>,
    /// The answer to a message that no rule takes.
    pub reply: Reply,
    /// What is said to each connection again and again, at this interval from its accept.
    ///
    /// If the host is late by a whole interval, what was missed is not made up for.
    pub every: Option<(Duration, Vec<u8>)>,
    /// How long after its accept each connection is dropped, whatever happens on it.
    pub drop_after: Option<Duration>,
    /// In which way `drop_after` drops.
    pub drop_with: Ending,
}

impl Manner {
    /// What the server says to one message, if anything.
    pub(crate) fn answer(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self.rules.iter().find(|(prefix, _)| message.starts_with(prefix)) {
            Some((_, answer)) => Some(answer.clone()),
            None => self.reply.to(message),
        }
    }
}

/// What becomes of a new connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnAccept {
    /// It is kept and greeted.
    #[default]
    Welcome,
    /// It is reset at once, without a word.
    Reset,
    /// It is closed at once, without a word.
    Close,
}

/// The answer to each message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reply {
    /// None.
    #[default]
    Silent,
    /// The message itself.
    Echo,
    /// Always these bytes.
    Fixed(Vec<u8>),
}

impl Reply {
    fn to(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Silent => None,
            Self::Echo => Some(message.to_vec()),
            Self::Fixed(bytes) => Some(bytes.clone()),
        }
    }
}

/// How the server ends a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ending {
    /// In the regular way (FIN).
    #[default]
    Close,
    /// At once (RST).
    Reset,
}

/// Something the server does at a planned moment, whatever its manner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Sends these bytes to every open connection.
    SendAll(Vec<u8>),
    /// Sends these bytes to one connection, if it is open.
    Send(Conn, Vec<u8>),
}
