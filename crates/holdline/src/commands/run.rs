//! `holdline run`: one project, one device, this machine's network, or a virtual world.

mod fit;
mod pace;
mod world;

use crate::Outcome;
use crate::commands::beside::{self, Beside};
use crate::commands::desk::Desk;
use crate::commands::lab;
use crate::commands::numbers::Numbers;
use crate::commands::stage::Stage;
use crate::commands::state::{State, default_folder};
use crate::commands::stop;
use crate::console::{Color, Console, Style, Target};
use crate::driver;
use crate::driver::{Cable, Driver, Redirect, Redirects, TimeServer, unix_s};
use crate::duration;
use crate::events::{Events, Head, Start};
use crate::report::{Mistake, Problem};
use crate::words::Lang;
use anyhow::Context;
use holdline_device::{
    BootPlan, Flash, Identity, MemoryFlash, Power, Profile, Project, Sharing, Vm,
};
use holdline_lab::Lab;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use pace::Speed;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;
use std::time::Duration;
use world::VirtualServer;

/// What a virtual world follows from unless it is told: each run is like the last.
const VIRTUAL_SEED: u64 = 0;

#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Args {
    /// Folder with a `main.lua`, or one `.lua` file
    project: PathBuf,
    /// Run in a virtual world: every address that the script dials has a server that takes
    /// everything and says nothing, and time passes as `--speed` says. The device's files are in
    /// memory unless `--state` is given, and the clock begins on 2024-01-01
    #[arg(long = "virtual")]
    is_virtual: bool,
    /// How many times as fast as real time the virtual world goes, or `max` [default: 1]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
    /// Servers at this port of the virtual world send back what they get
    #[arg(long, value_name = "PORT=echo")]
    server: Vec<VirtualServer>,
    /// Let something go wrong, in the words of docs/faults.md: `refuse 3 connects`, `at 5m reset`,
    /// `silent for 2m`, `server down for 1h`, `tls expired 2 connects`, `pdp lost`
    #[arg(long, value_name = "WORDS", value_parser = fault)]
    fault: Vec<Fault>,
    /// Lead connections elsewhere; FROM is `host:port`, `host` or `*`, TO is `host:port` or `host`
    #[arg(long, value_name = "FROM=TO")]
    redirect: Vec<Redirect>,
    /// Connect a serial port: N is 1, 2, 3 or `usb`, TARGET a device such as `/dev/ttyUSB0`, `pty`,
    /// `tcp:HOST:PORT`, `tcp-listen:ADDRESS:PORT`, `stdio` or `file:IN,OUT`
    #[arg(long, value_name = "N=TARGET")]
    uart: Vec<Cable>,
    /// Server that `ntp` asks for the time, in place of every one that a script or the library names
    #[arg(long, value_name = "HOST[:PORT]")]
    ntp: Option<TimeServer>,
    /// Open a lab beside the device: the server to which the script's lines lead, and a page that shows
    /// both ends. CONFIG is a lab's file [default: a port each for TCP, UDP and TLS]
    #[arg(long, value_name = "CONFIG", require_equals = true)]
    lab: Option<Option<PathBuf>>,
    /// Stop after this long, such as `90s`, `10m` or `1m30s`
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    run_for: Option<Duration>,
    /// Restarts of the device to allow; the next one ends the run with exit code 1
    #[arg(long, value_name = "N", value_parser = number::<u32>)]
    restarts: Option<u32>,
    /// Time from power-on to network: `fast` (1 s), `module` (7.24 s) or a duration
    #[arg(long, value_name = "TIME", value_parser = boot_plan, default_value = "fast")]
    boot: BootPlan,
    /// Module type: `air202` (2G), `air724ug` (4G) or `none` (4G without limits)
    #[arg(long, value_name = "NAME", value_parser = module, default_value = "air724ug")]
    module: Profile,
    /// Folder with library files that go before the built-in ones
    #[arg(long, value_name = "FOLDER")]
    lib: Vec<PathBuf>,
    /// Folder for the device's own files [default: one for each project, in the state directory]
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Write every event as a line of JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// TOML file with the device's numbers: imei, iccid, imsi, sn, muid, model, number
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// What random numbers and the device's own numbers follow from [default: random; the numbers
    /// from the folder of the device's files; 0 with `--virtual`]
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    seed: Option<u64>,
    /// TLS without `caCert`: `module` does as a module does and does not verify the server,
    /// `verify` refuses the connection
    #[arg(long, value_enum, value_name = "HOW", default_value = "module")]
    tls: TlsPolicy,
    /// Show the script's output and errors only
    #[arg(long)]
    quiet: bool,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    color: Color,
    #[command(flatten, next_help_heading = "With --lab")]
    page: lab::Page,
}

