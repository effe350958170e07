//! `require`: is there such a file, by that name, and is it not being loaded already?

use super::Findings;
use crate::check::api;
use crate::check::facts::{CallId, Role};
use crate::check::fault::ProjectFault;
use crate::check::near::nearest;
use crate::check::oracle::Library;
use crate::check::world::{Script, World};
use std::collections::BTreeMap;

/// Tells of every `require`; `compiled` are the project's files that are no source.
pub(super) fn tell(world: &World, findings: &mut Findings) {
    for script in world.told() {
        for call in 0..script.facts.calls.len() {
            let Some(name) = script.facts.required(call) else { continue };
            if let Some(fault) = not_found(world, &name) {
                findings.tell(script, script.facts.calls[call].at, fault);
            }
        }
    }
    let mut loading = Loading { world, states: BTreeMap::new(), chain: Vec::new(), findings };
    loading.run(world.main());
}

fn not_found(world: &World, name: &str) -> Option<ProjectFault> {
    if world.script(name).is_some() || is_given(world, name) {
        return None;
    }
    match world.answer.library(name) {
        Library::Here => return None,
        Library::NotSupported => {
            return Some(ProjectFault::NoSuchLibrary { name: name.to_owned() });
        }
        Library::Unknown => {}
    }
    let name = name.to_owned();
    if let Some(file) = world.compiled.iter().find(|file| stem(file) == name) {
        return Some(ProjectFault::Compiled { file: file.clone() });
    }
    let stems = || world.scripts.iter().map(|script| script.stem());
    let same = |known: &&str| known.eq_ignore_ascii_case(&name) && *known != name;
    if let Some(found) = stems().find(same) {
        return Some(ProjectFault::WrongCase { file: format!("{found}.lua"), name });
    }
    let bare = name.strip_suffix(".lua").unwrap_or(&name);
    let near = stems().find(|stem| *stem == bare).map(str::to_owned);
    let near = near.or_else(|| nearest(&name, stems().chain(api::libraries())));
    Some(ProjectFault::NoSuchFile { near, name })
}

/// Whether the project puts something where `require` finds it without a file.
fn is_given(world: &World, name: &str) -> bool {
    let is_of_package = |path: &String| path.starts_with("package.");
    let is_dotted = [format!("package.loaded.{name}"), format!("package.preload.{name}")];
    world
        .written
        .iter()
        .filter(|path| is_of_package(path))
        .any(|path| is_dotted.contains(path) || path == "package.path")
        || world.is_wild
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// How far a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A `require` of it fails.
    Loading,
    /// It has called `module`, so a `require` of it gives its table.
    Named,
    Loaded,
}

/// Loads the project as the device would, as far as that is sure: statements of the files themselves.
struct Loading<'a> {
    world: &'a World,
    states: BTreeMap<String, State>,
    chain: Vec<String>,
    findings: &'a mut Findings,
}

impl Loading<'_> {
    fn run(&mut self, script: &Script) {
        self.chain.push(script.stem().to_owned());
        let module = script.module().map(|(call, _)| call);
        for call in 0..script.facts.calls.len() {
            if module == Some(call) {
                self.states.insert(script.stem().to_owned(), State::Named);
            }
            if script.facts.calls[call].is_top && !is_inside(script, call) {
                self.require(script, call);
            }
        }
        self.chain.pop();
    }

    fn require(&mut self, from: &Script, call: CallId) {
        let Some(name) = from.facts.required(call) else { return };
        let Some(script) = self.world.script(&name) else { return };
        match self.states.get(&name) {
            Some(State::Loading) => self.tell_loop(from, call, &name),
            Some(State::Named | State::Loaded) => {}
            None => {
                self.states.insert(name.clone(), State::Loading);
                self.run(script);
                self.states.insert(name, State::Loaded);
            }
        }
    }

    fn tell_loop(&mut self, from: &Script, call: CallId, name: &str) {
        let start = self.chain.iter().position(|known| known == name).unwrap_or(0);
        let mut chain = self.chain[start..].to_vec();
        chain.push(name.to_owned());
        if !from.is_quiet {
            let fault = ProjectFault::RequireLoop { chain: chain.join(" → ") };
            self.findings.tell(from, from.facts.calls[call].at, fault);
        }
    }
}

/// Whether the call is only a condition's second half, so that it may not run.
fn is_inside(script: &Script, call: CallId) -> bool {
    let facts = &script.facts;
    facts.calls[call].callee.is_some_and(|id| !matches!(facts.uses[id].role, Role::Called(_)))
}
