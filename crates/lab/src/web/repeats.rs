//! Sends that repeat themselves: they go on when whoever asked for them has gone, and end with the lab.

use super::state::State;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};

/// Repeated sends at a time, at most.
pub(super) const REPEATS_MAX: usize = 64;

/// The shortest and the longest time between two turns.
pub(super) const EVERY_MIN: Duration = Duration::from_millis(100);
pub(super) const EVERY_MAX: Duration = Duration::from_secs(24 * 3600);

/// What is sent again and again.
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    /// The keys of devices; none are all that are online.
    pub(super) devices: Option<Vec<String>>,
    pub(super) bytes: Vec<u8>,
    pub(super) every: Duration,
    /// Turns; none is without end.
    pub(super) times: Option<u32>,
}

/// How far a repeated send is.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) id: u64,
    pub(super) repeat: Repeat,
    /// Turns that were taken.
    pub(super) turns: u32,
    /// Connections that the last one reached.
    pub(super) connections: usize,
}

/// All that runs; cheap to copy.
#[derive(Clone, Default)]
pub(super) struct Repeats(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    begun: u64,
    running: BTreeMap<u64, (Running, AbortHandle)>,
}

impl Repeats {
    /// Begins with the first turn at once; nothing, if too many run.
    pub(super) fn begin(&self, state: State, repeat: Repeat) -> Option<Running> {
        let mut all = self.lock();
        if all.running.len() >= REPEATS_MAX {
            return None;
        }
        all.begun += 1;
        let id = all.begun;
        let running = Running { id, repeat: repeat.clone(), turns: 0, connections: 0 };
        let task = tokio::spawn(run(state, id, repeat)).abort_handle();
        all.running.insert(id, (running.clone(), task));
        Some(running)
    }

    /// Those that run, the oldest first.
    pub(super) fn list(&self) -> Vec<Running> {
        self.lock().running.values().map(|(running, _)| running.clone()).collect()
    }

    /// Ends one; says whether it ran.
    pub(super) fn end(&self, id: u64) -> bool {
        let ended = self.lock().running.remove(&id);
        ended.map(|(_, task)| task.abort()).is_some()
    }

    /// Takes down a turn; says whether it was not the last one.
    fn count(&self, id: u64, connections: usize) -> bool {
        let mut all = self.lock();
        let Some((running, _)) = all.running.get_mut(&id) else { return false };
        running.turns = running.turns.saturating_add(1);
        running.connections = connections;
        running.repeat.times.is_none_or(|times| running.turns < times)
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run(state: State, id: u64, repeat: Repeat) {
    let mut turns = interval(repeat.every);
    // A lab that was held up does not make up for it with a volley.
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        // A device that is away, or was forgotten meanwhile, is sent to when it is back.
        let conns = state.conns_of_those(repeat.devices.clone()).await.unwrap_or_default();
        let Ok(connections) = state.orders.send(conns, repeat.bytes.clone()).await else { break };
        if !state.repeats.count(id, connections) {
            break;
        }
    }
    state.repeats.end(id);
}
