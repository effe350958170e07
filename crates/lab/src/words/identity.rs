//! Where devices say who they are, in words.

use super::object::object;
use super::{WordsError, bytes_of_hex, wrong};
use holdline_peer::{Identity, Pattern};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What devices are called, or where their name stands in their first message that has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "it is `imei`, a regular expression, `len` with `prefix_hex` and `skip`, or `name` alone"
)]
pub enum IdentityWords {
    /// A regular expression: the name is its first group, or all of it. `imei` is fifteen digits.
    Pattern(String),
    /// Bytes at a place.
    #[serde(deserialize_with = "object")]
    Bytes(BytesWords),
    /// A name for whoever connects.
    Given(GivenWords),
}

/// A name for whoever connects, for a port that one device has to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenWords {
    /// What the device is called.
    #[schema(example = "car_1")]
    name: String,
}

/// A name at a place of messages that start in a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BytesWords {
    /// How they start, in hex; nothing takes all.
    #[serde(default)]
    prefix_hex: String,
    /// Bytes before the name, from the start of the message.
    #[serde(default)]
    #[schema(maximum = 18_446_744_073_709_551_615_u64)]
    skip: usize,
    /// Bytes of the name.
    #[schema(minimum = 1, maximum = 18_446_744_073_709_551_615_u64)]
    len: usize,
}

/// Fifteen digits that no other digit touches.
const IMEI: &str = r"(?:^|[^0-9])([0-9]{15})(?:[^0-9]|$)";

impl IdentityWords {
    /// What they mean.
    pub(super) fn identity(&self) -> Result<Identity, WordsError> {
        match self {
            Self::Pattern(pattern) => {
                let pattern = if pattern == "imei" { IMEI } else { pattern };
                let pattern = Pattern::new(pattern).map_err(|error| error.what())?;
                Ok(Identity::Pattern(pattern))
            }
            Self::Bytes(BytesWords { len: 0, .. }) => Err(no_name()),
            Self::Given(GivenWords { name }) if name.is_empty() => Err(no_name()),
            Self::Given(GivenWords { name }) => Ok(Identity::Given(name.clone().into_bytes())),
            Self::Bytes(BytesWords { prefix_hex, skip, len }) => {
                Ok(Identity::Bytes { prefix: bytes_of_hex(prefix_hex)?, skip: *skip, len: *len })
            }
        }
    }
}

fn no_name() -> WordsError {
    wrong("a name has at least one byte", "名称至少有一个字节")
}
