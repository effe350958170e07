//! `holdline test --seeds`: finds the bugs of `examples/broken`, and their fixes mend them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project, ended, holdline};
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn test(project: &Path, flags: &[&str]) -> Ended {
    let project = project.display().to_string();
    let args: Vec<&str> =
        ["test", project.as_str()].into_iter().chain(flags.iter().copied()).collect();
    ended(&mut holdline(&args))
}

/// The line after `repeat with: `, run by a shell.
fn repeat(told: &str) -> Ended {
    let line = told.lines().find_map(|line| line.strip_prefix("repeat with: holdline ")).unwrap();
    let mut shell = std::process::Command::new("sh");
    let command = format!("'{}' {line}", env!("CARGO_BIN_EXE_holdline"));
    ended(shell.env("LANG", "C.UTF-8").env_remove("LC_ALL").args(["-c", &command]))
}

/// The files of a broken example, with the lines of its README's fix.
fn fixed(name: &str, file: &str, fix: &[(&str, &str)]) -> Project {
    let folder = examples().join("broken").join(name);
    let main = std::fs::read(folder.join("main.lua")).unwrap();
    let mut text = std::fs::read_to_string(folder.join(file)).unwrap();
    for (wrong, right) in fix {
        assert_eq!(text.matches(wrong).count(), 1, "{name}: {wrong}");
        text = text.replace(wrong, right);
    }
    Project::new(&[("main.lua", &main), (file, text.as_bytes())])
}

/// Finds the bug, repeats it, keeps it as a test that says what is expected and fails, and neither
/// finds it nor fails that test once it is fixed.
fn check(name: &str, reason: &str, expects: &str, file: &str, fix: &[(&str, &str)]) {
    let folder = examples().join("broken").join(name);
    let broken = fixed(name, file, &[]);
    let path = broken.path().join("tests/found.lua");
    let found = test(&folder, &["--seeds", "1..20", "--save", path.to_str().unwrap()]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let line = found.stdout.lines().find(|line| line.starts_with("seed ")).unwrap();
    let (_, told) = line.split_once(" fails: ").unwrap();
    assert!(told.contains(reason), "{told}");
    let faults = found.stdout.lines().filter(|line| line.starts_with("  at ")).count();
    assert!((1..=3).contains(&faults), "{}", found.stdout);

    let again = repeat(&found.stdout);
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stdout.lines().last().unwrap().ends_with(told), "{}", again.stdout);

    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&format!("-- {told}\n")) && text.contains(expects), "{text}");
    let fails = test(&path, &[]);
    assert_eq!(fails.code, Some(1), "{fails:?}");
    assert!(fails.stdout.contains(expects), "{}", fails.stdout);

    let mended = fixed(name, file, fix);
    std::fs::create_dir(mended.path().join("tests")).unwrap();
    std::fs::write(mended.path().join("tests/found.lua"), text).unwrap();
    let passes = test(&mended.path().join("tests/found.lua"), &[]);
    assert_eq!(passes.code, Some(0), "{passes:?}");
    assert!(passes.stdout.contains("passed: 1, failed: 0, in error: 0"), "{}", passes.stdout);

    let well = test(mended.path(), &["--seeds", "1..20"]);
    assert_eq!((well.code, well.stderr.as_str()), (Some(0), SO_FAR), "{well:?}");
    assert!(well.stdout.ends_with("20 seeds tried, 0 failed\n"), "{}", well.stdout);
}

/// What is told meanwhile where there is no terminal.
const SO_FAR: &str = "2 of 20 seeds\n4 of 20 seeds\n6 of 20 seeds\n8 of 20 seeds\n10 of 20 seeds\n\
    12 of 20 seeds\n14 of 20 seeds\n16 of 20 seeds\n18 of 20 seeds\n20 of 20 seeds\n";

