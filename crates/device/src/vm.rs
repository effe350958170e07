//! The Lua state: what scripts run in, alone or side by side.
//!
//! A device in a VM is a *seat*. The prelude (`lua/ground/prelude.lua`) keeps, by seat number, the script's
//! main coroutine, its globals and the state of the script library, so that no Lua handle is kept
//! on this side: Lua 5.1 has room for only 8,000 of them.

use crate::Output;
use crate::api;
use crate::bare::{Bare, Turn};
use crate::board::Board;
use crate::budget::{Budget, Stuck, TURN_INSTRUCTIONS_MAX};
use crate::heap::Heap;
use crate::script::Project;
use crate::state::State;
use crate::watch;
use holdline_modem::{Message, Net};
use mlua::{Function, Lua};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// Whether devices share a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One device with a Lua state of its own, made anew at each restart.
    Alone,
    /// Many devices. They share the library's and the script's compiled code; globals, library
    /// tables, files and messages are each device's own.
    Shared,
}

/// Why a Lua state could not be made: a fault of this program, not of a script.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a Lua state: {0}")]
pub struct VmError(String);

impl From<mlua::Error> for VmError {
    /// Keeps the words only: mlua's error holds Lua values, which cannot leave their thread.
    fn from(error: mlua::Error) -> Self {
        Self(error.to_string())
    }
}

/// How a run of the script ended, short of waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScriptEnd {
    /// By an error. Carries message and traceback, as the module writes them to `/luaerrinfo.txt`.
    Error(Vec<u8>),
    /// It did not let go.
    Stuck(Stuck),
    /// By a fault of this program. Carries what it says.
    Fault(String),
}

/// A Lua state with the script library, for one project.
pub struct Vm {
    pub(crate) project: Rc<Project>,
    pub(crate) sharing: Sharing,
    boot: Function,
    enter: Function,
    turned: Function,
    leave: Function,
    trace: Function,
    seats: Cell<u32>,
    budget: Rc<Budget>,
    heap: Rc<Heap>,
    running: Rc<Running>,
    bare: Rc<Bare>,
    /// Room for what a device says and orders, lent to whichever has its turn.
    pub(crate) buffer: Cell<VecDeque<Output>>,
    lua: State,
}

/// The board of the device whose script runs; `None` between runs.
pub(crate) struct Running(pub(crate) RefCell<Option<Box<Board>>>);

/// A device's place in a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat(u32);

impl Vm {
    /// Makes a Lua state for `project`.
    pub fn new(project: Rc<Project>, sharing: Sharing) -> Result<Rc<Self>, VmError> {
        let budget = Budget::new(TURN_INSTRUCTIONS_MAX);
        Self::with_budget(project, sharing, budget)
    }

    /// The same once more, for a device alone that restarts.
    pub(crate) fn anew(&self) -> Result<Rc<Self>, VmError> {
        let budget = Budget::new(self.budget.turn_max.get());
        let vm = Self::with_budget(Rc::clone(&self.project), self.sharing, budget)?;
        if self.heap.may_be_seldom() {
            vm.collect_seldom();
        }
        Ok(vm)
    }

    fn with_budget(
        project: Rc<Project>,
        sharing: Sharing,
        budget: Budget,
    ) -> Result<Rc<Self>, VmError> {
        let (lua, budget) = (State::new()?, Rc::new(budget));
        let running = Rc::new(Running(RefCell::new(None)));
        let bare = Rc::new(Bare::new(&running, &budget, lua.arena()));
        lua.set_app_data(Rc::clone(&running));
        lua.set_app_data(Rc::clone(&bare));
        lua.set_app_data(Rc::clone(&project));
        let heap = Rc::new(Heap::new(sharing, Rc::clone(lua.arena())));
        watch::begin(&lua, &budget, &heap)?;
        let [boot, enter, turned, leave, trace] = api::open(&lua, sharing == Sharing::Shared)?;
        heap.stand(&lua)?;
        let (seats, buffer) = (Cell::new(0), Cell::default());
        Ok(Rc::new(Self {
            project,
            sharing,
            boot,
            enter,
            turned,
            leave,
            trace,
            seats,
            budget,
            heap,
            running,
            bare,
            buffer,
            lua,
        }))
    }

