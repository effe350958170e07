//! `pio`: the pins, for which the modem keeps what the script does and what is wired to them.

use super::{bad_argument, define};
use crate::vm::with_board;
use holdline_modem::{Modem, PinId, PinUse};
use mlua::{Lua, MultiValue, Result, Table, Variadic};

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
    for number in 0..PORTS * PinId::PER_PORT {
        pio.set(PinId(number).to_string(), number)?;
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

/// `setdir(direction, pin...)`: an output starts low as `OUTPUT`, high as `OUTPUT1`; an input
/// without a pull resistor, as `INT` with messages about its changes.
fn setdir(lua: &Lua, (direction, pins): (u8, Variadic<u8>)) -> Result<()> {
    let used_as = match direction {
        OUTPUT => PinUse::Output { high: false },
        OUTPUT1 => PinUse::Output { high: true },
        INPUT => PinUse::Input { interrupts: false, pulled_up: false },
        INT => PinUse::Input { interrupts: true, pulled_up: false },
        _unknown => return Err(bad_argument("pio.pin.setdir", 1, "no such direction")),
    };
    for_each(lua, &pins, |modem, pin| modem.set_up_pin(pin, Some(used_as)))
}

/// `setval(level, pin...)`: 0 low, anything else high.
fn setval(lua: &Lua, (level, pins): (f64, Variadic<u8>)) -> Result<()> {
    drive(lua, level != 0.0, pins)
}

/// Drives a level, where the pin is an output.
fn drive(lua: &Lua, high: bool, pins: Variadic<u8>) -> Result<()> {
    for_each(lua, &pins, |modem, pin| {
        if let Some(PinUse::Output { .. } | PinUse::Blinks { .. }) = modem.pin_use(pin) {
            modem.set_up_pin(pin, Some(PinUse::Output { high }));
        }
    })
}

/// `getval(pin...) -> 0 or 1...`
fn getval(lua: &Lua, pins: Variadic<u8>) -> Result<Variadic<u8>> {
    with_board(lua, |board| {
        pins.iter().map(|&number| u8::from(board.modem.is_pin_high(PinId(number)))).collect()
    })
}

/// `setpull(PULLUP, PULLDOWN or NOPULL, pin...)`, where the pin is an input.
fn setpull(lua: &Lua, (pull, pins): (u8, Variadic<u8>)) -> Result<()> {
    let pulled_up = match pull {
        PULLUP => true,
        PULLDOWN | NOPULL => false,
        _unknown => return Err(bad_argument("pio.pin.setpull", 1, "no such pull")),
    };
    for_each(lua, &pins, |modem, pin| {
        if let Some(PinUse::Input { interrupts, .. }) = modem.pin_use(pin) {
            modem.set_up_pin(pin, Some(PinUse::Input { interrupts, pulled_up }));
        }
    })
}

/// `close(pin...)`
fn close(lua: &Lua, pins: Variadic<u8>) -> Result<()> {
    for_each(lua, &pins, |modem, pin| modem.set_up_pin(pin, None))
}

fn for_each(lua: &Lua, pins: &[u8], act: impl Fn(&mut Modem, PinId)) -> Result<()> {
    with_board(lua, |board| pins.iter().for_each(|&number| act(&mut board.modem, PinId(number))))
}
