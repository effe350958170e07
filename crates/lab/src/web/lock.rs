//! What keeps strangers out where the page is not at this machine alone: a password, over TLS.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use subtle::ConstantTimeEq;

/// Letters that a password has at least.
pub const PASSWORD_LEN_MIN: usize = 8;

/// A password and a certificate for the page and the API.
#[derive(Clone)]
pub struct Lock {
    /// Its hash, which has one length whatever the password has.
    password: [u8; 32],
    pub(crate) files: Option<Files>,
}

/// A certificate with those that vouch for it, and its key: both as PEM.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate first.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Lock {
    /// Takes this password, from any user; none if it is too short. Without files the lab's own
    /// authority signs a certificate.
    pub fn new(password: &str, files: Option<Files>) -> Option<Self> {
        let is_long = password.chars().count() >= PASSWORD_LEN_MIN;
        is_long.then(|| Self { password: Sha256::digest(password).into(), files })
    }

    /// Whether the request brings the password (RFC 7617). It takes as long, right or wrong.
    pub(super) fn is_opened_by(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.split_once(' '));
        let basic = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let pair = basic.and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok());
        let pair = pair.unwrap_or_default();
        let colon = pair.iter().position(|&byte| byte == b':').map_or(pair.len(), |at| at + 1);
        let given: [u8; 32] = Sha256::digest(&pair[colon..]).into();
        self.password.ct_eq(&given).into()
    }
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lock").field("files", &self.files).finish_non_exhaustive()
    }
}

#[test]
fn only_the_password_opens() {
    let lock = Lock::new("correct horse", None).expect("it is long enough");
    let opens = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        lock.is_opened_by(&headers)
    };
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    assert!(opens(&basic("anyone:correct horse")) && opens(&basic(":correct horse")));
    assert!(!lock.is_opened_by(&HeaderMap::new()));
    for wrong in
        ["a:correct hors", "a:correct horse ", "correct horse", "a:", "", "a:b:correct horse"]
    {
        assert!(!opens(&basic(wrong)), "{wrong}");
    }
    for wrong in ["Basic", "Basic ?", "Bearer correct horse", "correct horse"] {
        assert!(!opens(wrong), "{wrong}");
    }
    assert!(Lock::new("1234567", None).is_none());
}
