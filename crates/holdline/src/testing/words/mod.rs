//! The words of test files: one catalogue, from which they are spoken, explained and spell-checked.

mod args;
mod device;
mod expect;
mod faults;
mod rule;
mod server;
mod time;
mod uart;
mod world;

pub(super) use args::{Arg, Args};
pub(super) use world::{boot_plan, module};

use super::observation::Observation;
use super::trial::{Halt, Trial};
use crate::words::Lang;
use holdline_modem::UartId;
use holdline_sim::DeviceId;

/// A kind of thing that a test holds in its hands, and what can be said to it.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its name as a type, such as `Server`.
    pub(crate) name: &'static str,
    /// What it is called in examples, such as `server`.
    pub(crate) called: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) words: &'static [Word],
}

/// Something that can be said.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    /// The parameters of each form, as an editor shows them: `host: string, port: integer`.
    pub(crate) forms: &'static [&'static str],
    /// The kind that it returns, a type of Lua, or nothing.
    pub(crate) returns: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
    /// A line of a test that says it.
    pub(crate) example: &'static str,
    act: Act,
}

/// What saying a word does, by the kind to which it is said.
#[derive(Clone, Copy, Debug)]
enum Act {
    World(fn(&mut Trial, &mut Args) -> Spoken),
    Server(fn(&mut Trial, usize, &mut Args) -> Spoken),
    /// The rule of this number.
    Rule(fn(&mut Trial, u32, &mut Args) -> Spoken),
    Device(fn(&mut Trial, DeviceId, &mut Args) -> Spoken),
    Uart(fn(&mut Trial, (DeviceId, UartId), &mut Args) -> Spoken),
    Expectation(fn(&mut Trial, &mut Args) -> Spoken),
}

/// What a word comes to.
type Spoken = Result<Answer, Halt>;

/// What a word returns.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// That to which it was said, so that more can be said.
    Itself,
    Thing(Thing),
}

/// Something that a test holds in its hands.
#[derive(Clone, Debug)]
pub(super) enum Thing {
    World,
    Server(usize),
    /// The rule of this number.
    Rule(u32),
    Device(DeviceId),
    Uart(DeviceId, UartId),
    Observation(Observation),
    /// The expectation of this number.
    Expectation(u32),
}

/// Every kind with its words.
pub(crate) const KINDS: [&Kind; 7] = [
    &world::KIND,
    &server::KIND,
    &rule::KIND,
    &device::KIND,
    &uart::KIND,
    &expect::OBSERVATION,
    &expect::KIND,
];

impl Thing {
    /// What can be said to it.
    pub(super) fn kind(&self) -> &'static Kind {
        match self {
            Self::World => &world::KIND,
            Self::Server(_) => &server::KIND,
            Self::Rule(_) => &rule::KIND,
            Self::Device(_) => &device::KIND,
            Self::Uart(..) => &uart::KIND,
            Self::Observation(_) => &expect::OBSERVATION,
            Self::Expectation(_) => &expect::KIND,
        }
    }
}

/// Every word with its forms, what it does and a line that says it, for a person to read.
pub(crate) fn listed(lang: Lang) -> String {
    let mut text = String::new();
    for kind in KINDS.into_iter().filter(|kind| !kind.words.is_empty()) {
        text += &format!("{}: {}\n", kind.name, kind.explained(lang));
        for word in kind.words {
            for form in word.forms {
                text += &format!("  {}:{}({form}) -> {}\n", kind.called, word.name, word.returns);
            }
            text += &format!("      {}\n      {}\n", word.explained(lang), word.example);
        }
        text.push('\n');
    }
    text
}

impl Kind {
    /// What it is, in a line.
    pub(crate) fn explained(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// The word of this name.
    pub(super) fn word(&self, name: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| word.name == name)
    }
}

impl Word {
    /// Says it to `thing`; what stands is settled first, unless it is about that.
    pub(super) fn say(&self, trial: &mut Trial, thing: &Thing, args: &mut Args) -> Spoken {
        if !matches!(self.act, Act::Expectation(_) | Act::Rule(_)) {
            trial.settle()?;
        }
        let answer = match (self.act, thing) {
            (Act::World(act), Thing::World) => act(trial, args),
            (Act::Server(act), Thing::Server(server)) => act(trial, *server, args),
            (Act::Rule(act), Thing::Rule(rule)) => act(trial, *rule, args),
            (Act::Device(act), Thing::Device(device)) => act(trial, *device, args),
            (Act::Uart(act), Thing::Uart(device, port)) => act(trial, (*device, *port), args),
            (Act::Expectation(act), Thing::Expectation(number)) => {
                trial.is_expecting(*number)?;
                act(trial, args)
            }
            _ => return Err(trial.lang.said_to_the_wrong(self.name).into()),
        }?;
        args.end()?;
        Ok(answer)
    }
}

impl Word {
    /// What it does, in a line.
    pub(crate) fn explained(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}
