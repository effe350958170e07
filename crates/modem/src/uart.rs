//! The serial ports: what came in and is not read, and what is on its way out.
//!
//! A wire does not wait. Bytes that come while the receive buffer is full are lost, as on the module,
//! and counted; who drives the modem may heed [`Output::UartPause`] and keep them back instead. A
//! script that writes faster than the wire carries is held: it gets no message until most is out.

use crate::{Message, Output};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// Bytes that a port keeps until the script reads them; what comes beyond is lost.
pub const UART_RX_BYTES: usize = 16 * 1024;

/// Unread bytes at which the other side is asked to wait, and below half of which to go on.
const RX_PAUSE_BYTES: usize = UART_RX_BYTES / 2;

/// Written bytes not yet out at which the script is held.
pub const UART_TX_BYTES: usize = 16 * 1024;

/// A serial port as scripts number it: 1 to 3, and 0x81 for USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UartId(u8);

impl UartId {
    /// The port that the module offers over USB.
    pub const USB: Self = Self(0x81);

    /// The port of this number, if a module has one.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=3 | 0x81 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for UartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "uart {}", self.0)
    }
}

/// Which bit guards each byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// None.
    None,
    /// The number of ones is even.
    Even,
    /// The number of ones is odd.
    Odd,
}

/// How a port talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UartSettings {
    /// Bits a second; never 0.
    pub baud: u32,
    /// Bits of each byte, 5 to 8.
    pub data_bits: u8,
    /// The guarding bit.
    pub parity: Parity,
    /// Bits at the end of each byte, 1 or 2.
    pub stop_bits: u8,
    /// Whether each side may make the other wait (RTS and CTS).
    pub flow: bool,
}

impl UartSettings {
    /// How long `bytes` take on the wire: each has a start bit, and stop bits.
    pub const fn time_of(&self, bytes: usize) -> Duration {
        let guard = if matches!(self.parity, Parity::None) { 0 } else { 1 };
        let bits = (1 + self.data_bits + guard + self.stop_bits) as u64;
        Duration::from_micros((bytes as u64 * bits * 1_000_000).div_ceil(self.baud as u64))
    }
}

/// What a port tells the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UartTells {
    /// That something came: [`Message::UartReceived`].
    pub received: bool,
    /// That all is out: [`Message::UartSent`].
    pub sent: bool,
}

/// How much of the receive buffer to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UartTake {
    /// Up to so many bytes.
    Bytes(usize),
    /// Up to and with the first line end; all where there is none.
    Line,
    /// Up to the first space, which is dropped; all where there is none.
    Word,
    /// A whole number with its sign, after spaces and line ends; nothing where none stands there.
    Number,
}

/// The ports that a script has set up.
#[derive(Debug, Default)]
pub(crate) struct Uarts {
    ports: Vec<Port>,
    /// The number of the last write of any port, in any life of the device.
    writes: u32,
}

#[derive(Debug)]
struct Port {
    id: UartId,
    tells: UartTells,
    unread: VecDeque<u8>,
    /// Bytes that found no room.
    overrun: u64,
    paused: bool,
    /// Writes that are not out yet, by number, with their lengths.
    unsent: VecDeque<(u32, usize)>,
    unsent_bytes: usize,
}

impl Port {
    fn new(id: UartId, tells: UartTells) -> Self {
        let (unread, unsent) = (VecDeque::new(), VecDeque::new());
        Self { id, tells, unread, overrun: 0, paused: false, unsent, unsent_bytes: 0 }
    }

    /// Counts bytes that are lost.
    fn lose(&mut self, lost: usize, outputs: &mut VecDeque<Output>) {
        if lost > 0 {
            self.overrun += lost as u64;
            outputs.push_back(Output::UartOverrun { port: self.id, lost, total: self.overrun });
        }
    }

    /// How many bytes `take` means.
    fn len_of(&self, take: UartTake) -> usize {
        let up_to = |end: u8| self.unread.iter().position(|&byte| byte == end);
        match take {
            UartTake::Bytes(max) => max.min(self.unread.len()),
            UartTake::Line => up_to(b'\n').map_or(self.unread.len(), |at| at + 1),
            UartTake::Word => up_to(b' ').unwrap_or(self.unread.len()),
            UartTake::Number => self.number_len(),
        }
    }

    fn number_len(&self) -> usize {
        let mut rest = self.unread.iter().copied().peekable();
        let sign = usize::from(rest.next_if(|byte| matches!(byte, b'-' | b'+')).is_some());
        match rest.take_while(u8::is_ascii_digit).count() {
            0 => 0,
            digits => sign + digits,
        }
    }

