//! Random facts and calls against the modem, checked by a small model.
#![no_main]

#[path = "../bodies/modem_operations.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
