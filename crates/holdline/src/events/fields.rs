//! What an event has besides its name.

use holdline_modem::{Instant, LineId, PinId, UartId};
use serde_json::Value;
use std::fmt::Write as _;
use std::time::Duration;

/// Fields in the order in which they are written.
pub(super) type Fields = Vec<(&'static str, Value)>;

pub(super) fn with(mut fields: Fields, key: &'static str, value: impl Into<Value>) -> Fields {
    fields.push((key, value.into()));
    fields
}

pub(super) fn of_pin(pin: PinId) -> Fields {
    with(Fields::new(), "pin", pin.to_string())
}

pub(super) fn of_line(line: LineId) -> Fields {
    with(with(Fields::new(), "socket", line.socket.0), "attempt", line.attempt.0)
}

pub(super) fn of_port(port: UartId) -> Fields {
    with(Fields::new(), "port", port.number())
}

pub(super) fn with_bytes(fields: Fields, bytes: &[u8]) -> Fields {
    let fields = with(fields, "len", bytes.len());
    with(with(fields, "text", String::from_utf8_lossy(bytes)), "hex", hex(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
    }
    hex
}

/// A moment or a time in milliseconds, exact to the microsecond.
pub(super) fn ms(at: Instant) -> f64 {
    at.as_micros() as f64 / 1000.0
}

/// See [`ms`].
pub(super) fn ms_of(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
