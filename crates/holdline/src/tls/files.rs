//! Certificates and keys in the files that a script gives.

use super::encrypted;
use holdline_modem::{TlsFile, TlsFileFault};
use pem::Pem;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};

/// How every certificate and key begins that is not text: as a sequence of more than 127 bytes.
const DER_BEGINS: &[u8] = &[0x30, 0x82];

/// How each piece of a PEM file begins.
const BEGIN: &[u8] = b"-----BEGIN ";

/// Every certificate of a file, in order; there is at least one. The file is PEM, or one
/// certificate in DER.
pub(crate) fn certificates(
    file: TlsFile,
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsFileFault> {
    let found: Vec<_> = if text.starts_with(DER_BEGINS) {
        vec![CertificateDer::from(text.to_vec())]
    } else {
        let pieces = pieces(text)?.into_iter();
        let certificates = pieces.filter(|piece| piece.tag().ends_with("CERTIFICATE"));
        certificates.map(|piece| CertificateDer::from(piece.into_contents())).collect()
    };
    for certificate in &found {
        super::Certificate::read(certificate).map_err(TlsFileFault::Unreadable)?;
    }
    // An empty list of trusted ones trusts nobody, which is what the file says.
    let is_missing = found.is_empty() && !(file == TlsFile::CaCert && text.is_empty());
    if is_missing { Err(TlsFileFault::Empty) } else { Ok(found) }
}

/// The first key of a PEM file, opened with `password` where it is encrypted, or the key that a DER
/// file is.
pub(super) fn key(
    text: &[u8],
    password: Option<&[u8]>,
) -> Result<PrivateKeyDer<'static>, TlsFileFault> {
    if text.starts_with(DER_BEGINS) {
        let key = PrivateKeyDer::try_from(text.to_vec());
        return key.map_err(|problem| TlsFileFault::Unreadable(problem.to_owned()));
    }
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
    let whole =
        pem::parse_many(text).map_err(|error| TlsFileFault::Unreadable(error.to_string()))?;
    let begun = text.windows(BEGIN.len()).filter(|&at| at == BEGIN).count();
    if whole.len() == begun {
        Ok(whole)
    } else {
        let problem = format!("{begun} `-----BEGIN` lines, but {} whole pieces", whole.len());
        Err(TlsFileFault::Unreadable(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    fn pem() -> String {
        let key = KeyPair::generate().unwrap();
        CertificateParams::new(["a.test".to_owned()]).unwrap().self_signed(&key).unwrap().pem()
    }

    fn count(text: &[u8]) -> usize {
        certificates(TlsFile::CaCert, text).unwrap().len()
    }

    #[test]
    fn a_file_may_have_other_text_line_ends_and_encodings() {
        let [one, two] = [pem(), pem()];
        assert_eq!(count(format!("{one}{two}").as_bytes()), 2);
        assert_eq!(count(one.trim_end().replace('\n', "\r\n").as_bytes()), 1);
        assert_eq!(
            count(format!("\u{feff}Certificate:\n    Data:\n{one}\n# 结束\n{two}").as_bytes()),
            2
        );
        // Comments in GBK.
        let gbk = [b"\xd6\xa4\xca\xe9\r\n".as_slice(), one.as_bytes(), b"\xd6\xa4\n"].concat();
        assert_eq!(count(&gbk), 1);
        let der = pem::parse(&two).unwrap().into_contents();
        assert_eq!(count(&der), 1);
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let fault = |text: &[u8]| certificates(TlsFile::ClientCert, text).unwrap_err();
        assert_eq!(fault(b""), TlsFileFault::Empty);
        assert_eq!(fault(b"hello"), TlsFileFault::Empty);
        assert!(matches!(fault(b"\x30\x82\xff\xff"), TlsFileFault::Unreadable(_)));
        let torn = pem().replace("-----END CERTIFICATE-----", "");
        for text in [torn.clone(), format!("{}{torn}", pem())] {
            assert!(matches!(fault(text.as_bytes()), TlsFileFault::Unreadable(_)), "{text}");
        }
        assert_eq!(count(b""), 0, "a list of those to trust may be empty: it trusts nobody");
    }
}
