//! Bodies of requests are read to their end, also those that nobody wants: most programs read no answer
//! before they have said everything, and what is left unread ends the connection under the next request.

use super::api::Problem;
use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of an unwanted body that are read and thrown away, at most, and how long that may take.
const SWALLOWED_MAX: usize = 64 << 20;
const LINGER: Duration = Duration::from_secs(10);

/// A body, if it is no longer than `most` bytes; and whether its end was read.
pub(super) async fn read(body: Body, most: usize) -> (Result<Vec<u8>, Problem>, bool) {
    let (mut chunks, mut len) = (body.into_data_stream(), 0);
    let kept = keep(&mut chunks, &mut len, most).await;
    let is_over = kept.is_ok() || timeout(LINGER, swallow(&mut chunks, len)).await == Ok(true);
    (kept, is_over)
}

async fn keep(
    chunks: &mut BodyDataStream,
    len: &mut usize,
    most: usize,
) -> Result<Vec<u8>, Problem> {
    let mut kept = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| broken_off(&error))?;
        *len += chunk.len();
        if *len > most {
            return Err(Problem::too_large());
        }
        kept.extend_from_slice(&chunk);
    }
    Ok(kept)
}

async fn swallow(chunks: &mut BodyDataStream, mut len: usize) -> bool {
    while let Some(Ok(chunk)) = chunks.next().await {
        len += chunk.len();
        if len > SWALLOWED_MAX {
            return false;
        }
    }
    true
}

fn broken_off(error: &axum::Error) -> Problem {
    let en = format!("the body broke off: {error}");
    let zh = format!("请求体中断：{error}");
    Problem::new(StatusCode::BAD_REQUEST, en, zh)
}
