//! Runs every `tests/api/*.lua` as the main script of a device, alone and in a shared Lua state.
//!
//! A file asserts with `assert`, may `require` what it needs, start tasks and timers, and calls
//! `done()` when all that should happen has happened. `sys.init` and `sys.run` come after its last
//! line by themselves; `PROJECT`, `VERSION` and `MODULE_TYPE` are set and `sys` is loaded before
//! its first. It fails by an error, also in a task, by a restart, and by not being done in time.
//! `API=link` in the environment runs `link.lua` only.
//!
//! First lines that start with `--!` say how to run it:
//!
//! ```text
//! --! within 600           seconds of virtual time; 60 where nothing is said
//! --! module air202        the module; air724ug where nothing is said
//! --! boot module          come up in 7.24 s as a real module does; 1 s where nothing is said
//! ```
//!
//! What a file has beside the API:
//!
//! - `ok(words)` notes a step that went well, for the story that a failure tells.
//! - `now()` is the time since boot in milliseconds, on 4G in steps of 5.
//! - `restarts(why)`: the next restart must be with this reason, and ends the test well.
//! - `task_errors_are_fine()`
//! - `expects(words)`: by the end a line of the story has these words; `expects_none(words)`: none
//!   has.
//! - `world("link lost")`, and `cell lost`, `cell found`, `sim removed`, `sim inserted`.
//! - `world("pin", number, "high")`, and `low` and `free`: what is wired to a pin.
//! - `world("close", host)` and `world("send", host, bytes)`: the server acts on all its lines.
//! - `world("manner", host, other)`: from here on `host` behaves as `other`.
//! - `world("serial", port, bytes)`: bytes come in on a serial port.
//!
//! Servers accept after 300 ms and confirm each send after 200 ms, at any port, TCP and UDP. Some
//! names behave otherwise: `refused`, `nowhere` and, with TLS words, `stranger` fail after 300 ms, `silent` never answers,
//! `mute` confirms no send, `sendfail` fails each, `echo` sends back 300 ms after a send, `greeter`
//! sends `hello` 100 ms after a connection, `closer` closes 1 s after it. A close is carried out in
//! 100 ms, and what is written to a serial port is out after 100 ms.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod world;

use holdline_device::{BootPlan, Instant, Power, Profile, Project, RestartCause, Sharing};
use std::path::{Path, PathBuf};
use world::World;

/// What stands before the first line of a file, on that line.
const PROLOGUE: &str = r#"PROJECT, VERSION, MODULE_TYPE = "API", "1.0.0", "Air202" require "sys" do
local p, tick_ms = print, rtos.get_version():find("8955") and 1000 / 16384 or 5
function world(...) p("\1" .. table.concat({ ... }, "\1")) end
function ok(words) p("ok " .. words) end
function now() return rtos.tick() * tick_ms end
function done() world("done") end
function restarts(why) world("restarts", why) end
function expects(words) world("expects", words) end
function expects_none(words) world("expects none", words) end
function task_errors_are_fine() world("task errors are fine") end
end "#;

/// What stands after its last.
const EPILOGUE: &str = "\nsys.init(0, 0)\nsys.run()\n";

/// How a file wants to be run.
struct Wishes {
    end: Instant,
    profile: Profile,
    boot: BootPlan,
}

impl Wishes {
    fn of(source: &str) -> Self {
        let mut wishes = Self {
            end: Instant::from_millis(60_000),
            profile: Profile::AIR724UG,
            boot: BootPlan::FAST,
        };
        for line in source.lines().map_while(|line| line.strip_prefix("--! ")) {
            match line.split_once(' ') {
                Some(("within", seconds)) => {
                    wishes.end = Instant::from_millis(seconds.parse::<u64>().unwrap() * 1000);
                }
                Some(("module", name)) => wishes.profile = Profile::named(name).unwrap(),
                Some(("boot", "module")) => wishes.boot = BootPlan::MODULE,
                _unknown => panic!("`--! {line}` is not known, see tests/api.rs"),
            }
        }
        wishes
    }
}

/// How a file failed, with all that happened; nothing where it did not.
fn failure(source: &str, sharing: Sharing) -> Option<String> {
    let wishes = Wishes::of(source);
    let prologue = PROLOGUE.replace('\n', " ");
    let project =
        Project::from_files([("main.lua", format!("{prologue}{source}{EPILOGUE}").into_bytes())]);
    let power = Power { profile: wishes.profile, boot: wishes.boot, ..Power::default() };
    let (mut world, mut fatal) = (World::default(), None);
    world.run(project, sharing, power, wishes.end, |world, cause| {
        let announced = world.announced_restart.take();
        match cause {
            RestartCause::Asked(why) if announced.as_ref() == Some(why) => world.done = true,
            RestartCause::Asked(why) => fatal = Some(format!("restarted: {why}")),
            RestartCause::Error(text) => fatal = Some(text.clone()),
            RestartCause::Stuck(_)
            | RestartCause::SoftDog(_)
            | RestartCause::Fault(_)
            | RestartCause::PowerCut => {
                fatal = Some(format!("{cause:?}"));
            }
        }
        true
    });
    let task_error = world
        .log
        .iter()
        .find(|(_, line)| !world.task_errors_are_fine && line.contains("[coroutine.resume]"))
        .map(|(_, line)| line.clone());
    let why = fatal
        .or(task_error)
        .or_else(|| {
            (!world.done).then(|| format!("not done within {}", wishes.end.as_millis() / 1000))
        })
        .or_else(|| {
            let has = |words: &str| world.log.iter().any(|(_, line)| line.contains(words));
            let wrong = world.expected.iter().find(|(words, wanted)| has(words) != *wanted);
            wrong.map(|(words, wanted)| {
                format!("{} line has `{words}`", if *wanted { "no" } else { "a" })
            })
        })?;
    Some(format!("{sharing:?}: {why}\n{}", world.story()))
}

/// The scripts of `tests/api`, by name.
fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api");
    let only = std::env::var("API").ok();
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .filter(|path| only.as_deref().is_none_or(|only| path.file_stem().unwrap() == only))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty(), "no script in tests/api");
    scripts
}

#[test]
fn every_api_script_gets_done() {
    let mut failures = String::new();
    for path in scripts() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        for sharing in [Sharing::Alone, Sharing::Shared] {
            if let Some(failure) = failure(&source, sharing) {
                let failure = failure.replace("main.lua:", &format!("tests/api/{name}:"));
                failures.push_str(&format!("\n{name}, {failure}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_script_that_fails_is_found_with_its_line() {
    let found = |source: &str| failure(source, Sharing::Alone).unwrap_or_default();
    assert!(found("\nassert(false, 'x')\ndone()").contains("main.lua:2: x"));
    assert!(found("\nsys.taskInit(function() error('y') end)").contains("main.lua:2: y"));
    assert!(found("--! within 3\n").contains("not done within 3"));
    assert!(found("sys.restart('one')").contains("restarted: one"));
    assert_eq!(found("restarts('one') sys.restart('one')"), "");
    assert_eq!(found("done()"), "");
    assert!(found("expects('z') done()").contains("no line has `z`"));
    assert_eq!(found("expects('z') print('xyz') done()"), "");
    assert!(found("expects_none('z') print('xyz') done()").contains("a line has `z`"));
}
