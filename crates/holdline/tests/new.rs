//! `holdline new` and `holdline editor`: the projects run, and editors are told what is so.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project, ended, holdline};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

const KINDS: [&str; 5] = ["long", "callbacks", "short", "transparent", "tls"];

/// `holdline` in `folder`.
fn holdline_in(folder: &Path, args: &[&str]) -> Ended {
    ended(holdline(args).current_dir(folder))
}

/// A project of that kind, called `meter`.
fn made(kind: &str, lang: &str) -> (tempfile::TempDir, Ended) {
    let folder = tempfile::tempdir().unwrap();
    let end = holdline_in(folder.path(), &["new", "meter", "--kind", kind, "--lang", lang]);
    assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{kind}");
    (folder, end)
}

/// Every file below `folder` with its text.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else {
            texts.insert(path.display().to_string(), fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

#[test]
fn every_kind_of_project_is_without_faults_and_connects() {
    for kind in KINDS {
        let (folder, said) = made(kind, "en");
        let check = holdline_in(folder.path(), &["check", "meter"]);
        assert_eq!(check.code, Some(0), "{kind}: {}", check.stdout);
        assert!(said.stdout.contains("holdline test meter"), "{}", said.stdout);

        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let redirect = format!("*={}", server.local_addr().unwrap());
        let mut command = holdline(&["run", "--boot", "10ms", "--redirect", &redirect, "meter"]);
        command.env("XDG_STATE_HOME", folder.path().join("state")).current_dir(folder.path());
        let mut running = rig::Running::start(command);
        running.wait_for("network ready");
        server.accept().unwrap();
    }
}

#[test]
fn the_line_to_break_stands_in_the_project() {
    for kind in KINDS {
        let (folder, said) = made(kind, "en");
        let hint = said.stdout.split_once("See a test fail: in ").unwrap().1;
        let (file, hint) = hint.split_once(" change `").unwrap();
        let (line, hint) = hint.split_once("`\ninto `").unwrap();
        let (broken, _) = hint.split_once('`').unwrap();
        let source = fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(source.matches(line).count(), 1, "{kind}: {line}");
        assert_ne!(line, broken);
    }
}

/// What is printed leads from tests that pass to one that fails, and back.
#[test]
fn the_tests_pass_until_the_line_is_broken() {
    for kind in KINDS {
        let (folder, said) = made(kind, "en");
        let test = || holdline_in(folder.path(), &["test", "meter"]);
        let end = test();
        assert_eq!(end.code, Some(0), "{kind}: {}{}", end.stdout, end.stderr);
        let hint = said.stdout.split_once("See a test fail: in ").unwrap().1;
        let pieces: Vec<_> = hint.split('`').collect();
        let (file, line, broken) = (pieces[0].trim_end_matches(" change "), pieces[1], pieces[3]);
        let file = folder.path().join(file);
        let source = fs::read_to_string(&file).unwrap();
        fs::write(&file, source.replace(line, broken)).unwrap();
        let end = test();
        assert_eq!(end.code, Some(1), "{kind}: {}{}", end.stdout, end.stderr);
        fs::write(&file, source).unwrap();
        assert_eq!(test().code, Some(0), "{kind}");
    }
}

#[test]
fn an_editor_knows_every_word_of_a_test() {
    let (folder, _) = made("long", "en");
    let words = holdline_in(folder.path(), &["test", "--words"]).stdout;
    let known = fs::read_to_string(folder.path().join("meter/.holdline/api/tests.lua")).unwrap();
    let spoken = words.lines().filter_map(|line| line.strip_prefix("  ")?.split_once('('));
    let spoken = spoken.filter(|(name, _)| !name.starts_with(' ') && name.contains(':'));
    let names: Vec<_> = spoken.map(|(name, _)| name.rsplit_once(':').unwrap().1).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(known.contains(&format!(":{name}(")), "{name}");
    }
    assert!(known.contains("\nfunction test(name, body) end"));
}

#[test]
fn a_project_speaks_one_language_and_its_code_is_the_same_in_both() {
    for kind in KINDS {
        let (english, _) = made(kind, "en");
        let (chinese, said) = made(kind, "zh");
        assert!(said.stdout.starts_with("已创建 meter。"), "{}", said.stdout);
        let (english, chinese) = (english.path().join("meter"), chinese.path().join("meter"));
        for (path, text) in texts(&english).into_iter().filter(|(path, _)| !path.contains("/api/"))
        {
            assert!(text.is_ascii(), "{path}");
            for mark in ["en|", "zh|", "{name}", "{about}", "{server}"] {
                assert!(!text.contains(mark), "{path}: {mark}");
            }
            let other = chinese.join(Path::new(&path).strip_prefix(&english).unwrap());
            let other = fs::read_to_string(other).unwrap();
            let code = |text: &str| -> Vec<String> {
                let lines = text.lines().map(str::trim);
                let lines = lines.filter(|line| !line.starts_with("--") && !line.is_empty());
                lines.filter(|line| !line.starts_with("test(")).map(str::to_owned).collect()
            };
            if path.ends_with(".lua") {
                assert_eq!(code(&text), code(&other), "{path}");
                assert_eq!(text.matches("test(").count(), other.matches("test(").count());
                assert_ne!(text, other, "{path}");
            }
        }
    }
}

