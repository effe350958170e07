//! Which test files there are, and which project each is about.

use super::source::Source;
use crate::commands::run;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of a project in which its tests are.
const FOLDER: &str = "tests";

/// A test file with the project that it is about, by its place among the projects.
pub(super) struct TestFile {
    pub(super) source: Source,
    pub(super) project: usize,
}

/// Test files, and the projects that they are about.
#[derive(Default)]
pub(super) struct Files {
    pub(super) files: Vec<TestFile>,
    pub(super) projects: Vec<Project>,
    folders: Vec<PathBuf>,
}

impl Files {
    /// The test files of `places`, each a project's folder or a test file, in the order of their names.
    pub(super) fn find(places: &[PathBuf], lib: &[PathBuf], lang: Lang) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for place in places {
            let (folder, files) = match place.is_dir() {
                true => (place.clone(), tests_of(place, lang)?),
                false => (project_of(place, lang)?, vec![place.clone()]),
            };
            let project = found.project(&folder, lib, lang)?;
            for file in files {
                let bytes = fs::read(&file).with_context(|| lang.cannot_read_test(&file))?;
                found.files.push(TestFile { source: Source { file, bytes }, project });
            }
        }
        Ok(found)
    }

    fn project(&mut self, folder: &Path, lib: &[PathBuf], lang: Lang) -> anyhow::Result<usize> {
        if let Some(index) = self.folders.iter().position(|known| known == folder) {
            return Ok(index);
        }
        self.projects.push(run::load(folder, lib, lang)?);
        self.folders.push(folder.to_owned());
        Ok(self.projects.len() - 1)
    }
}

/// The files in a project's `tests`.
fn tests_of(folder: &Path, lang: Lang) -> anyhow::Result<Vec<PathBuf>> {
    let tests = folder.join(FOLDER);
    let mut files = Vec::new();
    for entry in fs::read_dir(&tests).map_err(|_| lang.no_tests_folder(&tests))? {
        let path = entry.with_context(|| lang.cannot_read_test(&tests))?.path();
        if path.extension().is_some_and(|extension| extension == "lua") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(lang.no_tests_folder(&tests).into()) } else { Ok(files) }
}

/// The project of a test file: the folder above its `tests`.
fn project_of(file: &Path, lang: Lang) -> anyhow::Result<PathBuf> {
    fs::metadata(file).with_context(|| lang.cannot_read_test(file))?;
    let tests = file.parent().unwrap_or(Path::new(""));
    let whole = fs::canonicalize(tests.join(".")).with_context(|| lang.cannot_read_test(file))?;
    match (whole.file_name(), whole.parent()) {
        (Some(name), Some(above)) if name == FOLDER => Ok(match tests.parent() {
            Some(shown) if !shown.as_os_str().is_empty() => shown.to_owned(),
            _ => above.to_owned(),
        }),
        _ => Err(lang.not_in_tests(file).into()),
    }
}
