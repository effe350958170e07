//! AES, with keys of 128, 192 and 256 bits.

use aes::cipher::consts::U16;
use aes::cipher::{
    Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt as _, BlockModeEncrypt as _,
    BlockSizeUser, InnerIvInit as _, InvalidLength, KeyInit, StreamCipher as _,
};
use aes::{Aes128, Aes192, Aes256};
use mlua::{FromLua, Lua, LuaString, Result, Value};

use crate::api::bad_argument;

/// How many bytes AES works on at a time, and how many an initial vector has.
const BLOCK_BYTES: usize = 16;

/// What both calls take: mode, padding, text, key, initial vector.
pub(super) type Args = (Mode, Padding, LuaString, LuaString, Option<LuaString>);

/// `aes_encrypt(mode, padding, string, key[, iv]) -> string`
///
/// `mode` is `ECB`, `CBC` or `CTR`; `padding` is `NONE`, `ZERO`, `PKCS5` or `PKCS7`. The key has 16,
/// 24 or 32 bytes; the initial vector has 16, and only `ECB` goes without.
pub(super) fn encrypt(lua: &Lua, args: Args) -> Result<LuaString> {
    let (mode, padding, text, key, iv) = args;
    let mut bytes = text.as_bytes().to_vec();
    padding.add(&mut bytes);
    let bytes = run("crypto.aes_encrypt", (mode, Direction::Encrypt), bytes, &key, iv)?;
    lua.create_string(bytes)
}

/// `aes_decrypt(mode, padding, string, key[, iv]) -> string | nil`
///
/// Takes what `aes_encrypt` does.
///
/// Luat: what the firmware gives if the padding shows that the key was wrong is not documented;
/// here it is `nil`.
pub(super) fn decrypt(lua: &Lua, args: Args) -> Result<Option<LuaString>> {
    let (mode, padding, text, key, iv) = args;
    let bytes = text.as_bytes().to_vec();
    let bytes = run("crypto.aes_decrypt", (mode, Direction::Decrypt), bytes, &key, iv)?;
    padding.remove(&bytes).map(|text| lua.create_string(text)).transpose()
}

/// How blocks are chained.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// Not at all: each block stands alone.
    Ecb,
    /// Each block is joined with the one before it.
    Cbc,
    /// As a stream: the text is joined with the cipher of a counter.
    Ctr,
}

impl FromLua for Mode {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let names = [("ECB", Self::Ecb), ("CBC", Self::Cbc), ("CTR", Self::Ctr)];
        named(value, lua, "a mode `ECB`, `CBC` or `CTR`", &names)
    }
}

/// How a text is made to fill its last block.
#[derive(Clone, Copy)]
pub(super) enum Padding {
    /// It is not: it must fill it.
    None,
    /// With zero bytes, if it does not fill it; the text must not end in one.
    Zero,
    /// With as many bytes as are missing, or a block's worth, each telling how many they are.
    Pkcs7,
}

impl FromLua for Padding {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let names = [
            ("NONE", Self::None),
            ("ZERO", Self::Zero),
            ("PKCS5", Self::Pkcs7),
            ("PKCS7", Self::Pkcs7),
        ];
        named(value, lua, "a padding `NONE`, `ZERO`, `PKCS5` or `PKCS7`", &names)
    }
}

impl Padding {
    fn add(self, text: &mut Vec<u8>) {
        let missing = BLOCK_BYTES - text.len() % BLOCK_BYTES;
        match self {
            Self::None => {}
            Self::Zero => text.resize(text.len().next_multiple_of(BLOCK_BYTES), 0),
            Self::Pkcs7 => text.resize(text.len() + missing, missing as u8),
        }
    }

    /// The text without its padding; `None` if that is not as it must be.
    fn remove(self, text: &[u8]) -> Option<&[u8]> {
        match self {
            Self::None => Some(text),
            Self::Zero => {
                let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                Some(&text[..end])
            }
            Self::Pkcs7 => {
                let count = *text.last()?;
                let end = text.len().checked_sub(usize::from(count))?;
                let (front, padding) = text.split_at(end);
                let well_made = (1..=BLOCK_BYTES).contains(&padding.len())
                    && padding.iter().all(|&byte| byte == count);
                well_made.then_some(front)
            }
        }
    }
}

