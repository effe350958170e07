//! Running test files: what tests are in them, and each test in a world of its own.

use super::lua::{Declared, State};
use super::source::Source;
use super::story::{Case, Failure, FileFault, Verdict};
use super::trial::{Setup, Trial};
use super::words::{Arg, boot_plan, module};
use crate::report::Problem;
use crate::words::Lang;
use holdline_device::Project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The names of the tests of `source`, or why there are none.
pub(crate) fn names(
    source: &Source,
    project: &Project,
    setup: Setup,
    lang: Lang,
) -> Result<Vec<String>, FileFault> {
    let fault = |failure: Failure| FileFault {
        file: source.file.clone(),
        line: (failure.line > 0).then_some(failure.line),
        text: failure.got,
        hint: failure.hint,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let (state, declared) = open(source, project, setup, lang);
        let verdict = verdict_so_far(&state, source, lang, declared.as_ref().err());
        match (verdict, declared) {
            (Some(failure), _) => Err(fault(failure)),
            (None, Ok(tests)) => Ok(tests.into_iter().map(|test| test.name).collect::<Vec<_>>()),
            (None, Err(error)) => Err(fault(lua_failure(&error, source, Duration::ZERO, lang))),
        }
    }));
    match outcome.unwrap_or_else(|_| Err(fault(own_fault(lang)))) {
        Ok(names) if names.is_empty() => {
            let Problem { text, hint } = lang.file_without_tests();
            Err(FileFault { file: source.file.clone(), line: None, text, hint })
        }
        names => names,
    }
}

/// Runs one test.
pub(crate) fn run(
    source: &Source,
    index: usize,
    project: &Project,
    setup: Setup,
    lang: Lang,
) -> Case {
    let begun = Instant::now();
    let mut case = catch_unwind(AssertUnwindSafe(|| run_once(source, index, project, setup, lang)))
        .unwrap_or_else(|_| {
            let verdict = Verdict::Error(own_fault(lang));
            Case { verdict, ..blank(source, setup) }
        });
    case.took = begun.elapsed();
    case
}

fn run_once(source: &Source, index: usize, project: &Project, setup: Setup, lang: Lang) -> Case {
    let mut case = blank(source, setup);
    let (state, declared) = open(source, project, setup, lang);
    let tests = match declared {
        Ok(tests) => tests,
        Err(error) => {
            return Case {
                verdict: Verdict::Error(lua_failure(&error, source, Duration::ZERO, lang)),
                ..case
            };
        }
    };
    let Some(test) = tests.into_iter().nth(index) else {
        let problem = lang.test_has_gone();
        return Case { verdict: Verdict::Error(failure_of(problem, source, 1)), ..case };
    };
    (case.name, case.line) = (test.name.clone(), test.line);
    let setup = match options(&test, setup, lang) {
        Ok(setup) => setup,
        Err(problem) => {
            return Case {
                verdict: Verdict::Error(failure_of(problem, source, test.line)),
                ..case
            };
        }
    };
    case.seed = setup.seed;
    state.trial().borrow_mut().begin(setup);
    let outcome = state.run(&test);
    case.verdict = verdict(&state, source, &test, outcome, lang);
    if let Verdict::Error(failure) | Verdict::Failed(failure) = &mut case.verdict
        && failure.line == 0
    {
        (failure.line, failure.words) = (test.line, source.words(test.line, test.line));
    }
    drop(test);
    case.virtual_time = state.trial().borrow().now();
    if let Some(trial) = state.into_trial() {
        (case.story, case.hash) = trial.end();
    }
    case
}

/// A Lua state that has read the file, and the tests in it.
fn open(
    source: &Source,
    project: &Project,
    setup: Setup,
    lang: Lang,
) -> (State, mlua::Result<Vec<Declared>>) {
    let trial = Trial::new(Rc::new(project.clone()), setup, Rc::new(source.clone()), lang);
    let state = State::new(trial, setup.seed).expect("an empty Lua state has room for the words");
    let declared = state.read(source);
    (state, declared)
}

/// How the test ended: by a word, by Lua, or at its last line, where the last expectation is settled.
fn verdict(
    state: &State,
    source: &Source,
    test: &Declared,
    outcome: mlua::Result<()>,
    lang: Lang,
) -> Verdict {
    let mut trial = state.trial().borrow_mut();
    if trial.halted().is_none() {
        if let Err(error) = outcome {
            return Verdict::Error(lua_failure(&error, source, trial.now(), lang));
        }
        trial.turn(test.line, Trial::settle);
    }
    if trial.halted().is_none() && trial.settled == 0 {
        trial.turn(test.line, |_| Err::<(), _>(lang.test_without_expectation().into()));
    }
    if trial.halted().is_none() {
        trial.turn(test.line, Trial::check_faults);
    }
    trial.halted().cloned().unwrap_or(Verdict::Passed)
}