/// What becomes of TLS connections that verify nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TlsPolicy {
    Module,
    Verify,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    fit::check(args, lang)?;
    let project = load(&args.project, &args.lib, lang)?;
    let Files { flash, copy, _lock, seed } = files(args, lang)?;
    let numbers = Numbers::read(args.identity.as_deref(), lang)?;
    let start = Start { flash: copy, ..start(args, numbers.of(args.seed.unwrap_or(seed))) };
    let power = start.power(flash);
    let events = events(args, lang, &Head::of(&project), start)?;
    match args.is_virtual {
        true => world::run(args, project, power, stage(args, lang, Rc::default(), events), lang),
        false => run_really(args, project, power, events, lang),
    }
}

fn run_really(
    args: &Args,
    project: Project,
    power: Power,
    events: Option<Events>,
    lang: Lang,
) -> anyhow::Result<Outcome> {
    let mut driver = Driver::new().with_context(|| lang.cannot_start())?;
    let (lab, desk) = lab(args, &driver, lang)?.unzip();
    let redirects = Rc::new(redirects(args, lab.as_ref()));
    let mut stage = stage(args, lang, Rc::clone(&redirects), events);
    driver.redirect(redirects);
    plug_in(args, &mut driver, lang)?;
    if args.tls == TlsPolicy::Verify {
        driver.verify_only();
    }
    let (deadline, stopper) = (args.run_for, driver.stopper());
    let ended = stop::watch(move || stopper.stop(), deadline, lang);
    let ended = ended.with_context(|| lang.cannot_start())?;
    let vm = Vm::new(project.into(), Sharing::Alone).with_context(|| lang.cannot_start())?;
    if let Some((lab, desk)) = lab.as_ref().zip(desk) {
        stage.seat(desk);
        stage.console.say(Instant::ZERO, &lab.told(lang));
    }
    driver.power_on(&vm, power, &mut stage);
    if lab.is_some() || !args.fault.is_empty() {
        driver.befall(args.fault.clone(), &mut stage);
    }
    let ran = driver.run(deadline, &mut stage).with_context(|| lang.cannot_go_on());
    ended.say();
    let stopped = lab.map_or(Ok(()), |lab| lab.stop(lang));
    ran.and(stopped)?;
    stage.outcome(lang)
}

/// The lab beside the device, where one is wanted.
fn lab(args: &Args, driver: &Driver, lang: Lang) -> anyhow::Result<Option<(Beside, Desk)>> {
    let Some(file) = &args.lab else { return Ok(None) };
    let config = beside::config(file.as_deref(), &args.page, lang)?;
    Beside::open(config, args.module, &driver.stopper(), Lab::troubles, lang).map(Some)
}

/// Connects the serial ports.
fn plug_in(args: &Args, driver: &mut Driver, lang: Lang) -> anyhow::Result<()> {
    for (at, cable) in args.uart.iter().enumerate() {
        let is_stdio = |cable: &Cable| cable.target == driver::Target::Stdio;
        let is_taken =
            |other: &Cable| other.port == cable.port || is_stdio(other) && is_stdio(cable);
        let no_stdout = is_stdio(cable) && events_on_stdout(args);
        if no_stdout || args.uart[..at].iter().any(is_taken) {
            return Err(lang.cable_twice(cable).into());
        }
        driver.plug_in(cable).map_err(|error| {
            let problem = lang.cannot_connect_uart(cable, &error);
            anyhow::Error::from(error).context(problem)
        })?;
    }
    Ok(())
}

fn events_on_stdout(args: &Args) -> bool {
    args.events.as_deref() == Some(Path::new("-"))
}

/// `--ntp` goes first, since it says more than a redirect of everything; a lab takes what nobody names.
fn redirects(args: &Args, lab: Option<&Beside>) -> Redirects {
    let time = args.ntp.clone().map(Redirect::of_time).into_iter();
    let rest = lab.into_iter().flat_map(Beside::redirects);
    Redirects(time.chain(args.redirect.iter().cloned()).chain(rest).collect())
}

/// The device's files.
struct Files {
    flash: Box<dyn Flash>,
    /// What the event file is to tell of them.
    copy: MemoryFlash,
    /// Keeps other runs from them.
    _lock: Option<File>,
    /// What the device's numbers follow from.
    seed: u64,
}

