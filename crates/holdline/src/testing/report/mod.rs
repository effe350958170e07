//! What people and programs are told of what happened in tests: a table, a page that draws it, and
//! files for CI. All of it is made from [`super::story`] and nothing else.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod timeline;

use crate::words::Lang;

/// How a report for a terminal is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) lang: Lang,
    pub(crate) is_colored: bool,
    /// Columns that a line may fill; see [`columns`].
    pub(crate) columns: usize,
}

/// Columns where standard output is no terminal, and the fewest that a table makes sense in.
const COLUMNS: usize = 80;

/// Columns beyond which a line is no easier to read.
const COLUMNS_MAX: usize = 160;

impl Style {
    /// The codes of a colour and of its end, or nothing.
    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        if self.is_colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The width of the terminal that standard output goes to.
pub(crate) fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    let columns = size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
    columns.unwrap_or(COLUMNS).clamp(COLUMNS, COLUMNS_MAX)
}

#[cfg(test)]
mod sample;
