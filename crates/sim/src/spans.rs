//! Stretches of time in which something is the case.

use holdline_modem::Instant;
use std::ops::Range;

/// Stretches of time, in any order; they may overlap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(Vec<Range<Instant>>);

impl Spans {
    pub(crate) fn add(&mut self, span: Range<Instant>) {
        self.0.push(span);
    }

    pub(crate) fn contain(&self, at: Instant) -> bool {
        self.0.iter().any(|span| span.contains(&at))
    }
}
