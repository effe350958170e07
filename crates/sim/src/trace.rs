//! What crosses the doors, one line an event, and a running hash of it.
//!
//! A month of a trace is too much to keep, so how much is kept is a choice; the hash covers all of
//! it in any case. Two runs with one hash went the same way, byte for byte.

mod hash;
mod line;

use crate::DeviceId;
use hash::Hash;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

pub use line::Event;

/// Who sees what crosses the doors of a world's devices, as it happens.
pub trait Watch {
    /// `event` crosses the door of `device` at `at`. Times never run backwards.
    fn saw(&mut self, at: Instant, device: DeviceId, event: Event<'_>);

    /// `device` is woken at `at`, since its deadline has come. Nothing of it is in the trace.
    fn woke(&mut self, _at: Instant, _device: DeviceId) {}

    /// `device` has done what there was to do, and waits for a fact or `until` its deadline.
    fn waits(&mut self, _device: DeviceId, _until: Option<Instant>) {}

    /// A fault of the lines or of modules begins at `at`, or is over; what it does to devices follows.
    /// One that is over at once has no end. Those of servers are told by
    /// [`Sim::faults`](crate::Sim::faults) alone.
    fn befell(&mut self, _at: Instant, _fault: &Fault, _begins: bool) {}

    /// Whether time is to stop here, since nothing that comes is worth seeing: a run of the world ends
    /// after the event under way.
    fn has_enough(&self) -> bool {
        false
    }
}

/// How much of a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Every line.
    All,
    /// The last so many lines.
    Last(usize),
    /// No line, only the hash.
    Hash,
}

/// Who watches, if anybody.
struct Watching(Option<Rc<RefCell<dyn Watch>>>);

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "somebody" } else { "nobody" })
    }
}

/// What crossed the doors of every device. Prints as one line an event.
#[derive(Debug)]
pub struct Trace {
    keep: Keep,
    lines: VecDeque<String>,
    hash: Hash,
    watch: Watching,
    /// Whether lines name their device; one device alone needs no name.
    pub(crate) names_devices: bool,
}

impl Trace {
    pub(crate) fn new() -> Self {
        let (lines, hash, watch) = (VecDeque::new(), Hash::default(), Watching(None));
        Self { keep: Keep::All, lines, hash, watch, names_devices: false }
    }

    pub(crate) fn show_to(&mut self, watch: Rc<RefCell<dyn Watch>>) {
        self.watch = Watching(Some(watch));
    }

    pub(crate) fn set_keep(&mut self, keep: Keep) {
        self.keep = keep;
        self.forget();
    }

    /// The hash over every event so far, kept or not.
    pub const fn hash(&self) -> u64 {
        self.hash.value()
    }

    /// The lines that are kept, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    pub(crate) fn record(&mut self, at: Instant, device: DeviceId, event: Event<'_>) {
        self.hash.pair(at.as_micros(), u64::from(device.0));
        event.hash(&mut self.hash);
        self.tell(|watch| watch.saw(at, device, event));
        if self.keep == Keep::Hash {
            return;
        }
        self.lines.push_back(match self.names_devices {
            true => format!("{at}  {device}  {event}"),
            false => format!("{at}  {event}"),
        });
        self.forget();
    }

    /// Tells whoever watches.
    pub(crate) fn tell(&self, what: impl FnOnce(&mut dyn Watch)) {
        if let Some(watch) = &self.watch.0 {
            what(&mut *watch.borrow_mut());
        }
    }

    /// Whether whoever watches has seen enough.
    pub(crate) fn is_enough(&self) -> bool {
        self.watch.0.as_ref().is_some_and(|watch| watch.borrow().has_enough())
    }

    fn forget(&mut self) {
        let keep = match self.keep {
            Keep::All => return,
            Keep::Last(count) => count,
            Keep::Hash => 0,
        };
        let surplus = self.lines.len().saturating_sub(keep);
        self.lines.drain(..surplus);
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{line}"))
    }
}
