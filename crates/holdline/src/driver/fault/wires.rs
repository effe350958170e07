//! What goes wrong on a device's serial wires.

use holdline_modem::{Input, Output as Order, UartId};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

/// Noise changes a bit in one of so many bytes.
const NOISE_OF: u64 = 8;

/// The ports of a device.
#[derive(Debug, Default)]
pub(super) struct Wires {
    /// Those whose next bytes find their hardware full.
    overrun: BTreeSet<UartId>,
}

impl Wires {
    /// From here on the next bytes of every port are lost.
    pub(super) fn overrun(&mut self) {
        self.overrun = (0..=u8::MAX).filter_map(UartId::new).collect();
    }

    /// What an order is on wires that may be noisy.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other orders carry no bytes")]
    pub(super) fn order(&mut self, mut order: Order, is_noisy: bool) -> Order {
        match &mut order {
            // What is set up anew has lost nothing.
            Order::UartOpen { port, .. } => drop(self.overrun.remove(port)),
            Order::UartWrite { bytes, .. } if is_noisy => disturb(bytes),
            _ => {}
        }
        order
    }

    /// What a fact is on wires that may be noisy.
    pub(super) fn fact(&mut self, fact: Input, is_noisy: bool) -> Input {
        let Input::UartReceived { port, mut bytes } = fact else { return fact };
        if self.overrun.remove(&port) {
            return Input::UartOverran { port, lost: bytes.len() };
        }
        if is_noisy {
            disturb(&mut bytes);
        }
        Input::UartReceived { port, bytes }
    }
}

/// Changes bits by chance, which on real wires is never twice the same.
fn disturb(bytes: &mut [u8]) {
    let chance = RandomState::new();
    for (place, byte) in bytes.iter_mut().enumerate() {
        let drawn = chance.hash_one(place);
        if drawn.is_multiple_of(NOISE_OF) {
            *byte ^= 1 << ((drawn >> 32) % 8);
        }
    }
}
