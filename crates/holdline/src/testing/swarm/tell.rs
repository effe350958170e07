//! What a person reads: the calm, a failure, the command that repeats it, and its story.

use super::crew::Failure;
use super::play::Played;
use super::{Flags, Ground};
use crate::testing::report::timeline;
use crate::words::Lang;
use holdline_device::Profile;
use holdline_peer::fault::{Fault, Shown, When};
use holdline_sim::swarm::{Calm, RECOVER_WITHIN};
use std::fmt::Write;
use std::time::Duration;

/// Rows of a story that are shown: from the first fault on, and at the end.
const ROWS: (usize, usize) = (50, 12);

/// How long before the first fault a story begins.
const BEFORE: Duration = Duration::from_secs(12);

/// Who tells it.
pub(super) struct Teller<'a> {
    pub(super) lang: Lang,
    pub(super) flags: &'a Flags,
    pub(super) ground: &'a Ground,
}

impl Teller<'_> {
    /// What is expected at each address.
    pub(super) fn calm(&self, calm: &Calm) -> String {
        let mut text = String::new();
        for place in &calm.places {
            let address = place.address.to_string();
            let gap = place.beats.first().map(|beat| Shown(beat.gap).to_string());
            text += &self.lang.calm_place(&address, gap.as_deref());
            text.push('\n');
        }
        text
    }

    /// A seed that failed.
    pub(super) fn failure(
        &self,
        failure: &Failure,
        faults: &[Fault],
        hint: Option<&str>,
    ) -> String {
        let mut text =
            self.lang.seed_failed(failure.seed, &self.lang.swarm_reason(&failure.reason));
        text.push('\n');
        for fault in faults {
            let _ = writeln!(text, "  {fault}");
        }
        self.add_hint(&mut text, hint);
        let _ = writeln!(
            text,
            "{}",
            self.lang.labelled(self.lang.repeat_with(), &self.repeat(failure.seed, faults))
        );
        text
    }

    fn add_hint(&self, text: &mut String, hint: Option<&str>) {
        if let Some(hint) = hint {
            let _ = writeln!(text, "{}", self.lang.labelled(self.lang.hint(), hint));
        }
    }

    /// The command line that does the same again.
    pub(super) fn repeat(&self, seed: u64, faults: &[Fault]) -> String {
        let project = quoted(&self.ground.project.display().to_string());
        let mut text = format!("holdline test {project} --seed {seed}");
        for fault in faults {
            let _ = write!(text, " --fault {}", quoted(&fault.to_string()));
        }
        if self.ground.profile != Profile::AIR724UG {
            let _ = write!(text, " --module {}", self.ground.profile.name);
        }
        for folder in &self.ground.lib {
            let _ = write!(text, " --lib {}", quoted(&folder.display().to_string()));
        }
        for server in &self.flags.server {
            let _ = write!(text, " --server {}", quoted(server));
        }
        if self.flags.recover_within != RECOVER_WITHIN {
            let _ = write!(text, " --recover-within {}", Shown(self.flags.recover_within));
        }
        text
    }

    /// What happened at both ends, around the faults and at the end or from first to last, and how it
    /// ended.
    pub(super) fn story(&self, played: &Played, faults: &[Fault]) -> String {
        let (case, style) = (&played.case, self.ground.style);
        let mut text = match self.ground.shows_story {
            true => timeline::table(case, style),
            false => {
                let first = faults.iter().map(begin).min().unwrap_or_default();
                timeline::since(case, first.saturating_sub(BEFORE), ROWS, style)
            }
        };
        self.add_hint(&mut text, played.hint());
        let _ = writeln!(text, "{}", self.lang.hash_of_run(played.outcome.hash));
        let verdict = match (&played.unfit, &played.outcome.reason) {
            (Some(_), _) => return text,
            (None, Some(reason)) => self.lang.swarm_reason(reason),
            (None, None) => self.lang.all_well(),
        };
        let _ = writeln!(text, "{}  {verdict}", played.outcome.at);
        text
    }
}

fn begin(fault: &Fault) -> Duration {
    if let When::At(at) = fault.when { at } else { Duration::ZERO }
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=".contains(letter);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
