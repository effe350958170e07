//! `GET /api/ports`

use super::{Problem, Time};
use crate::answer::Standing;
use crate::config::PortKind;
use crate::web::state;
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
    /// The script that answers where no rule does; null where there is none.
    script: Option<Script>,
}

/// The script of a port.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Script {
    /// The file that it is from.
    #[schema(example = "answer.lua")]
    file: String,
    /// How it is with it.
    state: State,
    /// Since when it runs; null while it does not.
    since: Option<Time>,
    /// What went wrong last since it was loaded, as Lua words it; of a script that did not let go, the
    /// place.
    #[schema(example = json!(null))]
    error: Option<String>,
}

/// Whether a script answers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    /// It does.
    Running,
    /// It does not: what is in the file cannot be run, or has not begun yet.
    Stopped,
}

impl Script {
    pub(super) fn new(name: &str, standing: Standing) -> Self {
        let Standing { since, error } = standing;
        let state = if since.is_some() { State::Running } else { State::Stopped };
        Self { file: name.to_owned(), state, since: since.map(|at| Time(at.0)), error }
    }
}

/// The ports, in the order of the configuration.
#[utoipa::path(get, path = "/api/ports", tag = "ports", responses((status = 200, body = Vec<Port>)))]
pub(super) async fn ports(
    AxumState(state): AxumState<state::State>,
) -> Result<Json<Vec<Port>>, Problem> {
    let shown = state.ports.iter().map(|port| Port {
        name: port.name.clone(),
        kind: port.kind,
        address: port.address.to_string(),
        port: port.address.port(),
        relay: port.relay.map(|target| target.to_string()),
        script: port.script.as_ref().map(|script| Script::new(&script.name, script.standing())),
    });
    Ok(Json(shown.collect()))
}
