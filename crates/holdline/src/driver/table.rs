//! A table whose keys are small numbers, used again when they are free.

/// Entries by key.
#[derive(Debug)]
pub(crate) struct Table<T> {
    slots: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Table<T> {
    /// An empty table.
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    /// Puts `entry` in and says under which key.
    pub(crate) fn insert(&mut self, entry: T) -> usize {
        match self.free.pop() {
            Some(key) => {
                self.slots[key] = Some(entry);
                key
            }
            None => {
                self.slots.push(Some(entry));
                self.slots.len() - 1
            }
        }
    }

    /// The entry of `key`, if there is one.
    pub(crate) fn get_mut(&mut self, key: usize) -> Option<&mut T> {
        self.slots.get_mut(key)?.as_mut()
    }

    /// Takes the entry of `key` out; the key is free from here on.
    pub(crate) fn remove(&mut self, key: usize) -> Option<T> {
        let entry = self.slots.get_mut(key)?.take()?;
        self.free.push(key);
        Some(entry)
    }

    /// The keys in use, in order.
    pub(crate) fn keys(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|&key| self.slots[key].is_some()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_key_is_used_again_and_only_once() {
        let mut table = Table::new();
        let (a, b) = (table.insert('a'), table.insert('b'));
        assert_eq!(table.remove(a), Some('a'));
        assert_eq!(table.remove(a), None);
        assert_eq!(table.insert('c'), a);
        assert_eq!(table.insert('d'), 2);
        assert_eq!(table.get_mut(b), Some(&mut 'b'));
        assert_eq!(table.keys(), [0, 1, 2]);
    }
}
