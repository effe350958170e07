//! The pins: what the script does with them, what is wired to them, and who hears of a change.
//!
//! A blinking pin is one order, not one at each change: a light that blinks for a month costs as
//! much as one that shines.

use crate::Instant;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// A pin of the module, numbered over its ports, 32 pins each. Prints as `P1_4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PinId(pub u8);

impl PinId {
    /// Pins of one port.
    pub const PER_PORT: u8 = 32;

    /// The pin that prints as `name`.
    pub fn parse(name: &str) -> Option<Self> {
        let (port, pin) = name.strip_prefix('P')?.split_once('_')?;
        let pin = pin.parse().ok().filter(|&pin: &u8| pin < Self::PER_PORT)?;
        Some(Self(port.parse::<u8>().ok()?.checked_mul(Self::PER_PORT)?.checked_add(pin)?))
    }
}

impl fmt::Display for PinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}_{}", self.0 / Self::PER_PORT, self.0 % Self::PER_PORT)
    }
}

/// What the script uses a pin as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinUse {
    /// It reads the level that is wired to it, else what its pull resistor gives.
    Input {
        /// Whether a change is a message to the script.
        interrupts: bool,
        /// Whether it is pulled up.
        pulled_up: bool,
    },
    /// It drives a level.
    Output {
        /// Whether the level is high.
        high: bool,
    },
    /// It drives high and low by turns, high first, from the moment of the call.
    Blinks {
        /// How long it is high.
        on: Duration,
        /// How long it is low.
        off: Duration,
    },
}

/// What a pin drives, for those who look at the module from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Nothing: it is an input, or not in use.
    Nothing,
    /// The low level.
    Low,
    /// The high level.
    High,
    /// High and low by turns, high first, from this moment on.
    Blinks {
        /// How long it is high.
        on: Duration,
        /// How long it is low.
        off: Duration,
    },
}

impl From<Option<PinUse>> for Drive {
    fn from(used_as: Option<PinUse>) -> Self {
        match used_as {
            None | Some(PinUse::Input { .. }) => Self::Nothing,
            Some(PinUse::Output { high: false }) => Self::Low,
            Some(PinUse::Output { high: true }) => Self::High,
            Some(PinUse::Blinks { on, off }) => Self::Blinks { on, off },
        }
    }
}

impl fmt::Display for Drive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("drives nothing"),
            Self::Low => f.write_str("low"),
            Self::High => f.write_str("high"),
            Self::Blinks { on, off } => {
                write!(f, "blinks, {} ms on, {} ms off", on.as_millis(), off.as_millis())
            }
        }
    }
}

#[derive(Debug)]
struct Pin {
    id: PinId,
    used_as: Option<PinUse>,
    since: Instant,
    /// The level that something outside drives.
    wired: Option<bool>,
}

/// The pins that are in use or wired; most devices have none.
#[derive(Debug, Default)]
pub(crate) struct Pins(Vec<Pin>);

impl Pins {
    /// Uses a pin, or lets go of it; what it drives now, where that is a change.
    pub(crate) fn set_up(
        &mut self,
        now: Instant,
        id: PinId,
        used_as: Option<PinUse>,
    ) -> Option<Drive> {
        let pin = self.entry(id);
        let (before, after) = (Drive::from(pin.used_as), Drive::from(used_as));
        pin.used_as = used_as;
        pin.since = now;
        if used_as.is_none() && pin.wired.is_none() {
            self.0.retain(|pin| pin.id != id);
        }
        (before != after).then_some(after)
    }

    /// What the script uses a pin as.
    pub(crate) fn used_as(&self, id: PinId) -> Option<PinUse> {
        self.find(id)?.used_as
    }

    /// Whether the level is high; a pin that is not in use is low.
    pub(crate) fn is_high(&self, now: Instant, id: PinId) -> bool {
        let Some(pin) = self.find(id) else { return false };
        match pin.used_as {
            None => false,
            Some(PinUse::Output { high }) => high,
            Some(PinUse::Input { pulled_up, .. }) => pin.wired.unwrap_or(pulled_up),
            Some(PinUse::Blinks { on, off }) => {
                let period = (on + off).as_micros().max(1);
                now.since(pin.since).as_micros() % period < on.as_micros()
            }
        }
    }

    /// Something outside drives a pin, or lets go of it. The new level, where the script is to be
    /// interrupted for it.
    pub(crate) fn wire(&mut self, now: Instant, id: PinId, level: Option<bool>) -> Option<bool> {
        let before = self.is_high(now, id);
        let pin = self.entry(id);
        pin.wired = level;
        let hears = matches!(pin.used_as, Some(PinUse::Input { interrupts: true, .. }));
        let after = self.is_high(now, id);
        (hears && before != after).then_some(after)
    }