#[test]
fn a_stale_timer() {
    check(
        "stale-timer",
        "192.0.2.1:9999 hears the device too often: 16 times in 2m, in the calm at most 8",
        "expect(server1:received()):at_most(13):since(\"6m\")",
        "report.lua",
        &[("            startReports()\n", ""), ("sys.taskInit(", "startReports()\nsys.taskInit(")],
    );
}

#[test]
fn a_message_lost_while_sending() {
    check(
        "lost-while-sending",
        "192.0.2.1:9999 does not hear `litres 0` any more",
        "expect(server1:received(\"litres \")):at_least(1):since(\"6m\")",
        "meter.lua",
        &[("sys.waitUntil(\"READING_SENT\")", "sys.waitUntil(\"READING_SENT\", 60000)")],
    );
}

#[test]
fn leaked_sockets() {
    check(
        "leaked-sockets",
        "192.0.2.1:9999 does not hear from the device any more",
        "expect(server1:received()):at_least(1):since(",
        "station.lua",
        &[(
            "            sys.timer_start(connect, RETRY_PERIOD)\n        end",
            "            link.close(which)\n        end",
        )],
    );
}

#[test]
fn a_retry_storm() {
    check(
        "retry-storm",
        "a storm: 91 connects within a minute, the last to 192.0.2.1:9999",
        "expect(device:dials()):at_most(90):since(\"",
        "pump.lua",
        &[("        connect()\n    end", "        sys.timer_start(connect, 5000)\n    end")],
    );
}

#[test]
fn an_error_that_sticks() {
    check(
        "sticky-error",
        "192.0.2.1:9999 does not hear from the device any more",
        "expect(server1:received()):at_least(1):since(\"6m\")",
        "tracker.lua",
        &[
            ("    local client = socket.tcp()\n", ""),
            (
                "        if client:connect",
                "        local client = socket.tcp()\n        if client:connect",
            ),
        ],
    );
}

/// In a task, and in what a timer calls: one ends the task, the other the script.
#[test]
fn an_error_of_the_script_is_kept_too() {
    for wrong in ["print(nil .. 1)", "sys.timer_start(function() print(nil .. 1) end, 10)"] {
        let project = Project::main(&ONE_LINE.replace("-- lost", wrong));
        let path = project.path().join("tests/found.lua");
        let found = test(project.path(), &["--seeds", "1..20", "--save", path.to_str().unwrap()]);
        assert!(found.stdout.contains("main.lua:9: attempt to concatenate a nil"), "{found:?}");
        let fails = test(&path, &[]);
        assert_eq!(fails.code, Some(1), "{fails:?}");
        let well = Project::main(ONE_LINE);
        std::fs::create_dir(well.path().join("tests")).unwrap();
        std::fs::copy(path, well.path().join("tests/found.lua")).unwrap();
        let passes = test(well.path(), &[]);
        assert_eq!(passes.code, Some(0), "{passes:?}");
    }
}

/// What the log says in GBK is found by the test, which is in UTF-8.
#[test]
fn an_error_in_gbk_is_kept_as_it_is_read() {
    let script = ONE_LINE.replace("-- lost", "error('连接断开')");
    let script = encoding_rs::GBK.encode(&script).0;
    let project = Project::new(&[("main.lua", &script)]);
    let path = project.path().join("tests/found.lua");
    let found = test(project.path(), &["--seeds", "1..20", "--save", path.to_str().unwrap()]);
    assert!(found.stdout.contains("main.lua:9: 连接断开"), "{found:?}");
    let fails = test(&path, &[]);
    assert_eq!(fails.code, Some(1), "{fails:?}");
}

/// Says hello every 10 s.
const ONE_LINE: &str = r#"PROJECT, VERSION = "HELLO", "1.0.0"
require "socket"
sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.tcp()
        if client:connect("192.0.2.1", 9999) then
            while client:send("hello") do sys.wait(10000) end
            -- lost
        end
        client:close()
        sys.wait(5000)
    end
end)
sys.init(0, 0)
sys.run()
"#;

