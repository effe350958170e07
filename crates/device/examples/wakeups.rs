//! How many `sys.publish` -> `sys.waitUntil` wake-ups one core does in a second.
//!
//! Two tasks wake each other by messages, so that each wake-up is one publish, one delivery and one
//! new wait. Run with `--release`.
#![expect(clippy::print_stdout, reason = "a program")]
#![expect(clippy::disallowed_types, reason = "a measurement needs the real clock")]

use holdline_device::{Device, Instant, Output, Power, Project, Sharing, Vm};
use std::error::Error;
use std::rc::Rc;

const WAKE_UPS: u32 = 4_000_000;

const MAIN: &str = r#"
PROJECT, VERSION, LOG_LEVEL = "wakeups", "1.0.0", 4
require "sys"
local function player(mine, other)
    for _ = 1, WAKE_UPS / 2 do
        sys.waitUntil(mine)
        sys.publish(other)
    end
    print("done")
end
sys.taskInit(player, "PING", "PONG")
sys.taskInit(player, "PONG", "PING")
sys.publish("PING")
sys.init(0, 0)
sys.run()
"#;

fn main() -> Result<(), Box<dyn Error>> {
    for sharing in [Sharing::Alone, Sharing::Shared] {
        let main = format!("WAKE_UPS = {WAKE_UPS} {MAIN}");
        let project = Rc::new(Project::from_files([("main.lua", main.as_str())]));
        let vm = Vm::new(project, sharing)?;
        let started = std::time::Instant::now();
        let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(device.poll_output(), Output::Print(b"done".to_vec()), "it ran to its end");
        println!("{sharing:?}: {:.2} million wake-ups/s", f64::from(WAKE_UPS) / seconds / 1e6);
    }
    Ok(())
}
