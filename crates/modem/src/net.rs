//! SIM, registration and the data link: from power-on to an address, and what takes it away.

use crate::{BootPlan, Instant, Net};
use alloc::collections::VecDeque;

/// What the getters of `net`, `sim` and `link` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether the SIM answers; `None` while that is not known.
    pub sim_ready: Option<bool>,
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

/// Where registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registration {
    /// The radio is off.
    FlightMode,
    /// No SIM answers.
    NoSim,
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
    sim: Presence,
    cell: Presence,
    registration: Registration,
    link: Link,
    events: VecDeque<Net>,
}

impl Network {
    /// Powers on with a SIM inserted and a cell in reach.
    pub(crate) fn power_on(now: Instant, plan: BootPlan) -> Self {
        Self {
            plan,
            sim: Presence::There,
            cell: Presence::There,
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

    pub(crate) fn status(&self) -> Status {
        let (sim_ready, registered) = match self.registration {
            Registration::FlightMode => (Some(self.sim == Presence::There), Some(false)),
            Registration::NoSim => (Some(false), Some(false)),
            Registration::StartingSim { .. } => (None, None),
            Registration::Searching => (Some(true), Some(false)),
            Registration::Registering { .. } => (Some(true), None),
            Registration::Registered => (Some(true), Some(true)),
        };
        let flight_mode = self.registration == Registration::FlightMode;
        let has_link = !matches!(self.link, Link::Detached | Link::Attaching { .. });
        Status {
            sim_ready,
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
            Registration::FlightMode
            | Registration::NoSim
            | Registration::Searching
            | Registration::Registered => None,
        };
        let link = match self.link {
            Link::Attaching { attached_at } => Some(attached_at),
            Link::Activating { online_at } => Some(online_at),
            Link::Shutting { done_at } => Some(done_at),
            Link::Detached | Link::Online | Link::Shut => None,
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
                self.events.push_back(Net::SimReady);
                self.search(ready_at);
            }
            Registration::Registering { registered_at } if registered_at <= now => {
                self.registration = Registration::Registered;
                self.events.push_back(Net::Registered);
                self.attach(registered_at);
            }
            Registration::FlightMode
            | Registration::NoSim
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
                self.link = Link::Activating { online_at: attached_at + self.plan.activate };
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
            | Link::Online
            | Link::Shut => {}
        }
    }

    pub(crate) fn handle_sim_inserted(&mut self, now: Instant) {
        self.sim = Presence::There;
        if self.registration == Registration::NoSim {
            self.start_sim(now);
        }
    }

    pub(crate) fn handle_sim_removed(&mut self) {
        self.sim = Presence::Gone;
        if !matches!(self.registration, Registration::FlightMode | Registration::NoSim) {
            self.leave_network();
            self.registration = Registration::NoSim;
            self.events.push_back(Net::SimGone);
        }
    }

    pub(crate) fn handle_cell_found(&mut self, now: Instant) {
        self.cell = Presence::There;
        if self.registration == Registration::Searching {
            self.search(now);
        }
    }

    /// Loses registration. An address that stands stays: sockets are not touched, as on the module.
    pub(crate) fn handle_cell_lost(&mut self) {
        self.cell = Presence::Gone;
        match self.registration {
            Registration::Registered => {
                self.registration = Registration::Searching;
                self.events.push_back(Net::Unregistered);
            }
            Registration::Registering { .. } => self.registration = Registration::Searching,
            Registration::FlightMode
            | Registration::NoSim
            | Registration::StartingSim { .. }
            | Registration::Searching => {}
        }
        if matches!(self.link, Link::Attaching { .. } | Link::Activating { .. }) {
            self.link = Link::Detached;
        }
    }

    /// The network took the address back. Asks for a new one at once where there is a cell.
    pub(crate) fn handle_link_lost(&mut self, now: Instant) {
        if self.link != Link::Online {
            return;
        }
        self.events.push_back(Net::Offline);
        self.link = match self.registration {
            Registration::Registered => Link::Activating { online_at: now + self.plan.activate },
            Registration::FlightMode
            | Registration::NoSim
            | Registration::StartingSim { .. }
            | Registration::Searching
            | Registration::Registering { .. } => Link::Detached,
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
                self.link = Link::Activating { online_at: now + self.plan.activate };
            }
            (Link::Shut | Link::Shutting { .. }, _) => self.link = Link::Detached,
            (
                Link::Detached | Link::Attaching { .. } | Link::Activating { .. } | Link::Online,
                _,
            ) => {}
        }
    }

    /// Switches the radio off or on; no change, no event.
    pub(crate) fn set_flight_mode(&mut self, now: Instant, on: bool) {
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
            Presence::There => Registration::StartingSim { ready_at: now + self.plan.sim },
            Presence::Gone => {
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
