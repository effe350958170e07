//! What crosses the two doors: facts in, orders out.

use alloc::vec::Vec;
use core::time::Duration;

use crate::fault::Fault;

/// One connection, numbered by the host.
///
/// Over UDP a connection is one sender's address, accepted with its first datagram. A number may
/// be used again once its connection is over, but a record reads better if it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conn(pub u64);

/// A fact that reaches the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A device wants to connect: the answer is [`Output::Refuse`], or nothing if it is welcome.
    ///
    /// A host that cannot say no before it accepts may leave it out, or break the connection when it
    /// is refused. Then `Accepted` is the connect that faults count.
    Connecting {
        /// What will be the new connection.
        conn: Conn,
    },
    /// A device connected.
    Accepted {
        /// The new connection; ignored if it is open already.
        conn: Conn,
    },
    /// Bytes came from a device: as many as one read, or one datagram, brought.
    Received {
        /// Where they came.
        conn: Conn,
        /// The bytes; one `Received` is one message to the peer.
        bytes: Vec<u8>,
    },
    /// The device's side ended, or the connection broke; it is over and needs no order.
    Closed {
        /// The connection that is over.
        conn: Conn,
    },
    /// Time passed; early is harmless.
    Timeout,
}

/// An order to the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Turn a device away, as if nobody listened; a connection that stands is broken (RST).
    Refuse {
        /// Which would have been the connection.
        conn: Conn,
    },
    /// Send bytes to a device.
    Send {
        /// Where to.
        conn: Conn,
        /// The bytes, never empty.
        bytes: Vec<u8>,
    },
    /// Close a connection in the regular way, after all that was sent (FIN).
    Close {
        /// Which one.
        conn: Conn,
    },
    /// Break a connection at once (RST).
    Reset {
        /// Which one.
        conn: Conn,
    },
    /// A fault of the line begins: the host brings it about. Only to a host that
    /// [takes them](crate::Peer::with_line).
    LineFaultBegan {
        /// Tells it from others.
        id: u64,
        /// What goes wrong.
        fault: Fault,
        /// The only connection that it hits; `None` hits all.
        conn: Option<Conn>,
    },
    /// A fault of the line is over.
    LineFaultEnded {
        /// Which.
        id: u64,
        /// What went wrong.
        fault: Fault,
        /// The only connection that it hit, which may be over as well.
        conn: Option<Conn>,
    },
    /// Drained; wait for a fact, or until this moment, if there is one.
    Idle(Option<Duration>),
}
