//! What a run is seen by: the console, the event file, and the count of restarts.

use crate::Outcome;
use crate::commands::desk::Desk;
use crate::console::Console;
use crate::driver::{News, Sight, Watch};
use crate::events::Events;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::{Input, Output};
use holdline_modem::{Instant, UartId};
use std::io;

/// All who see a run.
pub(crate) struct Stage {
    pub(crate) console: Console,
    /// Who answers for the device, where it is beside a lab.
    desk: Option<Desk>,
    events: Option<Events>,
    restarts: u32,
    restarts_max: Option<u32>,
    now: Instant,
}

impl Stage {
    /// A stage that has had enough after `restarts_max` restarts.
    pub(crate) fn new(console: Console, events: Option<Events>, restarts_max: Option<u32>) -> Self {
        Self { console, desk: None, events, restarts: 0, restarts_max, now: Instant::ZERO }
    }

    /// Lets `desk` answer for the device.
    pub(crate) fn seat(&mut self, desk: Desk) {
        self.console.keep_log();
        self.desk = Some(desk);
    }

    /// How the run went.
    pub(crate) fn outcome(&mut self, lang: Lang) -> anyhow::Result<Outcome> {
        let failure = self.events.as_mut().and_then(Events::take_failure);
        if let Some(error) = failure.filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            return Err(error).with_context(|| lang.cannot_write_events());
        }
        match self.restarts_max {
            Some(allowed) if self.restarts > allowed => {
                self.console.insist(self.now, &lang.restarts_used_up(allowed));
                Ok(Outcome::Failed)
            }
            Some(_) | None => Ok(Outcome::Done),
        }
    }
}

impl Watch for Stage {
    fn powered_on(&mut self, now: Instant, device: usize) {
        if let Some(events) = &mut self.events {
            events.powered_on(now, device);
        }
    }

    fn fact(&mut self, now: Instant, device: usize, due: Option<Instant>, fact: &Input) {
        self.now = now;
        if let Some(events) = &mut self.events {
            events.fact(now, device, due, fact);
        }
        self.console.fact(now, device, fact);
        if let Some(desk) = &mut self.desk {
            desk.fact(now, fact, &mut self.console);
        }
    }

    fn order(&mut self, now: Instant, device: usize, order: &Output) {
        if let Some(events) = &mut self.events {
            events.order(now, device, order);
        }
        self.console.order(now, device, order);
        if let Some(desk) = &mut self.desk {
            desk.order(now, order, &mut self.console);
        }
        if matches!(order, Output::Restarting(_)) {
            self.restarts = self.restarts.saturating_add(1);
        }
    }

    fn powered_off(&mut self, now: Instant, device: usize) {
        if let Some(events) = &mut self.events {
            events.powered_off(now, device);
        }
    }

    fn fault(&mut self, now: Instant, device: usize, begins: bool, words: &str) {
        if let Some(events) = &mut self.events {
            events.fault(now, device, begins, words);
        }
        self.console.say(now, &self.console.lang().fault_news(begins, words));
    }

    fn serial(&mut self, now: Instant, _device: usize, port: UartId, news: &News) {
        self.console.say(now, &self.console.lang().serial(port, news));
        if let Some(desk) = &mut self.desk {
            desk.serial(port, news);
        }
    }

    fn look(&mut self, now: Instant, sight: Sight<'_>) -> bool {
        self.desk.as_mut().is_some_and(|desk| desk.look(now, sight, &mut self.console))
    }

    fn rest(&mut self) {
        self.console.flush();
        if let Some(events) = &mut self.events {
            events.flush();
        }
    }

    fn is_done(&self) -> bool {
        self.console.is_closed()
            || self.events.as_ref().is_some_and(Events::has_failed)
            || self.restarts_max.is_some_and(|allowed| self.restarts > allowed)
    }
}
