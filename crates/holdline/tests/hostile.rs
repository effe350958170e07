//! Random operations and random scripts, by the bodies of the fuzz targets: nothing may panic.
//!
//! The fuzzers go further; this keeps their bodies compiling and a first few thousand cases true.

#[allow(dead_code, reason = "the command reads more of what is found")]
#[path = "../src/check/mod.rs"]
mod check;
#[path = "../../../fuzz/bodies/modem_operations.rs"]
mod modem_operations;
#[path = "../../../fuzz/bodies/script_loading.rs"]
mod script_loading;
#[path = "../../../fuzz/bodies/source_checking.rs"]
mod source_checking;

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    }

    fn bytes(&mut self, max: usize) -> Vec<u8> {
        let len = self.next() as usize % (max + 1);
        (0..len).map(|_| (self.next() >> 24) as u8).collect()
    }
}

#[test]
fn the_modem_survives_random_operations() {
    for seed in 0..3000 {
        modem_operations::run(&Random(seed).bytes(600));
    }
}

#[test]
fn random_sources_are_a_script_error_at_worst() {
    for seed in 0..400 {
        script_loading::run(&Random(seed).bytes(200));
    }
}

#[test]
fn random_sources_are_checked_to_their_end() {
    for seed in 0..400 {
        source_checking::run(&Random(seed).bytes(300));
    }
}
