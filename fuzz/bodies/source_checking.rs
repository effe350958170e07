//! Random sources as the files of a project that is checked: findings at worst, never a panic, and
//! never one outside of its file.
//!
//! The first byte says how the rest is read: as the bytes of a file, as a word of Lua per byte, or
//! as a place of a sound source that is replaced by a word.

use crate::check::{Scope, check};
use holdline_device::Project;

#[rustfmt::skip]
const WORDS: [&str; 64] = [
    "local ", "function ", "end ", "if ", "then ", "else ", "elseif ", "for ", "in ", "do ",
    "while ", "repeat ", "until ", "return ", "break ", "goto ", "not ", "and ", "or ", "nil ",
    "x ", "y ", "= ", "== ", "~= ", "!= ", "( ", ") ", "{ ", "} ", "[ ", "] ", ", ", "; ", ". ",
    ": ", ".. ", "... ", "- ", "# ", "// ", "& ", "::", "'a' ", "\"", "[[", "]]", "--[[", "--",
    "0x1F ", "1e", "\n", "\\x41", "（", "“", "变", "module(...) ", "require 'other' ", "_G ",
    "sys.wait(1) ", "sys.taskInit ", "pcall ", "socket.tcp() ", "setfenv ",
];

const SOUND: &str = "module(..., package.seeall)\nrequire 'socket'\nlocal n, t = 0, { a = 1, [2] = 'b' }\n\
    local function go(...) n = n + select('#', ...) if n > 3 then return -n end end\n\
    sys.taskInit(function() local c = socket.tcp() while c:connect('h', 1) do\n\
    for i = 1, 3 do c:send('x' .. i) end repeat local ok = c:recv(5, 'M') until not ok\n\
    sys.publish('M', go(t)) end c:close() end)\n";

pub(crate) fn run(bytes: &[u8]) {
    let Some((form, rest)) = bytes.split_first() else { return };
    match form % 3 {
        0 => of(rest),
        1 => of(rest.iter().map(|&byte| word(byte)).collect::<String>().as_bytes()),
        _ => of(replaced(rest).as_bytes()),
    }
}

fn word(byte: u8) -> &'static str {
    WORDS[usize::from(byte) % WORDS.len()]
}

/// `SOUND` with words in the place of some of its characters, two bytes for each.
fn replaced(bytes: &[u8]) -> String {
    let mut text = SOUND.to_owned();
    for pair in bytes.chunks_exact(2) {
        let at = usize::from(pair[0]) * text.len() / 256;
        if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
            text.replace_range(at..=at, word(pair[1]));
        }
    }
    text
}

/// Checks `source` as the main file, and as a file that requires and is required.
fn of(source: &[u8]) {
    let main: &[u8] =
        b"PROJECT, VERSION = 'F', '1' require 'sys' require 'other' other.go() sys.init(0, 0) sys.run()";
    for files in [&[("main.lua", source)][..], &[("main.lua", main), ("other.lua", source)]] {
        let project = Project::from_files(files.iter().copied());
        let report = check(project, Scope::Folder).expect("there is room for a thread");
        for finding in &report.findings {
            let found = files.iter().find(|(name, _)| *name == finding.file);
            let (_, bytes) = found.expect("a finding is about a file");
            assert!(finding.at.line as usize <= bytes.len() + 1, "{finding:?}");
            assert!(finding.at.column as usize <= bytes.len() + 1, "{finding:?}");
        }
    }
}
