//! What a test's devices do, written down as it happens.

use super::story::{Row, Told, What};
use crate::words::Lang;
use holdline_device::{Input, RestartCause, Stuck};
use holdline_modem::{Instant, Net, Output as Order, UartId};
use holdline_sim::{DeviceId, Event, Watch};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// In which restarts are counted.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// Things that may happen in one test.
pub(super) const ROWS_MAX: usize = 5_000_000;

/// A device with which it makes no sense to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// It restarted so often within ten minutes; carries why it did the last time.
    BootLoop(usize, String),
    Stuck(Stuck),
}

/// Rows of devices that are not yet part of the story.
pub(super) struct Diary {
    lang: Lang,
    rows: Vec<(DeviceId, Duration, What)>,
    /// Writes to serial ports that are not out yet.
    writes: BTreeMap<(DeviceId, UartId, u32), Vec<u8>>,
    /// Serial ports that a script has ever opened.
    opened: BTreeSet<(DeviceId, UartId)>,
    restarts_max: usize,
    /// When devices restarted in the last ten minutes.
    restarts: BTreeMap<DeviceId, VecDeque<Instant>>,
    alarm: Option<Alarm>,
}

impl Diary {
    /// One that raises the alarm where a device restarts more than `restarts_max` times within ten
    /// minutes, or is stuck.
    pub(super) fn new(restarts_max: usize, lang: Lang) -> Self {
        Self {
            lang,
            rows: Vec::new(),
            writes: BTreeMap::new(),
            opened: BTreeSet::new(),
            restarts_max,
            restarts: BTreeMap::new(),
            alarm: None,
        }
    }

    /// Why time has stopped, if it has.
    pub(super) const fn alarm(&self) -> Option<&Alarm> {
        self.alarm.as_ref()
    }

    /// Whether the script of a device has ever opened a serial port.
    pub(super) fn has_opened(&self, device: DeviceId, port: UartId) -> bool {
        self.opened.contains(&(device, port))
    }

    /// Whether more happened than can be kept; time has stopped then.
    pub(super) const fn is_full(&self) -> bool {
        self.rows.len() > ROWS_MAX
    }

    /// Takes all that was written since the last call; `actor` says who a device is in the story.
    pub(super) fn take(&mut self, actor: impl Fn(DeviceId) -> usize) -> Vec<Row> {
        let rows = std::mem::take(&mut self.rows);
        rows.into_iter().map(|(id, at, what)| Row { at, actor: actor(id), what }).collect()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are no news to a reader")]
    fn fact(&mut self, device: DeviceId, fact: &Input) -> Option<What> {
        Some(match fact {
            Input::Connected { line } => What::Connected { line: *line },
            Input::ConnectFailed { line, why } => {
                What::ConnectFailed { line: *line, why: self.lang.connect_failure(why) }
            }
            Input::Received { line, bytes } => What::Received { line: *line, bytes: bytes.clone() },
            Input::Ended { line, how } => {
                What::Ended { line: *line, how: self.lang.line_end(*how).to_owned() }
            }
            Input::Closed { line } => What::Closed { line: *line },
            Input::UartReceived { port, bytes } => {
                What::UartReceived { port: *port, bytes: bytes.clone() }
            }
            Input::UartSent { port, write } => {
                let bytes = self.writes.remove(&(device, *port, *write))?;
                What::UartSent { port: *port, bytes }
            }
            _ => return None,
        })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other orders are no news to a reader")]
    fn order(&mut self, device: DeviceId, order: &Order) -> Option<What> {
        Some(match order {
            Order::Connect { line, host, port, .. } => {
                What::Dialled { line: *line, to: format!("{host}:{port}") }
            }
            Order::Send { line, bytes, .. } => What::Sent { line: *line, bytes: bytes.clone() },
            Order::Abort { line } => What::BrokenOff { line: *line },
            Order::Net(Net::Online) => What::Online,
            Order::Net(Net::Offline | Net::Shut) => What::Offline,
            Order::UartOpen { port, .. } => {
                self.opened.insert((device, *port));
                return None;
            }
            Order::UartWrite { port, write, bytes } => {
                self.writes.insert((device, *port, *write), bytes.clone());
                return None;
            }
            _ => return None,
        })
    }

    /// Counts a restart in. A cut of the power is the test's own doing.
    fn count(&mut self, at: Instant, device: DeviceId, cause: &RestartCause) {
        if *cause == RestartCause::PowerCut {
            return;
        }
        let why = self.lang.restarted(cause);
        let times = self.restarts.entry(device).or_default();
        times.push_back(at);
        times.retain(|&time| at < time + TEN_MINUTES);
        let alarm = if let RestartCause::Stuck(stuck) = cause {
            Some(Alarm::Stuck(stuck.clone()))
        } else {
            (times.len() > self.restarts_max).then_some(Alarm::BootLoop(times.len(), why))
        };
        self.alarm = self.alarm.take().or(alarm);
    }
}

impl Watch for Diary {
    fn saw(&mut self, at: Instant, device: DeviceId, event: Event<'_>) {
        let what = match event {
            Event::PoweredOn => Some(What::PoweredOn),
            Event::Fact(fact) => self.fact(device, fact),
            Event::Order(order) => self.order(device, order),
            Event::Printed(line) => Some(What::Log(line.to_vec())),
            Event::Noticed(notice) => {
                Some(What::Notice(Told::new(self.lang, |lang| lang.notice(notice))))
            }
            Event::Restarting(cause) => {
                self.count(at, device, cause);
                Some(What::Restarting(Told::new(self.lang, |lang| lang.restarted(cause))))
            }
            Event::PoweredOff => Some(What::PoweredOff),
        };
        let at = Duration::from_micros(at.as_micros());
        self.rows.extend(what.map(|what| (device, at, what)));
    }

    fn has_enough(&self) -> bool {
        self.alarm.is_some() || self.is_full()
    }
}
