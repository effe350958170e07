//! `holdline test`: what a project does, told without a module.

use crate::Outcome;
use crate::commands::replay;
use crate::words::Lang;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with a `main.lua`, or one `.lua` file
    project: PathBuf,
    /// Put a recorded run to the script again, and tell the first difference; EVENTS is what
    /// `holdline run --events` wrote
    #[arg(long, value_name = "EVENTS")]
    replay: PathBuf,
    /// Folder with library files that go before the built-in ones
    #[arg(long, value_name = "FOLDER")]
    lib: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    replay::run(&args.project, &args.lib, &args.replay, lang)
}
