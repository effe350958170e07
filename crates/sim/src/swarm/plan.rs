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

/// What can go wrong in a plan; what stands here more than once is likelier. What has a value is
/// drawn another.
const LIKELY: [Trouble; 40] = [
    Trouble::Close,
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
    Trouble::Tls(TlsTrouble::CutOff),
    Trouble::HalfOpen,
    Trouble::HalfOpen,
    Trouble::BlackHole(Ways::Both),
    Trouble::BlackHole(Ways::Both),
    Trouble::BlackHole(Ways::Both),
    Trouble::BlackHole(Ways::Up),
    Trouble::BlackHole(Ways::Down),
    Trouble::Latency(SOME),
    Trouble::Jitter(SOME),
    Trouble::Rate(1),
    Trouble::Split(1),
    Trouble::Merge(SOME),
    Trouble::NatIdle(SOME),
    Trouble::NameNotFound,
    Trouble::NameSlow(SOME),
    Trouble::NameChanged,
    Trouble::PdpLost,
    Trouble::PdpLost,
    Trouble::PdpLost,
    Trouble::PdpLost,
    Trouble::RegistrationLost,
    Trouble::WeakSignal,
    Trouble::SimOut,
    Trouble::SimArrears,
    Trouble::FlightMode,
    Trouble::PowerCut,
];

/// A time that another is drawn for.
const SOME: Duration = Duration::from_secs(1);

/// How much longer packets take, or names, in seconds: up to more than a module waits for.
const DELAY_S: [u64; 6] = [1, 3, 5, 10, 30, 90];

/// Bytes a second, from a modem of old to what holds a heartbeat up.
const RATE: [u64; 4] = [5, 20, 100, 1000];

/// Bytes of a segment.
const SEGMENT: [usize; 4] = [1, 2, 7, 40];

/// How long what stands between remembers a line, in seconds.
const IDLE_S: [u64; 5] = [5, 20, 60, 120, 240];

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

fn fault(dice: &mut Dice, at_s: u64, calm: &Calm) -> Fault {
    let place = dice.below(calm.places.len() as u64) as usize;
    let address = &calm.places[place].address;
    let what = trouble(dice, calm);
    let lasts = Duration::from_secs(dice.one_of(&LASTS_S));
    // Whoever ends lines does it once, or each line as soon as it is there, for a while.
    let is_moment = what.is_momentary() && dice.below(3) > 0;
    let lasts = (what.takes_lasts() && !is_moment).then_some(lasts);
    let is_for_one = calm.places.len() > 1 && what.takes_port() && dice.below(2) == 0;
    let port = is_for_one.then_some(address.port);
    Fault { what, when: When::At(Duration::from_secs(at_s)), lasts, port }
}

/// A trouble that can be felt where the calm has led.
#[expect(clippy::wildcard_enum_match_arm, reason = "what has no value is taken as it is drawn")]
fn trouble(dice: &mut Dice, calm: &Calm) -> Trouble {
    let has_tls = calm.places.iter().any(|place| place.speaks_tls);
    let has_names = calm.places.iter().any(|place| is_name(&place.address.host));
    match dice.one_of(&LIKELY) {
        Trouble::Tls(_) if has_tls => Trouble::Tls(dice.one_of(&TLS)),
        Trouble::Tls(_) => Trouble::Close,
        Trouble::NameNotFound | Trouble::NameSlow(_) | Trouble::NameChanged if !has_names => {
            Trouble::PdpLost
        }
        Trouble::Latency(_) => Trouble::Latency(dice.seconds(&DELAY_S)),
        Trouble::Jitter(_) => Trouble::Jitter(dice.seconds(&DELAY_S)),
        Trouble::NameSlow(_) => Trouble::NameSlow(dice.seconds(&DELAY_S)),
        Trouble::Merge(_) => Trouble::Merge(dice.seconds(&DELAY_S)),
        Trouble::NatIdle(_) => Trouble::NatIdle(dice.seconds(&IDLE_S)),
        Trouble::Rate(_) => Trouble::Rate(dice.one_of(&RATE)),
        Trouble::Split(_) => Trouble::Split(dice.one_of(&SEGMENT)),
        drawn => drawn,
    }
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

    fn seconds(&mut self, all: &[u64]) -> Duration {
        Duration::from_secs(self.one_of(all))
    }
}
