//! A running hash, eight bytes at a time: not for secrets, only to tell two traces apart.

/// Odd, with bits set all over: the fraction of the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hash(u64);

impl Hash {
    pub(super) const fn value(self) -> u64 {
        self.0
    }

    /// Takes bytes in; their count goes first, so that where one field ends is part of the hash.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.number(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.number(u64::from_le_bytes(word));
        }
    }

    /// A product carries upwards only, so the upper half is folded back: each bit counts in the end.
    pub(super) const fn number(&mut self, number: u64) {
        let product = (self.0 ^ number).wrapping_add(FACTOR).wrapping_mul(FACTOR);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(fields: &[&[u8]]) -> u64 {
        let mut hash = Hash::default();
        fields.iter().for_each(|field| hash.bytes(field));
        hash.value()
    }

    #[test]
    fn each_bit_of_a_field_of_any_length_is_part_of_the_hash() {
        for length in 1..20 {
            let field = vec![b'x'; length];
            for bit in 0..length * 8 {
                let mut other = field.clone();
                other[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(hash_of(&[&field]), hash_of(&[&other]), "bit {bit} of {length} bytes");
            }
        }
    }

    #[test]
    fn where_a_field_ends_is_part_of_the_hash() {
        assert_ne!(hash_of(&[b"ab", b"c"]), hash_of(&[b"a", b"bc"]));
        assert_ne!(hash_of(&[b"ab\0"]), hash_of(&[b"ab"]));
        assert_ne!(hash_of(&[b""]), hash_of(&[]));
    }

    #[test]
    fn the_order_of_fields_is_part_of_the_hash() {
        let (one, other): (&[u8], &[u8]) = (b"12345678", b"abcdefgh");
        assert_ne!(hash_of(&[one, other]), hash_of(&[other, one]));
    }
}
