//! Faults between a device and its lines, carried out.

use super::deadlines::Wake;
use super::fault::{Act, Faults};
use super::{Driver, Seat, Watch};
use holdline_device::Device;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;

/// A device between two turns, and what befalls it.
pub(crate) struct Sight<'a> {
    /// The device.
    pub(crate) device: &'a mut Device,
    /// What befalls it.
    pub(crate) faults: &'a mut Faults,
}

impl Driver {
    /// Lets `faults` befall the device that was powered on last; from here on there may be more.
    pub(crate) fn befall(&mut self, faults: Vec<Fault>, watch: &mut impl Watch) {
        if let Some(seat) = self.seats.last_mut() {
            seat.faults = Some(Faults::new(faults));
            self.mind_faults(self.seats.len() - 1, self.clock.now(), watch);
        }
    }

    /// Shows the device that was powered on last to whoever watches.
    pub(super) fn be_seen(&mut self, now: Instant, watch: &mut impl Watch) {
        let Some(Seat { device, faults: Some(faults), .. }) = self.seats.last_mut() else { return };
        if watch.look(now, Sight { device, faults }) {
            self.mind_faults(self.seats.len() - 1, now, watch);
        }
    }

    /// Does what the faults of `device` make of its orders and facts, and of the time.
    pub(super) fn mind_faults(&mut self, device: usize, now: Instant, watch: &mut impl Watch) {
        let Some(faults) = &mut self.seats[device].faults else { return };
        faults.handle_timeout(now);
        while let Some(act) = self.seats[device].faults.as_mut().and_then(Faults::poll_act) {
            match act {
                Act::Order(order) => self.carry_out(device, order, now),
                Act::Fact(fact) => self.agenda.settled.push_back((device, fact)),
                Act::Reset(line) => self.with(device, line, |lines, key, agenda| {
                    lines.reset(key, agenda);
                }),
                Act::Handshake(line, fails) => self.with(device, line, |lines, key, _| {
                    lines.spoil(key, fails);
                }),
                Act::Began(words) => watch.fault(now, device, true, &words),
                Act::Ended(words) => watch.fault(now, device, false, &words),
            }
        }
        let seat = &mut self.seats[device];
        let at = seat.faults.as_ref().and_then(Faults::poll_timeout);
        self.agenda.deadlines.set(Wake::Faults(device), &mut seat.faults_at, at);
    }
}
