//! What can be said to the world.

use super::{Act, Answer, Args, Kind, Spoken, Thing, Word, faults};
use crate::check::near::nearest;
use crate::report::Problem;
use crate::testing::trial::Trial;
use crate::{commands::run, words::Lang};
use holdline_device::{BootPlan, Profile};

pub(super) const KIND: Kind = Kind {
    name: "World",
    called: "world",
    en: "The world of one test: its servers, its devices and its time, which begins at zero.",
    zh: "一个测试的世界：其中的服务器、设备和从零开始的时间。",
    words: &WORDS,
};

const WORDS: [Word; 6] = [
    Word {
        name: "fault",
        forms: &["words: string"],
        returns: "World",
        en: "Any fault, in the words for faults, for every server and device that it can hit.",
        zh: "用故障词汇描述的任何故障，作用于所有相关的服务器和设备。",
        example: "world:fault(\"at 2h black hole for 90s\")",
        act: Act::World(faults::of_all),
    },
    Word {
        name: "server",
        forms: &["port: integer", "host: string, port: integer"],
        returns: "Server",
        en: "The server at this port of every address, or of one host name or address alone. \
             A script reaches no other servers than those that the test names.",
        zh: "位于该端口的服务器：对所有地址有效，或只对一个域名或地址有效。脚本只能连到测试里写明的服务器。",
        example: "local server = world:server(9999)",
        act: Act::World(server),
    },
    Word {
        name: "boot",
        forms: &["options?: { module?: string, boot?: string, imei?: string }"],
        returns: "Device",
        en: "Powers a device on, with the project under test on it.",
        zh: "给一台设备上电，设备里是被测的工程。",
        example: "local device = world:boot{ module = \"air202\", boot = \"module\" }",
        act: Act::World(boot),
    },
    Word {
        name: "run",
        forms: &["time: string"],
        returns: "World",
        en: "Lets this much time pass.",
        zh: "让时间经过这么久。",
        example: "world:run(\"5m\")",
        act: Act::World(run_for),
    },
    Word {
        name: "run_until",
        forms: &["moment: string"],
        returns: "World",
        en: "Lets time pass until this moment since the world's start.",
        zh: "让时间走到这一刻（从世界开始算起）。",
        example: "world:run_until(\"1h5m\")",
        act: Act::World(run_until),
    },
    Word {
        name: "wait_for",
        forms: &["what: Observation, count: integer, time: string"],
        returns: "World",
        en: "Lets time pass until it has happened this many times in all. \
             The test fails where that takes longer than the time.",
        zh: "让时间经过，直到它总共发生了这么多次。超过该时间仍未发生，则测试失败。",
        example: "world:wait_for(server:connects(), 2, \"5m\")",
        act: Act::World(wait_for),
    },
];

fn server(trial: &mut Trial, args: &mut Args) -> Spoken {
    let host = if args.is_text() { Some(args.text()?) } else { None };
    let port = args.port()?;
    Ok(Answer::Thing(Thing::Server(trial.server_at(host.as_deref(), port))))
}

fn boot(trial: &mut Trial, args: &mut Args) -> Spoken {
    let options = args.options(&["module", "boot", "imei"])?;
    let text = |name: &str| options.get(name).map(|value| args.text_of(value)).transpose();
    let profile = text("module")?.map(|name| module(&name, args.lang())).transpose()?;
    let plan = text("boot")?.map(|time| boot_plan(&time, args.lang())).transpose()?;
    let id = trial.boot(profile, plan, text("imei")?.as_deref())?;
    Ok(Answer::Thing(Thing::Device(id)))
}

/// The module of this name, as `--module` knows it.
pub(in crate::testing) fn module(name: &str, lang: Lang) -> Result<Profile, Problem> {
    run::module(name).map_err(|mistake| {
        let mut problem = lang.mistake(&mistake);
        if let Some(near) = nearest(name, Profile::ALL.iter().map(|profile| profile.name)) {
            problem.hint = Some(lang.did_you_mean(&near));
        }
        problem
    })
}

/// How long a module takes to come up, as `--boot` knows it.
pub(in crate::testing) fn boot_plan(time: &str, lang: Lang) -> Result<BootPlan, Problem> {
    run::boot_plan(time).map_err(|mistake| lang.mistake(&mistake))
}

fn run_for(trial: &mut Trial, args: &mut Args) -> Spoken {
    let end = trial.now() + args.duration()?;
    trial.run_until(end)?;
    Ok(Answer::Itself)
}

fn run_until(trial: &mut Trial, args: &mut Args) -> Spoken {
    let end = args.moment()?;
    if end <= trial.now() {
        return Err(trial.lang.moment_is_past(end, trial.now()).into());
    }
    trial.run_until(end)?;
    Ok(Answer::Itself)
}

fn wait_for(trial: &mut Trial, args: &mut Args) -> Spoken {
    let of = args.happening()?;
    let (count, longest) = (args.count_from_one()?, args.duration()?);
    trial.wait_for(of, count, longest)?;
    Ok(Answer::Itself)
}
