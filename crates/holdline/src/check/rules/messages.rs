//! Messages for `recv` that are published where nobody can hear them.

use super::Findings;
use super::fields::is_client;
use crate::check::facts::{Arg, Call, CallId, Facts};
use crate::check::fault::CallFault;
use crate::check::world::World;
use std::collections::BTreeSet;

/// Methods of a client during which a message for its `recv` is dropped.
const DEAF: [&str; 2] = ["send", "connect"];

/// A message that a `recv` takes, published by the same function right before it sends: the task is
/// in `send` when the message goes round, so it is always lost.
pub(super) fn tell(world: &World, findings: &mut Findings) {
    for script in world.told() {
        let facts = &script.facts;
        for call in facts.calls_of("sys.publish") {
            let Some(Arg::Text(message)) = facts.calls[call].args.first() else { continue };
            if !heard(facts, facts.calls[call].function).contains(message.as_str()) {
                continue;
            }
            if let Some(during) = deaf_behind(facts, call) {
                let message = message.clone();
                let fault = CallFault::LostMessage { message, during: during.to_owned() };
                findings.tell(script, facts.calls[call].at, fault);
            }
        }
    }
}

/// Messages that end a `recv` of this very function.
fn heard(facts: &Facts, function: usize) -> BTreeSet<&str> {
    let all = facts.calls.iter().filter(|call| call.function == function);
    let recvs = all.filter(|call| method(facts, call) == Some("recv"));
    recvs
        .filter_map(|call| match call.args.get(1) {
            Some(Arg::Text(message)) => Some(message.as_str()),
            _ => None,
        })
        .collect()
}

/// The method of a client that the statement behind `publish` waits in first.
fn deaf_behind(facts: &Facts, publish: CallId) -> Option<&str> {
    let here = &facts.calls[publish];
    let next = facts.calls[publish + 1..].iter().find(|call| call.function == here.function)?;
    let is_next = next.block == here.block && next.statement == here.statement + 1;
    method(facts, next).filter(|method| is_next && DEAF.contains(method))
}

/// The name of a method that is called on a client.
fn method<'a>(facts: &'a Facts, call: &Call) -> Option<&'a str> {
    let used = &facts.uses[call.callee?];
    let [method] = used.fields.as_slice() else { return None };
    is_client(facts, used).then_some(method.text.as_str())
}
