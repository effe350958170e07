//! Word of what is new, as it comes.

use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

/// So long nothing more is said after something was.
const PAUSE: Duration = Duration::from_millis(200);

/// Says how far the store is: at once, and whenever that changes.
pub(super) async fn live(
    AxumState(state): AxumState<State>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut news = state.news.clone();
    news.mark_changed();
    let said = stream::unfold(news, |mut news| async move {
        news.changed().await.ok()?;
        let known = news.borrow_and_update().clone();
        let event = Event::default()
            .data(json!({ "seq": known.seq, "trouble": known.trouble }).to_string());
        tokio::time::sleep(PAUSE).await;
        Some((Ok(event), news))
    });
    Sse::new(said).keep_alive(KeepAlive::default())
}
