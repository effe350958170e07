//! What the loop has to do next: facts to feed, lines to read on, deadlines.

use super::deadlines::Deadlines;
use super::uart::News;
use holdline_modem::{Input, LineId, UartId};
use std::collections::VecDeque;

/// The loop's work.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    /// Facts with the device that they are for, in the order in which they became true.
    pub(crate) facts: VecDeque<(usize, Input)>,
    /// Facts that faults have left so, which go before.
    pub(crate) settled: VecDeque<(usize, Input)>,
    /// Lines that may have more to read and will not be announced again.
    pub(crate) unfinished: VecDeque<usize>,
    /// Who wants to be woken when.
    pub(crate) deadlines: Deadlines,
    /// What people should hear of serial ports: whose, which, what.
    pub(crate) serial_news: VecDeque<(usize, UartId, News)>,
}

impl Agenda {
    /// Whether there is something to feed.
    pub(crate) fn has_facts(&self) -> bool {
        !self.settled.is_empty() || !self.facts.is_empty()
    }
}

/// Tells one device of one of its lines.
pub(crate) struct Teller<'a> {
    /// Where facts go.
    pub(crate) facts: &'a mut VecDeque<(usize, Input)>,
    /// Whose line it is.
    pub(crate) device: usize,
    /// Which line.
    pub(crate) line: LineId,
}

impl Teller<'_> {
    /// Tells what `fact` makes of the line.
    pub(crate) fn tell(&mut self, fact: impl FnOnce(LineId) -> Input) {
        self.facts.push_back((self.device, fact(self.line)));
    }
}
