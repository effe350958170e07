//! What the terminal shows: the script's output, and Holdline's own words about it.

mod line;
mod log;

pub(crate) use line::{clean, lines};
pub(crate) use log::Log;

use crate::driver::{Redirects, Speech};
use crate::words::Lang;
use holdline_device::{Input, Notice, NoticeKind, Output, RestartCause};
use holdline_lab::{Happened, Kind};
use holdline_modem::{Instant, LineId, Net};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;

/// Whether output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// Where it goes to a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where the script's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    /// Standard output is taken by something else.
    Stderr,
}

/// How the console talks.
pub(crate) struct Style {
    pub(crate) lang: Lang,
    pub(crate) color: Color,
    pub(crate) quiet: bool,
    pub(crate) target: Target,
}

/// Where a line leads.
struct Place {
    /// In words.
    name: String,
    /// Whether it is TLS with a server that is not verified.
    unverified: bool,
}

/// The terminal.
pub(crate) struct Console {
    lang: Lang,
    quiet: bool,
    target: Target,
    colored: bool,
    /// What the script printed and was not written yet.
    kept: Vec<u8>,
    is_closed: bool,
    redirects: Rc<Redirects>,
    places: BTreeMap<(usize, LineId), Place>,
    /// Whether somebody has said that a server is not verified.
    told_unverified: bool,
    /// Every script error so far, with how often it came.
    errors: BTreeMap<String, u32>,
    /// A notice that explains the error that follows it.
    explanation: Option<Notice>,
    /// What was shown last, where somebody else is to see it too.
    log: Option<Log>,
}

/// Bytes that are kept back at most until the loop rests.
const KEPT_BYTES_MAX: usize = 64 * 1024;

impl Console {
    /// A console on this process's output.
    pub(crate) fn new(style: &Style, redirects: Rc<Redirects>) -> Self {
        let auto = match style.target {
            Target::Stdout => io::stdout().is_terminal(),
            Target::Stderr => io::stderr().is_terminal(),
        };
        let colored = match style.color {
            Color::Auto => auto,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            lang: style.lang,
            quiet: style.quiet,
            target: style.target,
            colored,
            kept: Vec::new(),
            is_closed: false,
            redirects,
            places: BTreeMap::new(),
            told_unverified: false,
            errors: BTreeMap::new(),
            explanation: None,
            log: None,
        }
    }

    /// Keeps what it shows from here on.
    pub(crate) fn keep_log(&mut self) {
        self.log = Some(Log::default());
    }

    /// What it keeps, if it does.
    pub(crate) fn log(&mut self) -> Option<&mut Log> {
        self.log.as_mut()
    }

    /// The language that it speaks.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether nobody reads the script's output any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Shows what `fact` means to people.
    pub(crate) fn fact(&mut self, now: Instant, device: usize, fact: &Input) {
        let text = match *fact {
            Input::Connected { line } => self.lang.connected(self.place(device, line)),
            Input::ConnectFailed { line, ref why } => {
                self.lang.connect_failed(self.place(device, line), why)
            }
            Input::Ended { line, how } => self.lang.ended(self.place(device, line), how),
            Input::Closed { line } => self.lang.closed(self.place(device, line)),
            Input::Timeout
            | Input::SimInserted
            | Input::SimRemoved
            | Input::CellFound
            | Input::CellLost
            | Input::LinkLost
            | Input::SimLocked
            | Input::SimUnlocked
            | Input::DataBarred
            | Input::DataAllowed
            | Input::RadioSwitchedOff
            | Input::RadioSwitchedOn
            | Input::SignalChanged { .. }
            | Input::FlashFilled
            | Input::FlashFreed
            | Input::PowerLost
            | Input::PowerRestored
            | Input::UartOverran { .. }
            | Input::Pin { .. }
            | Input::Sent { .. }
            | Input::SendFailed { .. }
            | Input::Received { .. }
            | Input::UartReceived { .. }
            | Input::UartSent { .. } => return,
        };
        self.say(now, &text);
        if let Input::Connected { line } = *fact {
            self.tell_unverified(now, device, line);
        }
        if let Input::ConnectFailed { line, .. }
        | Input::Ended { line, .. }
        | Input::Closed { line } = *fact
        {
            self.places.remove(&(device, line));
        }
    }

    /// Shows what `order` means to people.
    pub(crate) fn order(&mut self, now: Instant, device: usize, order: &Output) {
        use holdline_modem::Output as Order;
        match order {
            Output::Print(text) => self.print(now, text),
            Output::Notice(notice) if notice.kind == NoticeKind::UsedBeforeLocal => {
                self.explanation = Some(notice.clone());
            }
            Output::Notice(notice) => self.say(now, &self.lang.notice(notice)),
            Output::Restarting(RestartCause::Asked(reason)) => {
                self.say(now, &self.lang.restart_asked(&clean(reason.as_bytes())));
            }
            Output::Restarting(RestartCause::Error(error)) => {
                self.script_failed(now, &self.lang.script_failed(), error);
            }
            Output::Restarting(RestartCause::Stuck(stuck)) => {
                self.script_failed(now, &self.lang.script_stuck(stuck), &stuck.traceback);
            }
            Output::Restarting(RestartCause::PowerCut) => self.say(now, &self.lang.power_cut()),
            Output::Restarting(RestartCause::SoftDog(period)) => {
                self.insist(now, &self.lang.soft_dog_bites(*period));
            }
            Output::Restarting(RestartCause::Fault(words)) => {
                self.insist(now, &self.lang.own_fault(words));
            }
            Output::PoweredOff => self.say(now, &self.lang.powered_off()),
            Output::Modem(Order::Connect { line, kind, host, port, tls, .. }) => {
                let unverified = tls.as_ref().is_some_and(|tls| tls.ca_cert.is_none());
                let speech = Speech::of(*kind, tls.is_some());
                self.learn_place((device, *line), speech, (host, *port), unverified);
            }
            Output::Modem(Order::Abort { line }) => {
                self.places.remove(&(device, *line));
            }
            Output::Modem(Order::Net(Net::Online)) => self.say(now, &self.lang.online(true)),
            Output::Modem(Order::Net(Net::Offline)) => self.say(now, &self.lang.online(false)),
            Output::Modem(Order::UartOverrun { port, lost, total }) => {
                self.say(now, &self.lang.uart_overrun(*port, *lost, *total));
            }
            Output::Modem(_) | Output::Idle(_) => {}
        }
    }

