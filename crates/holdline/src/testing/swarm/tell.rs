//! What a person reads: the calm, a failure, the command that repeats it, and its story.

use super::crew::Failure;
use super::{Flags, Ground};
use crate::words::Lang;
use holdline_device::{Profile, VmError};
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Shown, When};
use holdline_sim::swarm::{Calm, Outcome, RECOVER_WITHIN, Swarm};
use holdline_sim::{DeviceId, Event, Watch};
use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;
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

/// Something that happened: when, and what.
pub(super) type Row = (Instant, String);

#[derive(Default)]
struct Diary(Vec<Row>);

impl Watch for Diary {
    fn saw(&mut self, at: Instant, _device: DeviceId, event: Event<'_>) {
        self.0.push((at, event.to_string()));
    }
}

/// Lets `faults` happen, once, and notes what crosses the device's doors.
pub(super) fn story(
    swarm: &Swarm,
    seed: u64,
    faults: &[Fault],
) -> Result<(Outcome, Vec<Row>), VmError> {
    let diary = Rc::new(RefCell::new(Diary::default()));
    let watch = Rc::clone(&diary) as Rc<RefCell<dyn Watch>>;
    let (outcome, _) = swarm.run_before(seed, faults, Some(watch))?;
    let rows = std::mem::take(&mut diary.borrow_mut().0);
    Ok((outcome, rows))
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
    pub(super) fn failure(&self, failure: &Failure, faults: &[Fault]) -> String {
        let mut text =
            self.lang.seed_failed(failure.seed, &self.lang.swarm_reason(&failure.reason));
        text.push('\n');
        for fault in faults {
            let _ = writeln!(text, "  {fault}");
        }
        let _ =
            writeln!(text, "{}: {}", self.lang.repeat_with(), self.repeat(failure.seed, faults));
        text
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

    /// What happened around the faults and at the end, and how it ended.
    pub(super) fn story(&self, faults: &[Fault], rows: &[Row], outcome: &Outcome) -> String {
        let mut rows = rows.to_vec();
        rows.extend(faults.iter().map(|fault| (begin(fault), format!("! {fault}"))));
        rows.sort_by_key(|&(at, _)| at);
        let first = faults.iter().map(begin).min().unwrap_or(Instant::ZERO);
        let first = rows.partition_point(|&(at, _)| at + BEFORE < first);
        let rows = &rows[first..];
        let (head, tail) = ROWS;
        let mut text = String::new();
        for (place, (at, what)) in rows.iter().enumerate() {
            if rows.len() > head + tail && (head..rows.len() - tail).contains(&place) {
                if place == head {
                    let _ = writeln!(text, "{}", self.lang.rows_left_out(rows.len() - head - tail));
                }
                continue;
            }
            let _ = writeln!(text, "{at}  {what}");
        }
        let verdict = match &outcome.reason {
            Some(reason) => self.lang.swarm_reason(reason),
            None => self.lang.all_well(),
        };
        let _ = writeln!(text, "{}  {verdict}", outcome.at);
        text
    }
}

fn begin(fault: &Fault) -> Instant {
    Instant::ZERO + if let When::At(at) = fault.when { at } else { Duration::ZERO }
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=".contains(letter);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
