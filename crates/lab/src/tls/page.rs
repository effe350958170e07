//! TLS of the page and the API.

use super::Authority;
use super::certificate::{self, Season};
use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::Path;
use std::sync::Arc;

/// With a certificate for these names that the authority signs.
pub(crate) fn signed_by(authority: &Authority, names: &[String]) -> Result<ServerConfig, String> {
    let made = || {
        let key = KeyPair::generate()?;
        let certificate = authority.sign(&certificate::server(names, Season::Always)?, &key)?;
        Ok::<_, rcgen::Error>((certificate, key))
    };
    let (certificate, key) = made().map_err(|error| error.to_string())?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    config(vec![certificate, authority.certificate().clone()], key)
}

/// With a certificate and a key that somebody brought.
pub(crate) fn of_files(certificate: &Path, key: &Path) -> Result<ServerConfig, String> {
    let of = |path: &Path, error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| of(certificate, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| of(key, &error))?;
    config(chain, private).map_err(|error| of(certificate, &error))
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, String> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let config = builder
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| error.to_string())?;
    Ok(config)
}
