//! How long the path keeps a connection on which nobody speaks.
//!
//! Several connections begin together, each is silent for its own time, and then is asked for a sign
//! of life. A server that ends a silent connection by itself is told from a path that has forgotten
//! it: the first says so, the second says nothing.

mod probe;

use super::CallFailure;
use probe::Line;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

pub(super) use probe::Opening;

/// Connections that are silent side by side.
const LINES: u32 = 12;

/// How much longer the longest silence is than the shortest.
const SPREAD: f64 = 64.0;

/// How often who watches is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdleLimits {
    /// The longest silence to try.
    pub(crate) longest: Duration,
    /// What asks for the sign of life; without it, the system does, unheard by the server's program.
    pub(crate) probe: Option<Vec<u8>>,
    /// How long the sign of life may take.
    pub(crate) patience: Duration,
}

/// How one silence ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub(crate) enum IdleEnd {
    /// The server gave a sign of life.
    Alive,
    /// No answer of any kind: the path has forgotten the connection.
    Forgotten,
    /// The question was answered with a reset: who answered does not know the connection.
    Reset,
    /// The server ended it.
    Closed { after_ms: u64 },
    /// The server, or a box on the way, broke it while it was silent.
    Cut { after_ms: u64 },
    /// The server spoke, so it was not silent.
    Spoke { after_ms: u64 },
    /// There was no connection to begin with.
    NotConnected { why: CallFailure },
}

/// One connection: how long it was to be silent, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Silence {
    pub(crate) silent_ms: u64,
    #[serde(flatten)]
    pub(crate) end: IdleEnd,
}

/// What all of them say together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Idle {
    /// By length of silence.
    pub(crate) lines: Vec<Silence>,
    /// The longest silence that was survived.
    pub(crate) kept_ms: Option<u64>,
    /// The shortest that the path did not keep.
    pub(crate) lost_ms: Option<u64>,
    /// When the server, or a box on the way, ended a silent one.
    pub(crate) ended_ms: Option<u64>,
    /// A heartbeat that is frequent enough; none where nothing ended, or nothing lived.
    pub(crate) heartbeat_ms: Option<u64>,
}

/// Tries silences up to `limits.longest`; `watch` hears the time and how many have ended.
pub(super) fn examine(
    address: SocketAddr,
    opening: &Opening,
    limits: &IdleLimits,
    watch: &mut dyn FnMut(Duration, usize, usize),
) -> Idle {
    let silences = ladder(limits.longest);
    let (sender, ends) = channel();
    for &silence in &silences {
        spawn(address, opening.clone(), limits.clone(), silence, sender.clone());
    }
    drop(sender);
    let since = Instant::now();
    let mut lines: Vec<Silence> = Vec::new();
    while !is_settled(&mut lines) {
        match ends.recv_timeout(TELL_EVERY) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        watch(since.elapsed(), lines.len(), silences.len());
    }
    Idle::of(lines)
}

/// The silences to try: each longer than the one before by the same factor.
fn ladder(longest: Duration) -> Vec<Duration> {
    let factor = SPREAD.powf(1.0 / f64::from(LINES - 1));
    let shortest = longest.as_secs_f64() / SPREAD;
    let mut steps: Vec<_> = (0..LINES)
        .map(|step| Duration::from_secs_f64(shortest * factor.powf(f64::from(step))))
        .map(|step| Duration::from_millis(super::ms(step).max(1)))
        .collect();
    steps.dedup();
    steps
}

fn spawn(
    address: SocketAddr,
    opening: Opening,
    limits: IdleLimits,
    silence: Duration,
    sender: Sender<Silence>,
) {
    let work = move || {
        let end = match Line::open(address, &opening, limits.patience) {
            Ok(line) => line.be_silent(silence, &limits),
            Err(why) => IdleEnd::NotConnected { why },
        };
        // Nobody listens where enough is known already.
        let _ = sender.send(Silence { silent_ms: super::ms(silence), end });
    };
    // Where there is no thread, there is one silence less to learn from.
    let _ = thread::Builder::new().name("silence".to_owned()).spawn(work);
}

/// Whether longer silences can teach nothing more: two in a row were forgotten.
fn is_settled(lines: &mut [Silence]) -> bool {
    lines.sort_by_key(|line| line.silent_ms);
    lines.windows(2).any(|pair| pair.iter().all(Silence::is_lost))
}

