//! On which terms a port shakes hands: which certificate it shows, and whether it wants one.

use super::Authority;
use super::certificate::{self, Season};
use holdline_peer::fault::TlsTrouble;
use rcgen::KeyPair;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{CertificateError, DistinguishedName, RootCertStore, ServerConfig};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

/// Certificates that are kept for the next device that asks for the same name.
pub(super) const KEPT_MAX: usize = 64;

/// The alerts of a server that has nothing in common with a device (RFC 8446, section 6).
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;

/// What a server of something else says to what it does not understand.
const NO_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// The terms of one port.
pub(crate) struct Terms {
    authority: Arc<Authority>,
    provider: Arc<CryptoProvider>,
    /// Each device has to show a certificate that the authority signed.
    is_mutual: bool,
    /// Names and addresses of the port beside those that devices ask for.
    names: Vec<String>,
    key: KeyPair,
    kept: VecDeque<(Wish, Arc<ServerConfig>)>,
}

/// What a certificate is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wish {
    trouble: Option<TlsTrouble>,
    names: Vec<String>,
}

/// How the port answers the first words of a device.
pub(super) enum Answer {
    /// It goes on so.
    Shake(Arc<ServerConfig>),
    /// It says this, and hangs up.
    HangUp(Vec<u8>),
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TermsError {
    #[error("{0}")]
    Made(#[from] rcgen::Error),
    #[error("{0}")]
    Taken(#[from] rustls::Error),
    #[error("{0}")]
    Clients(#[from] rustls::server::VerifierBuilderError),
}

impl Terms {
    /// Terms of a port whose certificates the authority signs.
    pub(crate) fn new(
        authority: Arc<Authority>,
        is_mutual: bool,
        names: Vec<String>,
    ) -> Result<Self, TermsError> {
        let provider = Arc::new(ring::default_provider());
        let key = KeyPair::generate()?;
        Ok(Self { authority, provider, is_mutual, names, key, kept: VecDeque::new() })
    }

    /// The answer to a device that asks for a name, at one of the machine's addresses.
    pub(super) fn answer(
        &mut self,
        trouble: Option<TlsTrouble>,
        asked: Option<&str>,
        at: Option<IpAddr>,
    ) -> Result<Answer, TermsError> {
        match trouble {
            Some(TlsTrouble::VersionRefused) => Ok(Answer::HangUp(alert(PROTOCOL_VERSION))),
            Some(TlsTrouble::CipherRefused) => Ok(Answer::HangUp(alert(HANDSHAKE_FAILURE))),
            Some(TlsTrouble::NotTls) => Ok(Answer::HangUp(NO_TLS.to_vec())),
            Some(TlsTrouble::CutOff) => Ok(Answer::HangUp(Vec::new())),
            Some(
                TlsTrouble::Expired
                | TlsTrouble::NotYetValid
                | TlsTrouble::WrongName
                | TlsTrouble::SelfSigned
                | TlsTrouble::UnknownIssuer
                | TlsTrouble::IssuerMissing
                | TlsTrouble::WantsClientCertificate
                | TlsTrouble::RefusesClientCertificate,
            )
            | None => Ok(Answer::Shake(self.config(trouble, asked, at)?)),
        }
    }

    fn config(
        &mut self,
        trouble: Option<TlsTrouble>,
        asked: Option<&str>,
        at: Option<IpAddr>,
    ) -> Result<Arc<ServerConfig>, TermsError> {
        let address = at.map(|at| at.to_string());
        let known = ["localhost"].into_iter().chain(address.as_deref());
        let mut names: Vec<String> = asked.into_iter().map(str::to_owned).collect();
        for name in self.names.iter().map(String::as_str).chain(known) {
            if !names.iter().any(|before| before == name) {
                names.push(name.to_owned());
            }
        }
        let wish = Wish { trouble, names };
        if let Some((_, config)) = self.kept.iter().find(|(before, _)| *before == wish) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.make(&wish)?);
        if self.kept.len() == KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back((wish, Arc::clone(&config)));
        Ok(config)
    }

    fn make(&self, wish: &Wish) -> Result<ServerConfig, TermsError> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(self.clients(wish.trouble)?)
            .with_single_cert(self.chain(wish)?, key)?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    /// The certificate, and what is shown beside it.
    fn chain(&self, wish: &Wish) -> Result<Vec<CertificateDer<'static>>, rcgen::Error> {
        let made = |season| certificate::server(&wish.names, season);
        let good = made(Season::Always)?;
        let own = |params| self.authority.sign(params, &self.key);
        Ok(match wish.trouble {
            Some(TlsTrouble::Expired) => vec![own(&made(Season::Past)?)?],
            Some(TlsTrouble::NotYetValid) => vec![own(&made(Season::Future)?)?],
            Some(TlsTrouble::WrongName) => {
                let names = ["somebody-else.invalid".to_owned()];
                vec![own(&certificate::server(&names, Season::Always)?)?]
            }
            Some(TlsTrouble::SelfSigned) => vec![good.self_signed(&self.key)?.der().clone()],
            Some(TlsTrouble::UnknownIssuer) => {
                let stranger = Authority::stranger("An authority that nobody knows")?;
                vec![stranger.sign(&good, &self.key)?, stranger.certificate().clone()]
            }
            Some(TlsTrouble::IssuerMissing) => {
                let between = self.authority.appoint("An authority that is not shown")?;
                vec![between.sign(&good, &self.key)?]
            }
            Some(
                TlsTrouble::WantsClientCertificate
                | TlsTrouble::RefusesClientCertificate
                | TlsTrouble::VersionRefused
                | TlsTrouble::CipherRefused
                | TlsTrouble::NotTls
                | TlsTrouble::CutOff,
            )
            | None => vec![own(&good)?],
        })
    }

    /// Who looks at the certificates of devices.
    fn clients(
        &self,
        trouble: Option<TlsTrouble>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TermsError> {
        let refuses = trouble == Some(TlsTrouble::RefusesClientCertificate);
        let wants = self.is_mutual || trouble == Some(TlsTrouble::WantsClientCertificate);
        if !wants && !refuses {
            return Ok(WebPkiClientVerifier::no_client_auth());
        }
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.certificate().clone())?;
        let provider = Arc::clone(&self.provider);
        let checks = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build()?;
        Ok(if refuses { Arc::new(Refusing(checks)) } else { checks })
    }
}

/// A warning as one record: its level is fatal.
fn alert(description: u8) -> Vec<u8> {
    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    vec![ALERT, 3, 3, 0, 2, FATAL, description]
}

/// Wants a certificate and takes none.
#[derive(Debug)]
struct Refusing(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Refusing {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
