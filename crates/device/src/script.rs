//! Loading: which files make a project, and what stands in the way.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes that a project's files may have together.
const PROJECT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a project could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder is missing or unreadable.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder without `main.lua`.
    #[error("`{}` has no `main.lua`", folder.display())]
    NoMain {
        /// Which folder.
        folder: PathBuf,
        /// A script that may have been meant.
        candidate: Option<String>,
    },
    /// A main script that is not Lua source.
    #[error("`{}` is not Lua source: {found}", path.display())]
    NotSource {
        /// Which file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// More files than a module could hold.
    #[error("`{}` holds more than {max} bytes", folder.display())]
    TooLarge {
        /// Which folder.
        folder: PathBuf,
        /// The limit.
        max: u64,
    },
}

impl LoadError {
    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => None,
            Self::NoMain { folder, candidate: Some(name) } => {
                Some(format!("to run one file: holdline run {}", folder.join(name).display()))
            }
            Self::NoMain { .. } => {
                Some("a project is a folder with a `main.lua`, as it is flashed".to_owned())
            }
            Self::NotSource { .. } => {
                Some("use the `.lua` source in UTF-8 or GBK; compiled files do not run here".into())
            }
            Self::TooLarge { .. } => {
                Some("name the folder that holds `main.lua`, not one above it".to_owned())
            }
        }
    }
}

/// A script as it is flashed: `main.lua`, its modules and its resources, in one flat folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// What `/lua/` holds, by file name.
    files: BTreeMap<String, Vec<u8>>,
    /// Folders that `require` searches after the project, in order.
    libraries: Vec<BTreeMap<String, Vec<u8>>>,
    /// Which file is the main one.
    main: String,
    serves: bool,
}

impl Project {
    /// A project in memory, started at `main.lua`.
    pub fn from_files<N: Into<String>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (N, B)>,
    ) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name.into(), bytes.into())).collect();
        Self { files, main: "main.lua".to_owned(), ..Self::default() }
    }

    /// Loads a folder with a `main.lua`, or one `.lua` file with the scripts beside it.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let metadata = fs::metadata(path).map_err(|source| read_error(path, source))?;
        let project =
            if metadata.is_dir() { Self::load_folder(path) } else { Self::load_file(path) }?;
        project.check_main(path)?;
        Ok(project)
    }

    /// Adds a folder that `require` searches after the project.
    pub fn add_library(&mut self, folder: &Path) -> Result<(), LoadError> {
        self.libraries.push(read_folder(folder, |_any| true)?);
        Ok(())
    }

    /// The same as a script that others connect to: it finds `server`, `socket`, `sys` and `log` without
    /// asking for them, and its main loop begins where the main file ends. An error in the loop ends what
    /// was being done, and not the script.
    #[must_use]
    pub fn serving(self) -> Self {
        Self { serves: true, ..self }
    }

    /// Whether others connect to it.
    pub(crate) fn serves(&self) -> bool {
        self.serves
    }

    /// The name of the main file.
    pub fn main(&self) -> &str {
        &self.main
    }

    /// A file of the project itself, by its flat name.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Every file of the project itself, with its flat name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Every file of the folders added by [`Self::add_library`]; of one name, the one that counts.
    pub fn library_files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let all: BTreeMap<_, _> = self.libraries.iter().rev().flatten().collect();
        all.into_iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// A file of the folders added by [`Self::add_library`].
    pub fn library_file(&self, name: &str) -> Option<&[u8]> {
        self.libraries.iter().find_map(|files| files.get(name)).map(Vec::as_slice)
    }

    fn load_folder(folder: &Path) -> Result<Self, LoadError> {
        let files = read_folder(folder, |_any| true)?;
        if !files.contains_key("main.lua") {
            let candidate = files.keys().find(|name| name.ends_with(".lua")).cloned();
            return Err(LoadError::NoMain { folder: folder.to_owned(), candidate });
        }
        Ok(Self { files, main: "main.lua".to_owned(), ..Self::default() })
    }

    fn load_file(path: &Path) -> Result<Self, LoadError> {
        let bytes = fs::read(path).map_err(|source| read_error(path, source))?;
        let main = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let is_script = |name: &str| name.ends_with(".lua");
        let mut files = read_folder(folder.unwrap_or(Path::new(".")), is_script)?;
        files.insert(main.clone(), bytes);
        Ok(Self { files, main, ..Self::default() })
    }

    fn check_main(&self, path: &Path) -> Result<(), LoadError> {
        let source = self.file(&self.main).unwrap_or_default();
        let found = match source {
            [0x1B, ..] => "compiled Lua",
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "UTF-16 text",
            _ if source.contains(&0) => "a binary file",
            _ => return Ok(()),
        };
        Err(LoadError::NotSource { path: path.to_owned(), found })
    }
}

/// The files of `folder` whose names are wanted; folders inside are none of a flat project's.
fn read_folder(
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, LoadError> {
    let mut files = BTreeMap::new();
    let mut total = 0;
    for entry in fs::read_dir(folder).map_err(|source| read_error(folder, source))? {
        let entry = entry.map_err(|source| read_error(folder, source))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if !is_wanted(&name) {
            continue;
        }
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if !metadata.is_file() {
            continue;
        }
        total += metadata.len();
        if total > PROJECT_BYTES_MAX {
            return Err(LoadError::TooLarge { folder: folder.to_owned(), max: PROJECT_BYTES_MAX });
        }
        let bytes = fs::read(&path).map_err(|source| read_error(&path, source))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn read_error(path: &Path, source: io::Error) -> LoadError {
    LoadError::Read { path: path.to_owned(), source }
}

/// The source as Lua reads it: without a byte-order mark. UTF-8 and GBK bytes stay as they are.
pub(crate) fn without_mark(source: &[u8]) -> &[u8] {
    source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source)
}
