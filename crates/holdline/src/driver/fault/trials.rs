//! What stands between a device and its lines.

use holdline_modem::{Instant, LineId};
use holdline_peer::fault::{Trouble, Ways};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A direction, as the device sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// Which lines a trouble hits; what is not said does not matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) line: Option<LineId>,
    pub(super) port: Option<u16>,
}

/// A line, and the port that it leads to.
pub(super) type To = (LineId, u16);

/// A trouble that stands, and the number of its fault.
#[derive(Debug)]
struct Trial {
    number: usize,
    what: Trouble,
    reach: Reach,
    /// For [`Trouble::Rate`]: until when each way is taken.
    taken_until: [Instant; 2],
}

/// Every trouble that stands.
#[derive(Debug, Default)]
pub(super) struct Trials(Vec<Trial>);

/// Whether a trouble is one of what stands between.
pub(super) const fn is_between(what: Trouble) -> bool {
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

impl Trials {
    pub(super) fn begin(&mut self, number: usize, what: Trouble, reach: Reach) {
        if is_between(what) {
            self.0.push(Trial { number, what, reach, taken_until: [Instant::ZERO; 2] });
        }
    }

    pub(super) fn end(&mut self, number: usize) {
        self.0.retain(|trial| trial.number != number);
    }

    /// Whether anything stands on the way of a line.
    pub(super) fn hit(&self, to: To) -> bool {
        self.on(to).next().is_some()
    }

    /// Whether nothing gets through on this way.
    pub(super) fn blocks(&self, to: To, way: Way) -> bool {
        let this = if way == Way::Up { Ways::Up } else { Ways::Down };
        self.on(to).any(|what| {
            [Trouble::RegistrationLost, Trouble::BlackHole(Ways::Both), Trouble::BlackHole(this)]
                .contains(&what)
        })
    }

    /// How long so many bytes that leave now take longer than on the real line alone.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others do not delay")]
    pub(super) fn delay(&mut self, now: Instant, to: To, way: Way, bytes: usize) -> Duration {
        let mut latency = Duration::ZERO;
        let mut more = Duration::ZERO;
        for trial in self.0.iter_mut().filter(|trial| trial.reach.covers(to)) {
            match trial.what {
                Trouble::Latency(time) => latency = latency.max(time),
                Trouble::Jitter(most) => more = more.saturating_add(up_to(most)),
                Trouble::Rate(rate) => {
                    let taken = &mut trial.taken_until[way as usize];
                    *taken = (*taken).max(now) + time_of(bytes, rate);
                    more = more.saturating_add(taken.since(now));
                }
                _ => {}
            }
        }
        latency.saturating_add(more)
    }

    /// Whether what is under way may be there for longer than a module waits.
    pub(super) fn holds_up(&self, to: To) -> bool {
        self.on(to)
            .any(|what| matches!(what, Trouble::Latency(_) | Trouble::Jitter(_) | Trouble::Rate(_)))
    }

    /// How many bytes a segment has at most.
    pub(super) fn segment_max(&self, to: To) -> Option<usize> {
        let size = |what| if let Trouble::Split(size) = what { Some(size) } else { None };
        self.on(to).filter_map(size).min()
    }

    /// Within which time segments become one.
    pub(super) fn merges_within(&self, to: To) -> Option<Duration> {
        let time = |what| if let Trouble::Merge(time) = what { Some(time) } else { None };
        self.on(to).filter_map(time).max()
    }

    /// How long a line may be idle.
    pub(super) fn idle_max(&self, to: To) -> Option<Duration> {
        let time = |what| if let Trouble::NatIdle(time) = what { Some(time) } else { None };
        self.on(to).filter_map(time).min()
    }

    /// How long a name takes.
    pub(super) fn lookup(&self, to: To) -> Option<Duration> {
        let slow = |what| if let Trouble::NameSlow(time) = what { Some(time) } else { None };
        self.on(to).filter_map(slow).max()
    }

    fn on(&self, to: To) -> impl Iterator<Item = Trouble> {
        self.0.iter().filter(move |trial| trial.reach.covers(to)).map(|trial| trial.what)
    }
}

impl Reach {
    fn covers(self, (line, port): To) -> bool {
        self.line.is_none_or(|only| only == line) && self.port.is_none_or(|only| only == port)
    }
}

fn time_of(bytes: usize, rate: u64) -> Duration {
    Duration::from_micros((bytes as u64).saturating_mul(1_000_000).div_ceil(rate.max(1)))
}

/// Real lines are never twice the same, and neither is this.
fn up_to(most: Duration) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1).min(u64::MAX - 1);
    Duration::from_micros(RandomState::new().hash_one(0) % (micros + 1))
}
