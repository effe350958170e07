//! `holdline editor`: what an editor needs to know of the script API, for a project that exists.

use crate::Outcome;
use crate::commands::new::write_new;
use crate::editor::{FOLDER, MARK, SETTINGS, definitions, settings};
use crate::words::Lang;
use anyhow::Context;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with a `main.lua`
    project: PathBuf,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    if !args.project.join("main.lua").is_file() {
        return Err(lang.no_project_for_editor(&args.project).into());
    }
    let is_kept = args.project.join(SETTINGS).exists();
    write(&args.project, lang)?;
    // With stdout closed there is nobody to tell.
    let _ = io::stdout().write_all(lang.editor_told(&args.project, is_kept).as_bytes());
    Ok(Outcome::Done)
}

/// Writes the definitions anew, and the settings where there are none.
pub(super) fn write(project: &Path, lang: Lang) -> anyhow::Result<()> {
    for (name, text) in definitions(lang) {
        write_ours(&project.join(FOLDER).join(name), &text, lang)?;
    }
    let path = project.join(SETTINGS);
    if path.exists() {
        return Ok(());
    }
    let modules = modules(project).with_context(|| lang.cannot_write_project_file(&path))?;
    let names: Vec<_> = modules.iter().map(String::as_str).collect();
    write_new(&path, &settings(&names), lang)
}

/// Writes a definition file where there is none or one of ours.
fn write_ours(path: &Path, text: &str, lang: Lang) -> anyhow::Result<()> {
    match fs::read(path) {
        Ok(old) if old.starts_with(MARK.as_bytes()) => {
            fs::write(path, text).with_context(|| lang.cannot_write_project_file(path))
        }
        Ok(_) => Err(lang.not_our_definitions(path).into()),
        Err(_) => write_new(path, text, lang),
    }
}

/// The names of the project's own modules, in order.
fn modules(project: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project)? {
        let path = entry?.path();
        let is_script = path.extension().is_some_and(|extension| extension == "lua");
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some(name) if is_script && name != "main" => names.push(name.to_owned()),
            Some(_) | None => {}
        }
    }
    names.sort();
    Ok(names)
}
