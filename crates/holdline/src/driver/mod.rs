//! The real world: one loop that carries out what devices order and tells them what came of it.
//!
//! A turn has a fixed order: act on due deadlines, feed facts and carry out the orders that follow,
//! read on where more was left, wait, take in what the wait brought. Devices cost nothing while
//! nothing happens to them: no step looks at all of them.

mod addresses;
mod agenda;
mod befall;
mod clock;
mod confirm;
mod deadlines;
mod dns;
mod fault;
mod flash;
mod lines;
mod outcome;
mod outq;
mod reading;
mod redirect;
mod table;
mod tcp;
mod tls;
mod uart;
mod udp;
mod writing;

pub(crate) use befall::Sight;
pub(crate) use clock::{Clock, unix_s};
pub(crate) use fault::{FAULTS_MAX, Faults};
pub(crate) use flash::FolderFlash;
pub(crate) use outq::unacknowledged;
pub(crate) use redirect::{Redirect, Redirects, Speech, TimeServer};
pub(crate) use uart::{Cable, News, RETRY_AFTER, Target};

use agenda::Agenda;
use deadlines::Wake;
use dns::Lookups;
use holdline_device::{Device, Input, Instant, Output, Power, Vm};
use holdline_modem::{LineId, UartId};
use lines::{Call, Lines};
use mio::{Events, Poll, Token, Waker};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use uart::Uarts;

/// Facts that are fed before lines with more to read have their turn.
const FACTS_PER_TURN: usize = 1000;

/// Times that lines with more to read are read before the loop looks at other sockets again.
const ROUNDS_PER_TURN: usize = 8;

/// Events that one wait brings at most.
const EVENTS_PER_TURN: usize = 1024;

const WAKER: Token = Token(0);
const FIRST_LINE: usize = 1;

/// Tokens from here on are serial ports'.
const UARTS: usize = usize::MAX / 4;

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Somebody asked for it, or the time was up.
    Stopped,
    /// Every device is off.
    AllOff,
    /// The watch had seen enough.
    Seen,
}

/// Somebody who sees all that crosses the doors of the devices.
pub(crate) trait Watch {
    /// `device` is being powered on; what it orders at once follows.
    fn powered_on(&mut self, now: Instant, device: usize);
    /// A fact is about to reach `device`, whose deadline was `due` where that has come.
    fn fact(&mut self, now: Instant, device: usize, due: Option<Instant>, fact: &Input);
    /// `device` gave an order. Never [`Output::Idle`].
    fn order(&mut self, now: Instant, device: usize, order: &Output);
    /// The run ends, and `device` is switched off with it; its last orders follow.
    fn powered_off(&mut self, now: Instant, device: usize);
    /// A fault of `device`, in these words, begins, or is over.
    fn fault(&mut self, now: Instant, device: usize, begins: bool, words: &str);
    /// Something happened to the wire of a serial port of `device`.
    fn serial(&mut self, now: Instant, device: usize, port: UartId, news: &News);
    /// Between two turns, where faults may [befall](Driver::befall) a device: it can be looked at, and
    /// more can be made to befall it. Says whether something was.
    fn look(&mut self, now: Instant, sight: Sight<'_>) -> bool;
    /// The loop is about to wait: what was kept back can go out.
    fn rest(&mut self);
    /// Whether enough was seen.
    fn is_done(&self) -> bool;
}

/// Reaches the loop from another thread.
#[derive(Clone)]
pub(crate) struct Stopper {
    asked: Arc<AtomicBool>,
    waker: Arc<Waker>,
}

impl Stopper {
    /// Asks the loop to end in order.
    pub(crate) fn stop(&self) {
        self.asked.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// Lets the loop look around once.
    pub(crate) fn wake(&self) {
        // Without a loop there is nothing to wake.
        let _ = self.waker.wake();
    }
}

/// The loop.
pub(crate) struct Driver {
    poll: Poll,
    events: Events,
    clock: Clock,
    seats: Vec<Seat>,
    running: usize,
    lines: Lines,
    uarts: Uarts,
    agenda: Agenda,
    stopper: Stopper,
}

struct Seat {
    device: Device,
    /// The deadline that the device named last.
    deadline: Option<Instant>,
    /// The deadline that stands in the agenda.
    wake_at: Option<Instant>,
    /// By socket number: the key of the line that it had last.
    lines: Vec<usize>,
    /// What befalls it.
    faults: Option<Faults>,
    /// The deadline of its faults that stands in the agenda.
    faults_at: Option<Instant>,
}

impl Driver {
    /// A loop without devices.
    pub(crate) fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let stopper = Stopper { asked: Arc::default(), waker: Arc::clone(&waker) };
        let (registry, uarts) = (poll.registry().try_clone()?, poll.registry().try_clone()?);
        Ok(Self {
            poll,
            events: Events::with_capacity(EVENTS_PER_TURN),
            clock: Clock::start(),
            seats: Vec::new(),
            running: 0,
            lines: Lines::new(registry, Lookups::new(waker), FIRST_LINE),
            uarts: Uarts::new(uarts, UARTS),
            agenda: Agenda::default(),
            stopper,
        })
    }

