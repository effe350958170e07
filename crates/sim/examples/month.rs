//! A month of the first tutorial with the server down an hour a day: how fast it goes, and its hash.
//!
//! `cargo run --release -p holdline-sim --example month [days] [hours down a day]`
#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]
#![expect(clippy::disallowed_types, reason = "it measures how long a run takes, from outside")]

use holdline_device::{Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_sim::{Keep, Sim};
use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use std::time::Instant as Clock;

const HOUR_MS: u64 = 3_600_000;

fn main() -> Result<(), Box<dyn Error>> {
    let days = std::env::args().nth(1).map_or(Ok(30), |days| days.parse::<u64>())?;
    let hours_down = std::env::args().nth(2).map_or(Ok(1), |hours| hours.parse::<u64>())?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/long-connection");
    let vm = Vm::new(Rc::new(Project::load(&folder)?), Sharing::Alone)?;
    let started = Clock::now();
    let mut sim = Sim::new(1);
    sim.keep(Keep::Hash);
    let server = sim.server(9999).off_the_record();
    for day in 0..days {
        let noon = (day * 24 + 12) * HOUR_MS;
        server.down(Instant::from_millis(noon)..Instant::from_millis(noon + hours_down * HOUR_MS));
    }
    sim.device_in(&vm, Power::default());
    sim.run_until(Instant::from_millis(days * 24 * HOUR_MS));
    let took = started.elapsed().as_secs_f64();
    let messages = sim.server(9999).peer().tally().received.messages;
    println!("days {days}  seconds {took:.3}  days per second {:.2}", days as f64 / took);
    println!("messages {messages}  hash {:016x}", sim.trace().hash());
    Ok(())
}
