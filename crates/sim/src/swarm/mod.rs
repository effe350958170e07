//! Seeds that find bugs: random faults that follow from a seed, and whether a script survives them.
//!
//! A project is first watched in the calm: which addresses it dials, and how often each hears from
//! it. Then each seed is a play in two acts. In act one faults happen; in act two they have all
//! stopped, and within a bound every address must hear from the device again, as often as in the
//! calm. What happens in no calm may happen in neither act: a storm of connects, a boot loop, a
//! script that does not let go, an error.
//!
//! No test is needed: every address that the script dials has a server. It takes everything and
//! says nothing, unless it is told to echo.
//!
//! All of it is a function of the project and the seed.
//!
//! ```
//! use holdline_device::Project;
//! use holdline_sim::swarm::{Setup, Swarm};
//!
//! let main = r#"
//!     PROJECT, VERSION = "HELLO", "1.0.0"
//!     require "socket"
//!     sys.taskInit(function()
//!         while not socket.isReady() do sys.wait(1000) end
//!         local client = socket.tcp()
//!         while true do -- a client whose connection is lost is good for nothing any more
//!             if client:connect("192.0.2.1", 9999) then
//!                 while client:send("hello") do sys.wait(10000) end
//!             end
//!             client:close()
//!             sys.wait(5000)
//!         end
//!     end)
//!     sys.init(0, 0)
//!     sys.run()
//! "#;
//! let swarm = Swarm::observe(Setup::of(Project::from_files([("main.lua", main)]))).unwrap();
//! let found = (1..=20).find_map(|seed| {
//!     let faults = swarm.plan(seed);
//!     let reason = swarm.run(seed, &faults).unwrap().reason?;
//!     Some((reason, swarm.shrink(seed, faults).unwrap()))
//! });
//! let (reason, faults) = found.unwrap();
//! assert_eq!(reason.address().unwrap().to_string(), "192.0.2.1:9999");
//! assert_eq!(faults.len(), 1);
//! ```

mod beat;
mod calm;
mod ear;
mod plan;
mod reason;
mod shrink;
mod world;

pub use beat::{Beat, wording};
pub use calm::{Calm, Place, Unclear};
pub use reason::Reason;

use crate::server::since_start;
use crate::{Sim, Watch};
use ear::Ear;
use holdline_device::{BootPlan, Power, Profile, Project, VmError};
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, When};
use std::cell::RefCell;
use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;
use world::World;

pub use world::TURN_INSTRUCTIONS_MAX;

/// How long a script has from the end of the last fault, unless it is told otherwise.
pub const RECOVER_WITHIN: Duration = Duration::from_secs(300);

/// Connects in any minute that are a storm, unless the calm has half as many.
pub const CONNECTS_A_MINUTE_MAX: usize = 90;

/// Restarts within ten minutes that are a boot loop, unless the calm has half as many.
pub const RESTARTS_IN_TEN_MINUTES_MAX: usize = 20;

/// What a script dials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// A name or an IP address, as the script wrote it.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What is tried, and in what surroundings.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The script.
    pub project: Project,
    /// The module type.
    pub profile: Profile,
    /// How long it takes to come up.
    pub boot: BootPlan,
    /// How long after the last fault all must be well.
    pub recover_within: Duration,
    /// Ports whose servers answer each message with itself.
    pub echoes: Vec<u16>,
}

impl Setup {
    /// The usual surroundings.
    pub fn of(project: Project) -> Self {
        let Power { profile, boot, .. } = Power::default();
        Self { project, profile, boot, recover_within: RECOVER_WITHIN, echoes: Vec::new() }
    }
}

/// How a seed, or a list of faults, went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why it failed, if it did.
    pub reason: Option<Reason>,
    /// When that was seen: the end of the run, unless it was ended before.
    pub at: Instant,
    /// The hash of the world's trace.
    pub hash: u64,
    /// The stretches of the run.
    pub acts: Acts,
}

/// A run, and its world as it was left.
pub struct After {
    /// How it went.
    pub outcome: Outcome,
    /// The world, with what its servers have recorded.
    pub sim: Sim,
    /// Where there are servers.
    pub servers: Vec<Address>,
}

/// The stretches of a run, by their ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acts {
    /// The last fault is over.
    pub calm_from: Instant,
    /// All must be well.
    pub well_from: Instant,
    /// The run is over.
    pub end: Instant,
}

/// A project that has been watched in the calm.
pub struct Swarm {
    setup: Setup,
    project: Rc<Project>,
    calm: Calm,
}

impl Swarm {
    /// Watches the project in the calm.
    pub fn observe(setup: Setup) -> Result<Self, Unclear> {
        let calm = calm::observe(&setup)?;
        Ok(Self::with_calm(setup, calm))
    }

    /// The same without watching again; `calm` is what [`observe`](Self::observe) has seen.
    pub fn with_calm(setup: Setup, calm: Calm) -> Self {
        let project = Rc::new(setup.project.clone());
        Self { setup, project, calm }
    }

