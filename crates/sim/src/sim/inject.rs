//! Faults of a world: told once, they happen in its time.

use super::{Event, Sim};
use crate::DeviceId;
use crate::faults::{Happening, fact_of_begin, fact_of_end};
use holdline_modem::Input;
use holdline_peer::fault::{Fault, Trouble, Who};

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
    /// Counts of connects, bytes and messages begin here; of a fault of the line or of a module they
    /// are those of the devices that it hits.
    pub fn inject(&mut self, fault: &Fault, whom: Option<DeviceId>) {
        if fault.check().is_err() {
            return;
        }
        if fault.what.who() == Who::Server {
            return self.network.inject(self.now, fault);
        }
        let (number, begins) = self.faults.tell(self.now, fault, whom);
        if let Some(at) = begins {
            self.queue.push(at, Event::Turn(Turn::Begins(number)));
        }
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

    fn begin_fault(&mut self, number: usize) {
        if let Some(at) = self.faults.begin(self.now, number) {
            self.queue.push(at, Event::Turn(Turn::Ends(number)));
        }
        let told = self.faults.get(number);
        let (what, port, whom) = (told.fault.what, told.fault.port, told.whom);
        self.trace.tell(|watch| watch.befell(self.now, &told.fault, true));
        self.network.begin(&mut self.queue, self.now, number, (what, port, whom));
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