    fn drop_front(&mut self, is_dropped: impl Fn(u8) -> bool, max: usize) {
        for _ in 0..max {
            match self.unread.front() {
                Some(&byte) if is_dropped(byte) => self.unread.pop_front(),
                Some(_) | None => return,
            };
        }
    }
}

impl Uarts {
    fn find(&mut self, id: UartId) -> Option<&mut Port> {
        self.ports.iter_mut().find(|port| port.id == id)
    }

    /// Sets a port up, anew where it is; what was unread is gone, what was written still goes out.
    pub(crate) fn set_up(&mut self, id: UartId, tells: UartTells) {
        match self.find(id) {
            Some(port) => {
                port.tells = tells;
                port.paused = false;
                port.unread.clear();
            }
            None => self.ports.push(Port::new(id, tells)),
        }
    }

    /// Closes a port; whether it was set up.
    pub(crate) fn close(&mut self, id: UartId) -> bool {
        let before = self.ports.len();
        self.ports.retain(|port| port.id != id);
        self.ports.len() < before
    }

    /// Closes every port, and says which.
    pub(crate) fn clear(&mut self) -> Vec<UartId> {
        self.ports.drain(..).map(|port| port.id).collect()
    }

    /// Takes a write of a port that is set up; says under which number.
    pub(crate) fn write(&mut self, id: UartId, len: usize) -> Option<u32> {
        let write = self.writes.wrapping_add(1);
        let port = self.find(id)?;
        port.unsent.push_back((write, len));
        port.unsent_bytes += len;
        self.writes = write;
        Some(write)
    }

    /// Every write of the port up to `write` is out; whether the port is to say that all is.
    pub(crate) fn sent(&mut self, id: UartId, write: u32) -> Option<Message> {
        let port = self.find(id)?;
        let last = port.unsent.iter().position(|&(number, _)| number == write)?;
        let out: usize = port.unsent.drain(..=last).map(|(_, len)| len).sum();
        port.unsent_bytes -= out;
        (port.tells.sent && port.unsent.is_empty()).then_some(Message::UartSent { port: id })
    }

    /// Whether a wire is so far behind that the script has to wait for it.
    pub(crate) fn hold_script(&self) -> bool {
        self.ports.iter().any(|port| port.unsent_bytes >= UART_TX_BYTES)
    }

    /// Takes bytes in. The script hears of them where it had read all before.
    pub(crate) fn received(
        &mut self,
        id: UartId,
        bytes: &[u8],
        outputs: &mut VecDeque<Output>,
    ) -> Option<Message> {
        let port = self.find(id)?;
        let was_empty = port.unread.is_empty();
        let room = UART_RX_BYTES - port.unread.len();
        port.unread.extend(&bytes[..bytes.len().min(room)]);
        let lost = bytes.len().saturating_sub(room);
        port.lose(lost, outputs);
        if !port.paused && port.unread.len() >= RX_PAUSE_BYTES {
            port.paused = true;
            outputs.push_back(Output::UartPause { port: id });
        }
        let len = u32::try_from(port.unread.len()).unwrap_or(u32::MAX);
        let tells = port.tells.received && was_empty && len > 0;
        tells.then_some(Message::UartReceived { port: id, len })
    }

    /// Bytes were lost before they could be taken in.
    pub(crate) fn overran(&mut self, id: UartId, lost: usize, outputs: &mut VecDeque<Output>) {
        if let Some(port) = self.find(id) {
            port.lose(lost, outputs);
        }
    }

    /// Takes bytes out of the receive buffer.
    pub(crate) fn read(
        &mut self,
        id: UartId,
        take: UartTake,
        outputs: &mut VecDeque<Output>,
    ) -> Vec<u8> {
        let Some(port) = self.find(id) else { return Vec::new() };
        if take == UartTake::Number {
            port.drop_front(|byte| byte.is_ascii_whitespace(), usize::MAX);
        }
        let len = port.len_of(take);
        let taken = port.unread.drain(..len).collect();
        if take == UartTake::Word {
            port.drop_front(|byte| byte == b' ', 1);
        }
        if port.paused && port.unread.len() < RX_PAUSE_BYTES / 2 {
            port.paused = false;
            outputs.push_back(Output::UartResume { port: id });
        }
        taken
    }

    /// Bytes of the port that were lost because its buffer was full.
    pub(crate) fn overrun(&self, id: UartId) -> u64 {
        self.ports.iter().find(|port| port.id == id).map_or(0, |port| port.overrun)
    }
}

#[cfg(test)]
mod tests;
