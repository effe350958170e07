//! `holdline check`: every kind of finding, what is sound, and sources that mean harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod files;
mod names;
#[path = "../rig/mod.rs"]
mod rig;
mod sound;
mod sources;

use rig::{Ended, Project, ended, holdline};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A main file that is right, with `body` before the start.
fn main_with(body: &str) -> String {
    format!(
        "PROJECT, VERSION = \"T\", \"1.0.0\"\nrequire \"sys\"\n{body}\nsys.init(0, 0)\nsys.run()\n"
    )
}

/// `holdline check` on a folder with these files.
fn check(files: &[(&str, &[u8])], flags: &[&str]) -> Ended {
    let project = Project::new(files);
    let path = project.path().display().to_string();
    let mut end = ended(holdline(&["check"]).args(flags).arg(&path));
    end.stdout = end.stdout.replace(&format!("{path}/"), "");
    end
}

/// Each finding as `file:line:column code`, in order.
fn found(files: &[(&str, &[u8])]) -> Vec<String> {
    let end = check(files, &["--json"]);
    assert_eq!(end.stderr, "", "{files:?}");
    let findings: Vec<Value> =
        end.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(end.code, Some(i32::from(!findings.is_empty())), "{}", end.stdout);
    let place = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        format!("{}:{}:{} {}", text("file"), finding["line"], finding["column"], text("code"))
    };
    findings.iter().map(place).collect()
}

/// Findings in a right main file with this body, whose first line is 3.
fn in_main(body: &str) -> Vec<String> {
    found(&[("main.lua", main_with(body).as_bytes())])
}

/// What and instead of the only finding.
fn words(body: &str, lang: &str) -> [String; 2] {
    let main = main_with(body);
    let end = check(&[("main.lua", main.as_bytes())], &["--json", "--lang", lang]);
    let finding: Value = serde_json::from_str(end.stdout.trim()).unwrap();
    ["what", "instead"].map(|name| finding[name].as_str().unwrap().to_owned())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn a_finding_has_its_place_its_line_and_the_way_out() {
    let end =
        check(&[("main.lua", main_with("print(\"位置\", sys.timerstart(f, 5))").as_bytes())], &[]);
    let expected = r#"main.lua:3:17: unknown-field: there is no `sys.timerstart`
 3 | print("位置", sys.timerstart(f, 5))
   |                   ^^^^^^^^^^
   = instead: did you mean `sys.timerStart`?

main.lua:3:28: unknown-global: `f` is nil here: no file of the project makes it, and the module has no such name
 3 | print("位置", sys.timerstart(f, 5))
   |                              ^
   = instead: define it before it is used, or take it out

faults found: 2, files read: 1
"#;
    assert_eq!((end.code, end.stdout.as_str(), end.stderr.as_str()), (Some(1), expected, ""));
}

#[test]
fn a_sound_project_takes_one_line() {
    let end = check(&[("main.lua", main_with("").as_bytes())], &[]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), "no faults found, files read: 1\n"));
    let end = check(&[("main.lua", main_with("").as_bytes())], &["--lang", "zh"]);
    assert_eq!(end.stdout, "没有发现问题，共检查 1 个文件\n");
    let end = check(&[("main.lua", main_with("").as_bytes())], &["--json"]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), ""));
}

#[test]
fn what_cannot_be_checked_is_exit_code_2() {
    for files in [&[("a.lua", &b"x"[..])][..], &[("main.lua", b"\x1bLua")]] {
        let end = check(files, &[]);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
        assert!(end.stderr.starts_with("holdline: cannot load project"), "{}", end.stderr);
        assert!(end.stderr.contains("\nhint: "), "{}", end.stderr);
    }
    let end = ended(&mut holdline(&["check", "/no/such/place"]));
    assert_eq!(end.code, Some(2));
}
