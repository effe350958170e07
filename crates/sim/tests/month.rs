//! A month of the first tutorial, with the server down an hour a day.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]
#![expect(unsafe_code, reason = "an allocator that counts cannot be written without")]

mod counting;

use holdline_device::{Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_sim::{DeviceId, Keep, Sim};
use std::path::Path;
use std::rc::Rc;

#[global_allocator]
static COUNTING: counting::Counting = counting::Counting;

const DAYS: u64 = 30;

/// It ends in one process, comes back after each hour, and holds no more on any day than it did
/// after the first; and what happens once happens again.
#[test]
fn a_month_with_an_hour_of_silence_a_day_leaks_nothing_and_repeats() {
    let mut sim = world();
    let mut held = Vec::new();
    for day in 1..=DAYS {
        let before = sim.server(9999).peer().tally().received.messages;
        sim.run_until(hour(day * 24));
        let messages = sim.server(9999).peer().tally().received.messages - before;
        // 23 hours of a heartbeat every 10.04 s and a report every 20.04 s.
        assert!((12_200..12_400).contains(&messages), "day {day}: {messages} messages");
        let vm = Rc::clone(sim.device_mut(DeviceId(0)).vm());
        vm.collect_garbage().unwrap();
        held.push((vm.used_bytes(), counting::held_bytes()));
    }
    let (lua, all) = held[0];
    for (day, &(later_lua, later_all)) in held.iter().enumerate() {
        assert!(later_lua <= lua + 1024, "day {}: Lua holds {later_lua}, was {lua}", day + 1);
        assert!(later_all <= all + 4096, "day {}: all hold {later_all}, was {all}", day + 1);
    }
    let hash_after_two_days = || {
        let mut sim = world();
        sim.run_until(hour(48));
        sim.trace().hash()
    };
    let hash = hash_after_two_days();
    assert_eq!([hash_after_two_days(), hash_after_two_days()], [hash, hash]);
}

fn world() -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/long-connection");
    let vm = Vm::new(Rc::new(Project::load(&folder).unwrap()), Sharing::Alone).unwrap();
    let mut sim = Sim::new(1);
    sim.keep(Keep::Hash);
    let server = sim.server(9999).off_the_record();
    for day in 0..DAYS {
        server.down(hour(day * 24 + 12)..hour(day * 24 + 13));
    }
    sim.device_in(&vm, Power::default());
    sim
}

fn hour(hours: u64) -> Instant {
    Instant::from_millis(hours * 3_600_000)
}
