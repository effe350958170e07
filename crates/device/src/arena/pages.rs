//! Which pages of an area are taken: blocks of 1, 2, 4, 8, ... pages, each beginning at a multiple of
//! its own length, so that a block's other half ("buddy") is known and two free halves grow together.
//!
//! **Invariant: what is free follows from what is taken**, not from the order in which it was given back,
//! and of what is free the first is taken. All of it is kept beside the pages: a free page is not touched.

use super::set::Set;

/// Bytes of a page: the unit in which blocks are given, and the home of small values of one size.
pub(super) const PAGE_BYTES: usize = 16 * 1024;

/// Pages of the smallest area.
const PAGES_MIN: usize = 16;

const ORDERS: usize = 24;

/// What a page is part of. A block is kept at its first page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Page<S> {
    /// Of a block that begins further to the left.
    Inner,
    /// First of a free block of `1 << order` pages.
    Free { order: u8 },
    /// First of a block of `1 << order` pages that is one value.
    Large { order: u8 },
    /// The home of small values.
    Slab(Box<S>),
}

/// The pages of an area. There are a power of two of them, more as they are needed.
#[derive(Debug)]
pub(super) struct Pages<S> {
    pages: Vec<Page<S>>,
    /// By order, the free blocks.
    free: [Set; ORDERS],
    taken: usize,
}

impl<S> Pages<S> {
    pub(super) fn new() -> Self {
        Self { pages: Vec::new(), free: Default::default(), taken: 0 }
    }

    /// How many are part of a block that is not free.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// Bytes that it takes to keep all this in mind.
    pub(super) fn ledger_bytes(&self) -> usize {
        let slabs = self.pages.iter().filter(|page| matches!(page, Page::Slab(_))).count();
        self.pages.capacity() * size_of::<Page<S>>() + slabs * size_of::<S>()
    }

    /// How many pages there will be when they next grow.
    pub(super) fn len_grown(&self) -> usize {
        (self.pages.len() * 2).max(PAGES_MIN)
    }

    pub(super) fn at(&mut self, page: u32) -> &mut Page<S> {
        &mut self.pages[page as usize]
    }

    /// Makes them [`Self::len_grown`]; the new ones are free. Gives `false`, and does nothing, where
    /// there is no memory to keep them in mind.
    pub(super) fn grow(&mut self) -> bool {
        let (old, new) = (self.pages.len(), self.len_grown());
        if self.pages.try_reserve_exact(new - old).is_err() {
            return false;
        }
        self.pages.resize_with(new, || Page::Inner);
        self.merge(u32::try_from(old).expect("an area has fewer pages"), order(new - old));
        true
    }

    /// Takes a block of `1 << wanted` pages, if one is free. It is [`Page::Inner`] until it is said
    /// what it is.
    pub(super) fn take(&mut self, wanted: u8) -> Option<u32> {
        let (order, page) = (wanted..)
            .zip(&self.free[usize::from(wanted)..])
            .find_map(|(order, free)| Some((order, free.first()?)))?;
        self.pull(page, order);
        self.taken += 1 << wanted;
        self.free_tail(page, order, wanted);
        Some(page)
    }

    /// Gives a block of `1 << order` pages back, which grows together with its free neighbours.
    pub(super) fn give(&mut self, page: u32, order: u8) {
        self.taken -= 1 << order;
        *self.at(page) = Page::Inner;
        self.merge(page, order);
    }

    /// Makes a large block of `1 << order` pages one of `1 << wanted`, where it is; whether it could.
    pub(super) fn resize(&mut self, page: u32, order: u8, wanted: u8) -> bool {
        let is_room = (order..wanted).all(|order| {
            let is_left_half = page & (1 << order) == 0;
            is_left_half && self.is_free(page + (1 << order), order)
        });
        if !is_room {
            return false;
        }
        for order in order..wanted {
            self.pull(page + (1 << order), order);
        }
        self.taken = self.taken + (1 << wanted) - (1 << order);
        self.free_tail(page, order, wanted);
        *self.at(page) = Page::Large { order: wanted };
        true
    }

    /// Frees what a block of `1 << order` pages has beyond `1 << wanted`.
    fn free_tail(&mut self, page: u32, order: u8, wanted: u8) {
        for order in wanted..order {
            self.put(page + (1 << order), order);
        }
    }

    /// Frees a block of `1 << order` pages, and makes it one with its free neighbours.
    fn merge(&mut self, mut page: u32, mut order: u8) {
        while self.is_free(page ^ (1 << order), order) {
            self.pull(page ^ (1 << order), order);
            page &= !(1 << order);
            order += 1;
        }
        self.put(page, order);
    }

    fn is_free(&self, page: u32, wanted: u8) -> bool {
        let found = self.pages.get(page as usize);
        matches!(found, Some(Page::Free { order }) if *order == wanted)
    }

    fn put(&mut self, page: u32, order: u8) {
        *self.at(page) = Page::Free { order };
        self.free[usize::from(order)].insert(page);
    }

    fn pull(&mut self, page: u32, order: u8) {
        *self.at(page) = Page::Inner;
        self.free[usize::from(order)].remove(page);
    }
}

/// The order of the smallest block that holds `bytes`.
pub(super) fn order_of(bytes: usize) -> u8 {
    order(bytes.div_ceil(PAGE_BYTES).next_power_of_two())
}

fn order(pages: usize) -> u8 {
    u8::try_from(pages.trailing_zeros()).expect("a number has fewer bits")
}
