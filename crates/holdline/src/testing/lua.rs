//! The Lua state of one test: a plain Lua 5.1 with the words of tests, and nothing of the machine.
//!
//! A test runs in a state of its own, so none sees what another left. There is no `pcall` and no
//! coroutine: what ends a test ends it.

use super::source::Source;
use super::trial::Trial;
use super::words::{Answer, Arg, Args, KINDS, Thing, Word};
use crate::check::near::nearest;
use crate::console::clean;
use crate::report::Problem;
use crate::words::Lang;
use holdline_device::is_found_within;
use mlua::{
    Function, HookTriggers, Lua, LuaOptions, MetaMethod, MultiValue, StdLib, UserData,
    UserDataMethods, Value, VmState, chunk::ChunkMode,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// Instructions that a test file may run; what it does with the world is not counted.
const INSTRUCTIONS_MAX: u64 = 100_000_000;

/// After how many instructions somebody looks.
const INSTRUCTIONS_PER_LOOK: u32 = 10_000;

/// Bytes that a test may have for its values.
const HEAP_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes that a pattern of Lua's may have: its search goes as deep as the pattern is long.
const PATTERN_BYTES_MAX: usize = 200;

/// Steps that a search by a pattern of Lua's may take.
const PATTERN_STEPS_MAX: u64 = 10_000_000;

/// Letters that a key of a table may have to be looked at.
const KEYS_MAX: usize = 64;

/// What of Lua's own a test can use.
const GLOBALS: [&str; 13] = [
    "assert", "error", "ipairs", "math", "next", "pairs", "print", "select", "string", "table",
    "tonumber", "tostring", "type",
];

/// What a test file adds to Lua.
pub(crate) const OWN_GLOBALS: [&str; 2] = ["test", "expect"];

/// A test as its file declares it.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) options: Arg,
    pub(super) body: Function,
}

/// What the state and the words share.
pub(super) struct Desk {
    pub(super) trial: RefCell<Trial>,
    declared: RefCell<Vec<Declared>>,
    /// Whether a test runs, rather than the file being read.
    is_testing: Cell<bool>,
    lang: Lang,
}

/// What a test holds in its hands.
struct Handle {
    desk: Rc<Desk>,
    thing: Thing,
}

/// One Lua state, and the world that its test acts on.
pub(super) struct State {
    lua: Lua,
    desk: Rc<Desk>,
}

impl State {
    /// A state for tests on `trial`.
    pub(super) fn new(trial: Trial, seed: u64) -> mlua::Result<Self> {
        let lua =
            Lua::new_with(StdLib::TABLE | StdLib::STRING | StdLib::MATH, LuaOptions::default())?;
        let lang = trial.lang;
        let desk = Rc::new(Desk {
            trial: RefCell::new(trial),
            declared: RefCell::new(Vec::new()),
            is_testing: Cell::new(false),
            lang,
        });
        furnish(&lua, &desk, seed)?;
        limit(&lua, &desk)?;
        Ok(Self { lua, desk })
    }

    /// Runs the file; the tests that it declares.
    pub(super) fn read(&self, source: &Source) -> mlua::Result<Vec<Declared>> {
        let text = source.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&source.bytes);
        let chunk = self.lua.load(text).set_name(format!("@{}", source.name()));
        chunk.set_mode(ChunkMode::Text).exec()?;
        Ok(self.desk.declared.take())
    }

    /// Runs one test.
    pub(super) fn run(&self, test: &Declared) -> mlua::Result<()> {
        self.desk.is_testing.set(true);
        let world = self
            .lua
            .create_userdata(Handle { desk: Rc::clone(&self.desk), thing: Thing::World })?;
        test.body.call::<()>(world)
    }

    /// What the test has done to its world.
    pub(super) fn trial(&self) -> &RefCell<Trial> {
        &self.desk.trial
    }

    /// The world, once the state is over.
    pub(super) fn into_trial(self) -> Option<Trial> {
        let Self { lua, desk } = self;
        drop(lua);
        Rc::into_inner(desk).map(|desk| desk.trial.into_inner())
    }
}

