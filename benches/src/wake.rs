//! `sys.publish` to `sys.waitUntil`: wake-ups a second, against bare coroutines.

use crate::report;
use anyhow::{Result, anyhow, ensure};
use holdline_device::{Device, Instant, Output, Power, Project, Sharing, Vm};

use mlua::Lua;
use std::time::Instant as Clock;

const RUNS: usize = 5;
const WAKES: u64 = 2_000_000;

const SCRIPT: &str = r#"
PROJECT, VERSION = "BENCH", "1.0.0"
require "sys"
sys.taskInit(function()
    for i = 1, COUNT do sys.waitUntil("PING") sys.publish("PONG", i) end
end)
sys.taskInit(function()
    for i = 1, COUNT do sys.publish("PING", i) sys.waitUntil("PONG") end
    print("done")
end)
sys.run()
"#;

const PLAIN: &str = r#"
local resume, yield = coroutine.resume, coroutine.yield
local co = coroutine.create(function() while true do yield() end end)
for i = 1, COUNT do resume(co, i) end
"#;

/// Two tasks wake each other in turn; the plain program resumes one coroutine as often.
pub(crate) fn run() -> Result<()> {
    let pairs = (0..RUNS).map(|_| Ok((plain()?, ours()?))).collect::<Result<Vec<_>>>()?;
    report::row("publish -> waitUntil", "million wake-ups/s", &pairs, "4 million/s");
    Ok(())
}

fn plain() -> Result<f64> {
    let lua = Lua::new();
    let start = Clock::now();
    let run = lua.load(PLAIN.replace("COUNT", &WAKES.to_string())).exec();
    run.map_err(|error| anyhow!("{error}"))?;
    Ok(millions(start))
}

fn ours() -> Result<f64> {
    let script = SCRIPT.replace("COUNT", &(WAKES / 2).to_string());
    let vm = Vm::new(Project::from_files([("main.lua", script)]).into(), Sharing::Alone)?;
    let start = Clock::now();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let rate = millions(start);
    let said = device.poll_output();
    ensure!(said == Output::Print(b"done".to_vec()), "the script said {said:?}");
    Ok(rate)
}

fn millions(start: Clock) -> f64 {
    WAKES as f64 / 1e6 / start.elapsed().as_secs_f64()
}
