//! What stands between a device and its lines.

use holdline_modem::LineId;
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

/// Troubles that stand, by the number of their fault.
#[derive(Debug, Default)]
pub(super) struct Trials(Vec<(usize, Trouble, Reach)>);

/// Whether a trouble is one of what stands between.
pub(super) const fn is_between(what: Trouble) -> bool {
    use Trouble::{BlackHole, Jitter, Latency, NameSlow, RegistrationLost};
    matches!(what, BlackHole(_) | Latency(_) | Jitter(_) | NameSlow(_) | RegistrationLost)
}

impl Trials {
    pub(super) fn begin(&mut self, number: usize, what: Trouble, reach: Reach) {
        if is_between(what) {
            self.0.push((number, what, reach));
        }
    }

    pub(super) fn end(&mut self, number: usize) {
        self.0.retain(|&(own, ..)| own != number);
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

    /// How long what leaves now takes longer than on the real line alone.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others do not delay")]
    pub(super) fn delay(&self, to: To) -> Duration {
        let mut latency = Duration::ZERO;
        let mut more = Duration::ZERO;
        for what in self.on(to) {
            match what {
                Trouble::Latency(time) => latency = latency.max(time),
                Trouble::Jitter(most) => more = more.saturating_add(up_to(most)),
                _ => {}
            }
        }
        latency.saturating_add(more)
    }

    /// How long a name takes.
    pub(super) fn lookup(&self, to: To) -> Option<Duration> {
        let slow = |what| if let Trouble::NameSlow(time) = what { Some(time) } else { None };
        self.on(to).filter_map(slow).max()
    }

    fn on(&self, (line, port): To) -> impl Iterator<Item = Trouble> {
        let hits = move |(_, _, reach): &&(usize, Trouble, Reach)| {
            reach.line.is_none_or(|only| only == line) && reach.port.is_none_or(|only| only == port)
        };
        self.0.iter().filter(hits).map(|&(_, what, _)| what)
    }
}

/// Real lines are never twice the same, and neither is this.
fn up_to(most: Duration) -> Duration {
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX - 1).min(u64::MAX - 1);
    Duration::from_micros(RandomState::new().hash_one(0) % (micros + 1))
}
