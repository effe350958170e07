//! A device that speaks TLS.

use crate::common::Tried;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

pub(crate) type Line = StreamOwned<ClientConnection, TcpStream>;

/// What a device has in its flash.
pub(crate) struct Device {
    config: Arc<ClientConfig>,
}

impl Device {
    /// One that trusts the lab.
    pub(crate) fn trusting(tried: &Tried) -> Self {
        Self::with(&tried.text("/api/ca.crt"), None)
    }

    /// One that trusts `ca` and has a certificate of its own.
    pub(crate) fn with(ca: &str, own: Option<&str>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match own {
            Some(own) => {
                let chain = vec![CertificateDer::from_pem_slice(own.as_bytes()).unwrap()];
                let key = PrivateKeyDer::from_pem_slice(own.as_bytes()).unwrap();
                config.with_client_auth_cert(chain, key).unwrap()
            }
            None => config.with_no_client_auth(),
        };
        Self { config: Arc::new(config) }
    }

    /// Connects to a server that it knows as `name`; the handshake comes with the first bytes.
    pub(crate) fn call(&self, at: SocketAddr, name: &str) -> Line {
        let name = name.to_owned().try_into().unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.config), name).unwrap();
        StreamOwned::new(connection, TcpStream::connect(at).unwrap())
    }
}
