//! Time as tests write it: lengths such as `1h5m`, and moments since the world's start.

use crate::duration;
use std::time::Duration;

/// A length of time: `90s`, `1h5m`, `800ms`.
pub(super) fn length(text: &[u8]) -> Option<Duration> {
    duration::parse(std::str::from_utf8(text).ok()?.trim()).ok()
}

/// A moment: a length since the world's start, or the clock form `01:05:00` or `01:05`.
pub(super) fn moment(text: &[u8]) -> Option<Duration> {
    length(text).or_else(|| clock(std::str::from_utf8(text).ok()?.trim()))
}

fn clock(text: &str) -> Option<Duration> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| {
        !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(is_number) {
        return None;
    }
    let numbers: Vec<u64> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = numbers.get(2).copied().unwrap_or(0);
    let is_clock = numbers[1] < 60 && seconds < 60;
    is_clock.then(|| Duration::from_secs(numbers[0] * 3600 + numbers[1] * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_length_or_a_clock() {
        let seconds = |text: &str| moment(text.as_bytes()).map(|time| time.as_secs());
        assert_eq!(seconds("1h5m"), Some(3900));
        assert_eq!(seconds("01:05"), Some(3900));
        assert_eq!(seconds("26:05:07"), Some(93_907));
        for text in ["", "5", "1:60", "01:02:60", ":5", "1:2:3:4", "-1:00"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
