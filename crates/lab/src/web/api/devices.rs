//! `GET /api/devices` and `GET /api/devices/{id}`

use super::Problem;
use super::extract::{Asked, Path};
use super::messages::{Time, limit};
use crate::store::{Connected, Seen};
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Devices that one answer lists, at most.
const DEVICES_MAX: u32 = 10_000;

/// Connections that are told of one device.
const CONNECTIONS_MAX: usize = 100;

/// A device: who said the same name is the same, on whichever connection. Who says none is a
/// device for as long as its connection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Device {
    /// What it is called in addresses.
    #[schema(example = "860000000000001")]
    id: String,
    /// What it calls itself, if it has said so.
    name: Option<String>,
    /// Whether it has an open connection.
    online: bool,
    /// When it was seen first.
    first_seen: Time,
    /// When something happened on its line last.
    last_seen: Time,
    /// Reads of bytes that came from it.
    messages_in: i64,
    /// Bytes that came from it.
    bytes_in: i64,
    /// Sends to it.
    messages_out: i64,
    /// Bytes that were sent to it.
    bytes_out: i64,
    /// How many connections it made.
    connections: i64,
}

/// A device and its last connections.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeviceDetails {
    #[serde(flatten)]
    device: Device,
    /// The newest first, at most a hundred.
    last_connections: Vec<Connection>,
}

/// A connection of a device.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Connection {
    /// Counted over all ports and restarts.
    id: i64,
    /// The port's name.
    port: String,
    /// Where it came from.
    #[schema(example = "127.0.0.1:50000")]
    address: String,
    opened: Time,
    /// Null while it is open.
    closed: Option<Time>,
    /// Why it is over.
    #[schema(example = "closed by the device")]
    reason: Option<String>,
}

/// Which devices are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Leave out so many at the beginning.
    #[serde(default)]
    #[param(default = 0, maximum = 4_294_967_295_u32)]
    skip: u32,
    /// So many at most.
    #[serde(default = "all")]
    #[param(default = 10_000, minimum = 1, maximum = 10_000)]
    limit: u32,
}

fn all() -> u32 {
    DEVICES_MAX
}

/// The devices: those that are online first, then the last seen.
#[utoipa::path(
    get, path = "/api/devices", tag = "devices", params(Page),
    responses((status = 200, body = Vec<Device>), (status = 400, body = Problem)),
)]
pub(super) async fn devices(
    AxumState(state): AxumState<State>,
    Asked(page): Asked<Page>,
) -> Result<Json<Vec<Device>>, Problem> {
    let (skip, limit) = (page.skip as usize, limit(page.limit, DEVICES_MAX)?);
    let seen = state.read(move |reader| reader.devices(skip, limit)).await?;
    Ok(Json(seen.into_iter().map(Device::from).collect()))
}

/// One device.
#[utoipa::path(
    get, path = "/api/devices/{id}", tag = "devices",
    params(("id" = String, Path, description = "what the device is called in addresses",
        example = "860000000000001")),
    responses((status = 200, body = DeviceDetails), (status = 400, body = Problem), (status = 404, body = Problem)),
)]
pub(super) async fn device(
    AxumState(state): AxumState<State>,
    Path(id): Path<String>,
) -> Result<Json<DeviceDetails>, Problem> {
    let key = id.clone();
    let found =
        state.read(move |reader| Ok((reader.device(&key)?, reader.conns(&key, CONNECTIONS_MAX)?)));
    let (seen, conns) = found.await?;
    let seen = seen.ok_or_else(|| Problem::no_device(&id))?;
    let last_connections = conns.into_iter().map(Connection::from).collect();
    Ok(Json(DeviceDetails { device: seen.into(), last_connections }))
}

impl From<Seen> for Device {
    fn from(seen: Seen) -> Self {
        Self {
            id: seen.key,
            name: seen.name.map(|name| String::from_utf8_lossy(&name).into_owned()),
            online: seen.is_online,
            first_seen: Time(seen.first_at),
            last_seen: Time(seen.last_at),
            messages_in: seen.messages_in,
            bytes_in: seen.bytes_in,
            messages_out: seen.messages_out,
            bytes_out: seen.bytes_out,
            connections: seen.connections,
        }
    }
}

impl From<Connected> for Connection {
    fn from(conn: Connected) -> Self {
        Self {
            id: conn.conn,
            port: conn.port,
            address: conn.address,
            opened: Time(conn.opened_at),
            closed: conn.closed_at.map(Time),
            reason: conn.reason,
        }
    }
}
