//! One serial port: the script's side of a wire that comes and goes.

use super::News;
use super::source::Source;
use super::wire::{Got, Nature, Wire};
use crate::driver::agenda::Agenda;
use holdline_modem::{Input, Instant, UartId, UartSettings};
use mio::{Registry, Token};
use std::collections::VecDeque;
use std::io;
use std::time::Duration;

/// From the end of a wire to the next look for another.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long the other side may take nothing before that is told.
const STUCK_AFTER: Duration = Duration::from_secs(3);

/// The shortest wait between two looks at what a device has not sent yet.
const OUT_CHECK: Duration = Duration::from_millis(1);

/// What a port needs of the loop while it is served.
pub(super) struct Hands<'a> {
    pub(super) now: Instant,
    pub(super) registry: &'a Registry,
    /// Where reads go first; as many bytes as one fact brings.
    pub(super) scratch: &'a mut [u8],
    pub(super) agenda: &'a mut Agenda,
}

/// One serial port of one device.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) device: usize,
    pub(super) id: UartId,
    token: Token,
    name: String,
    source: Source,
    wire: Option<Wire>,
    /// How the script last set it up.
    settings: Option<UartSettings>,
    is_set_up: bool,
    is_paused: bool,
    /// A fact is on its way: more is read when it has arrived, so that no buffer overflows.
    is_telling: bool,
    /// Writes that the system has not taken, and how much of the first it has.
    unwritten: VecDeque<(u32, Vec<u8>)>,
    taken: usize,
    /// The last write that the system has taken and that is not out, and when to look again.
    going_out: Option<(u32, Instant)>,
    retry_at: Option<Instant>,
    /// When the other side will have taken nothing for so long that it is worth a word.
    stuck_at: Option<Instant>,
    /// Bytes that nobody has heard since somebody last did.
    unheard: u64,
    /// Whether the wire's absence was told of.
    is_missed: bool,
    /// The deadline that stands in the agenda.
    pub(super) wake_at: Option<Instant>,
}

impl Port {
    /// A port whose wires come from `source`; the first may be there.
    pub(super) fn new(
        device: usize,
        id: UartId,
        token: Token,
        (source, wire, name): (Source, Option<Wire>, String),
    ) -> Self {
        Self {
            device,
            id,
            token,
            name,
            source,
            wire,
            settings: None,
            is_set_up: false,
            is_paused: false,
            is_telling: false,
            unwritten: VecDeque::new(),
            taken: 0,
            going_out: None,
            retry_at: None,
            stuck_at: None,
            unheard: 0,
            is_missed: false,
            wake_at: None,
        }
    }

    /// Starts with the wire that is there, or asks for one.
    pub(super) fn start(&mut self, hands: &mut Hands<'_>) -> io::Result<()> {
        if let Some(wire) = &self.wire {
            wire.register(self.token, hands.registry)?;
        }
        self.tell_news(News::Ready(self.name.clone()), hands);
        if self.source.can_retry() && self.wire.is_none() {
            self.ask(hands);
        }
        Ok(())
    }

