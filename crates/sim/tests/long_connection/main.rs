//! The first tutorial, `examples/long-connection`: what it promises, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod calm;
mod network;
mod server;

use expect_test::Expect;
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::What;
use holdline_sim::Sim;
use std::path::Path;

fn tutorial() -> Sim {
    tutorial_with(|main| main)
}

/// The tutorial with its main file changed.
fn tutorial_with(change: impl FnOnce(String) -> String) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/long-connection");
    let project = Project::load(&folder).unwrap();
    let file = |name| String::from_utf8(project.file(name).unwrap().to_vec()).unwrap();
    let main = change(file("main.lua"));
    let project = Project::from_files([("main.lua", main), ("test.lua", file("test.lua"))]);
    let mut sim = Sim::new(1);
    sim.device(project).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// The lines of the first `seconds` with one of `words` in them, or all, from 1 s on.
fn check(mut sim: Sim, seconds: u64, words: &[&str], expect: Expect) {
    sim.run_until(at(seconds));
    let wanted = |line: &&str| words.is_empty() || words.iter().any(|word| line.contains(word));
    let lines = sim.trace().lines().filter(|line| *line >= "00:00:01.000").filter(wanted);
    expect.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

/// What the server heard, and when.
fn said_to_server(sim: &mut Sim) -> String {
    let record = sim.server(9999).peer().record();
    let heard = record.iter().filter_map(|entry| {
        if let What::Received(bytes) = &entry.what { Some((entry.at, bytes)) } else { None }
    });
    heard
        .map(|(at, bytes)| format!("{:6.3}  {}\n", at.as_secs_f64(), bytes.escape_ascii()))
        .collect()
}
