//! `GET /api/health`

use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

/// How the lab is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Whether all that happens is kept.
    ok: bool,
    /// The last row's number.
    seq: i64,
    /// Why nothing can be written into the store at the moment, such as a full disk. Nothing is read
    /// from devices meanwhile; what they send waits at their end.
    trouble: Option<String>,
}

/// How the lab is.
#[utoipa::path(get, path = "/api/health", responses((status = 200, body = Health)))]
pub(super) async fn health(AxumState(state): AxumState<State>) -> Json<Health> {
    let news = state.news.borrow().clone();
    Json(Health { ok: news.trouble.is_none(), seq: news.seq, trouble: news.trouble })
}
