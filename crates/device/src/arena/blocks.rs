//! Blocks of any size in an area, by their place in it.
//!
//! A small block lives in a page ("slab") among others of its size class, a large one in pages of its
//! own. Both give their pages back, so an area that was full of small blocks has room for large ones.
//!
//! **Invariant: a new block is where it is because of the blocks that are there and of how far the area
//! has grown**, whatever the order in which others were freed. Lua marks, and so frees some arrays, in
//! the order of a table whose keys are addresses in this program.

use super::pages::{PAGE_BYTES, Page, Pages, order_of};
use super::set::{Set, first};

/// What blocks are multiples of, and aligned to: as much as Lua 5.1 promises for its values.
const GRAIN: usize = 8;

/// Grains of a small block, by size class. Lua's tables double, and have 16 or 40 bytes an entry.
#[rustfmt::skip]
const CLASSES: [u16; 36] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128,
    160, 192, 256, 320, 384, 512, 640, 1024,
];

const SMALL_BYTES_MAX: usize = 1024 * GRAIN;
const GRAINS: usize = PAGE_BYTES / GRAIN;

/// The size class for each number of grains.
const CLASS_OF: [u8; SMALL_BYTES_MAX / GRAIN + 1] = {
    let mut classes = [0; SMALL_BYTES_MAX / GRAIN + 1];
    let (mut grains, mut class) = (1, 0);
    while grains < classes.len() {
        if grains > CLASSES[class] as usize {
            class += 1;
        }
        classes[grains] = class as u8;
        grains += 1;
    }
    classes
};

/// The blocks of an area.
#[derive(Debug)]
pub(super) struct Blocks {
    pages: Pages<Slab>,
    bytes_max: usize,
    /// By size class, the slabs that have room, and the first of them.
    roomy: [(Option<u32>, Set); CLASSES.len()],
}

/// Small blocks of one size, in one page.
#[derive(Debug)]
struct Slab {
    class: u8,
    used: u16,
    /// By the grain at which they begin, the blocks that are free.
    free: [u64; GRAINS / 64],
    /// The first word of `free` that may have one.
    hint: u8,
    /// By block, its number, or zero; empty as long as none has had one.
    numbers: Vec<u32>,
}

