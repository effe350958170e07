//! The file that answers, and whether it has changed.

use holdline_device::{LoadError, Project};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A Lua file, with the ones beside it that it may `require`.
pub(super) struct LuaFile {
    path: PathBuf,
    /// As it was when it was loaded, and when it was looked at last.
    loaded: Stamps,
    seen: Stamps,
}

/// When each file was written, and how long it is.
type Stamps = BTreeMap<OsString, (Option<SystemTime>, u64)>;

impl LuaFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, loaded: Stamps::new(), seen: Stamps::new() }
    }

    /// What the file says now.
    pub(super) fn load(&mut self) -> Result<Project, LoadError> {
        self.loaded = stamps(&self.path);
        self.seen = self.loaded.clone();
        Project::load(&self.path).map(Project::serving)
    }

    /// Whether it is another file than was loaded, and nobody is writing it: two looks have to find the
    /// same.
    pub(super) fn has_changed(&mut self) -> bool {
        let now = stamps(&self.path);
        let is_quiet = now == self.seen;
        self.seen = now;
        is_quiet && self.seen != self.loaded
    }
}

/// Of the Lua files that are beside this one, and of itself.
fn stamps(path: &Path) -> Stamps {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let files = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let files = files.map(|file| file.path());
    let scripts = files.filter(|file| file.extension().is_some_and(|end| end == "lua"));
    let all = scripts.chain([path.to_owned()]);
    let stamp = |file: PathBuf| {
        let metadata = fs::metadata(&file).ok()?;
        Some((file.file_name()?.to_owned(), (metadata.modified().ok(), metadata.len())))
    };
    all.filter_map(stamp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_the_file_is_at_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.lua");
        fs::write(&path, "a = 1").unwrap();
        let mut file = LuaFile::new(path.clone());
        file.load().unwrap();
        assert!(!file.has_changed());

        fs::write(&path, "a = 12").unwrap();
        assert!(!file.has_changed(), "somebody may be writing it");
        assert!(file.has_changed());
        file.load().unwrap();
        assert!(!file.has_changed() && !file.has_changed());

        fs::write(folder.path().join("tables.lua"), "return {}").unwrap();
        assert!(!file.has_changed() && file.has_changed(), "it may be required");
        file.load().unwrap();
        fs::remove_file(&path).unwrap();
        assert!(!file.has_changed() && file.has_changed());
        assert!(matches!(file.load(), Err(LoadError::Read { .. })));
    }
}
