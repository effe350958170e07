//! `uart`: the serial ports. `uart.on` is the library's.
//!
//! No call here waits. That bytes came or are out reaches the script later, as a message from
//! `rtos.receive`.

use super::{bad_argument, define};
use crate::notice::{Notice, NoticeKind};
use crate::vm::with_board;
use holdline_modem::{Parity, UartId, UartSettings, UartTake, UartTells};
use mlua::{FromLua, Lua, LuaString, MultiValue, Result, Table, Value, Variadic};

/// The port behind which the module takes AT commands; there is nothing behind it here.
const ATC: u8 = 127;

/// What `clear` clears.
const RECV_BUF: u8 = 1;

/// The first unit is the firmware's as far as it is known; scripts use the names.
const CONSTANTS: [(&str, u8); 7] = [
    ("PAR_EVEN", 0),
    ("PAR_ODD", 1),
    ("PAR_NONE", 2),
    ("STOP_1", 1),
    ("STOP_2", 2),
    ("ATC", ATC),
    ("RECV_BUF", RECV_BUF),
];

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let uart = lua.create_table()?;
    for (name, value) in CONSTANTS {
        uart.set(name, value)?;
    }
    define(lua, &uart, "uart.setup", setup)?;
    define(lua, &uart, "uart.read", read)?;
    define(lua, &uart, "uart.write", write)?;
    define(lua, &uart, "uart.close", close)?;
    define(lua, &uart, "uart.clear", clear)?;
    define(lua, &uart, "uart.getchar", getchar)?;
    // The pin that switches a bus's direction has nothing behind it.
    define(lua, &uart, "uart.set_rs485_oe", |_, (PortArg(_), _): (PortArg, MultiValue)| Ok(1))?;
    Ok(uart)
}

/// What stands for a port: one of the module's, or the AT port.
#[derive(Clone, Copy)]
pub(super) struct PortArg(pub(super) Option<UartId>);

impl FromLua for PortArg {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        let number = f64::from_lua(value, lua)?;
        let whole = number as u8;
        match UartId::new(whole).filter(|_| f64::from(whole) == number) {
            Some(port) => Ok(Self(Some(port))),
            None if number == f64::from(ATC) => Ok(Self(None)),
            None => Err(mlua::Error::FromLuaConversionError {
                from,
                to: "serial port".to_owned(),
                message: Some(format!("expected 1, 2, 3, 0x81 (USB) or uart.ATC, got {number}")),
            }),
        }
    }
}

type SetupArgs = (PortArg, f64, f64, f64, f64, Option<f64>, Option<f64>, Option<f64>);

/// `setup(id, baud, data bits, parity, stop bits[, polled][, tells sent][, flow]) -> baud`
fn setup(
    lua: &Lua,
    (PortArg(port), baud, data_bits, parity, stop_bits, polled, sent, flow): SetupArgs,
) -> Result<f64> {
    let Some(port) = port else { return Ok(baud) };
    let wrong = |pos, why| bad_argument("uart.setup", pos, why);
    if !(1.0..=f64::from(u32::MAX)).contains(&baud) {
        return Err(wrong(2, "expected bits a second, such as 115200"));
    }
    if ![5.0, 6.0, 7.0, 8.0].contains(&data_bits) {
        return Err(wrong(3, "expected 5 to 8 data bits"));
    }
    let parity = match parity as i64 {
        0 => Parity::Even,
        1 => Parity::Odd,
        2 => Parity::None,
        _ => return Err(wrong(4, "expected uart.PAR_NONE, uart.PAR_EVEN or uart.PAR_ODD")),
    };
    if ![1.0, 2.0].contains(&stop_bits) {
        return Err(wrong(5, "expected uart.STOP_1 or uart.STOP_2"));
    }
    let is_set = |flag: Option<f64>| flag.is_some_and(|flag| flag != 0.0);
    let settings = UartSettings {
        baud: baud as u32,
        data_bits: data_bits as u8,
        parity,
        stop_bits: stop_bits as u8,
        flow: is_set(flow),
    };
    let tells = UartTells { received: !is_set(polled), sent: is_set(sent) };
    with_board(lua, |board| board.modem.uart_setup(port, settings, tells))?;
    Ok(f64::from(settings.baud))
}

