//! `holdline demo`: the bundled tutorial beside a lab, both on one terminal and one page.

use crate::Outcome;
use crate::commands::beside::{self, Beside};
use crate::commands::lab::Page;
use crate::commands::run::random_seed;
use crate::commands::stage::Stage;
use crate::commands::stop;
use crate::console::{Color, Console, Style, Target};
use crate::driver::{Driver, Redirects, unix_s};
use crate::duration;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::{BootPlan, MemoryFlash, Power, Profile, Project, Sharing, Vm};
use holdline_lab::{Config, Lab};
use holdline_modem::Instant;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// The tutorial: `examples/long-connection`.
const PROGRAM: [(&str, &str); 2] = [
    ("main.lua", include_str!("../../../../examples/long-connection/main.lua")),
    ("test.lua", include_str!("../../../../examples/long-connection/test.lua")),
];

/// From power-on to network: short, so that both sides are seen at once.
const BOOT: Duration = Duration::from_millis(300);

/// Its server.
const LAB: &str = include_str!("demo/lab.toml");

/// Where people look for the page first.
const HTTP: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);

#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub(crate) struct Args {
    /// Stop after this long, such as `90s`, `10m` or `1m30s` [default: at Ctrl-C]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    run_for: Option<Duration>,
    /// Colour the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let folder = tempfile::tempdir().with_context(|| lang.cannot_start())?;
    let config = config(folder.path(), lang)?;
    let is_elsewhere = config.http.port() == 0;
    let mut driver = Driver::new().with_context(|| lang.cannot_start())?;
    let profile = power().profile;
    let (lab, desk) = Beside::open(config, profile, &driver.stopper(), Lab::follow, lang)?;
    let redirects = Rc::new(Redirects(lab.redirects().collect()));
    driver.redirect(Rc::clone(&redirects));
    let style = Style { lang, color: args.color, quiet: false, target: Target::Stdout };
    let mut stage = Stage::new(Console::new(&style, redirects), None, None);
    stage.seat(desk);
    let stopper = driver.stopper();
    let ended = stop::watch(move || stopper.stop(), args.run_for, lang);
    let ended = ended.with_context(|| lang.cannot_start())?;
    introduce(&mut stage, &lab, is_elsewhere, lang);
    let project = Project::from_files(PROGRAM);
    let vm = Vm::new(project.into(), Sharing::Alone).with_context(|| lang.cannot_start())?;
    driver.power_on(&vm, power(), &mut stage);
    // What is pressed on the page befalls the device.
    driver.befall(Vec::new(), &mut stage);
    let ran = driver.run(args.run_for, &mut stage).with_context(|| lang.cannot_go_on());
    ended.say();
    ran.and(lab.stop(lang))?;
    stage.outcome(lang)
}

/// The lab, with what it keeps in `folder`. Where the page's usual port is taken it has a free one.
fn config(folder: &Path, lang: Lang) -> anyhow::Result<Config> {
    let file = folder.join("lab.toml");
    fs::write(&file, LAB).with_context(|| lang.cannot_start())?;
    let http = SocketAddr::from(TcpListener::bind(HTTP).map_or((HTTP.0, 0), |_| HTTP));
    Ok(Config { http, ..beside::config(Some(&file), &Page::default(), lang)? })
}

fn introduce(stage: &mut Stage, lab: &Beside, is_elsewhere: bool, lang: Lang) {
    stage.console.say(Instant::ZERO, lang.demo_intro());
    if is_elsewhere {
        stage.console.say(Instant::ZERO, &lang.demo_page_elsewhere(HTTP.1));
    }
    stage.console.say(Instant::ZERO, &lab.told(lang));
}

fn power() -> Power {
    Power {
        profile: Profile::AIR202,
        boot: BootPlan::scaled_to(BOOT),
        seed: random_seed(),
        identity: None,
        clock_s: unix_s(),
        flash: Box::new(MemoryFlash::default()),
    }
}
