//! `GET /api/messages`

use super::Problem;
use crate::store::{self, Filter, Kind};
use crate::web::state::State;
use axum::Json;
use axum::extract::{Query, State as AxumState};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

/// Messages that one answer holds, at most.
const MESSAGES_MAX: u32 = 1000;

/// A moment as text, in UTC with microseconds, such as `2026-11-22T08:00:00.000000Z`.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub(super) struct Time(pub(super) i64);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
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
pub(super) struct Message {
    /// Counted over everything, and never used again.
    seq: i64,
    time: Time,
    direction: Direction,
    kind: Kind,
    /// The port's name.
    port: String,
    /// The connection, counted over all ports and restarts; 0 where it concerns a whole port.
    connection: i64,
    /// Whose; null where it concerns a whole port.
    device: Option<String>,
    /// The bytes as base64; of an event its words.
    bytes: String,
}

/// Which messages are wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Wanted {
    /// Of this device.
    device: Option<String>,
    /// At this port.
    port: Option<String>,
    /// After this message.
    #[serde(default)]
    #[param(default = 0)]
    after: i64,
    /// So many at most; 1,000 is the most there is.
    #[serde(default = "most")]
    #[param(default = 1000, minimum = 1, maximum = 1000)]
    limit: u32,
    /// With what else happened: connects, names, ends, faults, and messages by framing.
    #[serde(default)]
    #[param(default = false)]
    events: bool,
}

fn most() -> u32 {
    MESSAGES_MAX
}

/// What came and went, in order.
#[utoipa::path(get, path = "/api/messages", params(Wanted), responses((status = 200, body = Vec<Message>)))]
pub(super) async fn messages(
    AxumState(state): AxumState<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<Message>>, Problem> {
    let limit = wanted.limit.min(MESSAGES_MAX) as usize;
    let filter = Filter {
        device: wanted.device,
        port: wanted.port,
        kinds: if wanted.events { Vec::new() } else { vec![Kind::Received, Kind::Sent] },
        search: None,
        after: wanted.after,
    };
    let found = state.read(move |reader| reader.messages(&filter, 0, limit)).await?;
    Ok(Json(found.into_iter().map(Message::from).collect()))
}

impl From<store::Message> for Message {
    fn from(message: store::Message) -> Self {
        Self {
            seq: message.seq,
            time: Time(message.at),
            direction: match message.kind {
                Kind::Received => Direction::In,
                Kind::Sent => Direction::Out,
                _ => Direction::Event,
            },
            kind: message.kind,
            port: message.port,
            connection: message.conn,
            device: message.device,
            bytes: STANDARD.encode(&message.bytes),
        }
    }
}
