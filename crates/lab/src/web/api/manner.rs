//! `GET` and `PUT /api/ports/{name}/manner`

use super::Problem;
use super::extract::{Body, Path};
use crate::web::state::State;
use crate::words::MannerWords;
use axum::Json;
use axum::extract::State as AxumState;

/// What a port does with devices: framing, identity, reply, rules.
#[utoipa::path(
    get, path = "/api/ports/{name}/manner", tag = "ports",
    params(("name" = String, Path, description = "what the port is called", example = "tcp-9999")),
    responses((status = 200, body = MannerWords), (status = 400, body = Problem), (status = 404, body = Problem)),
)]
pub(super) async fn manner(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
) -> Result<Json<MannerWords>, Problem> {
    let number = state.port(&name)?.id.0;
    let kept = state.read(move |reader| reader.manner(&name)).await?;
    Ok(Json(kept.unwrap_or_else(|| state.ports[number].words.clone())))
}

/// Has a port treat devices in another manner, from the next message on. It stays so when the lab is
/// started again, until the configuration gives the port another manner.
#[utoipa::path(
    put, path = "/api/ports/{name}/manner", tag = "ports", request_body = MannerWords,
    params(("name" = String, Path, description = "what the port is called", example = "tcp-9999")),
    responses(
        (status = 200, body = MannerWords), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem, description = "the words make no sense"),
    ),
)]
pub(super) async fn behave(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
    Body(words): Body<MannerWords>,
) -> Result<Json<MannerWords>, Problem> {
    let port = state.port(&name)?.id;
    let manner = words.manner()?;
    // Who asks next sees it: it is shown from the file, so it has to be there.
    let _one_at_a_time = state.changing.lock().await;
    let mut news = state.news.clone();
    state.orders.behave(port, manner, &words)?;
    loop {
        news.mark_unchanged();
        let name = name.clone();
        if state.read(move |reader| reader.manner(&name)).await?.as_ref() == Some(&words) {
            return Ok(Json(words));
        }
        news.changed().await.map_err(|_| crate::host::Refusal)?;
    }
}
