//! Durations and times of the world, read and printed.

use core::fmt;
use core::time::Duration;

/// Units with their nanoseconds, the longest first.
const UNITS: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Reads a duration: one or more whole numbers, each with its unit (`d`, `h`, `m`, `s`, `ms`, `us`,
/// `ns`), as in `90s`, `1h5m`, `800ms`. `None` if it is none, or longer than a [`Duration`] can be.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let (part, tail) = first_part(rest)?;
        total = total.checked_add(part)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(total)
}

/// The first number with its unit, and what follows.
fn first_part(text: &str) -> Option<(Duration, &str)> {
    let (number, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit_len = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_len);
    let &(_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some((times(nanos, number.parse().ok()?)?, rest))
}

fn times(nanos: u64, count: u64) -> Option<Duration> {
    const SECOND: u128 = 1_000_000_000;
    let nanos = u128::from(nanos) * u128::from(count);
    let seconds = u64::try_from(nanos / SECOND).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanos % SECOND).ok()?))
}

/// Reads a time of the world: a duration since its start, or a clock's face as `02:00` or
/// `02:00:30`, of which the hours may be any number.
pub(super) fn parse_moment(text: &str) -> Option<Duration> {
    if !text.contains(':') {
        return parse_duration(text);
    }
    let mut parts = text.split(':');
    let hours = count(parts.next()?)?;
    let minutes = count(parts.next()?).filter(|&minutes| minutes < 60)?;
    let seconds = parts.next().map_or(Some(0), count).filter(|&seconds| seconds < 60)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(60)?.checked_add(seconds)?;
    parts.next().is_none().then_some(Duration::from_secs(seconds))
}

/// A whole number in digits alone.
pub(super) fn count(text: &str) -> Option<u64> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

/// Prints a duration as [`parse_duration`] reads it: `1h5m`, `800ms`, `0s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_nanos();
        for (unit, nanos) in UNITS {
            let count = rest / u128::from(nanos);
            rest %= u128::from(nanos);
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        if self.0.is_zero() { f.write_str("0s") } else { Ok(()) }
    }
}
