//! The API: JSON over HTTP, described by the document that it serves at `/api/openapi.json`.

#![allow(unused_qualifications, reason = "the code that `utoipa::path` writes has some")]

mod beside;
mod devices;
mod document;
mod export;
mod extract;
mod faults;
mod filter;
mod health;
mod kick;
mod live;
mod manner;
mod messages;
mod metrics;
mod ports;
mod problem;
mod rejected;
mod reload;
mod repeats;
mod send;
mod test_file;
mod tls;
mod wait;

pub(super) use extract::{Asked, Path};
pub(super) use messages::{Message as Record, Time};
pub(crate) use problem::Problem;
pub(super) use problem::not_allowed;
pub(super) use wait::{PATH as WAIT_PATH, TIMEOUT_MAX as WAIT_MAX};

use super::state::State;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What one call may bring, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 4 << 20;

/// The document's head; the calls add themselves.
#[derive(OpenApi)]
#[openapi(info(
    title = "Holdline lab",
    description = "What devices send, answered and broken on purpose. All that the page does is here too."
))]
struct Document;

pub(super) fn router(state: State, is_locked: bool) -> Router {
    let (api, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(ports::ports))
        .routes(routes!(faults::faults, faults::inject, faults::lift))
        .routes(routes!(reload::reload))
        .routes(routes!(manner::manner, manner::behave))
        .routes(routes!(devices::devices))
        .routes(routes!(devices::device))
        .routes(routes!(test_file::test_file))
        .routes(routes!(send::send))
        .routes(routes!(send::send_to_many))
        .routes(routes!(repeats::repeats, repeats::begin))
        .routes(routes!(repeats::end))
        .routes(routes!(kick::kick))
        .routes(routes!(beside::view))
        .routes(routes!(beside::console))
        .routes(routes!(beside::inject, beside::lift))
        .routes(routes!(messages::messages))
        .routes(routes!(messages::count))
        .routes(routes!(tls::ca))
        .routes(routes!(tls::client))
        .routes(routes!(health::health))
        .routes(routes!(wait::wait))
        .routes(routes!(live::live))
        .routes(routes!(export::export))
        .routes(routes!(metrics::metrics))
        .split_for_parts();
    document::complete(&mut document, is_locked);
    let document = move || async move { Json(document) };
    api.route("/api/openapi.json", get(document))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(state)
}
