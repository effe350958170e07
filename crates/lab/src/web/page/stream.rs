//! The stream, as the page asks for it: where blocks of rows end, and what is in a block.

use super::devices::reason;
use super::shown::visible;
use super::words::{self, Words, fill};
use crate::store::{Filter, Glimpse, Kind, Marks, Reader};
use crate::tls::in_chinese;
use crate::web::api::{Asked, Path, Problem};
use crate::web::state::State;
use crate::words::bytes_of_hex;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Bytes of a row in the list.
const GLIMPSE_BYTES_MAX: usize = 256;

/// Bytes of a row that is looked at by itself.
const ROW_BYTES_MAX: usize = 64 << 10;

/// Which rows are wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// Keys of devices with commas between them; nothing is all.
    #[serde(default)]
    devices: String,
    /// A port's name; nothing is all.
    #[serde(default)]
    port: String,
    /// Of `received`, `sent`, `events` and `messages`, with commas between them.
    #[serde(default)]
    show: String,
    #[serde(default)]
    search: String,
    #[serde(default, rename = "as")]
    search_as: SearchAs,
    #[serde(default)]
    charset: Charset,
    /// After this row.
    #[serde(default)]
    after: i64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SearchAs {
    #[default]
    Text,
    Hex,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Charset {
    #[default]
    Utf8,
    Gbk,
}

/// Where blocks end.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    marks: Vec<i64>,
    rest: usize,
    has_more: bool,
    /// If this changed, what is known of blocks is over.
    span: [i64; 2],
}

/// A row of the list.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    seq: i64,
    /// Microseconds since 1970.
    at: i64,
    port: String,
    device: Option<String>,
    kind: Kind,
    /// How many bytes there are in all.
    len: i64,
    /// The first of them, as base64.
    bytes: String,
    /// What happened, in the reader's language.
    said: Option<String>,
}

/// A row that is looked at by itself.
#[derive(Debug, Serialize)]
pub(super) struct Whole {
    row: Shown,
    /// What the same device sent, or was sent, just before.
    before: Option<Shown>,
}

pub(super) async fn marks(
    AxumState(state): AxumState<State>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Found>, Problem> {
    let filter = wanted.filter()?;
    let found =
        state.read(move |reader| Ok((reader.span(&filter.devices)?, reader.marks(&filter)?)));
    let (span, Marks { marks, rest, has_more }) = found.await?;
    Ok(Json(Found { marks, rest, has_more, span: [span.first, span.connections] }))
}

pub(super) async fn rows(
    AxumState(state): AxumState<State>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Json<Vec<Shown>>, Problem> {
    let filter = wanted.filter()?;
    let words = words::of(&headers);
    let found = state.read(move |reader| reader.block(&filter, GLIMPSE_BYTES_MAX)).await?;
    Ok(Json(found.into_iter().map(|glimpse| Shown::new(words, glimpse)).collect()))
}

pub(super) async fn row(
    AxumState(state): AxumState<State>,
    Path(seq): Path<i64>,
    headers: HeaderMap,
) -> Result<Json<Whole>, Problem> {
    let words = words::of(&headers);
    let read = move |reader: &Reader| {
        Ok((reader.row(seq, ROW_BYTES_MAX)?, reader.row_before(seq, ROW_BYTES_MAX)?))
    };
    let (found, before) = state.read(read).await?;
    let no_row = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            format!("there is no row {seq}"),
            format!("没有第 {seq} 行"),
        )
    };
    let found = found.map(|glimpse| Shown::new(words, glimpse)).ok_or_else(no_row)?;
    let before = before.map(|glimpse| Shown::new(words, glimpse));
    Ok(Json(Whole { row: found, before }))
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
        let listed = |words: &str| -> Vec<String> {
            words.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let kinds = Kind::ALL.into_iter().filter(|kind| match self.show.as_str() {
            "" => true,
            show => show.split(',').any(|word| word == kind.group().name()),
        });
        let kinds: Vec<Kind> = kinds.collect();
        Ok(Filter {
            devices: listed(&self.devices),
            port: (!self.port.is_empty()).then(|| self.port.clone()),
            search: self.sought()?,
            // No kind at all is none of the rows, and not all of them.
            after: if kinds.is_empty() { i64::MAX } else { self.after },
            kinds: if kinds.len() == Kind::ALL.len() { Vec::new() } else { kinds },
        })
    }

    fn sought(&self) -> Result<Option<Vec<u8>>, Problem> {
        if self.search.is_empty() {
            return Ok(None);
        }
        let bytes = match (self.search_as, self.charset) {
            (SearchAs::Hex, _) => bytes_of_hex(&self.search)?,
            (SearchAs::Text, Charset::Utf8) => self.search.clone().into_bytes(),
            (SearchAs::Text, Charset::Gbk) => encoding_rs::GBK.encode(&self.search).0.into_owned(),
        };
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

/// What is kept of a handshake, in the reader's language.
fn handshake(words: &Words, kept: String) -> String {
    if words.lang == "zh" { in_chinese(&kept) } else { kept }
}

impl Shown {
    fn new(words: &Words, glimpse: Glimpse) -> Self {
        let Glimpse { seq, at, port, device, kind, len, bytes } = glimpse;
        let what = || visible(&bytes);
        let said = match kind {
            Kind::Received | Kind::Sent | Kind::Message => None,
            Kind::Accepted => Some((words.accepted, what())),
            Kind::Refused => Some((words.refused, what())),
            Kind::Named => Some((words.named, what())),
            Kind::Closed => Some((words.closed, reason(words, &String::from_utf8_lossy(&bytes)))),
            Kind::FaultBegan => Some((words.fault_began, what())),
            Kind::FaultEnded => Some((words.fault_ended, what())),
            Kind::MannerChanged => Some((words.manner_changed, String::new())),
            Kind::Secured => Some((words.secured, handshake(words, what()))),
            Kind::HandshakeFailed => Some((words.handshake_failed, handshake(words, what()))),
            Kind::LostUp => Some((words.lost_up, what())),
            Kind::LostDown => Some((words.lost_down, what())),
            Kind::ScriptBegan => Some((words.script_began, String::new())),
            Kind::ScriptSaid => Some((words.script_said, what())),
            Kind::ScriptFailed => Some((words.script_failed, what())),
            Kind::ScriptStuck => Some((words.script_stuck, what())),
            Kind::ScriptBehind => Some((words.script_behind, what())),
            Kind::ScriptTooLoud => Some((words.script_too_loud, what())),
        };
        let said = said.map(|(sentence, what)| fill(sentence, &[("what", &what)]));
        Self { seq, at, port, device, kind, len, bytes: STANDARD.encode(&bytes), said }
    }
}
