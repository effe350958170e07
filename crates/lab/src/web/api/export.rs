//! `GET /api/export`

use super::Problem;
use super::extract::Asked;
use super::filter::Wanted;
use crate::store::{Filter, Kind, Reader};
use crate::web::export::{Exporter, Format};
use crate::web::state::State;
use axum::body::{Body, Bytes};
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, header};
use futures_util::stream;
use serde::Deserialize;
use std::io;
use utoipa::IntoParams;

/// Messages that are read at once.
const BATCH: usize = 500;

/// As what it is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct As {
    /// `txt` to read, `csv` for tables, `jsonl` for programs, `pcapng` for Wireshark.
    #[param(inline, example = "csv")]
    format: Format,
}

/// What came and went as a file, of any length: up to what there was when the call came.
///
/// In `pcapng` each connection is one of TCP or UDP, with the packets that could have carried its bytes.
#[utoipa::path(
    get, path = "/api/export", tag = "messages", params(As, Wanted),
    responses(
        (status = 200, description = "the file", content(
            (String = "text/plain"), (String = "text/csv"), (String = "application/jsonl"),
            (Vec<u8> = "application/x-pcapng"),
        )),
        (status = 400, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(super) async fn export(
    AxumState(state): AxumState<State>,
    Asked(As { format }): Asked<As>,
    Asked(wanted): Asked<Wanted>,
) -> Result<(HeaderMap, Body), Problem> {
    let mut filter = wanted.filter()?;
    if format == Format::Pcapng {
        // Where a connection begins and ends is always told, or its bytes would hang in the air.
        let is_wanted = |kind: &Kind| filter.kinds.is_empty() || filter.kinds.contains(kind);
        let carried = [Kind::Received, Kind::Sent].into_iter().filter(is_wanted);
        filter.kinds = carried.chain([Kind::Accepted, Kind::Closed]).collect();
    }
    let until = state.news.borrow().seq;
    let servers = state.ports.iter().map(|port| (port.name.clone(), (port.kind, port.address)));
    let exporter = Exporter::new(format, servers.collect());
    let first = Some((state, exporter, filter));
    let parts = stream::try_unfold(first, move |step| async move {
        let Some((state, mut exporter, mut filter)) = step else { return Ok(None) };
        let read = move |reader: &Reader| {
            let is_more = next(reader, &mut exporter, &mut filter, until)?;
            Ok((is_more, exporter, filter))
        };
        let found = state.read(read).await.map_err(io::Error::other)?;
        let (is_more, mut exporter, filter) = found;
        let part = Bytes::from(exporter.take());
        Ok::<_, io::Error>(Some((part, is_more.then_some((state, exporter, filter)))))
    });
    let mut headers = HeaderMap::new();
    let (media, name) = format.file();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok((headers, Body::from_stream(parts)))
}

/// Writes the next messages; says whether there may be more.
fn next(
    reader: &Reader,
    exporter: &mut Exporter,
    filter: &mut Filter,
    until: i64,
) -> rusqlite::Result<bool> {
    let rows = reader.messages(filter, 0, BATCH)?;
    let is_more = rows.len() == BATCH;
    for row in rows {
        if row.seq > until {
            return Ok(false);
        }
        filter.after = row.seq;
        exporter.add(row, |conn| reader.address(conn))?;
    }
    Ok(is_more)
}
