use super::blocks::Blocks;
use super::*;
use std::collections::BTreeMap;

/// Numbers that look random, the same ones each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from((self.0 >> 33) % end).unwrap()
    }

    /// A size as Lua has them: small ones mostly.
    fn size(&mut self) -> usize {
        let bits = 3 + self.below(14);
        1 + self.below(1 << bits)
    }
}

fn bytes(at: *mut c_void, len: usize) -> Vec<u8> {
    let place = at.cast::<u8>();
    #[expect(unsafe_code, reason = "the arena has given these bytes to the test")]
    // SAFETY: `at` is a block of at least `len` bytes, which the test has written.
    unsafe { std::slice::from_raw_parts(place, len) }.to_vec()
}

fn fill(at: *mut c_void, byte: u8, len: usize) {
    #[expect(unsafe_code, reason = "the arena has given these bytes to the test")]
    // SAFETY: `at` is a block of at least `len` bytes, of which nobody else knows.
    unsafe {
        at.cast::<u8>().write_bytes(byte, len);
    }
}

/// Blocks keep what is in them, through whatever happens to others and to themselves.
#[test]
fn no_two_blocks_overlap() {
    let (arena, mut dice) = (Arena::new().unwrap(), Dice(7));
    let mut held: Vec<(*mut c_void, usize, u8)> = Vec::new();
    for turn in 0..60_000_u32 {
        let index = dice.below(held.len().max(1) as u64);
        let byte = (turn % 251) as u8;
        match dice.below(if turn % 8000 < 4000 { 5 } else { 9 }) {
            0..3 => {
                let size = dice.size();
                let at = arena.reallocate(ptr::null_mut(), 0, size).unwrap();
                assert!(at.addr().is_multiple_of(8));
                fill(at, byte, size);
                held.push((at, size, byte));
            }
            3 if !held.is_empty() => {
                let (at, old, was) = held[index];
                let new = dice.size();
                let moved = arena.reallocate(at, old, new).unwrap();
                assert_eq!(bytes(moved, old.min(new)), vec![was; old.min(new)]);
                fill(moved, byte, new);
                held[index] = (moved, new, byte);
            }
            _ if !held.is_empty() => {
                let (at, size, was) = held.swap_remove(index);
                assert_eq!(bytes(at, size), vec![was; size]);
                assert_eq!(arena.reallocate(at, size, 0), None);
            }
            _ => {}
        }
        assert_eq!(arena.used_bytes(), held.iter().map(|block| block.1).sum());
    }
    for (at, size, was) in held {
        assert_eq!(bytes(at, size), vec![was; size]);
        arena.reallocate(at, size, 0);
    }
    assert_eq!((arena.used_bytes(), arena.taken_bytes()), (0, 0));
}

/// The invariant of `blocks.rs`: an area is what its blocks make it.
#[test]
fn the_order_in_which_blocks_are_freed_leaves_no_trace() {
    let [first, second] = [false, true].map(|is_reversed| {
        let (mut blocks, mut dice, mut held) = (Blocks::new(1 << 30), Dice(3), BTreeMap::new());
        let mut places = Vec::new();
        for number in 0..4000_u32 {
            let place = blocks.allocate(dice.size(), |_| true).unwrap();
            held.insert(number, place);
            places.push(place);
            if number % 100 == 99 {
                let mut gone: Vec<u32> =
                    held.keys().copied().filter(|_| dice.below(3) == 0).collect();
                if is_reversed {
                    gone.reverse();
                }
                gone.iter().for_each(|number| blocks.free(held.remove(number).unwrap()));
            }
        }
        places
    });
    assert_eq!(first, second);
}

