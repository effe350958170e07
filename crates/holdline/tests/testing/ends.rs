//! What ends a test before its last line, or the tests before the last.

use super::{Ended, SCRIPT, project, run};
use crate::rig::Project;
use std::fs;

/// A test that lets half an hour pass and expects the device to be there.
const WAITS: &str = "function(world)\nlocal device = world:boot()\nworld:run('30m')\n\
                     expect(device:log()):at_least(1)\nend)";

/// What comes of a script that runs this line again and again in a task.
fn with_script(line: &str, options: &str, flags: &[&str]) -> Ended {
    let task = format!("sys.taskInit(function()\nwhile true do\n{line}\nend\nend)\nsys.init(0, 0)");
    let project = Project::main(&SCRIPT.replace("sys.init(0, 0)", &task));
    fs::create_dir(project.path().join("tests")).unwrap();
    let test = format!("test('it', {options}{WAITS}");
    fs::write(project.path().join("tests/it.lua"), test).unwrap();
    run(&project, flags)
}

fn assert_fails(end: &Ended, words: &[&str]) {
    assert_eq!(end.code, Some(1), "{}", end.stdout);
    assert!(end.stdout.contains("it.lua:3: world:run('30m')"), "{}", end.stdout);
    for words in words {
        assert!(end.stdout.contains(words), "`{words}` in {}", end.stdout);
    }
}

#[test]
fn a_boot_loop_ends_the_test_unless_the_test_allows_it() {
    let line = "sys.wait(20000) sys.restart('tired')";
    let end = with_script(line, "", &[]);
    let words = "a boot loop: 21 restarts within 10 minutes, the last: the script restarts the device: tired";
    assert_fails(&end, &[words, "{ restarts = 100 }"]);
    // 21 rounds of 20 seconds, and half a second for each start.
    assert!(end.stdout.contains("it   7m10s"), "{}", end.stdout);
    let end = with_script(line, "", &["--lang", "zh"]);
    assert_fails(&end, &["反复重启：10 分钟内 21 次，最后一次："]);

    assert_eq!(with_script(line, "{ restarts = 100 }, ", &[]).code, Some(0));
    let end = with_script(line, "{ restarts = 5 }, ", &[]);
    assert_fails(&end, &["a boot loop: 6 restarts within 10 minutes"]);
    assert_eq!(with_script(line, "{ restarts = 'many' }, ", &[]).code, Some(2));
}

#[test]
fn restarts_that_are_far_apart_are_no_boot_loop() {
    let end = with_script("sys.wait(60000) sys.restart('tired')", "", &[]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
}

#[test]
fn a_device_that_is_stuck_ends_the_test() {
    let end = with_script("local x = 1", "", &[]);
    assert_fails(&end, &["the script is stuck at main.lua:", "a loop without a wait"]);
}

#[test]
fn waits_that_take_no_time_are_none() {
    let line = "local line = socket.udp() line:connect('1.2.3.4', 1) line:close()";
    let end =
        with_script(&format!("if socket.isReady() then {line} else sys.wait(1) end"), "", &[]);
    assert_fails(&end, &["the script is stuck at main.lua:"]);
}

#[test]
fn the_first_that_fails_is_the_last_if_that_is_asked_for() {
    let test = |name: &str, count: u32| {
        format!(
            "test('{name}', function(world)\nlocal server = world:server(9999)\nworld:boot()\n\
             world:run('1m')\nexpect(server:connects()):exactly({count})\nend)\n"
        )
    };
    let project = project(
        ["one", "two", "three", "four"].map(|name| test(name, name.len() as u32 - 2)).concat(),
    );
    let verdicts = |flags: &[&str]| {
        let end = run(&project, flags);
        assert_eq!(end.code, Some(1), "{}", end.stdout);
        let is_verdict = |line: &&str| line.starts_with("ok ") || line.starts_with("FAILED");
        let verdicts = end.stdout.lines().filter(is_verdict);
        let name = |line: &str| line.split_whitespace().nth(1).unwrap().to_owned();
        let last = end.stdout.lines().last().unwrap().to_owned();
        (verdicts.map(name).collect::<Vec<_>>(), last)
    };
    let (told, last) = verdicts(&["--fail-fast"]);
    assert_eq!(told, ["one", "two", "three"]);
    assert!(last.starts_with("passed: 2, failed: 1, in error: 0, not run: 1   "), "{last}");
    let (told, last) = verdicts(&[]);
    assert_eq!(told, ["one", "two", "three", "four"]);
    assert!(last.starts_with("passed: 2, failed: 2, in error: 0   "), "{last}");
}

#[test]
fn a_file_that_is_none_is_the_last_as_well() {
    let project = project("test('it', 1)");
    let passing = "test('it', function(world) world:boot() world:run('1m') end)";
    fs::write(project.path().join("tests/z.lua"), passing).unwrap();
    let end = run(&project, &["--fail-fast"]);
    assert_eq!(end.code, Some(2));
    assert!(end.stdout.contains("in error: 1, not run: 1   "), "{}", end.stdout);
}
