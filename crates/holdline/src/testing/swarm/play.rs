//! A run with faults, written down at both ends as that of a test is.

use super::Teller;
use crate::testing::chronicle::{self, since_start};
use crate::testing::diary::Diary;
use crate::testing::story::{Actor, Case, Failure, Row, Story, Verdict};
use holdline_device::VmError;
use holdline_peer::fault::Fault;
use holdline_sim::Watch;
use holdline_sim::swarm::{After, Outcome, Swarm};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Who the device is in the story, after the world; servers follow.
const DEVICE: usize = 1;
const SERVERS: usize = 2;

/// How a run went, and as what a report shows it.
pub(super) struct Played {
    pub(super) outcome: Outcome,
    pub(super) case: Case,
}

/// Lets `faults` happen, once, and writes down what happened.
pub(super) fn play(
    teller: &Teller<'_>,
    swarm: &Swarm,
    seed: u64,
    faults: &[Fault],
) -> Result<Played, VmError> {
    let begun = Instant::now();
    let mut diary = Rc::new(RefCell::new(Diary::new(usize::MAX, teller.lang)));
    let after = swarm.run_before(seed, faults, || {
        diary = Rc::new(RefCell::new(Diary::new(usize::MAX, teller.lang)));
        Some(Rc::clone(&diary) as Rc<RefCell<dyn Watch>>)
    })?;
    let outcome = after.outcome.clone();
    let rows = diary.borrow_mut().take(|_| DEVICE);
    let words: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let case = Case {
        file: teller.ground.project.clone(),
        line: 0,
        name: teller.lang.seed_with(seed, &words),
        verdict: verdict(teller, seed, faults, &outcome),
        virtual_time: since_start(after.sim.now()),
        took: begun.elapsed(),
        seed,
        hash: outcome.hash,
        story: story(after, rows),
    };
    Ok(Played { outcome, case })
}

fn verdict(teller: &Teller<'_>, seed: u64, faults: &[Fault], outcome: &Outcome) -> Verdict {
    let Some(reason) = &outcome.reason else { return Verdict::Passed };
    Verdict::Failed(Failure {
        line: 0,
        words: teller.repeat(seed, faults),
        expected: String::new(),
        got: teller.lang.swarm_reason(reason),
        at: since_start(outcome.at),
        around: Vec::new(),
        hint: None,
    })
}

fn story(mut after: After, mut rows: Vec<Row>) -> Story {
    let mut actors = vec![Actor::World, Actor::Device(0)];
    for address in &after.servers {
        let server = after.sim.server_at(&address.host, address.port);
        rows.extend(chronicle::recorded(server, actors.len()));
        actors.push(Actor::Server { host: Some(address.host.clone()), port: address.port });
    }
    rows.sort_by_key(|row| row.at);
    let server = |port| {
        let place = after.servers.iter().position(|address| address.port == port);
        place.map(|place| SERVERS + place)
    };
    let faults = chronicle::faults(&after.sim, server, |_| DEVICE);
    let end: Duration = since_start(after.sim.now());
    chronicle::with_faults(Story { actors, rows, end }, faults)
}
