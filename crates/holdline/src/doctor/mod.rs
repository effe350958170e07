//! Why a module does not reach a server: one step after the other, each with what it found.
//!
//! The steps only find; [`verdict`] says what stands in the way and whose it is, and the words are
//! in `words/doctor`. Calls wait: a person runs this and watches.

mod call;
mod exam;
mod greeting;
mod idle;
mod name;
mod scope;
mod target;
mod tls;
mod verdict;

pub(crate) use call::CallFailure;
pub(crate) use exam::{Audience, Exam};
pub(crate) use greeting::{Answer, Greeting, Speaks};
pub(crate) use idle::{Idle, IdleLimits};
pub(crate) use name::NameFailure;
pub(crate) use scope::Scope;
pub(crate) use target::Target;
pub(crate) use tls::{Fault, Roots, Shown, TlsExam};
pub(crate) use verdict::{Verdict, Weight, Whose};

use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What one step found. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Finding {
    /// The name has addresses.
    Name { host: String, addresses: Vec<IpAddr>, took_ms: u64 },
    /// The name has none.
    NameFailed { host: String, why: NameFailure, took_ms: u64 },
    /// The name has addresses that a module cannot use, and no other.
    OnlyIpv6 { host: String },
    /// Where an address is, as seen from the mobile network.
    Scope { address: IpAddr, scope: Scope, from_here: bool },
    /// The server's system took the connection.
    Connected { address: SocketAddr, took_ms: u64 },
    /// It did not.
    NotConnected { address: SocketAddr, why: CallFailure, took_ms: u64 },
    /// What came without a word from this side.
    Greeting { address: SocketAddr, greeting: Greeting, listened_ms: u64 },
    /// What a TLS hello brought from a server that had said nothing.
    Speaks { address: SocketAddr, speaks: Speaks },
    /// What a text of the user's brought.
    Answer { address: SocketAddr, answer: Answer },
    /// The handshake is done.
    Handshake { address: SocketAddr, took_ms: u64, version: String, cipher: String },
    /// It is not.
    HandshakeFailed { address: SocketAddr, fault: Fault },
    /// A certificate that the server shows.
    Certificate(Shown),
    /// The certificates lead to a trusted one; a script needs that of `needs` for it.
    Verified { by_file: bool, needs: String },
    /// They do not.
    NotVerified { by_file: bool, needs: String, fault: Fault },
    /// There was nothing to judge them by.
    NotJudged { needs: String },
    /// The server asks who calls, and may insist on an answer.
    ClientCertificate { insists: bool },
    /// Whether the server also speaks the newest TLS that modules have.
    Tls12 { fault: Option<Fault> },
    /// How long the path keeps a silent connection.
    Idle(Idle),
}

/// Milliseconds, as findings carry them.
pub(crate) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
