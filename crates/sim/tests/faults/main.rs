//! Every fault that there is a word for, as a script and its server meet it.
//!
//! One file a family. Each scenario is a world, the fault in users' words, and all that crosses the
//! device's door from there on.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod board;
mod card;
mod ledger;
mod line;
mod names;
mod radio;
mod schedule;
mod server;
mod words;

use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use holdline_sim::{DeviceId, Sim};

/// A client of generation B that says `beat` every ten seconds, and begins anew where that fails.
const TASK: &str = r#"
    PROJECT, VERSION = "TASK", "1.0.0"
    require "sys"
    require "net"
    require "sim"
    require "socket"
    sys.taskInit(function()
        while true do
            if not socket.isReady() then sys.waitUntil("IP_READY_IND", 300000) end
            local client = socket.HOW()
            if client:connect("server.example", "9999") then
                while client:send("beat") do
                    local ok, data = client:recv(10000)
                    if ok then print("heard " .. data) elseif data ~= "timeout" then break end
                end
            end
            client:close()
            sys.wait(5000)
        end
    end)
    --[[more]]
    sys.init(0, 0)
    sys.run()
"#;

/// The same of generation A, by callbacks.
const CALLBACKS: &str = r#"
    MODULE_TYPE, PROJECT, VERSION = "Air202", "CALLBACKS", "1.0.0"
    require "sys"
    require "net"
    require "sim"
    require "socket"
    local function connect() socket.connect(1, "TCP", "server.example", "9999", told, heard) end
    local function beat() socket.send(1, "beat") end
    function told(_, event, result)
        print("told " .. event .. " " .. tostring(result))
        if event == "CONNECT" and result then
            sys.timer_loop_start(beat, 10000)
            beat()
        elseif event ~= "SEND" then
            sys.timer_stop(beat)
            sys.timer_start(connect, 5000)
        end
    end
    function heard(_, data) print("heard " .. data) end
    connect()
    --[[more]]
    sys.init(0, 0)
    sys.run()
"#;

/// A world with one device that runs `source`, and a server where it calls.
fn world(source: &str) -> Sim {
    let mut sim = Sim::new(1);
    let source = source.replace("HOW", "tcp");
    sim.device(Project::from_files([("main.lua", source)])).unwrap();
    sim.server(9999);
    sim
}

/// The fault of these words, told to the first device or to whatever server there is.
fn inject(sim: &mut Sim, words: &str) {
    sim.inject(&Fault::parse(words).unwrap(), None);
}

/// A world of generation B with a fault.
fn struck(words: &str) -> Sim {
    let mut sim = world(TASK);
    inject(&mut sim, words);
    sim
}

/// What crosses the door between two times, in seconds.
fn story(sim: &mut Sim, from: u64, to: u64) -> String {
    sim.run_until(at(to));
    let from = at(from).to_string();
    sim.trace().lines().filter(|line| **line >= *from).map(|line| format!("{line}\n")).collect()
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// How often the server has heard the device since `from`, in seconds.
fn beats_since(sim: &mut Sim, from: u64) -> usize {
    use holdline_peer::What;
    let record = sim.server(9999).peer().record();
    let is_late = |entry: &&holdline_peer::Entry| entry.at.as_secs() >= from;
    record.iter().filter(is_late).filter(|entry| matches!(entry.what, What::Received(_))).count()
}

/// The world's only device.
const ONLY: DeviceId = DeviceId(0);
