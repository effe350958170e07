//! The memory of a Lua state, at addresses that follow from the sequence of allocations alone.
//!
//! Lua 5.1 finds tables, functions, coroutines and userdata that are keys by the low 32 bits of their
//! address, so `pairs` visits them by address. From the system's allocator that would be another order in
//! each process. Here every state has addresses of its own, from a multiple of 4 GiB on.
//!
//! Only what Lua never resizes can be such a key. What it does resize, its arrays, moves to an area of its
//! own and leaves no trace: while Lua collects garbage it halves the stacks of coroutines, as it comes to
//! them, and it begins at mlua's own table, whose keys are addresses in this program.

mod blocks;
mod pages;
mod region;
mod set;
#[cfg(test)]
mod tests;

use blocks::Blocks;
use region::{REGION_BYTES, Region};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::io;
use std::ptr;

/// The memory of one Lua state, and how much of it Lua may take.
#[derive(Debug)]
pub(crate) struct Arena {
    /// What was not resized yet: every key that Lua hashes by address.
    fixed: Area,
    /// Arrays that were resized.
    moved: Area,
    used_bytes: Cell<usize>,
    limit_bytes: Cell<usize>,
}

#[derive(Debug)]
struct Area {
    region: Region,
    blocks: RefCell<Blocks>,
}

impl Arena {
    /// Sets addresses aside. Fails where the process may have no more of them.
    pub(crate) fn new() -> io::Result<Self> {
        let (fixed, moved) = (Area::new()?, Area::new()?);
        Ok(Self { fixed, moved, used_bytes: Cell::new(0), limit_bytes: Cell::new(usize::MAX) })
    }

    /// Bytes that Lua has asked for and not given back.
    pub(crate) fn used_bytes(&self) -> usize {
        self.used_bytes.get()
    }

    /// Bytes of the pages in which they lie.
    pub(crate) fn taken_bytes(&self) -> usize {
        [&self.fixed, &self.moved].map(|area| area.blocks.borrow().taken_bytes()).iter().sum()
    }

    /// Bytes that it takes to know which pages and blocks are free.
    pub(crate) fn ledger_bytes(&self) -> usize {
        [&self.fixed, &self.moved].map(|area| area.blocks.borrow().ledger_bytes()).iter().sum()
    }

    /// From here on, Lua is refused what would make [`Self::used_bytes`] more than `bytes`. Gives the
    /// limit until now.
    pub(crate) fn limit(&self, bytes: usize) -> usize {
        self.limit_bytes.replace(bytes)
    }

    /// What Lua calls for all its memory: `at` is a block of `old` bytes, or null, and becomes one of `new`
    /// bytes, or is freed; see `lua_Alloc`.
    ///
    /// # Safety
    ///
    /// `arena` points to an [`Arena`], which is used in this thread only.
    #[expect(unsafe_code, reason = "it is called from C")]
    pub(crate) unsafe extern "C" fn serve(
        arena: *mut c_void,
        at: *mut c_void,
        old: usize,
        new: usize,
    ) -> *mut c_void {
        // SAFETY: by the promise above.
        let arena = unsafe { &*arena.cast_const().cast::<Self>() };
        arena.reallocate(at, old, new).unwrap_or(ptr::null_mut())
    }

    fn reallocate(&self, at: *mut c_void, old: usize, new: usize) -> Option<*mut c_void> {
        let others = self.used_bytes.get() - old;
        if new > old && others.checked_add(new)? > self.limit_bytes.get() {
            return None;
        }
        let address = match (at.is_null(), new) {
            (true, 0) => None,
            (true, new) => Some(self.fixed.allocate(new)?),
            (false, 0) => {
                self.free(at);
                None
            }
            (false, new) => Some(self.resize(at, old, new)?),
        };
        self.used_bytes.set(others + new);
        address
    }

    /// The number by which the value at `at` is known as long as it is there: the one that `give` gives
    /// when this is first asked.
    pub(crate) fn number(&self, at: *const c_void, give: impl FnOnce() -> u32) -> u32 {
        let (area, place) = self.find(at.cast_mut());
        area.blocks.borrow_mut().number(place, give)
    }

    fn free(&self, at: *mut c_void) {
        let (area, place) = self.find(at);
        area.blocks.borrow_mut().free(place);
    }

    /// The block at `at`, with the first `old` of its bytes, made `new` bytes long.
    fn resize(&self, at: *mut c_void, old: usize, new: usize) -> Option<*mut c_void> {
        let (area, place) = self.find(at);
        if area.blocks.borrow_mut().is_resized(place, new) {
            return Some(at);
        }
        let Some(found) = self.moved.allocate(new) else {
            // Lua counts on it that a block can become shorter, and this one is long enough.
            return (new <= old).then_some(at);
        };
        let moved = self.moved.region.place(found).expect("it is from there");
        area.region.copy(place, &self.moved.region, moved, old.min(new));
        area.blocks.borrow_mut().free(place);
        Some(found)
    }

    fn find(&self, at: *mut c_void) -> (&Area, usize) {
        match self.fixed.region.place(at) {
            Some(place) => (&self.fixed, place),
            None => (&self.moved, self.moved.region.place(at).expect("each block is from here")),
        }
    }
}

impl Area {
    fn new() -> io::Result<Self> {
        let blocks = RefCell::new(Blocks::new(REGION_BYTES));
        Ok(Self { region: Region::reserve()?, blocks })
    }

    fn allocate(&self, bytes: usize) -> Option<*mut c_void> {
        let open = |bytes| self.region.open(bytes);
        let place = self.blocks.borrow_mut().allocate(bytes, open)?;
        Some(self.region.address(place))
    }
}
