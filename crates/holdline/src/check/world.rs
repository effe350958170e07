//! The project as a whole: which file makes which names, and who can see them.

use super::api;
use super::facts::{CallId, Facts, Role, Root, Use};
use super::oracle::{self, Answer};
use std::collections::{BTreeMap, BTreeSet};

/// A file with its facts.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// As it is flashed: `test.lua`.
    pub(super) file: String,
    pub(super) facts: Facts,
    /// Whether nothing is told of it: it belongs to a library folder, or it could not be read whole.
    pub(super) is_quiet: bool,
    /// Words of a file that could not be read whole; each may be a name that it makes.
    pub(super) words: BTreeSet<String>,
}

impl Script {
    /// The name by which `require` finds it.
    pub(super) fn stem(&self) -> &str {
        self.file.strip_suffix(".lua").unwrap_or(&self.file)
    }

    /// The call that makes a module of it, with the module's name.
    pub(super) fn module(&self) -> Option<(CallId, String)> {
        let call = self.facts.calls_of("module").find(|&call| self.facts.calls[call].is_top)?;
        let name = match self.facts.calls[call].args.first()? {
            super::facts::Arg::Text(name) => name.clone(),
            super::facts::Arg::Dots => self.stem().to_owned(),
            super::facts::Arg::Use(_)
            | super::facts::Arg::Function(_)
            | super::facts::Arg::Other => return None,
        };
        Some((call, name))
    }
}

/// All files, and what is known of their names.
#[derive(Debug)]
pub(super) struct World {
    pub(super) scripts: Vec<Script>,
    /// Index of the main file.
    pub(super) main: usize,
    /// Whether it answers devices at a port of a lab, where `server` is there and the loop begins by itself.
    pub(super) serves: bool,
    pub(super) answer: Answer,
    /// What everybody sees.
    pub(super) globals: BTreeSet<String>,
    /// What each module's file makes, by the module's name.
    pub(super) modules: BTreeMap<String, BTreeSet<String>>,
    /// Names that some place looks at before it uses them, with their fields.
    pub(super) tested: BTreeSet<String>,
    /// Fields that some place writes: `sys.extra`.
    pub(super) written: BTreeSet<String>,
    /// Files of the project that are no source: `a.luac`.
    pub(super) compiled: Vec<String>,
    /// Names that some file assigns to, whoever sees them.
    pub(super) assigned: BTreeSet<String>,
    /// Whether names come and go in ways that cannot be followed.
    pub(super) is_wild: bool,
}

impl World {
    pub(super) fn new(scripts: Vec<Script>, main: usize, compiled: Vec<String>) -> Self {
        let required = scripts.iter().flat_map(|script| required(&script.facts)).collect();
        let serves = serves(&scripts);
        let answer = oracle::ask(&required, serves);
        let mut world = Self {
            main,
            serves,
            compiled,
            globals: answer.globals.clone(),
            answer,
            modules: BTreeMap::new(),
            tested: BTreeSet::new(),
            written: BTreeSet::new(),
            assigned: BTreeSet::new(),
            is_wild: scripts.iter().any(|script| script.facts.has_wild_globals),
            scripts: Vec::new(),
        };
        world.globals.extend(api::settable_globals().map(str::to_owned));
        for script in &scripts {
            world.learn(script);
        }
        world.scripts = scripts;
        world
    }

    fn learn(&mut self, script: &Script) {
        self.globals.extend(script.words.iter().cloned());
        let module = script.module();
        if let Some((_, name)) = &module {
            let first = name.split('.').next().unwrap_or(name);
            self.globals.insert(first.to_owned());
            self.modules.entry(name.clone()).or_default();
        }
        for used in &script.facts.uses {
            self.learn_use(script, module.as_ref(), used);
        }
        for call in script.facts.calls_of("rawset") {
            self.learn_rawset(&script.facts, call);
        }
    }

    fn learn_use(&mut self, script: &Script, module: Option<&(CallId, String)>, used: &Use) {
        let Root::Global(name) = &used.root else { return };
        let fields = used.fields.iter().map(|field| format!(".{}", field.text));
        let path = fields.fold(name.clone(), |path, field| path + &field);
        if used.is_tested {
            self.tested.insert(path.clone());
        }
        if !matches!(used.role, Role::Written(_)) {
            return;
        }
        if !used.fields.is_empty() {
            self.written.insert(path);
            return;
        }
        self.assigned.insert(name.clone());
        let own = module.filter(|(call, _)| {
            !used.is_from_g && script.facts.calls[*call].at.line <= used.at.line
        });
        match own {
            Some((_, module)) => {
                self.modules.entry(module.clone()).or_default().insert(name.clone());
            }
            None => {
                self.globals.insert(name.clone());
            }
        }
    }

    fn learn_rawset(&mut self, facts: &Facts, call: CallId) {
        use super::facts::Arg;
        match facts.calls[call].args.as_slice() {
            [Arg::Use(table), Arg::Text(name), ..] => {
                if facts.path(*table).as_deref() == Some("_G") {
                    self.globals.insert(name.clone());
                }
            }
            [Arg::Use(table), ..] if facts.path(*table).as_deref() != Some("_G") => {}
            _ => self.is_wild = true,
        }
    }

    /// Whether `name`, read in `script`, is known to everybody or to its own module.
    pub(super) fn is_visible(&self, script: &Script, name: &str) -> bool {
        let own = script.module().and_then(|(_, module)| self.modules.get(&module));
        self.globals.contains(name)
            || name == "_G"
            || own.is_some_and(|names| names.contains(name) || OF_MODULES.contains(&name))
    }

    /// The module that alone makes `name`.
    pub(super) fn module_with(&self, name: &str) -> Option<&str> {
        let found = self.modules.iter().find(|(_, names)| names.contains(name));
        found.map(|(module, _)| module.as_str())
    }

    /// The file of the project that `require` finds for `name`.
    pub(super) fn script(&self, name: &str) -> Option<&Script> {
        self.scripts.iter().find(|script| script.stem() == name)
    }

    /// Files that findings are told of.
    pub(super) fn told(&self) -> impl Iterator<Item = &Script> {
        self.scripts.iter().filter(|script| !script.is_quiet)
    }

    pub(super) fn main(&self) -> &Script {
        &self.scripts[self.main]
    }
}

/// What `module` puts into each module.
const OF_MODULES: [&str; 3] = ["_M", "_NAME", "_PACKAGE"];

/// Whether others connect to the project: it says how, and has no `server` of its own.
fn serves(scripts: &[Script]) -> bool {
    let is_told = |script: &Script| {
        ["server.on", "server.accept"]
            .iter()
            .any(|name| script.facts.calls_of(name).next().is_some())
    };
    let is_made = |script: &Script| {
        let is_server = |root: &Root| matches!(root, Root::Global(name) if name == "server");
        let mut uses = script.facts.uses.iter();
        uses.any(|used| {
            is_server(&used.root) && used.fields.is_empty() && matches!(used.role, Role::Written(_))
        })
    };
    scripts.iter().any(is_told) && !scripts.iter().any(is_made)
}

/// The names that a file requires, anywhere in it.
pub(super) fn required(facts: &Facts) -> impl Iterator<Item = String> + '_ {
    (0..facts.calls.len()).filter_map(|call| facts.required(call))
}
