//! From the start of the process to the first line that a script prints.

use crate::line::binary;
use crate::report;
use anyhow::{Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

const RUNS: usize = 41;

/// A plain program prints a line; so does a script's first line.
pub(crate) fn run(scratch: &Path) -> Result<()> {
    let script = scratch.join("main.lua");
    fs::write(&script, "print('hello') rtos.poweroff()")?;
    let state = script.with_extension("state");
    let mut pairs = Vec::new();
    for _ in 0..RUNS {
        let mut plain = Command::new(env::current_exe()?);
        plain.args(["plain", "hello"]);
        let mut ours = Command::new(binary()?);
        ours.args(["run", "--quiet", "--state"]).arg(&state).arg(&script);
        pairs.push((first_line_ms(plain)?, first_line_ms(ours)?));
    }
    report::row("start to first line", "ms", &pairs, "3 ms");
    Ok(())
}

fn first_line_ms(mut command: Command) -> Result<f64> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let elapsed = start.elapsed();
    child.wait()?;
    ensure!(line.ends_with("hello\n"), "the first line was {line:?}");
    Ok(elapsed.as_secs_f64() * 1e3)
}
