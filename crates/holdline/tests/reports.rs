//! What `holdline test` tells of what happened: a timeline, the whole story, and files.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project, ended, holdline};
use std::fs;

const MAIN: &str = r#"
PROJECT, VERSION = "STORY", "1.0.0"
require "socket"
sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.tcp()
        if client:connect("192.0.2.1", 9999) then
            log.info("位置", "</script><b>", "\255\0\1")
            while client:send("beat") do sys.wait(10000) end
        end
        client:close()
        sys.wait(5000)
    end
end)
sys.init(0, 0) sys.run()
"#;

const TESTS: &str = r#"
test("beats", function(world)
    local server = world:server(9999)
    world:boot()
    world:run("5m")
    expect(server:received("beat")):at_least(20)
end)

test("is never without a server", function(world)
    local server = world:server(9999)
    world:boot()
    world:run("5m")
    server:down("10m")
    world:run("1h")
    expect(server:received("beat")):every("10s"):since("1m")
end)
"#;

fn tested(args: &[&str]) -> (Project, Ended) {
    let project = Project::main(MAIN);
    fs::create_dir(project.path().join("tests")).unwrap();
    fs::write(project.path().join("tests/beat.lua"), TESTS).unwrap();
    let end = ended(holdline(&["test", "."]).args(args).current_dir(project.path()));
    (project, end)
}

#[test]
fn a_failure_shows_both_ends_around_the_fault() {
    let (_project, end) = tested(&[]);
    assert_eq!(end.code, Some(1), "{}{}", end.stdout, end.stderr);
    let failed = end.stdout.split_once("FAILED").unwrap().1;
    for words in
        ["| server :9999", "server down", "| refuses #", "| not connected: refused", "more\n"]
    {
        assert!(failed.contains(words), "{words}: {failed}");
    }
    assert!(failed.lines().filter(|line| line.contains(" | ")).count() < 30, "{failed}");
    let passed = end.stdout.split_once("FAILED").unwrap().0;
    assert!(!passed.contains(" | "), "a test that passes is one line: {passed}");
}

#[test]
fn the_whole_story_is_a_table_of_eighty_columns() {
    for lang in ["en", "zh"] {
        let (_project, end) = tested(&["--story", "--lang", lang, "--filter", "beats"]);
        assert_eq!(end.code, Some(0), "{}", end.stderr);
        let rows: Vec<_> = end.stdout.lines().filter(|line| line.starts_with("00:")).collect();
        assert!(rows.len() > 60, "{}", end.stdout);
        assert!(rows.iter().any(|row| row.contains("位置")), "{}", end.stdout);
        assert!(!end.stdout.contains('\u{1b}'));
        for row in rows {
            assert!(unicode_width::UnicodeWidthStr::width(row) <= 80, "{row}");
        }
    }
    let (_project, end) = tested(&["--story", "--color", "always"]);
    assert!(end.stdout.contains("\u{1b}[33m"), "a fault is coloured");
}

#[test]
fn files_are_written_for_people_and_programs() {
    let flags = ["--html", "a.html", "--junit", "a.xml", "--json", "a.json"];
    let (project, end) = tested(&flags);
    assert_eq!(end.code, Some(1));
    let read = |name: &str| fs::read_to_string(project.path().join(name)).unwrap();
    let (html, junit, json) = (read("a.html"), read("a.xml"), read("a.json"));
    assert_eq!(html.matches("</script>").count(), 2, "a log line ends no script");
    assert!(junit.starts_with("<?xml") && junit.contains(r#"tests="2" failures="1" errors="0""#));
    assert!(junit.contains("&lt;/script&gt;"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tests"][1]["verdict"], "failed");
    let rows = json["tests"][1]["story"]["rows"].as_array().unwrap();
    let has = |what: &str| rows.iter().any(|row| row["what"] == what);
    assert!(has("refused") && has("fault_began") && has("fault_ended") && has("server_received"));
    let hash = json["hash"].as_str().unwrap();
    assert!(end.stdout.trim_end().ends_with(hash), "{}", end.stdout);
}

#[test]
fn one_seed_gives_the_same_story_again() {
    let story = || {
        let (project, _) = tested(&["--json", "a.json"]);
        let text = fs::read_to_string(project.path().join("a.json")).unwrap();
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        for test in json["tests"].as_array_mut().unwrap() {
            test["took_ms"] = 0.into();
        }
        json
    };
    assert_eq!(story(), story());
}

#[test]
fn a_report_that_cannot_be_written_is_named() {
    let (_project, end) = tested(&["--html", "none/a.html"]);
    assert_eq!(end.code, Some(2));
    let says = "holdline: cannot write the report `none/a.html`: ";
    assert!(end.stderr.starts_with(says) && end.stderr.contains("hint: "), "{}", end.stderr);
    let (_project, end) = tested(&["--json", "none/a.json", "--lang", "zh"]);
    assert!(end.stderr.starts_with("holdline: 无法写入报告 `none/a.json`"), "{}", end.stderr);
}
