//! The word that was meant.

use alloc::vec::Vec;

/// The one of `known`, each with its distance from what was written, that may have been meant.
pub(super) fn nearest<'a>(known: impl Iterator<Item = (&'a str, usize)>) -> Option<&'a str> {
    let (name, distance) = known.min_by_key(|&(_, distance)| distance)?;
    (distance <= 1.max(name.len() / 3)).then_some(name)
}

/// How many letters have to be put in, left out or changed to make `b` of `a`.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = core::mem::replace(&mut row[0], i + 1);
        for (j, &to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
