//! Who watches the device's doors during a run, and raises the alarm.

use super::{Address, Reason};
use crate::{DeviceId, Event, Watch};
use holdline_device::{Input, RestartCause, text_of};
use holdline_modem::{Instant, LineId, Output as Order};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// How the library begins the line for an error that ended a task.
const TASK_ERROR: &[u8] = b"[E]-[coroutine.resume]\t";

/// What is too much at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Connects in any minute.
    pub(super) connects: usize,
    /// Restarts in any ten minutes.
    pub(super) restarts: usize,
    /// Errors that are none of the faults' doing; `None` for all.
    pub(super) known_errors: Option<BTreeSet<String>>,
}

/// What was seen of a device so far.
pub(super) struct Ear {
    limits: Limits,
    /// The reason to end the run, and when it arose.
    pub(super) alarm: Option<(Instant, Reason)>,
    /// Everything that was dialled, with whether TLS was asked for, in the order of time.
    pub(super) dialled: Vec<(Address, bool)>,
    /// The lines that stand.
    pub(super) lines: BTreeMap<LineId, Address>,
    /// When a line to each address last ended, or was first asked for.
    pub(super) apart: BTreeMap<Address, Instant>,
    pub(super) errors: BTreeSet<String>,
    /// The most that there was of each; of restarts, with the cause of the last of them.
    pub(super) connects_most: usize,
    pub(super) restarts_most: (usize, Option<RestartCause>),
    connecting: BTreeMap<LineId, Address>,
    connects: VecDeque<Instant>,
    restarts: VecDeque<Instant>,
    next: Option<Rc<RefCell<dyn Watch>>>,
}

impl Ear {
    /// One that passes on what it sees to `next`.
    pub(super) fn new(limits: Limits, next: Option<Rc<RefCell<dyn Watch>>>) -> Self {
        Self {
            limits,
            alarm: None,
            dialled: Vec::new(),
            lines: BTreeMap::new(),
            apart: BTreeMap::new(),
            errors: BTreeSet::new(),
            connects_most: 0,
            restarts_most: (0, None),
            connecting: BTreeMap::new(),
            connects: VecDeque::new(),
            restarts: VecDeque::new(),
            next,
        }
    }

    fn dials(&mut self, at: Instant, line: LineId, address: Address, tls: bool) {
        let known = self.dialled.iter().any(|(known, _)| *known == address);
        if !known {
            self.dialled.push((address.clone(), tls));
        }
        self.apart.entry(address.clone()).or_insert(at);
        self.connecting.insert(line, address.clone());
        let connects = count(&mut self.connects, at, MINUTE);
        self.connects_most = self.connects_most.max(connects);
        if connects > self.limits.connects {
            self.raise(at, Reason::Storm { address, connects });
        }
    }

    fn is_over(&mut self, at: Instant, line: LineId) {
        self.connecting.remove(&line);
        if let Some(address) = self.lines.remove(&line) {
            self.apart.insert(address, at);
        }
    }

    fn restarts(&mut self, at: Instant, cause: &RestartCause) {
        if *cause == RestartCause::PowerCut {
            return;
        }
        let restarts = count(&mut self.restarts, at, TEN_MINUTES);
        if restarts > self.restarts_most.0 {
            self.restarts_most = (restarts, Some(cause.clone()));
        }
        match cause {
            RestartCause::Fault(words) => {
                self.raise(at, Reason::HostFault { words: words.clone() });
            }
            RestartCause::Stuck(stuck) => self.raise(at, stuck.into()),
            RestartCause::Error(text) => self.errs(at, text),
            RestartCause::Asked(_) | RestartCause::SoftDog(_) | RestartCause::PowerCut => {}
        }
        if restarts > self.limits.restarts {
            self.raise(at, Reason::BootLoop { restarts, cause: cause.clone() });
        }
    }

    fn errs(&mut self, at: Instant, text: &str) {
        let text = text.lines().next().unwrap_or_default().trim_end().to_owned();
        self.errors.insert(text.clone());
        if self.limits.known_errors.as_ref().is_some_and(|known| !known.contains(&text)) {
            self.raise(at, Reason::Error { text });
        }
    }

    /// The first reason counts.
    fn raise(&mut self, at: Instant, reason: Reason) {
        if self.alarm.is_none() {
            self.alarm = Some((at, reason));
        }
    }
}

/// Counts `at` in; how many there were in the stretch `within` up to it.
fn count(times: &mut VecDeque<Instant>, at: Instant, within: Duration) -> usize {
    times.push_back(at);
    while times.front().is_some_and(|&first| first + within <= at) {
        times.pop_front();
    }
    times.len()
}

impl Watch for Ear {
    fn saw(&mut self, at: Instant, device: DeviceId, event: Event<'_>) {
        match event {
            Event::Order(Order::Connect { line, tls, host, port, .. }) => {
                let address = Address { host: host.clone(), port: *port };
                self.dials(at, *line, address, tls.is_some());
            }
            Event::Fact(Input::Connected { line }) => {
                if let Some(address) = self.connecting.remove(line) {
                    self.lines.insert(*line, address);
                }
            }
            Event::Order(Order::Abort { line })
            | Event::Fact(
                Input::ConnectFailed { line, .. }
                | Input::Ended { line, .. }
                | Input::Closed { line },
            ) => self.is_over(at, *line),
            Event::Printed(text) => {
                if let Some(error) = text.strip_prefix(TASK_ERROR) {
                    self.errs(at, &text_of(error));
                }
            }
            Event::Restarting(cause) => self.restarts(at, cause),
            Event::PoweredOn
            | Event::PoweredOff
            | Event::Noticed(_)
            | Event::Order(_)
            | Event::Fact(_) => {}
        }
        if let Some(next) = &self.next {
            next.borrow_mut().saw(at, device, event);
        }
    }

    fn has_enough(&self) -> bool {
        let next = self.next.as_ref();
        self.alarm.is_some() || next.is_some_and(|next| next.borrow().has_enough())
    }
}
