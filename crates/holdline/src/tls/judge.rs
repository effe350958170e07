//! What is wrong with a chain of certificates.
//!
//! Chains are checked by `webpki`. Here is what it does not say, which certificate and which date
//! are meant, and what modules take although it refuses it: a certificate that is trusted itself,
//! and one of the oldest form, or with the rights of an authority, right below a trusted one.

#![expect(clippy::wildcard_enum_match_arm, reason = "the errors of `rustls` grow with it")]

use super::Certificate;
use super::certificate::parse;
use holdline_modem::TlsFailure;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use std::time::Duration;

/// Certificates that a device trusts.
#[derive(Debug)]
pub(crate) struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
}

impl Trusted {
    /// Trusts `certificates`, of authorities or of servers.
    pub(crate) fn new(certificates: Vec<CertificateDer<'static>>) -> Self {
        let mut roots = RootCertStore::empty();
        // What cannot be an authority is trusted as the server's own all the same.
        let _ = roots.add_parsable_certificates(certificates.iter().cloned());
        Self { certificates, roots }
    }

    fn read(&self) -> impl Iterator<Item = Certificate> {
        self.certificates.iter().filter_map(|der| Certificate::read(der).ok())
    }

    /// Whether one of them signed `der`.
    fn signed(&self, der: &CertificateDer<'_>) -> bool {
        let Ok(below) = parse(der) else { return false };
        self.certificates.iter().filter_map(|der| parse(der).ok()).any(|above| {
            above.subject() == below.issuer()
                && below.verify_signature(Some(above.public_key())).is_ok()
        })
    }
}

/// Whether `chain`, the server's own certificate first, leads to one that is trusted, and is for
/// `host`, at `now_s` seconds since 1970.
pub(crate) fn judge(
    chain: &[CertificateDer<'_>],
    trusted: &Trusted,
    host: &str,
    now_s: u64,
) -> Result<(), TlsFailure> {
    let Some((own_der, above)) = chain.split_first() else {
        return Err(TlsFailure::Protocol("the server sent no certificate".to_owned()));
    };
    let own = Certificate::read(own_der).map_err(|problem| bad("?", problem))?;
    check_dates(&own, now_s)?;
    let is_tolerated = || (own.is_v1 || own.is_authority) && trusted.signed(own_der);
    if !trusted.certificates.contains(own_der) {
        let checked = check_chain(own_der, above, trusted, now_s);
        if let Err(error) = checked.or_else(|error| is_tolerated().then_some(()).ok_or(error)) {
            return Err(explain(&error, own, above, trusted, now_s));
        }
    }
    if own.is_for(host) {
        return Ok(());
    }
    Err(TlsFailure::NameMismatch { wanted: host.to_owned(), names: own.names })
}

fn check_chain(
    own: &CertificateDer<'_>,
    above: &[CertificateDer<'_>],
    trusted: &Trusted,
    now_s: u64,
) -> Result<(), Error> {
    let algorithms = default_provider().signature_verification_algorithms.all;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now_s));
    let parsed = ParsedCertificate::try_from(own)?;
    verify_server_cert_signed_by_trust_anchor(&parsed, &trusted.roots, above, now, algorithms)
}

fn check_dates(certificate: &Certificate, now_s: u64) -> Result<(), TlsFailure> {
    let now_s = i64::try_from(now_s).unwrap_or(i64::MAX);
    let subject = || certificate.subject.clone();
    if certificate.ends_s < now_s {
        return Err(TlsFailure::Expired { subject: subject(), ended_s: certificate.ends_s });
    }
    if now_s < certificate.begins_s {
        return Err(TlsFailure::NotYetValid { subject: subject(), begins_s: certificate.begins_s });
    }
    Ok(())
}

/// A certificate that cannot be used.
pub(super) fn bad(subject: &str, problem: impl Into<String>) -> TlsFailure {
    TlsFailure::BadCertificate { subject: subject.to_owned(), problem: problem.into() }
}

/// Says in detail why `webpki` refused the chain.
fn explain(
    error: &Error,
    own: Certificate,
    above: &[CertificateDer<'_>],
    trusted: &Trusted,
    now_s: u64,
) -> TlsFailure {
    let sent: Vec<Certificate> =
        above.iter().filter_map(|der| Certificate::read(der).ok()).collect();
    let out_of_date =
        || sent.iter().cloned().chain(trusted.read()).find_map(|it| check_dates(&it, now_s).err());
    if let Some(failure) = out_of_date() {
        return failure;
    }
    match error {
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => lost_at(own, &sent, trusted),
        // These would be taken below a trusted certificate; there was none above.
        _ if own.is_v1 || own.is_authority => lost_at(own, &sent, trusted),
        Error::InvalidCertificate(CertificateError::Other(why)) => {
            bad(&own.subject, why.to_string())
        }
        Error::InvalidCertificate(why) => bad(&own.subject, why.to_string()),
        other => bad(&own.subject, other.to_string()),
    }
}

/// Where the way up to a trusted certificate is lost.
fn lost_at(own: Certificate, sent: &[Certificate], trusted: &Trusted) -> TlsFailure {
    if own.is_self_signed() {
        return TlsFailure::SelfSigned { subject: own.subject };
    }
    let mut last = &own;
    for _ in sent {
        let next = sent.iter().find(|above| last.names_as_issuer(above));
        match next.filter(|_| !last.is_self_signed()) {
            Some(above) => last = above,
            None => break,
        }
    }
    if trusted.read().any(|above| last.names_as_issuer(&above)) {
        let problem = format!("it is not signed by the `{}` of caCert", last.issuer);
        return bad(&last.subject, problem);
    }
    let issuer = last.issuer.clone();
    if last == &own {
        return TlsFailure::IssuerMissing { subject: own.subject, issuer };
    }
    TlsFailure::UnknownIssuer { issuer }
}

#[cfg(test)]
mod tests;
