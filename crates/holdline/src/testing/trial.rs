//! One test's world: who is in it, what happened, and what the test expects of it.

use super::chronicle::{self, since_start};
use super::diary::{Alarm, Diary, ROWS_MAX};
use super::expectation::Expectation;
use super::ruling::Ruling;
use super::source::Source;
use super::story::{Actor, Failure, Row, Story, Verdict, What};
use crate::report::Problem;
use crate::words::Lang;
use holdline_device::{BootPlan, Identity, Number, Power, Profile, Project, Sharing, Vm};
use holdline_modem::{Instant, UartId};
use holdline_peer::fault::{Fault, Who};
use holdline_sim::swarm::TURN_INSTRUCTIONS_MAX;
use holdline_sim::{DeviceId, Keep, Server, Sim, Watch};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// How far time goes before what happened is taken from where it is kept meanwhile.
const SLICE: Duration = Duration::from_secs(600);

/// Bytes of a server's record that are kept until they are taken.
const RECORD_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What a test is run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) profile: Profile,
    pub(crate) boot: BootPlan,
    pub(crate) seed: u64,
    /// Restarts of a device within ten minutes that do not end a test yet.
    pub(crate) restarts_max: usize,
}

/// What ends a test before its last line.
#[derive(Debug)]
pub(super) enum Halt {
    /// An expectation does not hold.
    Failed(Box<Failure>),
    /// The test is wrong.
    Wrong(Problem),
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Self::Wrong(problem)
    }
}

/// Whom a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    All,
    Server(usize),
    Device(DeviceId),
}

/// A server of the world, as a test names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: Option<String>,
    pub(super) port: u16,
    /// Who it is in the story.
    pub(super) actor: usize,
}

impl Address {
    /// Whether a dial to `to`, as `host:port`, leads here.
    pub(super) fn is_dialled_by(&self, to: &str) -> bool {
        let Some((host, port)) = to.rsplit_once(':') else { return false };
        let is_host = self.host.as_ref().is_none_or(|own| own == host);
        is_host && port.parse() == Ok(self.port)
    }
}

/// One test's world, and how far the test has come.
pub(super) struct Trial {
    pub(super) lang: Lang,
    project: Rc<Project>,
    setup: Setup,
    source: Rc<Source>,
    sim: Sim,
    diary: Rc<RefCell<Diary>>,
    story: Story,
    /// Who each device is in the story.
    devices: Vec<usize>,
    servers: Vec<Address>,
    /// The line that speaks.
    line: u32,
    pub(super) expecting: Option<Expectation>,
    pub(super) settled: u32,
    pub(super) ruling: Option<Ruling>,
    /// How many rules were settled.
    pub(super) ruled: u32,
    halted: Option<Verdict>,
    /// The faults that the test has given, and in which lines.
    given: Vec<(u32, Fault)>,
}

impl Trial {
    pub(super) fn new(project: Rc<Project>, setup: Setup, source: Rc<Source>, lang: Lang) -> Self {
        let diary = Rc::new(RefCell::new(Diary::new(setup.restarts_max, lang)));
        let mut sim = Sim::new(setup.seed);
        sim.keep(Keep::Hash);
        sim.watch(Rc::clone(&diary) as Rc<RefCell<dyn Watch>>);
        Self {
            lang,
            project,
            setup,
            source,
            sim,
            diary,
            story: Story { actors: vec![Actor::World], ..Story::default() },
            devices: Vec::new(),
            servers: Vec::new(),
            line: 0,
            expecting: None,
            settled: 0,
            ruling: None,
            ruled: 0,
            halted: None,
            given: Vec::new(),
        }
    }

    /// Begins the world anew with what the test asks for; nothing has happened yet.
    pub(super) fn begin(&mut self, setup: Setup) {
        let (project, source) = (Rc::clone(&self.project), Rc::clone(&self.source));
        *self = Self::new(project, setup, source, self.lang);
    }

    /// Takes a line that the test printed.
    pub(super) fn say(&mut self, line: Vec<u8>) {
        self.note(0, What::Log(line));
    }

    // The test's turns.

