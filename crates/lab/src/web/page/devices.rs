//! The devices: who they are, how they are, and why they came back.

use super::addresses;
use super::beats::{BEATS_MAX, Beats};
use super::ports::pasted;
use super::shown::{amount, duration, moment, visible, with_code};
use super::words::{self, Words, fill};
use crate::store::{Connected, Reader, Seen};
use crate::web::api::Problem;
use crate::web::state::{Port, State};
use axum::extract::{Query, State as AxumState};
use axum::http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Devices that are shown at once.
const SHOWN_MAX: usize = 50;

/// Devices among which one is looked for.
const SOUGHT_MAX: usize = 10_000;

/// Connections that are told of one device.
const CONNECTIONS_MAX: usize = 10;

/// Which devices are wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// What is somewhere in their name.
    #[serde(default)]
    find: String,
}

/// What is told of a device.
struct Told {
    seen: Seen,
    conns: Vec<Connected>,
    beats: Option<Beats>,
}

/// The list alone, to be put in the place of the old one.
pub(super) async fn list(
    AxumState(state): AxumState<State>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<axum::response::Html<String>, Problem> {
    let words = words::of(&headers);
    let is_search = !wanted.find.trim().is_empty();
    let (all, told) = state.read(move |reader| read(reader, &wanted.find)).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let list = match all == 0 && !is_search {
        true => first_steps(words, &state.ports),
        false => shown(words, all, &told, now),
    };
    Ok(axum::response::Html(list.into_string()))
}

/// What a newcomer does next.
fn first_steps(words: &Words, ports: &[Port]) -> Markup {
    html! {
        ul #device-list {
            li.note { (words.no_devices) }
            li.note { (with_code(words.try_script)) }
            @if let Some(port) = ports.first() {
                li.note { (words.try_hand) (pasted(words, None, &addresses::by_hand(port.kind, port.address))) }
            }
        }
    }
}

fn read(reader: &Reader, find: &str) -> rusqlite::Result<(usize, Vec<Told>)> {
    let find = find.trim();
    let (count, _) = reader.device_counts()?;
    let is_sought = |seen: &Seen| {
        seen.key.contains(find)
            || seen.name.as_deref().is_some_and(|name| visible(name).contains(find))
    };
    let limit = if find.is_empty() { SHOWN_MAX } else { SOUGHT_MAX };
    let mut found = reader.devices(0, limit)?;
    found.retain(is_sought);
    let all = if find.is_empty() { usize::try_from(count).unwrap_or(0) } else { found.len() };
    found.truncate(SHOWN_MAX);
    let told = found.into_iter().map(|seen| {
        let conns = reader.conns(&seen.key, CONNECTIONS_MAX)?;
        let beats = Beats::new(&reader.beats(&seen.key, BEATS_MAX)?);
        Ok(Told { seen, conns, beats })
    });
    Ok((all, told.collect::<rusqlite::Result<_>>()?))
}

fn shown(words: &Words, all: usize, told: &[Told], now: Duration) -> Markup {
    html! {
        ul #device-list data-all=(all) {
            @for one in told { (device(words, one, now)) }
            @if told.is_empty() {
                li.note { (words.no_such_device) }
            }
            @if all > told.len() {
                li.note { (fill(words.more_devices, &[("n", &told.len()), ("all", &all)])) }
            }
        }
    }
}

fn device(words: &Words, told: &Told, now: Duration) -> Markup {
    let Told { seen, conns, beats } = told;
    let name = seen.name.as_deref().map_or_else(|| seen.key.clone(), visible);
    let (class, online) = match seen.is_online {
        true => ("device online", words.online),
        false => ("device", words.offline),
    };
    html! {
        li #(format!("device-{}", seen.key)) class=(class) {
            label {
                input type="checkbox" name="device" value=(seen.key)
                    aria-label=(fill(words.choose, &[("name", &name)]));
                span.dot aria-hidden="true" {}
                strong { bdi { (name) } }
                span.state { (online) }
            }
            p { (times(words, seen, conns, now)) }
            p {
                (fill(words.received_sent, &[("in", &amount(seen.bytes_in)), ("out", &amount(seen.bytes_out))]))
                @if let Some(beats) = beats { (beats.shown(words)) }
            }
            (reconnects(words, seen, conns))
        }
    }
}

/// Where it comes from, and since when.
fn times(words: &Words, seen: &Seen, conns: &[Connected], now: Duration) -> String {
    let ago = |at: i64| {
        let passed = now.saturating_sub(Duration::from_micros(at.unsigned_abs()));
        duration(words, Duration::from_secs(passed.as_secs()))
    };
    let Some(last) = conns.first() else { return String::new() };
    let time = match last.closed_at {
        None => fill(words.online_for, &[("time", &ago(last.opened_at))]),
        Some(_) => fill(words.seen_ago, &[("time", &ago(seen.last_at))]),
    };
    format!("{} · {time}", fill(words.from, &[("address", &last.address)]))
}

fn reconnects(words: &Words, seen: &Seen, conns: &[Connected]) -> Markup {
    html! {
        details #(format!("connections-{}", seen.key)) {
            summary { (fill(words.connections, &[("n", &seen.connections)])) }
            ol.reconnects {
                @for conn in conns {
                    li {
                        (moment(conn.opened_at)) " " bdi { (conn.port) } " "
                        @if let Some(closed_at) = conn.closed_at {
                            @let micros = (closed_at - conn.opened_at).max(0);
                            (duration(words, Duration::from_micros(micros.unsigned_abs())))
                            " · "
                            (reason(words, conn.reason.as_deref().unwrap_or_default()))
                        } @else { (words.online) }
                    }
                }
            }
            div.bar {
                @for (with, word) in [("close", words.kick_close), ("reset", words.kick_reset)] {
                    button type="button" data-kick=(with) data-device=(seen.key) { (word) }
                }
                a href=(format!("/api/devices/{}/test", seen.key)) download { (words.make_test) }
                output {}
            }
        }
    }
}

/// Why a connection is over, in the reader's language.
pub(super) fn reason(words: &Words, kept: &str) -> String {
    let known = match kept {
        "closed by the device" => words.end_by_device,
        "closed by the device without a close_notify" => words.end_unannounced,
        "the TLS handshake failed" => words.end_unsecured,
        "closed by the target" => words.end_by_target,
        "closed by the server" => words.end_by_server,
        "reset by the server" => words.end_by_server_reset,
        "the device does not read" => words.end_too_slow,
        "silent for long" => words.end_idle,
        "the lab stopped" => words.end_stopped,
        "the lab was killed" => words.end_killed,
        _ => return reason_with_why(words, kept),
    };
    known.to_owned()
}

/// A reason that the system told more of.
fn reason_with_why(words: &Words, kept: &str) -> String {
    let forms = [
        ("broken: ", words.end_broken),
        ("broken by the target: ", words.end_target_broken),
        ("no way to the target: ", words.end_unreachable),
    ];
    let known = forms.iter().find_map(|(begin, form)| Some((kept.strip_prefix(begin)?, form)));
    match known {
        Some((why, form)) => fill(form, &[("why", &visible(why.as_bytes()))]),
        None => visible(kept.as_bytes()),
    }
}
