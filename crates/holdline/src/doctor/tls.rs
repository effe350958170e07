//! The TLS handshake: what the server shows, and whether a script that looks would take it.

use super::call::call;
use super::exam::Audience;
use super::greeting::is_timeout;
use super::{Finding, ms};
use crate::tls::{Certificate, Failures, Trusted, judge, start_with};
use holdline_modem::{Tls, TlsFailure};
use rustls::pki_types::CertificateDer;
use rustls::{ALL_VERSIONS, ClientConnection, SupportedProtocolVersion, version};
use serde::{Serialize, Serializer};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Certificates to judge the server by.
#[derive(Debug)]
pub(crate) enum Roots {
    /// Those that this machine trusts.
    System(Trusted),
    /// Those of the user's file.
    File(Trusted),
    /// This machine has none.
    None,
}

impl Roots {
    /// Those that this machine trusts and that have not run out.
    pub(crate) fn of_system() -> Self {
        let now_s = i64::try_from(now_s()).unwrap_or(i64::MAX);
        let mut found = rustls_native_certs::load_native_certs().certs;
        found.retain(|der| Certificate::read(der).is_ok_and(|read| now_s <= read.ends_s));
        if found.is_empty() { Self::None } else { Self::System(Trusted::new(found)) }
    }
}

/// How a server is to be looked at.
#[derive(Debug)]
pub(crate) struct TlsExam {
    pub(crate) roots: Roots,
    /// The name that the certificate has to bear.
    pub(crate) host: String,
}

/// One certificate that the server shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    /// 0 is the server's own.
    pub(crate) place: usize,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) names: Vec<String>,
    /// Seconds since 1970 (UTC).
    pub(crate) begins_s: i64,
    pub(crate) ends_s: i64,
    /// Whole days until its end, negative behind it.
    pub(crate) days_left: i64,
    /// Such as `RSA 2048`.
    pub(crate) key: String,
    pub(crate) self_signed: bool,
}

/// Why a handshake or a look at the certificates failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Tls(TlsFailure),
    /// The server said nothing in time.
    TimedOut,
    /// The second connection was not even made.
    NotConnected,
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Tls(failure) => failure.kind(),
            Self::TimedOut => "timed out",
            Self::NotConnected => "not connected",
        })
    }
}

/// A connection whose handshake is done.
struct Met {
    connection: ClientConnection,
    failures: Failures,
    stream: TcpStream,
}

impl TlsExam {
    /// Shakes hands, looks at the certificates, and shakes hands again as a module would.
    pub(super) fn run(
        &self,
        address: SocketAddr,
        patience: Duration,
        listen: Duration,
        audience: &mut dyn Audience,
    ) {
        let since = Instant::now();
        let met = self.meet(address, ALL_VERSIONS, patience);
        let took_ms = ms(since.elapsed());
        let met = match met {
            Ok(met) => met,
            Err(fault) => return audience.found(Finding::HandshakeFailed { address, fault }),
        };
        audience.found(met.finding(address, took_ms));
        let chain = met.connection.peer_certificates().unwrap_or_default().to_vec();
        let now_s = now_s();
        let shown: Vec<Shown> =
            chain.iter().enumerate().filter_map(|(place, der)| shown(place, der, now_s)).collect();
        let needs = shown.last().map(authority).unwrap_or_default();
        for certificate in shown {
            audience.found(Finding::Certificate(certificate));
        }
        audience.found(self.verdict(&chain, needs, now_s));
        if let Some(finding) = met.wants_certificate(listen) {
            audience.found(finding);
        }
        let older = self.meet(address, &[&version::TLS12], patience);
        audience.found(Finding::Tls12 { fault: older.err() });
    }

    fn meet(
        &self,
        address: SocketAddr,
        versions: &[&'static SupportedProtocolVersion],
        patience: Duration,
    ) -> Result<Met, Fault> {
        let mut stream = call(address, patience).map_err(|_| Fault::NotConnected)?;
        let told = stream.set_read_timeout(Some(patience.max(Duration::from_millis(1))));
        told.map_err(|_| Fault::NotConnected)?;
        let tls = Tls { host_name: Some(self.host.clone()), ..Tls::default() };
        let (mut connection, failures) =
            start_with(&tls, &self.host, versions).map_err(Fault::Tls)?;
        while connection.is_handshaking() {
            let done = connection.complete_io(&mut stream);
            done.map_err(|error| fault(&error, &connection, &failures))?;
        }
        Ok(Met { connection, failures, stream })
    }

    fn verdict(&self, chain: &[CertificateDer<'_>], needs: String, now_s: u64) -> Finding {
        let (trusted, by_file) = match &self.roots {
            Roots::System(trusted) => (trusted, false),
            Roots::File(trusted) => (trusted, true),
            Roots::None => return Finding::NotJudged { needs },
        };
        match judge(chain, trusted, &self.host, now_s) {
            Ok(()) => Finding::Verified { by_file, needs },
            Err(failure) => Finding::NotVerified { by_file, needs, fault: Fault::Tls(failure) },
        }
    }
}

impl Met {
    fn finding(&self, address: SocketAddr, took_ms: u64) -> Finding {
        let version = self.connection.protocol_version();
        let cipher = self.connection.negotiated_cipher_suite();
        Finding::Handshake {
            address,
            took_ms,
            version: version.and_then(|version| version.as_str()).unwrap_or("?").replace('_', "."),
            cipher: cipher.map_or_else(String::new, |cipher| format!("{:?}", cipher.suite())),
        }
    }

    /// Whether the server asked who calls, and hung up at once on somebody without a name.
    fn wants_certificate(mut self, listen: Duration) -> Option<Finding> {
        if !self.failures.was_asked() {
            return None;
        }
        let patient = self.stream.set_read_timeout(Some(listen.max(Duration::from_millis(1))));
        let insists = match patient.and_then(|()| self.connection.complete_io(&mut self.stream)) {
            Ok((read, _)) => read == 0,
            Err(error) => !is_timeout(&error),
        };
        Some(Finding::ClientCertificate { insists })
    }
}

/// The error of a handshake in the modem's words.
fn fault(error: &io::Error, connection: &ClientConnection, failures: &Failures) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(inner) => Fault::Tls(failures.of(inner, connection)),
        None if is_timeout(error) => Fault::TimedOut,
        None => Fault::Tls(TlsFailure::CutOff),
    }
}

fn shown(place: usize, der: &CertificateDer<'_>, now_s: u64) -> Option<Shown> {
    let read = Certificate::read(der).ok()?;
    let days_left = (read.ends_s - i64::try_from(now_s).unwrap_or(i64::MAX)).div_euclid(86_400);
    let self_signed = read.is_self_signed();
    Some(Shown {
        place,
        subject: read.subject,
        issuer: read.issuer,
        names: if place == 0 { read.names } else { Vec::new() },
        begins_s: read.begins_s,
        ends_s: read.ends_s,
        days_left,
        key: key(der),
        self_signed,
    })
}

/// Whose certificate a script has to trust: the last that the server shows, or who signed it.
fn authority(last: &Shown) -> String {
    if last.self_signed { last.subject.clone() } else { last.issuer.clone() }
}

/// The kind of a certificate's key, with its length in bits.
fn key(der: &[u8]) -> String {
    let parsed = X509Certificate::from_der(der).ok();
    let key = parsed.as_ref().and_then(|(_, parsed)| parsed.public_key().parsed().ok());
    match key {
        Some(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Some(PublicKey::EC(key)) => format!("EC {}", key.key_size()),
        Some(_) | None => "?".to_owned(),
    }
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
