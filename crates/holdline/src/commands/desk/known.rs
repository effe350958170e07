//! What the orders and facts of a device tell of it, as far as the device itself does not.

use crate::console::{Console, clean};
use crate::driver::{News, Speech};
use holdline_device::{Input, Output, Profile, RestartCause};
use holdline_modem::{Instant, LineEnd, LineId, Output as Order, SocketId, UartId, UartSettings};
use std::collections::{BTreeMap, VecDeque};

/// Restarts that are told of.
const RESTARTS_MAX: usize = 10;

/// One device.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) profile: Profile,
    /// By socket; one that is no longer in use may still be there.
    pub(super) lines: BTreeMap<SocketId, Line>,
    pub(super) ports: BTreeMap<UartId, Port>,
    pub(super) restarts: u64,
    /// The last ones, the newest first.
    pub(super) causes: VecDeque<(Instant, RestartCause)>,
    pub(super) has_power: bool,
}

/// A line.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) speech: Speech,
    /// Where it leads, in words.
    pub(crate) place: String,
    pub(crate) state: State,
    pub(crate) received: u64,
    pub(crate) sent: u64,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Connecting,
    Connected,
    Closing,
    /// Broken off by the device.
    Broken,
    Failed,
    Ended(LineEnd),
}

/// A serial port that the script has set up, or that has a wire.
#[derive(Debug, Default)]
pub(crate) struct Port {
    pub(crate) settings: Option<UartSettings>,
    /// The last that happened to its wire.
    pub(crate) wire: Option<News>,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) lost: u64,
}

/// A serial port, and what came or went there as text.
type Said = (UartId, String);

impl Known {
    pub(super) fn new(profile: Profile) -> Self {
        Self {
            profile,
            lines: BTreeMap::new(),
            ports: BTreeMap::new(),
            restarts: 0,
            causes: VecDeque::new(),
            has_power: true,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the device tells of the others itself")]
    pub(super) fn fact(&mut self, fact: &Input) -> Option<Said> {
        match fact {
            Input::Connected { line } => self.turn(*line, State::Connected),
            Input::ConnectFailed { line, .. } => self.turn(*line, State::Failed),
            Input::Ended { line, how } => self.turn(*line, State::Ended(*how)),
            Input::Received { line, bytes } => {
                if let Some(line) = self.lines.get_mut(&line.socket) {
                    line.received += bytes.len() as u64;
                }
            }
            Input::PowerRestored => self.has_power = true,
            Input::UartReceived { port, bytes } => {
                self.ports.entry(*port).or_default().received += bytes.len() as u64;
                return Some((*port, clean(bytes)));
            }
            _ => {}
        }
        None
    }

    pub(super) fn order(
        &mut self,
        now: Instant,
        order: &Output,
        console: &Console,
    ) -> Option<Said> {
        match order {
            Output::Modem(order) => return self.ordered(order, console),
            Output::Restarting(cause) => {
                self.lines.clear();
                self.ports.values_mut().for_each(|port| port.settings = None);
                self.has_power = *cause != RestartCause::PowerCut;
                self.restarts += 1;
                self.causes.truncate(RESTARTS_MAX - 1);
                self.causes.push_front((now, cause.clone()));
            }
            Output::Print(_) | Output::Notice(_) | Output::PoweredOff | Output::Idle(_) => {}
        }
        None
    }

    fn ordered(&mut self, order: &Order, console: &Console) -> Option<Said> {
        match order {
            Order::Connect { line, kind, tls, .. } => {
                let speech = Speech::of(*kind, tls.is_some());
                let (place, state) = (console.place(0, *line).to_owned(), State::Connecting);
                let new = Line { speech, place, state, received: 0, sent: 0 };
                self.lines.insert(line.socket, new);
            }
            Order::Send { line, bytes, .. } => {
                if let Some(line) = self.lines.get_mut(&line.socket) {
                    line.sent += bytes.len() as u64;
                }
            }
            Order::Close { line } => self.turn(*line, State::Closing),
            Order::Abort { line } => self.turn(*line, State::Broken),
            Order::UartOpen { port, settings } => {
                self.ports.entry(*port).or_default().settings = Some(*settings);
            }
            Order::UartClose { port } => self.ports.entry(*port).or_default().settings = None,
            Order::UartOverrun { port, lost, .. } => {
                self.ports.entry(*port).or_default().lost += *lost as u64;
            }
            Order::UartWrite { port, bytes, .. } => {
                self.ports.entry(*port).or_default().sent += bytes.len() as u64;
                return Some((*port, clean(bytes)));
            }
            Order::Pause { .. }
            | Order::Resume { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. }
            | Order::Net(_)
            | Order::Pin { .. }
            | Order::Idle(_) => {}
        }
        None
    }

    pub(super) fn serial(&mut self, port: UartId, news: &News) {
        self.ports.entry(port).or_default().wire = Some(news.clone());
    }

    fn turn(&mut self, line: LineId, state: State) {
        if let Some(line) = self.lines.get_mut(&line.socket) {
            line.state = state;
        }
    }
}
