//! A Lua file that answers the devices of a lab's port, in the API that scripts for modules use.
//!
//! The file runs on a device of its own, to which the lab's connections are lines that somebody else
//! opened (`Device::accept`). So all that a script knows is there, and behaves as it does on a module.

mod file;
mod running;

use crate::words::Lang;
use file::LuaFile;
use holdline_lab::{Answerer, Answers, Heard, Said};
use holdline_peer::Conn;
use running::{Running, Who};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a port's configuration keeps: which file answers.
#[derive(Debug)]
pub(crate) struct AnswersOf {
    path: PathBuf,
    lang: Lang,
}

impl AnswersOf {
    pub(crate) fn new(path: PathBuf, lang: Lang) -> Self {
        Self { path, lang }
    }
}

impl Answers for AnswersOf {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn begin(&self) -> Box<dyn Answerer> {
        let file = LuaFile::new(self.path.clone());
        let mut scripted = Scripted {
            file,
            lang: self.lang,
            looks_at: LOOK_EVERY,
            running: None,
            open: BTreeMap::new(),
            said: VecDeque::new(),
        };
        scripted.load(Duration::ZERO);
        Box::new(scripted)
    }
}

/// A file, and what became of it.
struct Scripted {
    file: LuaFile,
    lang: Lang,
    /// When the file is looked at next.
    looks_at: Duration,
    /// The last that could be run.
    running: Option<Running>,
    /// The open connections: who comes next gets to know them as well.
    open: BTreeMap<Conn, Who>,
    said: VecDeque<Said>,
}

impl Answerer for Scripted {
    fn handle_input(&mut self, now: Duration, heard: Heard) {
        match heard {
            Heard::Connected { conn, from, is_datagrams } => {
                self.open.insert(conn, Who { from, is_datagrams, name: None });
                self.run(now, |running, who, said| running.accept(now, conn, &who[&conn], said));
            }
            Heard::Named { conn, name } => {
                if let Some(who) = self.open.get_mut(&conn) {
                    who.name = Some(name.clone());
                }
                self.run(now, |running, _, _| running.name(conn, name));
            }
            Heard::Message { conn, bytes } => {
                self.run(now, |running, _, said| running.receive(now, conn, bytes, said));
            }
            Heard::Sent { conn } => self.run(now, |running, _, said| running.sent(now, conn, said)),
            Heard::Closed { conn } => {
                self.open.remove(&conn);
                self.run(now, |running, _, said| running.end(now, conn, said));
            }
            Heard::Reload => self.load(now),
            Heard::Timeout => self.pass(now),
        }
    }

    fn poll_output(&mut self) -> Said {
        self.said.pop_front().unwrap_or_else(|| {
            let due = self.running.as_ref().and_then(Running::deadline);
            Said::Idle(Some(due.map_or(self.looks_at, |due| due.min(self.looks_at))))
        })
    }
}

impl Scripted {
    /// Lets the script do something, and take in who connected while it was away.
    fn run(
        &mut self,
        now: Duration,
        act: impl FnOnce(&mut Running, &BTreeMap<Conn, Who>, &mut VecDeque<Said>),
    ) {
        let Some(running) = &mut self.running else { return };
        act(running, &self.open, &mut self.said);
        if running.has_come_up() {
            self.said.push_back(Said::Recovered);
            running.accept_all(now, &self.open, &mut self.said);
        }
        for conn in running.take_left() {
            self.open.remove(&conn);
        }
    }

    fn pass(&mut self, now: Duration) {
        self.run(now, |running, _, said| running.pass(now, said));
        if self.looks_at <= now {
            self.looks_at = now + LOOK_EVERY;
            if self.file.has_changed() {
                self.load(now);
            }
        }
    }

    /// Runs the file as it is now; where it cannot be run, what ran before goes on.
    fn load(&mut self, now: Duration) {
        self.looks_at = now + LOOK_EVERY;
        let project = match self.file.load() {
            Ok(project) => project,
            Err(error) => {
                let problem = self.lang.load_problem(&error);
                return self.said.push_back(Said::Failed(problem.text));
            }
        };
        let Some(running) = Running::begin(now, project, self.lang, &mut self.said) else { return };
        self.running = Some(running);
        self.said.push_back(Said::Loaded);
        self.run(now, |running, open, said| running.accept_all(now, open, said));
    }
}
