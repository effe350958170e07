//! Random words for a lab's ports, as a file and as a call of the API have them.
#![no_main]

#[path = "../bodies/lab_words.rs"]
mod body;
#[path = "../bodies/lab_dice.rs"]
mod lab_dice;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