/// The value that `names` gives the string `value`.
fn named<T: Copy>(value: Value, lua: &Lua, expected: &str, names: &[(&str, T)]) -> Result<T> {
    let got = LuaString::from_lua(value, lua)?;
    let found = names.iter().find(|(name, _)| *name.as_bytes() == *got.as_bytes());
    found.map(|&(_, value)| value).ok_or_else(|| {
        mlua::Error::external(format!("expected {expected}, got `{}`", got.display()))
    })
}

#[derive(Clone, Copy)]
enum Direction {
    Encrypt,
    Decrypt,
}

/// Turns `bytes` by the cipher that fits the key.
fn run(
    call: &str,
    (mode, direction): (Mode, Direction),
    mut bytes: Vec<u8>,
    key: &LuaString,
    iv: Option<LuaString>,
) -> Result<Vec<u8>> {
    if mode != Mode::Ctr && !bytes.len().is_multiple_of(BLOCK_BYTES) {
        let why = format!("expected a multiple of {BLOCK_BYTES} bytes, got {}", bytes.len());
        return Err(bad_argument(call, 3, why));
    }
    let (key, iv) = (key.as_bytes(), initial_vector(call, mode, iv)?);
    let turned = match key.len() {
        32 => chain::<Aes256>(mode, direction, &key, &iv, &mut bytes),
        24 => chain::<Aes192>(mode, direction, &key, &iv, &mut bytes),
        _ => chain::<Aes128>(mode, direction, &key, &iv, &mut bytes),
    };
    turned.map_err(|InvalidLength| {
        let why = format!("expected a key of 16, 24 or 32 bytes, got {}", key.len());
        bad_argument(call, 4, why)
    })?;
    Ok(bytes)
}

/// The initial vector of a mode that has one, and zeros for one that has none.
fn initial_vector(call: &str, mode: Mode, iv: Option<LuaString>) -> Result<[u8; BLOCK_BYTES]> {
    if mode == Mode::Ecb {
        return Ok([0; BLOCK_BYTES]);
    }
    let given = iv.map_or_else(Vec::new, |iv| iv.as_bytes().to_vec());
    <[u8; BLOCK_BYTES]>::try_from(given).map_err(|given| {
        let why = format!("expected a vector of {BLOCK_BYTES} bytes, got {}", given.len());
        bad_argument(call, 5, why)
    })
}

/// Turns `bytes`, which are whole blocks unless the mode is a stream's.
fn chain<C>(
    mode: Mode,
    direction: Direction,
    key: &[u8],
    iv: &[u8; BLOCK_BYTES],
    bytes: &mut [u8],
) -> std::result::Result<(), InvalidLength>
where
    C: KeyInit + BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser<BlockSize = U16>,
{
    let (cipher, iv) = (C::new_from_slice(key)?, &Array::from(*iv));
    let (blocks, _) = Array::slice_as_chunks_mut(bytes);
    match (mode, direction) {
        (Mode::Ecb, Direction::Encrypt) => cipher.encrypt_blocks(blocks),
        (Mode::Ecb, Direction::Decrypt) => cipher.decrypt_blocks(blocks),
        (Mode::Cbc, Direction::Encrypt) => {
            cbc::Encryptor::inner_iv_init(cipher, iv).encrypt_blocks(blocks);
        }
        (Mode::Cbc, Direction::Decrypt) => {
            cbc::Decryptor::inner_iv_init(cipher, iv).decrypt_blocks(blocks);
        }
        (Mode::Ctr, Direction::Encrypt | Direction::Decrypt) => {
            let core = ctr::CtrCore::<C, ctr::flavors::Ctr128BE>::inner_iv_init(cipher, iv);
            ctr::Ctr128BE::from_core(core).apply_keystream(bytes);
        }
    }
    Ok(())
}
