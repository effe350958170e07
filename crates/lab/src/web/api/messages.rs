//! `GET /api/messages` and `GET /api/messages/count`

use super::Problem;
use super::extract::Asked;
use super::filter::Wanted;
use crate::store::{self, Kind};
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

/// Messages that one answer holds, at most.
pub(super) const MESSAGES_MAX: u32 = 1000;

/// A moment as text, in UTC with microseconds, such as `2026-11-22T08:00:00.000000Z`.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T08:00:00.000000Z")]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    pub(crate) fn text(self) -> String {
        let time = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        time.to_rfc3339_opts(SecondsFormat::Micros, true)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// In which way bytes went.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    /// From the device.
    In,
    /// To the device.
    Out,
    /// In none: something happened.
    Event,
}

/// Something that came, went or happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// Counted over everything, and never used again.
    #[schema(example = 42)]
    seq: i64,
    time: Time,
    direction: Direction,
    kind: Kind,
    /// The port's name.
    #[schema(example = "tcp-9999")]
    port: String,
    /// The connection, counted over all ports and restarts; 0 where it concerns a whole port.
    connection: i64,
    /// Whose; null where it concerns a whole port.
    #[schema(example = "860000000000001")]
    device: Option<String>,
    /// The bytes as base64; of an event its words.
    #[schema(example = "aGVhcnQgZGF0YQ0K", content_encoding = "base64")]
    bytes: String,
}

/// Which of them are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Leave out so many at the beginning.
    #[serde(default)]
    #[param(default = 0, maximum = 4_294_967_295_u32)]
    skip: u32,
    /// So many at most.
    #[serde(default = "most")]
    #[param(default = 1000, minimum = 1, maximum = 1000)]
    limit: u32,
}

fn most() -> u32 {
    MESSAGES_MAX
}

/// How many messages there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Count {
    /// So many.
    #[schema(example = 1_000_000)]
    count: i64,
    /// The last of them; 0 if there is none.
    #[schema(example = 1_000_042)]
    last_seq: i64,
}

/// What came and went, in order.
#[utoipa::path(
    get, path = "/api/messages", tag = "messages", params(Wanted, Page),
    responses((status = 200, body = Vec<Message>), (status = 400, body = Problem), (status = 422, body = Problem)),
)]
pub(super) async fn messages(
    AxumState(state): AxumState<State>,
    Asked(wanted): Asked<Wanted>,
    Asked(page): Asked<Page>,
) -> Result<Json<Vec<Message>>, Problem> {
    let (skip, limit) = (page.skip as usize, limit(page.limit, MESSAGES_MAX)?);
    let filter = wanted.filter()?;
    let found = state.read(move |reader| reader.messages(&filter, skip, limit)).await?;
    Ok(Json(found.into_iter().map(Message::from).collect()))
}

/// How many messages there are.
#[utoipa::path(
    get, path = "/api/messages/count", tag = "messages", params(Wanted),
    responses((status = 200, body = Count), (status = 400, body = Problem), (status = 422, body = Problem)),
)]
pub(super) async fn count(
    AxumState(state): AxumState<State>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Count>, Problem> {
    let filter = wanted.filter()?;
    let (count, last_seq) = state.read(move |reader| reader.count(&filter)).await?;
    Ok(Json(Count { count, last_seq }))
}

/// How many one answer may hold.
pub(super) fn limit(wanted: u32, most: u32) -> Result<usize, Problem> {
    if (1..=most).contains(&wanted) {
        return Ok(wanted as usize);
    }
    Err(Problem::bad(
        format!("`limit` cannot be {wanted}; it is 1 to {most}"),
        format!("`limit` 不能是 {wanted}；应为 1 到 {most}"),
    )
    .hint("`skip` and `after` lead to the rest", "用 `skip` 或 `after` 取得其余部分"))
}

impl From<store::Message> for Message {
    fn from(message: store::Message) -> Self {
        Self {
            seq: message.seq,
            time: Time(message.at),
            direction: Direction::of(message.kind),
            kind: message.kind,
            port: message.port,
            connection: message.conn,
            device: message.device,
            bytes: STANDARD.encode(&message.bytes),
        }
    }
}

impl Message {
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a message is numbers and text")
    }
}

impl Direction {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Received => Self::In,
            Kind::Sent => Self::Out,
            Kind::Message
            | Kind::Accepted
            | Kind::Refused
            | Kind::Named
            | Kind::Closed
            | Kind::FaultBegan
            | Kind::FaultEnded
            | Kind::MannerChanged
            | Kind::Secured
            | Kind::HandshakeFailed
            | Kind::LostUp
            | Kind::LostDown
            | Kind::ScriptBegan
            | Kind::ScriptSaid
            | Kind::ScriptFailed
            | Kind::ScriptStuck
            | Kind::ScriptBehind
            | Kind::ScriptTooLoud => Self::Event,
        }
    }
}
