//! What a line's work leaves behind, and the system's errors in the modem's words.

use holdline_modem::{ConnectFailure, LineEnd};
use std::io;

/// How a line stands after it was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// It waits for the next event.
    Waits,
    /// It has more to read, which no event will announce.
    HasMore,
    /// It is over.
    Over,
}

/// What the poll said of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    /// There is something to read, or an end.
    pub(crate) readable: bool,
    /// There is room to write, or a connection stands.
    pub(crate) writable: bool,
    /// The peer will say no more.
    pub(crate) ended: bool,
}

impl From<&mio::event::Event> for Ready {
    fn from(event: &mio::event::Event) -> Self {
        let ended = event.is_read_closed() || event.is_error();
        Self {
            readable: event.is_readable() || ended,
            writable: event.is_writable() || event.is_write_closed() || event.is_error(),
            ended,
        }
    }
}

/// Why a connection could not be made.
pub(crate) fn connect_failure(error: &io::Error) -> ConnectFailure {
    use io::ErrorKind as Kind;
    let is_one_of = |kinds: &[Kind]| kinds.contains(&error.kind());
    if is_one_of(&[Kind::ConnectionRefused, Kind::ConnectionReset]) {
        ConnectFailure::Refused
    } else if is_one_of(&[Kind::TimedOut]) {
        ConnectFailure::TimedOut
    } else if is_one_of(&[Kind::HostUnreachable, Kind::NetworkUnreachable, Kind::NetworkDown]) {
        ConnectFailure::Unreachable
    } else {
        ConnectFailure::Local
    }
}

/// How a line ended that broke with `error`. Where the way to a peer is gone, the system gives up
/// sending after the same time as with a silent one, and says why nothing got through.
pub(crate) fn line_end(error: &io::Error) -> LineEnd {
    use io::ErrorKind as Kind;
    let gave_up =
        [Kind::TimedOut, Kind::HostUnreachable, Kind::NetworkUnreachable, Kind::NetworkDown];
    if gave_up.contains(&error.kind()) { LineEnd::TimedOut } else { LineEnd::Reset }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_cannot_be_reached_any_more_has_timed_out() {
        let end = |kind: io::ErrorKind| line_end(&io::Error::from(kind));
        assert_eq!(end(io::ErrorKind::HostUnreachable), LineEnd::TimedOut);
        assert_eq!(end(io::ErrorKind::TimedOut), LineEnd::TimedOut);
        assert_eq!(end(io::ErrorKind::ConnectionReset), LineEnd::Reset);
    }
}
