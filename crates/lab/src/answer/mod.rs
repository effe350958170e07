//! What answers where no rule does: somebody outside this crate, such as a script.
//!
//! An [`Answerer`] is a value: facts go in, orders come out, and time is one of the facts. It has a
//! thread of its own and bounded ways in both directions, so one that is slow, or never done, keeps
//! nobody else waiting:
//!
//! ```text
//!   host  --- Heard, as many as there is room for --->  Answerer
//!     ^------ Said, as fast as the store takes them ------'
//! ```

mod ear;
mod thread;

pub(crate) use ear::Ear;
pub(crate) use thread::{Answering, Asked, Uttered, Voice};

use crate::row::UnixMicros;
use holdline_peer::Conn;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Makes answerers; kept in a port's configuration.
pub trait Answers: Debug + Send + Sync {
    /// What people call it: the name of its file.
    fn name(&self) -> String;

    /// One that has heard nothing yet. It is made in its own thread, and stays there.
    fn begin(&self) -> Box<dyn Answerer>;
}

/// Something that answers the devices of a port.
///
/// **Invariant: after each input, it is drained until [`Said::Idle`].**
pub trait Answerer {
    /// Takes a fact in, known at `now`, the time since it was made. May take its time, and must end.
    fn handle_input(&mut self, now: Duration, heard: Heard);

    /// The next order, or something to show; [`Said::Idle`] when there is none.
    fn poll_output(&mut self) -> Said;
}

/// A fact that reaches an answerer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A device connected.
    Connected {
        /// The connection: a number that is never used again.
        conn: Conn,
        /// From where.
        from: SocketAddr,
        /// Whether it is the sender of datagrams.
        is_datagrams: bool,
    },
    /// The device said who it is.
    Named {
        /// Where.
        conn: Conn,
        /// Its name.
        name: Vec<u8>,
    },
    /// A message came that no rule took: as the port's framing makes it, without its frame.
    Message {
        /// Where.
        conn: Conn,
        /// What came.
        bytes: Vec<u8>,
    },
    /// The oldest send on a connection that was not answered yet is under way.
    Sent {
        /// Where.
        conn: Conn,
    },
    /// A connection is over.
    Closed {
        /// Which one.
        conn: Conn,
    },
    /// Somebody wants it to begin anew, with what its file says now.
    Reload,
    /// Time passed; early is harmless.
    Timeout,
}

/// An order of an answerer, or something to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Send bytes; [`Heard::Sent`] answers, or [`Heard::Closed`].
    Send {
        /// Where to.
        conn: Conn,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close a connection in the regular way (FIN).
    Close {
        /// Which one.
        conn: Conn,
    },
    /// Break a connection (RST).
    Reset {
        /// Which one.
        conn: Conn,
    },
    /// A line to show. Any bytes.
    Line(Vec<u8>),
    /// It runs what its file says now, from the first line.
    Loaded,
    /// It runs again, from its first line.
    Recovered,
    /// Something went wrong: what, and where.
    Failed(String),
    /// It did not let go at this place, and begins anew.
    Stuck(String),
    /// It does not run at the moment.
    Ended,
    /// Drained; wait for a fact, or until this moment, if there is one.
    Idle(Option<Duration>),
}

/// How it is with an answerer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// Since when it runs; none while it does not.
    pub(crate) since: Option<UnixMicros>,
    /// What went wrong last.
    pub(crate) error: Option<String>,
}

/// The same for all who ask.
pub(crate) type Shown = Arc<Mutex<Standing>>;

pub(crate) fn standing(shown: &Shown) -> Standing {
    shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
