//! Random requests to a lab, over HTTP.
#![no_main]

#[path = "../bodies/lab_requests.rs"]
mod body;
#[path = "../bodies/lab_dice.rs"]
mod lab_dice;

use body::World;
use std::sync::{LazyLock, Mutex};

/// One lab for all requests, as it has to live on whatever was asked of it.
static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut world = WORLD.lock().expect("whoever panicked ended the process");
    body::run(&mut world, bytes);
});