    /// Does what line `line` of the test says; where that ends the test, nothing is said any more.
    pub(super) fn turn<T>(
        &mut self,
        line: u32,
        act: impl FnOnce(&mut Self) -> Result<T, Halt>,
    ) -> Option<T> {
        self.line = line;
        match act(self) {
            Ok(value) => Some(value),
            Err(halt) => {
                self.halt(halt);
                None
            }
        }
    }

    fn halt(&mut self, halt: Halt) {
        let (at, line) = (self.now(), self.line);
        let verdict = match halt {
            Halt::Failed(failure) => Verdict::Failed(*failure),
            Halt::Wrong(Problem { text, hint }) => Verdict::Error(Failure {
                line,
                words: self.source.words(line, line),
                expected: String::new(),
                got: text,
                at,
                around: Vec::new(),
                hint,
            }),
        };
        self.halted.get_or_insert(verdict);
    }

    /// The line that speaks.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Lets what follows be said of `line`.
    pub(super) fn stand_at(&mut self, line: u32) {
        self.line = line;
    }

    /// What stands in the lines of the test.
    pub(super) fn words(&self, from: u32, to: u32) -> String {
        self.source.words(from, to)
    }

    /// How the test ended, if it has.
    pub(super) fn halted(&self) -> Option<&Verdict> {
        self.halted.as_ref()
    }

    /// Ends the test: its story, and the hash of what its devices did.
    pub(super) fn end(mut self) -> (Story, u64) {
        self.gather();
        let server = |port| self.servers.iter().find(|server| server.port == port);
        let faults = chronicle::faults(
            &self.sim,
            |port| server(port).map(|server| server.actor),
            |device| self.actor_of(device),
        );
        let story = Story { end: self.now(), ..self.story };
        (chronicle::with_faults(story, faults), self.sim.trace().hash())
    }

    // The world.

    /// The world's time.
    pub(super) fn now(&self) -> Duration {
        since_start(self.sim.now())
    }

    /// Lets time pass until `end`.
    pub(super) fn run_until(&mut self, end: Duration) -> Result<(), Halt> {
        while self.now() < end {
            self.pass((self.now() + SLICE).min(end))?;
        }
        Ok(())
    }

    /// Lets the next thing happen that is planned, `end` at the latest.
    pub(super) fn step(&mut self, end: Duration) -> Result<(), Halt> {
        let next = self.sim.soonest().map_or(end, since_start);
        self.pass(next.min(end))
    }

    /// Lets time pass, and looks at what happened.
    fn pass(&mut self, end: Duration) -> Result<(), Halt> {
        self.sim.run_until(instant(end));
        self.gather();
        if let Some(alarm) = self.diary.borrow().alarm() {
            return Err(Halt::Failed(Box::new(self.fails_by(alarm))));
        }
        if self.story.rows.len() > ROWS_MAX {
            return Err(self.lang.too_much_happens(ROWS_MAX).into());
        }
        Ok(())
    }

    /// A device is in a state that no expectation could be about.
    fn fails_by(&self, alarm: &Alarm) -> Failure {
        let Problem { text: got, hint } = self.lang.device_is_unwell(alarm);
        let (line, at) = (self.line, self.now());
        let words = self.source.words(line, line);
        Failure { line, words, expected: String::new(), got, at, around: Vec::new(), hint }
    }

    /// Writes down what happened since the last time, in order.
    fn gather(&mut self) {
        let devices = &self.devices;
        let mut rows = self.diary.borrow_mut().take(|id| devices[id.0 as usize]);
        for address in &self.servers {
            rows.extend(chronicle::recorded(server_of(&mut self.sim, address), address.actor));
        }
        rows.sort_by_key(|row| row.at);
        self.story.rows.append(&mut rows);
    }

    /// Whether the script of a device has opened a serial port so far.
    pub(super) fn has_opened(&self, device: DeviceId, port: UartId) -> bool {
        self.diary.borrow().has_opened(device, port)
    }

    /// What happened, as far as time has gone.
    pub(super) fn rows(&self) -> &[Row] {
        &self.story.rows
    }

    /// Writes down what happens to `actor` now.
    pub(super) fn note(&mut self, actor: usize, what: What) {
        self.gather();
        self.story.rows.push(Row { at: self.now(), actor, what });
    }

