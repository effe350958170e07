//! Names that were meant: the nearest known one.

/// The nearest of `known` to `name`, if one is near enough to be meant.
pub(crate) fn nearest<S: AsRef<str>>(name: &str, known: impl Iterator<Item = S>) -> Option<String> {
    let folded = name.to_lowercase();
    let near = known.filter_map(|known| {
        let known = known.as_ref();
        let other = known.to_lowercase();
        if known == name {
            return None;
        }
        // Long strings of noise are no names, and comparing them takes long.
        if other.len().abs_diff(folded.len()) > DISTANCE_MAX || other.len() > NAME_BYTES_MAX {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&folded, &other);
        (distance <= allowed(&folded)).then(|| (distance, known.to_owned()))
    });
    near.min().map(|(_, known)| known)
}

const DISTANCE_MAX: usize = 3;
const NAME_BYTES_MAX: usize = 64;

/// Letters that may differ: one in three, so that no short name is near to everything.
fn allowed(name: &str) -> usize {
    (name.len() / 3).min(DISTANCE_MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_near_if_few_of_its_letters_differ() {
        let near = |name| nearest(name, ["timerStart", "timerStop", "wait", "id"].into_iter());
        assert_eq!(near("timerstart").as_deref(), Some("timerStart"));
        assert_eq!(near("timreStart").as_deref(), Some("timerStart"));
        assert_eq!(near("wat").as_deref(), Some("wait"));
        assert_eq!(near("ip"), None);
        assert_eq!(near("publish"), None);
    }
}
