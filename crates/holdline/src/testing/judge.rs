//! Whether an expectation holds of what happened.

use std::time::Duration;

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Assertion {
    AtLeast(u64),
    AtMost(u64),
    Exactly(u64),
    /// With this period.
    Every {
        period: Duration,
    },
    Equals(State),
    Contains(Vec<u8>),
    IsMissing,
}

/// How something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Number(u64),
    Flag(bool),
    /// A text, or the content of a file.
    Bytes(Vec<u8>),
    /// A file that is not there.
    Missing,
}

/// A stretch of the world's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// From here on.
    pub(crate) from: Duration,
    /// Up to here; what happens at this very moment belongs to it only where it is the end of time.
    pub(crate) to: Duration,
    pub(crate) is_open_ended: bool,
}

impl Window {
    pub(super) fn contains(&self, at: Duration) -> bool {
        at >= self.from && (at < self.to || self.is_open_ended && at == self.to)
    }

    pub(super) fn len(&self) -> Duration {
        self.to.saturating_sub(self.from)
    }
}

/// What was found where an expectation does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// So many things happened, the first and the last then.
    Count {
        count: usize,
        first_and_last: Option<(Duration, Duration)>,
    },
    /// So many happened, with a gap that is too long between two moments.
    LongGap {
        count: usize,
        from: Duration,
        to: Duration,
    },
    /// So many happened, with two that stand too near to each other.
    ShortGap {
        count: usize,
        from: Duration,
        to: Duration,
    },
    State(State),
}

impl Got {
    /// The first and the last moment that it is about.
    pub(super) fn moments(&self) -> Vec<Duration> {
        match *self {
            Self::Count { first_and_last: Some((from, to)), .. }
            | Self::LongGap { from, to, .. }
            | Self::ShortGap { from, to, .. } => vec![from, to],
            Self::Count { first_and_last: None, .. } | Self::State(_) => Vec::new(),
        }
    }
}

/// How far a period may be off: as the test says, else a second or a tenth, whichever is more.
pub(crate) fn slack_of(period: Duration, given: Option<Duration>) -> Duration {
    given.unwrap_or_else(|| (period / 10).max(Duration::from_secs(1)))
}

/// Whether `assertion` holds of things that happened at `times`, all in `window`; what was found where
/// it does not. Assertions about a state do not fit here, and hold.
pub(super) fn of_times(
    assertion: &Assertion,
    times: &[Duration],
    window: Window,
    slack: Option<Duration>,
) -> Result<(), Got> {
    let count = times.len();
    let counted = |holds: bool| {
        let first_and_last = times.first().copied().zip(times.last().copied());
        if holds { Ok(()) } else { Err(Got::Count { count, first_and_last }) }
    };
    match *assertion {
        Assertion::AtLeast(wanted) => counted(count as u64 >= wanted),
        Assertion::AtMost(wanted) => counted(count as u64 <= wanted),
        Assertion::Exactly(wanted) => counted(count as u64 == wanted),
        Assertion::Every { period } => every(period, slack_of(period, slack), times, window),
        Assertion::Equals(_) | Assertion::Contains(_) | Assertion::IsMissing => Ok(()),
    }
}

/// Whether no gap is too long, those to the window's ends included, and none between two too short.
fn every(period: Duration, slack: Duration, times: &[Duration], window: Window) -> Result<(), Got> {
    let count = times.len();
    let ends = [&[window.from], times, &[window.to]].concat();
    let gap = |&(from, to): &(Duration, Duration)| to.saturating_sub(from);
    let longest = pairs(&ends).max_by_key(|pair| (gap(pair), std::cmp::Reverse(pair.0)));
    if let Some((from, to)) = longest.filter(|pair| gap(pair) > period + slack) {
        return Err(Got::LongGap { count, from, to });
    }
    match pairs(times).min_by_key(gap).filter(|pair| gap(pair) + slack < period) {
        Some((from, to)) => Err(Got::ShortGap { count, from, to }),
        None => Ok(()),
    }
}

fn pairs(times: &[Duration]) -> impl Iterator<Item = (Duration, Duration)> {
    times.windows(2).map(|pair| (pair[0], pair[1]))
}

/// Whether `assertion` holds of `state`; assertions about times do not fit here, and hold.
pub(super) fn of_state(assertion: &Assertion, state: &State) -> Result<(), Got> {
    let holds = match (assertion, state) {
        (Assertion::AtLeast(wanted), State::Number(number)) => number >= wanted,
        (Assertion::AtMost(wanted), State::Number(number)) => number <= wanted,
        (Assertion::Exactly(wanted), State::Number(number)) => number == wanted,
        (Assertion::Equals(wanted), _) => wanted == state,
        (Assertion::Contains(part), State::Bytes(bytes)) => contains(bytes, part),
        (Assertion::Contains(_), _) => false,
        (Assertion::IsMissing, _) => *state == State::Missing,
        _ => true,
    };
    if holds { Ok(()) } else { Err(Got::State(state.clone())) }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn beats(times: &[u64], from: u64, to: u64) -> Result<(), Got> {
        let window = Window { from: s(from), to: s(to), is_open_ended: true };
        let every = Assertion::Every { period: s(10) };
        let times: Vec<_> = times.iter().copied().map(s).collect();
        of_times(&every, &times, window, None)
    }

    #[test]
    fn a_beat_is_a_second_off_at_most_at_the_ends_too() {
        assert_eq!(beats(&[10, 20, 31], 0, 42), Ok(()));
        assert_eq!(beats(&[10, 22], 0, 30), Err(Got::LongGap { count: 2, from: s(10), to: s(22) }));
        assert_eq!(beats(&[12, 22], 0, 30), Err(Got::LongGap { count: 2, from: s(0), to: s(12) }));
        assert_eq!(beats(&[10], 0, 22), Err(Got::LongGap { count: 1, from: s(10), to: s(22) }));
        assert_eq!(beats(&[], 0, 22), Err(Got::LongGap { count: 0, from: s(0), to: s(22) }));
        assert_eq!(beats(&[9, 17], 0, 20), Err(Got::ShortGap { count: 2, from: s(9), to: s(17) }));
    }

    #[test]
    fn of_equal_gaps_the_first_is_told() {
        assert_eq!(beats(&[20, 40], 0, 45), Err(Got::LongGap { count: 2, from: s(0), to: s(20) }));
    }

    #[test]
    fn a_window_ends_before_its_end_unless_time_does() {
        let mut window = Window { from: s(1), to: s(3), is_open_ended: false };
        assert!(window.contains(s(1)) && !window.contains(s(3)));
        window.is_open_ended = true;
        assert!(window.contains(s(3)));
    }
}
