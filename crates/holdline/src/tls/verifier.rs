//! What `rustls` asks while it connects: whether the server's certificate will do, and which the
//! device has to show.

use super::certificate::parse;
use super::judge::{Trusted, bad, judge};
use holdline_modem::TlsFailure;
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A verdict on its way through `rustls`, which only knows errors.
#[derive(Debug)]
pub(super) struct Verdict(pub(super) TlsFailure);

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind())
    }
}

impl std::error::Error for Verdict {}

fn refusal(failure: TlsFailure) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(Verdict(failure)))))
}

/// Looks at the server's certificate.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    /// The name that the certificate must bear.
    pub(super) host: String,
    /// `None` takes every server, as the module does for a script without `caCert`.
    pub(super) trusted: Option<Trusted>,
}

impl Verifier {
    /// Whether the server holds the key of its certificate. `rustls` would refuse certificates of
    /// the oldest form here.
    fn check_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trusted.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let parsed = parse(certificate).map_err(|problem| refusal(bad("?", problem)))?;
        let key = &parsed.public_key().subject_public_key.data;
        let mapping = self.algorithms.mapping.iter();
        let fit = mapping.filter(|(scheme, _)| *scheme == signed.scheme);
        let is_valid = fit
            .flat_map(|(_, algorithms)| *algorithms)
            .any(|algorithm| algorithm.verify_signature(key, message, signed.signature()).is_ok());
        if is_valid {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            let problem = "the server does not hold the key that belongs to it".to_owned();
            Err(refusal(bad(&parsed.subject().to_string(), problem)))
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(trusted) = &self.trusted {
            let chain: Vec<_> = std::iter::once(own).chain(above).cloned().collect();
            judge(&chain, trusted, &self.host, now.as_secs()).map_err(refusal)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Shows the device's certificate, where it has one, and remembers that it was asked for.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) own: Option<Arc<CertifiedKey>>,
    pub(super) was_asked: Arc<AtomicBool>,
}

impl ResolvesClientCert for Identity {
    fn resolve(
        &self,
        _known_to_server: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        self.own.clone()
    }

    /// Says yes in any case: who says no is not asked.
    fn has_certs(&self) -> bool {
        true
    }
}