/// Takes away what leads out of the state, and puts the words in.
fn furnish(lua: &Lua, desk: &Rc<Desk>, seed: u64) -> mlua::Result<()> {
    let globals = lua.globals();
    for name in globals
        .pairs::<Value, Value>()
        .map(|pair| pair.map(|(name, _)| name))
        .collect::<mlua::Result<Vec<_>>>()?
    {
        let is_kept = name
            .as_string()
            .and_then(|name| name.to_str().ok())
            .is_some_and(|name| GLOBALS.contains(&&*name));
        if !is_kept {
            globals.raw_set(name, Value::Nil)?;
        }
    }
    let math: mlua::Table = globals.get("math")?;
    math.set("randomseed", Value::Nil)?;
    let random = RefCell::new(Random(seed));
    math.set(
        "random",
        lua.create_function(move |_, range| draw(&mut random.borrow_mut(), range))?,
    )?;
    bound_patterns(lua, desk, &globals.get("string")?)?;
    let on = Rc::clone(desk);
    globals.set("test", lua.create_function(move |lua, args| declare(lua, &on, args))?)?;
    let on = Rc::clone(desk);
    globals.set("expect", lua.create_function(move |lua, args| expect(lua, &on, args))?)?;
    let on = Rc::clone(desk);
    globals.set("print", lua.create_function(move |lua, args| print(lua, &on, args))?)?;
    let strict = lua.create_table()?;
    let on = Rc::clone(desk);
    let missing = move |lua: &Lua, (_, name): (Value, Value)| unknown_global(lua, &on, &name);
    strict.set("__index", lua.create_function(missing)?)?;
    strict.set("__metatable", false)?;
    globals.set_metatable(Some(strict))
}

/// Counts instructions and bytes.
fn limit(lua: &Lua, desk: &Rc<Desk>) -> mlua::Result<()> {
    let looks = Cell::new(0u64);
    let on = Rc::clone(desk);
    let triggers = HookTriggers::new().every_nth_instruction(INSTRUCTIONS_PER_LOOK);
    lua.set_global_hook(triggers, move |lua, call| {
        looks.set(looks.get() + 1);
        if looks.get() * u64::from(INSTRUCTIONS_PER_LOOK) <= INSTRUCTIONS_MAX {
            return Ok(VmState::Continue);
        }
        let line = call.current_line().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
        let _ = lua;
        Err(stop(&on, line, on.lang.test_never_ends(INSTRUCTIONS_MAX)))
    })?;
    lua.gc_set_mode(mlua::state::GcMode::Incremental(
        mlua::state::GcIncParams::default().pause(150).step_multiplier(200),
    ));
    lua.set_memory_limit(lua.used_memory() + HEAP_BYTES_MAX)?;
    Ok(())
}

/// Keeps the functions that search by pattern from searching deeper than the stack goes, and without
/// an end.
fn bound_patterns(lua: &Lua, desk: &Rc<Desk>, string: &mlua::Table) -> mlua::Result<()> {
    for name in ["find", "match", "gmatch", "gsub"] {
        let plain: Function = string.get(name)?;
        let on = Rc::clone(desk);
        let bounded = move |lua: &Lua, args: MultiValue| {
            let text = |at: usize| {
                args.get(at).and_then(Value::as_string).map(|text| text.as_bytes().to_vec())
            };
            let (subject, pattern) = (text(0).unwrap_or_default(), text(1).unwrap_or_default());
            let len = pattern.len();
            if len > PATTERN_BYTES_MAX {
                return Err(mlua::Error::runtime(format!(
                    "bad argument #2 to '{name}' (pattern of {len} bytes, {PATTERN_BYTES_MAX} at most)"
                )));
            }
            let is_plain = name == "find" && args.get(3).is_some_and(is_true);
            if !is_plain && !is_found_within(&subject, &pattern, PATTERN_STEPS_MAX) {
                return Err(stop(&on, line_of(lua), on.lang.pattern_never_ends(name)));
            }
            plain.call::<MultiValue>(args)
        };
        string.set(name, lua.create_function(bounded)?)?;
    }
    // Only here for Lua 5.0.
    string.set("gfind", Value::Nil)?;
    string.set("dump", Value::Nil)
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Nil | Value::Boolean(false))
}

