//! Durations as people type them: `90s`, `1m30s`, `500ms`.

use crate::report::Mistake;
use holdline_peer::fault::parse_duration;
use std::time::Duration;

/// The longest duration that a flag takes: ten years.
pub(crate) const MAX: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

/// Reads one or more numbers, each with its unit: `d`, `h`, `m`, `s`, `ms` or a smaller one.
pub(crate) fn parse(text: &str) -> Result<Duration, Mistake> {
    let duration = parse_duration(text).filter(|duration| *duration <= MAX);
    duration.ok_or_else(|| Mistake::Duration { given: text.to_owned() })
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
        for text in ["", "90", "s", "1.5s", "-1s", "1 s", "5000d", "1mm", "s1"].iter().chain(&huge)
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
