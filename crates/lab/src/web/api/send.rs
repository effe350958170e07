//! `POST /api/devices/{id}/send` and `POST /api/devices/send`

use super::Problem;
use super::extract::{Body, Path};
use crate::web::state::State;
use crate::words::bytes_of_hex;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes that one call sends to a device, at most.
const SEND_BYTES_MAX: usize = 512 << 10;

/// Devices that one call names, at most.
const NAMED_MAX: usize = 10_000;

/// What is to be sent: `text` or `hex`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "ok\r\n"}))]
pub(super) struct Send {
    /// Text, sent as UTF-8.
    #[schema(max_length = 524_288)]
    text: Option<String>,
    /// Bytes in hex; blanks between them are welcome.
    #[schema(example = "6f 6b 0d 0a")]
    hex: Option<String>,
}

/// What is to be sent to whom: `text` or `hex`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"devices": ["860000000000001", "conn-7"], "text": "ok\r\n"}))]
pub(super) struct SendToMany {
    /// To these devices; to all that are online, if there is none.
    #[schema(max_items = 10_000)]
    devices: Option<Vec<String>>,
    /// Text, sent as UTF-8.
    #[schema(max_length = 524_288)]
    text: Option<String>,
    /// Bytes in hex; blanks between them are welcome.
    #[schema(example = "6f 6b 0d 0a")]
    hex: Option<String>,
}

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sent {
    /// On so many connections.
    #[schema(example = 1)]
    connections: usize,
    /// So many bytes on each.
    #[schema(example = 4)]
    bytes: usize,
}

/// Sends bytes to a device, on each of its open connections.
#[utoipa::path(
    post, path = "/api/devices/{id}/send", tag = "devices", request_body = Send,
    params(("id" = String, Path, description = "what the device is called in addresses",
        example = "860000000000001")),
    responses(
        (status = 200, body = Sent), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the device is not online"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(super) async fn send(
    AxumState(state): AxumState<State>,
    Path(id): Path<String>,
    Body(wanted): Body<Send>,
) -> Result<Json<Sent>, Problem> {
    let bytes = bytes(wanted.text, wanted.hex)?;
    let conns = state.conns_of(&id).await?;
    let len = bytes.len();
    let connections = state.orders.send(conns, bytes).await?;
    if connections == 0 {
        return Err(Problem::offline(&id));
    }
    Ok(Json(Sent { connections, bytes: len }))
}

/// Sends bytes to several devices, or to all: on each of their open connections.
#[utoipa::path(
    post, path = "/api/devices/send", tag = "devices", request_body = SendToMany,
    responses(
        (status = 200, body = Sent, description = "also when nobody is online"),
        (status = 400, body = Problem),
        (status = 404, body = Problem, description = "one of the devices was never seen; nothing is sent"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(super) async fn send_to_many(
    AxumState(state): AxumState<State>,
    Body(wanted): Body<SendToMany>,
) -> Result<Json<Sent>, Problem> {
    let bytes = bytes(wanted.text, wanted.hex)?;
    let conns = state.conns_of_those(named(wanted.devices)?).await?;
    let len = bytes.len();
    let connections = state.orders.send(conns, bytes).await?;
    Ok(Json(Sent { connections, bytes: len }))
}

/// Those that a call names, if they are not too many.
pub(super) fn named(devices: Option<Vec<String>>) -> Result<Option<Vec<String>>, Problem> {
    match devices {
        Some(keys) if keys.len() > NAMED_MAX => Err(too_many(keys.len())),
        devices => Ok(devices),
    }
}

fn too_many(named: usize) -> Problem {
    Problem::bad(
        format!("{named} devices are named; {NAMED_MAX} may be"),
        format!("指定了 {named} 台设备；最多 {NAMED_MAX} 台"),
    )
    .hint("without `devices` all are meant", "不写 `devices` 表示全部设备")
}

/// The bytes that somebody wrote in one of two ways.
pub(super) fn bytes(text: Option<String>, hex: Option<String>) -> Result<Vec<u8>, Problem> {
    let unclear = |en, zh| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, en, zh);
    let bytes = match (text, hex) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(hex)) => bytes_of_hex(&hex)?,
        _ => {
            let ways = r#"{"text": "ok\r\n"}, {"hex": "6f 6b 0d 0a"}"#;
            let problem =
                unclear("either `text` or `hex` is to be sent", "`text` 与 `hex` 必须写且只写一个");
            return Err(problem.hint(ways, ways));
        }
    };
    if bytes.is_empty() {
        return Err(unclear("nothing is to be sent", "没有要发送的内容")
            .hint("give at least one byte", "请至少写一个字节"));
    }
    if bytes.len() > SEND_BYTES_MAX {
        let (len, most) = (bytes.len(), SEND_BYTES_MAX);
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("{len} bytes are to be sent; one call sends {most}"),
            format!("要发送 {len} 字节；一次最多 {most} 字节"),
        )
        .hint("send them in several calls", "请分几次发送"));
    }
    Ok(bytes)
}
