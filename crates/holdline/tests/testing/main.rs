//! `holdline test`, by the real binary: what can be expected, what is wrong with tests, which files
//! are run, and test files that mean harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../rig/mod.rs"]
mod rig;

mod ends;
mod expectations;
mod faults;
mod files;
mod hostile;
mod mistakes;
mod page;
mod rules;

use rig::{Ended, Project, ended, holdline};
use std::fs;

/// Beats every 10 s over a line to 1.2.3.4:9999 that it connects anew, answers `ping` from the server
/// and on serial port 1, and keeps a file.
const SCRIPT: &str = r#"
PROJECT, VERSION = "BEAT", "1.0.0"
require "sys"
require "socket"
uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
uart.on(1, "receive", function()
    if uart.read(1, "*l") == "ping\n" then uart.write(1, "pong\n") end
end)
io.writeFile("/count.txt", "3")
sys.taskInit(function()
    while not socket.isReady() do sys.waitUntil("IP_READY_IND") end
    while true do
        local line = socket.tcp()
        if line:connect("1.2.3.4", 9999) then
            while line:send("beat\r\n") do
                local ok, data = line:recv(10000)
                if ok then log.info("heard", data) elseif data ~= "timeout" then break end
            end
        end
        line:close()
        sys.wait(3000)
    end
end)
sys.init(0, 0)
sys.run()
"#;

/// A project with this script and this test file, `tests/it.lua`.
fn project(test: impl AsRef<[u8]>) -> Project {
    let project = Project::main(SCRIPT);
    fs::create_dir(project.path().join("tests")).unwrap();
    fs::write(project.path().join("tests/it.lua"), test).unwrap();
    project
}

/// `holdline test` on a project.
fn run(project: &Project, flags: &[&str]) -> Ended {
    ended(holdline(&["test"]).args(flags).arg(project.path()))
}

/// A test whose body is `body`, with `server`, a booted `device`, and a minute past.
fn with_world(body: &str) -> String {
    format!(
        "test('it', function(world)\nlocal server, device = world:server(9999), world:boot()\n\
         world:run('1m')\n{body}\nend)"
    )
}

/// What a test with this body comes to: the exit code, and its lines without times and hash.
fn outcome(body: &str, lang: &str) -> (Option<i32>, Vec<String>) {
    let project = project(with_world(body));
    let end = run(&project, &["--lang", lang]);
    assert_eq!(end.stderr, "", "{body}");
    let lines = end.stdout.lines().map(str::trim).map(str::to_owned);
    (end.code, lines.collect())
}

/// A test that passes, whoever reads it.
fn passes(body: &str) {
    for lang in ["en", "zh"] {
        let (code, lines) = outcome(body, lang);
        assert_eq!(code, Some(0), "{lang}: {body}: {lines:#?}");
    }
}

/// A test that fails, with what was expected and what was got.
fn fails(body: &str, expected: &str, got: &str) {
    let (code, lines) = outcome(body, "en");
    assert_eq!(code, Some(1), "{body}: {lines:#?}");
    assert!(lines[0].starts_with("FAILED"), "{lines:#?}");
    let found = |label: &str| lines.iter().find_map(|line| line.strip_prefix(label)).map(str::trim);
    assert_eq!((found("expected:"), found("got:")), (Some(expected), Some(got)), "{body}");
}

/// A test that is in error, with words of what is said.
fn is_wrong(body: &str, words: &[&str]) {
    for lang in ["en", "zh"] {
        let (code, lines) = outcome(body, lang);
        assert_eq!(code, Some(2), "{body}: {lines:#?}");
        assert!(lines[1].contains("/tests/it.lua:4: "), "{body}: {lines:#?}");
        let all = lines.join("\n");
        let is_chinese = all.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        assert_eq!(is_chinese, lang == "zh", "{all}");
        if lang == "en" {
            assert!(words.iter().all(|words| all.contains(words)), "{words:?} in {all}");
        }
    }
}
