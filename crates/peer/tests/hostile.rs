//! Random manners, faults and facts, by the body of the fuzz target: nothing may panic.
//!
//! The fuzzer goes further; this keeps its body compiling and a first few thousand cases true.

#[path = "../../../fuzz/bodies/peer_operations.rs"]
mod peer_operations;

#[test]
fn the_peer_survives_random_operations() {
    let mut state: u64 = 1;
    let mut byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    for _ in 0..5000 {
        let bytes: Vec<u8> = (0..400).map(|_| byte()).collect();
        peer_operations::run(&bytes);
    }
}
