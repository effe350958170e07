//! Random manners, faults and facts against a server's side.
#![no_main]

#[path = "../bodies/peer_operations.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
