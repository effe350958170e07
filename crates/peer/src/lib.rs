//! How the other end of the line behaves: a server as a value.
//!
//! Facts go in (a device connected, bytes came, time passed), orders come out (send this, close
//! that). What the server does in between is its [`Manner`]: greet, echo, answer by rules, speak at
//! intervals, drop everyone after a while. Acts can also be planned for a moment:
//! [`Peer::plan`]. What it does wrong are [`fault`]s: [`Peer::inject`].
//!
//! It is *not* a server: it opens no socket, reads no clock, starts no thread, and draws no random
//! number. A host does what it orders, over real sockets or in a virtual world, and the same facts
//! at the same times always give the same orders. It knows nothing of modems and scripts either.
//!
//! # The contract
//!
//! - There are two doors, [`Peer::handle_input`] and [`Peer::poll_output`].
//! - **Invariant: after each input, drain until [`Output::Idle`].** Debug builds assert it.
//! - `Idle` carries the moment at which the peer wants [`Input::Timeout`]. Giving it early is
//!   harmless, giving it late only makes things late. The other inputs act on no deadline.
//! - Time is a [`Duration`](core::time::Duration) since the peer was started, and never runs
//!   backwards.
//! - The host chooses a [`Conn`] for each connection. A fact about a connection that is not open is
//!   ignored, so facts and orders may cross on their way.
//! - A device that wants in may be announced before it is accepted, [`Input::Connecting`]; a
//!   connection that is refused never was.
//! - An order to close or reset ends the connection for the peer at once: no order for it follows.
//!
//! # Example
//!
//! ```
//! use core::time::Duration;
//! use holdline_peer::{Conn, Cue, Input, Manner, Output, Peer, Reply, Rule};
//!
//! let mut peer = Peer::new(Manner {
//!     reply: Reply::Echo,
//!     rules: vec![Rule::on(Cue::Connect).after(Duration::from_secs(60)).close()],
//!     ..Manner::default()
//! });
//! let conn = Conn(1);
//! let minute = Some(Duration::from_secs(60));
//!
//! peer.handle_input(Duration::ZERO, Input::Accepted { conn });
//! assert_eq!(peer.poll_output(), Output::Idle(minute));
//!
//! peer.handle_input(Duration::from_secs(5), Input::Received { conn, bytes: b"ping".into() });
//! assert_eq!(peer.poll_output(), Output::Send { conn, bytes: b"ping".into() });
//! assert_eq!(peer.poll_output(), Output::Idle(minute));
//!
//! peer.handle_input(Duration::from_secs(60), Input::Timeout);
//! assert_eq!(peer.poll_output(), Output::Close { conn });
//! assert_eq!(peer.poll_output(), Output::Idle(None));
//! ```

#![no_std]

extern crate alloc;

mod conns;
mod door;
pub mod fault;
mod framing;
mod identity;
pub mod line;
mod manner;
mod pattern;
mod peer;
mod record;
mod rule;
mod single;
#[cfg(test)]
mod tests;
mod troubles;

pub use conns::WAITING_BYTES_MAX;
pub use door::{Conn, Input, Output};
pub use framing::{Counts, FRAME_BYTES_MAX, Framing, LengthPrefix};
pub use identity::{Identity, NAME_BYTES_MAX};
pub use manner::{Act, Ending, Manner, Reply};
pub use pattern::{Mask, MaskError, PATTERN_BYTES_MAX, Pattern, PatternError};
pub use peer::{CONNECTING_MAX, Peer};
pub use record::{By, ENTRY_BYTES, Entry, RECORD_BYTES_MAX, Record, Tally, Traffic, What};
pub use rule::{Cue, EVERY_MIN, PIECES_APART, Rule};
pub use troubles::{SPELLS_MAX, Spell};
