//! Faults of a world: told once, they happen in its time.

use super::{Event, Sim};
use crate::DeviceId;
use crate::faults::{Call, Happening, Reach, fact_of_begin, fact_of_end};
use crate::network::Transit;
use holdline_modem::Input;
use holdline_peer::fault::{Fault, Schedule, Trouble, When, Who};

/// A fault whose time has come.
#[derive(Debug)]
pub(crate) enum Turn {
    Begins(usize),
    Ends(usize),
}

impl Sim {
    /// Lets `fault` happen, to `whom` alone or to every device, and where it is a server's to every
    /// server, also to those that come later. One whose parts make no sense together, see
    /// [`Fault::check`], does not happen.
    ///
    /// Counts of connects, bytes and messages begin here. Of a fault of the line or of a module each
    /// device that it can hit counts for itself, and is struck by itself: a connect as it dials, bytes
    /// and messages as a server takes them. With connects a fault of the line hits these lines alone.
    pub fn inject(&mut self, fault: &Fault, whom: Option<DeviceId>) {
        if fault.check().is_err() {
            return;
        }
        if fault.what.who() == Who::Server {
            return self.network.inject(self.now, fault);
        }
        if !matches!(fault.when.schedule(), Schedule::Now | Schedule::At) {
            self.network.is_watched = true;
            return self.occasions.wait(fault, whom);
        }
        let reach = Reach { whom, port: fault.port, conn: None };
        let (number, begins) = self.faults.tell(self.now, fault, reach);
        self.queue.push(begins, Event::Turn(Turn::Begins(number)));
    }

    /// The faults that have struck, in the order in which they began.
    pub fn faults(&self) -> Vec<Happening> {
        let mut all: Vec<_> = self.faults.happenings().chain(self.network.happenings()).collect();
        all.sort_by_key(|happening| happening.began);
        all
    }

    pub(super) fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Begins(number) => self.begin_fault(number),
            Turn::Ends(number) => self.end_fault(number),
        }
    }

    /// A device dials: faults strike that wait for it, those of the line before it leaves.
    pub(super) fn dial(&mut self, call: Call) {
        for fault in self.occasions.dial(call) {
            let (whom, is_of_line) = (Some(call.device), fault.what.who() == Who::Line);
            let reach = Reach { whom, port: fault.port, conn: is_of_line.then_some(call.conn) };
            let (number, now) = self.faults.tell(self.now, &fault, reach);
            match is_of_line {
                true => self.begin_fault(number),
                // The device is in the middle of its turn.
                false => self.queue.push(now, Event::Turn(Turn::Begins(number))),
            }
        }
    }

    /// Lets a packet arrive, and faults strike that wait for what it carries: those that take the
    /// place of an answer before there can be one.
    pub(super) fn arrive(&mut self, transit: Transit) {
        let heard = self.network.bytes_of(&transit);
        let struck = heard.map(|(call, bytes)| self.occasions.take_bytes(call, bytes));
        let is_answer = |(_, fault): &(Call, Fault)| matches!(fault.when, When::On(_));
        let (before, after): (Vec<_>, Vec<_>) = struck.into_iter().flatten().partition(is_answer);
        self.meet(before);
        self.network.handle(&mut self.queue, self.now, transit);
        self.meet(after);
        while let Some(call) = self.network.poll_message() {
            let struck = self.occasions.take_message(call);
            self.meet(struck);
        }
    }

    /// Connections are over, and with them the faults that were theirs alone.
    pub(super) fn forget_lines(&mut self) {
        while let Some(conn) = self.network.poll_over() {
            self.occasions.forget(conn);
            self.faults.of(conn).into_iter().for_each(|number| self.end_fault(number));
        }
    }

    /// The occasion of these faults has come.
    fn meet(&mut self, struck: Vec<(Call, Fault)>) {
        for (call, fault) in struck {
            let reach = Reach { whom: Some(call.device), port: fault.port, conn: None };
            let (number, _) = self.faults.tell(self.now, &fault, reach);
            self.begin_fault(number);
        }
    }

    fn begin_fault(&mut self, number: usize) {
        if let Some(at) = self.faults.begin(self.now, number) {
            self.queue.push(at, Event::Turn(Turn::Ends(number)));
        }
        let told = self.faults.get(number);
        let (what, reach) = (told.fault.what, told.reach);
        self.trace.tell(|watch| watch.befell(self.now, &told.fault, true));
        self.network.begin(&mut self.queue, self.now, number, what, reach);
        for device in self.devices_hit(number) {
            self.strike(device, what);
        }
    }

    fn end_fault(&mut self, number: usize) {
        if !self.faults.end(self.now, number) {
            return;
        }
        let fault = &self.faults.get(number).fault;
        let what = fault.what;
        if fault.lasts.is_some() || !what.is_momentary() {
            self.trace.tell(|watch| watch.befell(self.now, fault, false));
        }
        self.network.end(&mut self.queue, self.now, number);
        for device in self.devices_hit(number) {
            if self.faults.standing(device).any(|other| other == what) {
                continue;
            }
            if what == Trouble::UartNoise {
                self.uarts.set_noise(device, false);
            }
            self.tell_fact(device, fact_of_end(what));
            let asks_for_pin = self.faults.standing(device).any(|other| other == Trouble::SimPin);
            if what == Trouble::SimOut && asks_for_pin {
                self.tell_now(device, Input::SimLocked);
            }
        }
    }

    /// Tells a device that has just been switched on what stands already.
    pub(super) fn tell_standing(&mut self, device: DeviceId) {
        let standing: Vec<_> = self.faults.standing(device).collect();
        for trouble in standing {
            self.strike(device, trouble);
        }
    }

    fn strike(&mut self, device: DeviceId, trouble: Trouble) {
        if trouble == Trouble::UartNoise {
            self.uarts.set_noise(device, true);
        } else if trouble == Trouble::UartOverrun {
            self.uarts.overrun(device);
        }
        self.tell_fact(device, fact_of_begin(trouble));
    }

    fn tell_fact(&mut self, device: DeviceId, fact: Option<Input>) {
        if let Some(fact) = fact {
            self.tell_now(device, fact);
        }
    }

    fn devices_hit(&self, number: usize) -> Vec<DeviceId> {
        let told = self.faults.get(number);
        (0..self.seats.len() as u32).map(DeviceId).filter(|&id| told.hits(id)).collect()
    }
}
