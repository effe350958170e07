//! A running hash, sixteen bytes at a time: not for secrets, only to tell two traces apart.

/// Odd, with bits set all over: the fraction of the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where it begins: the fraction of the square root of two, so that a trace of zeros counts as well.
const START: u64 = 0x6A09_E667_F3BC_C909;

#[derive(Clone, Copy, Debug)]
pub(super) struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(START)
    }
}

impl Hash {
    pub(super) const fn value(self) -> u64 {
        self.0
    }

    /// Takes bytes in; their count goes first, so that where one field ends is part of the hash.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(8));
        self.pair(bytes.len() as u64, word(first));
        let (pairs, rest) = rest.as_chunks::<16>();
        pairs.iter().for_each(|pair| self.pair(word(&pair[..8]), word(&pair[8..])));
        if !rest.is_empty() {
            let (one, other) = rest.split_at(rest.len().min(8));
            self.pair(word(one), word(other));
        }
    }

    /// Takes two numbers in. Both halves of their product are folded, so that each bit counts in the end.
    pub(super) fn pair(&mut self, one: u64, other: u64) {
        let product = u128::from(self.0 ^ one) * u128::from(other ^ FACTOR);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

/// Up to eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
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
        for length in 1..45 {
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
