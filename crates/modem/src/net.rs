//! SIM, registration and the data link: from power-on to an address, and what takes it away.

use crate::{BootPlan, Instant, Net};
use alloc::collections::VecDeque;

/// The signal of a cell in reach, unless the world says otherwise.
const RSSI_USUAL: u8 = 25;

/// The strongest signal that there is a number for.
const RSSI_MAX: u8 = 31;

/// What the getters of `net`, `sim` and `link` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether the SIM answers; `None` while that is not known.
    pub sim_ready: Option<bool>,
    /// Whether the SIM waits for its PIN.
    pub sim_locked: bool,
    /// Whether a cell has taken the module in; `None` before the first search has ended.
    pub registered: Option<bool>,
    /// Whether the packet network has taken the module in.
    pub attached: bool,
    /// Whether there is an address.
    pub online: bool,
    /// Whether the radio is off.
    pub flight_mode: bool,
}

/// Whether the world around the module has a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    There,
    Gone,
}

/// The SIM card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Card {
    There,
    /// There, and asks for its PIN.
    Locked,
    Gone,
}

/// Whether the network gives addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Data {
    Allowed,
    Barred,
}

/// Where registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registration {
    /// The module has no power.
    Off,
    /// The radio is off.
    FlightMode,
    /// No SIM answers.
    NoSim,
    /// The SIM waits for its PIN.
    SimLocked,
    /// The SIM is starting.
    StartingSim { ready_at: Instant },
    /// No cell is in reach.
    Searching,
    /// A cell is in reach and has been asked.
    Registering { registered_at: Instant },
    /// A cell took the module in.
    Registered,
}

/// Where the data link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// Not attached to the packet network.
    Detached,
    /// Attaching.
    Attaching { attached_at: Instant },
    /// Asked for an address.
    Activating { online_at: Instant },
    /// Asked for an address, and the network gives none.
    Barred,
    /// There is an address.
    Online,
    /// Giving the address back on the script's request.
    Shutting { done_at: Instant },
    /// Given back; waits until the script asks for one.
    Shut,
}

/// The network side of a modem.
#[derive(Debug)]
pub(crate) struct Network {
    plan: BootPlan,
    sim: Card,
    cell: Presence,
    data: Data,
    rssi: u8,
    registration: Registration,
    link: Link,
    events: VecDeque<Net>,
}

impl Network {
    /// Powers on with a SIM inserted and a cell in reach.
    pub(crate) fn power_on(now: Instant, plan: BootPlan) -> Self {
        Self {
            plan,
            sim: Card::There,
            cell: Presence::There,
            data: Data::Allowed,
            rssi: RSSI_USUAL,
            registration: Registration::StartingSim { ready_at: now + plan.sim },
            link: Link::Detached,
            events: VecDeque::new(),
        }
    }

    /// Starts anew, with the SIM and the cell as they are.
    pub(crate) fn restart(&mut self, now: Instant) {
        self.link = Link::Detached;
        self.events.clear();
        self.start_sim(now);
    }

    /// Forgets everything but the world around it; nothing is told, since nobody hears.
    pub(crate) fn lose_power(&mut self) {
        self.registration = Registration::Off;
        self.link = Link::Detached;
        self.events.clear();
    }

    pub(crate) const fn rssi(&self) -> u8 {
        self.rssi
    }

    pub(crate) fn status(&self) -> Status {
        let (sim_ready, registered) = match self.registration {
            Registration::FlightMode => (Some(self.sim == Card::There), Some(false)),
            Registration::NoSim | Registration::SimLocked => (Some(false), Some(false)),
            Registration::Off | Registration::StartingSim { .. } => (None, None),
            Registration::Searching => (Some(true), Some(false)),
            Registration::Registering { .. } => (Some(true), None),
            Registration::Registered => (Some(true), Some(true)),
        };
        let flight_mode = self.registration == Registration::FlightMode;
        let has_link = !matches!(self.link, Link::Detached | Link::Attaching { .. });
        Status {
            sim_ready,
            sim_locked: self.registration == Registration::SimLocked,
            registered,
            attached: registered == Some(true) && has_link,
            online: self.link == Link::Online,
            flight_mode,
        }
    }

    pub(crate) fn poll_event(&mut self) -> Option<Net> {
        self.events.pop_front()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let registration = match self.registration {
            Registration::StartingSim { ready_at } => Some(ready_at),
            Registration::Registering { registered_at } => Some(registered_at),
            Registration::Off
            | Registration::FlightMode
            | Registration::NoSim
            | Registration::SimLocked
            | Registration::Searching
            | Registration::Registered => None,
        };
        let link = match self.link {
            Link::Attaching { attached_at } => Some(attached_at),
            Link::Activating { online_at } => Some(online_at),
            Link::Shutting { done_at } => Some(done_at),
            Link::Detached | Link::Barred | Link::Online | Link::Shut => None,
        };
        registration.into_iter().chain(link).min()
    }

