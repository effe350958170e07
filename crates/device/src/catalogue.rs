//! Every name that scripts can call, read or hear of: one source for `docs/api`, for checks before a
//! run and for editors.
//!
//! The names stand in `catalogue/<table>.txt`, and what a module has and Holdline has not in
//! `catalogue/absent.txt`. No device reads the former; they are read when someone first asks.
//!
//! ```text
//! table sys
//!     The main loop, tasks, timers and messages.
//!     主循环、任务、定时器与消息。
//!
//! B must  sys.wait(ms: number): ...
//!     Suspends the task for `ms`; woken earlier, it returns what it was woken with.
//!     挂起任务 `ms` 毫秒；被提前唤醒时返回唤醒者给的值。
//! ```
//!
//! - A line that begins at the margin is an entry. First come words about it: `A`, `B`, `AB`, `core`
//!   or `lua` say whose it is; `2G` or `4G` that only such modules have it; `must` that it may not be
//!   missing; `message` that it is one. Then comes a name with its signature, or constants with
//!   commas between them; `pio.P1_0..31` are 32 names.
//! - A signature is `(param: type, optional?: type, ...: type): returned, returned`, with types as
//!   Lua editors write them.
//! - Indented below: what it is, in English and in Chinese; then, behind `!`, how it differs from the
//!   module, in both.
//! - A line that begins with `#` is a comment.

mod absent;
mod parse;
#[cfg(test)]
mod tests;

pub use absent::{Absence, absence, absent_names, absent_tables};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

/// A table of the script API, or one of `client`, `globals` and `messages`, which are none.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// As scripts call it.
    pub name: &'static str,
    /// What it is for.
    pub about: Words,
    /// Its names, in the order of the file.
    pub entries: Vec<Entry>,
}

/// A name, or constants that mean alike.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The names as the file has them: `sys.wait`, `client:recv`, `pio.P1_0..31, pio.P2_0`.
    pub written: &'static str,
    /// What scripts do with it.
    pub kind: Kind,
    /// Whose it is.
    pub generation: Generation,
    /// Which modules have it.
    pub modules: Modules,
    /// Whether the socket programs that people know call it.
    pub is_must: bool,
    /// What it does.
    pub about: Words,
    /// How it differs from the module, where it does.
    pub differs: Option<Words>,
}

/// The same in two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// What scripts do with a name.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// They call it: `sys.wait(5)`.
    Function(Signature),
    /// They call it on an object: `client:recv()`.
    Method(Signature),
    /// They hear of it, with these values.
    Message(Signature),
    /// They read it: `rtos.MSG_TIMER`.
    Constant,
    /// A global that they read or set: `LOG_LEVEL`.
    Global,
}

/// Which of the two script libraries a name belongs to, or what lies below them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Generation A: callbacks.
    A,
    /// Generation B: tasks.
    B,
    /// Both.
    Both,
    /// The firmware's C side.
    Core,
    /// Lua 5.1 itself.
    Lua,
}

/// Which modules have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modules {
    /// Both kinds.
    All,
    /// Modules of 2G only, such as `air202`.
    TwoG,
    /// Modules of 4G only, such as `air724ug`.
    FourG,
}

/// What a function takes and gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The named values that it takes, in order.
    pub params: Vec<Param>,
    /// The type of any more values, where it takes more.
    pub more: Option<&'static str>,
    /// The types of what it returns; `...` is any number of any.
    pub returns: Vec<&'static str>,
}

/// A value that a function takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, for people.
    pub name: &'static str,
    /// Its type, as Lua editors write it.
    pub kind: &'static str,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// Every table, by name.
pub fn tables() -> &'static [Table] {
    &catalogue().tables
}

/// The entry of a full name, such as `sys.wait`, `client:recv`, `rtos.MSG_INT` or `IP_READY_IND`.
pub fn find(name: &str) -> Option<&'static Entry> {
    let &(table, entry) = catalogue().by_name.get(name)?;
    Some(&tables()[table].entries[entry])
}

/// Whether scripts find something of the table; costs no more than a look at the list of files.
pub(crate) fn has_table(name: &str) -> bool {
    FILES.iter().any(|&(known, _)| known == name)
}

impl Entry {
    /// Its full names: one, or each of several constants.
    pub fn names(&self) -> impl Iterator<Item = String> + use<> {
        self.written.split(", ").flat_map(|piece| match piece.split_once("..") {
            None => vec![piece.to_owned()],
            Some((first, last)) => {
                let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
                let from = first[stem.len()..].parse::<u32>().unwrap_or(0);
                (from..=last.parse().unwrap_or(from)).map(|n| format!("{stem}{n}")).collect()
            }
        })
    }

