//! `holdline lab`: the server that people point devices at.

mod file;

use crate::Outcome;
use crate::answer::AnswersOf;
use crate::commands::state;
use crate::commands::stop;
use crate::report::Mistake;
use crate::words::Lang;
use anyhow::Context;
use file::File;
use holdline_device::Project;
use holdline_lab::{
    Answers, Config, Files, Keep, Lab, Limits, ListenWords, Lock, PASSWORD_LEN_MIN, PortConfig,
    PortKind,
};
use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

/// Where the page is unless told.
const HTTP: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File that names the ports, and what they do [example: docs/lab.md]
    config: Option<PathBuf>,
    /// Listen for TCP: `9999`, `0.0.0.0:9999`, `cars=[::1]:9999`
    #[arg(long, value_name = "[NAME=]ADDR:PORT")]
    tcp: Vec<String>,
    /// Listen for UDP
    #[arg(long, value_name = "[NAME=]ADDR:PORT")]
    udp: Vec<String>,
    /// Listen for TLS, with a certificate of the lab's own authority
    #[arg(long, value_name = "[NAME=]ADDR:PORT")]
    tls: Vec<String>,
    /// Listen for TLS where devices show a certificate of that authority as well
    #[arg(long, value_name = "[NAME=]ADDR:PORT")]
    mtls: Vec<String>,
    /// Lua file that answers devices where no rule does, at every port that has none of its own
    #[arg(long, value_name = "FILE")]
    lua: Option<PathBuf>,
    #[command(flatten)]
    page: Page,
}

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
    pub(super) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--http", self.http.is_some()),
            ("--password-file", self.password_file.is_some()),
            ("--store", self.store.is_some()),
            ("--keep-days", self.keep_days.is_some()),
            ("--keep-megabytes", self.keep_megabytes.is_some()),
        ];
        flags.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }
}

/// A number of which there is at least one.
fn count(text: &str) -> Result<NonZeroU32, Mistake> {
    text.parse().map_err(|_| Mistake::Count { given: text.to_owned() })
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    open(config(args, lang)?, lang)
}

/// Opens a lab, tells where it is, and keeps it open until somebody stops it.
pub(super) fn open(config: Config, lang: Lang) -> anyhow::Result<Outcome> {
    let (ports, store) = (config.ports.clone(), config.store.clone());
    let scheme = scheme(&config);
    let lab = Lab::start(config).map_err(|error| lang.lab_does_not_start(&error))?;
    let (stop, stopped) = mpsc::channel();
    let end = move || {
        // Who is no longer waiting is stopping already.
        let _ = stop.send(());
    };
    let ended = stop::watch(end, None, lang).with_context(|| lang.cannot_start())?;
    let mut told = lang.lab_is_at(scheme, lab.http());
    for (port, address) in ports.iter().zip(lab.ports()) {
        told += &lang.lab_port(&port.name, port.kind.word(), *address, port.relay);
    }
    if ports.iter().any(|port| port.kind.is_sealed()) {
        told += &lang.lab_is_trusted_by(lab.http());
    }
    told += &lang.lab_store(&store);
    // With stdout closed there is nobody to tell.
    let _ = io::stdout().write_all(told.as_bytes());
    // The sender is gone only when the process ends.
    let _ = stopped.recv();
    ended.say();
    lab.stop().map_err(|error| lang.lab_stopped_badly(&error))?;
    Ok(Outcome::Done)
}

/// What the page speaks.
pub(super) fn scheme(config: &Config) -> &'static str {
    if config.lock.is_some() { "https" } else { "http" }
}

fn config(args: &Args, lang: Lang) -> anyhow::Result<Config> {
    described(args.config.as_deref(), &args.page, lang, |mut ports| {
        ports.extend(of_flags("--tcp", &args.tcp, PortKind::Tcp, lang)?);
        ports.extend(of_flags("--udp", &args.udp, PortKind::Udp, lang)?);
        ports.extend(of_flags("--tls", &args.tls, PortKind::Tls, lang)?);
        ports.extend(of_flags("--mtls", &args.mtls, PortKind::Mtls, lang)?);
        if let Some(path) = &args.lua {
            let of_all = answers(path, lang)?;
            for port in ports.iter_mut().filter(|port| port.relay.is_none()) {
                port.answers.get_or_insert_with(|| Arc::clone(&of_all));
            }
        }
        if ports.is_empty() { Err(lang.lab_without_ports().into()) } else { Ok(ports) }
    })
}

