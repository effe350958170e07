//! Holds the catalogue to what scripts really find, and `docs/api` to the catalogue.
//!
//! `UPDATE_PAGE=1 cargo test -p holdline-device --test page` writes `docs/api` anew.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod pages;

use holdline_device::catalogue::{self, Generation, Kind, Table};
use holdline_device::{Device, Instant, Output, Power, Project, Sharing, Vm};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Prints, with its type, every name that a script finds, and each of `WANTED`.
const LIST: &str = r#"
PROJECT, VERSION = "PAGE", "1.0.0"
for _, name in ipairs(LIBRARIES) do require(name) end

local function show(path, value)
    if type(value) ~= "table" then return print(path, type(value)) end
    for key, inner in pairs(value) do
        if not tostring(key):find("^_") then show(path .. "." .. key, inner) end
    end
end

local loaded = {}
for name, value in pairs(package.loaded) do loaded[name] = value end
loaded._G, loaded.package = nil, nil
for name, value in pairs(loaded) do show(name, value) end
for name, value in pairs(_G) do
    if type(value) ~= "table" then print(name, type(value)) end
end

sys.taskInit(function()
    local objects = OBJECTS
    for _, wanted in ipairs(WANTED) do
        local object, method = wanted:match("^(.*):(.*)$")
        local found = object and (objects[object] or {}) or _G
        for field in (method or wanted):gmatch("[^.]+") do found = found and found[field] end
        print(wanted, type(found))
    end
end)
"#;

/// How a script gets an object whose methods are in the catalogue.
const OBJECTS: &str = r#"{
    client = socket.tcp(), file = io.open("/page.txt", "w"), flow_md5 = crypto.flow_md5(),
    conversion = iconv.open("utf8", "gb2312"),
}"#;

/// What generation A calls inside itself, and no app hears of.
const INNER_MESSAGES: [&str; 3] = ["LINK_ASYNC_LOCAL_EVENT", "SYS_ADD_APP", "SYS_REMOVE_APP"];