/// Ends the test, at `line` of its file; the error that takes it out of Lua.
fn stop(desk: &Desk, line: u32, problem: Problem) -> mlua::Error {
    desk.trial.borrow_mut().turn(line, |_| Err::<(), _>(problem.into()));
    stopped()
}

/// The error of a test that has been ended; nobody reads it.
fn stopped() -> mlua::Error {
    mlua::Error::runtime("the test has ended")
}

/// The line of the file that speaks.
fn line_of(lua: &Lua) -> u32 {
    let line_at = |level| lua.inspect_stack(level, |call| call.current_line());
    (0..).map_while(line_at).flatten().find_map(|line| u32::try_from(line).ok()).unwrap_or(0)
}

impl UserData for Handle {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods
            .add_meta_method(MetaMethod::Index, |lua, handle, name: Value| handle.word(lua, &name));
        methods.add_meta_method(MetaMethod::NewIndex, |lua, handle, _: (Value, Value)| {
            let kind = handle.thing.kind();
            let problem = handle.desk.lang.cannot_be_set(kind.called);
            Err::<(), _>(stop(&handle.desk, line_of(lua), problem))
        });
        methods
            .add_meta_method(MetaMethod::ToString, |_, handle, ()| Ok(handle.thing.kind().called));
    }
}

impl Handle {
    /// The word of this name, to be said.
    fn word(&self, lua: &Lua, name: &Value) -> mlua::Result<Function> {
        let name = name.as_string().map(|name| name.to_string_lossy()).unwrap_or_default();
        let kind = self.thing.kind();
        let Some(word) = kind.word(&name) else {
            let near = nearest(&name, kind.words.iter().map(|word| word.name));
            let other = KINDS.into_iter().find(|other| other.word(&name).is_some());
            let problem = self.desk.lang.unknown_word(kind, &name, near.as_deref(), other);
            return Err(stop(&self.desk, line_of(lua), problem));
        };
        let desk = Rc::clone(&self.desk);
        lua.create_function(move |lua, args: MultiValue| say(lua, &desk, word, args))
    }
}

/// Says `word`, as `thing:word(...)`.
fn say(
    lua: &Lua,
    desk: &Rc<Desk>,
    word: &'static Word,
    mut args: MultiValue,
) -> mlua::Result<Value> {
    let line = line_of(lua);
    let subject = args.pop_front().unwrap_or(Value::Nil);
    let Arg::Thing(thing) = read(&subject, true) else {
        return Err(stop(desk, line, desk.lang.write_a_colon(word.name)));
    };
    let values: VecDeque<Arg> = args.iter().map(|value| read(value, true)).collect();
    let mut args = Args::new(word.name, values, desk.lang);
    let answer = desk.trial.borrow_mut().turn(line, |trial| word.say(trial, &thing, &mut args));
    match answer.ok_or_else(stopped)? {
        Answer::Itself => Ok(subject),
        Answer::Thing(thing) => handle(lua, desk, thing),
    }
}

fn handle(lua: &Lua, desk: &Rc<Desk>, thing: Thing) -> mlua::Result<Value> {
    Ok(Value::UserData(lua.create_userdata(Handle { desk: Rc::clone(desk), thing })?))
}

/// `test(name, [options,] function(world) ... end)`
fn declare(lua: &Lua, desk: &Rc<Desk>, args: MultiValue) -> mlua::Result<()> {
    let (line, args) = (line_of(lua), args.into_vec());
    if desk.is_testing.get() {
        return Err(stop(desk, line, desk.lang.test_within_a_test()));
    }
    let (name, options, body) = match args.as_slice() {
        [Value::String(name), Value::Function(body)] => (name, Arg::Nil, body),
        [Value::String(name), options @ Value::Table(_), Value::Function(body)] => {
            (name, read(options, true), body)
        }
        _ => return Err(stop(desk, line, desk.lang.not_a_test())),
    };
    let bytes = name.as_bytes();
    // In a file in GBK.
    let name = str::from_utf8(&bytes).map_or_else(|_| clean(&bytes), str::to_owned);
    let body = body.clone();
    if name.trim().is_empty() {
        return Err(stop(desk, line, desk.lang.not_a_test()));
    }
    desk.declared.borrow_mut().push(Declared { name, line, options, body });
    Ok(())
}