#[test]
fn every_failure_is_counted_and_each_kind_is_told_once() {
    let found = test(&examples().join("broken/sticky-error"), &["--seeds", "1..12", "--all"]);
    assert_eq!(found.code, Some(1));
    assert_eq!(found.stdout.matches(" fails: ").count(), 1, "{}", found.stdout);
    let last = found.stdout.lines().last().unwrap();
    assert!(last.starts_with("12 seeds tried, ") && !last.ends_with(" 1 failed"), "{last}");
}

#[test]
fn faults_that_a_script_survives_are_told_with_their_story() {
    let well = test(&examples().join("short"), &["--fault", "at 1m server down for 20s"]);
    assert_eq!(well.code, Some(0), "{well:?}");
    assert!(
        well.stdout.contains("\n00:01:00.000  | fault: at 1m server down for 20s\n"),
        "{well:?}"
    );
    assert!(well.stdout.ends_with("  all is well again\n"), "{}", well.stdout);
}

/// A script that goes to another server once the first has failed it.
const WITH_A_SPARE: &str = r#"PROJECT, VERSION = "SPARE", "1.0.0"
require "socket"
local host = "192.0.2.1"
sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.tcp()
        if client:connect(host, 9999) then
            while client:send("hello") do sys.wait(10000) end
        end
        client:close()
        host = "192.0.2.2"
        sys.wait(5000)
    end
end)
sys.init(0, 0)
sys.run()
"#;

/// The spare has a server only from the second go on, and that alone is told.
#[test]
fn a_story_tells_both_ends_and_each_thing_once() {
    let project = Project::main(WITH_A_SPARE);
    for flags in [&["--fault", "at 1m close"][..], &["--fault", "at 1m close", "--story"]] {
        let told = test(project.path(), flags).stdout;
        let once = [
            "00:00:51.240  | sends \"hello\" ",
            " | fault: at 1m close\n",
            " 192.0.2.1:9999: closes #1\n",
            " 192.0.2.2:9999: accepts #2\n",
        ];
        for row in once {
            assert_eq!(told.matches(row).count(), 1, "{row}: {told}");
        }
        let is_whole = told.contains(" | powered on ");
        assert_eq!(is_whole, flags.contains(&"--story"), "{told}");
        assert_eq!(told.contains(" more; `--story` shows all\n"), !is_whole, "{told}");
    }
}

#[test]
fn seeds_are_reported_to_a_ci() {
    let folder = tempfile::tempdir().unwrap();
    let [junit, json, html] = ["a.xml", "a.json", "a.html"].map(|name| folder.path().join(name));
    let files = [("--junit", &junit), ("--json", &json), ("--html", &html)];
    let files = files.iter().flat_map(|(flag, path)| [*flag, path.to_str().unwrap()]);
    let flags: Vec<&str> = ["--seeds", "1..5"].into_iter().chain(files).collect();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    for (name, code, failures) in [("broken/stale-timer", 1, 1), ("task-async", 0, 0)] {
        let end = test(&examples().join(name), &flags);
        assert_eq!(end.code, Some(code), "{end:?}");
        let told: serde_json::Value = serde_json::from_str(&read(&json)).unwrap();
        let [case] = told["tests"].as_array().unwrap().as_slice() else { panic!("{told}") };
        assert_eq!(case["line"], serde_json::Value::Null);
        assert_eq!(case["verdict"] == "failed", failures == 1);
        assert!(case["story"]["actors"].as_array().unwrap().len() == 3, "{case}");
        let counts = format!("tests=\"1\" failures=\"{failures}\" errors=\"0\"");
        assert!(read(&junit).contains(&counts), "{}", read(&junit));
        let title = match failures {
            0 => "seeds 1..5: well again after every fault",
            _ => "seed 1: at 1m close",
        };
        assert_eq!(case["name"], title);
        assert!(read(&junit).contains(&format!("name=\"{title}\"")), "{}", read(&junit));
        assert!(read(&html).contains(title));
    }
    assert!(!read(&junit).contains(" line="), "{}", read(&junit));
}

