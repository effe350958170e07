//! A Lua file that runs, and the connections that it serves.

use crate::commands::run::random_seed;
use crate::driver::unix_s;
use crate::words::Lang;
use holdline_device::{
    BootPlan, Caller, Device, Input, Instant, Output, Power, Profile, Project, RestartCause,
    Sharing, Stuck, Vm,
};
use holdline_lab::Said;
use holdline_modem::{ConnectFailure, Kind, LineEnd, LineId, Output as Order};
use holdline_peer::Conn;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

/// Lua instructions that the script may run without waiting: well under a second of work.
const TURN_INSTRUCTIONS_MAX: u64 = 50_000_000;

/// Memory for the script, in bytes of a module.
const HEAP_BYTES_MAX: usize = 64 << 20;

/// How long a script that failed as a whole is at rest before it begins anew.
const REST: Duration = Duration::from_secs(2);

/// How lines of the library and of scripts begin that tell of an error.
const ERRORS: [&[u8]; 2] = [b"[E]-[", b"[F]-["];

/// Who is at the other end of a connection.
pub(super) struct Who {
    pub(super) from: SocketAddr,
    pub(super) is_datagrams: bool,
    pub(super) name: Option<Vec<u8>>,
}

/// A script that serves.
pub(super) struct Running {
    device: Device,
    lang: Lang,
    /// When the script had its last turn: each has a moment of its own, and so a budget.
    moment: Instant,
    deadline: Option<Instant>,
    lines: BTreeMap<LineId, Conn>,
    conns: BTreeMap<Conn, LineId>,
    /// The connections that the script has closed.
    left: Vec<Conn>,
    is_up: bool,
    /// Whether somebody was told that no server can be called.
    has_called: bool,
}

impl Running {
    /// Runs a script from its first line to its first wait; none where it does not get there.
    pub(super) fn begin(
        now: Duration,
        project: Project,
        lang: Lang,
        said: &mut VecDeque<Said>,
    ) -> Option<Self> {
        let vm = match Vm::new(project.into(), Sharing::Alone) {
            Ok(vm) => vm,
            Err(error) => {
                said.push_back(Said::Failed(error.to_string()));
                return None;
            }
        };
        vm.limit_turns(TURN_INSTRUCTIONS_MAX);
        vm.collect_seldom();
        let moment = at(now);
        let device = Device::power_on(moment, &vm, power());
        let mut running = Self {
            device,
            lang,
            moment,
            deadline: None,
            lines: BTreeMap::new(),
            conns: BTreeMap::new(),
            left: Vec::new(),
            is_up: true,
            has_called: false,
        };
        let mut at_first = VecDeque::new();
        running.drain(&mut at_first);
        // What ran before goes on where this one does not.
        said.extend(at_first.into_iter().filter(|said| *said != Said::Ended));
        running.device.is_running().then_some(running)
    }

