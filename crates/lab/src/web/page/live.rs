//! Word of what is new, as it comes.

use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;

/// How often there is word even if nothing happened.
const BEAT: Duration = Duration::from_secs(10);

/// Who hears no word for so long has lost the lab: the page takes it from its `data-silence`, in ms.
pub(super) const SILENCE: Duration = Duration::from_secs(25);

/// So long nothing more is said after something was.
const PAUSE: Duration = Duration::from_millis(200);

/// Says how far the store is and which lab this is: at once, and whenever that changes.
pub(super) async fn live(
    AxumState(state): AxumState<State>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (mut news, started) = (state.news.clone(), state.started);
    news.mark_changed();
    let said = stream::unfold(news, move |mut news| async move {
        news.changed().await.ok()?;
        let known = news.borrow_and_update().clone();
        let word = json!({ "seq": known.seq, "trouble": known.trouble, "started": started });
        let event = Event::default().data(word.to_string());
        tokio::time::sleep(PAUSE).await;
        Some((Ok(event), news))
    });
    let beat = KeepAlive::new().interval(BEAT).event(Event::default().event("beat").data(""));
    Sse::new(said).keep_alive(beat)
}
