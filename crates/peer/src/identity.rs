//! Identity: which device is at the other end, as its registration packet or its port says.

use alloc::vec::Vec;

use crate::pattern::Pattern;

/// What a name may have, in bytes; the rest of a longer one is cut off.
pub const NAME_BYTES_MAX: usize = 64;

/// What a device is called, or where its name stands in its first message that has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// What the first group of a pattern matches, or the whole pattern if it has no group.
    Pattern(Pattern),
    /// Bytes at a place of messages that start in a way.
    Bytes {
        /// How they start; empty takes all.
        prefix: Vec<u8>,
        /// Bytes before the name, counted from the start of the message.
        skip: usize,
        /// Bytes of the name.
        len: usize,
    },
    /// Whoever connects is this device, whatever it says.
    Given(Vec<u8>),
}

impl Identity {
    /// The name of a device that has said nothing yet, if there is one.
    pub(crate) fn given(&self) -> Option<Vec<u8>> {
        match self {
            Self::Given(name) => named(name),
            Self::Pattern(_) | Self::Bytes { .. } => None,
        }
    }

    /// The name in a message, if it has one.
    pub(crate) fn name(&self, message: &[u8]) -> Option<Vec<u8>> {
        let name = match self {
            Self::Pattern(pattern) => pattern.find(message)?,
            Self::Bytes { prefix, skip, len } => {
                let rest = message.get(*skip..).filter(|_| message.starts_with(prefix))?;
                rest.get(..*len)?
            }
            Self::Given(name) => name,
        };
        named(name)
    }
}

fn named(name: &[u8]) -> Option<Vec<u8>> {
    let name = &name[..name.len().min(NAME_BYTES_MAX)];
    (!name.is_empty()).then(|| name.to_vec())
}
