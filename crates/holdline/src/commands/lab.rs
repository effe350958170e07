//! `holdline lab`: the server that people point devices at.

mod file;
mod page;

use crate::Outcome;
use crate::answer::AnswersOf;
use crate::commands::stop;
use crate::words::Lang;
use anyhow::Context;
use file::File;
use holdline_device::Project;
use holdline_lab::{Answers, Config, Lab, ListenWords, PortConfig, PortKind};
pub(crate) use page::Page;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

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
    let File { http, store, limits, ports } = file.unwrap_or_default();
    let ports = complete(ports)?;
    let twice = ports.iter().enumerate().find_map(|(at, port)| {
        ports[..at].iter().any(|before| before.name == port.name).then_some(&port.name)
    });
    if let Some(name) = twice {
        return Err(lang.lab_port_twice(name).into());
    }
    page.lab(ports, limits, (http, store), lang)
}

/// What answers from a Lua file, which has to be one.
fn answers(path: &Path, lang: Lang) -> anyhow::Result<Arc<dyn Answers>> {
    Project::load(path).map_err(|error| super::run::explained(error, lang))?;
    Ok(Arc::new(AnswersOf::new(path.to_owned(), lang)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use holdline_lab::Keep;
    use std::fs;
    use std::num::NonZeroU32;

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
}
