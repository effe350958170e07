//! Every order that a modem can give.

use crate::{Drive, Instant, Kind, LineId, Net, PinId, Tls, UartId, UartSettings};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// When a send counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// The peer's TCP has acknowledged the bytes: the module's slow mode, and its default.
    Acknowledged,
    /// The bytes were taken for sending: quick-send mode, and all there is for UDP.
    Taken,
}

/// What starts the device anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The script called `rtos.restart`.
    Asked,
    /// The script switched the device off with `rtos.poweroff`.
    PoweredOff,
}

/// An order to whoever drives the modem, or a thing that happened inside worth showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Look `host` up and connect; answer with `Connected` or `ConnectFailed`.
    Connect {
        /// Which line.
        line: LineId,
        /// TCP or UDP.
        kind: Kind,
        /// For TLS within the stream: what the script gives to it. The line is connected once the
        /// handshake is done. Never with UDP.
        tls: Option<Box<Tls>>,
        /// Host name or address, as the script wrote it.
        host: String,
        /// Port.
        port: u16,
        /// How long sent bytes may stay unacknowledged before the line counts as dead.
        resend_for: Duration,
    },
    /// Send all of `bytes`; answer with one `Sent` or `SendFailed`, in order.
    Send {
        /// Which line.
        line: LineId,
        /// What to send.
        bytes: Vec<u8>,
        /// When it counts as done.
        confirm: Confirm,
    },
    /// Close in order, after what was sent; answer with `Closed`.
    Close {
        /// Which line.
        line: LineId,
    },
    /// Break the line off; no answer is wanted.
    Abort {
        /// Which line.
        line: LineId,
    },
    /// Stop reading the line: the script is behind.
    Pause {
        /// Which line.
        line: LineId,
    },
    /// Read the line again.
    Resume {
        /// Which line.
        line: LineId,
    },
    /// Set a serial port up, anew where it is.
    UartOpen {
        /// Which port.
        port: UartId,
        /// How it talks.
        settings: UartSettings,
    },
    /// Write all of `bytes` after what was written before; answer with `UartSent`.
    UartWrite {
        /// Which port.
        port: UartId,
        /// Which write; the answer names it.
        write: u32,
        /// What to write.
        bytes: Vec<u8>,
    },
    /// Close a serial port, after what was written.
    UartClose {
        /// Which port.
        port: UartId,
    },
    /// Stop reading the port, where the other side can wait: the script is behind.
    UartPause {
        /// Which port.
        port: UartId,
    },
    /// Read the port again.
    UartResume {
        /// Which port.
        port: UartId,
    },
    /// Bytes came in that found no room; nothing to do but to show it.
    UartOverrun {
        /// Which port.
        port: UartId,
        /// How many were lost now.
        lost: usize,
        /// How many were lost since the port was set up.
        total: u64,
    },
    /// The network state changed; nothing to do but to show it.
    Net(Net),
    /// A pin drives something else than before; nothing to do but to show it.
    Pin {
        /// Which pin.
        pin: PinId,
        /// What it drives.
        drive: Drive,
    },
    /// All is drained. Come back at the deadline, or with the next fact.
    Idle(Option<Instant>),
}
