//! The pins of a module: nothing is wired to them, but a script reads back what it set.

use std::collections::BTreeMap;

/// What a pin is set up as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pin {
    /// Reads what its pull resistor gives.
    Input {
        /// Whether it is pulled up.
        pulled_up: bool,
    },
    /// Drives a level.
    Output {
        /// Whether the level is high.
        high: bool,
    },
}

/// The pins that the script has set up, by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins(BTreeMap<u8, Pin>);

impl Pins {
    pub(crate) fn set_up(&mut self, number: u8, pin: Pin) {
        self.0.insert(number, pin);
    }

    pub(crate) fn close(&mut self, number: u8) {
        self.0.remove(&number);
    }

    /// Drives a level, where the pin is an output.
    pub(crate) fn drive(&mut self, number: u8, level: bool) {
        if let Some(Pin::Output { high }) = self.0.get_mut(&number) {
            *high = level;
        }
    }

    /// Pulls an input up or down.
    pub(crate) fn pull(&mut self, number: u8, up: bool) {
        if let Some(Pin::Input { pulled_up }) = self.0.get_mut(&number) {
            *pulled_up = up;
        }
    }

    /// Whether the level is high; a pin that is not set up is low.
    pub(crate) fn is_high(&self, number: u8) -> bool {
        match self.0.get(&number) {
            Some(Pin::Input { pulled_up: high } | Pin::Output { high }) => *high,
            None => false,
        }
    }
}
