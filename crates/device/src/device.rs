//! The device: one script on one modem, behind two doors.

use crate::board::{Board, BootReason, Caller, Ending, Power};
use crate::budget::Stuck;
use crate::flash::Flash;
use crate::notice::{Notice, NoticeKind, Place};
use crate::script::Project;
use crate::text::text_of;
use crate::vm::{ScriptEnd, Seat, Sharing, Vm};
use crate::watch;
use holdline_modem::{BootPlan, Input, Instant, LineId, Modem};
use std::rc::Rc;
use std::time::Duration;

/// Messages that a script gets before the driver has its turn.
const MESSAGES_PER_TURN: u32 = 1000;

/// Where a fatal error is kept for the next boot.
const ERROR_FILE: &str = "/luaerrinfo.txt";

/// Why a device starts anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartCause {
    /// The script asked for it; carries the reason given to `sys.restart`, or nothing.
    Asked(String),
    /// A script error: message and traceback.
    Error(String),
    /// The script ran for too long without waiting.
    Stuck(Stuck),
    /// The script opened a soft watchdog and did not feed it for this long.
    SoftDog(Duration),
    /// A fault of this program, which ought to be reported. Carries what it says.
    Fault(String),
    /// The supply failed; the device comes up when it is back.
    PowerCut,
}

/// An order to the driver, or something to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// An order of the modem. Never its `Idle`.
    Modem(holdline_modem::Output),
    /// One line that the script printed, without a line end. Any bytes.
    Print(Vec<u8>),
    /// Something the author should hear.
    Notice(Notice),
    /// The device restarts; it comes up again by itself.
    Restarting(RestartCause),
    /// The device is off for good.
    PoweredOff,
    /// All is drained. Come back at the deadline, or with the next fact.
    Idle(Option<Instant>),
}

/// Whether the script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    /// Between a restart's order and the script's first line.
    Restarting {
        until: Instant,
    },
    /// Without power, until it is back.
    Dark,
    Off,
}

/// One script on one modem.
pub struct Device {
    vm: Rc<Vm>,
    seat: Seat,
    plan: BootPlan,
    state: State,
    /// `None` only while the script runs, when the VM holds it.
    board: Option<Box<Board>>,
}

impl Device {
    /// Powers a device on and runs its script up to the first wait.
    pub fn power_on(now: Instant, vm: &Rc<Vm>, power: Power) -> Self {
        let (plan, power_heap) = (power.boot, power.profile.heap_bytes);
        let board = Some(Box::new(Board::new(now, power)));
        vm.limit_heap(power_heap);
        let (vm, seat) = (Rc::clone(vm), vm.take_seat());
        let mut device = Self { vm, seat, plan, state: State::Running, board };
        device.boot();
        device
    }

