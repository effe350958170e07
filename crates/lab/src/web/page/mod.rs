//! The page: what people look at.
//!
//! HTML comes from here; what changes is fetched by small scripts of its own. Whatever a device sent
//! reaches the browser as base64 or as escaped text, and is never taken for HTML.

mod addresses;
mod assets;
mod beats;
mod beside;
mod detail;
mod devices;
mod faults;
mod live;
mod ports;
mod qr;
mod rules;
mod shell;
mod shown;
mod stream;
mod words;

use super::api;
use super::state::State;
use axum::Router;
use axum::routing::get;

pub(super) fn router(state: State) -> Router {
    Router::new()
        .route("/", get(shell::page))
        .route("/language/{language}", get(shell::speak))
        .route("/page/beside", get(beside::view))
        .route("/page/devices", get(devices::list))
        .route("/page/live", get(live::live))
        .route("/page/marks", get(stream::marks))
        .route("/page/rows", get(stream::rows))
        .route("/page/rows/{seq}", get(stream::row))
        .route("/page/{asset}", get(assets::asset))
        .method_not_allowed_fallback(api::not_allowed)
        .with_state(state)
}
