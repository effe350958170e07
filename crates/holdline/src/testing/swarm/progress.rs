//! How far it has come: a bar on a terminal, plain lines elsewhere.

use crate::words::Lang;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write};

/// Lines that are written where there is no terminal.
const LINES: u64 = 10;

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    count: u64,
    lang: Lang,
}

impl Progress {
    pub(super) fn new(first: u64, last: u64, lang: Lang) -> Self {
        let count = (last - first).saturating_add(1);
        let bar = io::stderr().is_terminal().then(|| bar(count, lang));
        Self { bar, count, lang }
    }

    /// So many seeds have been tried.
    pub(super) fn tell(&self, tried: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(tried);
        } else if tried.is_multiple_of(self.count.div_ceil(LINES)) && self.count > LINES {
            let line = self.lang.seeds_so_far(tried, self.count);
            // With stderr closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(count: u64, lang: Lang) -> ProgressBar {
    let bar = ProgressBar::new(count);
    // The template is ours, so it is one.
    if let Ok(style) = ProgressStyle::with_template(lang.seeds_bar()) {
        bar.set_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // An error here is one of the string that it is written to, and there is none.
            let _ = write!(out, "{:.0}", state.per_sec());
        }));
    }
    bar
}