    /// One of Holdline's own sentences, unless it is to be quiet.
    pub(crate) fn say(&mut self, now: Instant, text: &str) {
        if !self.quiet {
            self.insist(now, text);
        }
    }

    /// A sentence that is said in any case.
    pub(crate) fn insist(&mut self, now: Instant, text: &str) {
        self.flush();
        if let Some(log) = &mut self.log {
            log.add(now, "holdline", text);
        }
        let (dim, plain) = if self.colored { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let text = format!("{dim}{now} # {text}{plain}\n");
        // With stderr closed there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Shows what happened at the lab in the same process.
    pub(crate) fn happened(&mut self, now: Instant, happened: &Happened) {
        match happened {
            Happened::Kept { kind, bytes } => self.server(now, *kind, bytes),
            Happened::Trouble(why) => self.insist(now, &self.lang.lab_trouble(why.as_deref())),
        }
    }

    /// Shows what happened at the server, among the lines of the script.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is for the page")]
    fn server(&mut self, now: Instant, kind: Kind, bytes: &[u8]) {
        let breaks;
        let (mark, text) = match kind {
            Kind::Received => ("<- ", bytes),
            Kind::Sent => ("-> ", bytes),
            Kind::Refused => ("", self.lang.server_refused().as_bytes()),
            Kind::Accepted => ("", self.lang.server_accepted().as_bytes()),
            Kind::Closed => ("", self.lang.server_was_left().as_bytes()),
            Kind::FaultBegan => {
                breaks = self.lang.server_breaks(&String::from_utf8_lossy(bytes));
                ("", breaks.as_bytes())
            }
            _ => return,
        };
        let (cyan, plain) = if self.colored { ("\x1b[36m", "\x1b[0m") } else { ("", "") };
        for text in lines(text) {
            self.keep(&format!("{cyan}{now} server | {mark}{text}{plain}\n"));
        }
    }

    /// Writes out what was kept back.
    pub(crate) fn flush(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        let written = match self.target {
            Target::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(&self.kept).and_then(|()| out.flush())
            }
            Target::Stderr => io::stderr().write_all(&self.kept),
        };
        self.is_closed |= written.is_err();
        self.kept.clear();
    }

    fn print(&mut self, now: Instant, text: &[u8]) {
        for text in lines(text) {
            if let Some(log) = &mut self.log {
                log.add(now, "script", &text);
            }
            self.keep(&format!("{now} {text}\n"));
        }
    }

    fn keep(&mut self, text: &str) {
        self.kept.extend_from_slice(text.as_bytes());
        if self.kept.len() > KEPT_BYTES_MAX {
            self.flush();
        }
    }

    /// In full the first time, with what explains it; in a line from then on.
    fn script_failed(&mut self, now: Instant, what: &str, error: &str) {
        let times = self.errors.entry(format!("{what}{error}")).or_default();
        *times += 1;
        let times = *times;
        if times > 1 {
            let first_line = clean(error.lines().next().unwrap_or_default().as_bytes());
            return self.insist(now, &self.lang.script_failed_again(&first_line, times));
        }
        self.insist(now, what);
        for text in error.lines() {
            self.insist(now, &format!("  {}", clean(text.as_bytes())));
        }
        if let Some(notice) = self.explanation.take() {
            let text = self.lang.labelled(self.lang.hint(), &self.lang.notice(&notice));
            self.insist(now, &text);
        }
    }

    fn learn_place(
        &mut self,
        line: (usize, LineId),
        speech: Speech,
        (host, port): (&str, u16),
        unverified: bool,
    ) {
        let host = clean(host.as_bytes());
        let named = address(&host, port);
        let name = match self.redirects.resolve(speech, &host, port) {
            Some((host, port)) => self.lang.redirected(&named, &address(&host, port)),
            None => named,
        };
        self.places.insert(line, Place { name, unverified });
    }

    /// Where a line leads, in words; `?` where nobody knows it.
    pub(crate) fn place(&self, device: usize, line: LineId) -> &str {
        self.places.get(&(device, line)).map_or("?", |place| &place.name)
    }

    /// Says once in a run that a connection verifies nothing.
    fn tell_unverified(&mut self, now: Instant, device: usize, line: LineId) {
        let place = self.places.get(&(device, line)).filter(|place| place.unverified);
        if let Some(place) = place.filter(|_| !self.told_unverified) {
            let text = self.lang.tls_unverified(&place.name);
            self.told_unverified = true;
            self.say(now, &text);
        }
    }
}

/// `host:port`, with brackets where a host has colons of its own.
fn address(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
