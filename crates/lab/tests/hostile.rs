//! Random words and random requests, by the bodies of the fuzz targets: nothing may panic.
//!
//! The fuzzers go further; this keeps their bodies compiling and a first few thousand cases true.

#[path = "../../../fuzz/bodies/lab_dice.rs"]
mod lab_dice;
#[path = "../../../fuzz/bodies/lab_requests.rs"]
mod lab_requests;
#[path = "../../../fuzz/bodies/lab_words.rs"]
mod lab_words;

/// Pieces of random bytes, the same in each run.
fn pieces(count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state: u64 = 1;
    let mut byte = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(move |_| (0..300).map(|_| byte()).collect())
}

#[test]
fn words_survive_being_written_down() {
    pieces(5000).for_each(|bytes| lab_words::run(&bytes));
}

#[test]
fn the_lab_survives_random_requests() {
    let mut world = lab_requests::World::new();
    pieces(1000).for_each(|bytes| lab_requests::run(&mut world, &bytes));
}
