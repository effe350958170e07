//! Rows: what happened at the lab's ports, one after the other.

use holdline_peer::line::Way;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The place of a port in the configuration, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PortId(pub(crate) usize);

/// Something that happened, before it is in the store.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) at: UnixMicros,
    pub(crate) port: PortId,
    /// The connection, counted over all ports and restarts; 0 where it concerns the whole port.
    pub(crate) conn: u64,
    pub(crate) event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A device wanted in and was turned away.
    Refused(SocketAddr),
    /// A device connected from there.
    Accepted(SocketAddr),
    /// Bytes came, as many as one read or one datagram brought.
    Received(Vec<u8>),
    /// The bytes that came made up this message; only at ports with a framing.
    Message(Vec<u8>),
    /// The device said who it is.
    Named(Vec<u8>),
    /// Bytes were sent.
    Sent(Vec<u8>),
    /// The connection is over.
    Closed(End),
    /// A fault struck, in the words that make it.
    FaultBegan(String),
    /// A fault is over.
    FaultEnded(String),
    /// The port treats devices in another manner from here on: its words in JSON.
    MannerChanged(String),
    /// The TLS handshake is done, and this was agreed on.
    Secured(String),
    /// The TLS handshake failed, for this reason.
    HandshakeFailed(String),
    /// A fault swallowed these bytes on their way, as they are on the line.
    Lost(Way, Vec<u8>),
    /// The port's script runs, from its first line.
    ScriptBegan,
    /// The script said a line.
    ScriptSaid(Vec<u8>),
    /// Something went wrong in the script: what, and where.
    ScriptFailed(String),
    /// The script did not let go at this place, and begins anew.
    ScriptStuck(String),
    /// The script was behind, and has not heard of so many connects and messages.
    ScriptBehind(u64),
    /// The script said so many lines in a second that this many are left out.
    ScriptTooLoud(u64),
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The device closed it (FIN).
    ByDevice,
    /// The device closed TCP (FIN) without an end of TLS before (`close_notify`): more may have been
    /// meant to come.
    Unannounced,
    /// The TLS handshake failed.
    Unsecured,
    /// The device broke it (RST), or the network did.
    Broken(String),
    /// The server closed it: a rule, a fault or a person.
    ByServer,
    /// The server broke it.
    ByServerReset,
    /// The device did not read what was sent.
    TooSlow,
    /// Too much waited for all, and the most for this one.
    Crowded,
    /// A sender of datagrams was silent for long.
    Idle,
    /// The server that the port passes on to closed it (FIN).
    ByTarget,
    /// That server broke it (RST), or the network did.
    TargetBroken(String),
    /// That server cannot be reached.
    Unreachable(String),
    /// The lab stopped.
    Stopped,
    /// The lab was killed, as it finds out when it is started again.
    Killed,
}

/// Microseconds since 1970, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UnixMicros(pub(crate) i64);

/// One moment of the lab's start on both clocks: what is told to peers never runs backwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
    began_unix: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let began_unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { began: Instant::now(), began_unix }
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn unix(&self, now: Duration) -> UnixMicros {
        let micros = (self.began_unix + now).as_micros();
        UnixMicros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

impl Event {
    /// The bytes that crossed the line, if any did.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Received(bytes)
            | Self::Message(bytes)
            | Self::Named(bytes)
            | Self::Sent(bytes)
            | Self::ScriptSaid(bytes)
            | Self::Lost(_, bytes) => bytes,
            Self::Refused(_)
            | Self::Accepted(_)
            | Self::Closed(_)
            | Self::FaultBegan(_)
            | Self::FaultEnded(_)
            | Self::MannerChanged(_)
            | Self::Secured(_)
            | Self::HandshakeFailed(_)
            | Self::ScriptBegan
            | Self::ScriptFailed(_)
            | Self::ScriptStuck(_)
            | Self::ScriptBehind(_)
            | Self::ScriptTooLoud(_) => &[],
        }
    }
}
