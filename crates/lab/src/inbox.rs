//! The way of rows from the ports to the store: it is never longer than it may be, and nothing on it
//! is lost.

use crate::row::Row;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a row counts beside its bytes.
const ROW_BYTES: usize = 96;

/// Rows on their way.
pub(crate) struct Inbox {
    /// With more on the way no port is read until the store has taken it.
    bytes_max: usize,
    state: Mutex<State>,
    filled: Condvar,
    closed: Condvar,
}

#[derive(Default)]
struct State {
    rows: Vec<Row>,
    bytes: usize,
    /// Bytes that the store has taken and not written yet.
    taken_bytes: usize,
    is_closed: bool,
    /// The store cannot write.
    is_stalled: bool,
}

impl Inbox {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let (state, filled, closed) = Default::default();
        Self { bytes_max, state, filled, closed }
    }

    /// Adds rows, whether there is room or not.
    pub(crate) fn push(&self, rows: &mut Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.bytes += rows.iter().map(|row| ROW_BYTES + row.event.bytes().len()).sum::<usize>();
        state.rows.append(rows);
        self.filled.notify_one();
    }

    /// Whether ports may be read.
    pub(crate) fn has_room(&self) -> bool {
        let state = self.lock();
        !state.is_stalled && state.bytes + state.taken_bytes < self.bytes_max
    }

    /// The store cannot write: no port may be read until it can. Waits for so long, or until nothing
    /// more will come; says whether that is so.
    pub(crate) fn stall(&self, patience: Duration) -> bool {
        let mut state = self.lock();
        state.is_stalled = true;
        let is_open = |state: &mut State| !state.is_closed;
        let waited = self.closed.wait_timeout_while(state, patience, is_open);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_closed
    }

    /// All that came, which may be nothing after a while; `None` once nothing will come any more.
    pub(crate) fn take(&self, patience: Duration) -> Option<Vec<Row>> {
        let state = self.lock();
        let waits = |state: &mut State| state.rows.is_empty() && !state.is_closed;
        let waited = self.filled.wait_timeout_while(state, patience, waits);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.taken_bytes = mem::take(&mut state.bytes);
        let rows = mem::take(&mut state.rows);
        (!rows.is_empty() || !state.is_closed).then_some(rows)
    }

    /// What was taken last is written: says whether there was no room until now.
    pub(crate) fn written(&self) -> bool {
        let mut state = self.lock();
        let was_full = state.is_stalled || state.bytes + state.taken_bytes >= self.bytes_max;
        state.taken_bytes = 0;
        state.is_stalled = false;
        was_full && state.bytes < self.bytes_max
    }

    /// How many rows nobody has taken.
    pub(crate) fn left(&self) -> usize {
        self.lock().rows.len()
    }

    /// Nothing more will come.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_one();
        self.closed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
