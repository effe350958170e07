//! What was found, as a test: it fails until the bug is gone.

use super::crew::Failure;
use super::tell::Teller;
use holdline_device::Profile;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Shown};
use holdline_sim::swarm::{Address, Outcome, Place, RESTARTS_IN_TEN_MINUTES_MAX, Reason, Swarm};
use std::fmt::Write;
use std::time::Duration;

/// The test file, for a failure that was seen in a run which went like this.
pub(super) fn test(
    teller: &Teller<'_>,
    swarm: &Swarm,
    failure: &Failure,
    faults: &[Fault],
    run: &Outcome,
) -> String {
    let reason = teller.lang.swarm_reason(&failure.reason);
    let mut text = format!("-- {reason}\n-- {}\n\n", teller.repeat(failure.seed, faults));
    let profile = teller.ground.profile;
    let module = match profile == Profile::AIR724UG {
        true => String::new(),
        false => format!(", module = {}", lua(profile.name)),
    };
    let words: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let name = lua(&teller.lang.saved_test(&words.join(", ")));
    let seed = failure.seed;
    let _ = writeln!(text, "test({name}, {{ seed = {seed}{module} }}, function(world)");
    for (place, number) in swarm.calm().places.iter().zip(1..) {
        text += &server(place, number, teller);
    }
    text += "  local device = world:boot()\n";
    for words in words {
        let _ = writeln!(text, "  world:fault({})", lua(&words));
    }
    let _ = writeln!(text, "  world:run_until({})", lua(&shown(run.acts.end)));
    let number = |wanted: &Address| {
        let found = swarm.calm().places.iter().position(|place| place.address == *wanted);
        found.map_or(1, |place| place + 1)
    };
    for expected in expectations(&failure.reason, number, run.acts.well_from, run.at) {
        let _ = writeln!(text, "  {expected}");
    }
    text += "end)\n";
    text
}

fn server(place: &Place, number: usize, teller: &Teller<'_>) -> String {
    let Address { host, port } = &place.address;
    let mut text = format!("  local server{number} = world:server({}, {port})\n", lua(host));
    if place.speaks_tls {
        let _ = writeln!(text, "  server{number}:speaks_tls()");
    }
    let echo = format!("{port}=echo");
    if teller.flags.server.contains(&echo) {
        let _ = writeln!(text, "  server{number}:echo()");
    }
    text
}

/// What does not hold, all of it or one of it.
fn expectations(
    reason: &Reason,
    server: impl Fn(&Address) -> usize,
    well_from: Instant,
    at: Instant,
) -> Vec<String> {
    let since = lua(&shown(well_from));
    vec![match reason {
        Reason::Silent { address, wording, .. } => {
            let heard = heard(server(address), wording.as_deref());
            format!("expect({heard}):at_least(1):since({since})")
        }
        Reason::TooFast { address, wording, calm, .. } => {
            let (heard, most) = (heard(server(address), wording.as_deref()), calm + calm / 2 + 1);
            format!("expect({heard}):at_most({most}):since({since})")
        }
        Reason::NotConnected { address } => {
            format!("expect(server{}:connections()):equals(1)", server(address))
        }
        Reason::Storm { connects, .. } => storm(connects - 1, at),
        // An error ends a task, which the log shows, or else the script.
        Reason::Error { text } => {
            return ["log", "restarts"]
                .map(|seen| format!("expect(device:{seen}({})):never()", lua(text)))
                .to_vec();
        }
        Reason::Stuck { .. } | Reason::HostFault { .. } => {
            "expect(device:restarts()):never()".to_owned()
        }
        Reason::BootLoop { .. } => {
            format!("expect(device:restarts()):at_most({RESTARTS_IN_TEN_MINUTES_MAX})")
        }
    }]
}

/// No more than `most` dials in the minute before `at`.
fn storm(most: usize, at: Instant) -> String {
    let end = at.since(Instant::ZERO).as_secs() + 1;
    let [since, before] = [end.saturating_sub(61), end].map(Duration::from_secs);
    let [since, before] = [since, before].map(|at| lua(&Shown(at).to_string()));
    format!("expect(device:dials()):at_most({most}):since({since}):before({before})")
}

/// What a server hears; of one wording, by the longest text in it that is no number.
fn heard(server: usize, wording: Option<&[u8]>) -> String {
    let text = wording.map(|wording| {
        let parts = wording.split(|byte| !(b' '..=b'~').contains(byte) || *byte == b'0');
        let longest = parts.max_by_key(|part| part.len()).unwrap_or_default();
        String::from_utf8_lossy(longest).into_owned()
    });
    match text.filter(|text| !text.is_empty()) {
        Some(text) => format!("server{server}:received({})", lua(&text)),
        None => format!("server{server}:received()"),
    }
}

/// A text as Lua reads it.
fn lua(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("\"{}\"", escaped.replace('\r', r"\r"))
}

fn shown(at: Instant) -> String {
    let since_start: Duration = at.since(Instant::ZERO);
    Shown(since_start).to_string()
}
