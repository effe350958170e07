//! The private table: what the prelude and the script library need and no script sees.

use super::{files, library, missing, string};
use crate::bare::{self, Bare};
use crate::board::{Caller, Ending};
use crate::notice::{Notice, NoticeKind, Place};
use crate::script::without_mark;
use crate::text::text_of;
use crate::vm::{project, with_board};
use crate::watch;
use holdline_modem::{Generation, Kind, PinId, PinUse, SocketId, Status};
use mlua::{Function, Lua, LuaString, MultiValue, Result, Table, Value, Variadic};

use std::rc::Rc;
use std::time::Duration;

/// Room for a line as scripts usually print them, in bytes.
const LINE_BYTES_USUAL: usize = 64;

pub(super) fn table(lua: &Lua) -> Result<Table> {
    let host = lua.create_table()?;
    host.set("say", lua.create_function(say)?)?;
    host.set("printer", lua.create_function(bare::print)?)?;
    host.set("number", lua.create_function(number)?)?;
    host.set("spare", bare::spare(lua, lua.create_function(|_, ()| Ok(()))?)?)?;
    host.set("notice", lua.create_function(notice)?)?;
    host.set("source", lua.create_function(source)?)?;
    host.set("library", lua.create_function(library_chunk)?)?;
    host.set("read_file", lua.create_function(read_file)?)?;
    host.set("write_file", lua.create_function(write_file)?)?;
    host.set("remove_file", lua.create_function(remove_file)?)?;
    host.set("restart", lua.create_function(restart)?)?;
    host.set("power_off", lua.create_function(power_off)?)?;
    host.set("random", lua.create_function(random)?)?;
    host.set("random_seed", lua.create_function(random_seed)?)?;
    host.set("status", lua.create_function(status)?)?;
    host.set("is_sim_locked", lua.create_function(is_sim_locked)?)?;
    host.set("signal", lua.create_function(signal)?)?;
    host.set("blink", lua.create_function(blink)?)?;
    host.set("profile", lua.create_function(profile)?)?;
    host.set("shut", lua.create_function(shut)?)?;
    host.set("activate", lua.create_function(activate)?)?;
    host.set("set_flight_mode", lua.create_function(set_flight_mode)?)?;
    host.set("set_resend", lua.create_function(set_resend)?)?;
    host.set("set_quick_send", lua.create_function(set_quick_send)?)?;
    host.set("identity", lua.create_function(identity)?)?;
    host.set("set_imei", lua.create_function(set_imei)?)?;
    host.set("set_sn", lua.create_function(set_sn)?)?;
    missing::define(lua, &host)?;
    host.set("coroutine", lua.create_function(|lua, ()| watch::coroutine(lua))?)?;
    host.set("text", string::table(lua)?)?;
    host.set("feed_soft_dog", lua.create_function(feed_soft_dog)?)?;
    host.set("serves", lua.create_function(|lua, ()| Ok(project(lua).serves()))?)?;
    host.set("caller", lua.create_function(caller)?)?;
    host.set("fault", lua.create_function(fault)?)?;
    Ok(host)
}

/// `say(...) -> bool`: one line of the script's output, the values with TABs between them. False,
/// and nothing said, where a value is none of string, whole number, boolean and nil.
#[expect(clippy::wildcard_enum_match_arm, reason = "any other value of Lua is for `tostring`")]
fn say(lua: &Lua, values: MultiValue) -> Result<bool> {
    let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            line.push(b'\t');
        }
        match value {
            Value::String(text) => line.extend_from_slice(&text.as_bytes()),
            Value::Integer(number) => line.extend_from_slice(number.to_string().as_bytes()),
            Value::Boolean(true) => line.extend_from_slice(b"true"),
            Value::Boolean(false) => line.extend_from_slice(b"false"),
            Value::Nil => line.extend_from_slice(b"nil"),
            _ => return Ok(false),
        }
    }
    watch::keep(lua, line.len())?;
    with_board(lua, |board| board.print(line))?;
    Ok(true)
}

/// `number(value) -> number`: by which a table, a function or a coroutine is known.
fn number(lua: &Lua, value: Value) -> Result<u32> {
    let bare = lua.app_data_ref::<Rc<Bare>>().expect("set when the state was made");
    with_board(lua, |board| bare.number(board, value.to_pointer()))
}

/// `notice(word, place or nil, detail...)`: something the author should hear once.
fn notice(
    lua: &Lua,
    (word, place, detail): (String, Option<LuaString>, Variadic<LuaString>),
) -> Result<()> {
    let kind = NoticeKind::from_word(&word)
        .ok_or_else(|| mlua::Error::runtime(format!("no notice is called `{word}`")))?;
    let place = place.and_then(|place| Place::parse(&place.to_string_lossy()));
    let detail = detail.iter().map(|value| value.to_string_lossy()).collect();
    with_board(lua, |board| board.notice(Notice { kind, place, detail }))
}

