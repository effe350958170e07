//! The world of one run: a device, and a server at each address that it dials.

use super::ear::Ear;
use super::{Address, Setup};
use crate::{Keep, Sim, TlsManner, Watch};
use holdline_device::{Power, Project, Sharing, Vm, VmError};
use holdline_peer::{Manner, Reply, What};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Instructions that a script may run without waiting: fewer than a module's watchdog allows, but
/// more than scripts need in one turn, and a loop without a wait would cost seconds in each seed.
pub const TURN_INSTRUCTIONS_MAX: u64 = 50_000_000;

/// Bytes that each server's record keeps: all of any run that is not about volume.
const RECORD_BYTES_MAX: usize = 32 << 20;

/// Addresses that have servers; a script that dials more makes them up.
const SERVERS_MAX: usize = 20;

pub(super) struct World {
    pub(super) sim: Sim,
    pub(super) ear: Rc<RefCell<Ear>>,
}

impl World {
    /// Powers on a device in a world that has servers at `addresses`, of TLS where that is said.
    pub(super) fn open(
        setup: &Setup,
        project: &Rc<Project>,
        seed: u64,
        ear: Ear,
        addresses: &[(Address, bool)],
    ) -> Result<Self, VmError> {
        let ear = Rc::new(RefCell::new(ear));
        let mut sim = Sim::new(seed);
        sim.keep(Keep::Hash);
        sim.watch(Rc::clone(&ear) as Rc<RefCell<dyn Watch>>);
        for (address, speaks_tls) in addresses {
            let echoes = setup.echoes.contains(&address.port);
            let reply = if echoes { Reply::Echo } else { Reply::Silent };
            let server = sim.server_at(&address.host, address.port);
            server.behave(Manner { reply, ..Manner::default() }).record_up_to(RECORD_BYTES_MAX);
            if *speaks_tls {
                server.speak_tls(TlsManner::default());
            }
        }
        let vm = Vm::new(Rc::clone(project), Sharing::Alone)?;
        vm.limit_turns(TURN_INSTRUCTIONS_MAX);
        let power = Power { profile: setup.profile, boot: setup.boot, ..Power::default() };
        sim.device_in(&vm, power);
        Ok(Self { sim, ear })
    }

    /// Adds to `addresses` what was dialled beside them; whether there was anything.
    pub(super) fn learn(&self, addresses: &mut Vec<(Address, bool)>) -> bool {
        let before = addresses.len();
        for (address, tls) in &self.ear.borrow().dialled {
            let is_known = addresses.iter().any(|(known, _)| known == address);
            if !is_known && addresses.len() < SERVERS_MAX {
                addresses.push((address.clone(), *tls));
            }
        }
        addresses.len() > before
    }

    /// What the server at `address` has heard, in the order of time.
    pub(super) fn heard(&mut self, address: &Address) -> Vec<(Duration, &[u8])> {
        let record = self.sim.server_at(&address.host, address.port).peer().record();
        let heard = record.iter().filter_map(|entry| {
            if let What::Received(bytes) = &entry.what {
                Some((entry.at, &bytes[..]))
            } else {
                None
            }
        });
        heard.collect()
    }
}
