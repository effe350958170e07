//! One connection attempt, and why it failed.

use serde::Serialize;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Why a connection could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallFailure {
    /// Somebody said no at once.
    Refused,
    /// Somebody took it and broke it off in the same moment.
    Reset,
    /// Nobody said anything.
    TimedOut,
    /// A router said that there is no way.
    HostUnreachable,
    /// This machine has no way out.
    NoNetwork,
    /// This machine does not let it out.
    NotAllowed,
    /// This machine could not even try.
    Local,
}

/// Connects to `address` within `patience`.
pub(crate) fn call(address: SocketAddr, patience: Duration) -> Result<TcpStream, CallFailure> {
    let stream = TcpStream::connect_timeout(&address, patience).map_err(|error| failure(&error))?;
    // Linux lets a call to a free local port meet itself; nobody is there.
    let met_itself = stream.local_addr().is_ok_and(|own| own == address);
    if met_itself { Err(CallFailure::Refused) } else { Ok(stream) }
}

fn failure(error: &io::Error) -> CallFailure {
    use io::ErrorKind as Kind;
    let kinds = [
        (Kind::ConnectionRefused, CallFailure::Refused),
        (Kind::ConnectionReset, CallFailure::Reset),
        (Kind::TimedOut, CallFailure::TimedOut),
        (Kind::WouldBlock, CallFailure::TimedOut),
        (Kind::HostUnreachable, CallFailure::HostUnreachable),
        (Kind::NetworkUnreachable, CallFailure::NoNetwork),
        (Kind::NetworkDown, CallFailure::NoNetwork),
        (Kind::PermissionDenied, CallFailure::NotAllowed),
    ];
    let known = kinds.into_iter().find(|(kind, _)| *kind == error.kind());
    known.map_or(CallFailure::Local, |(_, failure)| failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn who_listens_is_reached_and_who_does_not_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(call(address, PATIENCE).is_ok());
        drop(listener);
        assert_eq!(call(address, PATIENCE).unwrap_err(), CallFailure::Refused);
    }

    #[test]
    fn every_error_of_the_system_has_a_name() {
        let of = |kind: io::ErrorKind| failure(&kind.into());
        assert_eq!(of(io::ErrorKind::ConnectionReset), CallFailure::Reset);
        assert_eq!(of(io::ErrorKind::TimedOut), CallFailure::TimedOut);
        assert_eq!(of(io::ErrorKind::HostUnreachable), CallFailure::HostUnreachable);
        assert_eq!(of(io::ErrorKind::NetworkUnreachable), CallFailure::NoNetwork);
        assert_eq!(of(io::ErrorKind::PermissionDenied), CallFailure::NotAllowed);
        assert_eq!(of(io::ErrorKind::AddrInUse), CallFailure::Local);
    }
}
