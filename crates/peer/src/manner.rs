//! What a server does, as plain values that a host or a test writes down.

use alloc::vec::Vec;

use crate::door::Conn;
use crate::framing::Framing;
use crate::identity::Identity;
use crate::rule::Rule;

/// How the server treats every connection.
///
/// The default takes everything and says nothing. Empty bytes, wherever they stand for something to
/// say, mean that nothing is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// What is a message.
    pub framing: Framing,
    /// Where devices say who they are.
    pub identity: Option<Identity>,
    /// What is done on which cue. Of the rules about messages, the first that fits decides; those
    /// about connects and intervals all apply.
    pub rules: Vec<Rule>,
    /// The answer to a message that no rule takes.
    pub reply: Reply,
}

/// The answer to a message.
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
    pub(crate) fn to(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Silent => None,
            Self::Echo => Some(message.to_vec()),
            Self::Fixed(bytes) => Some(bytes.clone()),
        }
    }
}

/// How the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In the regular way (FIN).
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
    /// Ends one connection, if it is open.
    End(Conn, Ending),
}
