//! Faults printed as words that read back as the same value.

use super::words::Value;
use super::{Fault, Shown, Trouble, When};
use core::fmt;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let When::At(time) = self.when {
            write!(f, "at {} ", Shown(time))?;
        }
        write!(f, "{}", self.what)?;
        match &self.when {
            When::Now | When::At(_) => {}
            When::Connects { first, last } if first == last => write!(f, " connect {first}")?,
            When::Connects { first, last } => write!(f, " connects {first} to {last}")?,
            When::AfterBytes(count) => write!(f, " after {count} bytes")?,
            When::AfterMessages(count) => write!(f, " after {count} messages")?,
            When::On(text) => {
                f.write_str(" on ")?;
                quote(f, text)?;
            }
        }
        if let Some(lasts) = self.lasts {
            write!(f, " for {}", Shown(lasts))?;
        }
        self.port.map_or(Ok(()), |port| write!(f, " port {port}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word().words)?;
        match self.value() {
            Value::None => Ok(()),
            Value::Time(time) => write!(f, " {}", Shown(time)),
            Value::Number(number) => write!(f, " {number}"),
        }
    }
}

/// Writes any bytes between quotes; what is no text, as hex.
fn quote(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("\"")?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_ascii_control() => write!(f, "\\x{:02X}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02X}")?;
        }
    }
    f.write_str("\"")
}
