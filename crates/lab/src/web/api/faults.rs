//! `GET`, `POST` and `DELETE /api/ports/{name}/faults`

use super::Problem;
use super::extract::{Body, Path};
use super::messages::Time;
use crate::host::{FAULTS_MAX, Struck};
use crate::web::state::State;
use crate::words::fault_of;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A fault that is to happen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fault": "refuse 3 connects"}))]
pub(super) struct Inject {
    /// In words, as docs/faults.md has them: what a server can do wrong. `at` counts from the start of
    /// the lab.
    fault: String,
}

/// A fault that was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Accepted {
    /// As it was understood.
    #[schema(example = "refuse connects 1 to 3")]
    pub(super) fault: String,
}

/// The faults of a port.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Faults {
    /// Those that wait for their time or their occasion.
    #[schema(example = json!(["reset after 37 bytes"]))]
    waiting: Vec<String>,
    /// Those that struck since the lab was started, the oldest first: at most 256.
    struck: Vec<FaultStruck>,
}

/// A fault that struck.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FaultStruck {
    /// In words.
    #[schema(example = "silent for 5m")]
    fault: String,
    /// When it struck first.
    began: Time,
    /// When it was over; null while it stands.
    ended: Option<Time>,
}

/// The faults of a port: which wait, which stand, which are over.
#[utoipa::path(
    get, path = "/api/ports/{name}/faults", tag = "ports",
    params(("name" = String, Path, description = "what the port is called", example = "tcp-9999")),
    responses((status = 200, body = Faults), (status = 400, body = Problem), (status = 404, body = Problem)),
)]
pub(super) async fn faults(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
) -> Result<Json<Faults>, Problem> {
    let found = state.orders.faults(state.port(&name)?.id).await?;
    let struck = found.struck.into_iter().map(FaultStruck::from).collect();
    Ok(Json(Faults { waiting: found.waiting, struck }))
}

/// Breaks something on purpose.
#[utoipa::path(
    post, path = "/api/ports/{name}/faults", tag = "ports", request_body = Inject,
    params(("name" = String, Path, description = "what the port is called", example = "tcp-9999")),
    responses(
        (status = 200, body = Accepted), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "too many faults wait or stand"),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem, description = "the words are no fault of a server"),
    ),
)]
pub(super) async fn inject(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
    Body(wanted): Body<Inject>,
) -> Result<Json<Accepted>, Problem> {
    let port = state.port(&name)?;
    let fault = fault_of(&wanted.fault, &port.name, port.kind, port.address.port())?;
    let words = fault.to_string();
    if !state.orders.inject(port.id, fault).await? {
        return Err(crowded(&name));
    }
    Ok(Json(Accepted { fault: words }))
}

/// Takes every fault of a port back: those that stand are over, those that wait never come.
#[utoipa::path(
    delete, path = "/api/ports/{name}/faults", tag = "ports",
    params(("name" = String, Path, description = "what the port is called", example = "tcp-9999")),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)),
)]
pub(super) async fn lift(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    state.orders.lift(state.port(&name)?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn crowded(name: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        format!("{FAULTS_MAX} faults wait or stand at `{name}`, and no more may"),
        format!("`{name}` 上已有 {FAULTS_MAX} 个等待或持续中的故障，不能再加"),
    )
    .hint(
        format!("DELETE /api/ports/{name}/faults takes them back"),
        format!("DELETE /api/ports/{name}/faults 可全部撤销"),
    )
}

impl From<Struck> for FaultStruck {
    fn from(struck: Struck) -> Self {
        let time = |at: crate::row::UnixMicros| Time(at.0);
        Self { fault: struck.words, began: time(struck.began), ended: struck.ended.map(time) }
    }
}
