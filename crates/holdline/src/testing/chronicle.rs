//! Rows of a story that no device tells: what servers recorded, and the faults that struck.

use super::story::{Closer, Row, Story, What};
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use holdline_peer::{By, Entry};
use holdline_sim::{DeviceId, Server, Sim};
use std::time::Duration;

/// Takes what `server` has recorded; `actor` is who it is in the story.
pub(super) fn recorded(server: &mut Server, actor: usize) -> impl Iterator<Item = Row> {
    server.take_record().into_iter().filter_map(move |entry| row_of(entry, actor))
}

fn row_of(entry: Entry, actor: usize) -> Option<Row> {
    let conn = entry.conn;
    let what = match entry.what {
        holdline_peer::What::Refused => What::Refused { conn },
        holdline_peer::What::Accepted => What::Accepted { conn },
        holdline_peer::What::Received(bytes) => What::ServerReceived { conn, bytes },
        holdline_peer::What::Sent(bytes) => What::ServerSent { conn, bytes },
        holdline_peer::What::Closed(by) => What::ServerClosed { conn, by: closer(by) },
        // Told by the bytes that came.
        holdline_peer::What::Message(_)
        | holdline_peer::What::Left(_)
        | holdline_peer::What::Named(_) => return None,
    };
    Some(Row { at: entry.at, actor, what })
}

fn closer(by: By) -> Closer {
    match by {
        By::Device => Closer::Device,
        By::Server => Closer::Server,
        By::ServerReset => Closer::ServerReset,
    }
}

/// The faults that struck, as rows of those whom they hit: a device, the server at a port, or else the
/// world.
pub(super) fn faults(
    sim: &Sim,
    server: impl Fn(u16) -> Option<usize>,
    device: impl Fn(DeviceId) -> usize,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for happening in sim.faults() {
        let hit = happening.whom.map(&device).or_else(|| happening.fault.port.and_then(&server));
        let (actor, words) = (hit.unwrap_or(0), happening.fault.to_string());
        let at = since_start(happening.began);
        rows.push(Row { at, actor, what: What::FaultBegan(words.clone()) });
        let ended = happening.ended.filter(|ended| *ended > happening.began);
        rows.extend(ended.map(|ended| Row {
            at: since_start(ended),
            actor,
            what: What::FaultEnded(words),
        }));
    }
    // One that hits all servers strikes each, at the same moment.
    rows.sort_by_key(|row| row.at);
    rows.dedup();
    rows
}

/// The first of the faults that were given, with what goes with it, that has never struck.
pub(super) fn idle<'a, T>(
    sim: &Sim,
    given: &'a [T],
    fault: impl Fn(&T) -> &Fault,
) -> Option<&'a T> {
    let bare = |fault: &Fault| Fault { port: None, ..fault.clone() };
    let struck: Vec<_> = sim.faults().iter().map(|happening| bare(&happening.fault)).collect();
    given.iter().find(|given| !struck.contains(&bare(fault(given))))
}

/// The story with its faults, each before what follows from it where the moment is one.
pub(super) fn with_faults(mut story: Story, mut faults: Vec<Row>) -> Story {
    faults.append(&mut story.rows);
    faults.sort_by_key(|row| row.at);
    Story { rows: faults, ..story }
}

pub(super) fn since_start(at: Instant) -> Duration {
    Duration::from_micros(at.as_micros())
}
