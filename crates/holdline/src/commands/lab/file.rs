//! The configuration file of a lab.

use super::answers;
use crate::words::Lang;
use anyhow::Context;
use holdline_lab::{Keep, Limits, PortConfig, PortWords};
use serde::Deserialize;
use std::fs;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

/// What the file says.
#[derive(Default)]
pub(super) struct File {
    pub(super) http: Option<String>,
    pub(super) store: Option<PathBuf>,
    pub(super) limits: Limits,
    pub(super) ports: Vec<PortConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    http: Option<String>,
    store: Option<PathBuf>,
    #[serde(default)]
    keep: Keep,
    #[serde(default)]
    limits: LimitWords,
    #[serde(default)]
    port: Vec<PortWords>,
}

/// How much the lab takes on; what is not said is as it is without a file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitWords {
    connections: Option<NonZeroUsize>,
    connections_per_address: Option<NonZeroUsize>,
    bytes_per_second: Option<NonZeroU32>,
}

impl LimitWords {
    fn limits(&self, keep: Keep) -> Limits {
        let usual = Limits::default();
        let connections_max = self.connections.map_or(usual.connections_max, NonZeroUsize::get);
        Limits {
            connections_max,
            connections_per_address_max: self
                .connections_per_address
                .map_or(connections_max, NonZeroUsize::get),
            bytes_per_second_max: self.bytes_per_second,
            keep,
            ..usual
        }
    }
}

impl File {
    pub(super) fn read(path: &Path, lang: Lang) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| lang.cannot_read_lab_file(path))?;
        let words: Words = toml::from_str(&text)
            .map_err(|error| anyhow::Error::msg(lang.lab_file_shape(&error)))
            .with_context(|| lang.bad_lab_file(path))?;
        // What the file names is beside the file, wherever the lab is started.
        let beside = path.parent().unwrap_or(Path::new(""));
        let config = |port: &PortWords| {
            let config = port.config().map_err(|error| anyhow::Error::msg(lang.of(&error.what)))?;
            let answers =
                port.lua.as_ref().map(|lua| answers(&beside.join(lua), lang)).transpose()?;
            Ok(PortConfig { answers, ..config })
        };
        let ports: anyhow::Result<_> = words.port.iter().map(config).collect();
        let store = words.store.map(|store| beside.join(store));
        let limits = words.limits.limits(words.keep);
        Ok(Self {
            http: words.http,
            store,
            limits,
            ports: ports.with_context(|| lang.bad_lab_file(path))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, lang: Lang) -> anyhow::Result<Limits> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.toml");
        fs::write(&path, text).unwrap();
        File::read(&path, lang).map(|file| file.limits)
    }

    fn read(text: &str) -> anyhow::Result<Limits> {
        told(text, Lang::En)
    }

    #[test]
    fn a_wrong_shape_is_told_with_its_place_in_both_languages() {
        let wrong = "[[port]]\nlisten = 9999";
        let english = format!("{:#}", told(wrong, Lang::En).unwrap_err());
        let says = "invalid type: integer `9999`, expected a string";
        assert!(english.contains("line 2, column 10\n") && english.contains(says), "{english}");
        let chinese = format!("{:#}", told(wrong, Lang::Zh).unwrap_err());
        assert!(chinese.contains("lab.toml` 的内容有误: 第 2 行第 10 列\n"), "{chinese}");
        let says = "2 | listen = 9999\n  |          ^^^^\n应为字符串，写的却是整数 `9999`";
        assert!(chinese.ends_with(says), "{chinese}");
    }

    #[test]
    fn limits_are_those_of_the_file_and_one_address_may_take_all_unless_told() {
        let limits = read("[limits]\nconnections = 20\nbytes_per_second = 9600").unwrap();
        assert_eq!((limits.connections_max, limits.connections_per_address_max), (20, 20));
        assert_eq!(limits.bytes_per_second_max, NonZeroU32::new(9600));
        let limits = read("[limits]\nconnections_per_address = 3").unwrap();
        let usual = Limits::default().connections_max;
        assert_eq!((limits.connections_max, limits.connections_per_address_max), (usual, 3));
        assert_eq!(limits.bytes_per_second_max, None);
    }

    #[test]
    fn a_limit_of_nothing_and_one_that_there_is_not_are_refused() {
        for wrong in ["[limits]\nconnections = 0", "[limits]\nconnectoins = 1", "[keep]\ndays = 0"]
        {
            let error = read(wrong).unwrap_err();
            assert!(format!("{error:#}").contains("lab.toml"), "{wrong}: {error:#}");
        }
    }
}
