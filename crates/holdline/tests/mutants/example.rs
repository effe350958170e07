//! An example, and trying its mutants.

use crate::change::{self, Mutant};
use crate::known::Known;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use wait_timeout::ChildExt;

/// How long the tests of a mutant may take: they end in a second, since a device that is stuck or
/// restarts for ever ends a test.
const PATIENCE: Duration = Duration::from_secs(120);

/// An example, which has tests.
pub(crate) struct Example {
    folder: PathBuf,
    /// What its tests need not notice.
    pub(crate) known: Known,
}

/// A mutant of one of its files.
pub(crate) struct Case<'a> {
    pub(crate) example: &'a Example,
    pub(crate) file: String,
    pub(crate) mutant: Mutant,
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.folder.file_name().unwrap_or_default();
        write!(f, "{}", name.display())
    }
}

impl Example {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let known = Known::read(&folder.join("tests"));
        Self { folder, known }
    }

    pub(crate) fn tests(&self) -> PathBuf {
        self.folder.join("tests")
    }

    /// Whether its tests pass as it is.
    pub(crate) fn passes(&self) -> bool {
        tests_pass(&self.folder) == Some(true)
    }

    /// Every mutant of its files.
    pub(crate) fn cases(&self) -> Vec<Case<'_>> {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|e| e == "lua")).collect();
        files.sort();
        let of_file = |path: PathBuf| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let mutants = change::mutants(&fs::read_to_string(path).unwrap());
            let case = move |mutant| Case { example: self, file: file.clone(), mutant };
            mutants.into_iter().map(case)
        };
        files.into_iter().flat_map(of_file).collect()
    }
}

impl Case<'_> {
    /// As it would be written down, but for the reason.
    pub(crate) fn entry(&self) -> String {
        let Mutant { line, was, change, .. } = &self.mutant;
        let (file, was, change) = (toml_text(&self.file), toml_text(was), toml_text(change));
        format!(
            "# {}, line {line}\n[[survivor]]\nfile = {file}\nline = {was}\nchange = {change}\n\
             reason = \"\"\n",
            self.example
        )
    }
}

fn toml_text(text: &str) -> String {
    if text.contains('\'') { format!("{text:?}") } else { format!("'{text}'") }
}

/// Copies of examples, each but for one mutant as it is.
#[derive(Default)]
pub(crate) struct Trials(BTreeMap<PathBuf, TempDir>);

impl Trials {
    /// Whether the tests pass, nevertheless.
    pub(crate) fn survives(&mut self, case: &Case<'_>) -> bool {
        let original = &case.example.folder;
        let copied = self.0.entry(original.clone()).or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap();
            copy(original, folder.path());
            folder
        });
        let file = copied.path().join(&case.file);
        fs::write(&file, &case.mutant.source).unwrap();
        let passes = tests_pass(copied.path());
        fs::copy(original.join(&case.file), file).unwrap();
        passes.unwrap_or_else(|| panic!("the tests take more than {PATIENCE:?}:\n{}", case.entry()))
    }
}

/// Copies a folder, tests included.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Whether the tests in `folder` pass; nothing where they do not end.
fn tests_pass(folder: &Path) -> Option<bool> {
    let mut test = Command::new(env!("CARGO_BIN_EXE_holdline"));
    test.args(["test", "--fail-fast"]).arg(folder);
    test.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = test.spawn().unwrap();
    let status = child.wait_timeout(PATIENCE).unwrap();
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    status.map(|status| status.success())
}
