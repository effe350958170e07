//! Framing: where one message ends and the next begins in the bytes that come.

use alloc::vec::Vec;
use core::time::Duration;

/// What a message may have, in bytes. More without an end is one message, and framing begins anew
/// after it; so is a frame whose length says more.
pub const FRAME_BYTES_MAX: usize = 1 << 16;

/// How messages follow each other on a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Framing {
    /// What came at once is a message.
    #[default]
    None,
    /// A message ends with a line feed; it, and a carriage return before it, are not looked at by
    /// rules.
    Line,
    /// All messages have so many bytes; 0 is taken for 1.
    Fixed(usize),
    /// A message tells its length near its beginning.
    Length(LengthPrefix),
    /// A message ends when so much time passes without a byte.
    Idle(Duration),
}

/// Where a message has its length, and what that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthPrefix {
    /// Bytes before the length.
    pub skip: usize,
    /// Bytes of the length itself, 1 to 8; others are taken for the nearest.
    pub width: usize,
    /// The byte that counts least comes first.
    pub is_little_endian: bool,
    /// What is counted.
    pub counts: Counts,
}

/// What the length of a message counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// What follows the length.
    Rest,
    /// The length itself and what follows.
    LengthAndRest,
    /// All of the message.
    Whole,
}

impl LengthPrefix {
    /// How long the message is that `bytes` begin with, as soon as it can be told.
    fn frame_len(&self, bytes: &[u8]) -> Option<usize> {
        let width = self.width.clamp(1, 8);
        let head = self.skip.saturating_add(width);
        let field = bytes.get(self.skip..head)?;
        let fold = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        let number = if self.is_little_endian {
            field.iter().rev().fold(0, fold)
        } else {
            field.iter().fold(0, fold)
        };
        let before = match self.counts {
            Counts::Rest => head,
            Counts::LengthAndRest => self.skip,
            Counts::Whole => 0,
        };
        let len = usize::try_from(number).unwrap_or(usize::MAX).saturating_add(before);
        // A length that leaves out its own place still has one.
        Some(len.max(head))
    }
}

impl Framing {
    /// What rules look at in a message.
    pub(crate) fn body<'a>(&self, message: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Line => {
                let line = message.strip_suffix(b"\n").unwrap_or(message);
                line.strip_suffix(b"\r").unwrap_or(line)
            }
            Self::None | Self::Fixed(_) | Self::Length(_) | Self::Idle(_) => message,
        }
    }

    fn frame_len(&self, bytes: &[u8]) -> Option<usize> {
        let len = match self {
            Self::None => Some(bytes.len()),
            Self::Line => bytes.iter().position(|&byte| byte == b'\n').map(|at| at + 1),
            Self::Fixed(len) => Some((*len).max(1)),
            Self::Length(prefix) => prefix.frame_len(bytes),
            Self::Idle(_) => None,
        };
        let is_endless =
            len.unwrap_or(0) > FRAME_BYTES_MAX || len.is_none() && bytes.len() > FRAME_BYTES_MAX;
        if is_endless { Some(bytes.len()) } else { len.filter(|&len| len <= bytes.len()) }
    }
}

/// What came on a connection and is no whole message yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Framer {
    kept: Vec<u8>,
    /// When what is kept is a message.
    pub(crate) gap_at: Option<Duration>,
}

impl Framer {
    /// Takes bytes in, and gives the messages that they complete.
    pub(crate) fn take(&mut self, framing: &Framing, now: Duration, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.kept.extend_from_slice(bytes);
        let mut messages = Vec::new();
        let mut rest = &self.kept[..];
        while let Some(len) = framing.frame_len(rest).filter(|_| !rest.is_empty()) {
            let (message, tail) = rest.split_at(len);
            messages.push(message.to_vec());
            rest = tail;
        }
        self.kept = rest.to_vec();
        if let Framing::Idle(gap) = framing {
            self.gap_at = now.checked_add(*gap).filter(|_| !self.kept.is_empty());
        }
        messages
    }

    /// No byte came for the time that ends a message.
    pub(crate) fn end_message(&mut self) -> Vec<u8> {
        self.gap_at = None;
        core::mem::take(&mut self.kept)
    }
}
