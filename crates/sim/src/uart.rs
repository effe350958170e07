//! The serial ports of devices, and who stands at the other end of each.
//!
//! Each byte takes the time that the port's baud rate gives it, both ways. What comes in is handed
//! on as a port's own small buffer does it: when that is full, or the other end has no more.

use crate::DeviceId;
use crate::queue::Queue;
use crate::rng::Rng;
use crate::sim::Event;
use holdline_modem::{Input, Instant, Output as Order, UartId, UartSettings};
use std::collections::{BTreeSet, VecDeque};

/// Bytes that a port hands on together.
const FIFO_BYTES: usize = 32;

/// Noise changes a bit in one of so many bytes.
const NOISE_OF: u64 = 8;

/// Something that will happen on a serial wire.
#[derive(Debug)]
pub(crate) enum Carried {
    /// The other end's next bytes are in.
    In { wire: usize, bytes: Vec<u8> },
    /// A write is out.
    Out { wire: usize, write: u32, bytes: Vec<u8> },
}

/// The other end of a device's serial port: what it says, and what it has heard.
///
/// It always talks as the script has set the port up. Where the script has not, or has asked for
/// no flow control and does not read, what is said is lost, as on a wire.
#[derive(Debug)]
pub struct Uart {
    device: DeviceId,
    port: UartId,
    settings: Option<UartSettings>,
    /// Bytes to say.
    unsaid: VecDeque<u8>,
    /// Whether some are on their way.
    is_talking: bool,
    /// Whether the device has asked for a pause; heeded only with flow control.
    is_paused: bool,
    /// When all that the device has written is out.
    quiet_at: Instant,
    heard: Vec<u8>,
    unheeded: u64,
    /// Whether the next bytes that come in are lost.
    overruns: bool,
}

impl Uart {
    fn new(device: DeviceId, port: UartId) -> Self {
        Self {
            device,
            port,
            settings: None,
            unsaid: VecDeque::new(),
            is_talking: false,
            is_paused: false,
            quiet_at: Instant::ZERO,
            heard: Vec::new(),
            unheeded: 0,
            overruns: false,
        }
    }

    /// Says `bytes`, from now on and after all that it was to say before.
    pub fn feed(&mut self, bytes: &[u8]) -> &mut Self {
        self.unsaid.extend(bytes);
        self
    }

    /// What it has heard: every write of the device that is out, or was taken by
    /// [`Self::take_heard`] since.
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// Takes what it has heard since the last call.
    pub fn take_heard(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.heard)
    }

    /// Bytes that it has said while the port was not set up.
    pub const fn unheeded(&self) -> u64 {
        self.unheeded
    }

    /// Begins with the next bytes, unless some are on their way.
    fn talk(&mut self, wire: usize, queue: &mut Queue<Event>, now: Instant) {
        let Some(settings) = self.settings else {
            self.unheeded += self.unsaid.len() as u64;
            return self.unsaid.clear();
        };
        if self.is_talking || self.unsaid.is_empty() || self.is_paused && settings.flow {
            return;
        }
        let bytes: Vec<u8> = self.unsaid.drain(..self.unsaid.len().min(FIFO_BYTES)).collect();
        self.is_talking = true;
        let at = now + settings.time_of(bytes.len());
        queue.push(at, Event::Carried(Carried::In { wire, bytes }));
    }
}

/// Every serial port that a device has set up, or a test has asked for.
#[derive(Debug)]
pub(crate) struct Uarts {
    all: Vec<Uart>,
    /// Devices whose wires run beside something that disturbs them.
    noisy: BTreeSet<DeviceId>,
    rng: Rng,
}

impl Uarts {
    pub(crate) fn new(seed: u64) -> Self {
        Self { all: Vec::new(), noisy: BTreeSet::new(), rng: Rng::new(seed) }
    }

    /// From here on bits on the wires of `device` are changed by chance, or are not.
    pub(crate) fn set_noise(&mut self, device: DeviceId, is_noisy: bool) {
        if is_noisy {
            self.noisy.insert(device);
        } else {
            self.noisy.remove(&device);
        }
    }

    /// The next bytes that come in on each port of `device` find its hardware full, and are lost.
    pub(crate) fn overrun(&mut self, device: DeviceId) {
        for uart in self.all.iter_mut().filter(|uart| uart.device == device) {
            uart.overruns = true;
        }
    }

    /// What arrives of `bytes` on the wires of `device`.
    fn disturb(&mut self, device: DeviceId, bytes: &mut [u8]) {
        if !self.noisy.contains(&device) {
            return;
        }
        for byte in bytes {
            let chance = self.rng.next();
            if chance.is_multiple_of(NOISE_OF) {
                *byte ^= 1 << ((chance >> 32) % 8);
            }
        }
    }

    fn index(&mut self, device: DeviceId, port: UartId) -> usize {
        let found = self.all.iter().position(|uart| (uart.device, uart.port) == (device, port));
        found.unwrap_or_else(|| {
            self.all.push(Uart::new(device, port));
            self.all.len() - 1
        })
    }

    pub(crate) fn of(&mut self, device: DeviceId, port: UartId) -> &mut Uart {
        let index = self.index(device, port);
        &mut self.all[index]
    }

    /// Begins with what was fed since it last looked.
    pub(crate) fn take_news(&mut self, queue: &mut Queue<Event>, now: Instant) {
        for (wire, uart) in self.all.iter_mut().enumerate() {
            uart.talk(wire, queue, now);
        }
    }

    /// Carries out an order, where it is for a serial port.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other order is for somebody else")]
    pub(crate) fn carry_out(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        device: DeviceId,
        order: &Order,
    ) {
        match *order {
            Order::UartOpen { port, settings } => {
                let uart = self.of(device, port);
                uart.settings = Some(settings);
                uart.is_paused = false;
            }
            Order::UartClose { port } => self.of(device, port).settings = None,
            Order::UartPause { port } => self.of(device, port).is_paused = true,
            Order::UartResume { port } => {
                let wire = self.index(device, port);
                self.all[wire].is_paused = false;
                self.all[wire].talk(wire, queue, now);
            }
            Order::UartWrite { port, write, ref bytes } => {
                let wire = self.index(device, port);
                let uart = &mut self.all[wire];
                let Some(settings) = uart.settings else { return };
                uart.quiet_at = uart.quiet_at.max(now) + settings.time_of(bytes.len());
                let out = Carried::Out { wire, write, bytes: bytes.clone() };
                queue.push(uart.quiet_at, Event::Carried(out));
            }
            _ => {}
        }
    }

    /// What a device is to hear of what was carried.
    pub(crate) fn handle(
        &mut self,
        queue: &mut Queue<Event>,
        now: Instant,
        carried: Carried,
    ) -> Option<(DeviceId, Input)> {
        match carried {
            Carried::In { wire, mut bytes } => {
                self.disturb(self.all[wire].device, &mut bytes);
                let uart = &mut self.all[wire];
                uart.is_talking = false;
                uart.talk(wire, queue, now);
                if uart.settings.is_none() {
                    uart.unheeded += bytes.len() as u64;
                    return None;
                }
                if std::mem::take(&mut uart.overruns) {
                    let fact = Input::UartOverran { port: uart.port, lost: bytes.len() };
                    return Some((uart.device, fact));
                }
                Some((uart.device, Input::UartReceived { port: uart.port, bytes }))
            }
            Carried::Out { wire, write, mut bytes } => {
                self.disturb(self.all[wire].device, &mut bytes);
                let uart = &mut self.all[wire];
                uart.heard.extend(bytes);
                Some((uart.device, Input::UartSent { port: uart.port, write }))
            }
        }
    }
}
