//! Every fact that can reach a modem.

use crate::{LineId, PinId, TlsFailure, UartId};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Why a connection could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectFailure {
    /// Somebody answered, and said no.
    Refused,
    /// Nobody answered in time.
    TimedOut,
    /// The name has no address.
    NameNotFound,
    /// No way to the address.
    Unreachable,
    /// Something on this machine stood in the way: no local port, no file handle left.
    Local,
    /// The server was reached, but there is no TLS with it.
    Tls(Box<TlsFailure>),
}

/// How a line ended that the device did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// The peer closed in order.
    Closed,
    /// The peer reset.
    Reset,
    /// The peer has not acknowledged anything for too long.
    TimedOut,
}

/// A fact, told by whoever drives the modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Time has passed; deadlines may have come. Early is harmless.
    Timeout,
    /// The SIM card answers (again).
    SimInserted,
    /// The SIM card is gone.
    SimRemoved,
    /// The SIM card asks for its PIN, and does nothing until it has it.
    SimLocked,
    /// The SIM card has been given its PIN.
    SimUnlocked,
    /// A cell is in reach (again). A modem powers on with one in reach.
    CellFound,
    /// No cell is in reach.
    CellLost,
    /// The network took the address back; registration stands.
    LinkLost,
    /// The network took the address back and gives no other, as when nobody has paid; registration
    /// stands.
    DataBarred,
    /// The network gives addresses again.
    DataAllowed,
    /// The radio was switched off, and not by the script.
    RadioSwitchedOff,
    /// The radio was switched on, and not by the script.
    RadioSwitchedOn,
    /// The signal of the cell has another strength.
    SignalChanged {
        /// 0 to 31, as `AT+CSQ` tells it: -113 dBm and 2 dB for each step.
        rssi: u8,
    },
    /// The flash has no room for another byte.
    FlashFilled,
    /// The flash has room again.
    FlashFreed,
    /// The supply failed: everything stops where it is.
    PowerLost,
    /// The supply is back; the device starts.
    PowerRestored,
    /// Something outside drives a pin, or lets go of it.
    Pin {
        /// Which pin.
        pin: PinId,
        /// Whether the level is high; `None` where nothing drives it any more.
        level: Option<bool>,
    },
    /// The connection of `line` stands.
    Connected {
        /// Which line.
        line: LineId,
    },
    /// The connection of `line` could not be made.
    ConnectFailed {
        /// Which line.
        line: LineId,
        /// Why.
        why: ConnectFailure,
    },
    /// The oldest unconfirmed send of `line` is confirmed.
    Sent {
        /// Which line.
        line: LineId,
    },
    /// The oldest unconfirmed send of `line` failed.
    SendFailed {
        /// Which line.
        line: LineId,
    },
    /// Bytes came in: part of a stream for TCP, one whole datagram for UDP.
    Received {
        /// Which line.
        line: LineId,
        /// What came.
        bytes: Vec<u8>,
    },
    /// The line ended, and not by this device's order.
    Ended {
        /// Which line.
        line: LineId,
        /// How.
        how: LineEnd,
    },
    /// An order to close `line` has been carried out.
    Closed {
        /// Which line.
        line: LineId,
    },
    /// Bytes came in on a serial port.
    UartReceived {
        /// Which port.
        port: UartId,
        /// What came.
        bytes: Vec<u8>,
    },
    /// Bytes came in faster than the port's own hardware could hand them on, and are lost.
    UartOverran {
        /// Which port.
        port: UartId,
        /// How many.
        lost: usize,
    },
    /// The last bit of a write is out on the wire, and with it all that was written before.
    UartSent {
        /// Which port.
        port: UartId,
        /// Which write, as its order numbered it.
        write: u32,
    },
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed out",
            Self::NameNotFound => "name not found",
            Self::Unreachable => "unreachable",
            Self::Local => "no local resources",
            Self::Tls(why) => why.kind(),
        })
    }
}

impl fmt::Display for LineEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Reset => "reset",
            Self::TimedOut => "timed out",
        })
    }
}
