//! Against Lua's own functions: the same answers and the same words for what makes no sense.

use crate::{Device, Instant, Output, Power, Project, Sharing, Vm};
use mlua::Lua;

/// Calls with random patterns of a few characters that mean something, and random subjects. What is
/// said of each is compared; positions of errors differ.
const CASES: &str = r##"
local seed = SEED
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return math.floor(seed / 65536) % n + 1
end
local atoms = { "a", "b", "ab", ".", "%a", "%d", "%s", "%w", "%A", "%p", "%x", "%u", "%z", "[ab]", "[^a]", "[a-c]", "[%d_]",
    "[]]", "[^]x]", "[a-]", "[%]]", "%b()", "%f[%w]", "%f[^a]", "%1", "%2", "%.", "%%", "$", "^", "(", ")", "(a)", "(.-)", "()",
    "(%w*)", "x", " ", "1", "-", "[a-%d]", "[%a-z]", "%" , "[", "]", "\0", "%g", "%B", "((a)b)", "[^%s]", "%0" }
local marks = { "", "", "", "*", "+", "-", "?" }
local letters = { "a", "b", "c", "A", "1", "2", " ", "(", ")", "x", "_", ".", "%", "\0", "\n", "]", "ab", "aa", "\255" }
local function pattern()
    local s = random(8) == 1 and "^" or ""
    for _ = 1, random(5) do s = s .. atoms[random(#atoms)] .. marks[random(#marks)] end
    return random(8) == 1 and s .. "$" or s
end
local function subject()
    local s = ""
    for _ = 1, random(12) - 1 do s = s .. letters[random(#letters)] end
    return s
end
local replacements = { "", "<%0>", "%1", "%2%1", "%%", "%", "x%", "%a", 7,
    function(a, b) if a ~= "a" then return (a or "") .. "|" .. (b or "") end end,
    function() return false end, function() return {} end, { a = "A", b = 1, ab = false, ["1"] = {} } }
local function shown(...)
    local words = { ... }
    for i = 1, select("#", ...) do words[i] = string.format("%q", tostring(words[i]):gsub("0x%x+", "")) end
    return select("#", ...) .. ":" .. table.concat(words, ",")
end
local function tried(f, ...)
    local ok, words = pcall(function(...) return shown(f(...)) end, ...)
    if ok then return words end
    return "error " .. tostring(words):gsub("\n.*", ""):gsub("^.-:%d+: ", ""):gsub("table: 0x%x+", "table")
        :gsub("argument (#%d) to '.-'", "argument %1"):gsub("no value", "nil")
end
local function all(s, p)
    local found = {}
    for a, b in s:gmatch(p) do
        found[#found + 1] = shown(a, b)
        if #found > 30 then break end
    end
    return table.concat(found, ";")
end
for i = 1, COUNT do
    local s, p, init = subject(), pattern(), random(20) - 10
    local with = replacements[random(#replacements)]
    local max = random(3) == 1 and random(4) - 2 or nil
    print(("%q %q"):format(s, p), "find " .. tried(string.find, s, p, init), "plain " .. tried(string.find, s, p, init, true),
        "match " .. tried(string.match, s, p, init), "all " .. tried(all, s, p),
        "gsub " .. tried(string.gsub, s, p, with, max))
end
for _, call in ipairs({ "find", "match", "gsub", "gmatch", "rep" }) do
    local f = string[call]
    local argument = call == "rep" and 2 or "2"
    print(call, tried(f, "x2", argument, "1"), tried(f, 121, argument, 1), tried(f, "x", argument, 1.7))
    for _, wrong in ipairs({ false, print, {} }) do
        print(tried(f), tried(f, "x"), tried(f, wrong, "x"), tried(f, "x", wrong), tried(f, "x", argument, wrong),
            tried(f, "x", argument, "", wrong))
    end
end
print(shown(("ab"):rep(3)), shown(("ab"):rep(-1)), shown((""):rep(1e9)), shown(("x"):rep("2")), shown(("x"):rep(1.9)))
"##;

fn ours(source: &str) -> Vec<String> {
    let project = Project::from_files([("main.lua", source)]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let mut printed = Vec::new();
    while let Output::Print(line) = device.poll_output() {
        printed.push(String::from_utf8_lossy(&line).into_owned());
    }
    printed
}

fn theirs(source: &str) -> Vec<String> {
    let lua = Lua::new();
    let printed = lua.create_table().unwrap();
    lua.globals().set("printed", &printed).unwrap();
    let print =
        "function print(...) local t = { ... } printed[#printed + 1] = table.concat(t, '\\t') end ";
    lua.load(format!("{print}{source}")).exec().unwrap();
    let lines = printed.sequence_values::<mlua::LuaString>();
    lines.map(|line| line.unwrap().to_string_lossy()).collect()
}

#[test]
fn patterns_do_what_they_do_in_lua() {
    for seed in 1..=8 {
        let source = CASES.replace("SEED", &seed.to_string()).replace("COUNT", "1500");
        let (ours, theirs) = (ours(&source), theirs(&source));
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours.len(), theirs.len());
    }
}

#[test]
fn a_search_without_an_end_is_told_from_one_that_takes_its_time() {
    let long = "a".repeat(100_000);
    for pattern in ["a", "a-b", "^a*b", "(a)(a)", "%bab", "a[", ""] {
        assert!(super::is_found_within(&long.as_bytes()[..1000], pattern.as_bytes(), 10_000_000));
    }
    assert!(super::is_found_within(long.as_bytes(), b"a*", 10_000_000));
    assert!(!super::is_found_within(long.as_bytes(), b".-.-.-b", 10_000_000));
    // The first match is found at once, the second never.
    let hidden = format!("b{long}");
    assert!(!super::is_found_within(hidden.as_bytes(), b".-.-.-b", 10_000_000));
}
