//! Verdicts as text: a line for each test, and what is wrong below it.

use super::report::{Style, timeline};
use super::story::{Case, Failure, FileFault, Report, Verdict, What};
use super::suite::Audience;
use crate::words::Lang;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// Tells tests on standard output as they end; what is running, on standard error where that is a
/// terminal.
pub(crate) struct Plain {
    style: Style,
    /// Whether all that happened is shown.
    shows_story: bool,
    shows_progress: bool,
}

impl Plain {
    pub(crate) fn new(style: Style, shows_story: bool) -> Self {
        Self { style, shows_story, shows_progress: io::stderr().is_terminal() }
    }

    /// How it went in all.
    pub(crate) fn total(&mut self, report: &Report) {
        let (mut passed, mut failed, mut wrong) = (0, 0, report.faults.len());
        for case in &report.cases {
            match case.verdict {
                Verdict::Passed => passed += 1,
                Verdict::Failed(_) => failed += 1,
                Verdict::Error(_) => wrong += 1,
            }
        }
        self.print(&self.style.lang.tests_counted(
            [passed, failed, wrong],
            report.left,
            hash_of(report),
        ));
    }

    fn print(&self, text: &str) {
        self.clear();
        // With stdout closed there is nobody to tell; the exit code still does.
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Takes the name of what is running off the terminal.
    fn clear(&self) {
        if self.shows_progress {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Audience for Plain {
    fn began(&mut self, name: &str) {
        if self.shows_progress {
            self.clear();
            let _ = write!(io::stderr(), "{}", self.style.lang.test_is_running(&clean(name)));
        }
    }

    fn fault(&mut self, fault: &FileFault) {
        self.print(&of_fault(fault, self.style.lang));
    }

    fn ended(&mut self, case: &Case) {
        let lang = self.style.lang;
        let (verdict, color) = match &case.verdict {
            Verdict::Passed => (Some(true), "32"),
            Verdict::Failed(_) => (Some(false), "31"),
            Verdict::Error(_) => (None, "35"),
        };
        let times = lang.ran_in(&length(case.virtual_time), case.took.as_millis());
        let verdict = self.style.paint(color, lang.verdict_of_test(&verdict));
        let mut text = format!("{verdict}  {}   {times}   {:016x}", clean(&case.name), case.hash);
        for row in &case.story.rows {
            if let (0, What::Log(line)) = (row.actor, &row.what) {
                let _ = write!(text, "\n    | {}", clean(&String::from_utf8_lossy(line)));
            }
        }
        if let Verdict::Failed(failure) | Verdict::Error(failure) = &case.verdict {
            let _ = write!(text, "\n{}", of_failure(case, failure, self.style));
        }
        if self.shows_story {
            let _ = write!(text, "\n\n{}", timeline::table(case, self.style));
        } else if let Verdict::Failed(failure) = &case.verdict {
            let _ = write!(text, "\n\n{}", timeline::excerpt(case, failure, self.style));
        }
        self.print(&text);
    }
}

/// Why a file could not be read as tests.
pub(crate) fn of_fault(fault: &FileFault, lang: Lang) -> String {
    let mut text = format!("{}  {}", lang.verdict_of_test(&None), fault.file.display());
    if let Some(line) = fault.line {
        let _ = write!(text, ":{line}");
    }
    let _ = write!(text, ": {}", fault.text);
    hint(&mut text, fault.hint.as_deref(), lang);
    text
}

/// Where a test did not pass, and why.
pub(crate) fn of_failure(case: &Case, failure: &Failure, style: Style) -> String {
    let lang = style.lang;
    let mut text = format!("    {}: {}", place(case, failure), failure.words);
    if failure.expected.is_empty() {
        let _ = write!(text, "\n    {}", failure.got.replace('\n', "\n    "));
    } else {
        let [expected, got] = lang.expected_and_got();
        let _ = write!(text, "\n    {expected}{}\n    {got}{}", failure.expected, failure.got);
    }
    hint(&mut text, failure.hint.as_deref(), lang);
    text
}

/// The file and the line, where it is about one.
fn place(case: &Case, failure: &Failure) -> String {
    let file = case.file.display();
    match failure.line {
        0 => file.to_string(),
        line => format!("{file}:{line}"),
    }
}

fn hint(text: &mut String, hint: Option<&str>, lang: Lang) {
    if let Some(hint) = hint {
        let _ = write!(text, "\n    {}", lang.labelled(lang.hint(), hint));
    }
}

/// One hash over all tests, which is the same wherever they go the same way.
pub(crate) fn hash_of(report: &Report) -> u64 {
    let bytes = report.cases.iter().flat_map(|case| case.hash.to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Text without what would move a terminal's cursor.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A length of time as tests write it: `2h5m`, `1m30.5s`, `0s`.
pub(crate) fn length(time: Duration) -> String {
    let (seconds, millis) = (time.as_secs(), time.subsec_millis());
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = String::new();
    if hours > 0 {
        let _ = write!(text, "{hours}h");
    }
    if minutes > 0 {
        let _ = write!(text, "{minutes}m");
    }
    if millis > 0 {
        let fraction = format!("{millis:03}");
        let _ = write!(text, "{rest}.{}s", fraction.trim_end_matches('0'));
    } else if rest > 0 || text.is_empty() {
        let _ = write!(text, "{rest}s");
    }
    text
}

/// A moment of the world's time: `01:05:00`, with as many decimals as it has.
pub(crate) fn clock(at: Duration) -> String {
    let text = (holdline_modem::Instant::ZERO + at).to_string();
    text.trim_end_matches('0').strip_suffix('.').map_or_else(
        || if text.contains('.') { text.trim_end_matches('0').to_owned() } else { text.clone() },
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_they_are_written() {
        let ms = Duration::from_millis;
        let lengths = [0, 500, 90_000, 3_600_000, 7_500_000, 61_050].map(|time| length(ms(time)));
        assert_eq!(lengths, ["0s", "0.5s", "1m30s", "1h", "2h5m", "1m1.05s"]);
        assert_eq!(
            [3_900_000, 500, 100_020].map(|time| clock(ms(time))),
            ["01:05:00", "00:00:00.5", "00:01:40.02"]
        );
    }
}
