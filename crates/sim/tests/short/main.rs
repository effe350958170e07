//! Short connections of both generations, with and without flight mode in between, and the interrupted
//! `recv`: what the example programs promise, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod callbacks;
mod callbacks_flight;
mod interrupt;
mod tasks;
mod tasks_flight;

use expect_test::Expect;
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::What;
use holdline_sim::Sim;
use std::path::Path;

fn example(name: &str) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut sim = Sim::new(1);
    sim.device(Project::load(&folder).unwrap()).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// The lines of the first `seconds` with one of `words` in them.
fn check(mut sim: Sim, seconds: u64, words: &[&str], expect: Expect) {
    sim.run_until(at(seconds));
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    let lines = sim.trace().lines().filter(wanted);
    expect.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

/// What the server heard, one message after the other.
fn said_to_server(sim: &mut Sim) -> Vec<String> {
    let record = sim.server(9999).peer().record();
    let heard = record.iter().filter_map(|entry| {
        if let What::Received(bytes) = &entry.what {
            Some(String::from_utf8_lossy(bytes).trim_end().to_owned())
        } else {
            None
        }
    });
    heard.collect()
}
