//! Virtual days a second of the first tutorial, against a plain simulation of the same traffic.

use crate::{cpu, report};
use anyhow::{Result, ensure};
use holdline_device::Project;
use holdline_sim::{Keep, Sim};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

const RUNS: usize = 3;
const DAYS: u64 = 30;

/// Lines that a device and its world say for each report; the plain program says as many.
const LINES_PER_REPORT: u64 = 8;

/// A month with one device. The plain program takes the same reports from a heap of timers, and
/// writes and hashes as many lines.
pub(crate) fn run() -> Result<()> {
    let pairs = (0..RUNS).map(|_| Ok((plain()?, ours()?))).collect::<Result<Vec<_>>>()?;
    report::row("first tutorial, one device", "virtual days/s", &pairs, "30 days/s");
    Ok(())
}

fn ours() -> Result<f64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/long-connection");
    let mut sim = Sim::new(1);
    sim.keep(Keep::Hash);
    sim.server(9999).off_the_record();
    sim.device(Project::load(&folder)?)?;
    let taken_s = cpu::taken(|| sim.run_for(Duration::from_secs(DAYS * 86_400)))?;
    let reports = sim.server(9999).peer().tally().received.messages;
    ensure!(reports > DAYS * 86_400 / 10, "only {reports} reports came in a month");
    Ok(DAYS as f64 / taken_s)
}

fn plain() -> Result<f64> {
    Ok(DAYS as f64 / cpu::taken(|| plain_reports(1, DAYS * 86_400))?)
}

/// Takes the reports of so many devices in so many seconds.
pub(crate) fn plain_reports(devices: u64, seconds: u64) {
    let each = (0..devices).flat_map(|_| [Reverse((0, 10)), Reverse((0, 20))]);
    let mut timers = each.collect::<BinaryHeap<_>>();
    let (mut hash, mut line) = (0xcbf2_9ce4_8422_2325, String::new());
    while let Some(Reverse((now, period))) = timers.pop().filter(|timer| timer.0.0 < seconds) {
        for said in 0..LINES_PER_REPORT {
            line.clear();
            let _ = write!(line, "{:02}:{:02}:{:02} {said}", now / 3600, now / 60 % 60, now % 60);
            hash = line.bytes().fold(hash, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        }
        timers.push(Reverse((now + period, period)));
    }
    std::hint::black_box(hash);
}
