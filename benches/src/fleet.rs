//! How much faster than real time a world of a thousand devices goes, in one Lua state on one core,
//! against a plain simulation of the same traffic.

use crate::{cpu, report, virtual_time};
use anyhow::{Result, ensure};
use holdline_device::{Power, Project, Sharing, Vm};
use holdline_sim::{Keep, Sim};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

const RUNS: usize = 3;
const DEVICES: u64 = 1000;

/// Virtual time that is measured, once all are connected.
const SPAN: Duration = Duration::from_secs(30 * 60);

/// Virtual time until all are connected.
const START: Duration = Duration::from_secs(60);

/// Half an hour of a thousand devices with the first tutorial, each on its own.
pub(crate) fn run() -> Result<()> {
    let pairs = (0..RUNS).map(|_| Ok((plain()?, ours()?))).collect::<Result<Vec<_>>>()?;
    report::row("first tutorial, 1,000 devices", "times real time", &pairs, "1,000");
    Ok(())
}

fn ours() -> Result<f64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/long-connection");
    let vm = Vm::new(Rc::new(Project::load(&folder)?), Sharing::Shared)?;
    let mut sim = Sim::new(1);
    sim.keep(Keep::Hash);
    sim.server(9999).off_the_record();
    for _ in 0..DEVICES {
        sim.device_in(&vm, Power::default());
    }
    sim.run_for(START);
    let before = sim.server(9999).peer().tally().received.messages;
    let taken_s = cpu::taken(|| sim.run_for(SPAN))?;
    let reports = sim.server(9999).peer().tally().received.messages - before;
    ensure!(reports > DEVICES * (SPAN.as_secs() / 7), "only {reports} reports came");
    Ok(SPAN.as_secs_f64() / taken_s)
}

fn plain() -> Result<f64> {
    let taken_s = cpu::taken(|| virtual_time::plain_reports(DEVICES, SPAN.as_secs()))?;
    Ok(SPAN.as_secs_f64() / taken_s)
}
