//! `holdline`: the command.
fn main() {}
