//! The device's own files: what `/` is to a script.

use std::collections::{BTreeMap, BTreeSet};

/// Bytes that a device's files may have together.
pub const FLASH_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The folder that a module keeps when it is flashed anew; it is there without being made.
pub const USER_FOLDER: &str = "/#lua_user#";

/// Why a file operation did not work, in the words that `io.open` returns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlashError {
    /// There is no such file or folder.
    #[error("No such file or directory")]
    Missing,
    /// The path leads out of the device or into a read-only place.
    #[error("Permission denied")]
    Denied,
    /// All bytes are taken, see [`FLASH_BYTES_MAX`].
    #[error("No space left on device")]
    Full,
    /// The storage refused, for example because of a folder in the way. Carries the system's words.
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
    /// Replaces a file's content, or makes the file in a folder that is there.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError>;
    /// Removes a file.
    fn remove(&mut self, path: &str) -> Result<(), FlashError>;
    /// Renames a file, replacing one of the new name.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError>;
    /// Whether there is a folder at `path`; `/` and [`USER_FOLDER`] always are.
    fn has_folder(&self, path: &str) -> bool;
    /// Makes a folder in one that is there; one that is there already is fine.
    fn make_dir(&mut self, path: &str) -> Result<(), FlashError>;
    /// Renames a folder with all that is in it; nothing may have the new name.
    fn rename_dir(&mut self, from: &str, to: &str) -> Result<(), FlashError>;
    /// Removes an empty folder.
    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError>;
    /// Bytes that all files hold together.
    fn used_bytes(&self) -> u64;
}

/// The folder that `path` is in.
pub(crate) fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((folder, _)) => folder,
    }
}

/// The device's own storage as the script meets it: there may be no room left, whatever it holds.
pub(crate) struct Chip {
    flash: Box<dyn Flash>,
    is_full: bool,
}

impl Chip {
    pub(crate) fn new(flash: Box<dyn Flash>) -> Self {
        Self { flash, is_full: false }
    }

    /// Whether nothing can be written, not even in the place of something longer: flash takes a new
    /// block before it gives the old one up.
    pub(crate) const fn is_full(&self) -> bool {
        self.is_full
    }

    pub(crate) const fn set_full(&mut self, is_full: bool) {
        self.is_full = is_full;
    }

    fn check_room(&self) -> Result<(), FlashError> {
        if self.is_full { Err(FlashError::Full) } else { Ok(()) }
    }
}

impl Flash for Chip {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        self.flash.read(path)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        self.check_room()?;
        self.flash.write(path, bytes)
    }

    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        self.flash.remove(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        self.flash.rename(from, to)
    }

    fn has_folder(&self, path: &str) -> bool {
        self.flash.has_folder(path)
    }

    fn make_dir(&mut self, path: &str) -> Result<(), FlashError> {
        if !self.flash.has_folder(path) {
            self.check_room()?;
        }
        self.flash.make_dir(path)
    }

    fn rename_dir(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        self.flash.rename_dir(from, to)
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError> {
        self.flash.remove_dir(path)
    }

    fn used_bytes(&self) -> u64 {
        if self.is_full { FLASH_BYTES_MAX } else { self.flash.used_bytes() }
    }
}

/// Files in memory, for virtual time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFlash {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
}

impl MemoryFlash {
    /// Every file with its content, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Every folder that was made, each behind the one that it is in.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// Refuses a path whose folder is not there, or whose name is in use otherwise.
    fn check_place(&self, path: &str, taken: bool) -> Result<(), FlashError> {
        if taken {
            return Err(FlashError::Failed("Is a directory".to_owned()));
        }
        if self.has_folder(folder_of(path)) { Ok(()) } else { Err(FlashError::Missing) }
    }
}

impl Flash for MemoryFlash {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        self.files.get(path).cloned().ok_or(FlashError::Missing)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        self.check_place(path, self.has_folder(path))?;
        let replaced = self.files.get(path).map_or(0, Vec::len) as u64;
        if self.used_bytes() - replaced + bytes.len() as u64 > FLASH_BYTES_MAX {
            return Err(FlashError::Full);
        }
        self.files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        self.files.remove(path).map(drop).ok_or(FlashError::Missing)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        if !self.files.contains_key(from) {
            return Err(FlashError::Missing);
        }
        self.check_place(to, self.has_folder(to))?;
        let bytes = self.files.remove(from).ok_or(FlashError::Missing)?;
        self.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn has_folder(&self, path: &str) -> bool {
        path == "/" || path == USER_FOLDER || self.folders.contains(path)
    }

    fn make_dir(&mut self, path: &str) -> Result<(), FlashError> {
        if self.has_folder(path) {
            return Ok(());
        }
        if self.files.contains_key(path) {
            return Err(FlashError::Failed("File exists".to_owned()));
        }
        self.check_place(path, false)?;
        self.folders.insert(path.to_owned());
        Ok(())
    }

