//! What an echo round trip costs a device: `send`, its confirmation, and `recv`, without a network.
//!
//! Run with `--release`. The time covers all between the doors: Lua, the modem and the main loop.
#![expect(clippy::print_stdout, reason = "a program")]
#![expect(clippy::disallowed_types, reason = "a measurement needs the real clock")]

use holdline_device::{Device, Input, Instant, Output, Power, Project, Sharing, Vm};
use holdline_modem::Output as Order;
use std::error::Error;
use std::rc::Rc;

const ROUND_TRIPS: u32 = 1_000_000;

const MAIN: &str = r#"
PROJECT, VERSION = "echo", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(100) end
    local c = socket.tcp()
    assert(c:connect("echo", 1))
    while true do
        assert(c:send("0123456789") and c:recv(10000, "MESSAGE"))
    end
end)
sys.init(0, 0)
sys.run()
"#;

fn main() -> Result<(), Box<dyn Error>> {
    for (level, words) in [(3, "log at info"), (4, "log at warn")] {
        let main = format!("LOG_LEVEL = {level} {MAIN}");
        let project = Rc::new(Project::from_files([("main.lua", main.as_str())]));
        let vm = Vm::new(project, Sharing::Shared)?;
        let started = std::time::Instant::now();
        run(&mut Device::power_on(Instant::ZERO, &vm, Power::default()));
        let nanos = started.elapsed().as_nanos() / u128::from(ROUND_TRIPS);
        println!("{words}: {nanos} ns a round trip");
    }
    Ok(())
}

/// Answers each order at once, until enough was echoed.
fn run(device: &mut Device) {
    let (mut now, mut echoed, mut facts) = (Instant::ZERO, 0, Vec::new());
    while echoed < ROUND_TRIPS {
        match device.poll_output() {
            Output::Modem(Order::Connect { line, .. }) => facts.push(Input::Connected { line }),
            Output::Modem(Order::Send { line, bytes, .. }) => {
                facts.extend([Input::Sent { line }, Input::Received { line, bytes }]);
                echoed += 1;
            }
            Output::Idle(deadline) if facts.is_empty() => {
                now = deadline.unwrap_or(now);
                device.handle_input(now, Input::Timeout);
            }
            Output::Idle(_) => device.handle_input(now, facts.remove(0)),
            Output::Modem(_) | Output::Print(_) | Output::Notice(_) => {}
            Output::Restarting(_) | Output::PoweredOff => return,
        }
    }
}