/// `source(file, stands_in) -> bytes | nil, origin`: a script file and whether the `project` or a
/// `library` folder given by the user holds it. The project goes first, but not where a built-in
/// file stands in for the project's: then a folder that the user named wins.
fn source(
    lua: &Lua,
    (file, stands_in): (String, bool),
) -> Result<(Option<LuaString>, Option<&'static str>)> {
    let project = project(lua);
    let own = project.file(&file).map(|bytes| (bytes, "project"));
    let named = project.library_file(&file).map(|bytes| (bytes, "library"));
    match if stands_in { named.or(own) } else { own.or(named) } {
        Some((bytes, origin)) => Ok((Some(lua.create_string(without_mark(bytes))?), Some(origin))),
        None => Ok((None, None)),
    }
}

/// `library(name) -> function | nil`: a file of the built-in script library.
fn library_chunk(lua: &Lua, name: String) -> Result<Option<Function>> {
    library::chunk(lua, &name)
}

/// `read_file(path) -> bytes | nil`
fn read_file(lua: &Lua, path: LuaString) -> Result<Option<LuaString>> {
    match files::read(lua, &path.as_bytes())? {
        Ok(bytes) => Ok(Some(lua.create_string(bytes)?)),
        Err(_missing) => Ok(None),
    }
}

/// `write_file(path, bytes) -> true | false, reason`
fn write_file(lua: &Lua, (path, bytes): (LuaString, LuaString)) -> Result<(bool, Option<String>)> {
    match files::write(lua, &path.as_bytes(), &bytes.as_bytes())? {
        Ok(()) => Ok((true, None)),
        Err(error) => Ok((false, Some(error.to_string()))),
    }
}

/// `remove_file(path) -> bool`
fn remove_file(lua: &Lua, path: LuaString) -> Result<bool> {
    Ok(files::remove(lua, &path.as_bytes())?.is_ok())
}

/// `restart(reason)`: asks for a restart; it happens when the script next waits.
fn restart(lua: &Lua, reason: Option<LuaString>) -> Result<()> {
    let reason = reason.map(|reason| text_of(&reason.as_bytes())).unwrap_or_default();
    with_board(lua, |board| board.ending = Some(Ending::Restart(reason)))
}

/// `power_off()`: asks for power off; it happens when the script next waits.
fn power_off(lua: &Lua, (): ()) -> Result<()> {
    with_board(lua, |board| board.ending = Some(Ending::PowerOff))
}

/// `feed_soft_dog(ms)`: the main loop runs, and feeds the soft watchdog that often.
fn feed_soft_dog(lua: &Lua, ms: u32) -> Result<()> {
    let every = Duration::from_millis(ms.into());
    with_board(lua, |board| board.modem.feed_soft_dog(every))
}

