//! Durations as people type them: `90s`, `1m30s`, `500ms`.

use crate::report::Mistake;
use std::time::Duration;

/// The longest duration that a flag takes: ten years.
const HOURS_MAX: u64 = 10 * 366 * 24;

/// Reads one or more numbers, each with its unit: `ms`, `s`, `m` or `h`.
pub(crate) fn parse(text: &str) -> Result<Duration, Mistake> {
    let wrong = || Mistake::Duration { given: text.to_owned() };
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let (part, tail) = first_part(rest).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = tail;
    }
    let too_long = total > Duration::from_secs(HOURS_MAX * 3600);
    if text.is_empty() || too_long { Err(wrong()) } else { Ok(total) }
}

/// The first number with its unit, and what follows.
fn first_part(text: &str) -> Option<(Duration, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit_len = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_len);
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some((Duration::from_millis(number.checked_mul(millis)?), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        let cases = [("90s", 90_000), ("10m", 600_000), ("1h", 3_600_000), ("500ms", 500)];
        for (text, millis) in cases {
            assert_eq!(parse(text).unwrap(), Duration::from_millis(millis), "{text}");
        }
        assert_eq!(parse("1m30s").unwrap(), Duration::from_secs(90));
        assert_eq!(parse("1h2m3s4ms").unwrap(), Duration::from_millis(3_723_004));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        let huge = ["99999999999999999999s", "18446744073709551615h", "100000000h"];
        for text in ["", "90", "s", "1.5s", "-1s", "1 s", "1d", "1mm", "s1"].iter().chain(&huge) {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
