//! FNV-1a with 64 bits: not for secrets, only to tell two traces apart.

use std::fmt;

#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    pub(super) const fn value(self) -> u64 {
        self.0
    }

    /// Takes bytes in; their count goes first, so that where one field ends is part of the hash.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.raw(bytes);
    }

    pub(super) fn number(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    fn raw(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.raw(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Fnv::default();
        hash.write_str("foobar").unwrap();
        assert_eq!(hash.value(), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn where_a_field_ends_is_part_of_the_hash() {
        let hash_of = |fields: [&[u8]; 2]| {
            let mut hash = Fnv::default();
            fields.iter().for_each(|field| hash.bytes(field));
            hash.value()
        };
        assert_ne!(hash_of([b"ab", b"c"]), hash_of([b"a", b"bc"]));
    }
}
