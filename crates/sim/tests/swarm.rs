//! Seeds find the bugs of `examples/broken`, and none in the examples that are sound.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, WORDS};
use holdline_sim::swarm::{Reason, Setup, Swarm, Unclear};
use holdline_sim::{DeviceId, Event, Watch};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

/// The first seed that finds something, why it failed, and the faults that are left of it.
fn found(name: &str) -> (u64, Reason, String) {
    let swarm = Swarm::observe(setup(&format!("broken/{name}"))).unwrap();
    let fails = |seed: &u64| swarm.run(*seed, &swarm.plan(*seed)).unwrap().reason.is_some();
    let seed = (1..=100).find(fails).unwrap();
    let faults = swarm.shrink(seed, swarm.plan(seed)).unwrap();
    let words: Vec<_> = faults.iter().map(Fault::to_string).collect();
    let again: Vec<_> = words.iter().map(|words| Fault::parse(words).unwrap()).collect();
    let once = swarm.run(seed, &again).unwrap();
    assert_eq!(once, swarm.run(seed, &again).unwrap());
    (seed, once.reason.unwrap(), words.join(", "))
}

#[test]
fn a_timer_that_is_never_stopped_is_found() {
    let (_, reason, faults) = found("stale-timer");
    let Reason::TooFast { heard, calm, .. } = reason else { panic!("{reason:?}") };
    assert_eq!((heard, calm, faults.as_str()), (16, 8, "at 1m close"));
}

#[test]
fn a_reading_that_is_never_asked_for_again_is_found() {
    let (_, reason, faults) = found("lost-while-sending");
    let Reason::Silent { wording: Some(wording), .. } = reason else { panic!("{reason:?}") };
    assert_eq!((wording.as_slice(), faults.as_str()), (&b"litres 0\r\n"[..], "at 1m close"));
}

#[test]
fn links_that_run_out_are_found() {
    let (_, reason, faults) = found("leaked-sockets");
    assert!(matches!(reason, Reason::Silent { wording: None, .. }), "{reason:?}");
    assert_eq!(faults, "at 1m server down for 1m");
}

#[test]
fn a_storm_is_found() {
    let (_, reason, faults) = found("retry-storm");
    assert!(matches!(reason, Reason::Storm { connects: 91, .. }), "{reason:?}");
    assert_eq!(faults, "at 1m server down for 5s");
}

#[test]
fn an_error_that_sticks_is_found() {
    let (_, reason, faults) = found("sticky-error");
    assert!(matches!(reason, Reason::Silent { wording: None, .. }), "{reason:?}");
    assert_eq!(faults, "at 1m close");
}