    /// What it takes and gives; nothing for what is only read.
    pub fn signature(&self) -> Option<&Signature> {
        match &self.kind {
            Kind::Function(signature) | Kind::Method(signature) | Kind::Message(signature) => {
                Some(signature)
            }
            Kind::Constant | Kind::Global => None,
        }
    }
}

impl Signature {
    /// How many values a call needs at least.
    pub fn arguments_min(&self) -> usize {
        self.params.iter().rposition(|param| !param.is_optional).map_or(0, |last| last + 1)
    }

    /// How many it takes at most; `None` where there is no limit.
    pub fn arguments_max(&self) -> Option<usize> {
        self.more.is_none().then_some(self.params.len())
    }
}

impl fmt::Display for Signature {
    /// Writes it as the file has it: `(ms: number, ...: any): boolean`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.params.iter().map(|Param { name, kind, is_optional }| {
            format!("{name}{}: {kind}", if *is_optional { "?" } else { "" })
        });
        let params: Vec<_> = params.chain(self.more.map(|kind| format!("...: {kind}"))).collect();
        write!(f, "({})", params.join(", "))?;
        match self.returns.as_slice() {
            [] => Ok(()),
            returns => write!(f, ": {}", returns.join(", ")),
        }
    }
}

/// What the files say, read once.
struct Catalogue {
    tables: Vec<Table>,
    /// Table and entry by full name.
    by_name: BTreeMap<String, (usize, usize)>,
}

fn catalogue() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| {
        let tables = FILES.iter().map(|(file, text)| parse::table(file, text));
        Catalogue::of(tables.collect::<Result<_, _>>().expect("a test has read every file"))
    })
}

impl Catalogue {
    fn of(tables: Vec<Table>) -> Self {
        let mut by_name = BTreeMap::new();
        for (at, table) in tables.iter().enumerate() {
            for (entry_at, entry) in table.entries.iter().enumerate() {
                by_name.extend(entry.names().map(|name| (name, (at, entry_at))));
            }
        }
        Self { tables, by_name }
    }
}

/// Each file of `catalogue/` but `absent.txt`, with its text, by name.
const FILES: &[(&str, &str)] = &[
    ("bit", include_str!("../catalogue/bit.txt")),
    ("client", include_str!("../catalogue/client.txt")),
    ("common", include_str!("../catalogue/common.txt")),
    ("console", include_str!("../catalogue/console.txt")),
    ("coroutine", include_str!("../catalogue/coroutine.txt")),
    ("cpu", include_str!("../catalogue/cpu.txt")),
    ("crypto", include_str!("../catalogue/crypto.txt")),
    ("dbg", include_str!("../catalogue/dbg.txt")),
    ("debug", include_str!("../catalogue/debug.txt")),
    ("errDump", include_str!("../catalogue/errDump.txt")),
    ("globals", include_str!("../catalogue/globals.txt")),
    ("iconv", include_str!("../catalogue/iconv.txt")),
    ("io", include_str!("../catalogue/io.txt")),
    ("json", include_str!("../catalogue/json.txt")),
    ("led", include_str!("../catalogue/led.txt")),
    ("link", include_str!("../catalogue/link.txt")),
    ("linkssl", include_str!("../catalogue/linkssl.txt")),
    ("log", include_str!("../catalogue/log.txt")),
    ("math", include_str!("../catalogue/math.txt")),
    ("messages", include_str!("../catalogue/messages.txt")),
    ("misc", include_str!("../catalogue/misc.txt")),
    ("net", include_str!("../catalogue/net.txt")),
    ("netLed", include_str!("../catalogue/netLed.txt")),
    ("ntp", include_str!("../catalogue/ntp.txt")),
    ("nvm", include_str!("../catalogue/nvm.txt")),
    ("os", include_str!("../catalogue/os.txt")),
    ("pack", include_str!("../catalogue/pack.txt")),
    ("package", include_str!("../catalogue/package.txt")),
    ("pins", include_str!("../catalogue/pins.txt")),
    ("pio", include_str!("../catalogue/pio.txt")),
    ("pm", include_str!("../catalogue/pm.txt")),
    ("pmd", include_str!("../catalogue/pmd.txt")),
    ("ril", include_str!("../catalogue/ril.txt")),
    ("rtos", include_str!("../catalogue/rtos.txt")),
    ("sim", include_str!("../catalogue/sim.txt")),
    ("socket", include_str!("../catalogue/socket.txt")),
    ("socketcore", include_str!("../catalogue/socketcore.txt")),
    ("socketssl", include_str!("../catalogue/socketssl.txt")),
    ("string", include_str!("../catalogue/string.txt")),
    ("sys", include_str!("../catalogue/sys.txt")),
    ("table", include_str!("../catalogue/table.txt")),
    ("uart", include_str!("../catalogue/uart.txt")),
    ("update", include_str!("../catalogue/update.txt")),
    ("wdt", include_str!("../catalogue/wdt.txt")),
];