/// `expect(observation)`
fn expect(lua: &Lua, desk: &Rc<Desk>, args: MultiValue) -> mlua::Result<Value> {
    let line = line_of(lua);
    if !desk.is_testing.get() {
        return Err(stop(desk, line, desk.lang.expect_outside_a_test()));
    }
    let of = match args.front().map(|value| read(value, true)) {
        Some(Arg::Thing(Thing::Observation(of))) => of,
        other => {
            let shown = other.unwrap_or(Arg::Nil).shown();
            return Err(stop(desk, line, desk.lang.not_an_observation(&shown)));
        }
    };
    let number = desk.trial.borrow_mut().turn(line, |trial| trial.expect(of));
    handle(lua, desk, Thing::Expectation(number.ok_or_else(stopped)?))
}

/// `print(...)`: a line of the test's own in the story.
fn print(lua: &Lua, desk: &Rc<Desk>, args: MultiValue) -> mlua::Result<()> {
    let mut line = Vec::new();
    let tostring: Function = lua.globals().get("tostring")?;
    for (at, value) in args.into_iter().enumerate() {
        if at > 0 {
            line.push(b'\t');
        }
        line.extend_from_slice(&tostring.call::<mlua::LuaString>(value)?.as_bytes());
    }
    desk.trial.borrow_mut().say(line);
    Ok(())
}

fn unknown_global(lua: &Lua, desk: &Rc<Desk>, name: &Value) -> mlua::Result<Value> {
    let name = name.as_string().map(|name| name.to_string_lossy()).unwrap_or_default();
    let near = nearest(&name, GLOBALS.iter().chain(&OWN_GLOBALS));
    let problem = desk.lang.unknown_name(&name, near.as_deref());
    Err(stop(desk, line_of(lua), problem))
}

/// A value as words take it; the fields of a table, but not those of tables in it.
#[expect(clippy::wildcard_enum_match_arm, reason = "words take no other values")]
fn read(value: &Value, with_fields: bool) -> Arg {
    match value {
        Value::Nil => Arg::Nil,
        Value::Boolean(flag) => Arg::Flag(*flag),
        Value::Integer(number) => Arg::Number(*number as f64),
        Value::Number(number) => Arg::Number(*number),
        Value::String(text) => Arg::Text(text.as_bytes().to_vec()),
        Value::Table(table) if with_fields => {
            let pairs = table.pairs::<Value, Value>().take(KEYS_MAX).flatten();
            Arg::Table(pairs.map(|(name, value)| (key(&name), read(&value, false))).collect())
        }
        Value::UserData(data) => match data.borrow::<Handle>() {
            Ok(handle) => Arg::Thing(handle.thing.clone()),
            Err(_) => Arg::Other("userdata"),
        },
        other => Arg::Other(other.type_name()),
    }
}

/// The name of a table's field.
#[expect(clippy::wildcard_enum_match_arm, reason = "any value may be a key")]
fn key(name: &Value) -> String {
    match name {
        Value::String(name) => name.to_string_lossy(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        other => other.type_name().to_owned(),
    }
}

/// Random numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    /// A number in `0.0 .. 1.0`.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// `math.random([m[, n]])`, by Lua's rules.
fn draw(random: &mut Random, range: (Option<f64>, Option<f64>)) -> mlua::Result<f64> {
    let (low, high) = match range {
        (None, _) => return Ok(random.unit()),
        (Some(high), None) => (1.0, high.floor()),
        (Some(low), Some(high)) => (low.floor(), high.floor()),
    };
    if low > high {
        return Err(mlua::Error::runtime("bad argument to 'random' (interval is empty)"));
    }
    Ok(low + (random.unit() * (high - low + 1.0)).floor())
}
