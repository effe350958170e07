//! Calls and constants of tables: is there such a name, and does it take so many arguments?

use super::Findings;
use crate::check::api::{self, Known};
use crate::check::facts::{Call, CallId, Facts, Role, Root, Use, UseId, Value};
use crate::check::fault::{At, CallFault, Fault, NameFault};
use crate::check::near::nearest;
use crate::check::world::{Script, World};
use holdline_device::catalogue::Absence;
use std::collections::BTreeSet;

pub(super) fn tell(world: &World, findings: &mut Findings) {
    for script in world.told() {
        for id in 0..script.facts.uses.len() {
            let used = &script.facts.uses[id];
            let at = used.fields.last().map_or(used.at, |field| field.at);
            if let Some(fault) = of_use(world, script, id) {
                findings.tell(script, at, fault);
            }
        }
    }
}

fn of_use(world: &World, script: &Script, id: UseId) -> Option<Fault> {
    let facts = &script.facts;
    let used = &facts.uses[id];
    if is_client(facts, used) {
        return of_client(facts, used);
    }
    let path = facts.path(id)?;
    let (table, field) = path.split_once('.').map_or((path.as_str(), None), |(t, f)| (t, Some(f)));
    if let Some(names) = world.modules.get(table) {
        return of_module(world, table, names, field?, used);
    }
    if matches!(used.role, Role::Written(_)) || !is_of_device(world, script, table, used) {
        return None;
    }
    if world.written.iter().any(|written| is_path_to(written, &path)) {
        return None;
    }
    match api::find(&path) {
        Some(known) => wrong_count(facts, used, &path, &known),
        None => unknown(world, used, &path, field?),
    }
}

/// Whether `table`, read by `used`, is what the device puts there and nobody has replaced.
fn is_of_device(world: &World, script: &Script, table: &str, used: &Use) -> bool {
    let is_replaced = world.assigned.contains(table);
    let is_there = world.answer.globals.contains(table);
    is_there && !is_replaced && (used.before.is_none() || world.is_visible(script, table))
}

/// Whether `written` is `path` or a table on the way to it.
fn is_path_to(written: &str, path: &str) -> bool {
    path.strip_prefix(written).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn unknown(world: &World, used: &Use, path: &str, field: &str) -> Option<Fault> {
    let mut table = &path[..path.len() - field.len() - 1];
    let mut name = field;
    // `pio.pin` is a table in a table; anything else below a name is a value's.
    if let Some((inner, rest)) = field.split_once('.') {
        let nested = &path[..table.len() + 1 + inner.len()];
        if api::is_table(nested) {
            (table, name) = (nested, rest);
        } else {
            name = inner;
            if api::find(nested).is_some() {
                return None;
            }
        }
    }
    if api::is_table(&format!("{table}.{name}")) || !api::is_table(table) {
        return None;
    }
    let full = format!("{table}.{name}");
    let is_tested = used.is_tested || world.tested.iter().any(|tested| is_path_to(&full, tested));
    match api::absence(table, name) {
        // Even looking at it raises an error.
        Some(Absence::Refused) => return Some(NameFault::NotSupported { name: full }.into()),
        Some(Absence::Probed) if !is_tested => {
            return Some(NameFault::NotSupported { name: full }.into());
        }
        Some(Absence::Probed) | None => {}
    }
    if world.is_wild || is_tested {
        return None;
    }
    let near = nearest(name, api::fields(table).iter().map(String::as_str));
    Some(NameFault::UnknownField { table: table.to_owned(), name: name.to_owned(), near }.into())
}

fn wrong_count(facts: &Facts, used: &Use, path: &str, known: &Known) -> Option<Fault> {
    let Role::Called(call) = used.role else { return None };
    let Known::Function { min, max } = *known else { return None };
    let call = &facts.calls[call];
    // `a.b:c()` hands on one more than is written, and then it is the writer's own.
    if call.is_method { None } else { count_fault(call, path, min, max) }
}

fn count_fault(call: &Call, name: &str, min: usize, max: Option<usize>) -> Option<Fault> {
    let (given, name) = (call.args.len(), name.to_owned());
    if given < min && !call.is_open {
        return Some(CallFault::TooFewArguments { name, given, min }.into());
    }
    match max {
        Some(max) if given > max && !call.is_open => {
            Some(CallFault::TooManyArguments { name, given, max }.into())
        }
        _ => None,
    }
}

/// Whether `used` is a method of what `socket.tcp()` or `socket.udp()` returned.
pub(super) fn is_client(facts: &Facts, used: &Use) -> bool {
    let call = match &used.root {
        Root::Result(call) => *call,
        Root::Local(local) if facts.locals[*local].writes == 0 => {
            match facts.locals[*local].value {
                Value::Call(call) => call,
                Value::Unknown | Value::Function(_) | Value::Use(_) => return false,
            }
        }
        Root::Local(_) | Root::Global(_) | Root::Other => return false,
    };
    is_maker(facts, call)
}

/// Whether `call` makes a client.
fn is_maker(facts: &Facts, call: CallId) -> bool {
    matches!(facts.callee(call).as_deref(), Some("socket.tcp" | "socket.udp"))
}

fn of_client(facts: &Facts, used: &Use) -> Option<Fault> {
    let Role::Called(call) = used.role else { return None };
    let call = &facts.calls[call];
    let [method] = used.fields.as_slice() else { return None };
    if !call.is_method {
        return None;
    }
    let name = format!("client:{}", method.text);
    match api::find(&name) {
        Some(Known::Function { min, max }) => count_fault(call, &name, min, max),
        Some(Known::Other) => None,
        None => {
            // A program may give a client fields of its own.
            let is_written = facts.uses.iter().any(|used| {
                matches!(used.role, Role::Written(_))
                    && used.fields.last().is_some_and(|field| field.text == method.text)
            });
            let near = nearest(&method.text, api::methods().iter().map(String::as_str));
            let (table, name) = ("client".to_owned(), method.text.clone());
            (!is_written).then(|| NameFault::UnknownField { table, name, near }.into())
        }
    }
}

/// A call of a module of the project.
fn of_module(
    world: &World,
    table: &str,
    names: &BTreeSet<String>,
    field: &str,
    used: &Use,
) -> Option<Fault> {
    let name = field.split('.').next().unwrap_or(field);
    let path = format!("{table}.{name}");
    let is_known = names.contains(name)
        || world.globals.contains(name)
        || ["_M", "_NAME", "_PACKAGE"].contains(&name)
        || world.written.iter().any(|written| is_path_to(&path, written));
    let is_called = matches!(used.role, Role::Called(_));
    if is_known || !is_called || world.is_wild || world.tested.contains(&path) {
        return None;
    }
    let script =
        world.scripts.iter().find(|script| script.module().is_some_and(|(_, m)| m == table));
    if script.is_none_or(|script| script.is_quiet) {
        return None;
    }
    let (table, name) = (table.to_owned(), name.to_owned());
    if let Some(At { line: local_line, .. }) = script.and_then(|script| top_local(script, &name)) {
        return Some(NameFault::LocalOfModule { table, name, local_line }.into());
    }
    let near = nearest(&name, names.iter().map(String::as_str));
    Some(NameFault::UnknownField { table, name, near }.into())
}

fn top_local(script: &Script, name: &str) -> Option<At> {
    let local = script.facts.locals.iter().find(|local| local.is_top && local.name == name)?;
    Some(local.at)
}