    /// Ends all use, as when the power goes, and tells of each pin that drove something. What is
    /// wired stays.
    pub(crate) fn let_go(&mut self, mut tell: impl FnMut(PinId)) {
        for pin in &mut self.0 {
            if Drive::from(pin.used_as.take()) != Drive::Nothing {
                tell(pin.id);
            }
        }
        self.0.retain(|pin| pin.wired.is_some());
    }

    fn find(&self, id: PinId) -> Option<&Pin> {
        self.0.iter().find(|pin| pin.id == id)
    }

    fn entry(&mut self, id: PinId) -> &mut Pin {
        let at = self.0.iter().position(|pin| pin.id == id).unwrap_or_else(|| {
            self.0.push(Pin { id, used_as: None, since: Instant::ZERO, wired: None });
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    const PIN: PinId = PinId(33);

    fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn only_a_change_of_what_is_driven_is_told() {
        let mut pins = Pins::default();
        let output = |high| Some(PinUse::Output { high });
        let input = Some(PinUse::Input { interrupts: false, pulled_up: true });
        assert_eq!(pins.set_up(at(0), PIN, input), None);
        assert!(pins.is_high(at(0), PIN) && !pins.is_high(at(0), PinId(1)));
        assert_eq!(pins.set_up(at(0), PIN, output(false)), Some(Drive::Low));
        assert_eq!(pins.set_up(at(0), PIN, output(false)), None);
        assert_eq!(pins.set_up(at(0), PIN, output(true)), Some(Drive::High));
        assert_eq!(pins.set_up(at(0), PIN, None), Some(Drive::Nothing));
        assert_eq!(pins.set_up(at(0), PIN, None), None);
        assert!(pins.0.is_empty());
    }

    #[test]
    fn a_blinking_pin_is_high_first_and_by_turns() {
        let mut pins = Pins::default();
        let (on, off) = (Duration::from_millis(300), Duration::from_millis(700));
        let blinks = pins.set_up(at(50), PIN, Some(PinUse::Blinks { on, off }));
        assert_eq!(blinks, Some(Drive::Blinks { on, off }));
        let levels = [50, 349, 350, 1049, 1050, 86_400_060].map(|ms| pins.is_high(at(ms), PIN));
        assert_eq!(levels, [true, true, false, false, true, true]);
        let never = PinUse::Blinks { on: Duration::ZERO, off: Duration::ZERO };
        pins.set_up(at(50), PIN, Some(never));
        assert!(!pins.is_high(at(50), PIN));
    }

    #[test]
    fn a_wired_level_goes_before_the_pull_and_interrupts_where_it_changes_something() {
        let mut pins = Pins::default();
        assert_eq!(pins.wire(at(0), PIN, Some(true)), None, "nobody listens");
        let listens = PinUse::Input { interrupts: true, pulled_up: true };
        pins.set_up(at(0), PIN, Some(listens));
        assert_eq!(pins.wire(at(0), PIN, Some(true)), None, "no change");
        assert_eq!(pins.wire(at(0), PIN, Some(false)), Some(false));
        assert_eq!(pins.wire(at(0), PIN, None), Some(true), "the pull resistor wins again");
        pins.set_up(at(0), PIN, Some(PinUse::Input { interrupts: false, pulled_up: false }));
        assert_eq!(pins.wire(at(0), PIN, Some(true)), None);
        assert!(pins.is_high(at(0), PIN));
    }

    #[test]
    fn without_power_nothing_is_driven_and_what_is_wired_stays() {
        let mut pins = Pins::default();
        pins.set_up(at(0), PIN, Some(PinUse::Output { high: true }));
        pins.set_up(at(0), PinId(2), Some(PinUse::Input { interrupts: true, pulled_up: false }));
        pins.wire(at(0), PinId(2), Some(true));
        let mut told = Vec::new();
        pins.let_go(|pin| told.push(pin));
        assert_eq!(told, [PIN]);
        assert!(!pins.is_high(at(0), PIN) && !pins.is_high(at(0), PinId(2)));
        pins.set_up(at(0), PinId(2), Some(PinUse::Input { interrupts: true, pulled_up: false }));
        assert!(pins.is_high(at(0), PinId(2)));
    }

    #[test]
    fn a_pin_is_called_as_scripts_call_it() {
        assert_eq!(PinId(36).to_string(), "P1_4");
        assert_eq!(PinId::parse("P1_4"), Some(PinId(36)));
        for wrong in ["", "P1", "1_4", "P1_32", "P8_0", "P9_9", "P-1_0", "P1_4 "] {
            assert_eq!(PinId::parse(wrong), None, "{wrong}");
        }
        let blinks = Drive::Blinks { on: Duration::from_millis(300), off: Duration::ZERO };
        assert_eq!(blinks.to_string(), "blinks, 300 ms on, 0 ms off");
    }
}
