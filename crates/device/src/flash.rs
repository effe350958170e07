//! The device's own files: what `/` is to a script.

use std::collections::BTreeMap;

/// Why a file operation did not work, in the words that `io.open` returns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlashError {
    /// There is no such file or folder.
    #[error("No such file or directory")]
    Missing,
    /// The path leads out of the device or into a read-only place.
    #[error("Permission denied")]
    Denied,
    /// The storage refused, for example because it is full. Carries the system's words.
    #[error("{0}")]
    Failed(String),
}

/// Storage that survives restarts.
///
/// Paths are absolute device paths without `.` or `..`, such as `/nvm_para.lua`. A write replaces
/// the whole file: whoever looks afterwards, even after a kill at any moment, finds the old or the
/// new content.
pub trait Flash {
    /// The content of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError>;
    /// Replaces a file's content, or makes the file.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError>;
    /// Removes a file.
    fn remove(&mut self, path: &str) -> Result<(), FlashError>;
    /// Renames a file, replacing one of the new name.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError>;
    /// Makes a folder; one that is there already is fine.
    fn make_dir(&mut self, path: &str) -> Result<(), FlashError>;
    /// Removes an empty folder.
    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError>;
    /// Bytes that all files hold together.
    fn used_bytes(&self) -> u64;
}

/// Files in memory, for virtual time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFlash {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFlash {
    /// Every file with its content, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

impl Flash for MemoryFlash {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        self.files.get(path).cloned().ok_or(FlashError::Missing)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        self.files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        self.files.remove(path).map(drop).ok_or(FlashError::Missing)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        let bytes = self.files.remove(from).ok_or(FlashError::Missing)?;
        self.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn make_dir(&mut self, _path: &str) -> Result<(), FlashError> {
        Ok(())
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError> {
        let inside = format!("{}/", path.trim_end_matches('/'));
        match self.files.keys().any(|file| file.starts_with(&inside)) {
            true => Err(FlashError::Failed("Directory not empty".to_owned())),
            false => Ok(()),
        }
    }

    fn used_bytes(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }
}
