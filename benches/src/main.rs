//! Holdline against the plainest program doing the same work, as ratios taken in one run.
//!
//! A machine's speed drifts; a ratio holds. Each subject runs the plain program and Holdline in
//! turn, several times, and prints the median of each and of their ratios beside the goal.
//!
//! Run it with `just bench`: it starts `target/release/holdline`, which must be built.
#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

mod cpu;
mod fleet;
mod lab;
mod line;
mod memory;
mod plain;
mod report;
mod sink;
mod start;
mod virtual_time;
mod wake;

use anyhow::{Result, bail};
use std::path::Path;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["plain", rest @ ..] = words.as_slice() {
        return plain::run(rest);
    }
    // A project is all that is in its folder, so each run has one to itself.
    let scratch = tempfile::tempdir()?;
    let scratch = scratch.path();
    match words.as_slice() {
        [] => all(scratch),
        ["echo"] => line::echo(scratch),
        ["bulk"] => line::bulk(scratch),
        ["wake"] => wake::run(),
        ["start"] => start::run(scratch),
        ["memory"] => memory::run(scratch),
        ["virtual"] => virtual_time::run(),
        ["fleet"] => fleet::run(),
        ["lab"] => lab::messages(),
        ["idle"] => lab::idle(),
        _ => {
            bail!(
                "expected one of: echo bulk wake start memory virtual fleet lab idle; or nothing, for all"
            )
        }
    }
}

fn all(scratch: &Path) -> Result<()> {
    report::heading();
    line::echo(scratch)?;
    line::bulk(scratch)?;
    wake::run()?;
    start::run(scratch)?;
    memory::run(scratch)?;
    virtual_time::run()?;
    fleet::run()?;
    lab::messages()?;
    lab::idle()
}
