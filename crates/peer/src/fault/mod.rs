//! Faults: what can go wrong with a server, on the line and in the module, in users' words.
//!
//! ```
//! use core::time::Duration;
//! use holdline_peer::fault::{Fault, Trouble, Ways, When};
//!
//! let fault = Fault::parse("at 2h black hole up for 90s")?;
//! assert_eq!(fault.what, Trouble::BlackHole(Ways::Up));
//! assert_eq!(fault.when, When::At(Duration::from_secs(7200)));
//! assert_eq!(fault.lasts, Some(Duration::from_secs(90)));
//! assert_eq!(fault.to_string(), "at 2h black hole up for 1m30s");
//! # Ok::<(), holdline_peer::fault::FaultError>(())
//! ```
//!
//! These are plain values. A [`Peer`](crate::Peer) commits those that are a [`Who::Server`]'s; the
//! others are the host's to commit.

mod error;
mod fit;
mod near;
mod occasion;
mod parse;
mod show;
mod time;
mod tokens;
mod words;

pub use error::{FaultError, Piece, Sentences, Wrong};
pub use fit::{Misfit, Schedule};
pub use occasion::Occasion;
pub use time::{Shown, parse_duration};
pub use words::{Make, WORDS, Who, Word};

use alloc::vec::Vec;
use core::time::Duration;

/// Something that goes wrong: what, when, and for how long.
///
/// Its `Display` prints words that [`parse`](Self::parse) reads as an equal value, as long as its
/// parts [fit](Self::check).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub what: Trouble,
    /// When it begins.
    pub when: When,
    /// How long it stands from its beginning. `None`: until the end, or a moment where it is one.
    pub lasts: Option<Duration>,
    /// The only server that it hits; `None` hits all.
    pub port: Option<u16>,
}

/// When a fault begins. Counts begin when the fault is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// At this time of the world.
    At(Duration),
    /// With these connects to a server, counted from 1; both ends belong to them.
    Connects {
        /// The first that is hit.
        first: u64,
        /// The last that is hit.
        last: u64,
    },
    /// Once so many bytes have come on one connection; these are still treated as ever.
    AfterBytes(u64),
    /// Once so many messages have come on one connection; these are still treated as ever.
    AfterMessages(u64),
    /// When these bytes have come on one connection, in as many pieces as may be; the fault takes
    /// the place of an answer.
    On(Vec<u8>),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server's system refuses connects, as if nobody listened.
    Refuse,
    /// The server takes bytes and says nothing.
    Silent,
    /// The server closes the connection in the regular way.
    Close,
    /// The server breaks the connection.
    Reset,
    /// The server's process is killed: its system closes the lines and refuses connects.
    Down,
    /// The server's process is killed and back at once.
    Restart,
    /// The server's TLS handshakes fail.
    Tls(TlsTrouble),
    /// The server's machine vanished and another took its place: on existing lines nothing answers,
    /// new ones work.
    HalfOpen,
    /// Packets vanish silently.
    BlackHole(Ways),
    /// A packet takes so long.
    Latency(Duration),
    /// A packet takes up to so much longer, each another time.
    Jitter(Duration),
    /// So many bytes a second get through.
    Rate(u64),
    /// Segments have at most so many bytes.
    Split(usize),
    /// What is sent within so much time arrives as one segment.
    Merge(Duration),
    /// A line that is idle for so long is forgotten by what stands between.
    NatIdle(Duration),
    /// Names have no address.
    NameNotFound,
    /// The answer to a name takes so long.
    NameSlow(Duration),
    /// Names lead to another address, where nobody listens.
    NameChanged,
    /// The network takes the module's address back.
    PdpLost,
    /// No network takes the module.
    RegistrationLost,
    /// The signal is weak.
    WeakSignal,
    /// The SIM card is out of its slot.
    SimOut,
    /// The SIM card wants its PIN.
    SimPin,
    /// The SIM card is not paid for.
    SimArrears,
    /// The module is in flight mode.
    FlightMode,
    /// Bytes on the serial wires are changed.
    UartNoise,
    /// A serial port loses bytes because nobody read them in time.
    UartOverrun,
    /// The file system has no room left.
    FlashFull,
    /// The module loses its power.
    PowerCut,
}

/// In which direction packets vanish, as the device sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// In both.
    Both,
    /// What the device sends.
    Up,
    /// What is sent to the device.
    Down,
}

/// How a TLS handshake fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsTrouble {
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not come.
    NotYetValid,
    /// The certificate is for another name.
    WrongName,
    /// The server vouches for itself.
    SelfSigned,
    /// The chain ends at an issuer that nobody trusts.
    UnknownIssuer,
    /// The server leaves out the certificate of its issuer.
    IssuerMissing,
    /// The server asks for a certificate of the device.
    WantsClientCertificate,
    /// The server does not take the device's certificate.
    RefusesClientCertificate,
    /// No version of TLS that both speak.
    VersionRefused,
    /// No cipher that both have.
    CipherRefused,
    /// What listens does not speak TLS.
    NotTls,
    /// The server hangs up in the middle of the handshake.
    CutOff,
}

impl Fault {
    /// Reads a fault in users' words:
    /// `[at TIME] WHAT [connects A to B | N connects] [after N bytes | after N messages]
    /// [on "TEXT"] [for DURATION] [port N]`.
    ///
    /// Upper and lower case are the same, and so are `-`, `_` and a space between letters. [`WORDS`]
    /// has what `WHAT` can be. Errors name the place, the value and the way out.
    pub fn parse(words: &str) -> Result<Self, FaultError> {
        parse::parse(words)
    }

    /// Begins at once and stands until the end, everywhere.
    pub const fn now(what: Trouble) -> Self {
        Self { what, when: When::Now, lasts: None, port: None }
    }
}
