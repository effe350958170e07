//! `docs/api/README.md` lists what scripts can call; this holds it to what is there.
//!
//! `UPDATE_PAGE=1 cargo test -p holdline-device --test page` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{Device, Instant, Output, Power, Project, Sharing, Vm};
use std::collections::BTreeMap;
use std::path::Path;

/// Prints every name of every table, and every method of a client object.
const LIST: &str = r#"
PROJECT, VERSION = "PAGE", "1.0.0"
local tables = { "sys", "socket", "link", "net", "sim", "misc", "nvm", "log", "utils", "patch", "pm", "pins", "netLed", "led", "wdt", "ril",
    "rtos", "socketcore", "uart", "io", "os", "pio", "pmd", "cpu", "bit", "pack", "json", "crypto", "string", "table", "math",
    "coroutine", "debug", "package" }
for _, name in ipairs(tables) do
    local found = _G[name] or require(name)
    for key, value in pairs(type(found) == "table" and found or {}) do
        if type(value) == "function" and not tostring(key):find("^_") then print(name, key) end
    end
end
for key in pairs(pio.pin) do print("pio.pin", key) end
-- A client's methods are behind a protected metatable, so they are asked for by name.
local methods = { "connect", "send", "recv", "asyncSend", "asyncRecv", "asyncSelect", "getAsyncSend", "close",
    "setRcvProc" }
sys.taskInit(function()
    local client = socket.tcp()
    for _, key in ipairs(methods) do
        assert(type(client[key]) == "function", key)
        print("client", key)
    end
end)
for key, value in pairs(_G) do
    if type(value) == "function" then print("global", key) end
end
"#;

fn names() -> BTreeMap<String, Vec<String>> {
    let project = Project::from_files([("main.lua", LIST)]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    loop {
        match device.poll_output() {
            Output::Print(line) => {
                let line = String::from_utf8(line).unwrap();
                assert!(!line.starts_with('['), "{line}");
                let (table, name) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
                names.entry(table.to_owned()).or_default().push(name.to_owned());
            }
            Output::Restarting(cause) => {
                assert!(format!("{cause:?}").contains("sys.run"), "{cause:?}");
            }
            Output::Idle(_) => return names,
            Output::Modem(_) | Output::Notice(_) | Output::PoweredOff => {}
        }
    }
}

fn page() -> String {
    let mut page = String::from(
        "# What scripts can call\n\n\
         Made from the tables themselves by `crates/device/tests/page.rs`. A name that a module has and this page has not \
         raises an\nerror that says so. What each call does is what the module does; `docs/quirks.md` lists the differences.\n\n\
         本页列出脚本可以调用的名字，由测试根据实际的表生成。模块上有而此处没有的名字，调用时会明确报错。\n",
    );
    for (table, mut names) in names() {
        names.sort();
        names.dedup();
        let title = match table.as_str() {
            "client" => "The object that `socket.tcp()` and `socket.udp()` return".to_owned(),
            "global" => "Globals".to_owned(),
            _ => format!("`{table}`"),
        };
        page.push_str(&format!("\n## {title}\n\n`{}`\n", names.join("` `")));
    }
    page
}

#[test]
fn the_page_lists_what_scripts_can_call() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/README.md");
    let page = page();
    if std::env::var_os("UPDATE_PAGE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page, "docs/api/README.md is behind: UPDATE_PAGE=1 writes it anew");
}
