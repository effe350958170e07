//! Calls that scripts make all the time, straight from Lua: through mlua, a call costs several times
//! what it does, as it makes handles of its arguments and runs protected.
//!
//! Each has a *full* one beside it, made the usual way. Whatever is out of the ordinary here, such as
//! an argument of another type or a spent budget, is passed on to that, so all errors are raised there.

#![expect(unsafe_code, reason = "a call without mlua between has Lua's own API alone")]

use crate::api::timer_after;
use crate::arena::Arena;
use crate::board::Board;
use crate::budget::Budget;
use crate::vm::Running;
use holdline_modem::{SocketId, TimerId};
use mlua::ffi::{self, lua_State};
use mlua::{Function, Lua, Result};
use std::any::Any;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

mod line;
mod turn;

pub(crate) use turn::{Turn, Turns};

/// What such a call finds as its first upvalue.
pub(crate) struct Bare {
    running: Rc<Running>,
    budget: Rc<Budget>,
    arena: Rc<Arena>,
    turns: Turns,
    /// What a call of these has panicked with in this turn.
    panicked: RefCell<Option<Box<dyn Any + Send>>>,
}

/// Where a call has its full one.
const FULL: c_int = 2;

/// A call, as Lua knows it.
type Call = unsafe extern "C-unwind" fn(*mut lua_State) -> c_int;

/// What a call has come to: as many results as it has pushed, or its full one is to see to it.
type Outcome = Option<c_int>;

impl Bare {
    pub(crate) fn new(running: &Rc<Running>, budget: &Rc<Budget>, arena: &Rc<Arena>) -> Self {
        let (running, budget, arena) = (Rc::clone(running), Rc::clone(budget), Rc::clone(arena));
        Self { running, budget, arena, turns: Turns::default(), panicked: RefCell::default() }
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// What a call has panicked with since this was last asked.
    pub(crate) fn take_panic(&self) -> Option<Box<dyn Any + Send>> {
        self.panicked.take()
    }

    /// The number by which the device knows the table, function or coroutine at `at`.
    pub(crate) fn number(&self, board: &mut Board, at: *const c_void) -> u32 {
        self.arena.number(at, || board.next_number())
    }

    /// Calls `act` with the board of the device whose script runs, if there is one.
    fn with_board<R>(&self, act: impl FnOnce(&mut Board) -> R) -> Option<R> {
        Some(act(self.running.0.try_borrow_mut().ok()?.as_mut()?))
    }
}

/// `rtos.timer_start`
pub(crate) fn timer_start(lua: &Lua, full: Function) -> Result<Function> {
    closure(lua, timer_start_call, full)
}

/// `rtos.timer_stop`
pub(crate) fn timer_stop(lua: &Lua, full: Function) -> Result<Function> {
    closure(lua, timer_stop_call, full)
}

/// `socketcore.sock_send`
pub(crate) fn sock_send(lua: &Lua, full: Function) -> Result<Function> {
    closure(lua, sock_send_call, full)
}

/// `print`, see [`mod@line`].
pub(crate) fn print(lua: &Lua, full: Function) -> Result<Function> {
    closure(lua, line::print_call, full)
}

/// Tells [`Turns`] of the coroutine that takes turns.
pub(crate) fn spare(lua: &Lua, full: Function) -> Result<Function> {
    closure(lua, turn::spare_call, full)
}

/// `call` as a function, with its full one.
fn closure(lua: &Lua, call: Call, full: Function) -> Result<Function> {
    let bare = Rc::as_ptr(&*lua.app_data_ref::<Rc<Bare>>().expect("set when the state was made"));
    // SAFETY: what follows runs protected, on a stack that holds the full one alone and leaves the
    // closure there. The pointer stays good: the state's app data, which outlives all its calls, owns
    // the `Bare`, and never lets go of it.
    unsafe {
        lua.exec_raw(full, |state| {
            ffi::lua_pushlightuserdata(state, bare.cast_mut().cast());
            ffi::lua_insert(state, 1);
            ffi::lua_pushcclosure(state, call, FULL);
        })
    }
}

/// Runs a call: `act` must raise no Lua error, since what is on Rust's stack would be lost with it.
///
/// # Safety
///
/// `state` is running a closure that [`closure`] has made.
unsafe fn run(state: *mut lua_State, act: impl FnOnce(&Bare) -> Outcome) -> c_int {
    // SAFETY: the first upvalue of such a closure is a `Bare` that lives as long as the state.
    let bare = unsafe { &*ffi::lua_touserdata(state, ffi::lua_upvalueindex(1)).cast::<Bare>() };
    match catch_unwind(AssertUnwindSafe(|| act(bare))) {
        Ok(Some(results)) => return results,
        Ok(None) => {}
        // The turn has no more instructions, so the full call throws the script out.
        Err(panic) => {
            bare.panicked.replace(Some(panic));
            bare.budget.spend(u64::MAX);
        }
    }
    // SAFETY: the second upvalue is a function, and nothing of Rust's is left to be lost by its error.
    unsafe {
        ffi::lua_pushvalue(state, ffi::lua_upvalueindex(FULL));
        ffi::lua_insert(state, 1);
        ffi::lua_call(state, ffi::lua_gettop(state) - 1, ffi::LUA_MULTRET);
        ffi::lua_gettop(state)
    }
}

/// The argument at `index` if it is a number and no text of one.
///
/// # Safety
///
/// `state` is running a C function.
unsafe fn number(state: *mut lua_State, index: c_int) -> Option<f64> {
    // SAFETY: both take any index up to the top and beyond.
    unsafe {
        (ffi::lua_type(state, index) == ffi::LUA_TNUMBER).then(|| ffi::lua_tonumber(state, index))
    }
}

/// The argument at `index` if it is a string.
///
/// # Safety
///
/// `state` is running a C function, and the argument stays in its place as long as the bytes are used.
unsafe fn bytes<'a>(state: *mut lua_State, index: c_int) -> Option<&'a [u8]> {
    // SAFETY: a string is not converted, so nothing is allocated; Lua keeps it where it is.
    unsafe {
        if ffi::lua_type(state, index) != ffi::LUA_TSTRING {
            return None;
        }
        let mut len = 0;
        let start = ffi::lua_tolstring(state, index, &raw mut len);
        Some(std::slice::from_raw_parts(start.cast(), len))
    }
}

fn timer_id(number: f64) -> Option<TimerId> {
    let id = number as u32;
    (f64::from(id) == number).then_some(TimerId(id))
}

unsafe extern "C-unwind" fn timer_start_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours; nothing in `act` raises.
    unsafe {
        run(state, |bare| {
            let (id, ms) = (timer_id(number(state, 1)?)?, number(state, 2)?);
            bare.with_board(|board| board.modem.timer_start(id, timer_after(ms)))?;
            ffi::lua_pushinteger(state, 1);
            Some(1)
        })
    }
}