    /// Takes a fact in and lets the script run until it waits.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        debug_assert!(
            self.board().outputs.is_empty(),
            "drain `poll_output` until `Idle` after each input"
        );
        self.borrow_buffer();
        self.heed(&input);
        let (is_lost, is_back) = (input == Input::PowerLost, input == Input::PowerRestored);
        self.modem().handle_input(now, input);
        self.collect();
        match self.state {
            State::Running | State::Restarting { .. } if is_lost => self.go_dark(),
            State::Dark if is_back => self.come_up(),
            State::Running => {
                self.run();
                self.mind_soft_dog();
            }
            State::Restarting { until } if until <= now => self.come_up(),
            State::Restarting { .. } | State::Dark | State::Off => {}
        }
        self.collect();
    }

    /// Takes in a line that somebody has opened to the device, and lets the script run until it waits.
    /// None where there is no number left for it, or no script that runs.
    ///
    /// What comes on it and how it ends are facts about that line, and the script's answers are orders.
    pub fn accept(&mut self, now: Instant, caller: Caller) -> Option<LineId> {
        self.handle_input(now, Input::Timeout);
        if !self.is_running() {
            return None;
        }
        let line = self.modem().accept(caller.kind)?;
        self.board().callers.insert(line.socket, caller);
        self.run();
        self.collect();
        Some(line)
    }

    /// Keeps who it is that has opened a line.
    pub fn name_caller(&mut self, line: LineId, name: Vec<u8>) {
        if let Some(caller) = self.board().callers.get_mut(&line.socket) {
            caller.name = Some(name);
        }
    }

    /// Whether the script runs: not while the device restarts, nor once it is off.
    pub fn is_running(&self) -> bool {
        self.state == State::Running
    }

    /// Minds what concerns the device and not the modem alone.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other fact is the modem's alone")]
    fn heed(&mut self, input: &Input) {
        match input {
            Input::FlashFilled => self.board().flash.set_full(true),
            Input::FlashFreed => self.board().flash.set_full(false),
            _ => {}
        }
    }

    /// Stops at once: what the script had not got into the flash is gone, and nobody is told.
    fn go_dark(&mut self) {
        self.board().boot_reason = BootReason::Key;
        self.vm.leave(self.seat);
        self.state = State::Dark;
        self.board().outputs.push_back(Output::Restarting(RestartCause::PowerCut));
    }

    /// The next order. Changes only after [`Self::handle_input`].
    pub fn poll_output(&mut self) -> Output {
        match self.board().outputs.pop_front() {
            Some(output) => output,
            None => {
                self.return_buffer();
                Output::Idle(self.poll_timeout())
            }
        }
    }

    /// The modem, for its state and for facts about it.
    pub fn modem(&mut self) -> &mut Modem {
        &mut self.board().modem
    }

    /// The device's own files.
    pub fn flash(&mut self) -> &mut dyn Flash {
        &mut self.board().flash
    }

    /// Ends the device in order: lines are broken off by orders, pins let go, open files are written.
    pub fn power_off(&mut self) {
        self.vm.leave(self.seat);
        self.state = State::Off;
        self.modem().let_go();
        self.collect();
    }

    /// The Lua state that the device runs in; a device alone has a new one after each restart.
    pub fn vm(&self) -> &Rc<Vm> {
        &self.vm
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        match self.state {
            State::Running => {
                let modem = self.modem();
                if modem.has_messages() { Some(modem.now()) } else { modem.poll_timeout() }
            }
            State::Restarting { until } => Some(until),
            State::Dark | State::Off => None,
        }
    }

    fn board(&mut self) -> &mut Board {
        self.board.as_mut().expect("the VM holds it only while the script runs")
    }

    /// Runs the script from its first line.
    fn boot(&mut self) {
        let board = self.board.take().expect("the script is not running");
        let (board, end) = self.vm.boot(self.seat, board);
        self.board = Some(board);
        self.settle(end);
        self.run();
        self.collect();
    }

    /// Starts anew where the soft watchdog was not fed, in the last moment either.
    fn mind_soft_dog(&mut self) {
        let modem = self.modem();
        let Some(period) = modem.soft_dog_hunger() else { return };
        if self.state == State::Running {
            self.go_down(RestartCause::SoftDog(period));
        }
    }

    /// Hands messages over, one by one, until the script has had them all.
    fn run(&mut self) {
        for _ in 0..MESSAGES_PER_TURN {
            if self.state != State::Running {
                return;
            }
            let Some(message) = self.modem().poll_message() else { return };
            let board = self.board.take().expect("the script is not running");
            let (board, end) = self.vm.deliver(self.seat, board, message);
            self.board = Some(board);
            self.settle(end);
            self.collect();
        }
    }

    /// What follows from a run: nothing, while the script waits and has asked for nothing.
    fn settle(&mut self, end: Option<ScriptEnd>) {
        match (self.board().ending.take(), end) {
            (Some(Ending::PowerOff), _) => {
                self.collect();
                self.board().outputs.push_back(Output::PoweredOff);
                self.power_off();
            }
            (Some(Ending::Restart(reason)), _) => self.go_down(RestartCause::Asked(reason)),
            (None, Some(ScriptEnd::Error(traceback))) => self.die(&traceback),
            (None, Some(ScriptEnd::Stuck(stuck))) => self.go_down(RestartCause::Stuck(stuck)),
            (None, Some(ScriptEnd::Fault(words))) => self.go_down(RestartCause::Fault(words)),
            (None, None) => {}
        }
    }

    /// Keeps the error where the next boot finds it, and explains it where it can.
    fn die(&mut self, traceback: &[u8]) {
        // A full flash must not keep the device from restarting; the log has the error anyway.
        let _ = self.board().flash.write(ERROR_FILE, traceback);
        let text = text_of(traceback);
        if text.starts_with(watch::OUT_OF_MEMORY) {
            let heap = self.board().modem.profile().heap_bytes;
            let detail = vec![heap.to_string()];
            self.board().notice(Notice { kind: NoticeKind::OutOfMemory, place: None, detail });
        }
        if let Some(notice) = used_before_local(&self.vm.project, &text) {
            self.board().notice(notice);
        }
        self.go_down(RestartCause::Error(text));
    }

    fn go_down(&mut self, cause: RestartCause) {
        self.collect();
        let until = self.modem().now() + self.plan.restart;
        self.board().boot_reason = match cause {
            RestartCause::PowerCut => BootReason::Key,
            RestartCause::Asked(_) => BootReason::Restart,
            RestartCause::Error(_) | RestartCause::Fault(_) => BootReason::Exception,
            RestartCause::Stuck(_) | RestartCause::SoftDog(_) => BootReason::Watchdog,
        };
        self.state = State::Restarting { until };
        self.modem().let_go();
        self.collect();
        self.board().outputs.push_back(Output::Restarting(cause));
    }

    fn come_up(&mut self) {
        self.board().restart();
        self.vm.leave(self.seat);
        if self.vm.sharing == Sharing::Alone {
            match self.vm.anew() {
                Ok(vm) => (self.vm, self.seat) = (Rc::clone(&vm), vm.take_seat()),
                Err(error) => return self.go_down(RestartCause::Fault(error.to_string())),
            }
            let heap_bytes = self.modem().profile().heap_bytes;
            self.vm.limit_heap(heap_bytes);
        }
        self.state = State::Running;
        self.boot();
    }

    /// Takes the VM's buffer for the time until all is drained: a device at rest holds none.
    fn borrow_buffer(&mut self) {
        let buffer = self.vm.buffer.take();
        let outputs = &mut self.board().outputs;
        if outputs.capacity() == 0 {
            *outputs = buffer;
        }
    }

    fn return_buffer(&mut self) {
        let outputs = std::mem::take(&mut self.board().outputs);
        if outputs.capacity() > 0 {
            self.vm.buffer.set(outputs);
        }
        if self.vm.sharing == Sharing::Shared {
            self.modem().rest();
        }
    }

    /// Puts what the modem ordered behind what the script said. Called after each step, so that
    /// outputs stand in the order of their causes.
    fn collect(&mut self) {
        let Some(board) = &mut self.board else { return };
        while board.modem.has_orders() {
            board.outputs.push_back(Output::Modem(board.modem.poll_output()));
        }
    }
}

