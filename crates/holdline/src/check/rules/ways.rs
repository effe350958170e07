//! By which ways each function is reached: from a task, from the main loop, or below a call that
//! cannot be left and come back to.

use crate::check::facts::{Arg, CallId, FILE, Facts, FunctionId, Held, LocalId, Role, Root, UseId};
use crate::check::world::World;
use std::collections::HashMap;

/// The ways by which a function is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    /// A file runs it while it is loaded.
    pub(super) is_from_file: bool,
    /// The main loop calls it.
    pub(super) is_callback: bool,
    /// A task runs it.
    pub(super) is_from_task: bool,
    /// A call such as `pcall` runs it.
    pub(super) is_in_call: Option<&'static str>,
    /// Somebody may run it in a way that cannot be followed.
    pub(super) is_unknown: bool,
}

impl Ways {
    const FILE: Self = Self { is_from_file: true, ..Self::NONE };
    const CALLBACK: Self = Self { is_callback: true, ..Self::NONE };
    const TASK: Self = Self { is_from_task: true, ..Self::NONE };
    const UNKNOWN: Self = Self { is_unknown: true, ..Self::NONE };
    const NONE: Self = Self {
        is_from_file: false,
        is_callback: false,
        is_from_task: false,
        is_in_call: None,
        is_unknown: false,
    };

    const fn in_call(name: &'static str) -> Self {
        Self { is_in_call: Some(name), ..Self::NONE }
    }

    fn and(self, other: Self) -> Self {
        Self {
            is_from_file: self.is_from_file || other.is_from_file,
            is_callback: self.is_callback || other.is_callback,
            is_from_task: self.is_from_task || other.is_from_task,
            is_in_call: self.is_in_call.or(other.is_in_call),
            is_unknown: self.is_unknown || other.is_unknown,
        }
    }
}

/// Who runs what it is handed, by the index of the argument.
const RUNNERS: &[(&str, usize, Ways)] = &[
    ("sys.taskInit", 0, Ways::TASK),
    ("coroutine.create", 0, Ways::TASK),
    ("coroutine.wrap", 0, Ways::TASK),
    ("sys.timerStart", 0, Ways::CALLBACK),
    ("sys.timerLoopStart", 0, Ways::CALLBACK),
    ("sys.timer_start", 0, Ways::CALLBACK),
    ("sys.timer_loop_start", 0, Ways::CALLBACK),
    ("sys.subscribe", 1, Ways::CALLBACK),
    ("sys.regapp", 0, Ways::CALLBACK),
    ("socket.connect", 4, Ways::CALLBACK),
    ("socket.connect", 5, Ways::CALLBACK),
    ("pcall", 0, Ways::in_call("pcall")),
    ("xpcall", 0, Ways::in_call("xpcall")),
    ("xpcall", 1, Ways::in_call("xpcall")),
    ("table.sort", 1, Ways::in_call("table.sort")),
    ("string.gsub", 2, Ways::in_call("string.gsub")),
];

/// Who else takes a function only to find it again.
const KEEPERS: [&str; 9] = [
    "sys.timerStop",
    "sys.timerStopAll",
    "sys.timerIsActive",
    "sys.timer_stop",
    "sys.timer_stop_all",
    "sys.timer_is_active",
    "sys.unsubscribe",
    "sys.deregapp",
    "type",
];

/// The way of what `call` is handed as the argument of `index`.
pub(super) fn of_argument(facts: &Facts, call: CallId, index: usize) -> Ways {
    let callee = facts.callee(call).unwrap_or_default();
    if KEEPERS.contains(&callee.as_str()) {
        return Ways::NONE;
    }
    let runner = RUNNERS.iter().find(|(name, at, _)| *name == callee && *at == index);
    runner.map_or(Ways::UNKNOWN, |(_, _, ways)| *ways)
}

/// The ways of every function of every file.
pub(super) fn all(world: &World) -> Vec<Vec<Ways>> {
    let scripts = &world.scripts;
    let mut ways: Vec<Vec<Ways>> =
        scripts.iter().map(|script| vec![Ways::NONE; script.facts.functions.len()]).collect();
    let edges = edges(world, &mut ways);
    // Ways only grow, and there are few of them, so this ends soon.
    loop {
        let mut is_done = true;
        for (from, to) in &edges {
            let more = ways[to.0][to.1].and(ways[from.0][from.1]);
            is_done &= more == ways[to.0][to.1];
            ways[to.0][to.1] = more;
        }
        if is_done {
            return ways;
        }
    }
}

/// A function by file and index.
type Place = (usize, FunctionId);

/// Who calls whom; what is known at once goes into `ways`.
fn edges(world: &World, ways: &mut [Vec<Ways>]) -> Vec<(Place, Place)> {
    let mut edges = Vec::new();
    let mentions = Mentions::of(world);
    for (index, script) in world.scripts.iter().enumerate() {
        for (function, held) in script.facts.functions.iter().map(|f| &f.held).enumerate() {
            let reached = match held {
                Held::File => Reached::at_once(of_file(world, index)),
                Held::Passed(call, arg) => {
                    Reached::at_once(of_argument(&script.facts, *call, *arg))
                }
                Held::Local(local) => of_local(&script.facts, &mentions, index, *local),
                Held::Global(name) => of_global(world, &mentions, index, name),
                Held::Elsewhere => Reached::at_once(Ways::UNKNOWN),
            };
            ways[index][function] = ways[index][function].and(reached.ways);
            edges.extend(reached.callers.into_iter().map(|from| (from, (index, function))));
        }
        for used in &script.facts.uses {
            // Code that asks whether it runs in a task knows what it does.
            if used.root == Root::Global("coroutine".to_owned())
                && used.fields.first().is_some_and(|field| field.text == "running")
            {
                ways[index][used.function].is_unknown = true;
            }
        }
    }
    edges
}

