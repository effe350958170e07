//! Whether a line is read. A paused one stops listening when the peer goes on talking.

use super::outcome::Ready;
use mio::event::Source;
use mio::{Interest, Registry, Token};

/// The reading side of a line.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    mode: Mode,
    /// The peer's end was announced, which happens once: reading must go on until it is met.
    end_near: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Open,
    /// Not read; events still come.
    Paused,
    /// Not read, and no event wakes the loop for what comes in.
    Deaf,
}

impl Reading {
    /// Remembers what is announced only once.
    pub(crate) fn note(&mut self, ready: Ready) {
        self.end_near |= ready.ended;
    }

    /// Whether an end is to come that no event will announce again.
    pub(crate) fn end_is_near(&self) -> bool {
        self.end_near
    }

    /// Whether nothing is to be read.
    pub(crate) fn is_paused(&self) -> bool {
        self.mode != Mode::Open
    }

    /// Stops reading.
    pub(crate) fn pause(&mut self) {
        if self.mode == Mode::Open {
            self.mode = Mode::Paused;
        }
    }

    /// Keeps the loop from waking for a paused line; most pauses are over before that is needed.
    pub(crate) fn stop_listening(
        &mut self,
        source: &mut impl Source,
        token: Token,
        registry: &Registry,
    ) {
        if self.mode == Mode::Paused
            && registry.reregister(source, token, Interest::WRITABLE).is_ok()
        {
            self.mode = Mode::Deaf;
        }
    }

    /// Reads again; the caller reads at once, for no event announces what came meanwhile.
    pub(crate) fn resume(&mut self, source: &mut impl Source, token: Token, registry: &Registry) {
        if self.mode == Mode::Deaf {
            // It worked before for the same socket; failing is left to the next read to find.
            let _ = registry.reregister(source, token, Interest::READABLE | Interest::WRITABLE);
        }
        self.mode = Mode::Open;
    }
}