#[test]
fn the_whole_story_of_a_failure_is_told_where_that_is_asked_for() {
    let found = test(&examples().join("broken/stale-timer"), &["--seeds", "1..5", "--story"]);
    assert!(found.stdout.contains("\n00:00:00.000  | powered on "), "{}", found.stdout);
    assert!(found.stdout.ends_with("\n1 seed tried, 1 failed\n"), "{}", found.stdout);
}

/// A flag that would do nothing is refused rather than forgotten.
#[test]
fn flags_that_do_not_go_together_are_refused() {
    let short = examples().join("short");
    for flags in [
        &["--seeds", "1..5", "--filter", "x"][..],
        &["--seeds", "1..5", "--fail-fast"],
        &["--seeds", "1..5", "--seed", "7"],
        &["--seeds", "1..5", "--fault", "at 1m close"],
        &["--fault", "at 1m close", "--filter", "x"],
        &["--save", "found.lua"],
        &["--server", "9999=echo"],
        &["--recover-within", "1m"],
        &["--replay", "a.events", "--seeds", "1..5"],
        &["--replay", "a.events", "--junit", "a.xml"],
        &["--replay", "a.events", "--story"],
        &["--replay", "a.events", "--module", "air202"],
    ] {
        let end = test(&short, flags);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{flags:?}: {end:?}");
    }
}

/// One that closes what it does not need any more recovers.
#[test]
fn a_script_without_a_free_socket_is_told_so() {
    let leaky = Project::main(&ONE_LINE.replace("        client:close()\n", ""));
    let faults = ["--fault", "at 1m close for 2m"];
    for (lang, says) in [
        ("en", "\nhint: the script has 8 sockets in use"),
        ("zh", "\n提示：结束时脚本占用了 8 个 socket"),
    ] {
        let lang = ["--lang", lang];
        for flags in [&["--seeds", "1..40"][..], &faults] {
            let told = test(leaky.path(), &[flags, &lang].concat());
            assert_eq!((told.code, told.stdout.contains(says)), (Some(1), true), "{}", told.stdout);
        }
        let closing = test(Project::main(ONE_LINE).path(), &[&faults[..], &lang].concat());
        assert_eq!((closing.code, closing.stdout.contains(says)), (Some(0), false), "{closing:?}");
    }
}

/// What a script does wrong by itself is told, and not only that it does.
#[test]
fn a_boot_loop_in_the_calm_tells_why() {
    let project = Project::main("PROJECT, VERSION = 'P', '1'\nerror('no way')");
    for (lang, says) in [("en", "the last: script error: "), ("zh", "最后一次：脚本出错：")]
    {
        let end = test(project.path(), &["--seeds", "1..5", "--lang", lang]);
        assert_eq!(end.code, Some(2), "{end:?}");
        assert!(end.stderr.contains(&format!("{says}main.lua:2: no way\n")), "{}", end.stderr);
    }
}

#[test]
fn a_fault_that_never_strikes_or_never_ends_proves_nothing() {
    for (fault, says, zh) in [
        ("close connects 5000", "did not strike until", "没有发生"),
        ("close on \"never said\"", "did not strike until", "没有发生"),
        ("at 999999999d close", "is not over within ten years", "十年内不会结束"),
        ("at 1m refuse for 9999999d", "is not over within ten years", "十年内不会结束"),
        ("black hole", "stands to the end", "一直没有结束"),
        ("at 1m refuse port 9999", "such as `at 1m refuse for 1m30s port 9999`", "请说明持续多久"),
    ] {
        for (lang, says) in [("en", says), ("zh", zh)] {
            let end = test(&examples().join("short"), &["--fault", fault, "--lang", lang]);
            assert_eq!(end.code, Some(2), "{fault}: {end:?}");
            assert!(end.stderr.contains(says), "{fault}: {}", end.stderr);
        }
    }
}

