//! `holdline test PROJECT --seeds A..B`: seeds that find bugs, and `--fault`, which repeats one.

mod crew;
mod keep;
mod play;
mod progress;
mod tell;

use crate::Outcome;
use crate::commands::run::load;
use crate::duration;
use crate::report::Problem;
use crate::testing::report::Style;
use crate::testing::story::{Case, Report};
use crate::words::Lang;
use anyhow::Context;
use crew::{Crew, Failure};
use holdline_device::{BootPlan, Profile};
use holdline_peer::fault::Fault;
use holdline_sim::swarm::{self, Setup, Swarm, end_of};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tell::Teller;

/// What the command line says of seeds.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Flags {
    /// Try random faults that follow from each of these seeds; no test is needed
    #[arg(long, value_name = "A..B", group = "plays")]
    seeds: Option<String>,
    /// Go on after the first seed that fails
    #[arg(long, requires = "seeds")]
    all: bool,
    /// Let this happen, such as `at 3m10s reset`, and tell the story; can be given again and again
    #[arg(long, value_name = "WORDS", group = "plays")]
    fault: Vec<String>,
    /// How long after the last fault all must be well again
    #[arg(
        long, value_name = "DURATION", value_parser = duration::parse, default_value = "5m",
        requires = "plays"
    )]
    recover_within: Duration,
    /// What the server at a port does: `9999=echo` answers, `9999=silent` does not [default: silent]
    #[arg(long, value_name = "PORT=HOW", requires = "plays")]
    server: Vec<String>,
    /// Write what was found as a test, which fails until the bug is gone
    #[arg(long, value_name = "FILE", requires = "plays")]
    save: Option<PathBuf>,
}

/// What the other flags of `holdline test` say.
pub(crate) struct Ground {
    pub(crate) project: PathBuf,
    pub(crate) lib: Vec<PathBuf>,
    pub(crate) seed: u64,
    pub(crate) profile: Profile,
    pub(crate) style: Style,
    /// Whether all that happened is shown.
    pub(crate) shows_story: bool,
}

impl Flags {
    /// Whether seeds or faults are to be tried, and not test files.
    pub(crate) fn are_given(&self) -> bool {
        self.seeds.is_some() || !self.fault.is_empty()
    }
}

/// Fails, with exit code 1, where a seed does; tells what reports can show of it, which is nothing
/// where nobody waited for the end.
pub(crate) fn run(flags: &Flags, ground: &Ground) -> anyhow::Result<(Outcome, Report)> {
    let lang = ground.style.lang;
    let setup = setup(flags, ground, lang)?;
    let faults = faults(&flags.fault, lang)?;
    let seeds = flags.seeds.as_deref().map(|text| seeds(text, lang)).transpose()?;
    if let Some(path) = &flags.save {
        make_sure_of(path).with_context(|| lang.cannot_save(path))?;
    }
    let swarm = Swarm::observe(setup.clone()).map_err(|unclear| lang.unclear(&unclear))?;
    let teller = Teller { lang, flags, ground };
    let mut out = io::stdout().lock();
    write!(out, "{}", teller.calm(swarm.calm())).with_context(|| lang.cannot_write_findings())?;
    match seeds {
        None => once(&teller, &swarm, &faults, &mut out),
        Some(seeds) => many(&teller, &swarm, setup, seeds, &mut out),
    }
}

/// Lets `faults` happen.
fn once(
    teller: &Teller<'_>,
    swarm: &Swarm,
    faults: &[Fault],
    out: &mut impl Write,
) -> anyhow::Result<(Outcome, Report)> {
    let seed = teller.ground.seed;
    let played = play::play(teller, swarm, seed, faults)?;
    write!(out, "{}", teller.story(&played, faults))?;
    if let Some(why) = played.unfit {
        return Err(why.into());
    }
    let end = match played.outcome.reason.clone() {
        None => Outcome::Done,
        Some(reason) => {
            keep(teller, swarm, &Failure { seed, reason }, faults, &played.outcome)?;
            Outcome::Failed
        }
    };
    Ok((end, Report { cases: vec![played.case], ..Report::default() }))
}