/// What `caller` returns.
type CallerFields = (Option<&'static str>, Option<String>, Option<u16>, Option<LuaString>);

/// `caller(id) -> "TCP" | "UDP", address, port, name | nil`: who opened a line to the device.
fn caller(lua: &Lua, id: u16) -> Result<CallerFields> {
    let caller = with_board(lua, |board| board.callers.get(&SocketId(id)).cloned())?;
    let Some(Caller { address, kind, name }) = caller else { return Ok((None, None, None, None)) };
    let protocol = match kind {
        Kind::Tcp => "TCP",
        Kind::Udp => "UDP",
    };
    let name = name.map(|name| lua.create_string(name)).transpose()?;
    Ok((Some(protocol), Some(address.ip().to_string()), Some(address.port()), name))
}

/// `fault(err)`: raises where the script must not keep the error that it has caught: it is thrown
/// out of all that it does, or the error is a fault of this program.
fn fault(lua: &Lua, err: Value) -> Result<()> {
    // Taking the argument has raised a fault of this program once more.
    watch::relieve(lua, &err);
    watch::thrown_out(lua)
}

/// `random() -> number` in 0 .. 1, from the device's seed.
fn random(lua: &Lua, (): ()) -> Result<f64> {
    with_board(lua, |board| board.random.unit())
}

/// `random_seed(n)`: what `math.randomseed` does.
fn random_seed(lua: &Lua, seed: f64) -> Result<()> {
    with_board(lua, |board| board.random.0 = seed.to_bits())
}

/// What `status` returns.
type NetworkState = (Option<bool>, Option<bool>, bool, bool, bool, bool);

/// `status() -> sim ready | nil, registered | nil, online, flight mode, attached, any line stands`
fn status(lua: &Lua, (): ()) -> Result<NetworkState> {
    with_board(lua, |board| {
        let Status { sim_ready, registered, attached, online, flight_mode, sim_locked: _ } =
            board.modem.status();
        (sim_ready, registered, online, flight_mode, attached, board.modem.has_line())
    })
}

/// `is_sim_locked() -> bool`: whether the card waits for its PIN.
fn is_sim_locked(lua: &Lua, (): ()) -> Result<bool> {
    with_board(lua, |board| board.modem.status().sim_locked)
}

/// `signal() -> 0 to 31`: the strength of the signal where there is a cell.
fn signal(lua: &Lua, (): ()) -> Result<u8> {
    with_board(lua, |board| board.modem.rssi())
}

/// `blink(pin, high_ms, low_ms)`: drives a pin by turns, or one way where the other time is 0.
fn blink(lua: &Lua, (pin, high_ms, low_ms): (u8, f64, f64)) -> Result<()> {
    let [on, off] = [high_ms, low_ms].map(|ms| Duration::from_millis(ms.max(0.0) as u64));
    let used_as = match (on.is_zero(), off.is_zero()) {
        (true, _) => PinUse::Output { high: false },
        (false, true) => PinUse::Output { high: true },
        (false, false) => PinUse::Blinks { on, off },
    };
    with_board(lua, |board| board.modem.set_up_pin(PinId(pin), Some(used_as)))
}

/// `profile() -> generation (2 | 4), send slice in bytes, plain sockets, TLS sockets`
fn profile(lua: &Lua, (): ()) -> Result<(u8, u32, u8, u8)> {
    with_board(lua, |board| {
        let profile = board.modem.profile();
        let generation = match profile.generation {
            Generation::TwoG => 2,
            Generation::FourG => 4,
        };
        (generation, profile.send_slice_bytes, profile.sockets_max, profile.tls_sockets_max)
    })
}

/// `shut()`: gives the address back; the network message `shut` says when that is done.
fn shut(lua: &Lua, (): ()) -> Result<()> {
    with_board(lua, |board| board.modem.shut())
}

/// `activate()`: asks for an address after `shut`.
fn activate(lua: &Lua, (): ()) -> Result<()> {
    with_board(lua, |board| board.modem.activate())
}

/// `set_flight_mode(on)`
fn set_flight_mode(lua: &Lua, on: bool) -> Result<()> {
    with_board(lua, |board| board.modem.set_flight_mode(on))
}

/// `set_resend(count, seconds)`: how long sent bytes may stay unacknowledged.
fn set_resend(lua: &Lua, (count, seconds): (f64, f64)) -> Result<()> {
    let total = count * seconds;
    let total = if total.is_nan() { 1.0 } else { total.clamp(1.0, 86_400.0) };
    with_board(lua, |board| board.modem.set_resend_for(Duration::from_secs_f64(total)))
}

/// `set_quick_send(on)`: a send counts as done when it is taken, not when it is acknowledged.
fn set_quick_send(lua: &Lua, on: bool) -> Result<()> {
    use holdline_modem::Confirm;
    let confirm = if on { Confirm::Taken } else { Confirm::Acknowledged };
    with_board(lua, |board| board.modem.set_confirm(confirm))
}

/// `identity(what) -> string | nil`: the device's `imei`, `sn`, `muid` or `model`, the `mcc` and `mnc`
/// of its cell; the card's `iccid`, `imsi` and `number` once it has answered, `nil` before.
fn identity(lua: &Lua, what: String) -> Result<Option<String>> {
    with_board(lua, |board| match what.as_str() {
        "imei" => Ok(Some(board.identity.imei())),
        "sn" => Ok(Some(board.identity.sn())),
        "muid" => Ok(Some(board.identity.muid())),
        "iccid" => Ok(board.has_read_sim().then(|| board.identity.iccid())),
        "imsi" => Ok(board.has_read_sim().then(|| board.identity.imsi())),
        "model" => {
            let model = board.identity.model();
            Ok(Some(model.unwrap_or_else(|| board.modem.profile().name.to_owned())))
        }
        "number" => Ok(board.has_read_sim().then(|| board.identity.phone())),
        "mcc" => Ok(Some(board.identity.mcc())),
        "mnc" => Ok(Some(board.identity.mnc())),
        unknown => Err(mlua::Error::runtime(format!("a device has no `{unknown}`"))),
    })?
}

/// `set_imei(imei) -> bool`: writes another IMEI, which stays until power-off.
fn set_imei(lua: &Lua, imei: LuaString) -> Result<bool> {
    with_board(lua, |board| board.identity.set_imei(&imei.to_string_lossy()))
}

/// `set_sn(sn) -> bool`: writes another serial number, which stays until power-off.
fn set_sn(lua: &Lua, sn: LuaString) -> Result<bool> {
    with_board(lua, |board| board.identity.set_sn(&sn.to_string_lossy()))
}
