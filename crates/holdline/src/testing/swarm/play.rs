//! A run with faults, written down at both ends as that of a test is.

use super::Teller;
use crate::report::Problem;
use crate::testing::chronicle::{self, since_start};
use crate::testing::diary::{Diary, ROWS_MAX};
use crate::testing::story::{Actor, Case, Failure, Row, Story, Verdict};
use holdline_peer::fault::Fault;
use holdline_sim::swarm::{After, Outcome, Swarm};
use holdline_sim::{DeviceId, Watch};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Who the device is in the story, after the world; servers follow.
const DEVICE: usize = 1;
const SERVERS: usize = 2;

/// How long a fault might last of which nobody has said it.
const SHORT: Duration = Duration::from_secs(90);

/// How a run went, and as what a report shows it.
pub(super) struct Played {
    pub(super) outcome: Outcome,
    pub(super) case: Case,
    /// Why it proves nothing, where it does not.
    pub(super) unfit: Option<Problem>,
}

impl Played {
    /// What may be behind its failure.
    pub(super) fn hint(&self) -> Option<&str> {
        let Verdict::Failed(failure) = &self.case.verdict else { return None };
        failure.hint.as_deref()
    }
}

/// Lets `faults` happen, once, and writes down what happened.
pub(super) fn play(
    teller: &Teller<'_>,
    swarm: &Swarm,
    seed: u64,
    faults: &[Fault],
) -> anyhow::Result<Played> {
    let begun = Instant::now();
    let mut diary = Rc::new(RefCell::new(Diary::new(usize::MAX, teller.lang)));
    let mut after = swarm.run_before(seed, faults, || {
        diary = Rc::new(RefCell::new(Diary::new(usize::MAX, teller.lang)));
        Some(Rc::clone(&diary) as Rc<RefCell<dyn Watch>>)
    })?;
    if diary.borrow().is_full() {
        return Err(teller.lang.too_much_happens(ROWS_MAX).into());
    }
    let outcome = after.outcome.clone();
    let hint = hint(teller, &mut after);
    let unfit = unfit(teller, &after, faults);
    let rows = diary.borrow_mut().take(|_| DEVICE);
    let words: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let case = Case {
        file: teller.ground.project.clone(),
        line: 0,
        name: teller.lang.seed_with(seed, &words),
        verdict: verdict(teller, seed, faults, &outcome, hint),
        virtual_time: since_start(after.sim.now()),
        took: begun.elapsed(),
        seed,
        hash: outcome.hash,
        story: story(after, rows),
    };
    Ok(Played { outcome, case, unfit })
}

/// A fault that still stands leaves nothing to be judged, and without one that never struck nothing is proven.
/// What ended the run before its time counts either way.
fn unfit(teller: &Teller<'_>, after: &After, faults: &[Fault]) -> Option<Problem> {
    let After { outcome, sim, .. } = after;
    if outcome.at < outcome.acts.end {
        return None;
    }
    if let Some(standing) = sim.faults().into_iter().find(|struck| struck.ended.is_none()) {
        let ending = Fault { lasts: Some(SHORT), ..standing.fault.clone() };
        return Some(teller.lang.fault_stands(&standing.fault.to_string(), &ending.to_string()));
    }
    let idle = chronicle::idle(sim, faults, |fault| fault).filter(|_| outcome.reason.is_none())?;
    Some(teller.lang.fault_never_struck(&idle.to_string(), since_start(outcome.at)))
}

/// What may be behind a failure: a script that has every socket in use can connect no more.
fn hint(teller: &Teller<'_>, after: &mut After) -> Option<String> {
    let modem = after.sim.device_mut(DeviceId(0)).modem();
    let (taken, all) = (modem.sockets_taken(), modem.profile().sockets_max);
    (taken >= usize::from(all)).then(|| teller.lang.sockets_are_used_up(taken))
}

fn verdict(
    teller: &Teller<'_>,
    seed: u64,
    faults: &[Fault],
    outcome: &Outcome,
    hint: Option<String>,
) -> Verdict {
    let Some(reason) = &outcome.reason else { return Verdict::Passed };
    Verdict::Failed(Failure {
        line: 0,
        words: teller.repeat(seed, faults),
        expected: String::new(),
        got: teller.lang.swarm_reason(reason),
        at: since_start(outcome.at),
        around: Vec::new(),
        hint,
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