impl Drop for Device {
    /// A Lua state that others go on using keeps nothing of this device.
    fn drop(&mut self) {
        self.vm.leave(self.seat);
    }
}

/// Explains a nil global that the same file makes a local further down.
fn used_before_local(project: &Project, traceback: &str) -> Option<Notice> {
    let first = traceback.lines().next()?;
    let (place, rest) = first.split_once(": attempt to call global '")?;
    let (name, _) = rest.split_once('\'')?;
    let place = Place::parse(place)?;
    let source = String::from_utf8_lossy(project.file(&place.file)?).into_owned();
    let declared = source.lines().position(|line| declares_local(line, name))? + 1;
    let later = u32::try_from(declared).ok().filter(|&line| line > place.line)?;
    let detail = vec![name.to_owned(), later.to_string()];
    Some(Notice { kind: NoticeKind::UsedBeforeLocal, place: Some(place), detail })
}

/// Whether `line` declares `name` by `local` or `local function`.
fn declares_local(line: &str, name: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("local ") else { return false };
    let rest = rest.trim_start();
    let names = rest.strip_prefix("function ").unwrap_or(rest);
    let names = names.split(['=', '(']).next().unwrap_or(names);
    names.split(',').any(|declared| declared.trim() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locals_are_found_in_every_form() {
        assert!(declares_local("  local function sndcb(item)", "sndcb"));
        assert!(declares_local("local a, sndcb = 1, 2", "sndcb"));
        assert!(declares_local("local sndcb", "sndcb"));
        assert!(!declares_local("local function sndcb2(item)", "sndcb"));
        assert!(!declares_local("x = sndcb -- local sndcb", "sndcb"));
    }
}
