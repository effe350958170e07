//! Breaks every line of every example, one at a time: a test of the example must fail.
//!
//! What no test notices stands in the example's `tests/survivors.toml`, with the reason, or for every
//! example in `examples/survivors.toml`. A mutant that runs for
//! longer than [`PATIENCE`] counts as noticed: it never comes to an end.
//!
//! One change in [`SAMPLE`] is tried; `MUTANTS=full` tries all, which takes many minutes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod change;
mod known;
mod scan;

use change::Mutant;
use known::Known;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use std::{fs, thread};
use wait_timeout::ChildExt;

/// How long a mutant may run.
const PATIENCE: Duration = Duration::from_secs(15);

/// Of so many changes one is tried, unless all are asked for.
const SAMPLE: usize = 12;

/// A mutant of a file of an example.
struct Case {
    project: PathBuf,
    file: String,
    mutant: Mutant,
}

impl Case {
    /// As it would be written down, but for the reason.
    fn entry(&self) -> String {
        let Mutant { line, was, change, .. } = &self.mutant;
        let project = self.project.file_name().unwrap().to_string_lossy();
        let (file, line_text) = (toml_text(&self.file), toml_text(was));
        let change = toml_text(change);
        format!(
            "# {project}, line {line}\n[[survivor]]\nfile = {file}\nline = {line_text}\nchange = {change}\n\
             reason = \"\"\n"
        )
    }
}

fn toml_text(text: &str) -> String {
    if text.contains('\'') { format!("{text:?}") } else { format!("'{text}'") }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// The examples that have tests, in the order of their names; `MUTANTS_OF` names one.
fn projects() -> Vec<PathBuf> {
    let only = std::env::var("MUTANTS_OF").ok();
    let entries = fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| {
        path.join("tests").is_dir() && only.as_ref().is_none_or(|only| path.ends_with(only))
    };
    let mut projects: Vec<_> = entries.filter(is_one).collect();
    projects.sort();
    projects
}

fn cases(project: &Path) -> Vec<Case> {
    let files = fs::read_dir(project).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "lua")).collect();
    files.sort();
    let of_file = |path: PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let mutants = change::mutants(&fs::read_to_string(path).unwrap());
        let case = move |mutant| Case { project: project.to_owned(), file: file.clone(), mutant };
        mutants.into_iter().map(case)
    };
    let every = if is_full() { 1 } else { SAMPLE };
    files.into_iter().flat_map(of_file).step_by(every).collect()
}

fn is_full() -> bool {
    std::env::var("MUTANTS").is_ok_and(|how| how == "full")
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

/// Whether the tests of the example pass, nevertheless.
fn survives(case: &Case, folder: &Path) -> bool {
    fs::write(folder.join(&case.file), &case.mutant.source).unwrap();
    let passes = tests_pass(folder);
    fs::copy(case.project.join(&case.file), folder.join(&case.file)).unwrap();
    passes
}

fn tests_pass(folder: &Path) -> bool {
    let mut test = Command::new(env!("CARGO_BIN_EXE_holdline"));
    test.arg("test").arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    ends_well(test.spawn().unwrap())
}

fn ends_well(mut child: Child) -> bool {
    if let Some(status) = child.wait_timeout(PATIENCE).unwrap() {
        return status.success();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

/// The mutants of `project` that no test notices, found on all cores.
fn survivors(project: &Path) -> Vec<Case> {
    let cases = Mutex::new(cases(project));
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                copy(project, folder.path());
                loop {
                    let Some(case) = cases.lock().unwrap().pop() else { return };
                    if survives(&case, folder.path()) {
                        found.lock().unwrap().push(case);
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|case| (case.file.clone(), case.mutant.line));
    found
}

#[test]
fn breaking_any_line_of_an_example_makes_a_test_fail() {
    let everywhere = Known::read(&examples());
    let mut unknown = Vec::new();
    for project in projects() {
        assert!(tests_pass(&project), "the tests of {} fail as it is", project.display());
        if everywhere.unfinished.iter().any(|name| project.ends_with(name)) {
            continue;
        }
        let tests = project.join("tests");
        let known = Known::read(&tests);
        for case in survivors(&project) {
            let (file, mutant) = (&case.file, &case.mutant);
            if !known.covers(file, mutant) && !everywhere.covers(file, mutant) {
                unknown.push(case.entry());
            }
        }
        if is_full() {
            known.assert_all_met(&tests);
        }
    }
    assert!(
        unknown.is_empty(),
        "{} mutants survive; test what they break, or add them to tests/survivors.toml with the \
         reason:\n\n{}",
        unknown.len(),
        unknown.join("\n")
    );
    if is_full() && std::env::var_os("MUTANTS_OF").is_none() {
        everywhere.assert_all_met(&examples());
    }
}
