//! `crypto`: digests, checksums, base64 and AES.
//!
//! Digests are upper-case hex text; ciphers give and take bytes. The firmware, being C, asks for
//! the length beside most strings: it may be left out here, and less than the whole is used if it
//! is smaller.
//!
//! Not here: `des`, `des3`, `rsa`, `sm3`, `xxtea`, and the `aes128_ecb` calls of the oldest modules.

mod aes;
mod crc;
mod digest;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::Hmac;
use md5::Md5;
use mlua::{Lua, LuaString, Result, Table, Value};
use sha1::Sha1;
use sha2::Sha256;

use super::{bad_argument, define};

/// Reads a whole file of the device; `None` if there is none of that name.
pub(crate) type ReadFile = fn(&Lua, &[u8]) -> Option<Vec<u8>>;

/// Writes padding; reads with or without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The table `crypto`; `read_file` gives `crypto.md5` the files it is asked for.
pub(super) fn table(lua: &Lua, read_file: ReadFile) -> Result<Table> {
    let crypto = lua.create_table()?;
    define(lua, &crypto, "crypto.base64_encode", base64_encode)?;
    define(lua, &crypto, "crypto.base64_decode", base64_decode)?;
    define(lua, &crypto, "crypto.md5", move |lua, args| digest::md5(lua, args, read_file))?;
    define(lua, &crypto, "crypto.sha1", digest::digest::<Sha1>("crypto.sha1"))?;
    define(lua, &crypto, "crypto.sha256", digest::digest::<Sha256>("crypto.sha256"))?;
    define(lua, &crypto, "crypto.hmac_md5", digest::hmac::<Hmac<Md5>>("crypto.hmac_md5"))?;
    define(lua, &crypto, "crypto.hmac_sha1", digest::hmac::<Hmac<Sha1>>("crypto.hmac_sha1"))?;
    define(lua, &crypto, "crypto.hmac_sha256", digest::hmac::<Hmac<Sha256>>("crypto.hmac_sha256"))?;
    define(lua, &crypto, "crypto.flow_md5", digest::flow_md5)?;
    define(lua, &crypto, "crypto.crc8", crc::crc8)?;
    define(lua, &crypto, "crypto.crc16", crc::crc16)?;
    define(lua, &crypto, "crypto.crc16_modbus", crc::crc16_modbus)?;
    define(lua, &crypto, "crypto.crc32", crc::crc32)?;
    define(lua, &crypto, "crypto.aes_encrypt", aes::encrypt)?;
    define(lua, &crypto, "crypto.aes_decrypt", aes::decrypt)?;
    Ok(crypto)
}

/// `base64_encode(string[, length]) -> string`
fn base64_encode(_: &Lua, (text, length): (LuaString, Option<i64>)) -> Result<String> {
    let bytes = text.as_bytes();
    Ok(BASE64.encode(front(&bytes, length, "crypto.base64_encode", 2)?))
}

/// `base64_decode(string[, length]) -> string | nil`
///
/// Line breaks and blanks are skipped.
///
/// Luat: what the firmware gives for text that is no base64 is not documented; here it is `nil`.
fn base64_decode(lua: &Lua, (text, length): (LuaString, Option<i64>)) -> Result<Option<LuaString>> {
    let bytes = text.as_bytes();
    let mut text = front(&bytes, length, "crypto.base64_decode", 2)?.to_vec();
    text.retain(|byte| !byte.is_ascii_whitespace());
    BASE64.decode(text).ok().map(|decoded| lua.create_string(decoded)).transpose()
}

/// The first `length` bytes, all if none is given; `pos` is the argument that said so.
fn front<'a>(bytes: &'a [u8], length: Option<i64>, call: &str, pos: usize) -> Result<&'a [u8]> {
    let Some(length) = length else { return Ok(bytes) };
    let front = usize::try_from(length).ok().and_then(|length| bytes.get(..length));
    front.ok_or_else(|| {
        let why = format!("expected a length of 0 to {}, got `{length}`", bytes.len());
        bad_argument(call, pos, why)
    })
}

/// Whether `value` is a number, and so a length where a string could stand.
fn is_number(value: &Value) -> bool {
    value.is_integer() || value.is_number()
}
