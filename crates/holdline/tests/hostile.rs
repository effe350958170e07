//! Random operations and random scripts, by the bodies of the fuzz targets: nothing may panic.
//!
//! The fuzzers go further; this keeps their bodies compiling and a first few thousand cases true.

#[path = "../../../fuzz/bodies/api_calls.rs"]
mod api_calls;
#[allow(dead_code, reason = "the command reads more of what is found")]
#[path = "../src/check/mod.rs"]
mod check;
#[path = "../../../fuzz/bodies/modem_operations.rs"]
mod modem_operations;
#[path = "../../../fuzz/bodies/mutations.rs"]
mod mutations;
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
    for seed in 0..times(400, 100_000) {
        script_loading::run(&Random(seed).bytes(200));
    }
}

#[test]
fn random_sources_are_checked_to_their_end() {
    for seed in 0..400 {
        source_checking::run(&Random(seed).bytes(300));
    }
}
/// How often a test is to try: more where `HOSTILE=full` asks for it.
fn times(usual: u64, full: u64) -> u64 {
    if std::env::var("HOSTILE").is_ok_and(|how| how == "full") { full } else { usual }
}

/// Where a full run begins, from `HOSTILE_SEED`: another seed, other cases.
fn first_seed() -> u64 {
    std::env::var("HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

#[test]
fn random_calls_are_a_script_error_at_worst() {
    let (mut calls, mut seed) = (0, first_seed());
    while calls < times(5000, 1_000_000) {
        if std::env::var_os("HOSTILE_SHOW").is_some() {
            println!("seed {seed}, {calls} calls");
        }
        calls += u64::from(api_calls::run(seed, 1000));
        seed += 1;
    }
}

#[test]
fn mutated_scripts_are_a_script_error_at_worst() {
    let sources = sources();
    assert!(sources.len() > 20);
    for seed in first_seed()..first_seed() + times(60, 10_000) {
        if std::env::var_os("HOSTILE_SHOW").is_some() {
            println!("seed {seed}");
        }
        let mut random = Random(seed);
        mutations::run(&sources, &mut || random.next());
    }
}

/// The examples and the script API's tests.
fn sources() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("crates/device/tests/api"), root.join("examples")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folders of the repository are there") {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lua") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}
