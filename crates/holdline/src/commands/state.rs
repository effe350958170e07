//! Where a device keeps its own files between runs: one folder a project, one run at a time.

use crate::driver::FolderFlash;
use std::collections::hash_map::DefaultHasher;
use std::fs::{File, TryLockError};
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Runs of one project side by side that get a folder without naming one.
const SIDE_BY_SIDE_MAX: u32 = 64;

/// The files of a device, and the lock that keeps other runs from them while it is open; the system
/// lets go of it also when the process is killed.
pub(crate) struct State {
    pub(crate) flash: FolderFlash,
    pub(crate) lock: File,
    /// What the device's numbers follow from: the same for the same folder.
    pub(crate) seed: u64,
}

impl State {
    /// Opens the `given` folder, else one for `project` in the user's state directory, where a
    /// second run beside the first gets a folder of its own.
    ///
    /// Fails where the folder cannot be used, or is in use.
    pub(crate) fn open(given: Option<&Path>, project: &Path) -> io::Result<Self> {
        if let Some(folder) = given {
            return Self::open_folder(folder);
        }
        let folder = default_folder(project)?;
        for beside in 1..=SIDE_BY_SIDE_MAX {
            match Self::open_folder(&numbered(&folder, beside)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                end => return end,
            }
        }
        Err(TryLockError::WouldBlock.into())
    }

    fn open_folder(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // A hidden name, as no device's file has.
        let lock = File::create(folder.join(".lock"))?;
        lock.try_lock()?;
        let seed = hash(&fs::canonicalize(folder)?);
        Ok(Self { flash: FolderFlash::open(folder)?, lock, seed })
    }
}

/// `holdline/NAME-HASH` in the user's state directory; the hash tells projects of one name apart.
pub(crate) fn default_folder(project: &Path) -> io::Result<PathBuf> {
    let absolute = fs::canonicalize(project)?;
    let name = absolute.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(state_directory().join("holdline").join(format!("{name}-{:08x}", hash(&absolute) as u32)))
}

fn hash(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

fn numbered(folder: &Path, beside: u32) -> PathBuf {
    match beside {
        1 => folder.to_owned(),
        _ => PathBuf::from(format!("{}-{beside}", folder.display())),
    }
}

/// `$XDG_STATE_HOME`, else `~/.local/state`, else a folder among the temporary ones.
pub(super) fn state_directory() -> PathBuf {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .unwrap_or_else(env::temp_dir)
}
