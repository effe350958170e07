//! The mutants that no test notices, as they are written down.

use crate::change::Mutant;
use serde::Deserialize;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A mutant that no test notices.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    file: String,
    /// The line as it stands in the file, without blanks around it; `TEXT*` for each that begins so.
    line: String,
    /// What is done to it, or how that begins, as for `line`; nothing means all that may be done.
    change: Option<String>,
    /// Why no test can or should notice.
    reason: String,
    /// Whether a mutant was found that this is about.
    #[serde(skip)]
    is_met: AtomicBool,
}

/// A list of them, from a `survivors.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

impl Known {
    /// The list in `folder`; without one, nothing is known.
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join("survivors.toml");
        let Ok(text) = fs::read_to_string(&path) else { return Self::default() };
        let known: Self =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for entry in &known.survivor {
            assert!(!entry.reason.is_empty(), "{}: no reason in {entry:?}", path.display());
        }
        known
    }

    /// Whether `mutant` of `file` is in the list.
    pub(crate) fn covers(&self, file: &str, mutant: &Mutant) -> bool {
        let entry = self.survivor.iter().find(|entry| entry.covers(file, mutant));
        entry.inspect(|entry| entry.is_met.store(true, Ordering::Relaxed)).is_some()
    }

    /// Fails where an entry of the list in `folder` has met no mutant.
    pub(crate) fn assert_all_met(&self, folder: &Path) {
        let unmet = self.survivor.iter().find(|entry| !entry.is_met.load(Ordering::Relaxed));
        assert!(unmet.is_none(), "{}: no such mutant survives: {unmet:?}", folder.display());
    }
}

impl Survivor {
    fn covers(&self, file: &str, mutant: &Mutant) -> bool {
        let is_so = self.change.as_ref().is_none_or(|change| fits(change, &mutant.change));
        self.file == file && is_so && fits(&self.line, &mutant.was)
    }
}

/// Whether `text` is `known`, or begins so where `known` ends in a star.
fn fits(known: &str, text: &str) -> bool {
    match known.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == known,
    }
}
