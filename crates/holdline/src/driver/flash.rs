//! A device's files in a folder of this machine.
//!
//! A write makes a temporary file beside its target, brings it to the disk and renames it over the
//! target, so whoever looks, even after a kill at any moment, finds the old or the new content. What
//! a kill leaves behind is a temporary file, which the next start sweeps away; no file of a device
//! can have such a name. One device a folder: a second one would sweep the first one's.

mod name;
#[cfg(test)]
mod tests;

use holdline_device::{FLASH_BYTES_MAX, Flash, FlashError, MemoryFlash, USER_FOLDER};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Files in a folder of this machine.
#[derive(Debug)]
pub(crate) struct FolderFlash {
    /// Without links and `..`.
    root: PathBuf,
    used_bytes: u64,
    /// Numbers the temporary files.
    written: u64,
}

impl FolderFlash {
    /// Opens `folder`, which is made where there is none, and sweeps what a kill has left there.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let root = folder.canonicalize()?;
        let used_bytes = sweep(&root)?;
        Ok(Self { root, used_bytes, written: 0 })
    }

    /// The same files in memory; what no device could have named, and what cannot be read, is left out.
    pub(crate) fn copy(&self) -> io::Result<MemoryFlash> {
        let mut copy = MemoryFlash::default();
        let mut folders = vec![(self.root.clone(), String::new())];
        while let Some((folder, path)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let Some(name) = entry.file_name().to_str().and_then(name::on_device) else {
                    continue;
                };
                let path = format!("{path}/{name}");
                if entry.file_type()?.is_dir() {
                    // Its own folder was made before, and nothing else has its name.
                    let _ = copy.make_dir(&path);
                    folders.push((entry.path(), path));
                } else if let Ok(bytes) = self.read(&path) {
                    let _ = copy.write(&path, &bytes);
                }
            }
        }
        Ok(copy)
    }

    /// Where `path` of the device is on this machine. Its folder must be there, and inside.
    fn place(&self, path: &str) -> Result<PathBuf, FlashError> {
        let (folder, file) = path.rsplit_once('/').ok_or(FlashError::Missing)?;
        if file.is_empty() {
            return Err(FlashError::Denied);
        }
        Ok(self.folder(folder)?.join(name::on_host(file)))
    }

    /// Where a folder of the device is on this machine; not where a link leads out.
    fn folder(&self, path: &str) -> Result<PathBuf, FlashError> {
        let names = path.split('/').filter(|name| !name.is_empty()).map(name::on_host);
        let folder = self.inside(&self.root.join(names.collect::<PathBuf>()))?;
        if folder.is_dir() { Ok(folder) } else { Err(FlashError::Missing) }
    }

    /// `path` without links, if that is inside.
    fn inside(&self, path: &Path) -> Result<PathBuf, FlashError> {
        let real = path.canonicalize().map_err(flash_error)?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(FlashError::Denied) }
    }

    /// The real place and the length of a file that is there.
    fn file(&self, path: &str) -> Result<(PathBuf, u64), FlashError> {
        let real = self.inside(&self.place(path)?)?;
        let metadata = fs::metadata(&real).map_err(flash_error)?;
        if metadata.is_dir() {
            return Err(FlashError::Failed("Is a directory".to_owned()));
        }
        // A pipe or a device file would keep the reader waiting.
        if metadata.is_file() { Ok((real, metadata.len())) } else { Err(FlashError::Denied) }
    }

    /// Writes a file of its own and renames it over `place`.
    fn replace(&mut self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        self.written += 1;
        let folder = place.parent().unwrap_or(&self.root);
        let temporary = folder.join(name::temporary(self.written));
        let done = write_through(&temporary, bytes).and_then(|()| fs::rename(&temporary, place));
        if done.is_err() {
            // Gone or not, the next start sweeps it.
            let _ = fs::remove_file(&temporary);
        }
        done?;
        // Some systems cannot bring a folder to the disk; the content is there already.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Flash for FolderFlash {
    fn read(&self, path: &str) -> Result<Vec<u8>, FlashError> {
        let (real, len) = self.file(path)?;
        if len > FLASH_BYTES_MAX {
            return Err(FlashError::Failed("File too large".to_owned()));
        }
        fs::read(real).map_err(flash_error)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FlashError> {
        if path.rsplit_once('/').is_some_and(|(folder, _)| folder == USER_FOLDER) {
            self.make_dir(USER_FOLDER)?;
        }
        let place = self.place(path)?;
        let replaced = match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(FlashError::Failed("Is a directory".to_owned()));
            }
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) | Err(_) => 0,
        };
        let used_bytes = self.used_bytes.saturating_sub(replaced) + bytes.len() as u64;
        if used_bytes > FLASH_BYTES_MAX {
            return Err(FlashError::Full);
        }
        self.replace(&place, bytes).map_err(flash_error)?;
        self.used_bytes = used_bytes;
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), FlashError> {
        let place = self.place(path)?;
        let metadata = fs::symlink_metadata(&place).map_err(flash_error)?;
        if metadata.is_dir() {
            return Err(FlashError::Missing);
        }
        fs::remove_file(place).map_err(flash_error)?;
        self.used_bytes = self.used_bytes.saturating_sub(metadata.len());
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        let (from, to) = (self.place(from)?, self.place(to)?);
        let metadata = fs::symlink_metadata(&from).map_err(flash_error)?;
        if metadata.is_dir() {
            return Err(FlashError::Missing);
        }
        let replaced = fs::symlink_metadata(&to).map_or(0, |metadata| metadata.len());
        fs::rename(&from, &to).map_err(flash_error)?;
        if from != to {
            self.used_bytes = self.used_bytes.saturating_sub(replaced);
        }
        Ok(())
    }

    fn has_folder(&self, path: &str) -> bool {
        path == USER_FOLDER || self.folder(path).is_ok()
    }

    fn make_dir(&mut self, path: &str) -> Result<(), FlashError> {
        if self.folder(path).is_ok() {
            return Ok(());
        }
        fs::create_dir(self.place(path)?).map_err(flash_error)
    }

    fn rename_dir(&mut self, from: &str, to: &str) -> Result<(), FlashError> {
        if [from, to].contains(&USER_FOLDER) {
            return Err(FlashError::Denied);
        }
        let (from, to) = (self.place(from)?, self.place(to)?);
        if !fs::symlink_metadata(&from).map_err(flash_error)?.is_dir() {
            return Err(FlashError::Missing);
        }
        if fs::symlink_metadata(&to).is_ok() {
            return Err(FlashError::Failed("File exists".to_owned()));
        }
        fs::rename(from, to).map_err(flash_error)
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FlashError> {
        fs::remove_dir(self.place(path)?).map_err(flash_error)
    }

    fn used_bytes(&self) -> u64 {
        self.used_bytes
    }
}

/// Writes a new file and waits until the disk has it.
fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes temporary files below `root`, and counts the bytes of all others. Links are not followed.
fn sweep(root: &Path) -> io::Result<u64> {
    let (mut used_bytes, mut folders) = (0, vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if name::is_temporary(&entry.file_name()) {
                fs::remove_file(entry.path())?;
            } else if metadata.is_file() {
                used_bytes += metadata.len();
            }
        }
    }
    Ok(used_bytes)
}

fn flash_error(error: io::Error) -> FlashError {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied, QuotaExceeded, StorageFull};
    let kind = error.kind();
    if [NotFound, NotADirectory].contains(&kind) {
        FlashError::Missing
    } else if kind == PermissionDenied {
        FlashError::Denied
    } else if [StorageFull, QuotaExceeded].contains(&kind) {
        FlashError::Full
    } else {
        let text = error.to_string();
        let words = text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words);
        FlashError::Failed(words.to_owned())
    }
}
