//! What is wrong with lines: the troubles that stand between devices and servers.

use super::LATENCY;
use super::wire::{Way, Wire};
use crate::DeviceId;
use crate::faults::{Call, Reach};
use crate::rng::Rng;
use holdline_modem::{Instant, Kind};
use holdline_peer::fault::{Trouble, Ways};
use std::collections::BTreeMap;
use std::time::Duration;

/// A weak signal: every packet takes this much longer, up to as much again on top by chance, and one
/// of so many is lost.
const WEAK_DELAY: Duration = Duration::from_millis(400);
const WEAK_JITTER: Duration = Duration::from_millis(800);
const WEAK_LOST_OF: u64 = 5;

/// How long after a lost segment its sender sends it again.
const RESEND_AFTER: Duration = Duration::from_millis(1500);

/// What stands, whom it hits, and by which number it is known.
#[derive(Debug)]
struct Trial {
    number: usize,
    what: Trouble,
    reach: Reach,
    /// For [`Trouble::Rate`]: until when each device's way is taken.
    taken_until: BTreeMap<(DeviceId, Way), Instant>,
}

/// Everything that stands.
#[derive(Debug)]
pub(super) struct Weather {
    trials: Vec<Trial>,
    rng: Rng,
}

impl Weather {
    pub(super) fn new(seed: u64) -> Self {
        Self { trials: Vec::new(), rng: Rng::new(seed) }
    }

    pub(super) fn begin(&mut self, number: usize, what: Trouble, reach: Reach) {
        self.trials.push(Trial { number, what, reach, taken_until: BTreeMap::new() });
    }

    pub(super) fn end(&mut self, number: usize) {
        self.trials.retain(|trial| trial.number != number);
    }

    /// Whether nothing is wrong with any line.
    pub(super) const fn is_fair(&self) -> bool {
        self.trials.is_empty()
    }

    pub(super) fn on(&self, call: Call) -> impl Iterator<Item = Trouble> {
        self.trials.iter().filter(move |trial| trial.reach.covers(call)).map(|trial| trial.what)
    }

    fn on_wire(&self, wire: &Wire) -> impl Iterator<Item = Trouble> {
        self.on(wire.call())
    }

    /// By which number a machine vanishes as soon as a wire to it stands.
    pub(super) fn half_opens(&self, wire: &Wire) -> Option<usize> {
        let mut hit = self.trials.iter().filter(|trial| trial.reach.covers(wire.call()));
        hit.find(|trial| trial.what == Trouble::HalfOpen).map(|trial| trial.number)
    }

    /// Whether packets of a wire vanish on this way.
    pub(super) fn swallows(&self, wire: &Wire, way: Way) -> bool {
        let this = if way == Way::ToServer { Ways::Up } else { Ways::Down };
        self.on_wire(wire).any(|trouble| {
            trouble == Trouble::BlackHole(Ways::Both) || trouble == Trouble::BlackHole(this)
        })
    }

    /// How long a wire may be idle before what stands between forgets it.
    pub(super) fn idle_max(&self, wire: &Wire) -> Option<Duration> {
        let idle = |trouble| if let Trouble::NatIdle(idle) = trouble { Some(idle) } else { None };
        self.on_wire(wire).filter_map(idle).min()
    }

    /// How many bytes a segment has at most.
    pub(super) fn segment_max(&self, wire: &Wire) -> Option<usize> {
        let size = |trouble| if let Trouble::Split(size) = trouble { Some(size) } else { None };
        self.on_wire(wire).filter_map(size).min()
    }

    /// Within which time segments become one.
    pub(super) fn merges_within(&self, wire: &Wire) -> Option<Duration> {
        let time = |trouble| if let Trouble::Merge(time) = trouble { Some(time) } else { None };
        self.on_wire(wire).filter_map(time).max()
    }

    /// How long a packet of so many bytes takes that leaves now; nothing where it is lost for good.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others do not delay")]
    pub(super) fn travel(
        &mut self,
        wire: &Wire,
        way: Way,
        bytes: usize,
        now: Instant,
    ) -> Option<Duration> {
        let (mut latency, mut more) = (None, Duration::ZERO);
        let Self { trials, rng } = self;
        for trial in trials.iter_mut().filter(|trial| trial.reach.covers(wire.call())) {
            match trial.what {
                Trouble::Latency(time) => latency = latency.max(Some(time)),
                Trouble::Jitter(most) => more += up_to(rng, most),
                Trouble::Rate(rate) => {
                    let taken = trial.taken_until.entry((wire.device, way)).or_insert(now);
                    *taken = (*taken).max(now) + time_of(bytes, rate);
                    more += taken.since(now);
                }
                Trouble::WeakSignal => {
                    more += WEAK_DELAY + up_to(rng, WEAK_JITTER);
                    if rng.next().is_multiple_of(WEAK_LOST_OF) {
                        if wire.kind == Kind::Udp {
                            return None;
                        }
                        more += RESEND_AFTER;
                    }
                }
                _ => {}
            }
        }
        Some(latency.unwrap_or(LATENCY).saturating_add(more))
    }
}

fn up_to(rng: &mut Rng, most: Duration) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1).min(u64::MAX - 1);
    Duration::from_micros(rng.next() % (micros + 1))
}

fn time_of(bytes: usize, rate: u64) -> Duration {
    let micros = (bytes as u64).saturating_mul(1_000_000).div_ceil(rate.max(1));
    Duration::from_micros(micros)
}