#[test]
fn a_bad_name_is_explained_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["2fast", "my meter", "水表", "..", "a.b", "/"] {
        let end = holdline_in(folder.path(), &["new", name]);
        assert_eq!(end.code, Some(2), "{name}");
        assert!(end.stderr.contains("is no name for a project\nhint: a name begins with a letter"));
    }
    let end = holdline_in(folder.path(), &["--lang", "zh", "new", "水表"]);
    assert!(end.stderr.starts_with("holdline: `水表` 不能作为工程名\n提示："), "{}", end.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_there_is_never_overwritten() {
    let (folder, _) = made("long", "en");
    fs::write(folder.path().join("meter/main.lua"), "mine").unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    for name in ["meter", "file"] {
        let end = holdline_in(folder.path(), &["new", name]);
        assert_eq!(end.code, Some(2));
        let says = format!("holdline: {name} is there already");
        assert!(end.stderr.starts_with(&says) && end.stderr.contains("hint: choose another name"));
    }
    let end = holdline_in(folder.path(), &["new", "meter", "--lang", "zh"]);
    assert!(end.stderr.starts_with("holdline: meter 已经存在"), "{}", end.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("meter/main.lua")).unwrap(), "mine");
}

#[test]
fn a_place_that_cannot_be_written_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let cases = [
        ("file/meter", "cannot make file/meter: ", "choose a place that you may write"),
        ("none/meter", "there is no folder `none`: ", "`mkdir -p none`"),
        ("/proc/meter", "cannot make /proc/meter: ", "choose a place that you may write"),
    ];
    for (name, says, hint) in cases {
        let end = holdline_in(folder.path(), &["new", name]);
        assert_eq!(end.code, Some(2), "{name}");
        assert!(end.stderr.contains(says) && end.stderr.contains(hint), "{}", end.stderr);
    }
    let end = holdline_in(folder.path(), &["new", "none/meter", "--lang", "zh"]);
    assert!(end.stderr.starts_with("holdline: 没有文件夹 `none`"), "{}", end.stderr);
}

#[test]
fn an_existing_project_gets_definitions_and_keeps_its_settings() {
    let project = Project::new(&[("main.lua", b""), ("meter.lua", b"module(...)")]);
    let end = holdline_in(project.path(), &["editor", "."]);
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    let settings = fs::read_to_string(project.path().join(".luarc.json")).unwrap();
    assert!(settings.contains(r#""meter""#) && settings.contains(r#"".holdline/api""#));

    let sys = project.path().join(".holdline/api/sys.lua");
    let written = fs::read_to_string(&sys).unwrap();
    assert!(written.contains("---@param ms number\n---@return any ...\nfunction sys.wait(ms) end"));
    fs::write(&sys, &written[..written.len() / 2]).unwrap();
    fs::write(project.path().join(".luarc.json"), "{}").unwrap();
    let end = holdline_in(project.path(), &["editor", "."]);
    assert!(end.stdout.contains(".luarc.json was there and is kept"), "{}", end.stdout);
    assert_eq!(fs::read_to_string(&sys).unwrap(), written);
    assert_eq!(fs::read_to_string(project.path().join(".luarc.json")).unwrap(), "{}");
}

#[test]
fn definitions_of_somebody_else_are_kept() {
    let project = Project::main("");
    let api = project.path().join(".holdline/api");
    fs::create_dir_all(&api).unwrap();
    fs::write(api.join("sys.lua"), "---@meta\nsys = {}\n").unwrap();
    let end = holdline_in(project.path(), &["editor", "."]);
    assert_eq!(end.code, Some(2));
    assert!(end.stderr.contains("was not written by Holdline"), "{}", end.stderr);
    assert_eq!(fs::read_to_string(api.join("sys.lua")).unwrap(), "---@meta\nsys = {}\n");
    let end = holdline_in(project.path(), &["editor", "nowhere"]);
    assert!(end.stderr.contains("`nowhere` has no `main.lua`\nhint: "), "{}", end.stderr);
}

/// Each file is Lua, and each constant is of the type that editors are told.
#[test]
fn definitions_agree_with_what_scripts_find() {
    let project = Project::new(&[("main.lua", b"")]);
    assert_eq!(holdline_in(project.path(), &["editor", "."]).code, Some(0));
    let mut main = "PROJECT, VERSION = \"DEFINITIONS\", \"1.0.0\"\n".to_owned();
    let (mut count, mut names) = (0, Vec::new());
    for (path, text) in texts(&project.path().join(".holdline")) {
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
        let table = name.trim_end_matches(".lua");
        fs::write(project.path().join(format!("definitions_{name}")), &text).unwrap();
        main.push_str(&format!("assert(loadfile(\"/lua/definitions_{name}\"))\n"));
        main.push_str(&format!("pcall(require, \"{table}\")\n"));
        let lines: Vec<_> = text.lines().collect();
        for pair in lines.windows(2) {
            let Some(kind) = pair[0].strip_prefix("---@type ") else { continue };
            let name = pair[1].strip_suffix(" = nil").unwrap();
            if name.contains('.') && kind != "any" {
                names.push((name.to_owned(), kind.to_owned()));
            }
        }
        count += text.matches("\nfunction ").count();
    }
    for (name, _) in &names {
        main.push_str(&format!("print(\"CONSTANT\", \"{name}\", type({name}))\n"));
    }
    main.push_str("print(\"all read\")\nsys.init(0, 0) sys.run()\n");
    fs::write(project.path().join("main.lua"), main).unwrap();
    let mut running = project.start(&["--for", "5s"]);
    for (name, kind) in &names {
        let line = running.wait_for(&format!("CONSTANT\t{name}\t"));
        assert!(line.ends_with(&format!("\t{kind}")), "{line}, and editors are told {kind}");
    }
    running.wait_for("all read");
    assert!(count > 400 && names.len() > 100, "{count} functions, {} constants", names.len());
}
