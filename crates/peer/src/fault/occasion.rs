//! What a fault waits for that is no time: connects, bytes, messages, a text.

use super::When;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Counts towards a fault's beginning; bytes and messages on each connection, known by its `C`, alone.
///
/// One that begins by time counts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion<C> {
    when: When,
    connects: u64,
    /// How far each connection is: bytes or messages that came, or bytes of the text that matched.
    progress: BTreeMap<C, u64>,
    /// For [`When::On`]: how much of the text still matches when its next byte does not.
    fallback: Vec<usize>,
}

impl<C: Copy + Ord> Occasion<C> {
    /// Nothing has come yet.
    pub fn new(when: &When) -> Self {
        let fallback = if let When::On(text) = when { fallback(text) } else { Vec::new() };
        Self { when: when.clone(), connects: 0, progress: BTreeMap::new(), fallback }
    }

    /// Counts a connect; says whether it is one that is hit.
    pub fn connect(&mut self) -> bool {
        let When::Connects { first, last } = self.when else { return false };
        self.connects = self.connects.saturating_add(1);
        (first..=last).contains(&self.connects)
    }

    /// Whether no connect to come is hit.
    pub const fn has_counted_all(&self) -> bool {
        matches!(self.when, When::Connects { last, .. } if self.connects >= last)
    }

    /// After how many of `bytes`, which come on `conn`, it is there.
    pub fn reached_by(&self, conn: C, bytes: &[u8]) -> Option<usize> {
        let progress = self.progress.get(&conn).copied().unwrap_or_default();
        match &self.when {
            When::AfterBytes(wanted) => {
                let missing = wanted.checked_sub(progress).filter(|&missing| missing > 0)?;
                usize::try_from(missing).ok().filter(|&missing| missing <= bytes.len())
            }
            When::On(text) => {
                let mut matched = progress as usize;
                let is_whole = |&byte: &u8| {
                    matched = self.matched(text, matched, byte);
                    matched == text.len()
                };
                Some(bytes.iter().position(is_whole)? + 1)
            }
            When::Now | When::At(_) | When::Connects { .. } | When::AfterMessages(_) => None,
        }
    }

    /// These bytes came on `conn`.
    pub fn take_bytes(&mut self, conn: C, bytes: &[u8]) {
        let before = self.progress.get(&conn).copied().unwrap_or_default();
        let after = match &self.when {
            When::AfterBytes(_) => before.saturating_add(bytes.len() as u64),
            When::On(text) => bytes
                .iter()
                .fold(before as usize, |matched, &byte| self.matched(text, matched, byte))
                as u64,
            When::Now | When::At(_) | When::Connects { .. } | When::AfterMessages(_) => return,
        };
        self.progress.insert(conn, after);
    }

    /// A message came on `conn`; says whether it is the one that was waited for.
    pub fn take_message(&mut self, conn: C) -> bool {
        let When::AfterMessages(wanted) = self.when else { return false };
        let came = self.progress.entry(conn).or_default();
        *came = came.saturating_add(1);
        *came == wanted
    }

    /// The connection is over.
    pub fn forget(&mut self, conn: C) {
        self.progress.remove(&conn);
    }

    /// How much of `text` stands at the end of what came, `matched` of which stood there before
    /// `byte`.
    fn matched(&self, text: &[u8], mut matched: usize, byte: u8) -> usize {
        while matched > 0 && text.get(matched) != Some(&byte) {
            matched = self.fallback[matched - 1];
        }
        matched + usize::from(text.get(matched) == Some(&byte))
    }
}

/// For each beginning of `text`, the length of the longest shorter one that it ends with.
fn fallback(text: &[u8]) -> Vec<usize> {
    let mut table = Vec::with_capacity(text.len());
    let mut matched = 0;
    for (at, byte) in text.iter().enumerate() {
        while matched > 0 && text[matched] != *byte {
            matched = table[matched - 1];
        }
        matched += usize::from(at > 0 && text[matched] == *byte);
        table.push(matched);
    }
    table
}