impl IdleEnd {
    /// When the other side, or a box on the way, ended it.
    fn ended_there(self) -> Option<u64> {
        let (Self::Closed { after_ms } | Self::Cut { after_ms }) = self else { return None };
        Some(after_ms)
    }
}

impl Silence {
    /// Whether the path did not keep it.
    fn is_lost(&self) -> bool {
        matches!(self.end, IdleEnd::Forgotten | IdleEnd::Reset)
    }
}

impl Idle {
    /// Draws the conclusion from all connections.
    fn of(mut lines: Vec<Silence>) -> Self {
        lines.sort_by_key(|line| line.silent_ms);
        let lost_ms = lines.iter().find(|line| line.is_lost()).map(|line| line.silent_ms);
        let ended_ms = lines.iter().filter_map(|line| line.end.ended_there()).min();
        let limit = lost_ms.unwrap_or(u64::MAX);
        let alive = |line: &&Silence| line.end == IdleEnd::Alive && line.silent_ms < limit;
        let kept_ms = lines.iter().rev().find(alive).map(|line| line.silent_ms);
        let sure = match lost_ms {
            // Somewhere between the two the path forgets; nobody knows where.
            Some(_) => kept_ms,
            None => None,
        };
        let shortest = [sure, ended_ms].into_iter().flatten().min();
        let heartbeat_ms = shortest.map(|limit| limit / 4 * 3 + limit % 4 * 3 / 4);
        Self { lines, kept_ms, lost_ms, ended_ms, heartbeat_ms }
    }

    /// When the server first spoke by itself.
    pub(crate) fn spoke_ms(&self) -> Option<u64> {
        let spoke = self.lines.iter().filter_map(|line| {
            if let IdleEnd::Spoke { after_ms } = line.end { Some(after_ms) } else { None }
        });
        spoke.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: IdleEnd = IdleEnd::Closed { after_ms: 60_000 };

    fn conclude(ends: &[(u64, IdleEnd)]) -> Idle {
        Idle::of(ends.iter().map(|&(silent_ms, end)| Silence { silent_ms, end }).collect())
    }

    #[test]
    fn silences_grow_evenly_to_the_longest() {
        let steps = ladder(Duration::from_secs(1920));
        assert_eq!(steps.len(), 12);
        assert_eq!(steps[0], Duration::from_secs(30));
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(steps[11].abs_diff(Duration::from_secs(1920)) < Duration::from_millis(10));
        assert_eq!(ladder(Duration::ZERO), [Duration::from_millis(1)]);
    }

    #[test]
    fn the_heartbeat_is_shorter_than_what_was_survived() {
        let idle = conclude(&[
            (240, IdleEnd::Forgotten),
            (60, IdleEnd::Alive),
            (120, IdleEnd::Alive),
            (480, IdleEnd::Alive),
        ]);
        assert_eq!((idle.kept_ms, idle.lost_ms), (Some(120), Some(240)), "the odd one is no proof");
        assert_eq!(idle.heartbeat_ms, Some(90));
    }

    #[test]
    fn a_server_that_ends_silent_connections_sets_the_heartbeat_too() {
        let idle = conclude(&[(30_000, IdleEnd::Alive), (90_000, CLOSED), (120_000, CLOSED)]);
        assert_eq!((idle.kept_ms, idle.lost_ms), (Some(30_000), None));
        assert_eq!((idle.ended_ms, idle.heartbeat_ms), (Some(60_000), Some(45_000)));
    }

    #[test]
    fn the_shorter_of_both_limits_counts() {
        let idle = conclude(&[(20, IdleEnd::Alive), (40, IdleEnd::Reset), (90_000, CLOSED)]);
        assert_eq!(idle.heartbeat_ms, Some(15));
    }

    #[test]
    fn where_all_live_or_none_no_heartbeat_is_made_up() {
        assert_eq!(conclude(&[(1, IdleEnd::Alive), (2, IdleEnd::Alive)]).heartbeat_ms, None);
        assert_eq!(conclude(&[(1, IdleEnd::Forgotten)]).heartbeat_ms, None);
        assert_eq!(conclude(&[]).heartbeat_ms, None);
    }

    #[test]
    fn two_forgotten_in_a_row_are_enough() {
        let silence = |silent_ms, end| Silence { silent_ms, end };
        let mut lines = vec![silence(4, IdleEnd::Reset), silence(1, IdleEnd::Alive)];
        assert!(!is_settled(&mut lines));
        lines.push(silence(2, IdleEnd::Forgotten));
        assert!(is_settled(&mut lines));
    }
}