/// One that waits for its occasion may come, and be over, later than the others.
#[test]
fn all_must_be_well_after_the_last_fault_as_it_came() {
    let fault = ["--fault", "reset after 500 bytes for 10m"];
    let well = test(&examples().join("long-connection"), &fault);
    assert_eq!(well.code, Some(0), "{well:?}");
    let last = well.stdout.lines().last().unwrap();
    let (at, says) = last.split_once("  ").unwrap();
    // As far as the words alone tell, the run would be over at 00:17.
    assert!(at > "00:20" && says == "all is well again", "{last}");
}

#[test]
fn what_was_asked_for_stands_in_the_command_that_repeats_it() {
    let storm = test(
        &examples().join("broken/retry-storm"),
        &[
            "--seeds",
            "1..20",
            "--recover-within",
            "90s",
            "--module",
            "air202",
            "--server",
            "9999=echo",
        ],
    );
    let line = storm.stdout.lines().find(|line| line.starts_with("repeat with")).unwrap();
    assert!(line.ends_with(" --module air202 --server 9999=echo --recover-within 1m30s"), "{line}");
    assert_eq!(repeat(&storm.stdout).code, Some(1));
}

#[test]
fn where_nothing_can_be_told_it_is_said_and_no_pass() {
    let transparent = examples().join("transparent");
    let silent =
        Project::main("PROJECT, VERSION = 'P', '1'\nrequire 'sys'\nsys.init(0, 0)\nsys.run()");
    let cases = [
        (transparent.as_path(), &["--seeds", "1..5"][..], "connects to 192.0.2.1:9999, and in 1d"),
        (silent.path(), &["--seeds", "1..5"], "connects to nobody in 15 minutes"),
        (silent.path(), &["--seeds", "9..5"], "--seeds: `9..5` is not a range of seeds"),
        (silent.path(), &["--seeds", "x"], "--seeds: `x` is not a range of seeds"),
        (silent.path(), &["--fault", "at 1m rest"], "--fault: `at 1m rest`: at letter 7, `rest`"),
        (silent.path(), &["--seeds", "1", "--server", "x=echo"], "--server: `x=echo`"),
    ];
    for (project, flags, says) in cases {
        let end = test(project, flags);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{flags:?}");
        assert!(end.stderr.contains(says) && end.stderr.contains("\nhint: "), "{}", end.stderr);
    }
}

#[test]
fn the_same_is_told_in_chinese() {
    let flags = ["--seeds", "1..20", "--lang", "zh"];
    let found = test(&examples().join("broken/stale-timer"), &flags);
    assert_eq!(found.code, Some(1));
    for says in
        ["没有故障时，192.0.2.1:9999", "收到数据太频繁", "只需要这些故障：", "重现：holdline test"]
    {
        assert!(found.stdout.contains(says), "{}", found.stdout);
    }
}

#[test]
fn a_place_that_takes_no_test_is_found_out_before_seeds_are_tried() {
    let storm = examples().join("broken/retry-storm");
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "no folder").unwrap();
    for place in [folder.path().to_owned(), taken.join("found.lua")] {
        for (lang, says) in [("en", "cannot write the test `"), ("zh", "无法写入测试 `")] {
            let place = place.to_str().unwrap();
            let end = test(&storm, &["--seeds", "1..20", "--save", place, "--lang", lang]);
            assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""), "{end:?}");
            assert!(end.stderr.contains(says), "{end:?}");
        }
    }
    assert_eq!(std::fs::read_to_string(taken).unwrap(), "no folder");
}

#[test]
fn where_no_seed_fails_nothing_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let well = examples().join("task-async");
    for name in ["found.lua", "tests/of/seeds/found.lua"] {
        let found = folder.path().join(name);
        let end = test(&well, &["--seeds", "1", "--save", found.to_str().unwrap()]);
        assert_eq!(end.code, Some(0), "{end:?}");
        assert!(end.stdout.ends_with("\n1 seed tried, 0 failed\n"), "{}", end.stdout);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }
}
