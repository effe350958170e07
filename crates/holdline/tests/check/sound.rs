//! Programs as they are written: the examples, the printed tutorial, and the examples of the page on findings.

use super::{check, found, main_with, root};
use crate::rig::{ended, holdline};

#[test]
fn every_example_is_sound() {
    let mut waiting = vec![root().join("examples"), root().join("crates/device/tests/tutorial")];
    let mut folders = Vec::new();
    while let Some(folder) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        waiting.extend(entries.filter(|path| path.is_dir()));
        folders.extend(folder.join("main.lua").exists().then_some(folder));
    }
    assert!(folders.len() > 5);
    for folder in folders {
        let end = ended(&mut holdline(&["check", &folder.display().to_string()]));
        assert_eq!((end.code, end.stdout.lines().count()), (Some(0), 1), "{}", end.stdout);
    }
}

/// The order of the tutorial as it was printed: what hears of the line stands above the two local
/// functions that it calls.
const PRINTED: &str = r#"module(...,package.seeall)
require"socket"
local linksta,conning
local function print(...)
    _G.print("test",...)
end
function connect()
    socket.connect(1,"TCP","server",9999,ntfy,rcv)
    conning = true
end
function ntfy(idx,evt,result,item)
    if evt == "CONNECT" then
        conning = false
        if result then
            linksta = true
            sys.timer_stop(reconn)
        else
            sys.timer_start(reconn,5000)
        end
    elseif evt == "SEND" then
        if item then sndcb(item,result) end
    else
        linksta = false
        reconn()
    end
end
function rcv(idx,data)
    print("rcv",data)
end
local function sndcb(item,result)
    print("sndcb",item.para,result)
end
local function reconn()
    if conning then return end
    link.shut()
    connect()
end
sys.timer_start(connect,2000)
"#;

#[test]
fn both_faults_of_the_printed_tutorial_are_found() {
    let main = "MODULE_TYPE = \"Air202\"\nPROJECT = \"P\"\nVERSION = \"1.0.0\"\nrequire\"sys\"\n\
        require\"test\"\nif MODULE_TYPE==\"Air201\" then\nrequire\"wdt\"\nend\nsys.init(0,0)\nsys.run()\n";
    let files = [("main.lua", main.as_bytes()), ("test.lua", PRINTED.as_bytes())];
    assert_eq!(
        found(&files),
        ["test.lua:16:28 used-before-local", "test.lua:21:22 used-before-local"]
    );
    let end = check(&files, &[]);
    for says in
        ["`reconn` is nil here", "in line 33", "also at 18:29, 24:9", "`sndcb`", "in line 30"]
    {
        assert!(end.stdout.contains(says), "{says}: {}", end.stdout);
    }
    // In the order that runs there is nothing to find.
    let (above, below) = PRINTED.split_once("function connect()").unwrap();
    let (middle, locals) = below.split_once("local function sndcb").unwrap();
    let (locals, timer) = locals.split_once("sys.timer_start(connect").unwrap();
    let right = format!(
        "{above}local function sndcb{locals}function connect(){middle}sys.timer_start(connect{timer}"
    );
    assert_eq!(found(&[("main.lua", main.as_bytes()), ("test.lua", right.as_bytes())]), [""; 0]);
}

#[test]
fn the_first_half_of_the_tutorial_alone_is_no_program() {
    let main = PRINTED.replace("module(...,package.seeall)", "");
    let found = found(&[("main.lua", main.as_bytes())]);
    assert_eq!(found.last().unwrap(), "main.lua:38:1 no-run");
}

/// The files of an example: parts begin with `-- name.lua`; without one it is a main file's body.
fn example_files(text: &str) -> Vec<(String, String)> {
    if !text.starts_with("-- main.lua\n") {
        return vec![("main.lua".to_owned(), main_with(text))];
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("-- ").filter(|name| name.ends_with(".lua")), files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, body))) => body.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    files
}

/// What stands in a page below the name of each finding, as far as it is Lua.
fn lua_of(page: &str) -> Vec<(&str, &str)> {
    let mut shown = Vec::new();
    for section in page.split("\n### `").skip(1) {
        let (code, body) = section.split_once("`\n").unwrap();
        let example = body.split_once("```lua\n").and_then(|(_, rest)| rest.split_once("```"));
        shown.push((code, example.map_or("", |(example, _)| example)));
    }
    shown
}

#[test]
fn the_page_lists_every_finding_with_an_example_that_shows_it() {
    let page = std::fs::read_to_string(root().join("docs/check.md")).unwrap();
    let chinese = std::fs::read_to_string(root().join("docs/check.zh.md")).unwrap();
    assert_eq!(lua_of(&page), lua_of(&chinese));
    let source =
        std::fs::read_to_string(root().join("crates/holdline/src/check/fault.rs")).unwrap();
    let codes: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_suffix("\",")?.split_once("=> \""))
        .map(|(_, code)| code)
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("\n### `{code}`\n")), "docs/check.md lacks `{code}`");
    }
    let mut shown = 0;
    for (code, example) in lua_of(&page).into_iter().filter(|(_, example)| !example.is_empty()) {
        let files = example_files(example);
        let files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_bytes())).collect();
        let found = found(&files);
        assert!(
            !found.is_empty() && found.iter().all(|f| f.ends_with(&format!(" {code}"))),
            "{code}: {found:?}"
        );
        shown += 1;
    }
    assert!(shown >= 25, "{shown}");
}
