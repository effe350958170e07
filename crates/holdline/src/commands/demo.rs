//! `holdline demo`: the bundled tutorial and a server of Holdline's own, both on one terminal.

use crate::Outcome;
use crate::commands::run::random_seed;
use crate::commands::stage::Stage;
use crate::commands::stop;
use crate::console::{Color, Console, Style, Target};
use crate::driver::{Driver, Redirect, Redirects, Speech, unix_s};
use crate::duration;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::{BootPlan, MemoryFlash, Power, Profile, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Cue, Manner, Peer, Rule};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// The tutorial: `examples/long-connection`.
const PROGRAM: [(&str, &str); 2] = [
    ("main.lua", include_str!("../../../../examples/long-connection/main.lua")),
    ("test.lua", include_str!("../../../../examples/long-connection/test.lua")),
];

/// From power-on to network: short, so that both sides are seen at once.
const BOOT: Duration = Duration::from_millis(300);

/// When the server drops the line, once.
const DROP_AT: Duration = Duration::from_secs(25);

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
    let mut driver = Driver::new().with_context(|| lang.cannot_start())?;
    let address = driver.host(server()).with_context(|| lang.cannot_start())?;
    let redirects = Rc::new(Redirects(vec![Redirect::of_all(Speech::Tcp, address)]));
    driver.redirect(Rc::clone(&redirects));
    let style = Style { lang, color: args.color, quiet: false, target: Target::Stdout };
    let mut stage = Stage::new(Console::new(&style, redirects), None, None);
    let stopper = driver.stopper();
    stop::watch(move || stopper.stop(), args.run_for, lang).with_context(|| lang.cannot_start())?;
    introduce(&mut stage, address, lang);
    let project = Project::from_files(PROGRAM);
    let vm = Vm::new(project.into(), Sharing::Alone).with_context(|| lang.cannot_start())?;
    driver.power_on(&vm, power(), &mut stage);
    driver.run(args.run_for, &mut stage).with_context(|| lang.cannot_go_on())?;
    stage.outcome(lang)
}

fn introduce(stage: &mut Stage, address: SocketAddr, lang: Lang) {
    stage.console.say(Instant::ZERO, &lang.demo_intro(&address.to_string()));
}

/// Answers each kind of report, and drops everyone once.
fn server() -> Peer {
    let mut peer = Peer::new(Manner {
        rules: vec![
            Rule::on(Cue::Prefix(b"heart data".to_vec())).say("heart ok\r\n"),
            Rule::on(Cue::Prefix(b"loc data".to_vec())).say("loc ok\r\n"),
        ],
        ..Manner::default()
    });
    peer.inject(DROP_AT, Fault::now(Trouble::Close));
    peer
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
