//! What every project has: `PROJECT`, `VERSION`, `sys.init`, and `sys.run()` at the end; one that
//! answers devices at a port needs none of it.

use super::Findings;
use crate::check::facts::{Arg, CallId, Facts, Role, Root, Use};
use crate::check::fault::{At, ProjectFault};
use crate::check::world::{Script, World};

pub(super) fn tell(world: &World, findings: &mut Findings) {
    let main = world.main();
    if world.serves || main.is_quiet || !main.words.is_empty() {
        return;
    }
    if let Some(fault) = never_runs(world) {
        findings.tell(main, last(&main.facts), fault);
    }
    tell_names(world, findings);
    tell_end(main, findings);
}

/// Whether any file mentions one of `paths`.
fn mentions(world: &World, paths: &[&str]) -> bool {
    world.scripts.iter().any(|script| {
        let found = (0..script.facts.uses.len()).filter_map(|id| script.facts.path(id));
        let mut words = paths.iter().filter_map(|path| path.rsplit('.').next());
        found.into_iter().any(|path| paths.contains(&path.as_str()))
            || words.any(|word| script.words.contains(word))
    })
}

fn never_runs(world: &World) -> Option<ProjectFault> {
    // A script may have a loop of its own, or none because it only restarts.
    let own = ["rtos.receive", "rtos.restart", "rtos.poweroff", "sys.restart", "sys.run"];
    if !mentions(world, &own) && !world.is_wild {
        return Some(ProjectFault::NoRun);
    }
    let is_sys = mentions(world, &["sys.run"]);
    (is_sys && !mentions(world, &["sys.init"]) && !world.is_wild).then_some(ProjectFault::NoInit)
}

/// Where the file's last statement begins.
fn last(facts: &Facts) -> At {
    facts.statements.last().copied().unwrap_or(At::START)
}

/// `sys.init` asserts that both are there and not empty.
fn tell_names(world: &World, findings: &mut Findings) {
    let main = world.main();
    let Some(init) = main.facts.calls_of("sys.init").find(|&call| main.facts.calls[call].is_top)
    else {
        return;
    };
    for name in ["PROJECT", "VERSION"] {
        if let Some((at, fault)) = wrong_name(world, main, init, name) {
            findings.tell(main, at, fault);
        }
    }
}

fn wrong_name(
    world: &World,
    main: &Script,
    init: CallId,
    name: &str,
) -> Option<(At, ProjectFault)> {
    let init_at = main.facts.calls[init].at;
    let named = name.to_owned();
    if !world.globals.contains(name) || !is_made(world, name) {
        let module = world.module_with(name).map(str::to_owned);
        let fault = match module {
            Some(module) => ProjectFault::DefinedInModule { name: named, module },
            None => ProjectFault::Undefined { name: named },
        };
        return (!world.is_wild).then_some((init_at, fault));
    }
    let own: Vec<&Use> = main.facts.uses.iter().filter(|used| makes(used, name)).collect();
    let first = own.first()?;
    let is_elsewhere = world.scripts.iter().any(|script| {
        script.file != main.file && script.facts.uses.iter().any(|used| makes(used, name))
    });
    if first.at > init_at && first.function == 0 && !is_elsewhere {
        let fault = ProjectFault::DefinedLate { name: named, init_line: init_at.line };
        return Some((first.at, fault));
    }
    None
}

fn makes(used: &Use, name: &str) -> bool {
    let is_written = matches!(used.role, Role::Written(_)) && used.fields.is_empty();
    is_written && used.root == Root::Global(name.to_owned())
}

/// Whether some file, or one that could not be read whole, makes the global `name`.
fn is_made(world: &World, name: &str) -> bool {
    let is_set = |script: &Script| {
        script.words.contains(name)
            || script.facts.calls_of("rawset").any(|call| {
                script.facts.calls[call].args.get(1) == Some(&Arg::Text(name.to_owned()))
            })
            || script.facts.uses.iter().any(|used| makes(used, name) && !is_own(script, used))
    };
    world.scripts.iter().any(is_set)
}

/// Whether what is written there belongs to the file's module.
fn is_own(script: &Script, used: &Use) -> bool {
    let module = script.module();
    module.is_some_and(|(call, _)| {
        !used.is_from_g && script.facts.calls[call].at.line <= used.at.line
    })
}

/// `sys.run` does not return.
fn tell_end(main: &Script, findings: &mut Findings) {
    let facts = &main.facts;
    let Some(run) = facts.calls_of("sys.run").find(|&call| facts.calls[call].is_top) else {
        return;
    };
    let next = facts.calls[run].statement + 1;
    if let Some(at) = facts.statements.get(next) {
        findings.tell(main, *at, ProjectFault::AfterRun);
    }
}
