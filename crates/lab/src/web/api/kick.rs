//! `POST /api/devices/{id}/kick`

use super::Problem;
use super::extract::{Body, Path};
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use holdline_peer::Ending;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the connections end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"with": "reset"}))]
pub(super) struct Kick {
    #[serde(default)]
    with: With,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum With {
    /// In the regular way (FIN), after what is unsent.
    #[default]
    Close,
    /// At once (RST).
    Reset,
}

/// What was ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kicked {
    /// So many connections.
    #[schema(example = 1)]
    connections: usize,
}

/// Ends a device's open connections.
#[utoipa::path(
    post, path = "/api/devices/{id}/kick", tag = "devices", request_body = Kick,
    params(("id" = String, Path, description = "what the device is called in addresses",
        example = "860000000000001")),
    responses(
        (status = 200, body = Kicked), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the device is not online"),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(super) async fn kick(
    AxumState(state): AxumState<State>,
    Path(id): Path<String>,
    Body(wanted): Body<Kick>,
) -> Result<Json<Kicked>, Problem> {
    let ending = match wanted.with {
        With::Close => Ending::Close,
        With::Reset => Ending::Reset,
    };
    let conns = state.conns_of(&id).await?;
    let connections = state.orders.end(conns, ending).await?;
    if connections == 0 {
        return Err(Problem::offline(&id));
    }
    Ok(Json(Kicked { connections }))
}