    /// What ends the loop from another thread.
    pub(crate) fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Leads connections from here on where `redirects` say.
    pub(crate) fn redirect(&mut self, redirects: Rc<Redirects>) {
        self.lines.redirect(redirects);
    }

    /// Refuses TLS connections of scripts that give no certificates to trust.
    pub(crate) fn verify_only(&mut self) {
        self.lines.verify_only();
    }

    /// Connects a serial port of the device that is powered on next. Fails where what is named
    /// cannot be had at all.
    pub(crate) fn plug_in(&mut self, cable: &Cable) -> io::Result<()> {
        let now = self.clock.now();
        self.uarts.connect(self.seats.len(), cable, now, &mut self.agenda)
    }

    /// Powers a device on.
    pub(crate) fn power_on(&mut self, vm: &Rc<Vm>, power: Power, watch: &mut impl Watch) {
        let now = self.clock.now();
        watch.powered_on(now, self.seats.len());
        let device = Device::power_on(now, vm, power);
        let (deadline, wake_at, faults, faults_at) = (None, None, None, None);
        self.seats.push(Seat { device, deadline, wake_at, lines: Vec::new(), faults, faults_at });
        self.running += 1;
        self.drain(self.seats.len() - 1, now, watch);
    }

    /// Runs until somebody stops it, every device is off, or `run_for` has passed; then ends every
    /// line and device in order.
    pub(crate) fn run(
        &mut self,
        run_for: Option<Duration>,
        watch: &mut impl Watch,
    ) -> io::Result<End> {
        let until = run_for.map(|run_for| Instant::ZERO + run_for);
        let mut now = self.clock.now();
        let end = loop {
            self.work(now, watch);
            self.be_seen(now, watch);
            watch.rest();
            if let Some(end) = self.end(now, until, watch) {
                break end;
            }
            now = self.wait(until)?;
        };
        self.leave(watch);
        Ok(end)
    }

    fn end(&self, now: Instant, until: Option<Instant>, watch: &impl Watch) -> Option<End> {
        if self.stopper.asked.load(Ordering::Relaxed) || until.is_some_and(|until| until <= now) {
            Some(End::Stopped)
        } else if watch.is_done() {
            Some(End::Seen)
        } else if self.running == 0 {
            Some(End::AllOff)
        } else {
            None
        }
    }

    /// Due deadlines, facts with the orders that follow, then what was left unread.
    fn work(&mut self, now: Instant, watch: &mut impl Watch) {
        while let Some(wake) = self.agenda.deadlines.next_due(now) {
            self.wake(wake, now, watch);
        }
        self.show_serial(now, watch);
        for _ in 0..ROUNDS_PER_TURN {
            self.feed(now, watch);
            if self.agenda.unfinished.is_empty() || self.agenda.has_facts() {
                return;
            }
            for _ in 0..self.agenda.unfinished.len() {
                let Some(key) = self.agenda.unfinished.pop_front() else { break };
                self.lines.read_on(key, now, &mut self.agenda);
            }
        }
    }

    fn show_serial(&mut self, now: Instant, watch: &mut impl Watch) {
        while let Some((device, port, news)) = self.agenda.serial_news.pop_front() {
            watch.serial(now, device, port, &news);
        }
    }

    fn feed(&mut self, now: Instant, watch: &mut impl Watch) {
        for _ in 0..FACTS_PER_TURN {
            if let Some((device, fact)) = self.agenda.settled.pop_front() {
                self.hand_over(device, fact, now, watch);
                continue;
            }
            let Some((device, fact)) = self.agenda.facts.pop_front() else { return };
            match &mut self.seats[device].faults {
                None => self.hand_over(device, fact, now, watch),
                Some(faults) => {
                    faults.fact(now, fact);
                    self.mind_faults(device, now, watch);
                }
            }
        }
    }

    fn hand_over(&mut self, device: usize, fact: Input, now: Instant, watch: &mut impl Watch) {
        let due = self.seats[device].deadline.filter(|&at| at <= now);
        watch.fact(now, device, due, &fact);
        // Bytes that were lost have come as well.
        let told = if let Input::UartReceived { port, .. } | Input::UartOverran { port, .. } = fact
        {
            Some(port)
        } else {
            None
        };
        self.seats[device].device.handle_input(now, fact);
        self.drain(device, now, watch);
        if let Some(port) = told {
            self.uarts.told(device, port, now, &mut self.agenda);
        }
        self.show_serial(now, watch);
    }

