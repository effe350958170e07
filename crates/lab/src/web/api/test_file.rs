//! `GET /api/devices/{id}/test`

use super::Problem;
use super::extract::{Asked, Path};
use crate::store::{Filter, Kind, Message, Reader};
use crate::web::retold::{self, Retold};
use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use utoipa::IntoParams;

/// How the test is to be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The port that the script dials, where it is not the lab's own.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 65_535, example = 9999)]
    dials: Option<NonZeroU16>,
}

/// Makes a test of a device: a file for `holdline test` whose server does what the lab did, and which
/// expects the messages that came. It is made of the first 10,000 rows and at most 1 MiB.
#[utoipa::path(
    get, path = "/api/devices/{id}/test", tag = "devices",
    params(("id" = String, Path, description = "what the device is called in addresses",
        example = "860000000000001"), Wanted),
    responses(
        (status = 200, body = String, content_type = "text/x-lua", description = "the file"),
        (status = 400, body = Problem), (status = 404, body = Problem),
    ),
)]
pub(super) async fn test_file(
    AxumState(state): AxumState<State>,
    Path(device): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let (ports, key) = (state.ports.clone(), device.clone());
    let written = state.read(move |reader| {
        let rows = rows(reader, &key)?;
        let port = rows.first().and_then(|row| ports.iter().find(|port| port.name == row.port));
        Ok(port.map(|port| {
            let (kind, own) = (port.kind, port.address.port());
            let port = wanted.dials.map_or(own, NonZeroU16::get);
            Retold { device: &key, kind, port }.file(&rows)
        }))
    });
    let text = written.await?.ok_or_else(|| is_unheard(&device))?;
    let headers = [
        (header::CONTENT_TYPE, "text/x-lua; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{device}.lua\"")),
    ];
    Ok((headers, text).into_response())
}

/// What happened on the device's connections at its first port, and who was turned away there that came
/// from the same address.
fn rows(reader: &Reader, device: &str) -> rusqlite::Result<Vec<Message>> {
    let own = Filter {
        devices: vec![device.to_owned()],
        kinds: retold::KINDS.to_vec(),
        ..Filter::default()
    };
    let mut rows = reader.messages(&own, 0, retold::ROWS_MAX)?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(rows) };
    let (port, until) = (first.port.clone(), last.seq);
    rows.retain(|row| row.port == port);
    let from: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Accepted).map(host).collect();
    let after = rows.first().map_or(0, |row| row.seq);
    let refused =
        Filter { port: Some(port), kinds: vec![Kind::Refused], after, ..Filter::default() };
    let refused = reader.messages(&refused, 0, retold::ROWS_MAX)?;
    let is_its = |row: &Message| row.seq < until && from.contains(&host(row));
    rows.extend(refused.into_iter().filter(is_its));
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

/// Where somebody connected from, but for the port.
fn host(row: &Message) -> Option<std::net::IpAddr> {
    let address: SocketAddr = std::str::from_utf8(&row.bytes).ok()?.parse().ok()?;
    Some(address.ip())
}

fn is_unheard(device: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("`{device}` has said nothing at a port of this lab"),
        format!("`{device}` 没有在这里的端口上发过数据"),
    )
}
