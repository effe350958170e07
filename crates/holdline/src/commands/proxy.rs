//! `holdline proxy`: a lab with one port that passes devices on to the real server.

use super::lab::{self, Page};
use crate::Outcome;
use crate::report::Problem;
use crate::words::Lang;
use holdline_lab::{ListenWords, PortConfig, PortKind, target};

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
    /// Commit a fault from the start: `reset on "STOP"`, `at 5m silent for 90s` (may be given again)
    #[arg(long, value_name = "WORDS")]
    fault: Vec<String>,
    #[command(flatten)]
    page: Page,
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
    lab::open(lab::described(None, &args.page, lang, |_| Ok(vec![port]))?, lang)
}
