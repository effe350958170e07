//! `--virtual`: the project in a world where time is a number.

use super::Args;
use super::pace::Speed;
use crate::Outcome;
use crate::commands::stage::Stage;
use crate::commands::stop;
use crate::driver::{Clock, Watch as _};
use crate::report::Mistake;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::{Input, Instant, Output, Power, Project, Sharing, Vm};
use holdline_peer::fault::{Fault, Who};
use holdline_peer::{Manner, Reply};
use holdline_sim::{DeviceId, Event, Happening, Keep, Sim, Watch};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What is kept back is shown at least so often.
const SHOW_EVERY: Duration = Duration::from_millis(50);

/// `--server PORT[=echo]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VirtualServer {
    port: u16,
    echoes: bool,
}

impl FromStr for VirtualServer {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let (port, echoes) = match text.split_once('=') {
            Some((port, "echo")) => (port, true),
            Some((port, "silent")) => (port, false),
            Some(_) => ("", false),
            None => (text, false),
        };
        let port = port.parse().ok().filter(|&port| port != 0);
        let port = port.ok_or_else(|| Mistake::VirtualServer { given: text.to_owned() })?;
        Ok(Self { port, echoes })
    }
}

/// Runs `project` until its time is up, it is off, or nothing will happen any more.
pub(super) fn run(
    args: &Args,
    project: Project,
    power: Power,
    stage: Stage,
    lang: Lang,
) -> anyhow::Result<Outcome> {
    let asked = Arc::new(AtomicBool::new(false));
    stop::watch(stopper(&asked), None, lang).with_context(|| lang.cannot_start())?;
    let vm = Vm::new(project.into(), Sharing::Alone).with_context(|| lang.cannot_start())?;
    let mut sim = Sim::new(power.seed);
    sim.keep(Keep::Hash);
    sim.serve_everywhere();
    for server in &args.server {
        let reply = if server.echoes { Reply::Echo } else { Reply::Silent };
        sim.server(server.port).behave(Manner { reply, ..Manner::default() });
    }
    let shown = BTreeSet::new();
    let eyes = Rc::new(RefCell::new(Eyes { stage, deadline: None, is_off: false, shown }));
    sim.watch(eyes.clone());
    args.fault.iter().for_each(|fault| sim.inject(fault, None));
    let device = sim.device_as(&vm, power);
    let until = args.run_for.map(|run_for| Instant::ZERO + run_for);
    go_on(&mut sim, &eyes, args.speed.unwrap_or(Speed::Times(1.0)), until, &asked);
    eyes.borrow_mut().stage.powered_off(sim.now(), 0);
    sim.switch_off(device);
    let mut eyes = eyes.borrow_mut();
    eyes.stage.rest();
    eyes.stage.outcome(lang)
}

/// Says that the world is to end, and wakes it where it waits for its pace.
fn stopper(asked: &Arc<AtomicBool>) -> impl Fn() + Send + use<> {
    let (asked, world) = (Arc::clone(asked), thread::current());
    move || {
        asked.store(true, Ordering::Relaxed);
        world.unpark();
    }
}

/// Lets the world go on from one moment at which something happens to the next.
fn go_on(
    sim: &mut Sim,
    eyes: &RefCell<Eyes>,
    speed: Speed,
    until: Option<Instant>,
    asked: &AtomicBool,
) {
    let clock = Clock::start();
    let mut shown = clock.now();
    loop {
        let seen = asked.load(Ordering::Relaxed) || eyes.borrow().has_seen_enough();
        if seen || until.is_some_and(|until| until <= sim.now()) {
            return;
        }
        let Some(next) = sim.soonest().into_iter().chain(until).min() else {
            return eyes.borrow_mut().tell_still(sim.now());
        };
        let at = speed.real(next);
        if clock.now() < at || clock.now().since(shown) >= SHOW_EVERY {
            eyes.borrow_mut().stage.rest();
            shown = clock.now();
        }
        while clock.now() < at && !asked.load(Ordering::Relaxed) {
            thread::park_timeout(at.since(clock.now()));
        }
        if clock.now() >= at {
            sim.run_until(next);
            eyes.borrow_mut().tell_of_servers(&sim.faults());
        }
    }
}

/// Shows the world to the stage, which knows the doors of one device.
struct Eyes {
    stage: Stage,
    /// The deadline that the device named last.
    deadline: Option<Instant>,
    is_off: bool,
    /// Beginnings and ends of servers' faults that were told.
    shown: BTreeSet<(Instant, bool, String)>,
}

impl Eyes {
    fn has_seen_enough(&self) -> bool {
        self.is_off || self.stage.is_done()
    }

    fn tell_still(&mut self, now: Instant) {
        let words = self.stage.console.lang().nothing_will_happen();
        self.stage.console.say(now, words);
    }

    /// Tells what servers committed, once for all that one fault hit at one moment.
    fn tell_of_servers(&mut self, all: &[Happening]) {
        for happening in all.iter().filter(|happening| happening.fault.what.who() == Who::Server) {
            let Happening { fault, began, ended, .. } = happening;
            let ended = ended.filter(|_| fault.lasts.is_some() || !fault.what.is_momentary());
            for (at, begins) in [(Some(*began), true), (ended, false)] {
                if let Some(at) =
                    at.filter(|&at| self.shown.insert((at, begins, fault.to_string())))
                {
                    self.befell(at, fault, begins);
                }
            }
        }
    }

    fn fact(&mut self, at: Instant, fact: &Input) {
        let due = self.deadline.filter(|&deadline| deadline <= at);
        self.stage.fact(at, 0, due, fact);
    }
}

impl Watch for Eyes {
    fn saw(&mut self, at: Instant, _device: DeviceId, event: Event<'_>) {
        let order = match event {
            Event::PoweredOn => return self.stage.powered_on(at, 0),
            Event::Fact(fact) => return self.fact(at, fact),
            Event::Order(order) => Output::Modem(order.clone()),
            Event::Printed(line) => Output::Print(line.to_vec()),
            Event::Noticed(notice) => Output::Notice(notice.clone()),
            Event::Restarting(cause) => Output::Restarting(cause.clone()),
            Event::PoweredOff => Output::PoweredOff,
        };
        self.is_off |= order == Output::PoweredOff;
        self.stage.order(at, 0, &order);
    }

    fn woke(&mut self, at: Instant, _device: DeviceId) {
        self.fact(at, &Input::Timeout);
    }

    fn waits(&mut self, _device: DeviceId, until: Option<Instant>) {
        self.deadline = until;
    }

    fn befell(&mut self, at: Instant, fault: &Fault, begins: bool) {
        self.stage.fault(at, 0, begins, &fault.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_port_and_what_it_does() {
        let server = |port, echoes| Ok(VirtualServer { port, echoes });
        assert_eq!("9999".parse(), server(9999, false));
        assert_eq!("9999=silent".parse(), server(9999, false));
        assert_eq!("80=echo".parse(), server(80, true));
        for wrong in ["", "0", "=echo", "80=", "80=loud", "65536", "host:80", "80=echo=echo"] {
            assert!(wrong.parse::<VirtualServer>().is_err(), "{wrong}");
        }
    }
}
