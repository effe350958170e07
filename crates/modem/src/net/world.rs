//! What the world does to a module: the card, the cell, the network's word, the supply.

use super::{Card, Data, Link, Network, Presence, RSSI_MAX, Registration};
use crate::{Instant, Net};

impl Network {
    pub(crate) fn handle_sim_inserted(&mut self, now: Instant) {
        if self.sim == Card::Gone {
            self.sim = Card::There;
        }
        if self.registration == Registration::NoSim {
            self.start_sim(now);
        }
    }

    pub(crate) fn handle_sim_removed(&mut self) {
        self.sim = Card::Gone;
        if self.uses_sim() {
            self.leave_network();
            self.registration = Registration::NoSim;
            self.events.push_back(Net::SimGone);
        }
    }

    /// A card that starts asks when it has started, one in use at once.
    pub(crate) fn handle_sim_locked(&mut self) {
        if self.sim == Card::Gone {
            return;
        }
        self.sim = Card::Locked;
        let is_starting = matches!(self.registration, Registration::StartingSim { .. });
        if self.uses_sim() && !is_starting && self.registration != Registration::SimLocked {
            self.leave_network();
            self.ask_for_pin();
        }
    }

    pub(crate) fn handle_sim_unlocked(&mut self, now: Instant) {
        if self.sim == Card::Locked {
            self.sim = Card::There;
        }
        if self.registration == Registration::SimLocked {
            self.events.push_back(Net::SimReady);
            self.search(now);
        }
    }

    /// Whether the module has found a card and means to use it.
    fn uses_sim(&self) -> bool {
        !matches!(
            self.registration,
            Registration::Off | Registration::FlightMode | Registration::NoSim
        )
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
            Registration::Off
            | Registration::FlightMode
            | Registration::NoSim
            | Registration::SimLocked
            | Registration::StartingSim { .. }
            | Registration::Searching => {}
        }
        let is_asking = matches!(self.link, Link::Attaching { .. } | Link::Activating { .. });
        if is_asking || self.link == Link::Barred {
            self.link = Link::Detached;
        }
    }

    /// The network took the address back. Asks for a new one at once where there is a cell.
    pub(crate) fn handle_link_lost(&mut self, now: Instant) {
        if self.link != Link::Online {
            return;
        }
        self.events.push_back(Net::Offline);
        self.link = Link::Detached;
        if self.registration == Registration::Registered {
            self.ask_for_address(now);
        }
    }

    /// The network takes the address back, and gives none to whoever asks.
    pub(crate) fn handle_data_barred(&mut self) {
        self.data = Data::Barred;
        match self.link {
            Link::Online => {
                self.events.push_back(Net::Offline);
                self.link = match self.registration {
                    Registration::Registered => Link::Barred,
                    Registration::Off
                    | Registration::FlightMode
                    | Registration::NoSim
                    | Registration::SimLocked
                    | Registration::StartingSim { .. }
                    | Registration::Searching
                    | Registration::Registering { .. } => Link::Detached,
                };
            }
            Link::Activating { .. } => self.link = Link::Barred,
            Link::Detached
            | Link::Attaching { .. }
            | Link::Barred
            | Link::Shutting { .. }
            | Link::Shut => {}
        }
    }

    pub(crate) fn handle_data_allowed(&mut self, now: Instant) {
        self.data = Data::Allowed;
        if self.link == Link::Barred {
            self.ask_for_address(now);
        }
    }

    pub(crate) fn handle_signal_changed(&mut self, rssi: u8) {
        self.rssi = rssi.min(RSSI_MAX);
    }
}
