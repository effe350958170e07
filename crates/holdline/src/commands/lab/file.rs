//! The configuration file of a lab.

use crate::words::Lang;
use anyhow::Context;
use holdline_lab::{PortConfig, PortWords};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What the file says.
#[derive(Default)]
pub(super) struct File {
    pub(super) http: Option<String>,
    pub(super) store: Option<PathBuf>,
    pub(super) ports: Vec<PortConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    http: Option<String>,
    store: Option<PathBuf>,
    #[serde(default)]
    port: Vec<PortWords>,
}

impl File {
    pub(super) fn read(path: &Path, lang: Lang) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| lang.cannot_read_lab_file(path))?;
        let words: Words = toml::from_str(&text).with_context(|| lang.bad_lab_file(path))?;
        let config = |port: &PortWords| {
            let config = port.config();
            config.map_err(|error| anyhow::Error::msg(lang.of(&error.what)))
        };
        let ports: anyhow::Result<_> = words.port.iter().map(config).collect();
        // A store that the file names is beside the file, wherever the lab is started.
        let beside = path.parent().unwrap_or(Path::new(""));
        let store = words.store.map(|store| beside.join(store));
        Ok(Self { http: words.http, store, ports: ports.with_context(|| lang.bad_lab_file(path))? })
    }
}
