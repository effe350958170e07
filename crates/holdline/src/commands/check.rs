//! `holdline check`: reads a project without running it and tells what will go wrong.

mod show;

use crate::Outcome;
use crate::check::{Report, Scope, check};
use crate::commands::run;
use crate::console::Color;
use crate::words::Lang;
use anyhow::Context;
use show::{json, text};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Args {
    /// Folder with a `main.lua`, or one `.lua` file: then it and what it requires
    project: PathBuf,
    /// Folder with library files that go before the built-in ones; nothing is told of them
    #[arg(long, value_name = "FOLDER")]
    lib: Vec<PathBuf>,
    /// Write each finding as a line of JSON
    #[arg(long)]
    json: bool,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// Fails, with exit code 1, where there are findings.
pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let project = run::load(&args.project, &args.lib, lang)?;
    let is_folder = args.project.is_dir();
    let scope = if is_folder { Scope::Folder } else { Scope::Required };
    let report = check(project, scope).with_context(|| lang.cannot_start())?;
    let folder = match is_folder {
        true => args.project.as_path(),
        false => args.project.parent().unwrap_or(Path::new("")),
    };
    // With stdout closed there is nobody to tell; the exit code still does.
    let _ = write(args, &report, folder, lang);
    Ok(if report.findings.is_empty() { Outcome::Done } else { Outcome::Failed })
}

fn write(args: &Args, report: &Report, folder: &Path, lang: Lang) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        for finding in &report.findings {
            writeln!(out, "{}", json(finding, folder, lang))?;
        }
        return out.flush();
    }
    let is_colored = match args.color {
        Color::Auto => out.is_terminal(),
        Color::Always => true,
        Color::Never => false,
    };
    out.write_all(text(report, folder, lang, is_colored).as_bytes())?;
    out.flush()
}
