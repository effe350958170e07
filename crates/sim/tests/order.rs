//! The order in which `pairs` visits tables, functions, coroutines and files: one and the same, wherever
//! and however often a world runs.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]
#![expect(clippy::disallowed_methods, reason = "it asks for the same run in each thread")]

use expect_test::expect;
use holdline_device::{Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_sim::Sim;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::thread;

/// Tells a process what it is to do before the world is made: a number, see [`story`].
const CHILD: &str = "HOLDLINE_ORDER_CHILD";
const CHILDREN: usize = 20;

fn world() -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/order");
    let mut sim = Sim::new(1);
    sim.server_at("order.example", 7);
    sim.device(Project::load(&folder).unwrap()).unwrap();
    sim
}

fn hash(mut sim: Sim) -> String {
    sim.run_until(Instant::from_millis(6000));
    format!("{:016x}", sim.trace().hash())
}

/// In debug and release builds, and on each machine of 64 bits. A change of the script library changes
/// what is allocated when, and so this; `UPDATE_EXPECT=1` writes it anew.
#[test]
fn the_order_is_the_same_on_every_machine() {
    let found = hash(world());
    expect!["db4e847f8e0cfdcb"].assert_eq(&found);
}

#[test]
fn the_order_is_the_same_after_each_restart() {
    let mut sim = world();
    sim.run_until(Instant::from_millis(12_000));
    let lines: Vec<&str> = sim.trace().lines().filter(|line| line.contains("  | 2\t")).collect();
    let orders: BTreeSet<&str> =
        lines.iter().map(|line| line.split_once('\t').unwrap().1).collect();
    assert!(lines.len() >= 3, "{} boots", lines.len());
    assert_eq!(orders.len(), 1);
    let sent = sim.server_at("order.example", 7).peer().tally().received.messages;
    assert!(sent >= 3, "{sent} messages");
}

#[test]
fn worlds_side_by_side_have_the_same_order() {
    let alone = hash(world());
    let mut worlds: Vec<Sim> = (0..5).map(|_| world()).collect();
    for second in 1..6 {
        worlds.iter_mut().for_each(|sim| sim.run_until(Instant::from_millis(second * 1000)));
    }
    worlds.into_iter().for_each(|sim| assert_eq!(hash(sim), alone));
    let threads = [(); 4].map(|()| thread::spawn(|| hash(world())));
    threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), alone));
}

#[test]
fn devices_that_share_a_state_have_the_same_order_in_each_world() {
    let [first, second] = [(); 2].map(|()| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/order");
        let vm = Vm::new(Rc::new(Project::load(&folder).unwrap()), Sharing::Shared).unwrap();
        let mut sim = Sim::new(1);
        sim.server_at("order.example", 7);
        (0..3).for_each(|_| _ = sim.device_in(&vm, Power::default()));
        hash(sim)
    });
    assert_eq!(first, second);
}

/// Each has addresses of its own, which Linux chooses at random.
#[test]
fn the_order_is_the_same_in_every_process() {
    let hashes: BTreeSet<String> = (0..CHILDREN).map(child).collect();
    assert_eq!(hashes, BTreeSet::from([hash(world())]));
}

fn child(number: usize) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "a_child_tells_its_order",
        "--ignored",
        "--nocapture",
        "--test-threads",
    ]);
    command.args([if number.is_multiple_of(2) { "1" } else { "2" }]);
    command.env(CHILD, number.to_string()).env("FILL", "x".repeat(number * 997));
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.split_once("order=")).unwrap().1.to_owned()
}

#[test]
#[ignore = "it is run in processes of its own"]
fn a_child_tells_its_order() {
    let number = std::env::var(CHILD).map_or(0, |number| number.parse().unwrap());
    println!("order={}", story(number));
}

/// The hash of the world, made in a process with another history for each number.
fn story(number: usize) -> String {
    let _others: Vec<Sim> = (0..number % 3).map(|_| world()).collect();
    let _held = vec![0_u8; number * 4099];
    match number % 4 {
        3 => thread::spawn(|| hash(world())).join().unwrap(),
        _ => hash(world()),
    }
}