/// A lab as a file and flags describe it, with the ports that `complete` makes of the file's.
pub(super) fn described(
    file: Option<&Path>,
    page: &Page,
    lang: Lang,
    complete: impl FnOnce(Vec<PortConfig>) -> anyhow::Result<Vec<PortConfig>>,
) -> anyhow::Result<Config> {
    let file = file.map(|path| File::read(path, lang)).transpose()?;
    let File { http, store, mut limits, ports } = file.unwrap_or_default();
    let ports = complete(ports)?;
    let twice = ports.iter().enumerate().find_map(|(at, port)| {
        ports[..at].iter().any(|before| before.name == port.name).then_some(&port.name)
    });
    if let Some(name) = twice {
        return Err(lang.lab_port_twice(name).into());
    }
    let Keep { days, megabytes } = limits.keep;
    limits.keep = Keep {
        days: page.keep_days.unwrap_or(days),
        megabytes: page.keep_megabytes.unwrap_or(megabytes),
    };
    let config = made(ports, page.http.clone().or(http), page.store.clone().or(store), lang)?;
    Ok(Config { limits, lock: lock(page, lang)?, ..config })
}

/// What answers from a Lua file, which has to be one.
fn answers(path: &Path, lang: Lang) -> anyhow::Result<Arc<dyn Answers>> {
    Project::load(path).map_err(|error| super::run::explained(error, lang))?;
    Ok(Arc::new(AnswersOf::new(path.to_owned(), lang)))
}

/// What keeps strangers from the page.
fn lock(page: &Page, lang: Lang) -> anyhow::Result<Option<Lock>> {
    let Some(path) = &page.password_file else { return Ok(None) };
    let text = fs::read_to_string(path).with_context(|| lang.cannot_read_lab_file(path))?;
    let files = page.tls_cert.clone().zip(page.tls_key.clone());
    let files = files.map(|(certificate, key)| Files { certificate, key });
    let lock = Lock::new(text.trim_end_matches(['\r', '\n']), files);
    Ok(Some(lock.ok_or_else(|| lang.lab_password_too_short(path, PASSWORD_LEN_MIN))?))
}

/// A lab with these ports; the page and the store are where they are unless told.
pub(super) fn made(
    ports: Vec<PortConfig>,
    http: Option<String>,
    store: Option<PathBuf>,
    lang: Lang,
) -> anyhow::Result<Config> {
    let http = http.map_or(Ok(HTTP.into()), |text| at(&text, lang))?;
    let store = store.map_or_else(|| default_store(lang), Ok)?;
    Ok(Config { ports, http, lock: None, store, limits: Limits::default() })
}

fn of_flags(
    flag: &str,
    values: &[String],
    kind: PortKind,
    lang: Lang,
) -> anyhow::Result<Vec<PortConfig>> {
    let port = |value: &String| {
        let ListenWords { name, listen } = ListenWords::parse(value, kind)
            .map_err(|error| lang.bad_flag_words(flag, &error.what))?;
        Ok(PortConfig::new(name, kind, listen))
    };
    values.iter().map(port).collect()
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
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        args: Args,
    }

    fn keep(file: &str, flags: &[&str]) -> Keep {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.toml");
        fs::write(&path, file).unwrap();
        let path = path.to_str().unwrap();
        let all = ["lab", path, "--tcp", "0", "--store", "x"];
        let flags =
            Flags::try_parse_from(all.iter().chain(flags)).unwrap_or_else(|e| panic!("{e}"));
        config(&flags.args, Lang::En).unwrap().limits.keep
    }

    fn of(days: u32, megabytes: u32) -> Keep {
        let [days, megabytes] = [days, megabytes].map(|count| NonZeroU32::new(count).unwrap());
        Keep { days, megabytes }
    }

    #[test]
    fn what_is_kept_is_what_a_flag_says_else_the_file_else_as_usual() {
        assert_eq!(keep("", &[]), of(30, 1000));
        assert_eq!(keep("[keep]\ndays = 7", &[]), of(7, 1000));
        let both = "[keep]\ndays = 7\nmegabytes = 50";
        assert_eq!(keep(both, &["--keep-days", "1"]), of(1, 50));
        assert_eq!(keep(both, &["--keep-megabytes=4294967295"]), of(7, u32::MAX));
    }

    #[test]
    fn what_is_no_count_is_refused() {
        for wrong in ["x", "0", "-1", "1.5", "", "4294967296", "30 days"] {
            assert_eq!(count(wrong), Err(Mistake::Count { given: wrong.to_owned() }));
        }
    }
}
