//! `socketcore`: the firmware's raw sockets.
//!
//! No call here waits. Each starts something and returns; the outcome reaches the script later, as
//! a message from `rtos.receive`.

use super::define;
use crate::bare;
use crate::vm::with_board;
use crate::watch;
use holdline_modem::{Kind, SocketId, Tls};
use mlua::{FromLua, Lua, LuaString, MultiValue, Result, Table, Value};

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let socketcore = lua.create_table()?;
    // The two that move bytes take their arguments the fast way, which cannot name the call.
    define(lua, &socketcore, "socketcore.sock_conn", sock_conn)?;
    define(lua, &socketcore, "socketcore.sock_conn_ext", sock_conn_ext)?;
    let full = lua.create_function(sock_send)?;
    socketcore.set("sock_send", bare::sock_send(lua, full)?)?;
    socketcore.set("sock_recv", lua.create_function(sock_recv)?)?;
    define(lua, &socketcore, "socketcore.sock_close", sock_close)?;
    define(lua, &socketcore, "socketcore.sock_destroy", sock_destroy)?;
    define(lua, &socketcore, "socketcore.sock_getremainbuf", sock_getremainbuf)?;
    Ok(socketcore)
}

/// `sock_conn(protocol, host, port[, cert]) -> id | nil`
///
/// Starts a connection; `MSG_SOCK_CONN_CNF` says how it ended. `nil` means that none was started,
/// because every socket is taken. `cert` is for TLS alone, see [`tls_of`].
fn sock_conn(
    lua: &Lua,
    (protocol, host, PortArg(port), cert): (Protocol, LuaString, PortArg, Option<Table>),
) -> Result<Option<u16>> {
    let host = host.to_string_lossy();
    watch::keep(lua, host.len())?;
    let kind = match protocol {
        Protocol::Plain(kind) => kind,
        Protocol::Tls => {
            let tls = cert.map(tls_of).transpose()?.unwrap_or_default();
            return with_board(lua, |board| {
                board.modem.connect_tls(tls, host, port).ok().map(|id| id.0)
            });
        }
    };
    with_board(lua, |board| board.modem.connect(kind, host, port).ok().map(|id| id.0))
}

/// `sock_conn_ext(protocol, host, port[, cert, ...]) -> id | nil`, as `sock_conn`: what follows
/// sets buffers and ports that the system chooses here.
fn sock_conn_ext(
    lua: &Lua,
    (protocol, host, port, cert, _rest): (Protocol, LuaString, PortArg, Option<Table>, MultiValue),
) -> Result<Option<u16>> {
    sock_conn(lua, (protocol, host, port, cert))
}

/// What a `cert` table holds: `hostName`, and as PEM `caCert`, `clientCert`, `clientKey`; and
/// `clientPassword`, which a module never passes on.
fn tls_of(cert: Table) -> Result<Tls> {
    let field = |name: &str| -> Result<Option<Vec<u8>>> {
        let value = cert.get::<Value>(name)?;
        if let Value::String(text) = &value {
            return Ok(Some(text.as_bytes().to_vec()));
        }
        let problem = format!("bad field '{name}' (string expected, got {})", value.type_name());
        if value.is_nil() { Ok(None) } else { Err(mlua::Error::runtime(problem)) }
    };
    Ok(Tls {
        host_name: field("hostName")?
            .filter(|name| !name.is_empty())
            .map(|name| String::from_utf8_lossy(&name).into_owned()),
        ca_cert: field("caCert")?,
        client_cert: field("clientCert")?,
        client_key: field("clientKey")?,
        key_password: field("clientPassword")?,
    })
}

/// `sock_send(id, bytes) -> 1`: exactly one `MSG_SOCK_SEND_CNF` follows.
fn sock_send(lua: &Lua, (SocketArg(id), bytes): (SocketArg, LuaString)) -> Result<u8> {
    watch::keep(lua, bytes.as_bytes().len())?;
    with_board(lua, |board| board.modem.send(id, bytes.as_bytes().to_vec()))?;
    Ok(1)
}

/// `sock_recv(id, max) -> bytes`, `""` where nothing waits.
fn sock_recv(lua: &Lua, (SocketArg(id), max): (SocketArg, f64)) -> Result<LuaString> {
    let max = max.clamp(0.0, f64::from(u32::MAX)) as usize;
    let bytes = with_board(lua, |board| board.modem.receive(id, max))?;
    lua.create_string(bytes)
}

/// `sock_close(id) -> 1`: exactly one `MSG_SOCK_CLOSE_CNF` follows, whatever the id.
fn sock_close(lua: &Lua, SocketArg(id): SocketArg) -> Result<u8> {
    watch::keep(lua, 0)?;
    with_board(lua, |board| board.modem.close(id))?;
    Ok(1)
}

/// `sock_destroy(id)`: frees the id at once; no message follows.
fn sock_destroy(lua: &Lua, SocketArg(id): SocketArg) -> Result<()> {
    watch::keep(lua, 0)?;
    with_board(lua, |board| board.modem.destroy(id))
}

/// `sock_getremainbuf(id) -> bytes` that wait to be read.
fn sock_getremainbuf(lua: &Lua, SocketArg(id): SocketArg) -> Result<usize> {
    with_board(lua, |board| board.modem.unread_len(id))
}

/// A protocol number: 0 TCP, 1 UDP, 2 TLS.
enum Protocol {
    Plain(Kind),
    Tls,
}

impl FromLua for Protocol {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        match u8::from_lua(value, lua)? {
            0 => Ok(Self::Plain(Kind::Tcp)),
            1 => Ok(Self::Plain(Kind::Udp)),
            2 => Ok(Self::Tls),
            other => Err(mlua::Error::FromLuaConversionError {
                from: "number",
                to: "protocol".to_owned(),
                message: Some(format!("expected 0 (TCP), 1 (UDP) or 2 (TLS), got {other}")),
            }),
        }
    }
}

/// A port: a number or a numeric string, 1 to 65535.
struct PortArg(u16);

impl FromLua for PortArg {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        let text = lua.coerce_string(value)?.map(|text| text.to_string_lossy()).unwrap_or_default();
        match text.trim().parse() {
            Ok(port) if port != 0 => Ok(Self(port)),
            Ok(_) | Err(_) => Err(mlua::Error::FromLuaConversionError {
                from,
                to: "port".to_owned(),
                message: Some(format!("expected 1 to 65535, got {text}")),
            }),
        }
    }
}

/// A socket number; one that no module has stands for none.
struct SocketArg(SocketId);

impl FromLua for SocketArg {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let number = f64::from_lua(value, lua)?;
        Ok(Self(SocketId(if (0.0..65535.0).contains(&number) { number as u16 } else { u16::MAX })))
    }
}
