//! `iconv`: text from one encoding into another.

use super::{bad_argument, define};
use encoding_rs::{Encoding, GBK, UTF_8, UTF_16BE, UTF_16LE};
use mlua::{Lua, LuaString, Result, Table, UserData, UserDataMethods};

/// Encodings by the names that scripts call them, in lower case. `ucs2` has its low byte first; all
/// of GBK counts as `gb2312`, as scripts in GBK do.
const ENCODINGS: [(&str, &Encoding); 4] =
    [("gb2312", GBK), ("ucs2", UTF_16LE), ("ucs2be", UTF_16BE), ("utf8", UTF_8)];

/// What stands for a character that the other encoding has not.
const UNKNOWN: u8 = b'?';

/// The table `iconv`.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let iconv = lua.create_table()?;
    define(lua, &iconv, "iconv.open", open)?;
    Ok(iconv)
}

/// What `iconv.open` returns.
struct Conversion {
    to: &'static Encoding,
    from: &'static Encoding,
}

impl UserData for Conversion {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("iconv", |lua, conversion, text: LuaString| {
            let bytes = text.as_bytes();
            let (text, _) = conversion.from.decode_without_bom_handling(&bytes);
            lua.create_string(encoded(&text, conversion.to))
        });
    }
}

/// `open(to, from) -> conversion`, whose method `iconv(text)` gives the text in the other encoding.
fn open(_: &Lua, (to, from): (LuaString, LuaString)) -> Result<Conversion> {
    Ok(Conversion { to: named(&to, 1)?, from: named(&from, 2)? })
}

fn named(name: &LuaString, argument: usize) -> Result<&'static Encoding> {
    let name = name.to_string_lossy();
    let known = ENCODINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    known.map(|&(_, encoding)| encoding).ok_or_else(|| {
        let why = format!("`{name}` is none of gb2312, ucs2, ucs2be, utf8");
        bad_argument("iconv.open", argument, why)
    })
}

fn encoded(text: &str, to: &'static Encoding) -> Vec<u8> {
    if to == UTF_16LE {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if to == UTF_16BE {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else if let (bytes, _, false) = to.encode(text) {
        bytes.into_owned()
    } else {
        let mut letter = [0; 4];
        text.chars()
            .flat_map(|char| match to.encode(char.encode_utf8(&mut letter)) {
                (bytes, _, false) => bytes.into_owned(),
                (_, _, true) => vec![UNKNOWN],
            })
            .collect()
    }
}
