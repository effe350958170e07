//! The command line: what was typed.

mod beside;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod desk;
pub(crate) mod doctor;
pub(crate) mod editor;
pub(crate) mod lab;
pub(crate) mod new;
mod numbers;
pub(crate) mod proxy;
pub(crate) mod replay;
pub(crate) mod run;
mod stage;
mod state;
mod stop;
pub(crate) mod test;

pub(crate) use numbers::NumberFault;

use crate::words::Lang;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Runs Luat socket scripts on an ordinary machine, on real sockets
#[derive(Debug, Parser)]
#[command(name = "holdline", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Language of Holdline's own words [default: by LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, value_enum, value_name = "LANG", global = true)]
    pub(crate) lang: Option<Lang>,
}

impl Cli {
    /// What was typed. Where that asks for help or makes no sense, the error says so in `lang`.
    pub(crate) fn read(lang: Lang) -> Result<Self, clap::Error> {
        let matches = lang.tell(Self::command()).try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a script project on this machine's network
    Run(Box<run::Args>),
    /// Prove how a script project takes what befalls it: run its tests in virtual time
    ///
    /// Exit code 0: every test passed, or a recorded run went the same; 1: a test failed, or it went
    /// otherwise; 2: a test is in error, or there is none.
    Test(Box<test::Args>),
    /// Read a script project without running it, and tell what will go wrong
    Check(check::Args),
    /// Show a device and a server holding a line: no file, no server, no network needed
    Demo(demo::Args),
    /// Find out why a module does not reach a server, and whose that is
    ///
    /// Exit code 0: a module can reach it; 1: something stands in the way; 2: it could not be told.
    Doctor(doctor::Args),
    /// Make a project that runs, with tests that pass
    New(new::Args),
    /// Be the server that devices connect to: show what they send, answer, break things on purpose
    Lab(lab::Args),
    /// Stand between a device and its server: show and keep what they say, break things on purpose
    Proxy(proxy::Args),
    /// Write what editors with the Lua language server need to know of the script API
    Editor(editor::Args),
}