    /// Sets how many Lua instructions a script may run without waiting, in place of
    /// [`TURN_INSTRUCTIONS_MAX`]; a restart changes nothing about it.
    pub fn limit_turns(&self, instructions: u64) {
        self.budget.turn_max.set(instructions);
    }

    /// Lets the script of a device alone have `bytes` of Lua's memory for itself; devices that share
    /// a Lua state have one limit for all, see [`crate::SHARED_HEAP_BYTES_MAX`].
    pub(crate) fn limit_heap(&self, bytes: usize) {
        self.heap.limit(bytes);
    }

    /// Collects garbage less often from here on, while room is plenty: for virtual time, where a little
    /// memory counts less than speed. It is for a device alone; a restart changes nothing about it.
    pub fn collect_seldom(&self) {
        self.heap.collect_seldom(&self.lua);
    }

    /// Bytes that the Lua state holds.
    pub fn used_bytes(&self) -> usize {
        self.lua.arena().used_bytes()
    }

    /// Bytes of the pages in which they lie: what the Lua state costs.
    pub fn taken_bytes(&self) -> usize {
        self.lua.arena().taken_bytes()
    }

    /// Bytes that it takes to know which parts of them are free, on Rust's side.
    pub fn ledger_bytes(&self) -> usize {
        self.lua.arena().ledger_bytes()
    }

    /// Collects all garbage, so that [`Self::used_bytes`] is what is in use.
    pub fn collect_garbage(&self) -> Result<(), VmError> {
        // Twice: the first pass only finds what has a finalizer.
        self.lua.gc_collect()?;
        Ok(self.lua.gc_collect()?)
    }

    pub(crate) fn take_seat(&self) -> Seat {
        let seat = self.seats.get() + 1;
        self.seats.set(seat);
        Seat(seat)
    }

    /// Starts the script of `seat` from its first line.
    pub(crate) fn boot(&self, seat: Seat, board: Box<Board>) -> (Box<Board>, Option<ScriptEnd>) {
        self.run(board, |_| self.boot.call((seat.0, self.project.main())))
    }

    /// Resumes the script of `seat` with a message.
    pub(crate) fn deliver(
        &self,
        seat: Seat,
        board: Box<Board>,
        message: Message,
    ) -> (Box<Board>, Option<ScriptEnd>) {
        let (kind, a, b, c) = numbers(message);
        self.run(board, |is_looping| {
            let turns = self.bare.turns();
            if is_looping && let Some(turn) = turns.take(&self.lua, [seat.0, kind.into(), a, b, c])
            {
                return match turn? {
                    Turn::Done => Ok((None, true)),
                    Turn::Open { is_error, tag } => self.turned.call((seat.0, !is_error, tag)),
                };
            }
            self.enter.call((seat.0, kind, a, b, c))
        })
    }

    /// The state itself, for tests that put something into it.
    #[cfg(test)]
    pub(crate) fn lua(&self) -> &Lua {
        &self.lua
    }

    /// Forgets all that belongs to `seat`.
    pub(crate) fn leave(&self, seat: Seat) {
        // Emptying one table entry cannot fail short of a lost Lua state, which nobody would miss.
        let _ = self.leave.call::<()>(seat.0);
    }

