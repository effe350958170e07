//! A test file's text, to be shown where it is spoken of.

use crate::console::clean;
use std::path::PathBuf;

/// Letters of a line that are shown.
const SHOWN_MAX: usize = 200;

/// A test file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) file: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

impl Source {
    /// What stands in the lines `from` to `to`, counted from 1, as one line.
    pub(super) fn words(&self, from: u32, to: u32) -> String {
        let lines = self.bytes.split(|&byte| byte == b'\n');
        let count = to.saturating_sub(from) as usize + 1;
        let wanted = lines.skip(from.saturating_sub(1) as usize).take(count);
        let words: Vec<_> = wanted.map(|line| clean(line.trim_ascii())).collect();
        words.join(" ").chars().take(SHOWN_MAX).collect()
    }

    /// The name by which Lua knows the file.
    pub(super) fn name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
