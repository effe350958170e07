//! Why a seed failed.

use super::{Address, Beat};
use holdline_device::{Place, RestartCause, Stuck};
use std::ops::Range;
use std::time::Duration;

/// Why a run with faults failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A fault of Holdline's own, which ought to be reported.
    HostFault {
        /// What it says.
        words: String,
    },
    /// The script did not let go.
    Stuck {
        /// The innermost line of the script itself, if it has one.
        place: Option<Place>,
    },
    /// A script error that the calm does not have, in the main script or in a task.
    Error {
        /// Its first line.
        text: String,
    },
    /// The device started anew again and again.
    BootLoop {
        /// How often within ten minutes.
        restarts: usize,
        /// Why it did the last time.
        cause: RestartCause,
    },
    /// The device tried to connect again and again without a pause.
    Storm {
        /// What it dialled last.
        address: Address,
        /// How often it dialled within a minute.
        connects: usize,
    },
    /// All faults have stopped, and an address does not hear from the device.
    Silent {
        /// Which address.
        address: Address,
        /// What it does not hear, see [`super::wording`]; `None` for all.
        wording: Option<Vec<u8>>,
        /// How long it heard nothing, as far as was watched.
        pause: Duration,
        /// The longest pause in the calm.
        calm: Duration,
    },
    /// All faults have stopped, and an address hears from the device more often than in the calm.
    TooFast {
        /// Which address.
        address: Address,
        /// What it hears too often, see [`super::wording`]; `None` for all.
        wording: Option<Vec<u8>>,
        /// How often it heard it.
        heard: usize,
        /// How often it does in the calm, at most.
        calm: usize,
        /// Within what time.
        within: Duration,
    },
    /// All faults have stopped, and the device holds no line to an address, as it does in the calm.
    NotConnected {
        /// Which address.
        address: Address,
    },
}

impl Reason {
    pub(super) fn silent(beat: &Beat, pause: Duration) -> Self {
        let (address, wording) = (beat.address.clone(), beat.wording.clone());
        Self::Silent { address, wording, pause, calm: beat.gap }
    }

    pub(super) fn too_fast(beat: &Beat, heard: usize, window: &Range<Duration>) -> Self {
        let within = window.end - window.start;
        let (address, wording) = (beat.address.clone(), beat.wording.clone());
        Self::TooFast { address, wording, heard, calm: beat.most_in(within), within }
    }

    /// The address that it is about, if it is about one.
    pub const fn address(&self) -> Option<&Address> {
        match self {
            Self::Storm { address, .. }
            | Self::Silent { address, .. }
            | Self::TooFast { address, .. }
            | Self::NotConnected { address } => Some(address),
            Self::HostFault { .. }
            | Self::Stuck { .. }
            | Self::Error { .. }
            | Self::BootLoop { .. } => None,
        }
    }

    /// Whether both tell of the same bug, as far as can be told: how many and how long may differ.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Error { text }, Self::Error { text: other }) => text == other,
            (Self::Stuck { place }, Self::Stuck { place: other }) => place == other,
            (
                Self::Silent { address, wording, .. },
                Self::Silent { address: other, wording: others, .. },
            ) => (address, wording.is_some()) == (other, others.is_some()),
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && self.address() == other.address()
            }
        }
    }
}

impl From<&Stuck> for Reason {
    fn from(stuck: &Stuck) -> Self {
        Self::Stuck { place: stuck.place.clone() }
    }
}
