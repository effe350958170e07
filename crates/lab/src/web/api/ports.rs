//! `GET /api/ports`

use super::Problem;
use crate::config::PortKind;
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

/// A port where devices connect.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Port {
    /// What it is called.
    #[schema(example = "tcp-9999")]
    name: String,
    /// What is spoken.
    kind: PortKind,
    /// Where it listens, `ADDRESS:PORT`.
    #[schema(example = "127.0.0.1:9999")]
    address: String,
    /// The number of the port alone.
    #[schema(example = 9999)]
    port: u16,
    /// The server that devices are passed on to; null where the port is the server.
    #[schema(example = json!(null))]
    relay: Option<String>,
}

/// The ports, in the order of the configuration.
#[utoipa::path(get, path = "/api/ports", tag = "ports", responses((status = 200, body = Vec<Port>)))]
pub(super) async fn ports(AxumState(state): AxumState<State>) -> Result<Json<Vec<Port>>, Problem> {
    let shown = state.ports.iter().map(|port| Port {
        name: port.name.clone(),
        kind: port.kind,
        address: port.address.to_string(),
        port: port.address.port(),
        relay: port.relay.map(|target| target.to_string()),
    });
    Ok(Json(shown.collect()))
}