/// Arrays that grow and shrink move nothing that is not one.
#[test]
fn resizing_leaves_no_trace_where_keys_are() {
    let [first, second] = [[0, 1, 2], [2, 0, 1]].map(|order| {
        let arena = Arena::new().unwrap();
        let arrays =
            [700, 720, 40_000].map(|size| (arena.reallocate(ptr::null_mut(), 0, size), size));
        for index in order {
            let (at, size) = arrays[index];
            arena.reallocate(at.unwrap(), size, size / 2).unwrap();
        }
        let keys =
            [40, 720, 360, 40_000, 8000].map(|size| arena.reallocate(ptr::null_mut(), 0, size));
        keys.map(|at| at.unwrap().addr() % (1 << 32))
    });
    assert_eq!(first, second);
}

#[test]
fn arenas_side_by_side_are_alike() {
    let arenas = [(); 3].map(|()| Arena::new().unwrap());
    for size in [1, 17, 500, 8192, 8193, 100_000, 3_000_000] {
        let low =
            |arena: &Arena| arena.reallocate(ptr::null_mut(), 0, size).unwrap().addr() % (1 << 32);
        let [first, second, third] = arenas.each_ref().map(low);
        assert!(first == second && second == third, "{size}");
    }
}

#[test]
fn what_is_over_the_limit_is_refused_and_nothing_else() {
    let arena = Arena::new().unwrap();
    assert_eq!(arena.limit(1000), usize::MAX);
    let at = arena.reallocate(ptr::null_mut(), 0, 900).unwrap();
    assert_eq!(arena.reallocate(ptr::null_mut(), 0, 101), None);
    assert_eq!(arena.reallocate(at, 900, 1001), None);
    assert_eq!(arena.used_bytes(), 900);
    assert_eq!(arena.limit(10), 1000);
    let at = arena.reallocate(at, 900, 500).unwrap();
    assert_eq!(arena.reallocate(at, 500, 501), None);
    assert_eq!(arena.used_bytes(), 500);
}

#[test]
fn what_no_region_can_hold_is_refused() {
    let arena = Arena::new().unwrap();
    for size in [REGION_BYTES, REGION_BYTES + 1, usize::MAX / 2, usize::MAX] {
        let held = arena.reallocate(ptr::null_mut(), 0, size);
        assert_eq!(held.is_some(), size == REGION_BYTES);
        held.map(|at| arena.reallocate(at, size, 0));
    }
    let at = arena.reallocate(ptr::null_mut(), 0, 20_000).unwrap();
    assert_eq!(arena.reallocate(at, 20_000, usize::MAX), None);
    assert_eq!((arena.used_bytes(), arena.taken_bytes()), (20_000, 32_768));
}

/// Small blocks of one size, then of the next: the pages are used again, whatever their use was.
#[test]
fn an_arena_that_was_full_of_small_blocks_has_room_for_others() {
    let arena = Arena::new().unwrap();
    for size in (16..=8192).step_by(48).chain([100_000, 1_000_000]) {
        let held: Vec<_> = (0..4_000_000 / size)
            .map(|_| arena.reallocate(ptr::null_mut(), 0, size).unwrap())
            .collect();
        assert!(arena.taken_bytes() < 8_000_000, "{size}: {}", arena.taken_bytes());
        assert!(held.iter().all(|at| at.addr() % (1 << 32) < 8 << 20), "{size}");
        held.into_iter().for_each(|at| _ = arena.reallocate(at, size, 0));
    }
    assert_eq!(arena.taken_bytes(), 0);
}

/// A value keeps its number as long as it is there, and whatever has its place next gets another.
#[test]
fn a_number_goes_with_its_block() {
    let arena = Arena::new().unwrap();
    let [at, other] = [(); 2].map(|()| arena.reallocate(ptr::null_mut(), 0, 64).unwrap());
    assert_eq!([arena.number(at, || 1), arena.number(other, || 2)], [1, 2]);
    assert_eq!([arena.number(at, || 9), arena.number(other, || 9)], [1, 2]);

    arena.reallocate(at, 64, 0);
    let next = arena.reallocate(ptr::null_mut(), 0, 64).unwrap();

    assert_eq!(next, at);
    assert_eq!([arena.number(next, || 3), arena.number(other, || 9)], [3, 2]);
}
