//! Names that nobody makes, or not in time, or not for this file.

use super::Findings;
use crate::check::api;
use crate::check::facts::{Facts, Role, Root, Use};
use crate::check::fault::NameFault;
use crate::check::near::nearest;
use crate::check::world::{Script, World, required};

pub(super) fn tell(world: &World, findings: &mut Findings) {
    for script in world.told() {
        for used in &script.facts.uses {
            let Root::Global(name) = &used.root else { continue };
            if matches!(used.role, Role::Written(_)) && used.fields.is_empty() {
                continue;
            }
            if let Some(fault) = fault(world, script, name, used) {
                findings.tell(script, used.at, fault);
            }
        }
    }
}

fn fault(world: &World, script: &Script, name: &str, used: &Use) -> Option<NameFault> {
    if world.is_visible(script, name) {
        return None;
    }
    if let Some(local) = used.before {
        return Some(before_local(&script.facts, name, used, local));
    }
    if world.is_wild || used.is_tested || world.tested.contains(name) {
        return None;
    }
    let name = name.to_owned();
    if let Some(module) = world.module_with(&name) {
        return Some(NameFault::OfModule { module: module.to_owned(), name });
    }
    if world.script(&name).is_some() && !used.fields.is_empty() {
        return Some(NameFault::NotAModule { name });
    }
    if api::is_absent_table(&name) {
        // Where it is a library, its `require` is told.
        let mut all = world.scripts.iter().flat_map(|script| required(&script.facts));
        let is_required = all.any(|required| required == name);
        return (!is_required).then_some(NameFault::NotSupported { name });
    }
    if api::is_library(&name) {
        return Some(NameFault::NotRequired { name });
    }
    let near = near(world, script, &name);
    Some(NameFault::UnknownGlobal { name, near })
}

fn before_local(facts: &Facts, name: &str, used: &Use, local: usize) -> NameFault {
    let local_at = facts.locals[local].at;
    let (name, local_line) = (name.to_owned(), local_at.line);
    if used.at > local_at {
        return NameFault::UsedInOwnLocal { name, local_line };
    }
    NameFault::UsedBeforeLocal { name, local_line }
}

fn near(world: &World, script: &Script, name: &str) -> Option<String> {
    let own = script.module().and_then(|(_, module)| world.modules.get(&module));
    let locals = script.facts.locals.iter().map(|local| &local.name);
    let known = world.globals.iter().chain(own.into_iter().flatten()).chain(locals);
    nearest(name, known.map(String::as_str).chain(api::libraries()))
}
