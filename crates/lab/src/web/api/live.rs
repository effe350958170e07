//! `GET /api/live`

use super::Problem;
use super::extract::Asked;
use super::filter::Wanted;
use super::messages::Message;
use crate::store::Filter;
use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{self, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;

/// Messages that are read at once.
const BATCH: usize = 256;

/// Bytes that a client may send in one piece: it has nothing to say.
const CLIENT_BYTES_MAX: usize = 4096;

/// The messages as they come, as a WebSocket: each is one text of JSON, like those of `GET /api/messages`.
/// Without `after` those that come from then on. A slow reader gets all of them, later.
#[utoipa::path(
    get, path = "/api/live", tag = "messages", params(Wanted),
    responses(
        (status = 101, description = "messages follow"),
        (status = 400, body = Problem), (status = 422, body = Problem),
        (status = 426, body = Problem, description = "the request asks for no WebSocket"),
        (status = 503, body = Problem, description = "too many look already"),
    ),
)]
pub(super) async fn live(
    AxumState(state): AxumState<State>,
    Asked(wanted): Asked<Wanted>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let filter = wanted.filter_after(state.news.borrow().seq)?;
    let upgrade = upgrade?.max_message_size(CLIENT_BYTES_MAX).max_frame_size(CLIENT_BYTES_MAX);
    let place = state.live.clone().try_acquire_owned().map_err(|_| {
        let en = "as many as may already look at the stream";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, en, "同时查看实时数据的人数已满")
            .hint("close another page", "请先关闭其他页面")
    })?;
    Ok(upgrade.on_upgrade(move |socket| show(socket, state, filter, place)))
}

/// Sends rows until the client goes or the lab stops: the next ones are read once these are sent.
async fn show(mut socket: WebSocket, state: State, mut filter: Filter, _: OwnedSemaphorePermit) {
    let mut news = state.news.clone();
    loop {
        let _ = news.borrow_and_update();
        let wanted = filter.clone();
        let Ok(rows) = state.read(move |reader| reader.messages(&wanted, 0, BATCH)).await else {
            return;
        };
        let is_all = rows.len() < BATCH;
        for row in rows {
            filter.after = row.seq;
            let text = Message::from(row).json();
            if socket.send(ws::Message::Text(text.into())).await.is_err() {
                return;
            }
        }
        if is_all && !wait(&mut socket, news.changed()).await {
            return;
        }
    }
}

/// Waits for news; says whether the client is still there to be told.
async fn wait<E>(socket: &mut WebSocket, news: impl Future<Output = Result<(), E>>) -> bool {
    tokio::pin!(news);
    loop {
        tokio::select! {
            changed = &mut news => return changed.is_ok(),
            said = socket.recv() => match said {
                None | Some(Err(_) | Ok(ws::Message::Close(_))) => return false,
                Some(Ok(ws::Message::Text(_) | ws::Message::Binary(_) | ws::Message::Ping(_) | ws::Message::Pong(_))) => {}
            },
        }
    }
}
