//! What is looked for in bytes: a text, or bytes in hex with gaps.

/// Bytes to look for; `None` stands for any byte. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Option<u8>>);

impl Pattern {
    /// These very bytes; nothing where there are none.
    pub(super) fn text(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self(bytes.iter().copied().map(Some).collect()))
    }

    /// Bytes in hex, with `??` for any byte: `AA ?? 01`; spaces may stand between them.
    pub(super) fn hex(text: &[u8]) -> Option<Self> {
        let digits: Vec<u8> =
            text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let byte = |pair: &[u8]| match pair {
            [b'?', b'?'] => Some(None),
            _ => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().map(Some),
        };
        let is_hex = |digit: &u8| digit.is_ascii_hexdigit() || *digit == b'?';
        if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.iter().all(is_hex) {
            return None;
        }
        digits.chunks(2).map(byte).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The bytes, where there is no gap.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        self.0.iter().copied().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Where it stands first in `bytes`.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        bytes.windows(self.0.len()).position(|window| self.fits(window))
    }

    /// Whether `bytes` are it, from first to last.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.0.len() && self.fits(bytes)
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        self.0.iter().zip(bytes).all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
    }
}

/// Looks for a pattern in a stream, however the stream is cut; no byte counts twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream(Vec<u8>);

impl Stream {
    /// How many times `pattern` ends in `bytes`, which follow what was fed before.
    pub(super) fn feed(&mut self, pattern: &Pattern, bytes: &[u8]) -> usize {
        self.0.extend_from_slice(bytes);
        let (mut from, mut count) = (0, 0);
        while let Some(at) = pattern.find(&self.0[from..]) {
            from += at + pattern.len();
            count += 1;
        }
        let keep = (self.0.len() - from).min(pattern.len() - 1);
        self.0.drain(..self.0.len() - keep);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_with_gaps_and_spaces() {
        let pattern = Pattern::hex(b"AA ?? 01").unwrap();
        assert_eq!(pattern.find(b"\x00\xAA\x05\x01\xAA"), Some(1));
        assert!(!pattern.is(b"\xAA\x05\x02"));
        assert_eq!(Pattern::hex(b"aa01").unwrap().bytes(), Some(vec![0xAA, 1]));
        for text in ["", "A", "AG", "A? 01", "+1", "AA 0"] {
            assert_eq!(Pattern::hex(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_found_in_a_stream_however_it_is_cut() {
        let pattern = Pattern::text(b"heart").unwrap();
        let mut stream = Stream::default();
        let counts = ["he", "artheart", "hear", "xheart", "h"]
            .map(|part| stream.feed(&pattern, part.as_bytes()));
        assert_eq!(counts, [0, 2, 0, 1, 0]);
        let mut stream = Stream::default();
        let twice = Pattern::text(b"aa").unwrap();
        assert_eq!(["aaa", "a"].map(|part| stream.feed(&twice, part.as_bytes())), [1, 1]);
    }
}
