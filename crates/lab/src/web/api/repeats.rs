//! `GET` and `POST /api/repeats`, `DELETE /api/repeats/{id}`

use super::Problem;
use super::extract::{Body, Path};
use super::send::{bytes, named};
use crate::web::repeats::{EVERY_MAX, EVERY_MIN, REPEATS_MAX, Repeat, Running};
use crate::web::state::State;
use crate::words::duration;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be sent again and again: `text` or `hex`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"devices": ["860000000000001"], "text": "ping\r\n", "every": "10s", "times": 6}))]
pub(super) struct SendRepeatedly {
    /// To these devices, as far as they are online at that time; to all, if there is none.
    #[schema(max_items = 10_000)]
    devices: Option<Vec<String>>,
    /// Text, sent as UTF-8.
    #[schema(max_length = 524_288)]
    text: Option<String>,
    /// Bytes in hex; blanks between them are welcome.
    #[schema(example = "6f 6b 0d 0a")]
    hex: Option<String>,
    /// The time from one turn to the next, from `100ms` to `24h`.
    #[schema(example = "10s")]
    every: String,
    /// So many turns; without end, if there is none.
    #[schema(minimum = 1, maximum = 4_294_967_295_u32)]
    times: Option<u32>,
}

/// A repeated send.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Repeated {
    #[schema(example = 1)]
    id: u64,
    /// To these devices; null is all.
    devices: Option<Vec<String>>,
    /// The bytes, as base64.
    #[schema(example = "cGluZw0K")]
    bytes: String,
    /// Milliseconds from one turn to the next.
    #[schema(example = 10_000)]
    every_ms: u64,
    /// How many turns there are to be; null is without end.
    times: Option<u32>,
    /// How many there were.
    turns: u32,
    /// Connections that the last one reached.
    connections: usize,
}

/// The repeated sends that run, the oldest first.
#[utoipa::path(
    get, path = "/api/repeats", tag = "devices",
    responses((status = 200, body = [Repeated]), (status = 400, body = Problem)),
)]
pub(super) async fn repeats(AxumState(state): AxumState<State>) -> Json<Vec<Repeated>> {
    Json(state.repeats.list().into_iter().map(Repeated::from).collect())
}

/// Sends bytes at once, and then again and again: until it is ended, has had its turns, or the lab stops.
#[utoipa::path(
    post, path = "/api/repeats", tag = "devices", request_body = SendRepeatedly,
    responses(
        (status = 200, body = Repeated), (status = 400, body = Problem),
        (status = 404, body = Problem, description = "one of the devices was never seen; nothing is sent"),
        (status = 409, body = Problem, description = "too many run"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(super) async fn begin(
    AxumState(state): AxumState<State>,
    Body(wanted): Body<SendRepeatedly>,
) -> Result<Json<Repeated>, Problem> {
    let every = duration(&wanted.every)?;
    if !(EVERY_MIN..=EVERY_MAX).contains(&every) || wanted.times == Some(0) {
        return Err(out_of_bounds(&wanted));
    }
    let bytes = bytes(wanted.text, wanted.hex)?;
    let devices = named(wanted.devices)?;
    // Who was never seen is more likely a slip of the pen than somebody who is to come.
    state.conns_of_those(devices.clone()).await?;
    let repeat = Repeat { devices, bytes, every, times: wanted.times };
    let begun = state.repeats.begin(state.clone(), repeat).ok_or_else(crowded)?;
    Ok(Json(begun.into()))
}

/// Ends a repeated send.
#[utoipa::path(
    delete, path = "/api/repeats/{id}", tag = "devices",
    params(("id" = u64, Path, description = "its number")),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)),
)]
pub(super) async fn end(
    AxumState(state): AxumState<State>,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    if state.repeats.end(id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let (en, zh) = (format!("no repeated send {id} runs"), format!("没有正在进行的定时发送 {id}"));
    Err(Problem::new(StatusCode::NOT_FOUND, en, zh)
        .hint("GET /api/repeats lists those that do", "GET /api/repeats 可列出全部"))
}

fn out_of_bounds(wanted: &SendRepeatedly) -> Problem {
    let SendRepeatedly { every, times, .. } = wanted;
    let times = times.map_or_else(String::new, |times| format!(", {times} times"));
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        format!("every {every}{times} is no way to repeat a send"),
        format!("不能这样定时发送：every = {every}{times}"),
    )
    .hint(
        "`every` is 100ms to 24h, `times` at least 1",
        "`every` 为 100ms 到 24h，`times` 至少为 1",
    )
}

fn crowded() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        format!("{REPEATS_MAX} repeated sends run, and no more may"),
        format!("已有 {REPEATS_MAX} 个定时发送在进行，不能再加"),
    )
    .hint("DELETE /api/repeats/{id} ends one", "DELETE /api/repeats/{id} 可停止一个")
}

impl From<Running> for Repeated {
    fn from(running: Running) -> Self {
        let Running { id, repeat, turns, connections } = running;
        let Repeat { devices, bytes, every, times } = repeat;
        let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        let bytes = STANDARD.encode(&bytes);
        Self { id, devices, bytes, every_ms, times, turns, connections }
    }
}
