//! Test files that mean harm are stopped, and told at their line; nothing of the machine is in reach.

use super::{is_wrong, project, run};

#[test]
fn loops_and_hoards_are_stopped() {
    is_wrong("while true do end", &["has not ended"]);
    let hoard = "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end";
    let end = run(&project(super::with_world(hoard)), &[]);
    assert_eq!(end.code, Some(2), "{}", end.stdout);
    assert!(end.stdout.contains("more memory than it may have"), "{}", end.stdout);
    // Lua's own search, which nobody can stop, does not begin.
    for call in ["find(s, p)", "match(s, p, 2)", "gmatch(s, p)()", "gsub(s, p, '')"] {
        let body = format!("local s, p = ('a'):rep(100000), '.-.-.-b' string.{call}");
        is_wrong(&body, &["does not come to an end with this pattern"]);
    }
    let end = run(&project("while true do end"), &[]);
    assert_eq!(end.code, Some(2), "{}", end.stdout);
    assert!(end.stdout.contains("has not ended"), "{}", end.stdout);
}

#[test]
fn patterns_and_calls_that_go_too_deep_are_errors() {
    for body in [
        "('a'):rep(100000):find(('a?'):rep(100000))",
        "local function f() return 1 + f() end f()",
        "local s = setmetatable",
        "string.dump(print)",
        "loadstring('x')",
        "os.exit(0)",
        "debug.traceback()",
        "require 'os'",
        "pcall(error)",
        "coroutine.create(print)",
        "collectgarbage()",
        "math.randomseed(1)",
        "print(string.format('%d', {}))",
        "error()",
        "error({})",
        "error(world)",
        "world[1] = 1",
        "world[nil]()",
        "world[{}]()",
        "expect(setmetatable)",
        "server:received(world)",
        "server:received({}, {}, {})",
        "world:boot({ [world] = 1 })",
        "world:run('99999999999999999999h')",
        "world:server(9999999999)",
        "world:server(-1)",
        "world:server(0/0)",
        "tostring()",
        "getmetatable('').__index.find = nil",
    ] {
        let end = run(&project(super::with_world(body)), &[]);
        assert_eq!(end.code, Some(2), "{body}: {} {}", end.stdout, end.stderr);
        assert!(
            !end.stdout.contains("fault of Holdline") && !end.stderr.contains("panicked"),
            "{body}: {}",
            end.stdout
        );
        assert!(end.stdout.contains("/tests/it.lua:"), "{body}: {}", end.stdout);
    }
}

#[test]
fn files_that_are_no_tests_are_errors() {
    let files: [&[u8]; 6] =
        [b"\x1bLua\x51\0\x01\x04", b"", b"\0\0\0", b"\xff\xfe\x00", b"test(", b"\xEF\xBB\xBF--"];
    for file in files {
        let end = run(&project(file), &[]);
        assert_eq!(end.code, Some(2), "{file:?}: {}", end.stdout);
        assert!(!end.stderr.contains("panicked"), "{}", end.stderr);
    }
}

#[test]
fn names_and_bytes_that_move_the_cursor_are_shown_harmless() {
    let test =
        super::with_world("print('\\27[2J\\7') expect(server:received('\\0\\255\\27')):never()")
            .replace("'it'", "'a\\27[2Jb'");
    let end = run(&project(test), &[]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert!(!end.stdout.contains('\x1b') && !end.stdout.contains('\x07'), "{:?}", end.stdout);
}
