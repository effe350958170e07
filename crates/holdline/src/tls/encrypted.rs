//! Keys that a password protects, in both forms that OpenSSL writes.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use des::TdesEde3;
use holdline_modem::TlsFileFault;
use md5::{Digest, Md5};
use pkcs8::{EncryptedPrivateKeyInfoRef, Error, pkcs5};

/// Opens an `ENCRYPTED PRIVATE KEY`: the PKCS#8 inside.
pub(super) fn pkcs8(der: &[u8], password: Option<&[u8]>) -> Result<Vec<u8>, TlsFileFault> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|error| TlsFileFault::Unreadable(error.to_string()))?;
    let password = password.ok_or(TlsFileFault::PasswordMissing)?;
    match info.decrypt(password) {
        Ok(opened) => Ok(opened.as_bytes().to_vec()),
        Err(Error::EncryptedPrivateKey(pkcs5::Error::UnsupportedAlgorithm { oid })) => {
            Err(TlsFileFault::Encryption(oid.to_string()))
        }
        Err(Error::EncryptedPrivateKey(pkcs5::Error::NoPbes1CryptSupport)) => {
            Err(TlsFileFault::Encryption("PBES1".to_owned()))
        }
        // A wrong password leaves wrong padding, or by chance something that is no key.
        Err(_) => Err(TlsFileFault::PasswordWrong),
    }
}

/// Opens a key of the traditional form, encrypted as its line `DEK-Info: METHOD,IV` says.
pub(super) fn traditional(
    text: &[u8],
    method: &str,
    password: Option<&[u8]>,
) -> Result<Vec<u8>, TlsFileFault> {
    let (method, iv) = method.split_once(',').unwrap_or((method, ""));
    let iv = hex(iv.trim())
        .ok_or_else(|| TlsFileFault::Unreadable("DEK-Info has no proper IV".to_owned()))?;
    let open = match method.trim() {
        "AES-128-CBC" => open::<Decryptor<Aes128>>,
        "AES-192-CBC" => open::<Decryptor<Aes192>>,
        "AES-256-CBC" => open::<Decryptor<Aes256>>,
        "DES-EDE3-CBC" => open::<Decryptor<TdesEde3>>,
        other => return Err(TlsFileFault::Encryption(other.to_owned())),
    };
    let password = password.ok_or(TlsFileFault::PasswordMissing)?;
    let opened = open(text, password, &iv).ok_or(TlsFileFault::PasswordWrong)?;
    // By chance a wrong password may leave right padding; a key is a sequence that fills its bytes.
    if is_sequence(&opened) { Ok(opened) } else { Err(TlsFileFault::PasswordWrong) }
}

fn open<C: BlockModeDecrypt + KeyIvInit>(
    text: &[u8],
    password: &[u8],
    iv: &[u8],
) -> Option<Vec<u8>> {
    let key = derived_key(password, iv.get(..8)?, C::key_size());
    let cipher = C::new_from_slices(&key, iv).ok()?;
    let mut bytes = text.to_vec();
    cipher.decrypt_padded::<Pkcs7>(&mut bytes).ok().map(<[u8]>::to_vec)
}

/// OpenSSL's own way from a password to a key: MD5 over what came before, password and salt.
fn derived_key(password: &[u8], salt: &[u8], len: usize) -> Vec<u8> {
    let mut key = Vec::new();
    let mut last = Vec::new();
    while key.len() < len {
        last = Md5::new()
            .chain_update(&last)
            .chain_update(password)
            .chain_update(salt)
            .finalize()
            .to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(len);
    key
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let digits: Vec<u8> = text.as_bytes().iter().map(digit).collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|two| two[0] * 16 + two[1]).collect())
}

/// Whether `der` is one sequence and nothing else.
fn is_sequence(der: &[u8]) -> bool {
    use x509_parser::der_parser::der::parse_der_sequence;
    matches!(parse_der_sequence(der), Ok(([], _)))
}
