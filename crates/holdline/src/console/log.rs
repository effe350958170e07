//! The last lines that the console showed, for those who look from elsewhere.

use holdline_lab::Line;
use holdline_modem::Instant;
use std::collections::VecDeque;

/// Lines that are kept.
const LINES_MAX: usize = 1000;

/// Bytes that are kept of a line.
const LINE_BYTES_MAX: usize = 4096;

/// Lines with a number each, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: VecDeque<Line>,
    /// The number of the last one.
    last: u64,
}

impl Log {
    /// Adds a line that `source` said.
    pub(crate) fn add(&mut self, now: Instant, source: &str, text: &str) {
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.last += 1;
        let text = match text.len() {
            0..=LINE_BYTES_MAX => text.to_owned(),
            len => format!("{} ... ({len})", beginning(text)),
        };
        let (seq, time, source) = (self.last, now.to_string(), source.to_owned());
        self.lines.push_back(Line { seq, time, source, text });
    }

    /// The lines after `known`, or all that are kept where there never was one of that number.
    pub(crate) fn after(&self, known: u64) -> Vec<Line> {
        let known = if known > self.last { 0 } else { known };
        self.lines.iter().filter(|line| line.seq > known).cloned().collect()
    }
}

/// As much of `text` as is kept.
fn beginning(text: &str) -> &str {
    let end = (0..=LINE_BYTES_MAX).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, LINES_MAX, Log};
    use holdline_modem::Instant;

    #[test]
    fn the_last_lines_are_kept_under_their_numbers() {
        let mut log = Log::default();
        for number in 1..=LINES_MAX + 2 {
            log.add(Instant::from_millis(1500), "script", &number.to_string());
        }
        let all = log.after(0);
        assert_eq!((all.len(), all[0].seq, all[0].text.as_str()), (LINES_MAX, 3, "3"));
        assert_eq!((all[0].time.as_str(), all[0].source.as_str()), ("00:00:01.500", "script"));
        assert_eq!(log.after(LINES_MAX as u64 + 1).len(), 1);
        assert!(log.after(LINES_MAX as u64 + 2).is_empty());
        assert_eq!(log.after(5000).len(), LINES_MAX);
    }

    #[test]
    fn a_long_line_is_cut_between_letters() {
        let mut log = Log::default();
        log.add(Instant::ZERO, "script", &"位".repeat(LINE_BYTES_MAX));
        let text = &log.after(0)[0].text;
        assert!(text.starts_with('位') && text.ends_with("位 ... (12288)"), "{text}");
        assert!(text.len() < LINE_BYTES_MAX + 20);
    }
}
