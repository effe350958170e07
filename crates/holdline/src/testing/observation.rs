//! What a test can look at: things that happened, with their times, and how things stand.

use super::judge::{State, Window};
use super::pattern::{Pattern, Stream};
use super::story::{Row, Told, What};
use super::trial::Trial;
use crate::console::clean;
use holdline_modem::UartId;
use holdline_peer::Conn;
use holdline_sim::DeviceId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Something to look at, whenever an expectation about it is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Observation {
    /// What a server received.
    Received { server: usize, wanted: Wanted },
    /// Connections that a server accepted.
    Connects { server: usize },
    /// Connections that a server has open.
    Connections { server: usize },
    /// Restarts of a device.
    Restarts { device: DeviceId, wanted: Wanted },
    /// Connections that the script asked for.
    Dials { device: DeviceId, wanted: Wanted },
    /// Lines that the script printed.
    Log { device: DeviceId, wanted: Wanted },
    /// What an author should hear.
    Notices { device: DeviceId, wanted: Wanted },
    /// Lines that a device has open.
    Sockets { device: DeviceId },
    /// A file of a device.
    Flash { device: DeviceId, path: String },
    /// Whether a device has an address.
    IsOnline { device: DeviceId },
    /// What the other end of a serial port heard.
    Heard { device: DeviceId, port: UartId, wanted: Wanted },
}

/// Which of the things that happened count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    /// Those with this in them, wherever a stream was cut.
    With(Pattern),
    /// Those that are this, from first byte to last.
    Exactly(Pattern),
}

/// What the things are called that happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noun {
    Message,
    Connect,
    Restart,
    Line,
    Notice,
    /// A text on a serial port.
    Text,
}

/// How often something happened up to where somebody has looked.
#[derive(Default)]
pub(super) struct Sightings {
    rows: usize,
    streams: BTreeMap<Option<Conn>, Stream>,
    count: u64,
}

impl Observation {
    /// What is counted.
    pub(super) fn noun(&self) -> Noun {
        match self {
            Self::Received { .. } => Noun::Message,
            Self::Connects { .. }
            | Self::Connections { .. }
            | Self::Dials { .. }
            | Self::Sockets { .. } => Noun::Connect,
            Self::Restarts { .. } => Noun::Restart,
            Self::Log { .. } => Noun::Line,
            Self::Notices { .. } => Noun::Notice,
            Self::Heard { .. } | Self::Flash { .. } | Self::IsOnline { .. } => Noun::Text,
        }
    }

    /// Whether it is about things that happen, and not only about how something stands.
    pub(super) fn has_times(&self) -> bool {
        match self {
            Self::Received { .. }
            | Self::Connects { .. }
            | Self::Restarts { .. }
            | Self::Dials { .. }
            | Self::Log { .. }
            | Self::Notices { .. }
            | Self::Heard { .. } => true,
            Self::Connections { .. }
            | Self::Sockets { .. }
            | Self::Flash { .. }
            | Self::IsOnline { .. } => false,
        }
    }

    /// When it happened, in `window`.
    pub(super) fn times(&self, trial: &Trial, window: Window) -> Vec<Duration> {
        let mut times = Vec::new();
        let mut streams: BTreeMap<Option<Conn>, Stream> = BTreeMap::new();
        for row in trial.rows().iter().filter(|row| row.actor == self.actor(trial)) {
            let count = self.count(row, &mut streams);
            if window.contains(row.at) {
                times.extend(std::iter::repeat_n(row.at, count));
            }
        }
        times
    }

    /// How often it happened so far; goes on where `seen` ends.
    pub(super) fn count_on(&self, trial: &Trial, seen: &mut Sightings) -> u64 {
        let actor = self.actor(trial);
        let news = &trial.rows()[seen.rows..];
        for row in news.iter().filter(|row| row.actor == actor) {
            seen.count += self.count(row, &mut seen.streams) as u64;
        }
        seen.rows += news.len();
        seen.count
    }

    /// Who it is about, in the story.
    fn actor(&self, trial: &Trial) -> usize {
        match self {
            Self::Received { server, .. }
            | Self::Connects { server }
            | Self::Connections { server } => trial.address(*server).actor,
            Self::Restarts { device, .. }
            | Self::Dials { device, .. }
            | Self::Log { device, .. }
            | Self::Notices { device, .. }
            | Self::Sockets { device }
            | Self::Flash { device, .. }
            | Self::IsOnline { device }
            | Self::Heard { device, .. } => trial.actor_of(*device),
        }
    }

    /// How many times it happened in `row`, which is about its actor.
    fn count(&self, row: &Row, streams: &mut BTreeMap<Option<Conn>, Stream>) -> usize {
        match (self, &row.what) {
            (Self::Received { wanted, .. }, What::ServerReceived { conn, bytes }) => {
                wanted.count(bytes, streams.entry(Some(*conn)).or_default())
            }
            (Self::Heard { port, wanted, .. }, What::UartSent { port: at, bytes })
                if port == at =>
            {
                wanted.count(bytes, streams.entry(None).or_default())
            }
            (Self::Log { wanted, .. }, What::Log(line)) => wanted.count_line(line),
            (Self::Notices { wanted, .. }, What::Notice(told))
            | (Self::Restarts { wanted, .. }, What::Restarting(told)) => [&told.text, &told.other]
                .into_iter()
                .map(|text| wanted.count_line(text.as_bytes()))
                .max()
                .unwrap_or(0),
            (Self::Dials { wanted, .. }, What::Dialled { to, .. }) => {
                wanted.count_line(to.as_bytes())
            }
            (Self::Connects { .. }, What::Accepted { .. }) => 1,
            _ => 0,
        }
    }

