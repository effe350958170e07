//! Which test files there are, and which project each is about.

use super::source::Source;
use crate::commands::run;
use crate::words::Lang;
use anyhow::Context;
use holdline_device::Project;
use std::path::{Path, PathBuf};
use std::{fs, io};

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

/// The files in a project's `tests` and in its folders.
fn tests_of(folder: &Path, lang: Lang) -> anyhow::Result<Vec<PathBuf>> {
    let tests = folder.join(FOLDER);
    let mut files = Vec::new();
    if tests.is_dir() {
        gather(&tests, &mut files).with_context(|| lang.cannot_read_test(&tests))?;
    }
    files.sort();
    if files.is_empty() { Err(lang.no_tests_folder(&tests).into()) } else { Ok(files) }
}

/// Not by links, which may lead in a circle.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "lua") && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// The project of a test file: the folder above its `tests`.
fn project_of(file: &Path, lang: Lang) -> anyhow::Result<PathBuf> {
    fs::metadata(file).with_context(|| lang.cannot_read_test(file))?;
    let within = file.parent().unwrap_or(Path::new(""));
    let whole = fs::canonicalize(within.join(".")).with_context(|| lang.cannot_read_test(file))?;
    let is_tests = |folder: &&Path| folder.file_name().is_some_and(|name| name == FOLDER);
    let Some(tests) = whole.ancestors().find(is_tests) else {
        return Err(lang.not_in_tests(file).into());
    };
    // As the user has named it, as far as that goes.
    let levels = whole.ancestors().take_while(|folder| *folder != tests).count() + 1;
    let project = tests.parent().unwrap_or(tests);
    let is_project = |shown: &&Path| fs::canonicalize(shown).is_ok_and(|whole| whole == project);
    Ok(within.ancestors().nth(levels).filter(is_project).unwrap_or(project).to_owned())
}
