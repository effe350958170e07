//! Who wants to be woken when; one deadline each, the soonest first.

use holdline_modem::Instant;
use std::collections::BTreeSet;

/// Who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// A device, by number.
    Device(usize),
    /// The faults of a device, by its number.
    Faults(usize),
    /// A line, by key.
    Line(usize),
    /// A serial port, by index.
    Uart(usize),
}

/// Every deadline of the loop.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    due: BTreeSet<(Instant, Wake)>,
}

impl Deadlines {
    /// Replaces the deadline of `wake`, which keeps its own copy in `held`.
    pub(crate) fn set(&mut self, wake: Wake, held: &mut Option<Instant>, at: Option<Instant>) {
        if *held == at {
            return;
        }
        if let Some(old) = held.take() {
            self.due.remove(&(old, wake));
        }
        if let Some(at) = at {
            self.due.insert((at, wake));
        }
        *held = at;
    }

    /// Who is due at `now`, the longest overdue first.
    pub(crate) fn next_due(&self, now: Instant) -> Option<Wake> {
        self.due.first().filter(|&&(at, _)| at <= now).map(|&(_, wake)| wake)
    }

    /// The soonest deadline.
    pub(crate) fn soonest(&self) -> Option<Instant> {
        self.due.first().map(|&(at, _)| at)
    }
}
