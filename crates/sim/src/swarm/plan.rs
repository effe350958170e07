//! The faults that a seed stands for.
//!
//! Only what a good script survives: everything ends before act two, and nothing is asked of a
//! script that it cannot know. So the server is never silent for good, and no bytes are changed.

use super::{Calm, begin_of, is_name};
use crate::rng::Rng;
use holdline_peer::fault::{Fault, TlsTrouble, Trouble, Ways, When};
use std::time::Duration;

/// Faults of one plan, at most.
const FAULTS_MAX: u64 = 8;

/// How long act one is, in seconds, before the faults' own length: short ones are more frequent.
const ACT_S: [u64; 6] = [60, 180, 300, 600, 1200, 3600];

/// How long a fault lasts, in seconds.
const LASTS_S: [u64; 12] = [1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600];

/// After the fault before, in seconds, where two come close together.
const CLOSE_S: u64 = 40;

/// What keeps the plan's numbers apart from those that the device draws.
const STREAM: u64 = 0x5EED_0FFA_0175_0001;

/// What can go wrong in a plan; what stands here more than once is likelier.
const LIKELY: [Trouble; 24] = [
    Trouble::Close,
    Trouble::Close,
    Trouble::Close,
    Trouble::Reset,
    Trouble::Reset,
    Trouble::Reset,
    Trouble::Restart,
    Trouble::Refuse,
    Trouble::Refuse,
    Trouble::Down,
    Trouble::Down,
    Trouble::Silent,
    Trouble::BlackHole(Ways::Both),
    Trouble::BlackHole(Ways::Both),
    Trouble::BlackHole(Ways::Both),
    Trouble::PdpLost,
    Trouble::PdpLost,
    Trouble::PdpLost,
    Trouble::RegistrationLost,
    Trouble::SimOut,
    Trouble::SimArrears,
    Trouble::FlightMode,
    Trouble::PowerCut,
    Trouble::Tls(TlsTrouble::CutOff),
];

/// How TLS fails, whether or not the device verifies the server.
const TLS: [TlsTrouble; 4] =
    [TlsTrouble::CutOff, TlsTrouble::Expired, TlsTrouble::UnknownIssuer, TlsTrouble::NotTls];

/// The plan of `seed` for what the calm has shown.
pub(super) fn plan(seed: u64, calm: &Calm) -> Vec<Fault> {
    let mut dice = Dice(Rng::new(seed ^ STREAM));
    let count = 1 + dice.below(FAULTS_MAX).min(dice.below(FAULTS_MAX));
    let begin = calm.ready.as_millis().div_ceil(1000) + 1;
    let act = dice.one_of(&ACT_S);
    let mut faults = Vec::new();
    let mut last = begin;
    for _ in 0..count {
        last = match faults.is_empty() || dice.below(2) == 0 {
            true => begin + dice.below(act),
            false => last + dice.below(CLOSE_S),
        };
        faults.push(fault(&mut dice, last, calm));
    }
    faults.sort_by_key(begin_of);
    faults
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is drawn is taken, but for two")]
fn fault(dice: &mut Dice, at_s: u64, calm: &Calm) -> Fault {
    let place = dice.below(calm.places.len() as u64) as usize;
    let address = &calm.places[place].address;
    let what = match dice.one_of(&LIKELY) {
        Trouble::PdpLost if is_name(&address.host) && dice.below(2) == 0 => Trouble::NameNotFound,
        Trouble::Tls(_) if calm.places.iter().any(|place| place.speaks_tls) => {
            Trouble::Tls(dice.one_of(&TLS))
        }
        Trouble::Tls(_) => Trouble::Close,
        drawn => drawn,
    };
    let lasts = Duration::from_secs(dice.one_of(&LASTS_S));
    // Whoever ends lines does it once, or each line as soon as it is there, for a while.
    let is_moment = what.is_momentary() && dice.below(3) > 0;
    let lasts = (what.takes_lasts() && !is_moment).then_some(lasts);
    let is_for_one = calm.places.len() > 1 && what.takes_port() && dice.below(2) == 0;
    let port = is_for_one.then_some(address.port);
    Fault { what, when: When::At(Duration::from_secs(at_s)), lasts, port }
}

/// Numbers from the seed.
struct Dice(Rng);

impl Dice {
    /// A number below `end`, which is more than zero.
    fn below(&mut self, end: u64) -> u64 {
        // The numbers are so many more than `end` that none of them is likelier to speak of.
        self.0.next() % end
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}