impl Blocks {
    /// None yet, in an area of `bytes_max` bytes, which are a power of two.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { pages: Pages::new(), bytes_max, roomy: std::array::from_fn(|_| Default::default()) }
    }

    /// Bytes of the pages that are in use.
    pub(super) fn taken_bytes(&self) -> usize {
        self.pages.taken() * PAGE_BYTES
    }

    /// Bytes that it takes to know which they are.
    pub(super) fn ledger_bytes(&self) -> usize {
        self.pages.ledger_bytes()
    }

    /// A block of at least `bytes` bytes, one or more. `open` is asked to put memory behind the first
    /// so many bytes of the area; nothing where there is none.
    pub(super) fn allocate(&mut self, bytes: usize, open: impl Fn(usize) -> bool) -> Option<usize> {
        if let Some(class) = class_of(bytes) {
            return self.allocate_small(class, open);
        }
        let order = (bytes <= self.bytes_max).then(|| order_of(bytes))?;
        let page = self.take(order, open)?;
        *self.pages.at(page) = Page::Large { order };
        Some(begin(page))
    }

    /// Gives the block at `place` back.
    pub(super) fn free(&mut self, place: usize) {
        let page = page_of(place);
        match self.pages.at(page) {
            Page::Slab(slab) => {
                let was_full = slab.is_full();
                slab.put(place % PAGE_BYTES / GRAIN);
                let (class, is_empty) = (slab.class, slab.used == 0);
                match (was_full, is_empty) {
                    (true, _) => self.has_room(page, class),
                    (false, true) => {
                        self.has_no_room(page, class);
                        self.pages.give(page, 0);
                    }
                    (false, false) => {}
                }
            }
            Page::Large { order } => {
                let order = *order;
                self.pages.give(page, order);
            }
            Page::Inner | Page::Free { .. } => unreachable!("no block begins at {place}"),
        }
    }

    /// The number of the block at `place`, which has none yet where `give` is asked for one: not zero.
    pub(super) fn number(&mut self, place: usize, give: impl FnOnce() -> u32) -> u32 {
        let Page::Slab(slab) = self.pages.at(page_of(place)) else {
            unreachable!("values are small")
        };
        let number = slab.number(place % PAGE_BYTES / GRAIN);
        if *number == 0 {
            *number = give();
        }
        *number
    }

    /// Whether the block at `place` is now one for `bytes` bytes, without having moved.
    pub(super) fn is_resized(&mut self, place: usize, bytes: usize) -> bool {
        let page = page_of(place);
        match (self.pages.at(page), class_of(bytes)) {
            (Page::Slab(slab), Some(class)) => slab.class == class,
            (Page::Large { order }, None) if bytes <= self.bytes_max => {
                let (order, wanted) = (*order, order_of(bytes));
                order == wanted || self.pages.resize(page, order, wanted)
            }
            _ => false,
        }
    }

    fn allocate_small(&mut self, class: u8, open: impl Fn(usize) -> bool) -> Option<usize> {
        let page = match self.roomy[usize::from(class)].0 {
            Some(page) => page,
            None => {
                let page = self.take(0, open)?;
                *self.pages.at(page) = Page::Slab(Box::new(Slab::new(class)));
                self.has_room(page, class);
                page
            }
        };
        let Page::Slab(slab) = self.pages.at(page) else { unreachable!("roomy pages are slabs") };
        let grain = slab.take();
        if slab.is_full() {
            self.has_no_room(page, class);
        }
        Some(begin(page) + grain * GRAIN)
    }

    fn has_room(&mut self, page: u32, class: u8) {
        let (first, all) = &mut self.roomy[usize::from(class)];
        all.insert(page);
        *first = Some(first.map_or(page, |first| first.min(page)));
    }

    fn has_no_room(&mut self, page: u32, class: u8) {
        let (first, all) = &mut self.roomy[usize::from(class)];
        all.remove(page);
        *first = all.first();
    }

    /// Takes a block of `1 << order` pages, from more of the area if need be.
    fn take(&mut self, order: u8, open: impl Fn(usize) -> bool) -> Option<u32> {
        loop {
            if let Some(page) = self.pages.take(order) {
                return Some(page);
            }
            let bytes = self.pages.len_grown() * PAGE_BYTES;
            if bytes > self.bytes_max || !open(bytes) || !self.pages.grow() {
                return None;
            }
        }
    }
}

impl Slab {
    fn new(class: u8) -> Self {
        let grains = usize::from(CLASSES[usize::from(class)]);
        let mut free = [0; GRAINS / 64];
        let begins = (0..=GRAINS - grains).step_by(grains);
        begins.for_each(|grain| free[grain / 64] |= 1 << (grain % 64));
        Self { class, used: 0, free, hint: 0, numbers: Vec::new() }
    }

    fn grains(&self) -> usize {
        usize::from(CLASSES[usize::from(self.class)])
    }

    fn is_full(&self) -> bool {
        usize::from(self.used) == GRAINS / self.grains()
    }

    /// Where the number of the block at `grain` is kept.
    fn number(&mut self, grain: usize) -> &mut u32 {
        let grains = self.grains();
        if self.numbers.is_empty() {
            self.numbers = vec![0; GRAINS / grains];
        }
        &mut self.numbers[grain / grains]
    }

    /// Takes the first free block, which there is; the grain at which it begins.
    fn take(&mut self) -> usize {
        let skipped = usize::from(self.hint) * 64;
        let found = first(&self.free[usize::from(self.hint)..]).expect("there is room");
        let grain = skipped + found;
        self.free[grain / 64] &= !(1 << (grain % 64));
        self.hint = (grain / 64) as u8;
        self.used += 1;
        grain
    }

    fn put(&mut self, grain: usize) {
        self.free[grain / 64] |= 1 << (grain % 64);
        if !self.numbers.is_empty() {
            *self.number(grain) = 0;
        }
        self.hint = self.hint.min((grain / 64) as u8);
        self.used -= 1;
    }
}

/// The size class for `bytes`; none for a large block.
fn class_of(bytes: usize) -> Option<u8> {
    (bytes <= SMALL_BYTES_MAX).then(|| CLASS_OF[bytes.div_ceil(GRAIN)])
}

fn begin(page: u32) -> usize {
    page as usize * PAGE_BYTES
}

fn page_of(place: usize) -> u32 {
    (place / PAGE_BYTES) as u32
}
