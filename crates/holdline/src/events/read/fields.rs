//! What an event has besides its name, read back.

use holdline_device::Instant;
use serde_json::Value;
use std::time::Duration;

/// The moment that a number of milliseconds stands for.
pub(super) fn moment(ms: &Value) -> Option<Instant> {
    duration(ms).map(|since| Instant::ZERO + since)
}

/// See [`moment`].
pub(super) fn duration(ms: &Value) -> Option<Duration> {
    let micros = (ms.as_f64()? * 1000.0).round();
    // Up to here a number of milliseconds is exact to the microsecond.
    let is_exact = (0.0..=9e15).contains(&micros);
    is_exact.then(|| Duration::from_micros(micros as u64))
}

/// The bytes that are spelled in hex.
pub(super) fn unhex(hex: &Value) -> Option<Vec<u8>> {
    let digits = hex.as_str()?.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let byte = |pair: &[u8]| match *pair {
        [high, low] => Some(value(high)? << 4 | value(low)?),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}
