//! Files of a project, and what they require of each other.

use super::{check, found, main_with, root};
use crate::rig::{Project, ended, holdline};

#[test]
fn files_that_cannot_be_required_are_told() {
    let with = |body: &str, more: &[(&'static str, &'static [u8])]| {
        let main = main_with(body);
        let mut files = vec![("main.lua", main.as_bytes())];
        files.extend_from_slice(more);
        (found(&files), check(&files, &[]).stdout)
    };
    let (found, text) = with("require 'tset'", &[("test.lua", b"")]);
    assert_eq!(found, ["main.lua:3:1 no-such-file"]);
    assert!(text.contains("did you mean `require \"test\"`?"), "{text}");
    let (found, text) = with("require 'Test'", &[("test.lua", b"")]);
    assert_eq!(found, ["main.lua:3:1 wrong-case"]);
    assert!(text.contains("= instead: `require \"test\"`"), "{text}");
    assert_eq!(with("require 'aLiYun'", &[]).0, ["main.lua:3:1 no-such-library"]);
    assert_eq!(with("require 'old'", &[("old.luac", b"\x1bLua")]).0, ["main.lua:3:1 compiled"]);
    assert_eq!(with("require 'test.lua'", &[("test.lua", b"")]).0, ["main.lua:3:1 no-such-file"]);
    assert_eq!(with("package.loaded.made = {}\nrequire 'made'", &[]).0, [""; 0]);
    assert_eq!(with("require(PROJECT)\nrequire 'test'", &[("test.lua", b"")]).0, [""; 0]);
    assert_eq!(with("pcall(require, 'maybe')", &[]).0, [""; 0]);
}

#[test]
fn files_that_require_each_other_are_told_unless_they_are_modules() {
    let main = main_with("require 'a'");
    let of = |a: &str, b: &str| {
        let files = [("main.lua", main.as_str()), ("a.lua", a), ("b.lua", b)];
        found(&files.map(|(name, text)| (name, text.as_bytes())))
    };
    assert_eq!(of("require 'b'", "local a = require 'a'"), ["b.lua:1:11 require-loop"]);
    assert_eq!(of("module(..., package.seeall)\nrequire 'b'", "require 'a'"), [""; 0]);
    assert_eq!(
        of("require 'b'\nmodule(..., package.seeall)", "require 'a'"),
        ["b.lua:1:1 require-loop"]
    );
    assert_eq!(of("require 'b'", "function f() require 'a' end"), [""; 0]);
    assert_eq!(of("", "require 'b'"), [""; 0]);
}

#[test]
fn a_main_file_has_its_parts_in_order() {
    let of = |main: &str| found(&[("main.lua", main.as_bytes())]);
    let start = "require 'sys'\nsys.init(0, 0)\nsys.run()\n";
    let expected = ["main.lua:2:5 undefined-project"; 2];
    assert_eq!(of(start), expected);
    let late = format!("VERSION = '1'\n{start}PROJECT = 'P'");
    assert_eq!(of(&late), ["main.lua:5:1 undefined-project", "main.lua:5:1 after-run"]);
    assert_eq!(
        of("PROJECT, VERSION = 'P', '1'\nrequire 'sys'\nsys.run()"),
        ["main.lua:3:1 no-init"]
    );
    assert_eq!(of("print(1)"), ["main.lua:1:1 no-run"]);
    assert_eq!(of("while true do rtos.receive(0) end"), [""; 0]);
    assert_eq!(
        of(&format!("PROJECT, VERSION = 'P', '1' {start}print(1)\nprint(2)")),
        ["main.lua:4:1 after-run"]
    );
    let config = b"module(..., package.seeall)\nPROJECT, VERSION = 'P', '1'";
    let main = format!("require 'config'\n{start}");
    let files = [("main.lua", main.as_bytes()), ("config.lua", config)];
    assert_eq!(found(&files), ["main.lua:3:5 undefined-project"; 2]);
    let files = [("main.lua", main.as_bytes()), ("config.lua", b"PROJECT, VERSION = 'P', '1'")];
    assert_eq!(found(&files), [""; 0]);
}

/// A file of a lab's port has what such a file is given, and needs no start.
#[test]
fn a_file_that_answers_is_checked_as_one() {
    for name in ["answer.lua", "talk.lua"] {
        let file = root().join("examples/answers").join(name).display().to_string();
        let end = ended(&mut holdline(&["check", &file]));
        assert_eq!((end.code, end.stdout.lines().count()), (Some(0), 1), "{}", end.stdout);
    }
    let of = |main: &str| found(&[("main.lua", main.as_bytes())]);
    let calls = "server.on('close', function(c) log.info('a', c.id) end)\n";
    assert_eq!(of(&format!("{calls}sys.wait(1)")), ["main.lua:2:5 wait-outside-task"]);
    assert_eq!(of(&format!("{calls}misc.getImei()")), ["main.lua:2:1 not-required"]);
    let own = format!("server = {{}}\nfunction server.on(...) end\n{calls}");
    assert_eq!(of(&own), ["main.lua:3:1 no-run", "main.lua:3:32 not-required"]);
}

#[test]
fn one_file_is_checked_with_what_it_requires() {
    let project = Project::new(&[
        ("demo.lua", main_with("require 'used'").as_bytes()),
        ("used.lua", b"prnit(1)"),
        ("other.lua", b"x = = 1"),
    ]);
    let path = project.path().join("demo.lua").display().to_string();
    let end = ended(&mut holdline(&["check", &path, "--color=always"]));
    assert_eq!(end.code, Some(1));
    assert!(
        end.stdout.contains("used.lua:1:1") && end.stdout.contains("\x1b[31m"),
        "{}",
        end.stdout
    );
    assert!(!end.stdout.contains("other.lua"), "{}", end.stdout);
    let folder = ended(&mut holdline(&["check", "--color=never", &path]));
    assert!(!folder.stdout.contains('\x1b'));
}

#[test]
fn library_folders_are_read_and_nothing_is_told_of_them() {
    let project = Project::main(&main_with("require 'mine'\nmine.go()\nmine.gone()"));
    let library =
        Project::new(&[("mine.lua", b"module(..., package.seeall)\nfunction go() prnit() end")]);
    let folder = library.path().display().to_string();
    let path = project.path().display().to_string();
    let end = ended(&mut holdline(&["check", &path, "--lib", &folder, "--json"]));
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), ""));
    assert_eq!(ended(&mut holdline(&["check", &path])).code, Some(1));
}