    /// Runs the script by `call`, which is told whether the device is in the main loop, and tells how
    /// the script has ended, if it has, and whether the device is in the loop now.
    fn run(
        &self,
        board: Box<Board>,
        call: impl FnOnce(bool) -> mlua::Result<(Option<mlua::LuaString>, bool)>,
    ) -> (Box<Board>, Option<ScriptEnd>) {
        let (is_looping, spent) = (board.is_looping, board.spent());
        *self.running.0.borrow_mut() = Some(board);
        self.budget.begin(spent);
        let outcome = catch_unwind(AssertUnwindSafe(|| call(is_looping)));
        let outcome = self.bare.take_panic().map_or(outcome, Err);
        let (spent, stuck) = self.budget.end();
        let mut board = self.running.0.borrow_mut().take().expect("the board stays in its place");
        board.spends(spent);
        board.is_looping = matches!(outcome, Ok(Ok((_, true))));
        let end = match (stuck, outcome) {
            (_, Err(panic)) => Some(ScriptEnd::Fault(words_of(&*panic))),
            (Some(stuck), Ok(_)) => Some(ScriptEnd::Stuck(stuck)),
            (None, Ok(Ok((None, _)))) => None,
            (None, Ok(Ok((Some(traceback), _)))) => {
                Some(ScriptEnd::Error(traceback.as_bytes().to_vec()))
            }
            (None, Ok(Err(error))) => Some(ScriptEnd::Error(self.explain(&error))),
        };
        if end.is_none() {
            self.heap.end_turn(&self.lua);
        }
        board.settle();
        (board, end)
    }

    /// An error that left no room to be told in Lua, with the traceback of the main script.
    fn explain(&self, error: &mlua::Error) -> Vec<u8> {
        self.heap.lift();
        let mut text = watch::plain_words(error).into_bytes();
        if let Ok(traceback) = self.trace.call::<mlua::LuaString>(()) {
            text.push(b'\n');
            text.extend_from_slice(&traceback.as_bytes());
        }
        text
    }
}

/// What a panic said.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Calls `act` with the board of the device whose script runs.
///
/// Fails only where Lua code runs outside any device, such as a finalizer between two runs.
pub(crate) fn with_board<R>(lua: &Lua, act: impl FnOnce(&mut Board) -> R) -> mlua::Result<R> {
    let running = lua.app_data_ref::<Rc<Running>>().expect("set when the state was made");
    let mut place = running.0.borrow_mut();
    match place.as_mut() {
        Some(board) => Ok(act(board)),
        None => Err(mlua::Error::runtime("no device is running")),
    }
}

/// The project whose script runs.
pub(crate) fn project(lua: &Lua) -> Rc<Project> {
    Rc::clone(&*lua.app_data_ref::<Rc<Project>>().expect("set when the state was made"))
}

/// A message as the numbers that the prelude's `enter` takes: kind and up to three fields.
fn numbers(message: Message) -> (u8, u32, u32, u32) {
    let result = |ok: bool| u32::from(!ok);
    match message {
        Message::Timer(id) => (api::MSG_TIMER, id.0, 0, 0),
        Message::Connected { socket, ok } => {
            (api::MSG_SOCK_CONN_CNF, u32::from(socket.0), result(ok), 0)
        }
        Message::Accepted { socket } => (api::MSG_ACCEPTED, u32::from(socket.0), 0, 0),
        Message::Sent { socket, ok, len } => {
            (api::MSG_SOCK_SEND_CNF, u32::from(socket.0), result(ok), len)
        }
        Message::Received { socket, len } => (api::MSG_SOCK_RECV_IND, u32::from(socket.0), 0, len),
        Message::Closed { socket } => (api::MSG_SOCK_CLOSE_CNF, u32::from(socket.0), 0, 0),
        Message::Ended { socket } => (api::MSG_SOCK_CLOSE_IND, u32::from(socket.0), 0, 0),
        Message::Pin { pin, high } => {
            let edge = if high { api::INT_GPIO_POSEDGE } else { api::INT_GPIO_NEGEDGE };
            (api::MSG_INT, edge, u32::from(pin.0), 0)
        }
        Message::UartReceived { port, len } => {
            (api::MSG_UART_RXDATA, u32::from(port.number()), len, 0)
        }
        Message::UartSent { port } => (api::MSG_UART_TX_DONE, u32::from(port.number()), 0, 0),
        Message::Net(Net::Offline) => (api::MSG_PDP_DEACT_IND, 0, 0, 0),
        Message::Net(change) => (api::MSG_NET, change as u32, 0, 0),
    }
}
