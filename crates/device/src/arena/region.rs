//! Addresses for an area, and memory behind as many of them as it needs.

#![expect(
    unsafe_code,
    reason = "memory of one's own is not to be had otherwise; each use has its proof"
)]

use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

/// Bytes of addresses. They cost nothing until they are used; they are the end of a heap without limit.
pub(super) const REGION_BYTES: usize = 8 * 1024 * 1024 * 1024;

/// Lua 5.1 hashes an address by its low 32 bits, so regions that begin at multiples of this are alike.
const ALIGN: usize = 1 << 32;

/// A stretch of addresses that is this process's own, from a multiple of 4 GiB on. Memory is behind its
/// first part only; the system gives it when it is first touched.
///
/// Places are bytes from the region's begin.
#[derive(Debug)]
pub(super) struct Region {
    base: *mut u8,
    open: Cell<usize>,
}

impl Region {
    /// Reserves the addresses. Fails where the process has no such stretch left.
    pub(super) fn reserve() -> Result<Self, Errno> {
        let nowhere = ProtFlags::empty();
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: the system chooses where, so nothing that exists is touched.
        let all = unsafe { mmap_anonymous(ptr::null_mut(), REGION_BYTES + ALIGN, nowhere, flags)? };
        let before = all.addr().next_multiple_of(ALIGN) - all.addr();
        let base = all.cast::<u8>().wrapping_add(before);
        // SAFETY: both are parts of the mapping just made, of which nobody knows yet. `before` is less
        // than `ALIGN` and a multiple of a page, as both ends are.
        unsafe {
            if before > 0 {
                munmap(all, before)?;
            }
            munmap(base.wrapping_add(REGION_BYTES).cast(), ALIGN - before)?;
        }
        Ok(Self { base, open: Cell::new(0) })
    }

    /// Puts memory behind the first `bytes`, which are a multiple of 64 KiB; whether the system has it.
    pub(super) fn open(&self, bytes: usize) -> bool {
        let open = self.open.get();
        assert!(open <= bytes && bytes <= REGION_BYTES, "the part grows, within the region");
        let (from, flags) =
            (self.base.wrapping_add(open), MprotectFlags::READ | MprotectFlags::WRITE);
        // SAFETY: the stretch is within the mapping, by the assertion, and no memory was behind it.
        let is_open = unsafe { mprotect(from.cast(), bytes - open, flags) }.is_ok();
        if is_open {
            self.open.set(bytes);
        }
        is_open
    }

    /// The address of `place`.
    pub(super) fn address(&self, place: usize) -> *mut c_void {
        self.base.wrapping_add(place).cast()
    }

    /// The place that has this address, if one has.
    pub(super) fn place(&self, address: *mut c_void) -> Option<usize> {
        let place = address.addr().wrapping_sub(self.base.addr());
        (place < REGION_BYTES).then_some(place)
    }

    /// Copies `bytes` bytes from place `from` to place `to` of `other`, which holds no value of Lua's.
    pub(super) fn copy(&self, from: usize, other: &Self, to: usize, bytes: usize) {
        let is_open =
            |region: &Self, place| bytes <= region.open.get() && place <= region.open.get() - bytes;
        assert!(is_open(self, from) && is_open(other, to), "both are open places");
        // SAFETY: by the assertion both stretches are memory of ours. Lua knows it by address only, so no
        // Rust reference points into it.
        unsafe { ptr::copy(self.base.add(from), other.base.add(to), bytes) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and whoever drops it knows that no address of it is in use.
        // It cannot fail for a mapping that is there.
        let _ = unsafe { munmap(self.base.cast(), REGION_BYTES) };
    }
}