#[test]
fn sound_examples_survive() {
    let mut tried = 0;
    for entry in std::fs::read_dir(examples()).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("main.lua").exists() {
            continue;
        }
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        match Swarm::observe(setup(&name)) {
            Ok(swarm) => survive(&swarm, &name),
            Err(Unclear::NoBeat { places, .. }) => {
                assert!(name.ends_with("transparent") && places[0].is_held, "{name}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
        tried += 1;
    }
    assert!(tried >= 18, "{tried}");
}

fn survive(swarm: &Swarm, name: &str) {
    for seed in 1..=200 {
        let faults = swarm.plan(seed);
        assert!(!faults.is_empty() && faults.iter().all(|fault| fault.check().is_ok()));
        let reason = swarm.run(seed, &faults).unwrap().reason;
        let words: Vec<_> = faults.iter().map(Fault::to_string).collect();
        assert_eq!(reason, None, "{name}, seed {seed}: {words:?}");
    }
}

/// Everything that a script can be asked to survive, and nothing else.
#[test]
fn plans_draw_every_fault_but_those_that_a_script_cannot_mend() {
    let main = r#"
        PROJECT, VERSION = "NAMES", "1.0.0"
        require "socket"
        sys.taskInit(function()
            while true do
                while not socket.isReady() do sys.wait(1000) end
                local client = socket.tcp(true)
                if client:connect("server.example", 443) then
                    while client:send("hello") do sys.wait(10000) end
                end
                client:close()
                sys.wait(5000)
            end
        end)
        sys.init(0, 0)
        sys.run()
    "#;
    let swarm = Swarm::observe(Setup::of(Project::from_files([("main.lua", main)]))).unwrap();
    let plans = (1..=300).flat_map(|seed| swarm.plan(seed));
    let drawn: BTreeSet<_> = plans.map(|fault| fault.what.word().words).collect();
    let missing = WORDS.iter().map(|word| word.words).filter(|word| !drawn.contains(word));
    let missing: Vec<_> = missing.filter(|word| !word.starts_with("tls ")).collect();
    assert_eq!(missing, ["sim pin", "uart noise", "uart overrun", "flash full"]);
}

#[test]
fn what_dials_nobody_or_fails_by_itself_cannot_be_judged() {
    let observed = |body: &str| {
        let main = format!(
            "PROJECT, VERSION = 'P', '1.0.0'\nrequire 'sys'\n{body}\nsys.init(0, 0)\nsys.run()"
        );
        Swarm::observe(Setup::of(Project::from_files([("main.lua", main)]))).err().unwrap()
    };
    assert!(matches!(observed(""), Unclear::NothingDialled));
    assert!(matches!(observed("error('no')"), Unclear::Fails(Reason::BootLoop { .. })));
    let stuck = observed("sys.timer_start(function() while true do end end, 1000)");
    assert!(matches!(stuck, Unclear::Fails(Reason::Stuck { .. })), "{stuck:?}");
}

/// The server hears nothing before it is dialled, so a script that takes another address under
/// faults finds a server there too.
#[test]
fn an_address_that_is_dialled_under_faults_alone_has_a_server() {
    let main = r#"
        PROJECT, VERSION = "SPARE", "1.0.0"
        require "socket"
        local spare = false
        sys.taskInit(function()
            while true do
                while not socket.isReady() do sys.wait(1000) end
                local client = socket.tcp()
                local address = spare and "192.0.2.2" or "192.0.2.1"
                if client:connect(address, 9999) then
                    print("connected to", address)
                    while client:send("hello") do sys.wait(10000) end
                end
                client:close()
                spare = not spare
                sys.wait(5000)
            end
        end)
        sys.init(0, 0)
        sys.run()
    "#;
    let swarm = Swarm::observe(Setup::of(Project::from_files([("main.lua", main)]))).unwrap();
    assert_eq!(swarm.calm().places.len(), 1);
    let once = [Fault::parse("at 1m close").unwrap()];
    let outcome = swarm.run(1, &once).unwrap();
    let reason = outcome.reason.unwrap();
    assert_eq!(reason.address().unwrap().host, "192.0.2.1");
    assert!(matches!(reason, Reason::Silent { .. }), "it stays where it is welcome: {reason:?}");
    let twice = [once[0].clone(), Fault::parse("at 2m close").unwrap()];
    assert_eq!(swarm.run(1, &twice).unwrap().reason, None);
}

/// Sees so many events, and then has enough.
struct Brief(usize);

impl Watch for Brief {
    fn saw(&mut self, _at: Instant, _device: DeviceId, _event: Event<'_>) {
        self.0 = self.0.saturating_sub(1);
    }

    fn has_enough(&self) -> bool {
        self.0 == 0
    }
}

#[test]
fn a_run_is_over_where_who_watches_has_enough() {
    let swarm = Swarm::observe(setup("long-connection")).unwrap();
    let fault = [Fault::parse("at 90d close").unwrap()];
    let brief = || Some(Rc::new(RefCell::new(Brief(1000))) as Rc<RefCell<dyn Watch>>);
    let after = swarm.run_before(1, &fault, brief).unwrap();
    assert!(after.sim.now() < Instant::from_millis(3_600_000), "{}", after.sim.now());
}

fn setup(name: &str) -> Setup {
    Setup::of(Project::load(&examples().join(name)).unwrap())
}

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}
