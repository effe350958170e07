//! The devices: who they are, how they are, and why they came back.

use super::addresses;
use super::beats::{BEATS_MAX, Beats};
use super::ports::pasted;
use super::shown::{amount, duration, moment, visible, with_code};
use super::words::{self, Words, fill};
use crate::store::{Connected, Order, Reader, Seen};
use crate::web::api::{Asked, Problem};
use crate::web::state::{Port, State};
use axum::extract::State as AxumState;
use axum::http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Devices that are shown at once.
const SHOWN_MAX: usize = 50;

/// Pages that there are, at most: more than there can be devices.
const PAGES_MAX: usize = 1 << 24;

/// Connections that are told of one device.
const CONNECTIONS_MAX: usize = 10;

/// Which devices are wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// What is somewhere in their name.
    #[serde(default)]
    find: String,
    #[serde(default)]
    order: Order,
    /// Which page of them; the first is 0.
    #[serde(default)]
    page: usize,
}

/// Some of the devices.
struct Page {
    /// How many are wanted, on every page.
    all: usize,
    page: usize,
    told: Vec<Told>,
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
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<axum::response::Html<String>, Problem> {
    let words = words::of(&headers);
    let is_search = !wanted.find.trim().is_empty();
    let page = state.read(move |reader| read(reader, &wanted)).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let list = match page.all == 0 && !is_search {
        true => first_steps(words, &state.ports),
        false => shown(words, &page, now),
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

fn read(reader: &Reader, wanted: &Wanted) -> rusqlite::Result<Page> {
    let (find, page) = (wanted.find.trim(), wanted.page.min(PAGES_MAX));
    let (all, found) = reader.find_devices(find, wanted.order, page * SHOWN_MAX, SHOWN_MAX)?;
    let told = found.into_iter().map(|seen| {
        let conns = reader.conns(&seen.key, CONNECTIONS_MAX)?;
        let beats = Beats::new(&reader.beats(&seen.key, BEATS_MAX)?);
        Ok(Told { seen, conns, beats })
    });
    let all = usize::try_from(all).unwrap_or(0);
    Ok(Page { all, page, told: told.collect::<rusqlite::Result<_>>()? })
}

fn shown(words: &Words, page: &Page, now: Duration) -> Markup {
    html! {
        ul #device-list {
            @for one in &page.told { (device(words, one, now)) }
            @if page.all == 0 {
                li.note { (words.no_such_device) }
            }
            @if page.all > SHOWN_MAX { (pager(words, page)) }
        }
    }
}

/// Which of many are shown, and the way to the others.
fn pager(words: &Words, page: &Page) -> Markup {
    let first = page.page * SHOWN_MAX;
    let last = first + page.told.len();
    let told = fill(
        words.devices_shown,
        &[("first", &(first + 1).min(last)), ("last", &last), ("all", &page.all)],
    );
    let (is_first, is_last) = (page.page == 0, last >= page.all);
    html! {
        li #device-pages.bar {
            button type="button" data-page=(page.page.saturating_sub(1)) disabled[is_first] {
                (words.devices_before)
            }
            span.note { (told) }
            button type="button" data-page=(page.page + 1) disabled[is_last] {
                (words.devices_after)
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
        Some(_) => {
            let time = fill(words.seen_ago, &[("time", &ago(seen.last_at))]);
            format!("{time} · {}", reason(words, last.reason.as_deref().unwrap_or_default()))
        }
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
        "too much waited for all, and the most for this one" => words.end_crowded,
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