/// How much `read` is to take.
struct FormatArg(UartTake);

impl FromLua for FormatArg {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        let wrong = |message: &str| mlua::Error::FromLuaConversionError {
            from,
            to: "format".to_owned(),
            message: Some(message.to_owned()),
        };
        let form = "expected \"*l\", \"*n\", \"*s\" or a number of bytes";
        let text = lua.coerce_string(value)?.ok_or_else(|| wrong(form))?;
        let text = text.to_string_lossy();
        match text.as_str() {
            "*l" => return Ok(Self(UartTake::Line)),
            "*n" => return Ok(Self(UartTake::Number)),
            "*s" => return Ok(Self(UartTake::Word)),
            _ => {}
        }
        let bytes: f64 = text.trim().parse().map_err(|_| wrong(form))?;
        // A negative number takes nothing, one that is too large takes all.
        Ok(Self(UartTake::Bytes(bytes as usize)))
    }
}

/// `read(id, format) -> bytes`, `""` where nothing waits; a number for `"*n"`, 0 where none stands
/// there. What follows the format is ignored.
fn read(lua: &Lua, (PortArg(port), FormatArg(take)): (PortArg, FormatArg)) -> Result<Value> {
    let bytes = match port {
        Some(port) => with_board(lua, |board| board.modem.uart_read(port, take))?,
        None => Vec::new(),
    };
    match take {
        UartTake::Number => {
            let number = String::from_utf8_lossy(&bytes).parse().unwrap_or(0.0);
            Ok(Value::Number(number))
        }
        UartTake::Bytes(_) | UartTake::Line | UartTake::Word => {
            Ok(Value::String(lua.create_string(bytes)?))
        }
    }
}

/// `write(id, a, b, ...) -> bytes written`: texts, and numbers 0 to 255 as a byte each. 0 where the
/// port is not set up.
fn write(lua: &Lua, (PortArg(port), pieces): (PortArg, Variadic<Value>)) -> Result<usize> {
    let mut bytes = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match (piece.as_string(), f64::from_lua(piece.clone(), lua)) {
            (Some(text), _) => bytes.extend_from_slice(&text.as_bytes()),
            (None, Ok(number)) if (0.0..256.0).contains(&number) => bytes.push(number as u8),
            (None, _) => {
                return Err(bad_argument("uart.write", at + 2, "expected a text, or 0 to 255"));
            }
        }
    }
    let len = bytes.len();
    with_board(lua, |board| {
        let (kind, detail) = match port {
            Some(port) if len == 0 || board.modem.uart_write(port, bytes.clone()) => return len,
            Some(port) => (NoticeKind::UartNotSetUp, port.number().to_string()),
            None => (NoticeKind::NoAtPort, String::from_utf8_lossy(&bytes).trim().to_owned()),
        };
        board.notice(Notice { kind, place: None, detail: vec![detail] });
        0
    })
}

/// `close(id)`, after what was written.
fn close(lua: &Lua, PortArg(port): PortArg) -> Result<()> {
    with_board(lua, |board| {
        if let Some(port) = port {
            board.modem.uart_close(port);
        }
    })
}

/// `clear(id, uart.RECV_BUF)`: drops what was received and not read.
fn clear(lua: &Lua, (PortArg(port), _what): (PortArg, Value)) -> Result<()> {
    with_board(lua, |board| {
        if let Some(port) = port {
            board.modem.uart_read(port, UartTake::Bytes(usize::MAX));
        }
    })
}

/// `getchar(id) -> one byte`, `""` where nothing waits.
fn getchar(lua: &Lua, PortArg(port): PortArg) -> Result<LuaString> {
    let take = UartTake::Bytes(1);
    let byte = with_board(lua, |board| port.map(|port| board.modem.uart_read(port, take)))?;
    lua.create_string(byte.unwrap_or_default())
}
