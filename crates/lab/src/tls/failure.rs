//! Why a handshake failed, in plain words.

#![expect(clippy::wildcard_enum_match_arm, reason = "the errors of `rustls` grow with it")]

use holdline_peer::fault::{Fault, TlsTrouble, Trouble};
use rustls::{AlertDescription as Alert, Error, PeerIncompatible as Lack};

/// Bytes that are shown of what a device says that does not speak TLS.
pub(super) const SHOWN_BYTES_MAX: usize = 48;

/// What an error means, that a device's words led to.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::NoCertificatesPresented => {
            "the device shows no certificate, and this port wants one".to_owned()
        }
        Error::InvalidCertificate(why) => format!("the device's certificate is not taken: {why}"),
        // Words without signature algorithms are older than TLS 1.2.
        Error::PeerIncompatible(
            Lack::SignatureAlgorithmsExtensionRequired
            | Lack::Tls12NotOffered
            | Lack::Tls12NotOfferedOrEnabled
            | Lack::SupportedVersionsExtensionRequired,
        ) => "the device speaks neither TLS 1.2 nor TLS 1.3".to_owned(),
        Error::PeerIncompatible(Lack::NoCipherSuitesInCommon) => {
            "the device has no cipher of this port: it needs AES-GCM or ChaCha20 with ECDHE and \
             ECDSA"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn of_alert(alert: Alert) -> String {
    let means = match alert {
        Alert::UnknownCA => "does not know who signed the certificate: it needs the lab's ca.crt",
        Alert::CertificateExpired => "finds the certificate out of date: look at its clock too",
        Alert::BadCertificate | Alert::CertificateUnknown | Alert::UnsupportedCertificate => {
            "does not take the certificate"
        }
        Alert::DecryptError => "finds a signature wrong: its ca.crt may be another lab's",
        Alert::CloseNotify | Alert::UserCanceled => "broke the handshake off",
        _ => "does not go on",
    };
    format!("the device {means} (it says {alert:?})")
}

/// What came is no TLS.
pub(super) fn no_tls(heard: &[u8]) -> String {
    format!("the device does not speak TLS: it says `{}`", heard.escape_ascii())
}

/// The device said that it would say no more, in the middle of the handshake.
pub(super) fn broken_off() -> String {
    "the device broke the handshake off".to_owned()
}

/// Adds to a reason that the lab does so on purpose.
pub(super) fn on_purpose(reason: String, trouble: Option<TlsTrouble>) -> String {
    match trouble {
        Some(trouble) => format!("{reason}; on purpose: {}", Fault::now(Trouble::Tls(trouble))),
        None => reason,
    }
}