/// Globals that scripts set and the library reads.
const SET_BY_SCRIPTS: [&str; 5] =
    ["COROUTINE_ERROR_RESTART", "LOG_LEVEL", "MODULE_TYPE", "PROJECT", "VERSION"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The text of each file of `name` and below with that extension.
fn texts(name: &str, extension: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder(name)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(self::texts(path.to_str().unwrap(), extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

/// What stands between `before` and `after`, wherever both do, if it is a word.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    let rests = text.split(before).skip(1);
    rests.filter_map(move |rest| rest.split_once(after).map(|(word, _)| word)).filter(|word| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The library files that scripts name, in order.
fn libraries() -> Vec<String> {
    let paths = fs::read_dir(folder("lua")).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.is_file());
    let mut names: Vec<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Every name in the catalogue with its kind.
fn catalogued() -> BTreeMap<String, &'static Kind> {
    let entries = catalogue::tables().iter().flat_map(|table| &table.entries);
    entries.flat_map(|entry| entry.names().map(|name| (name, &entry.kind))).collect()
}

/// Every name that a script finds, and each of `wanted`, with its Lua type.
fn found(wanted: &[&String]) -> BTreeMap<String, String> {
    let list = LIST
        .replace("LIBRARIES", &format!("{:?}", libraries()).replace('[', "{").replace(']', "}"))
        .replace("WANTED", &format!("{wanted:?}").replace('[', "{").replace(']', "}"))
        .replace("OBJECTS", OBJECTS);
    let project = Project::from_files([("main.lua", list)]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let mut names = BTreeMap::new();
    loop {
        let output = device.poll_output();
        if let Output::Print(line) = output {
            let line = String::from_utf8(line).unwrap();
            let (name, kind) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
            assert!(!name.starts_with('['), "{line}");
            names.insert(name.to_owned(), kind.to_owned());
        } else if let Output::Restarting(cause) = output {
            assert!(format!("{cause:?}").contains("sys.run"), "{cause:?}");
        } else if let Output::Idle(_) = output {
            return names;
        }
    }
}

#[test]
fn the_catalogue_has_what_scripts_find_and_nothing_else() {
    let catalogued = catalogued();
    let is_asked = |(name, kind): &(&String, &&Kind)| {
        !matches!(kind, Kind::Message(_)) && !SET_BY_SCRIPTS.contains(&name.as_str())
    };
    let wanted: Vec<_> = catalogued.iter().filter(is_asked).map(|(name, _)| name).collect();
    let found = found(&wanted);
    for (name, kind) in &found {
        let told = catalogued.get(name);
        let told = told.unwrap_or_else(|| panic!("`{name}` is not in crates/device/catalogue"));
        let is_called = matches!(told, Kind::Function(_) | Kind::Method(_));
        assert_ne!(
            kind, "nil",
            "`{name}` is in crates/device/catalogue, and scripts do not find it"
        );
        assert_eq!(kind == "function", is_called, "`{name}` is a {kind}");
    }
}

/// Methods cannot be listed from a script, so the sources tell.
#[test]
fn the_catalogue_has_every_method() {
    let catalogued = catalogued();
    let told: BTreeSet<_> = catalogued.keys().filter_map(|name| name.split_once(':')).collect();
    let told: BTreeSet<_> = told.into_iter().map(|(_, method)| method).collect();
    let mut count = 0;
    for text in texts("lua", "lua") {
        for name in between(&text, "function methods:", "(").filter(|name| !name.starts_with("on_"))
        {
            assert!(told.contains(name), "method `{name}` is not in crates/device/catalogue");
            count += 1;
        }
    }
    for text in texts("src/api", "rs") {
        let text = text.split_whitespace().collect::<String>();
        for name in ["add_method(\"", "add_method_mut(\"", "add_function(\""]
            .iter()
            .flat_map(|form| between(&text, form, "\""))
        {
            assert!(told.contains(name), "method `{name}` is not in crates/device/catalogue");
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

/// Some are sent by a function that is given their name, so that a message is there if its name is.
#[test]
fn the_catalogue_has_every_message_and_nothing_else() {
    let catalogued = catalogued();
    let library = texts("lua", "lua").concat();
    for (name, _) in catalogued.iter().filter(|(_, kind)| matches!(kind, Kind::Message(_))) {
        let is_sent = library.contains(&format!("\"{name}\""));
        assert!(is_sent, "message `{name}` is in crates/device/catalogue, and nothing sends it");
    }
    let sent = ["publish(\"", "dispatch(\"", "both(\""].iter();
    for name in sent.flat_map(|call| between(&library, call, "\"")) {
        let is_told = matches!(catalogued.get(name), Some(Kind::Message(_)));
        let is_told = is_told || INNER_MESSAGES.contains(&name);
        assert!(is_told, "message `{name}` is not in crates/device/catalogue/messages.txt");
    }
}

#[test]
fn the_pages_say_what_the_catalogue_says() {
    let folder = folder("../../docs/api");
    let pages = pages::all();
    let stale = |path: &Path| !pages.contains_key(path.file_name().unwrap().to_str().unwrap());
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let stale: Vec<_> = files.filter(|path| stale(path)).collect();
    if std::env::var_os("UPDATE_PAGE").is_some() {
        stale.iter().for_each(|path| fs::remove_file(path).unwrap());
        pages.iter().for_each(|(name, page)| fs::write(folder.join(name), page).unwrap());
        return;
    }
    assert!(stale.is_empty(), "{stale:?}: UPDATE_PAGE=1 removes what the catalogue has not");
    for (name, page) in pages {
        let kept = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(kept == page, "docs/api/{name} is behind: UPDATE_PAGE=1 writes it anew");
    }
}

/// The words in backticks.
fn words(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows of the two generations and of the core: what works, and what does not yet.
#[test]
fn the_readmes_table_agrees_with_the_catalogue() {
    let libraries = libraries();
    let is_library = |table: &Table| libraries.iter().any(|library| library == table.name);
    let rows: [fn(Generation) -> bool; 3] = [
        |of| matches!(of, Generation::A | Generation::Both),
        |of| matches!(of, Generation::B | Generation::Both),
        |of| of == Generation::Core,
    ];
    for file in ["README.md", "README.zh.md"] {
        let readme = fs::read_to_string(folder("../..").join(file)).unwrap();
        let lines = readme.lines().skip_while(|line| !line.contains("`sys` `socket`"));
        for (line, is_of) in lines.zip(rows) {
            let [works, not_yet] = [2, 3].map(|cell| words(line.split('|').nth(cell).unwrap()));
            let is_core = is_of(Generation::Core);
            for table in catalogue::tables().iter().filter(|table| is_library(table) != is_core) {
                let has = table.entries.iter().any(|entry| is_of(entry.generation));
                let (name, is_told) = (table.name, works.contains(table.name));
                let is_no_table = ["client", "messages", "globals", "string"].contains(&name);
                assert!(!has || is_told || is_no_table, "{file} has no `{name}` in: {line}");
                assert!(!has || !not_yet.contains(name), "{file}: `{name}` works, see: {line}");
            }
            for name in works {
                let is_found = catalogue::tables().iter().any(|table| table.name == name);
                let is_found = is_found || libraries.iter().any(|library| library == name);
                assert!(is_found, "{file} says that `{name}` works: {line}");
            }
        }
    }
}
