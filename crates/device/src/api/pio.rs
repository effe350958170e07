//! `pio`: the pins. Nothing is wired to them: no input ever changes, so no interrupt comes.

use super::{bad_argument, define};
use crate::pins::{Pin, Pins};
use crate::vm::with_board;
use mlua::{Lua, MultiValue, Result, Table, Variadic};

/// Pins of one port; the ports' pins are numbered one after the other.
const PORT_PINS: u8 = 32;
const PORTS: u8 = 3;

const OUTPUT: u8 = 0;
const OUTPUT1: u8 = 1;
const INPUT: u8 = 2;
const INT: u8 = 3;
const NOPULL: u8 = 0;
const PULLUP: u8 = 1;
const PULLDOWN: u8 = 2;

/// What scripts say to `setdir` and `setpull`. The values are ours to choose.
const CONSTANTS: [(&str, u8); 7] = [
    ("OUTPUT", OUTPUT),
    ("OUTPUT1", OUTPUT1),
    ("INPUT", INPUT),
    ("INT", INT),
    ("NOPULL", NOPULL),
    ("PULLUP", PULLUP),
    ("PULLDOWN", PULLDOWN),
];

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let pio = lua.create_table()?;
    for (name, value) in CONSTANTS {
        pio.set(name, value)?;
    }
    for number in 0..PORTS * PORT_PINS {
        pio.set(format!("P{}_{}", number / PORT_PINS, number % PORT_PINS), number)?;
    }
    let pin = lua.create_table()?;
    define(lua, &pin, "pio.pin.setdir", setdir)?;
    define(lua, &pin, "pio.pin.setval", setval)?;
    define(lua, &pin, "pio.pin.sethigh", |lua, pins| drive(lua, true, pins))?;
    define(lua, &pin, "pio.pin.setlow", |lua, pins| drive(lua, false, pins))?;
    define(lua, &pin, "pio.pin.getval", getval)?;
    define(lua, &pin, "pio.pin.setpull", setpull)?;
    define(lua, &pin, "pio.pin.close", close)?;
    // Nothing bounces.
    define(lua, &pin, "pio.pin.setdebounce", |_, _: MultiValue| Ok(()))?;
    pio.set("pin", pin)?;
    Ok(pio)
}

/// `setdir(direction, pin...)`: an output starts low as `OUTPUT`, high as `OUTPUT1`.
fn setdir(lua: &Lua, (direction, pins): (u8, Variadic<u8>)) -> Result<()> {
    let pin = match direction {
        OUTPUT => Pin::Output { high: false },
        OUTPUT1 => Pin::Output { high: true },
        INPUT | INT => Pin::Input { pulled_up: false },
        _unknown => return Err(bad_argument("pio.pin.setdir", 1, "no such direction")),
    };
    for_each(lua, &pins, |board, number| board.set_up(number, pin))
}

/// `setval(level, pin...)`: 0 low, anything else high.
fn setval(lua: &Lua, (level, pins): (f64, Variadic<u8>)) -> Result<()> {
    drive(lua, level != 0.0, pins)
}

fn drive(lua: &Lua, high: bool, pins: Variadic<u8>) -> Result<()> {
    for_each(lua, &pins, |board, number| board.drive(number, high))
}

/// `getval(pin...) -> 0 or 1...`
fn getval(lua: &Lua, pins: Variadic<u8>) -> Result<Variadic<u8>> {
    with_board(lua, |board| {
        pins.iter().map(|&number| u8::from(board.pins.is_high(number))).collect()
    })
}

/// `setpull(PULLUP, PULLDOWN or NOPULL, pin...)`
fn setpull(lua: &Lua, (pull, pins): (u8, Variadic<u8>)) -> Result<()> {
    let up = match pull {
        PULLUP => true,
        PULLDOWN | NOPULL => false,
        _unknown => return Err(bad_argument("pio.pin.setpull", 1, "no such pull")),
    };
    for_each(lua, &pins, |board, number| board.pull(number, up))
}

/// `close(pin...)`
fn close(lua: &Lua, pins: Variadic<u8>) -> Result<()> {
    for_each(lua, &pins, Pins::close)
}

fn for_each(lua: &Lua, pins: &[u8], act: impl Fn(&mut Pins, u8)) -> Result<()> {
    with_board(lua, |board| pins.iter().for_each(|&number| act(&mut board.pins, number)))
}
