//! What a run begins with: the project as it was, and how the device was powered on.

use super::fields::{Fields, hex, ms_of, with};
use super::{FORMAT, VERSION};
use holdline_device::{BootPlan, Flash, Identity, MemoryFlash, Power, Profile, Project};
use md5::{Digest, Md5};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The file's first line: what was run, and by which Holdline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The version of Holdline.
    pub(crate) holdline: String,
    /// The MD5 of every file of the project, by name.
    pub(crate) project: BTreeMap<String, String>,
    /// The same of the library files that go before the built-in ones.
    pub(crate) library: BTreeMap<String, String>,
}

impl Head {
    /// The head of a run of `project` by this program.
    pub(crate) fn of(project: &Project) -> Self {
        let digest = |(name, bytes): (&str, &[u8])| (name.to_owned(), hex(&Md5::digest(bytes)));
        Self {
            holdline: env!("CARGO_PKG_VERSION").to_owned(),
            project: project.files().map(digest).collect(),
            library: project.library_files().map(digest).collect(),
        }
    }

    pub(super) fn fields(&self) -> Fields {
        let fields = with(Fields::new(), "format", FORMAT);
        let fields = with(with(fields, "version", VERSION), "holdline", self.holdline.clone());
        with(with(fields, "project", json!(self.project)), "library", json!(self.library))
    }
}

/// How a device was powered on.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) profile: Profile,
    pub(crate) boot: BootPlan,
    pub(crate) seed: u64,
    pub(crate) identity: Identity,
    /// The device's clock, in seconds since 1970 (UTC).
    pub(crate) clock_s: i64,
    /// The device's own files.
    pub(crate) flash: MemoryFlash,
}

impl Start {
    /// The same with the files in `flash`.
    pub(crate) fn power(&self, flash: Box<dyn Flash>) -> Power {
        Power {
            profile: self.profile,
            boot: self.boot,
            seed: self.seed,
            identity: Some(self.identity.clone()),
            clock_s: self.clock_s,
            flash,
        }
    }

    /// The events that tell of it: one for each folder and file, then one for the rest.
    pub(super) fn events(&self) -> impl Iterator<Item = (&'static str, Fields)> {
        let folders =
            self.flash.folders().map(|path| ("folder", with(Fields::new(), "path", path)));
        let files = self.flash.files().map(|(path, bytes)| {
            let fields = with(Fields::new(), "path", path);
            ("file", with(with(fields, "len", bytes.len()), "hex", hex(bytes)))
        });
        folders.chain(files).chain([("powered_on", self.fields())])
    }

    fn fields(&self) -> Fields {
        let fields = with(Fields::new(), "module", self.profile.name);
        let boot = times(&self.boot).map(|(name, time)| (name.to_owned(), json!(ms_of(time))));
        let fields = with(fields, "boot", Map::from_iter(boot));
        let fields = with(with(fields, "seed", self.seed), "clock_s", self.clock_s);
        let numbers = self.identity.numbers().into_iter();
        let numbers = numbers.map(|(name, number)| (name.to_owned(), number.into()));
        with(fields, "identity", Map::from_iter(numbers))
    }
}

fn times(boot: &BootPlan) -> [(&'static str, Duration); 6] {
    [
        ("sim_ms", boot.sim),
        ("register_ms", boot.register),
        ("attach_ms", boot.attach),
        ("activate_ms", boot.activate),
        ("shut_ms", boot.shut),
        ("restart_ms", boot.restart),
    ]
}
