//! Reports of tests in files.

use crate::report::Problem;
use crate::testing::report::{html, json, junit};
use crate::testing::story::Report;
use crate::words::Lang;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Files {
    /// Write a page that draws all tests, for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write JUnit's XML, which CI services show
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write everything as JSON; docs/test-reports.md has the schema
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Files {
    /// Writes those that are asked for.
    pub(super) fn write(&self, report: &Report, lang: Lang) -> anyhow::Result<()> {
        if let Some(path) = &self.html {
            write(path, html::page(report, lang).as_bytes(), lang)?;
        }
        if let Some(path) = &self.junit {
            write(path, &junit::document(report, lang)?, lang)?;
        }
        if let Some(path) = &self.json {
            write(path, format!("{}\n", json::document(report)).as_bytes(), lang)?;
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8], lang: Lang) -> anyhow::Result<()> {
    let problem = || -> Problem { lang.cannot_write_report(path) };
    std::fs::write(path, bytes).map_err(|error| anyhow::Error::from(error).context(problem()))
}