fn verdict_so_far(
    state: &State,
    source: &Source,
    lang: Lang,
    error: Option<&mlua::Error>,
) -> Option<Failure> {
    match state.trial().borrow().halted() {
        Some(Verdict::Error(failure) | Verdict::Failed(failure)) => Some(failure.clone()),
        Some(Verdict::Passed) | None => {
            error.map(|error| lua_failure(error, source, Duration::ZERO, lang))
        }
    }
}

/// What a test's table of options asks for.
fn options(test: &Declared, mut setup: Setup, lang: Lang) -> Result<Setup, Problem> {
    let Arg::Table(fields) = &test.options else { return Ok(setup) };
    let known = ["seed", "module", "boot", "restarts"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(lang.unknown_option("test", name, &known));
    }
    let count = |value: &Arg| {
        value.count().ok_or_else(|| lang.wrong_value("test", &value.shown(), lang.a_count()))
    };
    let text = |value: &Arg, wanted| {
        let text = value.text().map(|text| String::from_utf8_lossy(text).into_owned());
        text.ok_or_else(|| lang.wrong_value("test", &value.shown(), wanted))
    };
    if let Some(seed) = fields.get("seed") {
        setup.seed = count(seed)?;
    }
    if let Some(restarts) = fields.get("restarts") {
        setup.restarts_max = usize::try_from(count(restarts)?).unwrap_or(usize::MAX);
    }
    if let Some(name) = fields.get("module") {
        setup.profile = module(&text(name, lang.a_text())?, lang)?;
    }
    if let Some(time) = fields.get("boot") {
        setup.boot = boot_plan(&text(time, lang.a_text())?, lang)?;
    }
    Ok(setup)
}

fn blank(source: &Source, setup: Setup) -> Case {
    Case {
        file: source.file.clone(),
        line: 1,
        name: String::new(),
        verdict: Verdict::Passed,
        virtual_time: Duration::ZERO,
        took: Duration::ZERO,
        seed: setup.seed,
        hash: 0,
        story: super::story::Story::default(),
    }
}

fn failure_of(problem: Problem, source: &Source, line: u32) -> Failure {
    Failure {
        line,
        words: source.words(line, line),
        expected: String::new(),
        got: problem.text,
        at: Duration::ZERO,
        around: Vec::new(),
        hint: problem.hint,
    }
}

fn own_fault(lang: Lang) -> Failure {
    let got = lang.own_fault("testing");
    Failure {
        line: 0,
        words: String::new(),
        expected: String::new(),
        got,
        at: Duration::ZERO,
        around: Vec::new(),
        hint: None,
    }
}

/// A Lua error of the test's own: its line and words, with the calls that led there where there is
/// more than one.
fn lua_failure(error: &mlua::Error, source: &Source, at: Duration, lang: Lang) -> Failure {
    let text = plain(error);
    let name = format!("{}:", source.name());
    let place = |line: &str| {
        line.trim_start()
            .strip_prefix(&name)
            .and_then(|rest| rest.split_once(':'))
            .and_then(|(line, _)| line.parse().ok())
    };
    let first = text.lines().next().unwrap_or_default();
    let stack: Vec<u32> = text.lines().skip(1).filter_map(place).collect();
    let line = place(first).or_else(|| stack.first().copied()).unwrap_or(0);
    let words = first.strip_prefix(&format!("{name}{line}: ")).unwrap_or(first).to_owned();
    let callers: Vec<u32> = stack.into_iter().filter(|caller| *caller != line).collect();
    let got = if words.contains("not enough memory") { lang.test_takes_too_much() } else { words };
    let hint = (!callers.is_empty()).then(|| lang.called_from(&source.name(), &callers));
    let words = if line > 0 { source.words(line, line) } else { String::new() };
    Failure { line, words, expected: String::new(), got, at, around: Vec::new(), hint }
}

/// An error as Lua words it, with the traceback of the script alone.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other errors word themselves")]
fn plain(error: &mlua::Error) -> String {
    match error {
        mlua::Error::CallbackError { traceback, cause } => format!("{}\n{traceback}", plain(cause)),
        mlua::Error::SyntaxError { message, .. } | mlua::Error::RuntimeError(message) => {
            message.clone()
        }
        mlua::Error::MemoryError(_) => "not enough memory".to_owned(),
        other => other.to_string(),
    }
}
