//! What `rtos.receive` yields.

use crate::{PinId, SocketId, TimerId, UartId};
use core::fmt;

/// A change of the network state, in the order of a boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Net {
    /// The SIM answers.
    SimReady,
    /// The SIM is gone.
    SimGone,
    /// A cell took the module in.
    Registered,
    /// No cell any more.
    Unregistered,
    /// The packet network took the module in.
    Attached,
    /// There is an address: sockets can connect.
    Online,
    /// The address is gone.
    Offline,
    /// A request to drop the address was carried out (`SHUT OK`).
    Shut,
    /// The radio is off.
    FlightModeOn,
    /// The radio is on again.
    FlightModeOff,
    /// The SIM asks for its PIN.
    SimLocked,
}

/// A message to the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// A timer came due.
    Timer(TimerId),
    /// How a `connect` ended (`MSG_SOCK_CONN_CNF`).
    Connected {
        /// Which socket.
        socket: SocketId,
        /// Whether the line stands.
        ok: bool,
    },
    /// Somebody has opened a line to this device, which stands.
    Accepted {
        /// Which socket.
        socket: SocketId,
    },
    /// How a `send` ended (`MSG_SOCK_SEND_CNF`); exactly one for each send.
    Sent {
        /// Which socket.
        socket: SocketId,
        /// Whether it was confirmed.
        ok: bool,
        /// How many bytes the send carried.
        len: u32,
    },
    /// Bytes wait to be read (`MSG_SOCK_RECV_IND`).
    Received {
        /// Which socket.
        socket: SocketId,
        /// How many came.
        len: u32,
    },
    /// A `close` is done (`MSG_SOCK_CLOSE_CNF`); exactly one for each close.
    Closed {
        /// Which socket.
        socket: SocketId,
    },
    /// The line ended, and not by the script (`MSG_SOCK_CLOSE_IND`).
    Ended {
        /// Which socket.
        socket: SocketId,
    },
    /// An input that the script listens to has changed its level (`MSG_INT`).
    Pin {
        /// Which pin.
        pin: PinId,
        /// Whether the level is high now.
        high: bool,
    },
    /// Bytes came in on a serial port that had nothing unread (`MSG_UART_RXDATA`).
    UartReceived {
        /// Which port.
        port: UartId,
        /// How many wait.
        len: u32,
    },
    /// All that was written to a serial port is out (`MSG_UART_TX_DONE`).
    UartSent {
        /// Which port.
        port: UartId,
    },
    /// The network state changed.
    Net(Net),
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SimReady => "SIM ready",
            Self::SimGone => "SIM gone",
            Self::Registered => "registered",
            Self::Unregistered => "unregistered",
            Self::Attached => "attached",
            Self::Online => "IP ready",
            Self::Offline => "IP lost",
            Self::Shut => "IP shut",
            Self::FlightModeOn => "flight mode on",
            Self::FlightModeOff => "flight mode off",
            Self::SimLocked => "SIM asks for its PIN",
        })
    }
}