    /// When to come back, if nothing else happens.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let out = self.going_out.map(|(_, at)| at);
        self.retry_at.into_iter().chain(out).chain(self.stuck_at).min()
    }

    /// The script sets the port up.
    pub(super) fn open(&mut self, settings: UartSettings, hands: &mut Hands<'_>) {
        if matches!(self.source, Source::Unnamed) && !self.is_missed {
            self.is_missed = true;
            self.tell_news(News::Unnamed, hands);
        }
        self.settings = Some(settings);
        (self.is_set_up, self.is_paused) = (true, false);
        self.talk(hands);
        self.read(hands);
    }

    /// The script closes the port: nothing is read any more, what was written still goes out.
    pub(super) fn close(&mut self) {
        self.is_set_up = false;
    }

    /// The script is behind.
    pub(super) fn pause(&mut self) {
        self.is_paused = true;
    }

    /// The script has caught up.
    pub(super) fn resume(&mut self, hands: &mut Hands<'_>) {
        self.is_paused = false;
        self.read(hands);
    }

    /// The script has had the bytes of the last fact.
    pub(super) fn told(&mut self, hands: &mut Hands<'_>) {
        self.is_telling = false;
        self.read(hands);
    }

    /// The script writes.
    pub(super) fn write(&mut self, write: u32, bytes: Vec<u8>, hands: &mut Hands<'_>) {
        if self.wire.as_ref().is_some_and(Wire::is_heard) {
            self.tell_unheard(hands);
            self.unwritten.push_back((write, bytes));
            self.write_queued(hands);
        } else {
            self.unheard += bytes.len() as u64;
            self.drop_unwritten(hands);
            self.tell_sent(write, hands);
        }
    }

    /// Acts on a deadline; early is harmless.
    pub(super) fn handle_timeout(&mut self, hands: &mut Hands<'_>) {
        if self.retry_at.is_some_and(|at| at <= hands.now) {
            self.retry_at = None;
            self.ask(hands);
        }
        if self.going_out.is_some_and(|(_, at)| at <= hands.now) {
            self.check_out(hands);
        }
        if self.stuck_at.take_if(|at| *at <= hands.now).is_some() {
            self.tell_news(News::Stuck(self.name.clone()), hands);
        }
    }

    /// Takes an event of the wire, or of where wires come from.
    pub(super) fn handle_ready(&mut self, hands: &mut Hands<'_>) {
        self.take_next(hands);
        if self.wire.as_ref().is_some_and(|wire| !wire.is_heard()) {
            self.drop_unwritten(hands);
        }
        self.write_queued(hands);
        self.read(hands);
    }

    fn take_next(&mut self, hands: &mut Hands<'_>) {
        match self.source.take(self.wire.is_some()) {
            Ok(Some((wire, is_registered))) => self.connect(wire, is_registered, hands),
            Ok(None) => {}
            Err(error) => self.lose(&error.to_string(), hands),
        }
    }

    fn ask(&mut self, hands: &mut Hands<'_>) {
        match self.source.ask(self.token, hands.registry) {
            Ok(Some(wire)) => self.connect(wire, false, hands),
            Ok(None) => {}
            Err(error) => self.lose(&error.to_string(), hands),
        }
    }

    fn connect(&mut self, wire: Wire, is_registered: bool, hands: &mut Hands<'_>) {
        if !is_registered && let Err(error) = wire.register(self.token, hands.registry) {
            return self.lose(&error.to_string(), hands);
        }
        self.wire = Some(wire);
        self.is_missed = false;
        self.tell_news(News::Connected(self.name.clone()), hands);
        self.tell_unheard(hands);
        self.talk(hands);
        self.read(hands);
    }

    fn talk(&mut self, hands: &mut Hands<'_>) {
        let (Some(wire), Some(settings)) = (&self.wire, &self.settings) else { return };
        if let Err(error) = wire.talk(settings) {
            let news = News::Refused(self.name.clone(), error.to_string());
            self.tell_news(news, hands);
        }
    }

    /// The wire is gone, or could not be had: another one is looked for.
    fn lose(&mut self, why: &str, hands: &mut Hands<'_>) {
        self.wire = None;
        self.drop_unwritten(hands);
        if self.source.can_retry() {
            self.retry_at = Some(hands.now + RETRY_AFTER);
        }
        if !self.is_missed {
            self.is_missed = true;
            self.tell_news(News::Lost(self.name.clone(), why.to_owned()), hands);
        }
        self.take_next(hands);
    }

    fn read(&mut self, hands: &mut Hands<'_>) {
        if !self.is_set_up || self.is_paused || self.is_telling {
            return;
        }
        let Some(wire) = &mut self.wire else { return };
        match wire.read(hands.scratch) {
            Ok(Got::Nothing) => {}
            Ok(Got::Bytes(len)) => {
                self.is_telling = true;
                let (port, bytes) = (self.id, hands.scratch[..len].to_vec());
                hands.agenda.facts.push_back((self.device, Input::UartReceived { port, bytes }));
            }
            Ok(Got::End) if wire.nature == Nature::Files => {
                wire.end_input();
                self.tell_news(News::InputEnded(self.name.clone()), hands);
            }
            Ok(Got::End) => self.lose("", hands),
            Err(error) => self.lose(&error.to_string(), hands),
        }
    }

    fn write_queued(&mut self, hands: &mut Hands<'_>) {
        let mut last = None;
        // What is the first to wait begins its time.
        let mut has_moved = self.unwritten.len() <= 1 && self.taken == 0;
        while let (Some(wire), Some((write, bytes))) = (&self.wire, self.unwritten.front()) {
            match wire.write(&bytes[self.taken..]) {
                Ok(Some(len)) => {
                    self.taken += len;
                    has_moved = true;
                }
                Ok(None) => break,
                Err(error) => return self.lose(&error.to_string(), hands),
            }
            if self.taken == bytes.len() {
                last = Some(*write);
                self.taken = 0;
                self.unwritten.pop_front();
            }
        }
        if has_moved {
            self.stuck_at = (!self.unwritten.is_empty()).then_some(hands.now + STUCK_AFTER);
        }
        if let Some(write) = last {
            self.going_out = Some((write, hands.now));
            self.check_out(hands);
        }
    }

    /// Tells when the last bit of what the system has taken is out.
    fn check_out(&mut self, hands: &mut Hands<'_>) {
        let Some((write, _)) = self.going_out else { return };
        match self.wire.as_ref().map_or(0, Wire::not_out) {
            0 => self.tell_sent(write, hands),
            left => {
                let time = self.settings.map_or(OUT_CHECK, |how| how.time_of(left as usize));
                self.going_out = Some((write, hands.now + time.max(OUT_CHECK)));
            }
        }
    }

    /// Nobody hears what was written.
    fn drop_unwritten(&mut self, hands: &mut Hands<'_>) {
        self.stuck_at = None;
        let left: usize = self.unwritten.iter().map(|(_, bytes)| bytes.len()).sum();
        self.unheard += left.saturating_sub(std::mem::take(&mut self.taken)) as u64;
        let last = self.unwritten.drain(..).next_back().map(|(write, _)| write);
        if let Some(write) = last.or(self.going_out.map(|(write, _)| write)) {
            self.tell_sent(write, hands);
        }
    }

    fn tell_sent(&mut self, write: u32, hands: &mut Hands<'_>) {
        self.going_out = None;
        hands.agenda.facts.push_back((self.device, Input::UartSent { port: self.id, write }));
    }

    fn tell_unheard(&mut self, hands: &mut Hands<'_>) {
        if self.unheard > 0 {
            let news = News::Unheard(std::mem::take(&mut self.unheard));
            self.tell_news(news, hands);
        }
    }

    fn tell_news(&self, news: News, hands: &mut Hands<'_>) {
        hands.agenda.serial_news.push_back((self.device, self.id, news));
    }
}
