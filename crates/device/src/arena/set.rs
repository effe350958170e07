//! A set of small numbers that knows its smallest.

const BITS: usize = 64;

/// Numbers, one bit each. A bit of `summary` says that a word of `words` is not empty.
#[derive(Debug, Default)]
pub(super) struct Set {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl Set {
    /// The smallest number, if there is one.
    pub(super) fn first(&self) -> Option<u32> {
        let word = first(&self.summary)?;
        let bit = self.words[word].trailing_zeros();
        Some((word * BITS) as u32 + bit)
    }

    pub(super) fn insert(&mut self, number: u32) {
        let word = number as usize / BITS;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
            self.summary.resize(word / BITS + 1, 0);
        }
        self.words[word] |= 1 << (number as usize % BITS);
        self.summary[word / BITS] |= 1 << (word % BITS);
    }

    pub(super) fn remove(&mut self, number: u32) {
        let word = number as usize / BITS;
        self.words[word] &= !(1 << (number as usize % BITS));
        if self.words[word] == 0 {
            self.summary[word / BITS] &= !(1 << (word % BITS));
        }
    }
}

/// The first bit that is set.
pub(super) fn first(words: &[u64]) -> Option<usize> {
    let word = words.iter().position(|word| *word != 0)?;
    Some(word * BITS + words[word].trailing_zeros() as usize)
}