    /// What was seen in the calm.
    pub const fn calm(&self) -> &Calm {
        &self.calm
    }

    /// The faults that `seed` stands for, in the order of time.
    pub fn plan(&self, seed: u64) -> Vec<Fault> {
        plan::plan(seed, &self.calm)
    }

    /// When the acts of a run with `faults` end, as far as the faults themselves tell.
    fn acts(&self, faults: &[Fault]) -> Acts {
        let calm_from = faults.iter().map(end_of).max().unwrap_or_default();
        self.acts_from(self.calm.ready.max(Instant::ZERO + calm_from))
    }

    fn acts_from(&self, calm_from: Instant) -> Acts {
        let well_from = calm_from + self.setup.recover_within;
        Acts { calm_from, well_from, end: well_from + self.calm.window() }
    }

    /// Lets `faults` happen, and says how it went.
    pub fn run(&self, seed: u64, faults: &[Fault]) -> Result<Outcome, VmError> {
        self.run_before(seed, faults, || None).map(|after| after.outcome)
    }

    /// The same before somebody who sees what crosses the device's doors. Where the script dials an
    /// address that the calm has not shown, the world begins anew with a server there, before somebody
    /// else: `watch` is asked for each world, and only the last one counts.
    pub fn run_before(
        &self,
        seed: u64,
        faults: &[Fault],
        mut watch: impl FnMut() -> Option<Rc<RefCell<dyn Watch>>>,
    ) -> Result<After, VmError> {
        let dialled =
            self.calm.places.iter().map(|place| (place.address.clone(), place.speaks_tls));
        let mut dialled: Vec<_> = dialled.collect();
        loop {
            let ear = Ear::new(self.calm.limits.clone(), watch());
            let world = World::open(&self.setup, &self.project, seed, ear, &dialled)?;
            let (outcome, world) = self.play(world, faults);
            // Under faults a script may try an address that it leaves alone in the calm.
            if !world.learn(&mut dialled) {
                let servers = dialled.into_iter().map(|(address, _)| address).collect();
                return Ok(After { outcome, sim: world.sim, servers });
            }
        }
    }

    fn play(&self, mut world: World, faults: &[Fault]) -> (Outcome, World) {
        for fault in faults {
            world.sim.inject(fault, None);
        }
        let mut acts = self.acts(faults);
        world.sim.run_until(acts.end);
        let mut alarm = world.ear.borrow().alarm.clone();
        // One that has waited for its occasion may have come late.
        while let (None, Some(over)) = (&alarm, over_after(&world.sim, acts.calm_from)) {
            acts = self.acts_from(over);
            world.sim.run_until(acts.end);
            alarm = world.ear.borrow().alarm.clone();
        }
        let (at, reason) = match alarm {
            Some((at, reason)) => (at, Some(reason)),
            None => (world.sim.now(), self.judge(&mut world, acts)),
        };
        let outcome = Outcome { reason, at, hash: world.sim.trace().hash(), acts };
        (outcome, world)
    }

    /// Fewer and simpler faults that fail for a like reason; `faults` as they are where they do not
    /// fail.
    pub fn shrink(&self, seed: u64, faults: Vec<Fault>) -> Result<Vec<Fault>, VmError> {
        shrink::shrink(self, seed, faults)
    }

    /// What is wrong in act two, the gravest first.
    fn judge(&self, world: &mut World, acts: Acts) -> Option<Reason> {
        let window = since_start(acts.well_from)..since_start(acts.end);
        let (mut fast, mut missing) = (None, None);
        for place in &self.calm.places {
            if place.is_lost(&world.ear.borrow()) && place.beats.is_empty() {
                missing.get_or_insert(Reason::NotConnected { address: place.address.clone() });
            }
            let heard = world.heard(&place.address);
            for beat in &place.beats {
                if let Some(pause) = beat.silence(&heard, &window) {
                    let reason = Reason::silent(beat, pause);
                    if beat.is_whole() {
                        return Some(reason);
                    }
                    missing.get_or_insert(reason);
                }
                if let Some(count) = beat.haste(&heard, &window) {
                    fast.get_or_insert(Reason::too_fast(beat, count, &window));
                }
            }
        }
        fast.or(missing)
    }
}

/// When a fault begins.
fn begin_of(fault: &Fault) -> Duration {
    if let When::At(at) = fault.when { at } else { Duration::ZERO }
}

/// The last moment at which a fault is still there, since the world's start.
pub fn end_of(fault: &Fault) -> Duration {
    begin_of(fault).saturating_add(fault.lasts.unwrap_or_default())
}

/// When the last of the faults that struck is over, if that is later than `from`. One that has no end of its own
/// does not count.
fn over_after(sim: &Sim, from: Instant) -> Option<Instant> {
    let struck = sim.faults().into_iter();
    let over = struck.filter_map(|it| it.ended.or_else(|| Some(it.began + it.fault.lasts?)));
    over.max().filter(|over| *over > from)
}

/// Whether a host has to be looked up.
fn is_name(host: &str) -> bool {
    host.parse::<IpAddr>().is_err()
}
