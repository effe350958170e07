//! `POST /api/devices/{id}/send`

use super::Problem;
use crate::web::state::State;
use crate::words::bytes_of_hex;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State as AxumState};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be sent: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Text, sent as UTF-8.
    text: Option<String>,
    /// Bytes in hex; blanks between them are welcome.
    hex: Option<String>,
}

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sent {
    /// On so many connections.
    connections: usize,
    /// So many bytes on each.
    bytes: usize,
}

/// Sends bytes to a device, on each of its open connections.
#[utoipa::path(
    post, path = "/api/devices/{id}/send", request_body = Wanted,
    params(("id" = String, Path, description = "what the device is called in addresses")),
    responses(
        (status = 200, body = Sent), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the device is not online"),
    ),
)]
pub(super) async fn send(
    AxumState(state): AxumState<State>,
    Path(id): Path<String>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<Sent>, Problem> {
    let Json(wanted) = wanted?;
    let bytes = wanted.bytes()?;
    let key = id.clone();
    let found = state
        .read(move |reader| Ok((reader.device(&key)?.is_some(), reader.open_conns(Some(&key))?)));
    let (is_known, conns) = found.await?;
    if !is_known {
        return Err(Problem::no_device(&id));
    }
    let len = bytes.len();
    let connections = state.orders.send(conns, bytes).await?;
    if connections == 0 {
        let said = format!("`{id}` is not online");
        return Err(Problem::new(StatusCode::CONFLICT, said).hint("wait until it connects again"));
    }
    Ok(Json(Sent { connections, bytes: len }))
}

impl Wanted {
    fn bytes(self) -> Result<Vec<u8>, Problem> {
        let bytes = match (self.text, self.hex) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(hex)) => bytes_of_hex(&hex)?,
            _ => {
                return Err(Problem::bad("either `text` or `hex` is to be sent")
                    .hint(r#"{"text": "ok\r\n"} or {"hex": "6f 6b 0d 0a"}"#));
            }
        };
        if bytes.is_empty() {
            return Err(Problem::bad("nothing is to be sent").hint("give at least one byte"));
        }
        Ok(bytes)
    }
}
