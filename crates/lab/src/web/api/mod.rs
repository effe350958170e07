//! The API: JSON over HTTP, described by the document that it serves at `/api/openapi.json`.

mod devices;
mod messages;
mod ports;
mod problem;
mod send;

pub(super) use problem::Problem;

use super::state::State;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The document's head; the calls add themselves.
#[derive(OpenApi)]
#[openapi(info(
    title = "Holdline lab",
    description = "What devices send, answered and broken on purpose. All that the page does is here too."
))]
struct Document;

pub(super) fn router(state: State) -> Router {
    let (api, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(ports::ports))
        .routes(routes!(devices::devices))
        .routes(routes!(devices::device))
        .routes(routes!(messages::messages))
        .routes(routes!(send::send))
        .split_for_parts();
    let document = move || async move { Json(document) };
    api.route("/api/openapi.json", get(document)).fallback(problem::not_found).with_state(state)
}
