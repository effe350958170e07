//! A long stream of known bytes, and an account of how much of it has arrived.

/// Bytes that tell a place in the stream from every other.
const MARK_BYTES: usize = 16;

/// How far back a stream may begin again, and how far it may leap.
const AGAIN_BYTES_MAX: usize = 4 * 1024;
const LEAP_BYTES_MAX: usize = 4 * 1024 * 1024;

/// `len` bytes that look like noise and follow from `seed` (xorshift).
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        bytes.extend(next());
    }
    bytes.truncate(len);
    bytes
}

/// What became of a stream that was cut into connections.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// How far in the stream the receiver is.
    pub(crate) at: usize,
    /// Bytes that are missing before that.
    pub(crate) missing: usize,
    /// Bytes that came a second time.
    pub(crate) twice: usize,
    /// Whether nothing has come of this connection yet.
    fresh: bool,
    /// Bytes whose place is not known yet.
    unplaced: Vec<u8>,
}

impl Account {
    /// Another connection begins: it may begin with bytes that came before.
    pub(crate) fn begin(&mut self) {
        self.fresh = true;
    }

    /// Takes what has come; panics where it is no part of `stream` in order.
    pub(crate) fn take(&mut self, stream: &[u8], bytes: &[u8]) {
        self.unplaced.extend_from_slice(bytes);
        while self.place(stream, MARK_BYTES) {}
    }

    /// The connection is over: what is left has a place, however short it is.
    pub(crate) fn end(&mut self, stream: &[u8]) {
        while self.place(stream, 1) {}
        assert_eq!(self.unplaced, b"", "bytes without a place at {}", self.at);
    }

    /// Finds the place of the next bytes, of which there must be `enough` to be sure.
    fn place(&mut self, stream: &[u8], enough: usize) -> bool {
        let straight = self.unplaced.iter().zip(&stream[self.at..]);
        let straight = straight.take_while(|(came, said)| came == said).count();
        let fits = straight >= enough.min(self.unplaced.len()) || !self.fresh && straight > 0;
        if straight > 0 && fits {
            self.fresh = false;
            self.at += straight;
            self.unplaced.drain(..straight);
            return !self.unplaced.is_empty();
        }
        if self.unplaced.is_empty() || self.unplaced.len() < enough {
            return false;
        }
        let mark = &self.unplaced[..self.unplaced.len().min(MARK_BYTES)];
        if self.fresh {
            let from = self.at.saturating_sub(AGAIN_BYTES_MAX);
            if let Some(back) = find(&stream[from..self.at + mark.len()], mark) {
                self.twice += self.at - (from + back);
                self.at = from + back;
                return true;
            }
        }
        let to = (self.at + LEAP_BYTES_MAX).min(stream.len());
        let Some(leap) = find(&stream[self.at..to], mark) else {
            panic!("bytes at {} are no part of the stream: {mark:02x?}", self.at);
        };
        self.missing += leap;
        self.at += leap;
        true
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[test]
fn every_byte_of_a_cut_stream_is_accounted_for() {
    let stream = noise(1, 100_000);
    let mut account = Account::default();
    account.begin();
    account.take(&stream, &stream[..5_000]);
    account.take(&stream, &stream[5_000..5_003]);
    account.end(&stream);
    assert_eq!((account.at, account.missing, account.twice), (5_003, 0, 0));
    account.begin();
    account.take(&stream, &stream[4_500..4_505]);
    account.take(&stream, &stream[4_505..10_000]);
    assert_eq!((account.at, account.missing, account.twice), (10_000, 0, 503));
    account.take(&stream, &stream[50_000..50_100]);
    account.take(&stream, &stream[50_100..60_000]);
    account.end(&stream);
    assert_eq!((account.at, account.missing, account.twice), (60_000, 40_000, 503));
    account.begin();
    account.take(&stream, &stream[60_000..]);
    account.end(&stream);
    assert_eq!((account.at, account.missing, account.twice), (100_000, 40_000, 503));
}

#[test]
#[should_panic(expected = "no part of the stream")]
fn a_byte_that_was_changed_is_found() {
    let stream = noise(1, 100_000);
    let mut came = stream.clone();
    came[70_000] ^= 1;
    let mut account = Account::default();
    account.begin();
    account.take(&stream, &came);
}
