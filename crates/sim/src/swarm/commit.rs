//! Faults, as far as the world can commit them.

use super::{Address, begin_of, is_name};
use crate::{DeviceId, Sim};
use holdline_device::Input;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble, Ways, When, Who};
use std::ops::Range;
use std::time::Duration;

/// A signal that is hardly there.
const WEAK_RSSI: u8 = 4;

/// A signal as a device powers on with.
const GOOD_RSSI: u8 = 24;

/// How long the power is gone, unless the fault says.
const POWER_CUT: Duration = Duration::from_secs(1);

/// The device of the world.
const DEVICE: DeviceId = DeviceId(0);

/// Whether the world can commit `fault`.
pub fn can_commit(fault: &Fault) -> bool {
    let is_timed = matches!(fault.when, When::Now | When::At(_));
    match fault.what.who() {
        Who::Server => true,
        Who::Line => {
            is_timed && matches!(fault.what, Trouble::BlackHole(Ways::Both) | Trouble::NameNotFound)
        }
        Who::Module => facts(fault.what).is_some() || fault.what == Trouble::PdpLost,
    }
}

/// Plans `fault`, which must be one that [`can_commit`] takes, for the servers at `addresses` and
/// the device.
pub(super) fn commit(sim: &mut Sim, fault: &Fault, addresses: &[Address]) {
    let at = Instant::ZERO + begin_of(fault);
    let cut = Some(POWER_CUT).filter(|_| fault.what == Trouble::PowerCut);
    let span = at..at + fault.lasts.or(cut).unwrap_or(Duration::MAX);
    match fault.what.who() {
        Who::Server => {
            for address in hit(fault, addresses) {
                let now = sim.now();
                sim.server_at(&address.host, address.port).inject(now, fault.clone());
            }
        }
        Who::Line if fault.what == Trouble::NameNotFound => {
            let names = addresses.iter().map(|address| address.host.as_str());
            names.filter(|host| is_name(host)).for_each(|name| sim.lose_name(name, span.clone()));
        }
        Who::Line => {
            for address in hit(fault, addresses) {
                sim.server_at(&address.host, address.port).cut_off(span.clone());
            }
        }
        Who::Module if fault.what == Trouble::PdpLost => sim.lose_link(at),
        Who::Module => befall(sim, fault.what, span),
    }
}

/// The servers that a fault is about.
fn hit<'a>(fault: &Fault, addresses: &'a [Address]) -> impl Iterator<Item = &'a Address> {
    let only = fault.port;
    addresses.iter().filter(move |address| only.is_none_or(|port| port == address.port))
}

fn befall(sim: &mut Sim, what: Trouble, span: Range<Instant>) {
    let Some([begins, ends]) = facts(what) else { return };
    sim.tell(span.start, DEVICE, begins);
    sim.tell(span.end, DEVICE, ends);
}

/// What a module hears where a trouble begins and where it ends.
fn facts(what: Trouble) -> Option<[Input; 2]> {
    Some(match what {
        Trouble::RegistrationLost => [Input::CellLost, Input::CellFound],
        Trouble::WeakSignal => [WEAK_RSSI, GOOD_RSSI].map(|rssi| Input::SignalChanged { rssi }),
        Trouble::SimOut => [Input::SimRemoved, Input::SimInserted],
        Trouble::SimPin => [Input::SimLocked, Input::SimUnlocked],
        Trouble::SimArrears => [Input::DataBarred, Input::DataAllowed],
        Trouble::FlightMode => [Input::RadioSwitchedOff, Input::RadioSwitchedOn],
        Trouble::FlashFull => [Input::FlashFilled, Input::FlashFreed],
        Trouble::PowerCut => [Input::PowerLost, Input::PowerRestored],
        Trouble::UartNoise
        | Trouble::UartOverrun
        | Trouble::PdpLost
        | Trouble::Refuse
        | Trouble::Silent
        | Trouble::Close
        | Trouble::Reset
        | Trouble::Down
        | Trouble::Restart
        | Trouble::Tls(_)
        | Trouble::HalfOpen
        | Trouble::BlackHole(_)
        | Trouble::Latency(_)
        | Trouble::Jitter(_)
        | Trouble::Rate(_)
        | Trouble::Split(_)
        | Trouble::Merge(_)
        | Trouble::NatIdle(_)
        | Trouble::NameNotFound
        | Trouble::NameSlow(_)
        | Trouble::NameChanged => return None,
    })
}
