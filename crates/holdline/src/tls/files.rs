//! Certificates and keys in the files that a script gives.

use super::encrypted;
use holdline_modem::{TlsFile, TlsFileFault};
use pem::Pem;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};

/// Every certificate of a PEM file, in order; there is at least one.
pub(super) fn certificates(
    file: TlsFile,
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsFileFault> {
    let found: Vec<_> = pieces(text)?
        .into_iter()
        .filter(|piece| piece.tag().ends_with("CERTIFICATE"))
        .map(|piece| CertificateDer::from(piece.into_contents()))
        .collect();
    for certificate in &found {
        super::Certificate::read(certificate).map_err(TlsFileFault::Unreadable)?;
    }
    // An empty list of trusted ones trusts nobody, which is what the file says.
    let is_missing = found.is_empty() && !(file == TlsFile::CaCert && text.is_empty());
    if is_missing { Err(TlsFileFault::Empty) } else { Ok(found) }
}

/// The first key of a PEM file, opened with `password` where it is encrypted.
pub(super) fn key(
    text: &[u8],
    password: Option<&[u8]>,
) -> Result<PrivateKeyDer<'static>, TlsFileFault> {
    let is_key = |piece: &Pem| piece.tag().ends_with("PRIVATE KEY");
    let piece = pieces(text)?.into_iter().find(is_key).ok_or(TlsFileFault::Empty)?;
    let bytes = if piece.tag() == "ENCRYPTED PRIVATE KEY" {
        encrypted::pkcs8(piece.contents(), password)?
    } else if let Some(method) = piece.headers().get("DEK-Info") {
        encrypted::traditional(piece.contents(), method, password)?
    } else {
        piece.contents().to_vec()
    };
    match piece.tag() {
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(bytes).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(bytes).into()),
        "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => Ok(PrivatePkcs8KeyDer::from(bytes).into()),
        other => Err(TlsFileFault::Unreadable(format!("a {other} is no key for TLS"))),
    }
}

fn pieces(text: &[u8]) -> Result<Vec<Pem>, TlsFileFault> {
    pem::parse_many(text).map_err(|error| TlsFileFault::Unreadable(error.to_string()))
}
