//! `holdline proxy`: a lab with one port that passes devices on to the real server.

use super::lab;
use crate::Outcome;
use crate::report::Problem;
use crate::words::Lang;
use holdline_lab::{ListenWords, PortConfig, PortKind, target};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where devices connect, instead of the server: `9999`, `0.0.0.0:9999`, `cars=[::1]:9999`
    #[arg(value_name = "[NAME=]ADDR:PORT")]
    listen: String,
    /// The server that they are passed on to: `example.com:9999`
    #[arg(value_name = "HOST:PORT")]
    target: String,
    /// Pass datagrams on instead of TCP
    #[arg(long)]
    udp: bool,
    /// Where the page and the API are [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    http: Option<String>,
    /// File that keeps what happens [default: one in the user's state directory]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Commit a fault from the start: `reset on "STOP"`, `at 5m silent for 90s` (may be given again)
    #[arg(long, value_name = "WORDS")]
    fault: Vec<String>,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let bad = |what: &str, error: holdline_lab::WordsError| lang.bad_flag_words(what, &error.what);
    let kind = if args.udp { PortKind::Udp } else { PortKind::Tcp };
    let ListenWords { name, listen } =
        ListenWords::parse(&args.listen, kind).map_err(|error| bad("[NAME=]ADDR:PORT", error))?;
    let mut port = PortConfig::new(name, kind, listen);
    port.relay = Some(target(&args.target).map_err(|error| bad("HOST:PORT", error))?);
    for words in &args.fault {
        port.commit(words).map_err(|refusal| {
            Problem::with_hint(
                format!("--fault: {}", lang.of(&refusal.what)),
                lang.of(&refusal.hint),
            )
        })?;
    }
    lab::open(lab::made(vec![port], args.http.clone(), args.store.clone(), lang)?, lang)
}