/// Tries seeds, and tells each kind of failure.
fn many(
    teller: &Teller<'_>,
    swarm: &Swarm,
    setup: Setup,
    (first, last): (u64, u64),
    out: &mut impl Write,
) -> anyhow::Result<(Outcome, Report)> {
    let lang = teller.lang;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(&stop)).with_context(|| lang.cannot_start())?;
    }
    let crew = Crew { setup, calm: swarm.calm().clone(), first, last, all: teller.flags.all, stop };
    let haul = crew.work(|| progress::Progress::new(first, last, lang))?;
    let mut report = Report::default();
    for Failure { seed, reason } in haul.worst().cloned() {
        let faults = swarm.shrink(seed, swarm.plan(seed))?;
        let played = play::play(teller, swarm, seed, &faults)?;
        // Fewer faults may show it in other numbers.
        let failure = Failure { seed, reason: played.outcome.reason.clone().unwrap_or(reason) };
        write!(out, "{}", teller.failure(&failure, &faults, played.hint()))?;
        if report.cases.is_empty() {
            keep(teller, swarm, &failure, &faults, &played.outcome)?;
        }
        if teller.ground.shows_story {
            write!(out, "\n{}\n", teller.story(&played, &faults))?;
        }
        report.cases.push(played.case);
    }
    writeln!(out, "{}", lang.seeds_tried(haul.tried, haul.failures.len(), haul.stopped))?;
    let end = match (haul.failures.is_empty(), haul.stopped) {
        (false, _) => Outcome::Failed,
        (true, true) => Outcome::Unclear,
        (true, false) => {
            // What the seeds are judged by.
            let calm = play::play(teller, swarm, first, &[])?.case;
            report.cases.push(Case { name: lang.seeds_are_well(first, last), ..calm });
            Outcome::Done
        }
    };
    Ok((end, report))
}

/// Writes what was found as a test, where that is asked for.
fn keep(
    teller: &Teller<'_>,
    swarm: &Swarm,
    failure: &Failure,
    faults: &[Fault],
    run: &swarm::Outcome,
) -> anyhow::Result<()> {
    let Some(path) = &teller.flags.save else { return Ok(()) };
    let text = keep::test(teller, swarm, failure, faults, run);
    open(path).and_then(|_| fs::write(path, text)).with_context(|| teller.lang.cannot_save(path))
}

/// Fails where nothing can be written to `path`, before hours are spent on what would be. Nothing is
/// left of the attempt: an empty file would be a test file without a test.
fn make_sure_of(path: &Path) -> io::Result<()> {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<&Path> = folders.take_while(|folder| !folder.exists()).collect();
    let is_new = !path.exists();
    let tried = open(path);
    if is_new && tried.is_ok() {
        fs::remove_file(path)?;
    }
    for folder in missing {
        // One that somebody else has found a use for stays.
        let _ = fs::remove_dir(folder);
    }
    tried.map(drop)
}

/// Opens the file and leaves what is in it; makes it, and its folder, if they are not there.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().append(true).create(true).open(path)
}

fn setup(flags: &Flags, ground: &Ground, lang: Lang) -> anyhow::Result<Setup> {
    let mut echoes = Vec::new();
    for text in &flags.server {
        let parts = text.split_once('=').and_then(|(port, how)| Some((port.parse().ok()?, how)));
        match parts {
            Some((port, "echo")) => echoes.push(port),
            Some((_, "silent")) => {}
            Some(_) | None => return Err(lang.bad_server(text).into()),
        }
    }
    Ok(Setup {
        project: load(&ground.project, &ground.lib, lang)?,
        profile: ground.profile,
        boot: BootPlan::FAST,
        recover_within: flags.recover_within,
        echoes,
    })
}

fn faults(words: &[String], lang: Lang) -> Result<Vec<Fault>, Problem> {
    let read = |words: &String| {
        let fault = Fault::parse(words).map_err(|error| lang.bad_fault(words, &error))?;
        match end_of(&fault) <= duration::MAX {
            true => Ok(fault),
            false => Err(lang.fault_takes_too_long(words)),
        }
    };
    words.iter().map(read).collect()
}

/// Reads `A..B`, both of which belong to it, or one seed.
fn seeds(text: &str, lang: Lang) -> Result<(u64, u64), Problem> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse(), last.trim_start_matches('=').parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(lang.bad_seeds(text)),
    }
}
