//! `holdline check`: reads a project without running it, and finds what will go wrong.
//!
//! A file is read as bytes ([`source`]), looked over sign by sign ([`scan`]), parsed ([`syntax`]) and
//! turned into facts about its names ([`walk`], [`facts`]). The [`rules`] work on the facts of all
//! files together ([`world`]) and on what the script API has ([`api`], [`oracle`]).
//!
//! Findings are facts; the words for them are the command's.
//!
//! What is told is sure. Where a name may come from somewhere that cannot be followed, nothing is.

mod api;
mod facts;
pub(crate) mod fault;
pub(crate) mod near;
mod newer;
mod oracle;
mod rules;
mod scan;
mod scopes;
mod source;
mod syntax;
mod walk;
mod world;

use facts::{LOCALS_MAX, Limit, UPVALUES_MAX};
use fault::{At, Fault, Found, ProjectFault, TextFault};
use holdline_device::Project;
use oracle::Library;
use source::{Encoding, SOURCE_BYTES_MAX, Source};
use std::collections::{BTreeMap, BTreeSet};
use world::{Script, World};

/// Stack for reading sources: each level of theirs takes a few hundred bytes of it.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Places of one fault that are kept; more are counted only.
const PLACES_MAX: usize = 100;

/// A fault with all its places in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// As it is flashed: `test.lua`.
    pub(crate) file: String,
    pub(crate) at: At,
    /// Other places of the same fault, of which the first hundred are kept.
    pub(crate) also: Vec<At>,
    /// How often it was found.
    pub(crate) times: usize,
    pub(crate) fault: Fault,
    /// The source line at `at`, as text.
    pub(crate) line: String,
}

/// What a check has found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// By file and place.
    pub(crate) findings: Vec<Finding>,
    /// How many files were looked at.
    pub(crate) files: usize,
}

/// Which files of a project are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All that would be flashed.
    Folder,
    /// The main file and what it requires.
    Required,
}

/// Checks `project`.
///
/// Fails where this machine has no room for the thread that does it.
pub(crate) fn check(project: Project, scope: Scope) -> std::io::Result<Report> {
    let work = std::thread::Builder::new().stack_size(STACK_BYTES);
    let thread = work.spawn(move || check_here(&project, scope))?;
    thread.join().map_err(|_| std::io::ErrorKind::Other.into())
}

fn check_here(project: &Project, scope: Scope) -> Report {
    let mut reading = Reading::default();
    reading.read_all(project);
    if scope == Scope::Required {
        reading.drop_unused(project.main());
    }
    reading.tell_mixed_files();
    reading.report(project.main())
}

/// The files as far as they are read.
#[derive(Default)]
struct Reading {
    scripts: Vec<Script>,
    found: Vec<(String, Found)>,
    lines: BTreeMap<String, Vec<String>>,
    compiled: Vec<String>,
    /// The first string of each file that is not ASCII.
    foreign: BTreeMap<String, (At, Encoding)>,
}

impl Reading {
    fn read_all(&mut self, project: &Project) {
        let stems = project.files().filter_map(|(name, _)| name.strip_suffix(".lua"));
        let answer = oracle::ask(&stems.map(str::to_owned).collect(), false);
        for (name, bytes) in project.files() {
            let stem = name.strip_suffix(".lua");
            // The built-in library runs in place of a copy of it, so the copy is not looked at.
            let is_copy = stem.is_some_and(|stem| answer.library(stem) == Library::Here);
            match stem {
                Some(_) if is_copy && name != project.main() => {}
                Some(_) => self.read(name, bytes, false),
                None if name.ends_with(".luac") || name.ends_with(".luae") => {
                    self.compiled.push(name.to_owned());
                }
                None => {}
            }
        }
        for (name, bytes) in project.library_files() {
            if name.ends_with(".lua") && project.file(name).is_none() {
                self.read(name, bytes, true);
            }
        }
    }

    fn read(&mut self, name: &str, bytes: &[u8], is_quiet: bool) {
        let mut found = Vec::new();
        let script = match unreadable(name, bytes) {
            Some(fault) => {
                found.push(Found::new(At::START, fault));
                Script { file: name.to_owned(), is_quiet: true, ..Script::default() }
            }
            None => self.read_source(name, bytes, is_quiet, &mut found),
        };
        self.scripts.push(script);
        if !is_quiet {
            self.found.extend(found.into_iter().map(|found| (name.to_owned(), found)));
        }
    }

