//! Random sources as a main script and as a module of it: a script error at worst, never a panic.
//!
//! The first byte says how the rest is read: as the source itself, or as a word of Lua per byte,
//! which comes much further. No loop is among the words, nor a tail call (`return 1,`), for nothing
//! ends a script that never waits; where an input does loop, `-timeout` of libFuzzer tells.

use holdline_device::{Device, Input, Instant, Output, Power, Project, Sharing, Vm};

#[rustfmt::skip]
const WORDS: [&str; 40] = [
    "local ", "function ", "end ", "if ", "then ", "else ", "nil ", "true ", "x ", "= ", "( ",
    ") ", "{ ", "} ", "[ ", "] ", ", ", "; ", ". ", ": ", "'a' ", "1 ", "- ", "# ",
    "sys.publish ", "sys.taskInit ", "sys.wait ", "sys.subscribe ", "module(...) ", "require ",
    "'sys' ", "error ", "print ", "setmetatable ", "string.rep ", "_G ", "... ",
    "socketcore.sock_conn ", "rtos.restart ", "return 1, ",
];

/// Makes a source of `bytes`, loads it in every role of a project's file, and lets a second pass.
pub(crate) fn run(bytes: &[u8]) {
    let Some((form, rest)) = bytes.split_first() else { return };
    match form % 2 {
        0 => load_in_every_role(rest),
        _ => load_in_every_role(words(rest).as_bytes()),
    }
}

fn words(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| WORDS[usize::from(byte) % WORDS.len()]).collect()
}

fn load_in_every_role(source: &[u8]) {
    let main =
        b"PROJECT, VERSION = 'F', '1' require 'sys' require 'other' sys.init(0, 0) sys.run()";
    for sharing in [Sharing::Alone, Sharing::Shared] {
        load(sharing, &[("main.lua", source)]);
        load(sharing, &[("main.lua", main), ("other.lua", source)]);
    }
}

fn load(sharing: Sharing, files: &[(&str, &[u8])]) {
    let project = Project::from_files(files.iter().copied());
    let Ok(vm) = Vm::new(project.into(), sharing) else { return };
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let end = Instant::from_millis(1000);
    loop {
        let Output::Idle(deadline) = device.poll_output() else { continue };
        let Some(deadline) = deadline.filter(|&deadline| deadline <= end) else { return };
        device.handle_input(deadline, Input::Timeout);
    }
}
