//! `string`: what would keep the host or fill it, were it Lua's own: patterns and `rep`.
//!
//! `gmatch` and `gsub` with a function are completed in `lua/ground/standard.lua`, since an error of a
//! script's function must reach the script as it is.

mod pattern;
#[cfg(test)]
mod tests;

use crate::watch;
use memchr::memmem;
use mlua::{Error, IntoLua, Lua, LuaString, MultiValue, Result, Table, Value};
use pattern::{Capture, Fault, Matcher, has_specials};

/// Functions for the prelude: three that scripts see, and parts of two.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("rep", lua.create_function(rep)?)?;
    table.set("find", lua.create_function(|lua, args| find(lua, Args::of("find", args)))?)?;
    table.set("match", lua.create_function(|lua, args| matched(lua, Args::of("match", args)))?)?;
    table.set("texts", lua.create_function(texts)?)?;
    table.set("step", lua.create_function(step)?)?;
    table.set("gsub", lua.create_function(replaced)?)?;
    Ok(table)
}

/// Whether a search of `subject` for `pattern`, again and again up to its end as `gsub` does, takes no
/// more than `steps` steps. Lua's own matcher, by the same rules, takes about as many, and nobody can
/// stop it.
pub fn is_found_within(subject: &[u8], pattern: &[u8], steps: u64) -> bool {
    let mut search = Matcher::new(subject, pattern, steps);
    let anchored = search.take_anchor();
    let mut from = 0;
    while from <= subject.len() {
        match search.search(from, anchored) {
            Err(Fault::Spent) => return false,
            Ok(Some((start, end))) if !anchored => from = end.max(start + 1),
            // Lua words what is wrong with a pattern itself.
            Ok(_) | Err(Fault::Malformed(_)) => return true,
        }
    }
    true
}

/// The arguments of one call.
struct Args {
    call: &'static str,
    values: MultiValue,
    taken: usize,
}

impl Args {
    fn of(call: &'static str, values: MultiValue) -> Self {
        Self { call, values, taken: 0 }
    }

    /// The next one; `None` where there are no more.
    fn next(&mut self) -> Option<Value> {
        self.taken += 1;
        self.values.pop_front()
    }

    fn wrong(&self, expected: &str, got: Option<&Value>) -> Error {
        let got = match got {
            None => "no value",
            Some(Value::Integer(_)) => "number",
            Some(other) => other.type_name(),
        };
        let (at, call) = (self.taken, self.call);
        Error::runtime(format!("bad argument #{at} to '{call}' ({expected} expected, got {got})"))
    }

    fn text(&mut self, lua: &Lua) -> Result<LuaString> {
        match self.next() {
            Some(Value::String(text)) => Ok(text),
            Some(number @ (Value::Integer(_) | Value::Number(_))) => {
                lua.coerce_string(number)?.ok_or_else(|| self.wrong("string", None))
            }
            other => Err(self.wrong("string", other.as_ref())),
        }
    }

    fn number(&mut self, lua: &Lua) -> Result<Option<f64>> {
        match self.next() {
            None | Some(Value::Nil) => Ok(None),
            Some(value) => match lua.coerce_number(value.clone())? {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong("number", Some(&value))),
            },
        }
    }

    /// A place in a subject of `len` bytes, from 0; one from the end where it is negative.
    fn place(&mut self, lua: &Lua, len: usize) -> Result<usize> {
        let given = self.number(lua)?.unwrap_or(1.0).trunc();
        let place = if given < 0.0 { given + len as f64 } else { given - 1.0 };
        Ok(place.clamp(0.0, len as f64) as usize)
    }

    fn is_true(&mut self) -> bool {
        !matches!(self.next(), None | Some(Value::Nil | Value::Boolean(false)))
    }
}

/// `rep(text, count) -> text`
fn rep(lua: &Lua, args: MultiValue) -> Result<LuaString> {
    let mut args = Args::of("rep", args);
    let text = args.text(lua)?;
    let count = args.number(lua)?.ok_or_else(|| args.wrong("number", None))?;
    let (text, count) = (text.as_bytes(), count.clamp(0.0, u32::MAX.into()) as usize);
    // What is more than a script may have is not put together first.
    if text.len().saturating_mul(count) > watch::heap_bytes(lua) {
        return Err(Error::runtime(watch::OUT_OF_MEMORY));
    }
    lua.create_string(if text.is_empty() { Vec::new() } else { text.repeat(count) })
}

/// `find(text, pattern[, init = 1[, plain]]) -> from, to, captures... | nil`
fn find(lua: &Lua, mut args: Args) -> Result<MultiValue> {
    let (subject, pattern) = (args.text(lua)?, args.text(lua)?);
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());
    let from = args.place(lua, subject.len())?;
    if args.is_true() || !has_specials(&pattern) {
        let found = memmem::find(&subject[from..], &pattern).map(|at| from + at);
        return Ok(match found {
            Some(at) => places(at, at + pattern.len()),
            None => nothing(),
        });
    }
    let mut search = Matcher::new(&subject, &pattern, watch::left(lua));
    let anchored = search.take_anchor();
    match searched(lua, &mut search, from, anchored)? {
        Some((start, end)) => {
            let mut values = places(start, end);
            if search.captures_len() > 0 {
                push_captures(lua, &search, &subject, start, end, &mut values)?;
            }
            Ok(values)
        }
        None => Ok(nothing()),
    }
}

