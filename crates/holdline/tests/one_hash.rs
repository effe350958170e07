//! One seed, one hash: in each process, whatever its environment and its addresses.

mod rig;

use expect_test::expect;
use rig::{Project, holdline};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Holds a line with a heartbeat, and prints in an order that a hash table gives and numbers that
/// are drawn: all that could differ from process to process.
const SCRIPT: &str = r#"
PROJECT, VERSION = "SAME", "1.0.0"
require "sys"
require "socket"
math.randomseed(os.time())
local held = {}
for i = 1, 9 do held[{}], held["key" .. i], held[function() end] = i, i, -i end
sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local line = socket.tcp()
        if line:connect("same.example", 9999) then
            local order = {}
            for _, number in pairs(held) do table.insert(order, number) end
            print(table.concat(order, " "), math.random(1000000), os.time())
            while line:send("beat " .. math.random(1000) .. "\r\n") do sys.wait(10000) end
        end
        line:close()
        sys.wait(math.random(3000))
    end
end)
sys.init(0, 0)
sys.run()
"#;

const TEST: &str = r#"
test("comes back", { seed = 7 }, function(world)
    local server, device = world:server("same.example", 9999), world:boot()
    world:fault("at 2m server down for 1m")
    world:fault("at 5m reset")
    world:fault("at 8m power cut")
    world:run_until("12m")
    expect(server:received("beat")):at_least(40)
    expect(device:restarts()):exactly(1)
end)
"#;

/// Processes that are started, some at a time.
const PROCESSES: usize = 100;
const AT_A_TIME: usize = 10;

/// An environment moves the stack, and threads and the loader move all else.
fn start(project: &Project, number: usize) -> Command {
    let mut command = holdline(&["test"]);
    command.arg(project.path()).env("HOLDLINE_NOTHING", "x".repeat(number * 37));
    command
}

/// The last line of `holdline test` is the counts and the hash over all traces. A change of the script
/// library or of the world changes it, and `UPDATE_EXPECT=1` writes it anew; builds and machines of
/// 64 bits do not.
#[test]
fn a_hundred_processes_have_one_hash() {
    let project = Project::main(SCRIPT);
    fs::create_dir(project.path().join("tests")).unwrap();
    fs::write(project.path().join("tests/same.lua"), TEST).unwrap();
    let mut last_lines = BTreeSet::new();
    for first in (0..PROCESSES).step_by(AT_A_TIME) {
        let running = (first..first + AT_A_TIME).map(|number| {
            start(&project, number).stdout(std::process::Stdio::piped()).spawn().unwrap()
        });
        for child in running.collect::<Vec<_>>() {
            let output = child.wait_with_output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{text}");
            last_lines.insert(text.lines().last().unwrap().to_owned());
        }
    }
    let found = last_lines.into_iter().collect::<Vec<_>>().join("\n");
    expect!["passed: 1, failed: 0, in error: 0   hash 55ebbdf6993a7f2f"].assert_eq(&found);
}
