//! One event as a line, and as bytes for the hash.
//!
//! `0>` is an order of the device for its socket 0, `0<` a fact about it, `P1_1>` and `P1_1<` the same
//! for a pin, `|` a line that the script printed.

use super::hash::Hash;
use holdline_device::{Input, Notice, RestartCause};
use holdline_modem::{Kind, LineId, Output as Order, PinId, UartId};
use std::fmt::{self, Write};

/// Bytes of a payload that a line shows.
const SHOWN_BYTES_MAX: usize = 60;

/// Something that crossed a device's door. Prints as a line of the trace does.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// It was switched on.
    PoweredOn,
    /// It heard of this.
    Fact(&'a Input),
    /// It ordered this.
    Order(&'a Order),
    /// Its script printed this line.
    Printed(&'a [u8]),
    /// Its author should hear this.
    Noticed(&'a Notice),
    /// It starts anew, because of this.
    Restarting(&'a RestartCause),
    /// It is off for good.
    PoweredOff,
}

impl Event<'_> {
    /// Feeds the frequent events to the hash as they are, and the rare ones as text.
    pub(super) fn hash(self, hash: &mut Hash) {
        match self {
            Self::Printed(line) => hash.bytes(line),
            Self::Order(Order::Send { line, bytes, confirm: _ }) => {
                hash_line(hash, 1, *line, bytes)
            }
            Self::Fact(Input::Received { line, bytes }) => hash_line(hash, 2, *line, bytes),
            Self::Fact(Input::Sent { line }) => hash_line(hash, 3, *line, b""),
            Self::Order(Order::UartWrite { port, bytes, write: _ }) => {
                hash_port(hash, 4, *port, bytes);
            }
            Self::Fact(Input::UartReceived { port, bytes }) => hash_port(hash, 5, *port, bytes),
            Self::PoweredOn
            | Self::Fact(_)
            | Self::Order(_)
            | Self::Noticed(_)
            | Self::Restarting(_)
            | Self::PoweredOff => hash.bytes(self.to_string().as_bytes()),
        }
    }
}

fn hash_line(hash: &mut Hash, what: u64, line: LineId, bytes: &[u8]) {
    hash.pair(what, u64::from(line.socket.0));
    hash.bytes(bytes);
}

fn hash_port(hash: &mut Hash, what: u64, port: UartId, bytes: &[u8]) {
    hash.pair(what, u64::from(port.number()));
    hash.bytes(bytes);
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::PoweredOn => f.write_str("power on"),
            Self::Fact(fact) => write_fact(f, fact),
            Self::Order(order) => write_order(f, order),
            Self::Printed(line) => write_printed(f, &String::from_utf8_lossy(line)),
            Self::Noticed(notice) => write_notice(f, notice),
            Self::Restarting(RestartCause::Asked(why)) => write!(f, "restart asked for: {why}"),
            Self::Restarting(RestartCause::Error(text)) => {
                write!(f, "restart after error: {}", text.lines().next().unwrap_or_default())
            }
            Self::Restarting(RestartCause::Stuck(stuck)) => match &stuck.place {
                Some(place) => write!(f, "restart of a stuck script: {place}"),
                None => f.write_str("restart of a stuck script"),
            },
            Self::Restarting(RestartCause::SoftDog(period)) => {
                write!(f, "restart by the soft dog after {} ms", period.as_millis())
            }
            Self::Restarting(RestartCause::Fault(words)) => {
                write!(f, "restart after a fault: {words}")
            }
            Self::Restarting(RestartCause::PowerCut) => f.write_str("power cut"),
            Self::PoweredOff => f.write_str("power off"),
        }
    }
}

/// Keeps what was printed on one line.
fn write_printed(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("| ")?;
    text.chars().try_for_each(|letter| match letter {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        other => f.write_char(other),
    })
}

fn write_fact(f: &mut fmt::Formatter<'_>, fact: &Input) -> fmt::Result {
    match fact {
        Input::Timeout => f.write_str("time passed"),
        Input::SimInserted => f.write_str("SIM inserted"),
        Input::SimRemoved => f.write_str("SIM removed"),
        Input::CellFound => f.write_str("cell found"),
        Input::CellLost => f.write_str("cell lost"),
        Input::LinkLost => f.write_str("link lost"),
        Input::SimLocked => f.write_str("SIM locked"),
        Input::SimUnlocked => f.write_str("SIM unlocked"),
        Input::DataBarred => f.write_str("data barred"),
        Input::DataAllowed => f.write_str("data allowed"),
        Input::RadioSwitchedOff => f.write_str("radio switched off"),
        Input::RadioSwitchedOn => f.write_str("radio switched on"),
        Input::SignalChanged { rssi } => write!(f, "signal {rssi}"),
        Input::FlashFilled => f.write_str("flash full"),
        Input::FlashFreed => f.write_str("flash has room"),
        Input::PowerLost => f.write_str("power lost"),
        Input::PowerRestored => f.write_str("power restored"),
        Input::Pin { pin, level } => write_wired(f, *pin, *level),
        Input::Connected { line } => write!(f, "{}< connected", line.socket.0),
        Input::ConnectFailed { line, why } => write!(f, "{}< connect failed: {why}", line.socket.0),
        Input::Sent { line } => write!(f, "{}< sent", line.socket.0),
        Input::SendFailed { line } => write!(f, "{}< send failed", line.socket.0),
        Input::Received { line, bytes } => write!(f, "{}< {}", line.socket.0, Payload(bytes)),
        Input::Ended { line, how } => write!(f, "{}< ended: {how}", line.socket.0),
        Input::Closed { line } => write!(f, "{}< closed", line.socket.0),
        Input::UartReceived { port, bytes } => write!(f, "{port}< {}", Payload(bytes)),
        Input::UartOverran { port, lost } => write!(f, "{port}< lost {lost} bytes"),
        Input::UartSent { port, write } => write!(f, "{port}< sent {write}"),
    }
}

fn write_wired(f: &mut fmt::Formatter<'_>, pin: PinId, level: Option<bool>) -> fmt::Result {
    let level = match level {
        Some(true) => "high",
        Some(false) => "low",
        None => "nothing",
    };
    write!(f, "{pin}< {level}")
}

fn write_order(f: &mut fmt::Formatter<'_>, order: &Order) -> fmt::Result {
    match order {
        Order::Connect { line, kind, tls, host, port, resend_for: _ } => {
            let kind = match kind {
                _ if tls.is_some() => "tls",
                Kind::Tcp => "tcp",
                Kind::Udp => "udp",
            };
            write!(f, "{}> connect {kind} {host}:{port}", line.socket.0)
        }
        Order::Send { line, bytes, confirm: _ } => {
            write!(f, "{}> {}", line.socket.0, Payload(bytes))
        }
        Order::Close { line } => write!(f, "{}> close", line.socket.0),
        Order::Abort { line } => write!(f, "{}> abort", line.socket.0),
        Order::Pause { line } => write!(f, "{}> pause", line.socket.0),
        Order::Resume { line } => write!(f, "{}> resume", line.socket.0),
        Order::UartOpen { port, settings } => write!(f, "{port}> open at {}", settings.baud),
        Order::UartWrite { port, write, bytes } => {
            write!(f, "{port}> {write}: {}", Payload(bytes))
        }
        Order::UartClose { port } => write!(f, "{port}> close"),
        Order::UartPause { port } => write!(f, "{port}> pause"),
        Order::UartResume { port } => write!(f, "{port}> resume"),
        Order::UartOverrun { port, lost, total } => {
            write!(f, "{port}: {lost} bytes lost, {total} in all")
        }
        Order::Net(change) => write!(f, "{change}"),
        Order::Pin { pin, drive } => write!(f, "{pin}> {drive}"),
        Order::Idle(_) => f.write_str("idle"),
    }
}

fn write_notice(f: &mut fmt::Formatter<'_>, notice: &Notice) -> fmt::Result {
    write!(f, "notice {:?}", notice.kind)?;
    if let Some(place) = &notice.place {
        write!(f, " at {place}")?;
    }
    notice.detail.iter().try_for_each(|detail| write!(f, " `{detail}`"))
}

/// The first bytes, printable, and how many there are where that is more.
struct Payload<'a>(&'a [u8]);

impl fmt::Display for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(SHOWN_BYTES_MAX)];
        write!(f, "\"{}\"", shown.escape_ascii())?;
        if shown.len() < self.0.len() {
            write!(f, "... {} bytes", self.0.len())?;
        }
        Ok(())
    }
}
