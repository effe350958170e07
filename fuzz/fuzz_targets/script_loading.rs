//! Random sources as a main script and as a module of it.
#![no_main]

#[path = "../bodies/script_loading.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