/// `match(text, pattern[, init = 1]) -> captures... | nil`
fn matched(lua: &Lua, mut args: Args) -> Result<MultiValue> {
    let (subject, pattern) = (args.text(lua)?, args.text(lua)?);
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());
    let from = args.place(lua, subject.len())?;
    let mut search = Matcher::new(&subject, &pattern, watch::left(lua));
    let anchored = search.take_anchor();
    let Some((start, end)) = searched(lua, &mut search, from, anchored)? else {
        return Ok(nothing());
    };
    let mut values = MultiValue::new();
    push_captures(lua, &search, &subject, start, end, &mut values)?;
    Ok(values)
}

/// `texts(call, text, pattern) -> text, pattern` as strings, or the error that `call` would raise.
fn texts(lua: &Lua, mut args: MultiValue) -> Result<(LuaString, LuaString)> {
    let is_gsub = matches!(args.pop_front(), Some(Value::String(name)) if name == "gsub");
    let mut args = Args::of(if is_gsub { "gsub" } else { "gmatch" }, args);
    Ok((args.text(lua)?, args.text(lua)?))
}

/// `step(text, pattern, from, anchored) -> from, to, captures... | nil`: the next match, between two
/// places from 0; `anchored` takes the `^` off a pattern and looks at `from` alone.
fn step(
    lua: &Lua,
    (subject, pattern, from, can_anchor): (LuaString, LuaString, usize, bool),
) -> Result<MultiValue> {
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());
    let mut search = Matcher::new(&subject, &pattern, watch::left(lua));
    let anchored = can_anchor && search.take_anchor();
    let from = from.min(subject.len());
    let Some((start, end)) = searched(lua, &mut search, from, anchored)? else {
        return Ok(nothing());
    };
    let mut values = [start, end].map(place).into_iter().collect();
    push_captures(lua, &search, &subject, start, end, &mut values)?;
    Ok(values)
}

/// `gsub(text, pattern, replacement, max | nil) -> text, count`, where all are strings.
fn replaced(
    lua: &Lua,
    (subject, pattern, with, max): (LuaString, LuaString, LuaString, Option<f64>),
) -> Result<(LuaString, usize)> {
    let (subject, pattern, with) = (subject.as_bytes(), pattern.as_bytes(), with.as_bytes());
    let mut search = Matcher::new(&subject, &pattern, watch::left(lua));
    let anchored = search.take_anchor();
    let (mut text, mut at, mut count) = (Vec::with_capacity(subject.len()), 0, 0);
    let max = max.unwrap_or(f64::INFINITY);
    while (count as f64) < max {
        let Some((start, end)) = searched(lua, &mut search, at, anchored)? else { break };
        count += 1;
        text.extend_from_slice(&subject[at..start]);
        push_replacement(&mut text, &search, &subject, &with, start, end)?;
        // Nothing matched: go on behind the next character.
        at = if end > start { end } else { start + 1 };
        if end == start {
            text.extend(subject.get(start));
        }
        if text.len() > watch::heap_bytes(lua) {
            return Err(Error::runtime(watch::OUT_OF_MEMORY));
        }
        if anchored || at > subject.len() {
            break;
        }
    }
    text.extend_from_slice(subject.get(at..).unwrap_or_default());
    Ok((lua.create_string(text)?, count))
}

fn push_replacement(
    text: &mut Vec<u8>,
    search: &Matcher<'_>,
    subject: &[u8],
    with: &[u8],
    start: usize,
    end: usize,
) -> Result<()> {
    let mut with = with.iter();
    while let Some(&byte) = with.next() {
        if byte != b'%' {
            text.push(byte);
            continue;
        }
        match with.next() {
            Some(b'0') => text.extend_from_slice(&subject[start..end]),
            Some(&digit @ b'1'..=b'9') => {
                let index = usize::from(digit - b'1');
                match search.capture(index, start, end).map_err(error)? {
                    Capture::Text(from, to) => text.extend_from_slice(&subject[from..to]),
                    Capture::Place(at) | Capture::Open(at) => {
                        text.extend_from_slice((at + 1).to_string().as_bytes());
                    }
                }
            }
            // Luat: a `%` at the end stands for a zero.
            literal => text.push(literal.copied().unwrap_or(0)),
        }
    }
    Ok(())
}

/// The next match; its steps are taken from the budget of the turn.
fn searched(
    lua: &Lua,
    search: &mut Matcher<'_>,
    from: usize,
    anchored: bool,
) -> Result<Option<(usize, usize)>> {
    let before = search.steps_left();
    let found = search.search(from, anchored);
    if found == Err(Fault::Spent) {
        return Err(watch::spent(lua));
    }
    watch::spend(lua, before - search.steps_left())?;
    found.map_err(error)
}

fn push_captures(
    lua: &Lua,
    search: &Matcher<'_>,
    subject: &[u8],
    start: usize,
    end: usize,
    values: &mut MultiValue,
) -> Result<()> {
    for index in 0..search.captures_len().max(1) {
        values.push_back(match search.capture(index, start, end).map_err(error)? {
            Capture::Text(from, to) => lua.create_string(&subject[from..to])?.into_lua(lua)?,
            Capture::Place(at) | Capture::Open(at) => place(at + 1),
        });
    }
    Ok(())
}

/// From and to as scripts count them.
fn places(start: usize, end: usize) -> MultiValue {
    [place(start + 1), place(end)].into_iter().collect()
}

fn place(at: usize) -> Value {
    Value::Number(at as f64)
}

fn nothing() -> MultiValue {
    [Value::Nil].into_iter().collect()
}

fn error(fault: Fault) -> Error {
    match fault {
        Fault::Malformed(words) => Error::runtime(words),
        Fault::Spent => Error::runtime("too many steps"),
    }
}
