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

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => all(),
        ["plain", rest @ ..] => plain::run(rest),
        ["echo"] => line::echo(),
        ["bulk"] => line::bulk(),
        ["wake"] => wake::run(),
        ["start"] => start::run(),
        ["memory"] => memory::run(),
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

fn all() -> Result<()> {
    report::heading();
    line::echo()?;
    line::bulk()?;
    wake::run()?;
    start::run()?;
    memory::run()?;
    virtual_time::run()?;
    fleet::run()?;
    lab::messages()?;
    lab::idle()
}