    fn read_source(
        &mut self,
        name: &str,
        bytes: &[u8],
        is_quiet: bool,
        found: &mut Vec<Found>,
    ) -> Script {
        let source = Source::read(bytes, found);
        let scan = scan::scan(&source, found);
        let file = name.to_owned();
        if let Some(foreign) = scan.foreign_string.filter(|_| !is_quiet) {
            self.foreign.insert(file.clone(), foreign);
        }
        self.lines.insert(file.clone(), source.lines);
        let words = || words(&scan.clean);
        if scan.is_too_deep {
            return Script { file, is_quiet: true, words: words(), ..Script::default() };
        }
        let (ast, is_whole) = syntax::parse(&scan, found);
        if !is_whole || scan.has_foreign_names {
            return Script { file, is_quiet: true, words: words(), ..Script::default() };
        }
        let facts = walk::facts(&ast);
        found.extend(facts.limits.iter().map(|(at, limit)| Found::new(*at, over(*limit))));
        Script { file, is_quiet, facts, words: BTreeSet::new() }
    }

    /// Leaves the main file and what it requires, directly or not.
    fn drop_unused(&mut self, main: &str) {
        let mut used = BTreeSet::from([main.to_owned()]);
        let mut waiting = vec![main.to_owned()];
        while let Some(file) = waiting.pop() {
            let script = self.scripts.iter().find(|script| script.file == file);
            for name in script.into_iter().flat_map(|script| world::required(&script.facts)) {
                let file = format!("{name}.lua");
                if used.insert(file.clone()) {
                    waiting.push(file);
                }
            }
        }
        self.scripts.retain(|script| script.is_quiet || used.contains(&script.file));
        self.found.retain(|(file, _)| used.contains(file));
        self.foreign.retain(|file, _| used.contains(file));
    }

    /// Strings of one project in both encodings: the rarer kind is told.
    fn tell_mixed_files(&mut self) {
        let of = |wanted| {
            let all = self.foreign.iter().filter(move |(_, (_, encoding))| *encoding == wanted);
            all.map(|(file, (at, _))| (file.clone(), *at)).collect::<Vec<_>>()
        };
        let (utf8, gbk) = (of(Encoding::Utf8), of(Encoding::Gbk));
        let is_utf8 = utf8.len() < gbk.len();
        let (rarer, other) = if is_utf8 { (utf8, gbk) } else { (gbk, utf8) };
        let Some((other, _)) = other.first() else { return };
        for (file, at) in rarer {
            let fault = TextFault::MixedFiles { is_utf8, other: other.clone() };
            self.found.push((file, Found::new(at, fault)));
        }
    }

    fn report(self, main: &str) -> Report {
        let Self { scripts, found, lines, compiled, .. } = self;
        let files = scripts.iter().filter(|script| lines.contains_key(&script.file)).count();
        let main = scripts.iter().position(|script| script.file == main).unwrap_or(0);
        let world = World::new(scripts, main, compiled);
        let mut all: Vec<(String, At, Fault)> =
            found.into_iter().map(|(file, found)| (file, found.at, found.fault)).collect();
        all.extend(rules::all(&world).0);
        all.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        Report { findings: grouped(all, &lines), files }
    }
}

/// Why a file is not read at all.
fn unreadable(name: &str, bytes: &[u8]) -> Option<Fault> {
    let max = SOURCE_BYTES_MAX;
    match bytes {
        [0x1B, ..] => Some(ProjectFault::Compiled { file: name.to_owned() }.into()),
        _ if bytes.len() > max => Some(TextFault::TooLarge { bytes: bytes.len(), max }.into()),
        _ => None,
    }
}

fn over(limit: Limit) -> TextFault {
    match limit {
        Limit::Locals => TextFault::TooManyLocals { max: LOCALS_MAX },
        Limit::Upvalues => TextFault::TooManyUpvalues { max: UPVALUES_MAX },
    }
}

/// Everything in `text` that could be a name.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// One finding for each fault of a file, with all its places.
fn grouped(all: Vec<(String, At, Fault)>, lines: &BTreeMap<String, Vec<String>>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut first_of_file = 0;
    for (file, at, fault) in all {
        if findings.last().is_none_or(|last| last.file != file) {
            first_of_file = findings.len();
        }
        let own = &mut findings[first_of_file..];
        if let Some(known) = own.iter_mut().find(|known| known.fault.is_told_with(&fault)) {
            if known.at != at && known.also.last() != Some(&at) {
                known.times += 1;
                if known.also.len() < PLACES_MAX {
                    known.also.push(at);
                }
            }
            continue;
        }
        let line = lines.get(&file).and_then(|lines| lines.get(at.line as usize - 1));
        let line = line.cloned().unwrap_or_default();
        findings.push(Finding { file, at, also: Vec::new(), times: 1, fault, line });
    }
    findings
}
