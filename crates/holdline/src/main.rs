//! `holdline`: runs Luat socket scripts on an ordinary machine.

mod answer;
mod check;
mod commands;
mod console;
mod doctor;
mod driver;
mod duration;
mod editor;
mod events;
mod report;
mod testing;
mod tls;
mod words;

use commands::{Cli, Command};
use std::process::ExitCode;

/// How a command ended, other than by a fault of Holdline's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All was done: exit code 0.
    Done,
    /// The script failed or has faults, or something stands in its way: exit code 1.
    Failed,
    /// Nothing could be told: exit code 2.
    Unclear,
}

fn main() -> ExitCode {
    let asked = words::Lang::of_arguments(std::env::args_os().skip(1));
    let lang = asked.unwrap_or_else(words::Lang::of_environment);
    let cli = match Cli::read(lang) {
        Ok(cli) => cli,
        Err(error) => return report::usage(&error, lang),
    };
    let lang = cli.lang.unwrap_or(lang);
    match run(cli, lang) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::Unclear) => ExitCode::from(2),
        Err(error) => report::failure(&error, lang),
    }
}

fn run(cli: Cli, lang: words::Lang) -> anyhow::Result<Outcome> {
    match cli.command {
        Command::Run(args) => commands::run::run(&args, lang),
        Command::Test(args) => commands::test::run(&args, lang),
        Command::Check(args) => commands::check::run(&args, lang),
        Command::Demo(args) => commands::demo::run(&args, lang),
        Command::Doctor(args) => commands::doctor::run(&args, lang),
        Command::New(args) => commands::new::run(&args, lang),
        Command::Lab(args) => commands::lab::run(&args, lang),
        Command::Proxy(args) => commands::proxy::run(&args, lang),
        Command::Editor(args) => commands::editor::run(&args, lang),
    }
}