    fn wake(&mut self, wake: Wake, now: Instant, watch: &mut impl Watch) {
        match wake {
            Wake::Device(device) => {
                let held = &mut self.seats[device].wake_at;
                self.agenda.deadlines.set(wake, held, None);
                self.agenda.facts.push_back((device, Input::Timeout));
            }
            Wake::Faults(device) => {
                let held = &mut self.seats[device].faults_at;
                self.agenda.deadlines.set(wake, held, None);
                self.mind_faults(device, now, watch);
            }
            Wake::Line(key) => self.lines.handle_timeout(key, now, &mut self.agenda),
            Wake::Uart(index) => self.uarts.handle_timeout(index, now, &mut self.agenda),
        }
    }

    /// Carries out what `device` orders.
    fn drain(&mut self, device: usize, now: Instant, watch: &mut impl Watch) {
        loop {
            let order = self.seats[device].device.poll_output();
            if let Output::Idle(at) = order {
                let seat = &mut self.seats[device];
                seat.deadline = at;
                return self.agenda.deadlines.set(Wake::Device(device), &mut seat.wake_at, at);
            }
            watch.order(now, device, &order);
            match order {
                Output::Modem(order) => match &mut self.seats[device].faults {
                    None => self.carry_out(device, order, now),
                    Some(faults) => {
                        faults.order(now, order);
                        self.mind_faults(device, now, watch);
                    }
                },
                Output::PoweredOff => self.running -= 1,
                Output::Print(_) | Output::Notice(_) | Output::Restarting(_) | Output::Idle(_) => {}
            }
        }
    }

    fn carry_out(&mut self, device: usize, order: holdline_modem::Output, now: Instant) {
        use holdline_modem::Output as Order;
        match order {
            Order::Connect { line, kind, tls, host, port, resend_for } => {
                let call = Call { device, line, kind, tls, host, port, resend_for };
                let key = self.lines.connect(call, now, &mut self.agenda);
                self.seats[device].keep(line, key);
            }
            Order::Send { line, bytes, confirm } => {
                self.with(device, line, |lines, key, agenda| {
                    lines.send(key, bytes, confirm, now, agenda);
                })
            }
            Order::Close { line } => self.with(device, line, |lines, key, agenda| {
                lines.close(key, now, agenda);
            }),
            Order::Abort { line } => self.with(device, line, |lines, key, agenda| {
                lines.abort(key, agenda);
            }),
            Order::Pause { line } => self.with(device, line, |lines, key, agenda| {
                lines.pause(key, now, agenda);
            }),
            Order::Resume { line } => self.with(device, line, |lines, key, agenda| {
                lines.resume(key, now, agenda);
            }),
            Order::UartOpen { .. }
            | Order::UartWrite { .. }
            | Order::UartClose { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. } => {
                self.uarts.carry_out(device, order, now, &mut self.agenda);
            }
            Order::UartOverrun { .. } | Order::Pin { .. } | Order::Net(_) | Order::Idle(_) => {}
        }
    }

    /// Acts on a line that may be over already: facts and orders cross on their way.
    fn with(
        &mut self,
        device: usize,
        line: LineId,
        act: impl FnOnce(&mut Lines, usize, &mut Agenda),
    ) {
        let Some(&key) = self.seats[device].lines.get(usize::from(line.socket.0)) else { return };
        if self.lines.is(key, device, line) {
            act(&mut self.lines, key, &mut self.agenda);
        }
    }

    /// Waits for events, not at all while there is work; says what time it is then.
    fn wait(&mut self, until: Option<Instant>) -> io::Result<Instant> {
        let busy = self.agenda.has_facts() || !self.agenda.unfinished.is_empty();
        let soonest = self.agenda.deadlines.soonest().into_iter().chain(until).min();
        let timeout = match soonest {
            _ if busy => Some(Duration::ZERO),
            Some(at) => Some(at.since(self.clock.now())),
            None => None,
        };
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            Err(_) | Ok(()) => {}
        }
        let now = self.clock.now();
        for event in &self.events {
            match event.token() {
                WAKER => self.lines.take_answers(now, &mut self.agenda),
                token if token.0 >= UARTS => {
                    self.uarts.handle_ready(token, now, &mut self.agenda);
                }
                line => self.lines.handle_ready(line, event.into(), now, &mut self.agenda),
            }
        }
        Ok(now)
    }

    fn leave(&mut self, watch: &mut impl Watch) {
        let now = self.clock.now();
        self.lines.leave(&mut self.agenda);
        for device in 0..self.seats.len() {
            watch.powered_off(now, device);
            self.seats[device].device.power_off();
            self.drain(device, now, watch);
        }
        watch.rest();
    }
}

impl Seat {
    fn keep(&mut self, line: LineId, key: usize) {
        let socket = usize::from(line.socket.0);
        if self.lines.len() <= socket {
            self.lines.resize(socket + 1, usize::MAX);
        }
        self.lines[socket] = key;
    }
}