    /// How it stands now, or what a serial port heard in `window`; `None` where only counts tell.
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what went out on the port counts")]
    pub(super) fn state(&self, trial: &mut Trial, window: Window) -> Option<State> {
        match self {
            Self::Connections { .. } => Some(State::Number(self.open_connections(trial))),
            Self::Sockets { device } => {
                let taken = trial.sim().device_mut(*device).modem().sockets_taken();
                Some(State::Number(taken as u64))
            }
            Self::Flash { device, path } => {
                let file = trial.sim().device_mut(*device).flash().read(path);
                Some(file.map_or(State::Missing, State::Bytes))
            }
            Self::IsOnline { device } => {
                Some(State::Flag(trial.sim().device_mut(*device).modem().is_online()))
            }
            Self::Heard { port, wanted: Wanted::All, .. } => {
                let actor = self.actor(trial);
                let rows = trial.rows().iter().filter(|row| row.actor == actor);
                let parts = rows.filter(|row| window.contains(row.at)).map(|row| match &row.what {
                    What::UartSent { port: at, bytes } if at == port => bytes.as_slice(),
                    _ => &[],
                });
                Some(State::Bytes(parts.flatten().copied().collect()))
            }
            Self::Received { .. }
            | Self::Connects { .. }
            | Self::Restarts { .. }
            | Self::Dials { .. }
            | Self::Log { .. }
            | Self::Notices { .. }
            | Self::Heard { .. } => None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only ends and beginnings count")]
    fn open_connections(&self, trial: &Trial) -> u64 {
        let mut open = BTreeSet::new();
        for row in trial.rows().iter().filter(|row| row.actor == self.actor(trial)) {
            match &row.what {
                What::Accepted { conn } => open.insert(*conn),
                What::ServerClosed { conn, .. } => open.remove(conn),
                _ => false,
            };
        }
        open.len() as u64
    }

    /// What happened of the kind in `window`, though not what is wanted: each thing once, with how
    /// often it happened, the most frequent first.
    pub(super) fn instead(&self, trial: &Trial, window: Window) -> Vec<(Vec<u8>, usize)> {
        let mut found: BTreeMap<&[u8], usize> = BTreeMap::new();
        let actor = self.actor(trial);
        for row in trial.rows().iter().filter(|row| row.actor == actor && window.contains(row.at)) {
            let bytes = match (self, &row.what) {
                (Self::Received { .. }, What::ServerReceived { bytes, .. })
                | (Self::Log { .. }, What::Log(bytes)) => bytes.as_slice(),
                (Self::Notices { .. }, What::Notice(Told { text, .. }))
                | (Self::Restarts { .. }, What::Restarting(Told { text, .. }))
                | (Self::Dials { .. }, What::Dialled { to: text, .. }) => text.as_bytes(),
                (Self::Heard { port, .. }, What::UartSent { port: at, bytes }) if port == at => {
                    bytes
                }
                _ => continue,
            };
            *found.entry(bytes).or_default() += 1;
        }
        let mut found: Vec<_> =
            found.into_iter().map(|(bytes, count)| (bytes.to_vec(), count)).collect();
        found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        found
    }
}

impl Wanted {
    fn count(&self, bytes: &[u8], stream: &mut Stream) -> usize {
        match self {
            Self::All => 1,
            Self::With(pattern) => stream.feed(pattern, bytes),
            Self::Exactly(pattern) => usize::from(pattern.is(bytes)),
        }
    }

    /// Whether a line counts. A test in UTF-8 means the same as a script in GBK, and the other way round.
    fn count_line(&self, line: &[u8]) -> usize {
        let is_it = |wanted: &Self, line: &[u8]| match wanted {
            Self::All => true,
            Self::With(pattern) => pattern.find(line).is_some(),
            Self::Exactly(pattern) => pattern.is(line),
        };
        let in_utf8 = |wanted: &Self| is_it(wanted, clean(line).as_bytes());
        usize::from(is_it(self, line) || self.in_utf8().is_some_and(|wanted| in_utf8(&wanted)))
    }

    /// The same where both it and the line are read as text; `None` for what is no text.
    fn in_utf8(&self) -> Option<Self> {
        let text = |pattern: &Pattern| {
            let bytes = pattern.bytes().filter(|bytes| !bytes.is_ascii())?;
            Pattern::text(clean(&bytes).as_bytes())
        };
        match self {
            Self::All => None,
            Self::With(pattern) => text(pattern).map(Self::With),
            Self::Exactly(pattern) => text(pattern).map(Self::Exactly),
        }
    }
}
