//! Every serial port of every device, and the wires that `--uart` names.

mod port;
mod source;
mod target;
mod wire;

pub(crate) use port::RETRY_AFTER;
pub(crate) use target::{Cable, Target};

use super::agenda::Agenda;
use super::deadlines::Wake;
use holdline_modem::{Instant, Output as Order, UartId};
use mio::{Registry, Token};
use port::{Hands, Port};
use source::Source;
use std::io;

/// Bytes that one fact brings; a modem has room for several.
const REPORT_BYTES_MAX: usize = 4096;

/// Something about a wire that people should hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The port is connected to this, or will be as soon as somebody is there.
    Ready(String),
    /// Somebody is there.
    Connected(String),
    /// Nobody is there any more, and why as far as it is known; another wire is looked for.
    Lost(String, String),
    /// The device does not take the script's settings, and why.
    Refused(String, String),
    /// Somebody is there and takes nothing of what the script writes.
    Stuck(String),
    /// What is read has come to its end.
    InputEnded(String),
    /// So many bytes were written while nobody was there to hear.
    Unheard(u64),
    /// The script uses a port that no `--uart` names.
    Unnamed,
}

/// Every port that is named or that a script has set up.
pub(crate) struct Uarts {
    ports: Vec<Port>,
    registry: Registry,
    scratch: Box<[u8]>,
    /// Added to a port's index to make its token.
    first_token: usize,
}

impl Uarts {
    /// No ports yet; their tokens count from `first_token`.
    pub(crate) fn new(registry: Registry, first_token: usize) -> Self {
        let scratch = vec![0; REPORT_BYTES_MAX].into_boxed_slice();
        Self { ports: Vec::new(), registry, scratch, first_token }
    }

    /// Connects a port of `device`. Fails where what is named cannot be had at all.
    pub(crate) fn connect(
        &mut self,
        device: usize,
        cable: &Cable,
        now: Instant,
        agenda: &mut Agenda,
    ) -> io::Result<()> {
        let token = Token(self.first_token + self.ports.len());
        let opened = Source::open(&cable.target, token, &self.registry)?;
        self.ports.push(Port::new(device, cable.port, token, opened));
        self.serve(self.ports.len() - 1, now, agenda, |port, hands| port.start(hands))
    }

    /// Carries out what `device` orders of one of its ports.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other order is for somebody else")]
    pub(crate) fn carry_out(
        &mut self,
        device: usize,
        order: Order,
        now: Instant,
        agenda: &mut Agenda,
    ) {
        match order {
            Order::UartOpen { port, settings } => {
                self.with(device, port, now, agenda, |port, hands| port.open(settings, hands));
            }
            Order::UartWrite { port, write, bytes } => {
                self.with(device, port, now, agenda, |port, hands| port.write(write, bytes, hands));
            }
            Order::UartClose { port } => {
                self.with(device, port, now, agenda, |port, _| port.close());
            }
            Order::UartPause { port } => {
                self.with(device, port, now, agenda, |port, _| port.pause());
            }
            Order::UartResume { port } => {
                self.with(device, port, now, agenda, |port, hands| port.resume(hands));
            }
            _ => {}
        }
    }

    /// The device has taken the bytes of a port's last fact.
    pub(crate) fn told(&mut self, device: usize, port: UartId, now: Instant, agenda: &mut Agenda) {
        self.with(device, port, now, agenda, |port, hands| port.told(hands));
    }

    /// Takes an event of one of the wires.
    pub(crate) fn handle_ready(&mut self, token: Token, now: Instant, agenda: &mut Agenda) {
        let index = token.0.wrapping_sub(self.first_token);
        if index < self.ports.len() {
            self.serve(index, now, agenda, |port, hands| port.handle_ready(hands));
        }
    }

    /// Acts on a port's deadline.
    pub(crate) fn handle_timeout(&mut self, index: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(index, now, agenda, |port, hands| port.handle_timeout(hands));
    }

    fn with(
        &mut self,
        device: usize,
        id: UartId,
        now: Instant,
        agenda: &mut Agenda,
        act: impl FnOnce(&mut Port, &mut Hands<'_>),
    ) {
        let found = self.ports.iter().position(|port| (port.device, port.id) == (device, id));
        let index = found.unwrap_or_else(|| {
            let token = Token(self.first_token + self.ports.len());
            self.ports.push(Port::new(device, id, token, (Source::Unnamed, None, String::new())));
            self.ports.len() - 1
        });
        self.serve(index, now, agenda, act);
    }

    /// Serves one port, then notes what it waits for.
    fn serve<R>(
        &mut self,
        index: usize,
        now: Instant,
        agenda: &mut Agenda,
        act: impl FnOnce(&mut Port, &mut Hands<'_>) -> R,
    ) -> R {
        let port = &mut self.ports[index];
        let (registry, scratch) = (&self.registry, &mut self.scratch[..]);
        let served = act(port, &mut Hands { now, registry, scratch, agenda });
        let at = port.poll_timeout();
        agenda.deadlines.set(Wake::Uart(index), &mut port.wake_at, at);
        served
    }
}
