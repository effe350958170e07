//! A thousand devices with the first tutorial, in one Lua state.

#![expect(unsafe_code, reason = "an allocator that counts cannot be written without")]

mod counting;

use holdline_device::{Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_sim::{Keep, Sim};
use std::path::Path;
use std::rc::Rc;

#[global_allocator]
static COUNTING: counting::Counting = counting::Counting;

const DEVICES: usize = 1000;
const BYTES_MAX: usize = 8 * 1024;

/// All are connected and each reports on its own. What a device costs is counted at both allocators,
/// Lua's own and Rust's, without what the allocators need for themselves, so it is all of it: Lua, modem, files, the world's own entries for its line.
#[test]
fn a_thousand_devices_take_at_most_eight_kilobytes_each() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/long-connection");
    let vm = Vm::new(Rc::new(Project::load(&folder).unwrap()), Sharing::Shared).unwrap();
    let mut sim = Sim::new(1);
    sim.keep(Keep::Hash);
    sim.server(9999).off_the_record();
    // The first device brings what all share.
    sim.device_in(&vm, Power::default());
    sim.run_until(at(60));
    vm.collect_garbage().unwrap();
    let (lua_before, before) = (vm.used_bytes(), counting::held_bytes() - vm.ledger_bytes());

    for _ in 0..DEVICES {
        sim.device_in(&vm, Power::default());
    }
    sim.run_until(at(660));

    vm.collect_garbage().unwrap();
    let lua = (vm.used_bytes() - lua_before) / DEVICES;
    let all = lua + (counting::held_bytes() - vm.ledger_bytes() - before) / DEVICES;
    println!(
        "a device: {all} bytes, {lua} of them Lua's; {} taken for {}",
        vm.taken_bytes(),
        vm.used_bytes()
    );
    assert!(vm.taken_bytes() < vm.used_bytes() * 3 / 2, "Lua's pages are half empty");
    assert!(all <= BYTES_MAX, "{all} bytes a device, {lua} of them Lua's");
    let tally = sim.server(9999).peer().tally();
    assert_eq!(tally.connections, 1 + DEVICES as u64);
    // Ten minutes from the connection on: a heartbeat every 10.04 s, a report every 20.04 s.
    let each = 600 / 10 + 600 / 20;
    assert!(tally.received.messages > DEVICES as u64 * (each - 4), "{tally:?}");
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}
