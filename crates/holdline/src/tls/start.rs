//! The client's side of a connection, from what a script gives.

use super::files;
use super::verifier::{Identity, Verifier};
use super::{Failures, Trusted};
use holdline_modem::{Tls, TlsFailure, TlsFile, TlsFileFault};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ALL_VERSIONS, ClientConfig, ClientConnection, SupportedProtocolVersion};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A connection that is to begin, to a server that the script calls `host`; with it who names its
/// failures.
pub(crate) fn start(tls: &Tls, host: &str) -> Result<(ClientConnection, Failures), TlsFailure> {
    start_with(tls, host, ALL_VERSIONS)
}

/// The same with some `versions` of TLS only.
pub(crate) fn start_with(
    tls: &Tls,
    host: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<(ClientConnection, Failures), TlsFailure> {
    let host = tls.host_name.as_deref().unwrap_or(host).to_owned();
    let provider = Arc::new(default_provider());
    let was_asked = Arc::<AtomicBool>::default();
    let own = identity(tls, &provider)?.map(Arc::new);
    let failures = Failures::new(Arc::clone(&was_asked), own.is_some());
    // An address is not told to the server; neither is a name that is none by the rules.
    let no_name = ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED));
    let name = ServerName::try_from(host.clone()).unwrap_or(no_name);
    let trusted = tls.ca_cert.as_deref().map(trusted).transpose()?;
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| TlsFailure::Protocol(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { algorithms, host, trusted }))
        .with_client_cert_resolver(Arc::new(Identity { own, was_asked }));
    // Each connection has a configuration of its own, so nothing could be resumed.
    config.resumption = rustls::client::Resumption::disabled();
    let connection = ClientConnection::new(config.into(), name)
        .map_err(|error| TlsFailure::Protocol(error.to_string()))?;
    Ok((connection, failures))
}

fn trusted(text: &[u8]) -> Result<Trusted, TlsFailure> {
    files::certificates(TlsFile::CaCert, text).map(Trusted::new).map_err(of(TlsFile::CaCert))
}

/// The device's own certificate and key.
fn identity(tls: &Tls, provider: &CryptoProvider) -> Result<Option<CertifiedKey>, TlsFailure> {
    let (cert, key) = match (&tls.client_cert, &tls.client_key) {
        (Some(cert), Some(key)) => (cert, key),
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(of(TlsFile::ClientCert)(TlsFileFault::Missing)),
        (Some(_), None) => return Err(of(TlsFile::ClientKey)(TlsFileFault::Missing)),
    };
    let chain = files::certificates(TlsFile::ClientCert, cert).map_err(of(TlsFile::ClientCert))?;
    let key = files::key(key, tls.key_password.as_deref()).map_err(of(TlsFile::ClientKey))?;
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|error| of(TlsFile::ClientKey)(TlsFileFault::Unreadable(error.to_string())))?;
    let own = CertifiedKey::new(chain, key);
    if belong_together(&own) {
        Ok(Some(own))
    } else {
        Err(of(TlsFile::ClientKey)(TlsFileFault::Mismatch))
    }
}

/// Whether the key is that of the certificate. `rustls` would refuse certificates of the oldest form.
fn belong_together(own: &CertifiedKey) -> bool {
    let certificate = own.cert.first().map(CertificateDer::as_ref).unwrap_or_default();
    match (super::certificate::parse(certificate), own.key.public_key()) {
        (Ok(parsed), Some(public)) => parsed.public_key().raw == public.as_ref(),
        (Ok(_), None) => true,
        (Err(_), _) => false,
    }
}

fn of(file: TlsFile) -> impl Fn(TlsFileFault) -> TlsFailure {
    move |fault| TlsFailure::File { file, fault }
}
