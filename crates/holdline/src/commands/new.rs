//! `holdline new`: a project that runs, with tests that pass.

mod template;

use crate::Outcome;
use crate::commands::editor;
use crate::words::Lang;
use anyhow::Context;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) use template::{Kind, Next};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to make; its last part is the project's name
    name: PathBuf,
    /// What the project does
    #[arg(long, value_enum, value_name = "KIND", default_value = "long")]
    kind: Kind,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let name = name(&args.name).ok_or_else(|| lang.bad_project_name(&args.name))?;
    fs::create_dir(&args.name).map_err(|error| cannot_make(&args.name, error, lang))?;
    for (path, text) in template::files(args.kind, name, lang) {
        write_new(&args.name.join(path), &text, lang)?;
    }
    editor::write(&args.name, lang)?;
    // With stdout closed there is nobody to tell; the project is made all the same.
    let _ = io::stdout().write_all(lang.project_made(&args.name, &args.kind.next(lang)).as_bytes());
    Ok(Outcome::Done)
}

/// The project's name: it stands in `PROJECT`, in update requests and in file names.
fn name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let is_fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_fit);
    is_name.then_some(name)
}

fn cannot_make(folder: &Path, error: io::Error, lang: Lang) -> anyhow::Error {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return lang.project_exists(folder).into();
    }
    let problem = match has_place(folder) {
        false if error.kind() == io::ErrorKind::NotFound => lang.no_folder_for_project(folder),
        _ => lang.cannot_make_project(folder),
    };
    anyhow::Error::from(error).context(problem)
}

/// Whether the folder that is to hold `folder` is there.
fn has_place(folder: &Path) -> bool {
    folder.parent().is_none_or(|above| above.as_os_str().is_empty() || above.is_dir())
}

/// Writes a file that is not there yet, with the folders above it.
pub(super) fn write_new(path: &Path, text: &str, lang: Lang) -> anyhow::Result<()> {
    let written = || {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    };
    written().with_context(|| lang.cannot_write_project_file(path))
}
