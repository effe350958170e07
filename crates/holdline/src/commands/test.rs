//! `holdline test`: the tests of a project, in virtual time, or a recorded run of it.

mod files;

use crate::Outcome;
use crate::commands::{replay, run};
use crate::console::Color;
use crate::testing::report::{Style, columns};
use crate::testing::story::{Report, Verdict};
use crate::testing::swarm::{self, Ground};
use crate::testing::text::Plain;
use crate::testing::{Order, Setup, run_all, words};
use crate::words::Lang;
use files::Files;
use holdline_device::{BootPlan, Profile};
use holdline_sim::swarm::RESTARTS_IN_TEN_MINUTES_MAX;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Project folders with a `tests` folder in them, or test files
    #[arg(value_name = "PROJECT|FILE", default_value = ".")]
    places: Vec<PathBuf>,
    /// Run only tests whose name contains this
    #[arg(long, value_name = "TEXT", conflicts_with = "plays")]
    filter: Option<String>,
    /// End with the first test that does not pass
    #[arg(long, conflicts_with = "plays")]
    fail_fast: bool,
    /// What is left to chance follows from this, where a test names no seed
    #[arg(long, value_name = "N", value_parser = run::number::<u64>, default_value = "1",
        conflicts_with = "seeds")]
    seed: u64,
    /// Module type: `air202` (2G), `air724ug` (4G) or `none` (4G without limits)
    #[arg(long, value_name = "NAME", value_parser = run::module, default_value = "air724ug")]
    module: Profile,
    /// Folder with library files that go before the built-in ones
    #[arg(long, value_name = "FOLDER")]
    lib: Vec<PathBuf>,
    /// Show every word that a test can say, and run nothing
    #[arg(long)]
    words: bool,
    /// Put a recorded run to the script again in place of tests, and tell the first difference; EVENTS
    /// is what `holdline run --events` wrote
    #[arg(long, value_name = "EVENTS", conflicts_with_all = [
        "plays", "filter", "fail_fast", "seed", "module", "story", "html", "junit", "json",
    ])]
    replay: Option<PathBuf>,
    #[command(flatten)]
    swarm: swarm::Flags,
    /// Show all that happened in each test, at both ends, as a table
    #[arg(long)]
    story: bool,
    #[command(flatten)]
    files: Files,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// Runs the tests and tells how each went. Exit code 1 where a test failed, 2 where a test is in
/// error or there is none.
pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    if args.words {
        // With stdout closed there is nobody to tell.
        let _ = io::stdout().write_all(words::listed(lang).as_bytes());
        return Ok(Outcome::Done);
    }
    if let Some(events) = &args.replay {
        let [project] = args.places.as_slice() else {
            return Err(lang.one_project_to_replay().into());
        };
        return replay::run(project, &args.lib, events, lang);
    }
    if args.swarm.are_given() {
        return try_seeds(args, lang);
    }
    let order = Order {
        places: args.places.clone(),
        lib: args.lib.clone(),
        filter: args.filter.clone(),
        fail_fast: args.fail_fast,
        setup: Setup {
            profile: args.module,
            boot: BootPlan::FAST,
            seed: args.seed,
            restarts_max: RESTARTS_IN_TEN_MINUTES_MAX,
        },
    };
    let style = style(args.color, lang);
    let mut plain = Plain::new(style, args.story);
    let report = run_all(&order, lang, &mut plain)?;
    if report.cases.is_empty() && report.faults.is_empty() {
        return Err(lang.no_test_of_that_name(args.filter.as_deref().unwrap_or_default()).into());
    }
    plain.total(&report);
    args.files.write(&report, lang)?;
    Ok(outcome(&report))
}

fn try_seeds(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let [project] = args.places.as_slice() else { return Err(lang.one_project_for_seeds().into()) };
    let (project, lib) = (project.clone(), args.lib.clone());
    let ground = Ground {
        project,
        lib,
        seed: args.seed,
        profile: args.module,
        style: style(args.color, lang),
        shows_story: args.story,
    };
    let (outcome, report) = swarm::run(&args.swarm, &ground)?;
    if !report.cases.is_empty() {
        args.files.write(&report, lang)?;
    }
    Ok(outcome)
}

fn style(color: Color, lang: Lang) -> Style {
    let is_colored = match color {
        Color::Auto => io::stdout().is_terminal(),
        Color::Always => true,
        Color::Never => false,
    };
    Style { lang, is_colored, columns: columns() }
}

fn outcome(report: &Report) -> Outcome {
    let is = |wanted: fn(&Verdict) -> bool| report.cases.iter().any(|case| wanted(&case.verdict));
    if !report.faults.is_empty() || is(|verdict| matches!(verdict, Verdict::Error(_))) {
        Outcome::Unclear
    } else if is(|verdict| matches!(verdict, Verdict::Failed(_))) {
        Outcome::Failed
    } else {
        Outcome::Done
    }
}
