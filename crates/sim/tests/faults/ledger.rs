//! When faults begin and end, whoever commits them, and whom they hit.

use super::{ONLY, TASK, at, beats_since, inject, world};
use holdline_device::{Power, Project, Sharing, Vm};
use holdline_peer::fault::Fault;
use holdline_sim::{DeviceId, Sim};
use std::rc::Rc;

fn happened(sim: &Sim) -> Vec<String> {
    let show = |happening: holdline_sim::Happening| {
        let ended = happening.ended.map_or("stands".to_owned(), |ended| ended.to_string());
        format!("{}: {} to {ended}", happening.fault, happening.began)
    };
    sim.faults().into_iter().map(show).collect()
}

/// Of the server, of the line and of the module alike; what is yet to come has not happened.
#[test]
fn a_world_tells_when_each_fault_began_and_ended() {
    let mut sim = world(TASK);
    for words in ["at 20s black hole for 10s", "at 10s sim out", "at 15s close", "at 5m power cut"]
    {
        inject(&mut sim, words);
    }
    inject(&mut sim, "at 40s server down for 5s port 9999");
    sim.run_until(at(60));
    assert_eq!(
        happened(&sim),
        [
            "at 10s sim out: 00:00:10.000 to stands",
            "at 15s close: 00:00:15.000 to 00:00:15.000",
            "at 20s black hole for 10s: 00:00:20.000 to 00:00:30.000",
            "at 40s server down for 5s port 9999: 00:00:40.000 to 00:00:45.000",
        ]
    );
}

/// A fault that was told before there was a device or a server finds those that come.
#[test]
fn what_stands_hits_whoever_comes_later() {
    let mut sim = Sim::new(1);
    inject(&mut sim, "sim out for 60s");
    inject(&mut sim, "refuse");
    sim.run_until(at(10));
    sim.device(Project::from_files([("main.lua", TASK.replace("HOW", "tcp"))])).unwrap();
    sim.server(9999);
    sim.run_until(at(200));
    let trace = sim.trace().to_string();
    assert!(trace.contains("00:00:10.000  SIM removed"), "{trace}");
    assert!(!trace.contains("IP ready") || trace.contains("00:01:01.000  IP ready"), "{trace}");
    assert!(trace.contains("connect failed: refused") && !trace.contains("connected"), "{trace}");
}

/// The end of one of two faults of a kind leaves the other standing.
#[test]
fn two_faults_of_a_kind_are_over_when_the_last_is() {
    let mut sim = world(TASK);
    inject(&mut sim, "at 10s sim out for 20s");
    inject(&mut sim, "at 20s sim out for 40s");
    sim.run_until(at(70));
    let trace = sim.trace().to_string();
    assert!(!trace.contains("00:00:30.000  SIM inserted"), "{trace}");
    assert!(trace.contains("00:01:00.000  SIM inserted"), "{trace}");
    assert!(beats_since(&mut sim, 61) > 0, "{trace}");
}

/// The other goes on as if nothing had been.
#[test]
fn a_fault_of_one_device_is_not_the_others() {
    for words in ["at 20s black hole for 30s", "at 20s registration lost for 30s"] {
        let mut sim = Sim::new(1);
        let project = Rc::new(Project::from_files([("main.lua", TASK.replace("HOW", "tcp"))]));
        let vm = Vm::new(project, Sharing::Shared).unwrap();
        let devices = [(); 2].map(|()| sim.device_in(&vm, Power::default()));
        assert_eq!(devices, [ONLY, DeviceId(1)]);
        sim.server(9999);
        sim.inject(&Fault::parse(words).unwrap(), Some(ONLY));
        sim.run_until(at(50));
        let (first, second) = (sent(&sim, "#0"), sent(&sim, "#1"));
        assert!(first < second && second == 5, "{words}: {first} {second}");
    }
}

fn sent(sim: &Sim, device: &str) -> usize {
    let trace = sim.trace().to_string();
    trace.lines().filter(|line| line.contains(&format!("{device}  0< sent"))).count()
}