unsafe extern "C-unwind" fn timer_stop_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours; nothing in `act` raises.
    unsafe {
        run(state, |bare| {
            let id = timer_id(number(state, 1)?)?;
            bare.with_board(|board| board.modem.timer_stop(id))?;
            Some(0)
        })
    }
}

unsafe extern "C-unwind" fn sock_send_call(state: *mut lua_State) -> c_int {
    // SAFETY: Lua runs a closure of ours; nothing in `act` raises.
    unsafe {
        run(state, |bare| {
            let (id, bytes) = (number(state, 1)?, bytes(state, 2)?);
            let id = SocketId(if (0.0..65535.0).contains(&id) { id as u16 } else { return None });
            if !bare.budget.keeps(bytes.len()) {
                return None;
            }
            bare.with_board(|board| board.modem.send(id, bytes.to_vec()))?;
            ffi::lua_pushinteger(state, 1);
            Some(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Device, Output, Power, Project, RestartCause, Sharing, Vm};
    use holdline_modem::Instant;

    unsafe extern "C-unwind" fn panics_call(state: *mut lua_State) -> c_int {
        // SAFETY: only `closure` makes closures of this.
        unsafe { run(state, |_| panic!("a bare call has panicked")) }
    }

    /// The script does not go on, the host does, and the device starts anew.
    #[test]
    fn a_call_that_panics_ends_the_turn_as_a_fault() {
        let main = "PROJECT, VERSION = 'P', '1' print('before') string.panics() print('after')";
        let project = Rc::new(Project::from_files([("main.lua", main)]));
        let vm = Vm::new(project, Sharing::Alone).unwrap();
        let lua = vm.lua();
        let full = lua.create_function(|_, ()| Ok(())).unwrap();
        let strings: mlua::Table = lua.globals().get("string").unwrap();
        strings.set("panics", closure(lua, panics_call, full).unwrap()).unwrap();
        let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
        let (mut told, mut causes) = (Vec::new(), Vec::new());
        loop {
            match device.poll_output() {
                Output::Print(line) => told.push(String::from_utf8_lossy(&line).into_owned()),
                Output::Restarting(cause) => causes.push(cause),
                Output::Idle(_) => break,
                Output::Modem(_) | Output::Notice(_) | Output::PoweredOff => {}
            }
        }
        assert_eq!(told, ["before"]);
        assert_eq!(causes, [RestartCause::Fault("a bare call has panicked".to_owned())]);
    }
}
