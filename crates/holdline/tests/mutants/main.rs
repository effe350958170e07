//! Breaks every line of every example in every way of [`change`], one at a time: a test of the example
//! must fail.
//!
//! What no test notices stands in the example's `tests/survivors.toml`, with the reason, or for every
//! example in `examples/survivors.toml`. `MUTANTS_OF` names one example.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod change;
mod example;
mod known;
mod scan;

use example::{Case, Example, Trials};
use known::Known;
use std::io::{Write, stderr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{env, fs, thread};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Every project in the folder, in the order of their names; `MUTANTS_OF` names one.
fn examples() -> Vec<Example> {
    let only = env::var("MUTANTS_OF").ok();
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| {
        path.join("main.lua").is_file() && only.as_ref().is_none_or(|only| path.ends_with(only))
    };
    let mut folders: Vec<_> = entries.filter(is_one).collect();
    assert!(!folders.is_empty(), "no such example: {only:?}");
    folders.sort();
    folders.into_iter().map(Example::new).collect()
}

/// The cases that no test notices, in their order, found on all cores.
fn survivors<'a>(cases: &'a [Case<'a>]) -> Vec<&'a Case<'a>> {
    let queue = Mutex::new(cases.iter().enumerate());
    let found = Mutex::new(Vec::new());
    let work = || {
        let mut trials = Trials::default();
        loop {
            let Some((at, case)) = queue.lock().unwrap().next() else { return };
            if trials.survives(case) {
                found.lock().unwrap().push((at, case));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|&(at, _)| at);
    found.into_iter().map(|(_, case)| case).collect()
}

#[test]
fn breaking_any_line_of_an_example_makes_a_test_fail() {
    let everywhere = Known::read(&folder());
    let examples = examples();
    for example in &examples {
        assert!(example.passes(), "{example} has no tests, or they fail as it is");
    }
    let cases: Vec<_> = examples.iter().flat_map(Example::cases).collect();
    let survivors = survivors(&cases);
    let is_new = |case: &&&Case<'_>| {
        let known = case.example.known.covers(&case.file, &case.mutant);
        !known && !everywhere.covers(&case.file, &case.mutant)
    };
    let new: Vec<_> = survivors.iter().filter(is_new).map(|case| case.entry()).collect();
    // Told where tests are told, too, that pass.
    let _ = writeln!(stderr(), "{} mutants tried, {} survived", cases.len(), survivors.len());
    assert!(
        new.is_empty(),
        "{} of them for no reason; test what they break, or add them to tests/survivors.toml with the \
         reason:\n\n{}",
        new.len(),
        new.join("\n")
    );
    for example in &examples {
        example.known.assert_all_met(&example.tests());
    }
    if env::var_os("MUTANTS_OF").is_none() {
        everywhere.assert_all_met(&folder());
    }
}
