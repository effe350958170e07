//! A run put to the script again: the same facts at the same moments, until an order differs.
//!
//! What the script does now is written as the run wrote it and compared line by line. Deadlines that
//! the run did not have are served when they come: what the script does then is a difference, and a
//! timer of which nobody outside hears is none.

mod words;

pub(crate) use words::tell;

use crate::events::{Event, EventFile, Fault, Start, What, order_line};
use holdline_device::{Device, Input, Instant, Output, Project, Sharing, Vm, VmError};
use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;
use std::rc::Rc;

/// Events before a difference that are told.
const CONTEXT_EVENTS: usize = 8;

/// Deadlines of one moment that are served before the run's next fact.
const TIMEOUTS_MAX: u32 = 1000;

/// Why a replay came to no end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// A line of the file cannot be read.
    Unreadable(Fault),
    /// A line is about a device that is not powered on, or is so twice.
    WrongDevice(usize),
    /// No device was powered on.
    Empty,
    /// The Lua state could not be made.
    NoVm(VmError),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Unreadable(fault)
    }
}

/// How a replay ended.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// Facts that were put to the script.
    pub(crate) facts: u64,
    /// Orders that were the same.
    pub(crate) orders: u64,
    /// The moment of the last event.
    pub(crate) until: Instant,
    /// Whether the file was read to its end, and does not tell how the run ended.
    pub(crate) is_cut_off: bool,
    pub(crate) difference: Option<Difference>,
}

/// The first difference. At least one of both sides did something.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) at: Instant,
    /// The line of the file at which it shows.
    pub(crate) line: usize,
    /// The event of the run, where it gave an order.
    pub(crate) was: Option<String>,
    /// The event of the script now, where it gives an order.
    pub(crate) is: Option<String>,
    /// What came before in the run, oldest first.
    pub(crate) before: VecDeque<String>,
}

/// Puts the events of `file` to `project`.
pub(crate) fn replay<R: BufRead>(
    mut file: EventFile<R>,
    project: &Rc<Project>,
) -> Result<Replayed, Stopped> {
    let mut replay = Replay::default();
    while let Some(event) = file.next()? {
        replay.until = event.at;
        replay.line = event.line;
        if let Some(difference) = replay.take(event, project)? {
            return Ok(replay.end(Some(difference)));
        }
    }
    if replay.seats.is_empty() {
        return Err(Stopped::Empty);
    }
    let left_over = if replay.is_whole { replay.left_over() } else { None };
    let is_cut_off = !replay.is_whole;
    Ok(Replayed { is_cut_off, ..replay.end(left_over) })
}

/// A replay under way.
#[derive(Default)]
struct Replay {
    seats: BTreeMap<usize, Seat>,
    facts: u64,
    orders: u64,
    until: Instant,
    line: usize,
    is_whole: bool,
    before: VecDeque<String>,
}

struct Seat {
    device: Device,
    deadline: Option<Instant>,
    /// Orders that the run has yet to give, as events, with their moments.
    given: VecDeque<(Instant, String)>,
}

impl Replay {
    fn take(&mut self, event: Event, project: &Rc<Project>) -> Result<Option<Difference>, Stopped> {
        let Event { line, at, device, what, text } = event;
        let wrong = Stopped::WrongDevice(line);
        self.is_whole = matches!(what, What::PoweredOff) || self.is_whole;
        if !matches!(what, What::Order)
            && let Some(difference) = self.left_over()
        {
            return Ok(Some(difference));
        }
        let difference = match what {
            What::PoweredOn(start) => {
                let seat = Seat::power_on(at, device, project, &start).map_err(Stopped::NoVm)?;
                if self.seats.insert(device, seat).is_some() {
                    return Err(wrong);
                }
                None
            }
            What::PoweredOff => {
                let seat = self.seats.get_mut(&device).ok_or(wrong)?;
                seat.device.power_off();
                seat.drain(at, device);
                None
            }
            What::Fact { due, fact } => {
                let seat = self.seats.get_mut(&device).ok_or(wrong)?;
                self.facts += 1;
                seat.serve_own_deadlines(at, device, due);
                if seat.given.is_empty() {
                    seat.tell(at, device, fact);
                    None
                } else {
                    // The run did nothing then.
                    self.left_over()
                }
            }
            What::Order => {
                let seat = self.seats.get_mut(&device).ok_or(wrong)?;
                let now = seat.given.pop_front();
                if now.as_ref().is_some_and(|(_, now)| *now == text) {
                    self.orders += 1;
                    None
                } else {
                    let at = now.as_ref().map_or(at, |&(now, _)| now.min(at));
                    Some(self.difference(at, Some(text.clone()), now.map(|(_, now)| now)))
                }
            }
        };
        self.remember(text);
        Ok(difference)
    }

    /// What the script does now, where the run did nothing more.
    fn left_over(&mut self) -> Option<Difference> {
        let (at, is) = self.seats.values_mut().find_map(|seat| seat.given.pop_front())?;
        Some(self.difference(at, None, Some(is)))
    }

    fn difference(&self, at: Instant, was: Option<String>, is: Option<String>) -> Difference {
        Difference { at, line: self.line, was, is, before: self.before.clone() }
    }

    fn remember(&mut self, text: String) {
        if self.before.len() == CONTEXT_EVENTS {
            self.before.pop_front();
        }
        self.before.push_back(text);
    }

    fn end(self, difference: Option<Difference>) -> Replayed {
        let Self { facts, orders, until, .. } = self;
        Replayed { facts, orders, until, is_cut_off: false, difference }
    }
}

impl Seat {
    fn power_on(
        at: Instant,
        number: usize,
        project: &Rc<Project>,
        start: &Start,
    ) -> Result<Self, VmError> {
        let vm = Vm::new(Rc::clone(project), Sharing::Alone)?;
        let device = Device::power_on(at, &vm, start.power(Box::new(start.flash.clone())));
        let mut seat = Self { device, deadline: None, given: VecDeque::new() };
        seat.drain(at, number);
        Ok(seat)
    }

    /// Serves deadlines that come before `at`, or that had not come in the run, until the script
    /// gives an order.
    fn serve_own_deadlines(&mut self, at: Instant, number: usize, due: Option<Instant>) {
        for _ in 0..TIMEOUTS_MAX {
            let Some(own) = self.deadline.filter(|&own| own <= at && Some(own) != due) else {
                return;
            };
            if !self.given.is_empty() {
                return;
            }
            self.tell(own, number, Input::Timeout);
        }
    }

    fn tell(&mut self, at: Instant, number: usize, fact: Input) {
        self.device.handle_input(at, fact);
        self.drain(at, number);
    }

    fn drain(&mut self, at: Instant, number: usize) {
        loop {
            let order = self.device.poll_output();
            if let Output::Idle(deadline) = order {
                return self.deadline = deadline;
            }
            self.given.extend(order_line(at, number, &order).map(|text| (at, text)));
        }
    }
}
