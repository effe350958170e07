//! What a project does where nothing goes wrong.

use super::beat::{Beat, beats};
use super::ear::{Ear, Limits};
use super::world::World;
use super::{Address, CONNECTS_A_MINUTE_MAX, RESTARTS_IN_TEN_MINUTES_MAX, Reason, Setup};
use holdline_device::VmError;
use holdline_modem::Instant;
use std::rc::Rc;
use std::time::Duration;

/// How long a project is watched: the next only where nothing comes again and again before.
const LENGTHS: [Duration; 3] = [minutes(15), minutes(2 * 60), minutes(24 * 60)];

/// The shortest stretch by which act two is judged.
const WINDOW_MIN: Duration = minutes(2);

/// How often is looked for an address that has no server yet: before a device can hear that it is
/// refused there.
const GLANCE: Duration = Duration::from_millis(30);

/// The seed of the calm.
const SEED: u64 = 0;

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// An address that a script dials in the calm, and what is expected of the script there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub address: Address,
    /// Whether the script asks for TLS.
    pub speaks_tls: bool,
    /// What it hears again and again; empty where that is nothing, so that nothing can be told.
    pub beats: Vec<Beat>,
    /// Whether the device holds a line to it all the time.
    pub is_held: bool,
}

impl Place {
    /// Whether the device does not hold its line any more.
    pub(super) fn is_lost(&self, ear: &Ear) -> bool {
        self.is_held && !ear.lines.values().any(|address| *address == self.address)
    }
}

/// What a project does in the calm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calm {
    /// The addresses that it dials, in the order in which it first does.
    pub places: Vec<Place>,
    /// How long it was watched.
    pub watched: Duration,
    /// When every beat had begun.
    pub ready: Instant,
    pub(super) limits: Limits,
}

impl Calm {
    /// How long act two is judged: long enough for the slowest beat.
    pub fn window(&self) -> Duration {
        let windows = self.places.iter().flat_map(|place| &place.beats).map(Beat::window);
        windows.max().unwrap_or_default().max(WINDOW_MIN)
    }
}

/// Why nothing can be told of a project.
#[derive(Debug, thiserror::Error)]
pub enum Unclear {
    /// It does not run well in the calm either.
    #[error("the script fails where nothing goes wrong: {0:?}")]
    Fails(Reason),
    /// It dials no address.
    #[error("the script dials no address")]
    NothingDialled,
    /// No address hears from it again and again.
    #[error("no address hears from the script again and again")]
    NoBeat {
        /// What it dials, and whether it holds a line there.
        places: Vec<Place>,
        /// How long it was watched.
        watched: Duration,
    },
    /// There is no Lua state for it.
    #[error(transparent)]
    Vm(#[from] VmError),
}

/// Watches until something comes again and again.
pub(super) fn observe(setup: &Setup) -> Result<Calm, Unclear> {
    let mut dialled = Vec::new();
    let mut calm = look(setup, &mut dialled, LENGTHS[0])?;
    for length in &LENGTHS[1..] {
        if calm.places.is_empty() || calm.places.iter().any(|place| !place.beats.is_empty()) {
            break;
        }
        calm = look(setup, &mut dialled, *length)?;
    }
    if calm.places.is_empty() {
        return Err(Unclear::NothingDialled);
    }
    if calm.places.iter().all(|place| place.beats.is_empty()) {
        return Err(Unclear::NoBeat { places: calm.places, watched: calm.watched });
    }
    Ok(calm)
}

/// Runs for `length`, from the beginning each time the script dials what has no server yet.
fn look(
    setup: &Setup,
    dialled: &mut Vec<(Address, bool)>,
    length: Duration,
) -> Result<Calm, Unclear> {
    let project = Rc::new(setup.project.clone());
    loop {
        let mut world =
            World::open(setup, &project, SEED, Ear::new(Limits::none(), None), dialled)?;
        let end = Instant::ZERO + length;
        let is_going_on = |world: &World| world.ear.borrow().alarm.is_none();
        while world.sim.now() < end && is_going_on(&world) && !world.learn(dialled) {
            world.sim.run_until(end.min(world.sim.now() + GLANCE));
        }
        check(&world.ear.borrow())?;
        if world.sim.now() == end && !world.learn(dialled) {
            return Ok(learnt(world, dialled, length));
        }
    }
}

/// A script that does not run well by itself cannot be told from one that suffers from faults.
fn check(ear: &Ear) -> Result<(), Unclear> {
    if let Some((_, reason)) = ear.alarm.clone() {
        return Err(Unclear::Fails(reason));
    }
    match ear.restarts_most.clone() {
        (restarts, Some(cause)) if restarts > RESTARTS_IN_TEN_MINUTES_MAX => {
            Err(Unclear::Fails(Reason::BootLoop { restarts, cause }))
        }
        _ => Ok(()),
    }
}

fn learnt(mut world: World, dialled: &[(Address, bool)], watched: Duration) -> Calm {
    // What a script says once, when it starts, is over by then.
    let steady = watched / 4;
    let mut places = Vec::new();
    let mut ready = Duration::ZERO;
    for (address, speaks_tls) in dialled {
        let is_held = {
            let ear = world.ear.borrow();
            let stands = ear.lines.values().any(|open| open == address);
            let apart = ear.apart.get(address).map(|&at| at.since(Instant::ZERO));
            stands && apart.is_some_and(|at| at < steady)
        };
        let heard = world.heard(address);
        let beats = beats(address, &heard, steady..watched);
        if let Some((first, _)) = heard.first().filter(|_| !beats.is_empty()) {
            ready = ready.max(*first);
        }
        places.push(Place { address: address.clone(), speaks_tls: *speaks_tls, beats, is_held });
    }
    let ear = world.ear.borrow();
    let limits = Limits {
        connects: CONNECTS_A_MINUTE_MAX.max(2 * ear.connects_most),
        restarts: RESTARTS_IN_TEN_MINUTES_MAX.max(2 * ear.restarts_most.0),
        known_errors: Some(ear.errors.clone()),
    };
    Calm { places, watched, ready: Instant::ZERO + ready, limits }
}

impl Limits {
    /// The calm is not measured by itself.
    fn none() -> Self {
        let (connects, restarts) = (usize::MAX, usize::MAX);
        Self { connects, restarts, known_errors: None }
    }
}