/// How a function is reached: at once, and through its callers.
#[derive(Default)]
struct Reached {
    ways: Ways,
    callers: Vec<Place>,
}

impl Reached {
    fn at_once(ways: Ways) -> Self {
        Self { ways, callers: Vec::new() }
    }

    fn note(&mut self, facts: &Facts, script: usize, id: UseId) {
        let used = &facts.uses[id];
        match used.role {
            Role::Called(_) => self.callers.push((script, used.function)),
            Role::Passed(call, index) => self.ways = self.ways.and(of_argument(facts, call, index)),
            Role::Read => self.ways.is_unknown |= !used.is_tested,
            Role::Written(_) => {}
        }
    }
}

/// A file is loaded by the main file, by files that it loads, and so on; or inside a function.
fn of_file(world: &World, index: usize) -> Ways {
    if index == world.main {
        return Ways::FILE;
    }
    let stem = world.scripts[index].stem();
    let mut ways = Ways::NONE;
    for script in &world.scripts {
        for call in 0..script.facts.calls.len() {
            if script.facts.required(call).as_deref() != Some(stem) {
                continue;
            }
            let is_from_file = script.facts.calls[call].function == FILE;
            ways = ways.and(if is_from_file { Ways::FILE } else { Ways::UNKNOWN });
        }
    }
    ways
}

fn of_local(facts: &Facts, mentions: &Mentions<'_>, script: usize, local: LocalId) -> Reached {
    let holders = mentions.local_holders.get(&(script, local)).copied().unwrap_or(0);
    if holders > 1 || facts.locals[local].writes > 1 {
        return Reached::at_once(Ways::UNKNOWN);
    }
    let mut reached = Reached::default();
    for &id in mentions.locals.get(&(script, local)).into_iter().flatten() {
        let used = &facts.uses[id];
        match used.fields.is_empty() {
            true => reached.note(facts, script, id),
            false => reached.ways.is_unknown = true,
        }
    }
    reached
}

/// Any file may call a global; one that is also a field of something else cannot be followed.
fn of_global(world: &World, mentions: &Mentions<'_>, own: usize, name: &str) -> Reached {
    let mut reached = Reached::default();
    let module = world.scripts[own].module().map(|(_, module)| module);
    if mentions.holders.get(name).is_some_and(|holders| *holders > 1) || world.is_wild {
        reached.ways.is_unknown = true;
        return reached;
    }
    reached.ways.is_unknown |= world.scripts.iter().any(|script| script.words_mention(name));
    for &(index, id) in mentions.names.get(name).into_iter().flatten() {
        let facts = &world.scripts[index].facts;
        let used = &facts.uses[id];
        let is_plain = used.root == Root::Global(name.to_owned()) && used.fields.is_empty();
        let path = facts.path(id);
        let is_of_module = module
            .as_ref()
            .is_some_and(|module| path.as_deref() == Some(&format!("{module}.{name}")));
        let is_field = used.fields.iter().any(|field| field.text == name);
        match (is_plain || is_of_module, is_field) {
            (true, _) => reached.note(facts, index, id),
            (false, true) => reached.ways.is_unknown = true,
            (false, false) => {}
        }
    }
    reached
}

/// Where each name and each local is used, and how many functions each holds.
#[derive(Default)]
struct Mentions<'a> {
    names: HashMap<&'a str, Vec<(usize, UseId)>>,
    holders: HashMap<&'a str, usize>,
    locals: HashMap<(usize, LocalId), Vec<UseId>>,
    local_holders: HashMap<(usize, LocalId), usize>,
}

impl<'a> Mentions<'a> {
    fn of(world: &'a World) -> Self {
        let mut mentions = Self::default();
        for (index, script) in world.scripts.iter().enumerate() {
            for (id, used) in script.facts.uses.iter().enumerate() {
                match &used.root {
                    Root::Global(name) => mentions.name(name, index, id),
                    Root::Local(local) => {
                        mentions.locals.entry((index, *local)).or_default().push(id);
                    }
                    Root::Result(_) | Root::Other => {}
                }
                for field in &used.fields {
                    mentions.name(&field.text, index, id);
                }
            }
            for function in &script.facts.functions {
                match &function.held {
                    Held::Global(name) => *mentions.holders.entry(name).or_default() += 1,
                    Held::Local(local) => {
                        *mentions.local_holders.entry((index, *local)).or_default() += 1;
                    }
                    Held::File | Held::Passed(..) | Held::Elsewhere => {}
                }
            }
        }
        mentions
    }

    fn name(&mut self, name: &'a str, script: usize, id: UseId) {
        self.names.entry(name).or_default().push((script, id));
    }
}

impl crate::check::world::Script {
    /// Whether the name may be looked up by a string, or by code that was not read whole.
    fn words_mention(&self, name: &str) -> bool {
        self.facts.words.contains(name) || self.words.contains(name)
    }
}

/// The arguments of `call` that are functions or names of some.
pub(super) fn handed(facts: &Facts, call: CallId) -> impl Iterator<Item = (usize, UseId)> + '_ {
    facts.calls[call].args.iter().enumerate().filter_map(|(index, arg)| match arg {
        Arg::Use(id) => Some((index, *id)),
        Arg::Text(_) | Arg::Function(_) | Arg::Dots | Arg::Other => None,
    })
}
