//! The house rules that a compiler does not check.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a source file may have. The goal is two hundred.
const FILE_LINES_MAX: usize = 480;

/// Lines that a function may have. The goal is ten.
const FUNCTION_LINES_MAX: usize = 70;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{extension} below {folder}");
    found
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The crates of this workspace that the `[section]` of a crate's `Cargo.toml` names.
fn arrows(name: &str, section: &str) -> Vec<String> {
    let manifest = read(root().join(format!("crates/{name}/Cargo.toml")));
    let body = manifest.split_once(&format!("[{section}]")).map_or("", |(_, body)| body);
    let body = body.split("\n[").next().unwrap_or(body);
    let names = body.lines().filter_map(|line| line.split([' ', '=', '.']).next());
    let mut ours: Vec<_> =
        names.filter_map(|name| name.strip_prefix("holdline-")).map(str::to_owned).collect();
    ours.sort();
    ours
}

#[test]
fn crates_depend_along_the_arrows_only() {
    let none: [&str; 0] = [];
    assert_eq!(arrows("modem", "dependencies"), none);
    assert_eq!(arrows("peer", "dependencies"), none);
    assert_eq!(arrows("device", "dependencies"), ["modem"]);
    assert_eq!(arrows("sim", "dependencies"), ["device", "modem", "peer"]);
    assert_eq!(arrows("lab", "dependencies"), ["peer"]);
    assert_eq!(arrows("holdline", "dependencies"), ["device", "lab", "modem", "peer", "sim"]);
    for name in ["modem", "peer", "device", "lab"] {
        assert_eq!(arrows(name, "dev-dependencies"), none, "{name}");
    }
}

/// A table of cases or a trace is as long as its story.
fn is_test(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs") == "tests")
}

#[test]
fn no_file_outgrows_a_screenful_of_screens() {
    for path in files("crates", "rs").into_iter().chain(files("crates", "lua")) {
        if is_test(&path) {
            continue;
        }
        let lines = read(&path).lines().count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines", path.display());
    }
}

/// Relies on rustfmt: a function ends at the first `}` of its own indentation.
#[test]
fn no_function_outgrows_a_screen() {
    for path in files("crates", "rs").into_iter().filter(|path| !is_test(path)) {
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let body = line.trim_start();
            if !(body.starts_with("fn ") || body.contains(" fn ")) || !body.ends_with('{') {
                continue;
            }
            let close = format!("{}}}", &line[..line.len() - body.len()]);
            let len = lines[start..].iter().position(|line| *line == close).unwrap_or(0);
            let at = format!("{}:{}", path.display(), start + 1);
            assert!(len <= FUNCTION_LINES_MAX, "{at}: a function of {len} lines");
        }
    }
}

#[test]
fn every_core_table_and_library_file_has_a_test_of_its_own() {
    let tests = files("crates/device/tests/api", "lua");
    let tests: Vec<String> = tests.iter().map(|path| stem(path)).collect();
    let is_table = |path: &PathBuf| path.parent().is_some_and(|folder| folder.ends_with("api"));
    let tables = files("crates/device/src/api", "rs").into_iter().filter(is_table);
    // What is in folders of its own is for other library files, which have the tests.
    let is_library = |path: &PathBuf| path.parent().is_some_and(|folder| folder.ends_with("lua"));
    let library = files("crates/device/lua", "lua").into_iter().filter(is_library);
    let inner = ["clock", "files", "host", "library", "mod", "patch"];
    for name in tables.chain(library).map(|path| stem(&path)) {
        let is_inner = inner.contains(&name.as_str());
        let tested =
            tests.iter().any(|test| *test == name || test.starts_with(&format!("{name}_")));
        assert!(tested || is_inner, "no crates/device/tests/api/{name}.lua");
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn oddities_kept_on_purpose_are_listed() {
    let quirks = read(root().join("docs/quirks.md"));
    assert!(quirks.lines().filter(|line| line.starts_with("| ")).count() > 10);
    for path in files("crates/device/lua", "lua") {
        if read(&path).contains("-- Luat:") {
            let name = stem(&path);
            assert!(quirks.contains(&format!("`{name}.lua`")), "docs/quirks.md lacks `{name}.lua`");
        }
    }
}

#[test]
fn both_readmes_name_the_same_commands() {
    let commands = |file: &str| -> Vec<String> {
        let text = read(root().join(file));
        text.lines().filter(|line| line.starts_with("cargo ")).map(str::to_owned).collect()
    };
    let english = commands("README.md");
    assert!(english.len() >= 2);
    assert_eq!(english, commands("README.zh.md"));
}

/// Pages for those who change Holdline rather than use it.
const ENGLISH_ALONE: [&str; 1] = ["performance"];

#[test]
fn every_page_for_users_stands_in_both_languages() {
    let pages = files("docs", "md");
    let english = pages.iter().filter(|path| !stem(path).ends_with(".zh"));
    let mut pairs = 0;
    for path in english.filter(|path| !ENGLISH_ALONE.contains(&stem(path).as_str())) {
        let (page, name) = (read(path), stem(path));
        let chinese = path.with_file_name(format!("{name}.zh.md"));
        assert!(chinese.exists(), "there is no {}", chinese.display());
        let other = read(&chinese);
        assert!(page.contains(&format!("[中文]({name}.zh.md)")), "{name} leads to no other");
        assert!(other.contains(&format!("[English]({name}.md)")), "{name}.zh leads to no other");
        assert_eq!(rows(&page), rows(&other), "rows of the tables in each part of {name}");
        pairs += 1;
    }
    assert!(pairs > 10);
}

/// How many lines of tables each part of a page has.
fn rows(page: &str) -> Vec<usize> {
    let count = |part: &str| part.lines().filter(|line| line.starts_with('|')).count();
    page.split("\n## ").map(count).collect()
}