    /// Takes the steps that are due; calling early does nothing.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        while self.poll_timeout().is_some_and(|due| due <= now) {
            self.step_registration(now);
            self.step_link(now);
        }
    }

    fn step_registration(&mut self, now: Instant) {
        match self.registration {
            Registration::StartingSim { ready_at } if ready_at <= now => {
                if self.sim == Card::Locked {
                    return self.ask_for_pin();
                }
                self.events.push_back(Net::SimReady);
                self.search(ready_at);
            }
            Registration::Registering { registered_at } if registered_at <= now => {
                self.registration = Registration::Registered;
                self.events.push_back(Net::Registered);
                self.attach(registered_at);
            }
            Registration::Off
            | Registration::FlightMode
            | Registration::NoSim
            | Registration::SimLocked
            | Registration::StartingSim { .. }
            | Registration::Searching
            | Registration::Registering { .. }
            | Registration::Registered => {}
        }
    }

    fn step_link(&mut self, now: Instant) {
        match self.link {
            Link::Attaching { attached_at } if attached_at <= now => {
                self.events.push_back(Net::Attached);
                self.ask_for_address(attached_at);
            }
            Link::Activating { online_at } if online_at <= now => {
                self.link = Link::Online;
                self.events.push_back(Net::Online);
            }
            Link::Shutting { done_at } if done_at <= now => {
                self.link = Link::Shut;
                self.events.push_back(Net::Shut);
            }
            Link::Attaching { .. }
            | Link::Activating { .. }
            | Link::Shutting { .. }
            | Link::Detached
            | Link::Barred
            | Link::Online
            | Link::Shut => {}
        }
    }

    fn ask_for_pin(&mut self) {
        self.registration = Registration::SimLocked;
        self.events.push_back(Net::SimLocked);
    }

    fn ask_for_address(&mut self, now: Instant) {
        self.link = match self.data {
            Data::Allowed => Link::Activating { online_at: now + self.plan.activate },
            Data::Barred => Link::Barred,
        };
    }

    /// Gives the address back; [`Net::Shut`] says when that is done. Asking again while it is
    /// under way starts the wait anew.
    pub(crate) fn shut(&mut self, now: Instant) {
        self.link = Link::Shutting { done_at: now + self.plan.shut };
    }

    /// Asks for an address after a shut.
    pub(crate) fn activate(&mut self, now: Instant) {
        match (self.link, self.registration) {
            (Link::Shut | Link::Shutting { .. }, Registration::Registered) => {
                self.ask_for_address(now);
            }
            (Link::Shut | Link::Shutting { .. }, _) => self.link = Link::Detached,
            (
                Link::Detached
                | Link::Attaching { .. }
                | Link::Activating { .. }
                | Link::Barred
                | Link::Online,
                _,
            ) => {}
        }
    }

    /// Switches the radio off or on; no change, no event.
    pub(crate) fn set_flight_mode(&mut self, now: Instant, on: bool) {
        if self.registration == Registration::Off {
            return;
        }
        let was_on = self.registration == Registration::FlightMode;
        if on && !was_on {
            self.leave_network();
            self.registration = Registration::FlightMode;
            self.events.push_back(Net::FlightModeOn);
        } else if !on && was_on {
            self.events.push_back(Net::FlightModeOff);
            self.start_sim(now);
        }
    }

    fn start_sim(&mut self, now: Instant) {
        self.registration = match self.sim {
            Card::There | Card::Locked => {
                Registration::StartingSim { ready_at: now + self.plan.sim }
            }
            Card::Gone => {
                self.events.push_back(Net::SimGone);
                Registration::NoSim
            }
        };
    }

    fn search(&mut self, now: Instant) {
        self.registration = match self.cell {
            Presence::There => {
                Registration::Registering { registered_at: now + self.plan.register }
            }
            Presence::Gone => Registration::Searching,
        };
    }

    fn attach(&mut self, now: Instant) {
        if self.link == Link::Detached {
            self.link = Link::Attaching { attached_at: now + self.plan.attach };
        }
    }

    fn leave_network(&mut self) {
        if self.link == Link::Online {
            self.events.push_back(Net::Offline);
        }
        if self.registration == Registration::Registered {
            self.events.push_back(Net::Unregistered);
        }
        self.link = Link::Detached;
    }
}

#[cfg(test)]
mod tests;
mod world;