    /// Lets `fault` happen: to one server, to one device, or to all that it can hit.
    pub(super) fn inject(&mut self, mut fault: Fault, whom: Target) {
        let device = match whom {
            Target::All => None,
            Target::Device(device) => Some(device),
            Target::Server(server) => {
                fault.port = fault.what.takes_port().then_some(self.servers[server].port);
                if fault.what.who() == Who::Server {
                    let now = self.sim.now();
                    self.given.push((self.line, fault.clone()));
                    self.server(server).inject(now, fault);
                    return;
                }
                None
            }
        };
        self.given.push((self.line, fault.clone()));
        self.sim.inject(&fault, device);
    }

    /// Finds a fault that was given and has never struck: the test would be the same without it.
    pub(super) fn check_faults(&mut self) -> Result<(), Halt> {
        let idle = chronicle::idle(&self.sim, &self.given, |(_, fault)| fault);
        let Some((line, fault)) = idle else { return Ok(()) };
        let problem = self.lang.fault_never_struck(&fault.to_string(), self.now());
        self.line = *line;
        Err(problem.into())
    }

    // Who is in it.

    /// Powers a device on.
    pub(super) fn boot(
        &mut self,
        profile: Option<Profile>,
        boot: Option<BootPlan>,
        imei: Option<&str>,
    ) -> Result<DeviceId, Halt> {
        let vm = Vm::new(Rc::clone(&self.project), Sharing::Alone)
            .map_err(|error| Problem { text: error.to_string(), hint: None })?;
        vm.limit_turns(TURN_INSTRUCTIONS_MAX);
        let mut identity = Identity::of(self.setup.seed ^ self.devices.len() as u64);
        if let Some(imei) = imei {
            identity.give(Number::Imei, imei).map_err(|why| self.lang.bad_imei(imei, &why))?;
        }
        let power = Power {
            profile: profile.unwrap_or(self.setup.profile),
            boot: boot.unwrap_or(self.setup.boot),
            identity: Some(identity),
            ..Power::default()
        };
        let number = self.devices.len() as u32;
        self.devices.push(self.story.actors.len());
        self.story.actors.push(Actor::Device(number));
        let id = self.sim.device_in(&vm, power);
        self.gather();
        Ok(id)
    }

    /// The server at `port` of `host`, or everywhere; there is one from the first call on.
    pub(super) fn server_at(&mut self, host: Option<&str>, port: u16) -> usize {
        let is_it = |known: &Address| known.host.as_deref() == host && known.port == port;
        if let Some(index) = self.servers.iter().position(is_it) {
            return index;
        }
        let (host, actor) = (host.map(str::to_owned), self.story.actors.len());
        self.story.actors.push(Actor::Server { host: host.clone(), port });
        let address = Address { host, port, actor };
        server_of(&mut self.sim, &address).record_up_to(RECORD_BYTES_MAX);
        self.servers.push(address);
        self.servers.len() - 1
    }

    /// A server's address.
    pub(super) fn address(&self, server: usize) -> &Address {
        &self.servers[server]
    }

    /// A server itself.
    pub(super) fn server(&mut self, server: usize) -> &mut Server {
        server_of(&mut self.sim, &self.servers[server])
    }

    /// The world itself.
    pub(super) fn sim(&mut self) -> &mut Sim {
        &mut self.sim
    }

    /// Who a device is in the story.
    pub(super) fn actor_of(&self, device: DeviceId) -> usize {
        self.devices[device.0 as usize]
    }

    /// The addresses that were dialled, as `host:port`, and where no server is.
    pub(super) fn dialled_in_vain(&self) -> Vec<String> {
        let mut places: Vec<String> = Vec::new();
        for row in &self.story.rows {
            let What::Dialled { to, .. } = &row.what else { continue };
            let is_known = self.servers.iter().any(|server| server.is_dialled_by(to));
            if !is_known && !places.contains(to) {
                places.push(to.clone());
            }
        }
        places
    }
}

fn server_of<'a>(sim: &'a mut Sim, address: &Address) -> &'a mut Server {
    match &address.host {
        Some(host) => sim.server_at(host, address.port),
        None => sim.server(address.port),
    }
}

/// A moment of the world's time.
pub(super) fn instant(at: Duration) -> Instant {
    Instant::ZERO + at
}
