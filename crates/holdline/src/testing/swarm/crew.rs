//! Trying seeds on all cores.

use super::progress::Progress;
use holdline_device::VmError;
use holdline_sim::swarm::{Calm, Reason, Setup, Swarm};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// Who tries which seeds.
pub(super) struct Crew {
    pub(super) setup: Setup,
    pub(super) calm: Calm,
    pub(super) first: u64,
    pub(super) last: u64,
    /// Whether to go on after the first that fails.
    pub(super) all: bool,
    /// Set where somebody wants it to end.
    pub(super) stop: Arc<AtomicBool>,
}

/// A seed that failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) seed: u64,
    pub(super) reason: Reason,
}

/// What came of it.
pub(super) struct Haul {
    pub(super) tried: u64,
    /// In the order of seeds.
    pub(super) failures: Vec<Failure>,
    /// Whether it was ended before its time.
    pub(super) stopped: bool,
}

impl Haul {
    /// The first failure of each kind.
    pub(super) fn worst(&self) -> impl Iterator<Item = &Failure> {
        let is_new = |at: usize| {
            let reason = &self.failures[at].reason;
            !self.failures[..at].iter().any(|earlier| earlier.reason.is_like(reason))
        };
        self.failures.iter().enumerate().filter(move |&(at, _)| is_new(at)).map(|(_, found)| found)
    }
}

type News = Result<(u64, Option<Reason>), VmError>;

impl Crew {
    /// Tries them. Seeds are handed out in order, and those that are under way are finished: which
    /// failure is the first does not depend on how many work.
    pub(super) fn work(&self, progress: impl FnOnce() -> Progress) -> Result<Haul, VmError> {
        let (next, enough) = (AtomicU64::new(self.first), AtomicBool::new(false));
        let mut haul = Haul { tried: 0, failures: Vec::new(), stopped: false };
        let hands = thread::available_parallelism().map_or(1, NonZero::get);
        let progress = progress();
        thread::scope(|scope| {
            let (sender, news) = channel();
            for _ in 0..hands {
                let sender = sender.clone();
                let (next, enough) = (&next, &enough);
                scope.spawn(move || self.try_seeds(next, enough, &sender));
            }
            drop(sender);
            for told in news {
                let (seed, reason) = told.inspect_err(|_| enough.store(true, Ordering::SeqCst))?;
                haul.tried += 1;
                progress.tell(haul.tried);
                if let Some(reason) = reason {
                    enough.store(!self.all, Ordering::SeqCst);
                    haul.failures.push(Failure { seed, reason });
                }
            }
            Ok::<(), VmError>(())
        })?;
        progress.end();
        haul.stopped = self.stop.load(Ordering::SeqCst);
        haul.failures.sort_by_key(|failure| failure.seed);
        if !self.all {
            haul.failures.truncate(1);
            // Others may have been under way, as many as there are cores.
            haul.tried =
                haul.failures.first().map_or(haul.tried, |found| found.seed - self.first + 1);
        }
        Ok(haul)
    }

    /// One thread's part, with Lua states of its own.
    fn try_seeds(&self, next: &AtomicU64, enough: &AtomicBool, news: &Sender<News>) {
        let swarm = Swarm::with_calm(self.setup.clone(), self.calm.clone());
        while !enough.load(Ordering::SeqCst) && !self.stop.load(Ordering::SeqCst) {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed > self.last || seed < self.first {
                return;
            }
            let outcome = swarm.run(seed, &swarm.plan(seed));
            if news.send(outcome.map(|outcome| (seed, outcome.reason))).is_err() {
                return;
            }
        }
    }
}