    fn rename_dir(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        if !self.folders.contains(from) {
            return Err(FlashError::Missing);
        }
        let inside = format!("{from}/");
        if to.starts_with(&inside) {
            return Err(FlashError::Failed("Invalid argument".to_owned()));
        }
        if self.has_folder(to) || self.files.contains_key(to) {
            return Err(FlashError::Failed("File exists".to_owned()));
        }
        self.check_place(to, false)?;
        let moved = |path: String| match path.strip_prefix(&inside) {
            Some(rest) => format!("{to}/{rest}"),
            None if path == from => to.to_owned(),
            None => path,
        };
        let (files, folders) = (std::mem::take(&mut self.files), std::mem::take(&mut self.folders));
        self.files = files.into_iter().map(|(path, bytes)| (moved(path), bytes)).collect();
        self.folders = folders.into_iter().map(moved).collect();
        Ok(())
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError> {
        let inside = format!("{path}/");
        let is_inside = |name: &String| name.starts_with(&inside);
        if self.files.keys().any(is_inside) || self.folders.iter().any(is_inside) {
            return Err(FlashError::Failed("Directory not empty".to_owned()));
        }
        if self.folders.remove(path) { Ok(()) } else { Err(FlashError::Missing) }
    }

    fn used_bytes(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_needs_its_folder() {
        let mut flash = MemoryFlash::default();
        assert_eq!(flash.write("/a/b", b"x"), Err(FlashError::Missing));
        flash.make_dir("/a").unwrap();
        flash.write("/a/b", b"x").unwrap();
        flash.write("/#lua_user#/c", b"y").unwrap();
        assert_eq!(flash.make_dir("/x/y"), Err(FlashError::Missing));
        assert!(matches!(flash.write("/a", b""), Err(FlashError::Failed(_))));
        assert!(matches!(flash.make_dir("/a/b"), Err(FlashError::Failed(_))));
        assert!(matches!(flash.remove_dir("/a"), Err(FlashError::Failed(_))));
        flash.remove("/a/b").unwrap();
        flash.remove_dir("/a").unwrap();
        assert_eq!(flash.remove_dir("/a"), Err(FlashError::Missing));
    }

    #[test]
    fn a_folder_is_renamed_with_all_that_is_in_it() {
        let mut flash = MemoryFlash::default();
        for folder in ["/a", "/a/b", "/ab"] {
            flash.make_dir(folder).unwrap();
        }
        flash.write("/a/b/c", b"x").unwrap();
        flash.write("/ab/c", b"y").unwrap();
        assert_eq!(flash.rename_dir("/none", "/d"), Err(FlashError::Missing));
        assert_eq!(flash.rename_dir("/a/b/c", "/d"), Err(FlashError::Missing));
        assert_eq!(flash.rename_dir("/a", "/none/d"), Err(FlashError::Missing));
        assert!(matches!(flash.rename_dir("/a", "/a/d"), Err(FlashError::Failed(_))));
        assert!(matches!(flash.rename_dir("/a", "/ab"), Err(FlashError::Failed(_))));
        assert!(matches!(flash.rename_dir("/a", "/ab/c"), Err(FlashError::Failed(_))));
        flash.rename_dir("/a", "/d").unwrap();
        assert_eq!(flash.read("/d/b/c"), Ok(b"x".to_vec()));
        assert_eq!(flash.read("/ab/c"), Ok(b"y".to_vec()));
        assert!(flash.has_folder("/d/b") && !flash.has_folder("/a") && flash.has_folder("/ab"));
    }

    #[test]
    fn a_full_flash_keeps_what_it_holds() {
        let mut flash = MemoryFlash::default();
        flash.write("/a", b"old").unwrap();
        let much = vec![0; FLASH_BYTES_MAX as usize + 1];
        assert_eq!(flash.write("/a", &much), Err(FlashError::Full));
        assert_eq!(flash.read("/a"), Ok(b"old".to_vec()));
        flash.write("/a", &much[1..]).unwrap();
    }

    #[test]
    fn a_chip_without_room_still_reads_removes_and_renames() {
        let mut chip = Chip::new(Box::new(MemoryFlash::default()));
        chip.write("/a", b"long").unwrap();
        chip.make_dir("/d").unwrap();
        chip.set_full(true);
        assert_eq!(chip.write("/a", b""), Err(FlashError::Full));
        assert_eq!((chip.make_dir("/e"), chip.make_dir("/d")), (Err(FlashError::Full), Ok(())));
        assert_eq!(chip.used_bytes(), FLASH_BYTES_MAX);
        assert_eq!((chip.rename("/a", "/b"), chip.read("/b")), (Ok(()), Ok(b"long".to_vec())));
        assert_eq!(chip.remove("/b"), Ok(()));
        chip.set_full(false);
        assert_eq!((chip.write("/a", b"x"), chip.used_bytes()), (Ok(()), 1));
    }
}
