//! Devices in one Lua state: none can see, hear or change what belongs to another.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{BootPlan, Flash, MemoryFlash, Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_peer::What;
use holdline_sim::{DeviceId, Sim};
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

const SECONDS: u64 = 65;

/// Hostile devices, older and younger than their victims, walk all they can reach, poison it, call
/// it with odd arguments, replace it, and crash in the middle of the library. The victims compare the world with what it
/// was, every second, and do their work.
#[test]
fn hostile_neighbours_are_not_noticed() {
    let (sim, vm) = world(&["hostile", "crasher", "victim", "victim", "crasher", "hostile"]);
    let victims = lines_of(&sim, &[DeviceId(2), DeviceId(3)]);
    let broken: Vec<_> = victims.iter().filter(|line| line.contains("broken")).take(20).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let unharmed = "| unharmed\ttrue\t119\t59\t56\t100002";
    assert_eq!(victims.iter().filter(|line| line.ends_with(unharmed)).count(), 2, "{victims:#?}");

    let hostile = lines_of(&sim, &[DeviceId(0), DeviceId(5)]);
    let tried = hostile.iter().filter(|line| line.ends_with("tried\tmuch")).count();
    assert!(tried > 20, "{tried} {hostile:#?}");
    let crashed = lines_of(&sim, &[DeviceId(1), DeviceId(4)]);
    let crashes = crashed.iter().filter(|line| line.contains("restart after error")).count();
    assert!(crashes > 20, "{crashes}");
    assert!(vm.used_bytes() < 20_000_000, "{} bytes", vm.used_bytes());
}

/// What the hostile devices do must be able to hurt: the same things, done by a victim to itself.
#[test]
fn the_attacks_hurt_whoever_does_them() {
    let (sim, _) = world(&["both"]);
    let broken: Vec<_> = sim.trace().lines().collect();
    for word in ["poison in\t_G.string", "math.max", "globals", "heard\ttheirs"] {
        assert!(broken.iter().any(|line| line.contains(word)), "{word} in {broken:#?}");
    }
}

/// Bytes on a victim's line are the victim's own.
#[test]
fn lines_carry_only_what_their_device_sent() {
    let (mut sim, _) = world(&["victim", "hostile", "victim"]);
    let record = sim.server(9999).peer().record();
    let received: Vec<_> = record
        .iter()
        .filter_map(|entry| {
            if let What::Received(bytes) = &entry.what { Some(bytes.as_slice()) } else { None }
        })
        .collect();
    assert_eq!(received.len(), 2 * 60);
    assert!(received.iter().all(|bytes| *bytes == b"mine\r\n"));
}

/// One shared state with a device for each of `roles`, after a minute.
fn world(roles: &[&str]) -> (Sim, Rc<Vm>) {
    let names = names();
    let project = Project::from_files([
        ("main.lua", include_str!("isolation/main.lua")),
        ("victim.lua", include_str!("isolation/victim.lua")),
        ("hostile.lua", include_str!("isolation/hostile.lua")),
        ("crasher.lua", "require 'hostile'"),
        ("both.lua", "require 'victim'\nrequire 'hostile'"),
        ("names.lua", names.as_str()),
    ]);
    let vm = Vm::new(Rc::new(project), Sharing::Shared).unwrap();
    let mut sim = Sim::new(1);
    sim.server(9999);
    for role in roles {
        let mut flash = MemoryFlash::default();
        flash.write("/role.lua", format!("ROLE = '{role}'").as_bytes()).unwrap();
        flash.write("/own.lua", b"return 'mine'").unwrap();
        if *role == "hostile" {
            flash.write("/theirs.lua", b"return 'theirs'").unwrap();
        }
        // Most lives of a hostile device are short; a slow restart keeps them few.
        let boot = BootPlan { restart: Duration::from_secs(5), ..BootPlan::FAST };
        sim.device_in(&vm, Power { flash: Box::new(flash), boot, ..Power::default() });
    }
    sim.run_until(Instant::from_millis(SECONDS * 1000));
    (sim, vm)
}

/// A module that returns every name a lone script can reach.
fn names() -> String {
    let mut sim = Sim::new(1);
    sim.device(Project::from_files([("main.lua", include_str!("isolation/list.lua"))])).unwrap();
    let mut module = "return {".to_owned();
    for line in sim.trace().lines() {
        if let Some((_, name)) = line.split_once("| ") {
            write!(module, "{name:?},").unwrap();
        }
    }
    module + "}"
}

fn lines_of(sim: &Sim, devices: &[DeviceId]) -> Vec<String> {
    let tags: Vec<_> = devices.iter().map(|device| format!("  {device}  ")).collect();
    let of_one = |line: &&str| tags.iter().any(|tag| line.contains(tag.as_str()));
    sim.trace().lines().filter(of_one).map(str::to_owned).collect()
}
