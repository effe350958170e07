//! What a lab is made of: ports, limits, places.

use crate::words::MannerWords;
use holdline_peer::Manner;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use utoipa::ToSchema;

/// A lab, as [`Lab::start`](crate::Lab::start) makes it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where devices connect.
    pub ports: Vec<PortConfig>,
    /// Where the page and the API are.
    pub http: SocketAddr,
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
    /// What it does with devices.
    pub manner: Manner,
    /// The same as somebody wrote it.
    pub words: MannerWords,
}

impl PortConfig {
    /// A port that takes everything and says nothing.
    pub fn new(name: impl Into<String>, kind: PortKind, listen: SocketAddr) -> Self {
        let (manner, words) = (Manner::default(), MannerWords::default());
        Self { name: name.into(), kind, listen, names: Vec::new(), manner, words }
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

/// How much a lab takes on, so that no device can take it from the others.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at all ports together; more are broken at once.
    pub connections_max: usize,
    /// Bytes that wait for a device that does not read; with more it is disconnected.
    pub unsent_bytes_max: usize,
    /// How long a sender of datagrams is silent before its connection is over.
    pub udp_idle: Duration,
    /// How long a device may take to shake hands in TLS.
    pub handshake: Duration,
    /// Handshakes at a time; the oldest gives way to one more.
    pub handshakes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 18_000,
            unsent_bytes_max: 1 << 20,
            udp_idle: Duration::from_secs(300),
            handshake: Duration::from_secs(30),
            handshakes_max: 8192,
        }
    }
}
