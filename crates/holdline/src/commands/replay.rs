//! `holdline test PROJECT --replay EVENTS`: a recorded run against the script as it is.

use crate::Outcome;
use crate::commands::run;
use crate::events::{EventFile, Head};
use crate::testing::replay::{Stopped, replay, tell};
use crate::words::Lang;
use anyhow::Context;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Tells whether the script does now what it did in the run. Exit code 1 where it does not.
pub(crate) fn run(
    project: &Path,
    libraries: &[PathBuf],
    events: &Path,
    lang: Lang,
) -> anyhow::Result<Outcome> {
    let project = Rc::new(run::load(project, libraries, lang)?);
    let file = File::open(events).with_context(|| lang.cannot_read_events(events))?;
    let opened = EventFile::open(BufReader::new(file));
    let (head, file) = opened.map_err(|fault| lang.unreadable_event(events, &fault))?;
    let replayed = replay(file, &project).map_err(|stopped| match stopped {
        Stopped::Unreadable(fault) => lang.unreadable_event(events, &fault).into(),
        Stopped::Empty => lang.nothing_to_replay(events).into(),
        Stopped::WrongDevice(line) => lang.wrong_device(events, line).into(),
        Stopped::NoVm(error) => anyhow::Error::from(error).context(lang.cannot_start()),
    })?;
    let text = tell(&replayed, &head, &Head::of(&project), lang);
    // Nobody reads a closed standard output; the exit code tells it all the same.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(if replayed.difference.is_some() { Outcome::Failed } else { Outcome::Done })
}
