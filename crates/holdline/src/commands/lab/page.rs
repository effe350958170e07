//! Where a lab's page is, who may see it, and what is kept: the same for every command that opens a
//! lab.

use crate::commands::state;
use crate::report::Mistake;
use crate::words::Lang;
use anyhow::Context;
use holdline_lab::{
    Config, Files, Keep, Limits, ListenWords, Lock, PASSWORD_LEN_MIN, PortConfig, PortKind,
};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Where the page is unless told.
const HTTP: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);

/// Where the page is, who may see it, and what is kept.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Page {
    /// Where the page and the API are [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    http: Option<String>,
    /// File with the password for the page and the API, which then speak TLS: needed at any address but
    /// this machine's own
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Certificate of the page as PEM [default: one that the lab makes]
    #[arg(long, value_name = "FILE", requires = "tls_key", requires = "password_file")]
    tls_cert: Option<PathBuf>,
    /// Key of that certificate as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// File that keeps what happens [default: one in the user's state directory]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Days for which what happens is kept [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = count)]
    keep_days: Option<NonZeroU32>,
    /// Megabytes that the file may take: the oldest goes first [default: 1000]
    #[arg(long, value_name = "MB", value_parser = count)]
    keep_megabytes: Option<NonZeroU32>,
}

impl Page {
    /// A flag of these that was given.
    pub(in crate::commands) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--http", self.http.is_some()),
            ("--password-file", self.password_file.is_some()),
            ("--store", self.store.is_some()),
            ("--keep-days", self.keep_days.is_some()),
            ("--keep-megabytes", self.keep_megabytes.is_some()),
        ];
        flags.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }

    /// A lab with these ports and limits, where the flags say, else where a file says.
    pub(super) fn lab(
        &self,
        ports: Vec<PortConfig>,
        limits: Limits,
        (http, store): (Option<String>, Option<PathBuf>),
        lang: Lang,
    ) -> anyhow::Result<Config> {
        let http = self.http.clone().or(http);
        let http = http.map_or(Ok(HTTP.into()), |text| at(&text, lang))?;
        let store = self.store.clone().or(store);
        let store = store.map_or_else(|| default_store(lang), Ok)?;
        let keep = Keep {
            days: self.keep_days.unwrap_or(limits.keep.days),
            megabytes: self.keep_megabytes.unwrap_or(limits.keep.megabytes),
        };
        let limits = Limits { keep, ..limits };
        Ok(Config { ports, http, lock: self.lock(lang)?, store, limits })
    }

    /// What keeps strangers from the page.
    fn lock(&self, lang: Lang) -> anyhow::Result<Option<Lock>> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let text = fs::read_to_string(path).with_context(|| lang.cannot_read_password(path))?;
        let files = self.tls_cert.clone().zip(self.tls_key.clone());
        let files = files.map(|(certificate, key)| Files { certificate, key });
        let lock = Lock::new(text.trim_end_matches(['\r', '\n']), files);
        Ok(Some(lock.ok_or_else(|| lang.lab_password_too_short(path, PASSWORD_LEN_MIN))?))
    }
}

/// A number of which there is at least one.
fn count(text: &str) -> Result<NonZeroU32, Mistake> {
    text.parse().map_err(|_| Mistake::Count { given: text.to_owned() })
}

/// The place of the page.
fn at(text: &str, lang: Lang) -> anyhow::Result<SocketAddr> {
    let words = ListenWords::parse(text, PortKind::Tcp);
    words
        .map(|words| words.listen)
        .map_err(|error| lang.bad_flag_words("--http", &error.what).into())
}

fn default_store(lang: Lang) -> anyhow::Result<PathBuf> {
    let folder = state::state_directory().join("holdline");
    fs::create_dir_all(&folder).with_context(|| lang.cannot_make_folder(&folder))?;
    Ok(folder.join("lab.db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_count_is_refused() {
        for wrong in ["x", "0", "-1", "1.5", "", "4294967296", "30 days"] {
            assert_eq!(count(wrong), Err(Mistake::Count { given: wrong.to_owned() }));
        }
    }
}
