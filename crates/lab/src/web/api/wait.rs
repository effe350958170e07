//! `POST /api/wait`

use super::Problem;
use super::extract::Body;
use super::messages::{MESSAGES_MAX, Message};
use crate::host::Refusal;
use crate::store::{self, Filter, Kind};
use crate::web::state::State;
use crate::words::{PatternWords, duration, wrong};
use axum::Json;
use axum::extract::State as AxumState;
use holdline_peer::Cue;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

/// Where it is.
pub(in crate::web) const PATH: &str = "/api/wait";

/// How long a call waits unless told, and at most.
const TIMEOUT: Duration = Duration::from_secs(30);
pub(in crate::web) const TIMEOUT_MAX: Duration = Duration::from_secs(600);

/// What is waited for: a message of a device that fits one of the patterns, or any.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"prefix": "heart", "device": "860000000000001", "after": 42, "timeout": "10s"}))]
pub(super) struct Wait {
    /// It is this text.
    equals: Option<String>,
    /// It starts with this text.
    prefix: Option<String>,
    /// It has this text somewhere.
    contains: Option<String>,
    /// It has a place that this regular expression matches.
    matches: Option<String>,
    /// It starts with these bytes in hex, where `?` is any digit.
    hex: Option<String>,
    /// Of this device.
    device: Option<String>,
    /// At this port.
    port: Option<String>,
    /// After this message; from the call on, unless told.
    #[schema(maximum = 18_446_744_073_709_551_615_u64)]
    after: Option<u64>,
    /// So long at most, such as `10s`; 30 seconds unless told, and never more than 10 minutes.
    timeout: Option<String>,
}

/// Waits until a device says something: a message as the port's framing has it, or a read as it came.
#[utoipa::path(
    post, path = "/api/wait", tag = "messages", request_body = Wait,
    responses(
        (status = 200, body = Option<Message>, description = "the message; null if none came in time"),
        (status = 400, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem, description = "the words make no sense"),
    ),
)]
pub(super) async fn wait(
    AxumState(state): AxumState<State>,
    Body(wanted): Body<Wait>,
) -> Result<Json<Option<Message>>, Problem> {
    let until = Instant::now() + wanted.timeout()?;
    let cue = wanted.cue()?;
    let mut news = state.news.clone();
    let after = wanted.after.map(|after| i64::try_from(after).unwrap_or(i64::MAX));
    let mut filter = Filter {
        devices: wanted.device.into_iter().collect(),
        port: wanted.port,
        kinds: vec![Kind::Received, Kind::Message],
        search: None,
        after: after.unwrap_or_else(|| news.borrow().seq),
    };
    loop {
        let seq = news.borrow_and_update().seq;
        let wanted = filter.clone();
        let limit = MESSAGES_MAX as usize;
        let rows = state.read(move |reader| reader.messages(&wanted, 0, limit)).await?;
        let is_all = rows.len() < limit;
        if let Some(row) = rows.last() {
            filter.after = row.seq;
        }
        if filter.devices.is_empty() && is_all {
            // What came is known not to fit. What a device said before it had a name may become its own.
            filter.after = filter.after.max(seq);
        }
        if let Some(found) = rows.into_iter().find(|row| fits(cue.as_ref(), row)) {
            return Ok(Json(Some(found.into())));
        }
        if is_all {
            match timeout_at(until, news.changed()).await {
                Ok(changed) => changed.map_err(|_| Refusal)?,
                Err(_) => return Ok(Json(None)),
            }
        }
    }
}

impl Wait {
    fn timeout(&self) -> Result<Duration, Problem> {
        let timeout = self.timeout.as_deref().map_or(Ok(TIMEOUT), duration)?;
        if timeout <= TIMEOUT_MAX {
            return Ok(timeout);
        }
        Err(wrong("a call waits 10 minutes at most", "一次最多等待 10 分钟").into())
    }

    fn cue(&self) -> Result<Option<Cue>, Problem> {
        let Self { equals, prefix, contains, matches, hex, .. } = self;
        let (equals, prefix) = (equals.clone(), prefix.clone());
        let (contains, matches, hex) = (contains.clone(), matches.clone(), hex.clone());
        Ok(PatternWords { equals, prefix, contains, matches, hex }.one()?)
    }
}

/// Whether a message is as wanted; as for rules, the end of a line is not looked at.
fn fits(cue: Option<&Cue>, row: &store::Message) -> bool {
    let bytes = &*row.bytes;
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    cue.is_none_or(|cue| cue.is_given_by(bytes) || cue.is_given_by(line))
}