    /// When it wants to be told that time has passed.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline.map(|at| Duration::from_micros(at.as_micros()))
    }

    /// Whether it runs again since the last call.
    pub(super) fn has_come_up(&mut self) -> bool {
        let was_up = std::mem::replace(&mut self.is_up, self.device.is_running());
        self.is_up && !was_up
    }

    /// The connections that the script has closed since the last call.
    pub(super) fn take_left(&mut self) -> Vec<Conn> {
        std::mem::take(&mut self.left)
    }

    pub(super) fn accept_all(
        &mut self,
        now: Duration,
        open: &BTreeMap<Conn, Who>,
        said: &mut VecDeque<Said>,
    ) {
        open.iter().for_each(|(&conn, who)| self.accept(now, conn, who, said));
    }

    pub(super) fn accept(
        &mut self,
        now: Duration,
        conn: Conn,
        who: &Who,
        said: &mut VecDeque<Said>,
    ) {
        let kind = if who.is_datagrams { Kind::Udp } else { Kind::Tcp };
        let caller = Caller { address: who.from, kind, name: who.name.clone() };
        let moment = self.next_moment(now);
        if !self.conns.contains_key(&conn)
            && let Some(line) = self.device.accept(moment, caller)
        {
            self.lines.insert(line, conn);
            self.conns.insert(conn, line);
        }
        self.drain(said);
    }

    pub(super) fn name(&mut self, conn: Conn, name: Vec<u8>) {
        if let Some(&line) = self.conns.get(&conn) {
            self.device.name_caller(line, name);
        }
    }

    pub(super) fn receive(
        &mut self,
        now: Duration,
        conn: Conn,
        bytes: Vec<u8>,
        said: &mut VecDeque<Said>,
    ) {
        self.tell_of(now, conn, |line| Input::Received { line, bytes }, said);
    }

    pub(super) fn sent(&mut self, now: Duration, conn: Conn, said: &mut VecDeque<Said>) {
        self.tell_of(now, conn, |line| Input::Sent { line }, said);
    }

    pub(super) fn end(&mut self, now: Duration, conn: Conn, said: &mut VecDeque<Said>) {
        let how = LineEnd::Closed;
        self.tell_of(now, conn, |line| Input::Ended { line, how }, said);
        self.forget(conn);
    }

    pub(super) fn pass(&mut self, now: Duration, said: &mut VecDeque<Said>) {
        self.tell(now, Input::Timeout, said);
    }

    fn tell_of(
        &mut self,
        now: Duration,
        conn: Conn,
        fact: impl FnOnce(LineId) -> Input,
        said: &mut VecDeque<Said>,
    ) {
        if let Some(&line) = self.conns.get(&conn) {
            self.tell(now, fact(line), said);
        }
    }

    fn tell(&mut self, now: Duration, fact: Input, said: &mut VecDeque<Said>) {
        let moment = self.next_moment(now);
        self.device.handle_input(moment, fact);
        self.drain(said);
    }

    fn next_moment(&mut self, now: Duration) -> Instant {
        self.moment = at(now).max(self.moment + Duration::from_micros(1));
        self.moment
    }

    fn forget(&mut self, conn: Conn) {
        if let Some(line) = self.conns.remove(&conn) {
            self.lines.remove(&line);
        }
    }

    /// Does what the device orders, until there is nothing more.
    fn drain(&mut self, said: &mut VecDeque<Said>) {
        let mut facts = VecDeque::new();
        loop {
            let mut outputs = Vec::new();
            self.deadline = loop {
                let output = self.device.poll_output();
                if let Output::Idle(deadline) = output {
                    break deadline;
                }
                outputs.push(output);
            };
            self.settle(outputs, &mut facts, said);
            let Some(fact) = facts.pop_front() else { return };
            self.device.handle_input(self.moment, fact);
        }
    }

    /// What follows from a turn. A script that ends leaves its lines to the next one.
    fn settle(
        &mut self,
        outputs: Vec<Output>,
        facts: &mut VecDeque<Input>,
        said: &mut VecDeque<Said>,
    ) {
        let has_ended = !self.device.is_running();
        for output in outputs {
            match output {
                Output::Modem(order) => facts.extend(self.carry_out(order, has_ended, said)),
                Output::Print(line) if ERRORS.iter().any(|mark| line.starts_with(mark)) => {
                    said.push_back(Said::Failed(String::from_utf8_lossy(&line).into_owned()));
                }
                Output::Print(line) => said.push_back(Said::Line(line)),
                Output::Notice(notice) => {
                    said.push_back(Said::Line(self.lang.notice(&notice).into()));
                }
                Output::Restarting(cause) => {
                    said.extend(ending(cause));
                    said.push_back(Said::Ended);
                }
                Output::PoweredOff => said.push_back(Said::Ended),
                Output::Idle(_) => {}
            }
        }
        if has_ended {
            self.lines.clear();
            self.conns.clear();
            facts.clear();
        }
    }

    /// What an order leads to at once.
    fn carry_out(
        &mut self,
        order: Order,
        has_ended: bool,
        said: &mut VecDeque<Said>,
    ) -> Option<Input> {
        match order {
            Order::Send { line, bytes, .. } => match self.lines.get(&line) {
                Some(&conn) => said.push_back(Said::Send { conn, bytes }),
                None => return Some(Input::SendFailed { line }),
            },
            Order::Close { line } => {
                let conn = self.leave(line);
                said.extend(conn.map(|conn| Said::Close { conn }));
                return Some(Input::Closed { line });
            }
            Order::Abort { line } if !has_ended => {
                let conn = self.leave(line);
                said.extend(conn.map(|conn| Said::Reset { conn }));
            }
            Order::Connect { line, .. } => {
                if !std::mem::replace(&mut self.has_called, true) {
                    said.push_back(Said::Line(self.lang.answers_only().into()));
                }
                return Some(Input::ConnectFailed { line, why: ConnectFailure::Unreachable });
            }
            Order::UartWrite { port, write, .. } => return Some(Input::UartSent { port, write }),
            Order::Abort { .. }
            | Order::Pause { .. }
            | Order::Resume { .. }
            | Order::UartOpen { .. }
            | Order::UartClose { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. }
            | Order::UartOverrun { .. }
            | Order::Net(_)
            | Order::Pin { .. }
            | Order::Idle(_) => {}
        }
        None
    }

    /// The script has ended a line.
    fn leave(&mut self, line: LineId) -> Option<Conn> {
        let conn = *self.lines.get(&line)?;
        self.forget(conn);
        self.left.push(conn);
        Some(conn)
    }
}

fn at(now: Duration) -> Instant {
    Instant::ZERO + now
}

fn power() -> Power {
    Power {
        profile: Profile { heap_bytes: HEAP_BYTES_MAX, ..Profile::NONE },
        boot: BootPlan { restart: REST, ..BootPlan::scaled_to(Duration::ZERO) },
        seed: random_seed(),
        clock_s: unix_s(),
        ..Power::default()
    }
}

/// What is to be told of an end that the script did not ask for.
fn ending(cause: RestartCause) -> Option<Said> {
    match cause {
        RestartCause::Stuck(Stuck { place: Some(place), .. }) => {
            Some(Said::Stuck(place.to_string()))
        }
        RestartCause::Stuck(Stuck { place: None, traceback }) => Some(Said::Stuck(traceback)),
        // The library's part of it would tell an author nothing.
        RestartCause::Error(text) => {
            let error = text.split("\nstack traceback:").next().unwrap_or_default();
            Some(Said::Failed(error.to_owned()))
        }
        RestartCause::Fault(text) => Some(Said::Failed(text)),
        RestartCause::SoftDog(_) | RestartCause::PowerCut | RestartCause::Asked(_) => None,
    }
}
