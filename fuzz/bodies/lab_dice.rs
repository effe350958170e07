//! Choices that a fuzzer's bytes make, and the words of a lab that come of them: mostly words that mean
//! something, often at a wrong place.

use serde_json::{Map, Value, json};

/// The words of a rule, and of what stands in the words of a port.
const RULE: &[&str] = &[
    "on",
    "equals",
    "prefix",
    "contains",
    "matches",
    "hex",
    "every",
    "after",
    "reply",
    "reply_hex",
    "echo",
    "split",
    "then",
];
const LENGTH: &[&str] = &["skip", "length", "order", "counts"];
const BYTES: &[&str] = &["prefix_hex", "skip", "len"];

const TIMES: &[&str] = &["1ms", "10s", "1h5m", "0s", "99999999999h", "1", "-1s", ""];
const HEX: &[&str] = &["7e 01", "7E01ff", "7", "", "zz", "?? 6?", "\u{ff11}\u{ff11}"];
const PATTERNS: &[&str] =
    &["^a(b+)", "id=([a-z]+)", "(", "(?i)heart|\\d{3}", "", "imei", "x{999}{999}"];
const FAULTS: &[&str] = &[
    "refuse 3 connects",
    "reset after 37 bytes",
    "silent for 5m",
    "server down for 1s",
    "tls expired",
    "close on \"ab\\r\\n\"",
    "latency 50ms jitter 10ms",
    "at 2h close",
    "sim out",
    "port 1 close",
];

/// Choices made by the bytes that are left; 0 once there are none.
pub(crate) struct Dice<'a>(pub(crate) &'a [u8]);

impl Dice<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(crate) fn is_even(&mut self) -> bool {
        self.byte().is_multiple_of(2)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// A piece of the bytes themselves, which the fuzzer can make into anything.
    pub(crate) fn text(&mut self) -> String {
        let len = usize::from(self.byte() % 64).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// One of these, or any text.
    pub(crate) fn text_like(&mut self, likely: &[&str]) -> String {
        if self.byte().is_multiple_of(4) { self.text() } else { self.pick(likely).to_owned() }
    }

    /// An object that has some of these keys.
    pub(crate) fn object(&mut self, keys: &[&str]) -> Value {
        let mut object = Map::new();
        for _ in 0..self.byte() % 5 {
            let key = if self.byte().is_multiple_of(32) {
                self.text()
            } else {
                self.pick(keys).to_owned()
            };
            let value = self.of_key(&key);
            object.insert(key, value);
        }
        Value::Object(object)
    }

    fn of_key(&mut self, key: &str) -> Value {
        match self.byte() % 8 {
            0 => self.any(3),
            1 => self.text().into(),
            _ => self.likely(key),
        }
    }

    /// What mostly stands there.
    fn likely(&mut self, key: &str) -> Value {
        let texts: &[&str] = match key {
            "rules" | "rule" => return (0..self.byte() % 4).map(|_| self.object(RULE)).collect(),
            "names" => return json!([self.text_like(&["a.example", "192.0.2.1", "-"])]),
            "fault" => return self.fault(),
            "framing" if self.is_even() => return self.object(LENGTH),
            "identity" if self.is_even() => return self.object(BYTES),
            "skip" | "length" | "len" | "split" => return self.number(),
            "echo" => return self.is_even().into(),
            "devices" => return json!([self.text_like(&["ann", "conn-1", "nobody"])]),
            "framing" => &["none", "line", "fixed 12", "idle 200ms", "fixed 0", "idle"],
            "identity" | "matches" => PATTERNS,
            "reply" => &["silent", "echo", "ok\r\n"],
            "on" => &["connect"],
            "then" | "with" => &["close", "reset"],
            "order" => &["big", "little"],
            "counts" => &["rest", "length-and-rest", "whole"],
            "hex" | "reply_hex" | "prefix_hex" => HEX,
            "every" | "after" => TIMES,
            "kind" => &["tcp", "udp", "tls", "mtls"],
            "listen" => &["9999", "127.0.0.1:0", "[::1]:9999", "cars=1", "=1", "99999"],
            _ => &["cars", "ann", "heart data"],
        };
        self.pick(texts).into()
    }

    /// One fault as a call has it, or several as a file has them.
    fn fault(&mut self) -> Value {
        let one = self.text_like(FAULTS);
        if self.is_even() { one.into() } else { json!([one, self.text_like(FAULTS)]) }
    }

    fn number(&mut self) -> Value {
        let far = [json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1.5), json!(1e300)];
        let byte = self.byte();
        far.get(usize::from(byte)).cloned().unwrap_or_else(|| (byte % 12).into())
    }

    /// Anything at all.
    fn any(&mut self, depth: u8) -> Value {
        match self.byte() % if depth == 0 { 4 } else { 6 } {
            0 => Value::Null,
            1 => self.is_even().into(),
            2 => self.number(),
            3 => self.text().into(),
            4 => (0..self.byte() % 4).map(|_| self.any(depth - 1)).collect(),
            _ => (0..self.byte() % 4).map(|_| (self.text(), self.any(depth - 1))).collect(),
        }
    }
}
