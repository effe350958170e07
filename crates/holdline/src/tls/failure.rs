//! Why a connection failed, in the modem's words.

#![expect(clippy::wildcard_enum_match_arm, reason = "the errors of `rustls` grow with it")]

use super::verifier::Verdict;
use holdline_modem::TlsFailure;
use rustls::{
    AlertDescription as Alert, CertificateError, ClientConnection, Error, PeerIncompatible as Lack,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Names the failures of one connection.
#[derive(Debug)]
pub(crate) struct Failures {
    /// Whether the server has asked for a certificate.
    was_asked: Arc<AtomicBool>,
    /// Whether the device had one to show.
    has_own: bool,
}

impl Failures {
    pub(super) fn new(was_asked: Arc<AtomicBool>, has_own: bool) -> Self {
        Self { was_asked, has_own }
    }

    /// Whether the server has asked for a certificate.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    /// What `error` of `connection` means.
    pub(crate) fn of(&self, error: &Error, connection: &ClientConnection) -> TlsFailure {
        let has_met = connection.protocol_version().is_some();
        match error {
            Error::InvalidCertificate(CertificateError::Other(why)) => {
                match why.0.downcast_ref::<Verdict>() {
                    Some(Verdict(failure)) => failure.clone(),
                    None => TlsFailure::Protocol(error.to_string()),
                }
            }
            Error::AlertReceived(alert) => self.of_alert(*alert, has_met),
            Error::PeerIncompatible(
                Lack::ServerDoesNotSupportTls12Or13
                | Lack::ServerTlsVersionIsDisabledByOurConfig
                | Lack::Tls12NotOffered
                | Lack::Tls12NotOfferedOrEnabled
                | Lack::SupportedVersionsExtensionRequired,
            ) => TlsFailure::ProtocolRefused,
            Error::PeerIncompatible(_) => TlsFailure::CipherRefused,
            Error::InvalidMessage(_) if !has_met => TlsFailure::NotTls,
            other => TlsFailure::Protocol(other.to_string()),
        }
    }

    fn of_alert(&self, alert: Alert, has_met: bool) -> TlsFailure {
        let name = || format!("{alert:?}");
        match alert {
            Alert::ProtocolVersion => TlsFailure::ProtocolRefused,
            Alert::InsufficientSecurity => TlsFailure::CipherRefused,
            Alert::HandshakeFailure if !has_met => TlsFailure::CipherRefused,
            _ if !self.was_asked() || !is_about_certificate(alert) => TlsFailure::Alert(name()),
            _ if self.has_own => TlsFailure::ClientCertificateRefused(name()),
            _ => TlsFailure::ClientCertificateWanted,
        }
    }
}

/// Whether a server that asked for a certificate says so that it does not like what it got.
fn is_about_certificate(alert: Alert) -> bool {
    [
        Alert::HandshakeFailure,
        Alert::NoCertificate,
        Alert::BadCertificate,
        Alert::UnsupportedCertificate,
        Alert::CertificateRevoked,
        Alert::CertificateExpired,
        Alert::CertificateUnknown,
        Alert::UnknownCA,
        Alert::AccessDenied,
        Alert::DecryptError,
        Alert::CertificateRequired,
    ]
    .contains(&alert)
}
