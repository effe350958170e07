//! What a lab is made of: ports, limits, places.

use crate::answer::Answers;
use crate::web::Lock;
use crate::words::{FaultRefusal, MannerWords, fault_of};
use holdline_peer::Manner;
use holdline_peer::fault::Fault;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// A lab, as [`Lab::start`](crate::Lab::start) makes it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where devices connect.
    pub ports: Vec<PortConfig>,
    /// Where the page and the API are.
    pub http: SocketAddr,
    /// What keeps strangers out; a lab whose page is not at this machine alone has to have it.
    pub lock: Option<Lock>,
    /// The file that keeps what happened; made if it is not there.
    pub store: PathBuf,
    /// How much a lab takes on.
    pub limits: Limits,
}

/// A port where devices connect.
#[derive(Clone, Debug)]
pub struct PortConfig {
    /// What it is called, on the page and in the API: no two ports share a name.
    pub name: String,
    /// What is spoken.
    pub kind: PortKind,
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// TLS: names and addresses that its certificate is for, beside what devices ask for.
    pub names: Vec<String>,
    /// TCP and UDP: the server that devices are passed on to; none where the port is the server.
    pub relay: Option<SocketAddr>,
    /// What goes wrong from the start; `at` counts from there.
    pub faults: Vec<Fault>,
    /// What it does with devices.
    pub manner: Manner,
    /// The same as somebody wrote it.
    pub words: MannerWords,
    /// Who answers where no rule does.
    pub answers: Option<Arc<dyn Answers>>,
}

impl PortConfig {
    /// A port that takes everything and says nothing.
    pub fn new(name: impl Into<String>, kind: PortKind, listen: SocketAddr) -> Self {
        let (manner, words) = (Manner::default(), MannerWords::default());
        Self {
            name: name.into(),
            kind,
            listen,
            names: Vec::new(),
            relay: None,
            faults: Vec::new(),
            manner,
            words,
            answers: None,
        }
    }

    /// Has the port commit a fault from the start, in words as docs/faults.md has them.
    pub fn commit(&mut self, words: &str) -> Result<(), FaultRefusal> {
        self.faults.push(fault_of(words, &self.name, self.kind, self.listen.port())?);
        Ok(())
    }

    /// Goes on as the port did when the lab ran last.
    pub(crate) fn take_over(&mut self, words: MannerWords) {
        // What another Holdline wrote and this one cannot follow is left.
        if let Ok(manner) = words.manner() {
            (self.manner, self.words) = (manner, words);
        }
    }
}

/// What is spoken at a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PortKind {
    /// TCP.
    #[default]
    Tcp,
    /// UDP: each sender's address is a connection.
    Udp,
    /// TLS over TCP.
    Tls,
    /// TLS over TCP where devices show a certificate as well.
    Mtls,
}

impl PortKind {
    /// Whether what goes over it is sealed.
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Tls | Self::Mtls)
    }

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Tls => "tls",
            Self::Mtls => "mtls",
        }
    }
}

/// How much a lab takes on, so that no device can take it from the others, and how much it keeps.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at all ports together; more are broken at once.
    pub connections_max: usize,
    /// Connections from one address, at all ports together; more are broken at once.
    pub connections_per_address_max: usize,
    /// Bytes a second that are read from one connection; what is more waits at the device's end.
    pub bytes_per_second_max: Option<NonZeroU32>,
    /// Bytes that wait for a device that does not read; with more it is disconnected.
    pub unsent_bytes_max: usize,
    /// Bytes that wait for everybody who does not read, or are under way where a fault holds them up;
    /// with more, the connection for which the most waits is over.
    pub unsent_bytes_in_all_max: usize,
    /// Bytes on their way to the store; with more, nobody is read until it has taken them.
    pub waiting_bytes_max: usize,
    /// What the store keeps.
    pub keep: Keep,
    /// How long a sender of datagrams is silent before its connection is over.
    pub udp_idle: Duration,
    /// How long a device may take to shake hands in TLS.
    pub handshake: Duration,
    /// Handshakes at a time; the oldest gives way to one more.
    pub handshakes_max: usize,
}

/// What the store keeps; the oldest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// For how many days.
    pub days: NonZeroU32,
    /// How large the file may become, in millions of bytes; its log beside it is not counted.
    pub megabytes: NonZeroU32,
}

impl Keep {
    /// The oldest that is kept at a moment; both in microseconds since 1970.
    pub(crate) fn since(self, now: i64) -> i64 {
        now.saturating_sub(i64::from(self.days.get()) * 86_400_000_000)
    }

    /// How large the file may become, in bytes.
    pub(crate) fn bytes_max(self) -> u64 {
        u64::from(self.megabytes.get()) * 1_000_000
    }
}

impl Default for Keep {
    fn default() -> Self {
        let [days, megabytes] =
            [30, 1000].map(|number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MAX));
        Self { days, megabytes }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 18_000,
            connections_per_address_max: 18_000,
            bytes_per_second_max: None,
            unsent_bytes_max: 1 << 20,
            unsent_bytes_in_all_max: 256 << 20,
            waiting_bytes_max: 32 << 20,
            keep: Keep::default(),
            udp_idle: Duration::from_secs(300),
            handshake: Duration::from_secs(30),
            handshakes_max: 8192,
        }
    }
}