/// In the virtual world they are in memory, so that each run is like the last.
fn files(args: &Args, lang: Lang) -> anyhow::Result<Files> {
    let copy = MemoryFlash::default();
    if args.is_virtual && args.state.is_none() {
        let flash = Box::new(MemoryFlash::default());
        return Ok(Files { flash, copy, _lock: None, seed: VIRTUAL_SEED });
    }
    let with_folder = || cannot_open_files(args, lang);
    let state = State::open(args.state.as_deref(), &args.project).with_context(with_folder)?;
    let State { flash, lock, seed } = state;
    let copy = match args.events {
        Some(_) => flash.copy().with_context(with_folder)?,
        None => copy,
    };
    Ok(Files { flash: Box::new(flash), copy, _lock: Some(lock), seed })
}

fn cannot_open_files(args: &Args, lang: Lang) -> Problem {
    match &args.state {
        Some(folder) => lang.cannot_open_files(folder),
        None => lang.cannot_open_files(&default_folder(&args.project).unwrap_or_default()),
    }
}

/// Loads the project at `path`, with folders of library files.
pub(crate) fn load(path: &Path, libraries: &[PathBuf], lang: Lang) -> anyhow::Result<Project> {
    let project = Project::load(path).map_err(|error| explained(error, lang));
    let mut project = project.with_context(|| lang.cannot_load(path))?;
    for folder in libraries {
        project.add_library(folder).with_context(|| lang.cannot_read_library(folder))?;
    }
    Ok(project)
}

/// A load error in the reader's language, with the system's words below it.
pub(super) fn explained(error: holdline_device::LoadError, lang: Lang) -> anyhow::Error {
    let problem = lang.load_problem(&error);
    match error {
        holdline_device::LoadError::Read { source, .. } => {
            anyhow::Error::from(source).context(problem)
        }
        holdline_device::LoadError::NoMain { .. }
        | holdline_device::LoadError::NotSource { .. }
        | holdline_device::LoadError::TooLarge { .. } => problem.into(),
    }
}

fn stage(args: &Args, lang: Lang, redirects: Rc<Redirects>, events: Option<Events>) -> Stage {
    let is_stdio = |cable: &Cable| cable.target == driver::Target::Stdio;
    let target = if events_on_stdout(args) || args.uart.iter().any(is_stdio) {
        Target::Stderr
    } else {
        Target::Stdout
    };
    let style = Style { lang, color: args.color, quiet: args.quiet, target };
    Stage::new(Console::new(&style, redirects), events, args.restarts)
}

fn events(args: &Args, lang: Lang, head: &Head, start: Start) -> anyhow::Result<Option<Events>> {
    let Some(path) = &args.events else { return Ok(None) };
    let out: Box<dyn Write> = if events_on_stdout(args) {
        Box::new(io::stdout())
    } else {
        Box::new(File::create(path).with_context(|| lang.cannot_open_events(path))?)
    };
    Ok(Some(Events::new(out, head, start)))
}

/// How the device is powered on; its files follow.
fn start(args: &Args, identity: Identity) -> Start {
    Start {
        profile: args.module,
        boot: args.boot,
        seed: args.seed.unwrap_or_else(|| match args.is_virtual {
            true => VIRTUAL_SEED,
            false => random_seed(),
        }),
        identity,
        clock_s: if args.is_virtual { Power::default().clock_s } else { unix_s() },
        flash: MemoryFlash::default(),
    }
}

/// A seed that differs from run to run.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

pub(crate) fn number<N: FromStr>(text: &str) -> Result<N, Mistake> {
    text.parse().map_err(|_| Mistake::Number { given: text.to_owned() })
}

fn fault(words: &str) -> Result<Fault, Mistake> {
    Fault::parse(words).map_err(Mistake::Fault)
}

pub(crate) fn boot_plan(text: &str) -> Result<BootPlan, Mistake> {
    match text {
        "fast" => Ok(BootPlan::FAST),
        "module" => Ok(BootPlan::MODULE),
        _ => duration::parse(text)
            .map(BootPlan::scaled_to)
            .map_err(|_| Mistake::Boot { given: text.to_owned() }),
    }
}

pub(crate) fn module(text: &str) -> Result<Profile, Mistake> {
    Profile::named(text).ok_or_else(|| Mistake::Module { given: text.to_owned() })
}
