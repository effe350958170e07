//! Calls that only a task may make, made elsewhere.

use super::Findings;
use super::fields::is_client;
use super::ways::{self, Ways};
use crate::check::facts::{CallId, Facts, Role};
use crate::check::fault::{At, CallFault, Outside};
use crate::check::world::World;

/// Functions that suspend a task.
const WAITS: [&str; 3] = ["sys.wait", "sys.waitUntil", "sys.waitUntilExt"];

/// Functions that make a client for the task that calls them.
const SOCKETS: [&str; 2] = ["socket.tcp", "socket.udp"];

/// Methods of a client that suspend its task.
const METHODS: [&str; 5] = ["connect", "send", "recv", "close", "asyncSelect"];

pub(super) fn tell(world: &World, findings: &mut Findings) {
    let ways = ways::all(world);
    for (index, script) in world.scripts.iter().enumerate().filter(|(_, script)| !script.is_quiet) {
        let facts = &script.facts;
        for call in 0..facts.calls.len() {
            let reached = ways[index][facts.calls[call].function];
            if let Some(fault) = of_call(facts, call, reached) {
                findings.tell(script, facts.calls[call].at, fault);
            }
            if let Some((at, fault)) = handed_over(facts, call) {
                findings.tell(script, at, fault);
            }
        }
    }
}

fn of_call(facts: &Facts, call: CallId, reached: Ways) -> Option<CallFault> {
    let name = name(facts, call)?;
    if reached.is_from_task || reached.is_unknown {
        return None;
    }
    let is_socket = SOCKETS.contains(&name.as_str());
    let outside = if reached.is_from_file { Outside::File } else { Outside::Callback };
    if reached.is_from_file || reached.is_callback {
        return Some(match is_socket {
            true => CallFault::SocketOutsideTask { call: name, outside },
            false => CallFault::WaitOutsideTask { call: name, outside },
        });
    }
    let inside = reached.is_in_call.filter(|_| !is_socket)?;
    Some(CallFault::WaitInCall { call: name, inside: inside.to_owned() })
}

/// The call's name, if only a task may make it.
fn name(facts: &Facts, call: CallId) -> Option<String> {
    if let Some(path) = facts.callee(call) {
        let is_one = WAITS.contains(&path.as_str()) || SOCKETS.contains(&path.as_str());
        return is_one.then_some(path);
    }
    let used = &facts.uses[facts.calls[call].callee?];
    let [method] = used.fields.as_slice() else { return None };
    let waits = is_client(facts, used) && METHODS.contains(&method.text.as_str());
    waits.then(|| format!("client:{}", method.text))
}

/// `pcall(sys.wait, 100)`.
fn handed_over(facts: &Facts, call: CallId) -> Option<(At, CallFault)> {
    ways::handed(facts, call).find_map(|(index, id)| {
        let name = facts.path(id).filter(|path| WAITS.contains(&path.as_str()))?;
        let inside = ways::of_argument(facts, call, index).is_in_call?;
        debug_assert!(matches!(facts.uses[id].role, Role::Passed(..)));
        let fault = CallFault::WaitInCall { call: name, inside: inside.to_owned() };
        Some((facts.uses[id].at, fault))
    })
}
