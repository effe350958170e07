//! What a server says by itself, and what it says to a first word.

use serde::Serialize;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Bytes that are looked at.
const HEARD_MAX: usize = 512;

/// What came before a word was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Greeting {
    /// Nothing: the server waits for the first word.
    Silent,
    /// The server ended the connection at once.
    Closed { after_ms: u64 },
    /// The server, or something before it, broke the connection.
    Reset { after_ms: u64 },
    /// The server spoke first.
    Spoke { text: String, speaks: Speaks },
}

/// What a server speaks, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Speaks {
    /// TLS: a script has to connect with it.
    Tls,
    /// HTTP: a script has to speak it.
    Http,
    /// SSH.
    Ssh,
    /// A mail or file server's greeting.
    Mail,
    /// Something of its own.
    Other,
    /// Nothing.
    Nothing,
}

/// What a text of the user's brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Nothing within the time.
    Nothing { waited_ms: u64 },
    /// The server ended the connection.
    Closed { after_ms: u64 },
    /// Bytes.
    Said { text: String, speaks: Speaks, after_ms: u64 },
}

/// What was heard.
enum Heard {
    Nothing,
    End,
    Break,
    Bytes(Vec<u8>),
}

/// Listens for `patience` to what comes without a word.
pub(crate) fn listen(stream: &mut TcpStream, patience: Duration) -> Greeting {
    let since = Instant::now();
    match hear(stream, patience) {
        Heard::Nothing => Greeting::Silent,
        Heard::End => Greeting::Closed { after_ms: super::ms(since.elapsed()) },
        Heard::Break => Greeting::Reset { after_ms: super::ms(since.elapsed()) },
        Heard::Bytes(bytes) => Greeting::Spoke { text: shown(&bytes), speaks: Speaks::of(&bytes) },
    }
}

/// Says `text` and listens for `patience`.
pub(crate) fn ask(stream: &mut TcpStream, text: &[u8], patience: Duration) -> Answer {
    let since = Instant::now();
    let after = || super::ms(since.elapsed());
    if stream.write_all(text).is_err() {
        return Answer::Closed { after_ms: after() };
    }
    match hear(stream, patience) {
        Heard::Nothing => Answer::Nothing { waited_ms: after() },
        Heard::End | Heard::Break => Answer::Closed { after_ms: after() },
        Heard::Bytes(bytes) => {
            let (text, speaks) = (shown(&bytes), Speaks::of(&bytes));
            Answer::Said { text, speaks, after_ms: after() }
        }
    }
}

impl Speaks {
    /// The protocol that begins with `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        // A TLS record with an alert or a server's hello. A client's hello is no answer: it is what an
        // echo sends back.
        if matches!(bytes, [0x15, 3, 0..=4, ..] | [0x16, 3, 0..=4, _, _, 2, ..]) {
            Self::Tls
        } else if bytes.starts_with(b"HTTP/") || bytes.starts_with(b"<!DOCTYPE") {
            Self::Http
        } else if bytes.starts_with(b"SSH-") {
            Self::Ssh
        } else if [b"220 ", b"220-", b"+OK ", b"* OK"].iter().any(|head| bytes.starts_with(*head)) {
            Self::Mail
        } else if bytes.is_empty() {
            Self::Nothing
        } else {
            Self::Other
        }
    }
}

fn hear(stream: &mut TcpStream, patience: Duration) -> Heard {
    let mut bytes = vec![0; HEARD_MAX];
    // A zero timeout would be refused, and means the same as a short one.
    let patience = patience.max(Duration::from_millis(1));
    if stream.set_read_timeout(Some(patience)).is_err() {
        return Heard::Nothing;
    }
    match stream.read(&mut bytes) {
        Ok(0) => Heard::End,
        Ok(len) => {
            bytes.truncate(len);
            Heard::Bytes(bytes)
        }
        Err(error) if is_timeout(&error) => Heard::Nothing,
        Err(_) => Heard::Break,
    }
}

/// Whether a read ended because its time was up. Where the kernel itself gave the peer up, the
/// error has a number of the system's and the other kind.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || cfg!(windows) && error.kind() == io::ErrorKind::TimedOut
}

/// The beginning of `bytes`, fit for one line.
fn shown(bytes: &[u8]) -> String {
    const SHOWN_MAX: usize = 60;
    let text = bytes[..bytes.len().min(SHOWN_MAX)].escape_ascii().to_string();
    if bytes.len() > SHOWN_MAX { text + "..." } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_known_by_their_first_bytes() {
        for (bytes, speaks) in [
            (b"\x15\x03\x01\x00\x02\x02\x46".as_slice(), Speaks::Tls),
            (b"\x16\x03\x03\x00\x7a\x02", Speaks::Tls),
            (b"\x16\x03\x01\x00\x7a\x01", Speaks::Other),
            (b"HTTP/1.1 400 Bad Request\r\n", Speaks::Http),
            (b"SSH-2.0-OpenSSH_9.2", Speaks::Ssh),
            (b"220 mail ESMTP", Speaks::Mail),
            (b"\x16\x16\x16", Speaks::Other),
            (b"welcome", Speaks::Other),
            (b"", Speaks::Nothing),
        ] {
            assert_eq!(Speaks::of(bytes), speaks, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_was_said_fits_on_a_line() {
        assert_eq!(shown(b"hi\r\n\xff"), r"hi\r\n\xff");
        assert_eq!(shown(&[b'a'; 100]).len(), 63);
    }
}
