//! What stands between a device and its server.

use crate::fault::{Trouble, Ways};
use alloc::vec::Vec;
use core::time::Duration;

/// A direction, as the device sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the device.
    Up,
    /// To the device.
    Down,
}

/// Which lines a trouble hits; what is not said does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach<L> {
    /// The only line.
    pub line: Option<L>,
    /// The only port of a server.
    pub port: Option<u16>,
}

/// Until when each way is taken by what a [`Trouble::Rate`] lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace([Duration; 2]);

/// A trouble that stands, and the number of its fault.
#[derive(Clone, Debug)]
struct Trial<L> {
    number: u64,
    what: Trouble,
    reach: Reach<L>,
}

/// Every trouble that stands; a line is its `L`, and the port that it leads to.
#[derive(Clone, Debug)]
pub struct Trials<L>(Vec<Trial<L>>);

impl<L> Default for Trials<L> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Whether a trouble is one of what stands between.
const fn is_between(what: Trouble) -> bool {
    use Trouble::{
        BlackHole, Jitter, Latency, Merge, NameSlow, NatIdle, Rate, RegistrationLost, Split,
    };
    matches!(
        what,
        BlackHole(_)
            | Latency(_)
            | Jitter(_)
            | Rate(_)
            | Split(_)
            | Merge(_)
            | NatIdle(_)
            | NameSlow(_)
            | RegistrationLost
    )
}

impl<L: Copy + Eq> Trials<L> {
    /// A trouble begins; what does not stand between is none of this.
    pub fn begin(&mut self, number: u64, what: Trouble, reach: Reach<L>) {
        if is_between(what) {
            self.0.push(Trial { number, what, reach });
        }
    }

    /// The trouble of this number is over.
    pub fn end(&mut self, number: u64) {
        self.0.retain(|trial| trial.number != number);
    }

    /// Whether nothing stands anywhere.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether anything stands on the way of a line.
    pub fn hit(&self, to: (L, u16)) -> bool {
        self.on(to).next().is_some()
    }

    /// Whether nothing gets through on this way.
    pub fn blocks(&self, to: (L, u16), way: Way) -> bool {
        self.on(to).any(|what| stops(what, way))
    }

    /// The same of a line that is not known yet.
    pub fn blocks_all(&self, way: Way) -> bool {
        self.0.iter().any(|trial| trial.reach.line.is_none() && stops(trial.what, way))
    }

    /// How long so many bytes that leave now take longer than without troubles. Of several rates the
    /// lowest counts. `chance` is any number, another one each time: it says how much of a jitter.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others do not delay")]
    pub fn delay(
        &self,
        now: Duration,
        to: (L, u16),
        way: Way,
        bytes: usize,
        (pace, chance): (&mut Pace, u64),
    ) -> Duration {
        let mut latency = Duration::ZERO;
        let mut more = Duration::ZERO;
        for what in self.on(to) {
            match what {
                Trouble::Latency(time) => latency = latency.max(time),
                Trouble::Jitter(most) => more = more.saturating_add(up_to(most, chance)),
                _ => {}
            }
        }
        if let Some(rate) = self.rate(to) {
            let taken = &mut pace.0[way as usize];
            *taken = (*taken).max(now).saturating_add(time_of(bytes, rate));
            more = more.saturating_add(taken.saturating_sub(now));
        }
        latency.saturating_add(more)
    }

    /// Whether what is under way may be there for long.
    pub fn holds_up(&self, to: (L, u16)) -> bool {
        self.on(to)
            .any(|what| matches!(what, Trouble::Latency(_) | Trouble::Jitter(_) | Trouble::Rate(_)))
    }

    /// How many bytes a second get through.
    pub fn rate(&self, to: (L, u16)) -> Option<u64> {
        let rate = |what| if let Trouble::Rate(rate) = what { Some(rate) } else { None };
        self.on(to).filter_map(rate).min()
    }

    /// How many bytes a segment has at most.
    pub fn segment_max(&self, to: (L, u16)) -> Option<usize> {
        let size = |what| if let Trouble::Split(size) = what { Some(size) } else { None };
        self.on(to).filter_map(size).min()
    }

    /// Within which time segments become one.
    pub fn merges_within(&self, to: (L, u16)) -> Option<Duration> {
        let time = |what| if let Trouble::Merge(time) = what { Some(time) } else { None };
        self.on(to).filter_map(time).max()
    }

    /// How long a line may be idle.
    pub fn idle_max(&self, to: (L, u16)) -> Option<Duration> {
        let time = |what| if let Trouble::NatIdle(time) = what { Some(time) } else { None };
        self.on(to).filter_map(time).min()
    }

    /// How long a name takes.
    pub fn lookup(&self, to: (L, u16)) -> Option<Duration> {
        let slow = |what| if let Trouble::NameSlow(time) = what { Some(time) } else { None };
        self.on(to).filter_map(slow).max()
    }

    fn on(&self, to: (L, u16)) -> impl Iterator<Item = Trouble> {
        self.0.iter().filter(move |trial| trial.reach.covers(to)).map(|trial| trial.what)
    }
}

impl<L: Copy + Eq> Reach<L> {
    fn covers(self, (line, port): (L, u16)) -> bool {
        self.line.is_none_or(|only| only == line) && self.port.is_none_or(|only| only == port)
    }
}

/// Whether nothing gets past a trouble on this way.
fn stops(what: Trouble, way: Way) -> bool {
    let this = if way == Way::Up { Ways::Up } else { Ways::Down };
    [Trouble::RegistrationLost, Trouble::BlackHole(Ways::Both), Trouble::BlackHole(this)]
        .contains(&what)
}

fn time_of(bytes: usize, rate: u64) -> Duration {
    Duration::from_micros((bytes as u64).saturating_mul(1_000_000).div_ceil(rate.max(1)))
}

fn up_to(most: Duration, chance: u64) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1).min(u64::MAX - 1);
    Duration::from_micros(chance % (micros + 1))
}
