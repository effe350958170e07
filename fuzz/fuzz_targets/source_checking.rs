//! Random sources, checked.
#![no_main]

#[path = "../bodies/source_checking.rs"]
mod body;
#[allow(dead_code, reason = "the command reads more of what is found")]
#[path = "../../crates/holdline/src/check/mod.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
