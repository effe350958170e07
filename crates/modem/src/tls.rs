//! What a script gives to a TLS connection, and why a handshake fails.
//!
//! Certificates and keys are opaque bytes here: whoever drives the modem reads them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a script gives to a TLS connection besides host and port.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// The name that the server's certificate must bear, and that the server is told; the host
    /// that is called, where there is none.
    pub host_name: Option<String>,
    /// Certificates to trust, as PEM, one after the other. Without them the server is not verified.
    pub ca_cert: Option<Vec<u8>>,
    /// The device's own certificate, and what leads from it to one that the server knows, as PEM.
    pub client_cert: Option<Vec<u8>>,
    /// The key of `client_cert`, as PEM.
    pub client_key: Option<Vec<u8>>,
    /// What `client_key` is encrypted with.
    pub key_password: Option<Vec<u8>>,
}

/// Keys and passwords are for nobody's log.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("host_name", &self.host_name)
            .field("ca_cert", &self.ca_cert.is_some())
            .field("client_cert", &self.client_cert.is_some())
            .field("client_key", &self.client_key.is_some())
            .field("key_password", &self.key_password.is_some())
            .finish()
    }
}

/// One of the files that a script gives to a TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFile {
    /// [`Tls::ca_cert`].
    CaCert,
    /// [`Tls::client_cert`].
    ClientCert,
    /// [`Tls::client_key`].
    ClientKey,
}

impl TlsFile {
    /// The field by which generation B calls it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::CaCert => "caCert",
            Self::ClientCert => "clientCert",
            Self::ClientKey => "clientKey",
        }
    }
}

/// What is wrong with one of the files that a script gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFileFault {
    /// It holds no certificate, or no key.
    Empty,
    /// What it holds cannot be read. Carries what the reader says.
    Unreadable(String),
    /// The key is encrypted, and there is no password.
    PasswordMissing,
    /// The key does not open with the password.
    PasswordWrong,
    /// The key is encrypted in a way that cannot be opened. Carries its name.
    Encryption(String),
    /// Certificate and key do not belong together.
    Mismatch,
    /// Of certificate and key one is there and this one is not.
    Missing,
}

/// Why a handshake failed. Names are as in certificates, times are seconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFailure {
    /// The server's certificate is for others.
    NameMismatch {
        /// The name that was wanted.
        wanted: String,
        /// The names that the certificate has.
        names: Vec<String>,
    },
    /// A certificate's time is over.
    Expired {
        /// Whose certificate.
        subject: String,
        /// When it ended.
        ended_s: i64,
    },
    /// A certificate's time has not come.
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// When it begins.
        begins_s: i64,
    },
    /// The chain ends at an issuer that is not trusted.
    UnknownIssuer {
        /// That issuer.
        issuer: String,
    },
    /// The server sent its own certificate alone, and its issuer is not among the trusted ones:
    /// the server leaves out what comes between, or another authority is meant.
    IssuerMissing {
        /// Whose certificate.
        subject: String,
        /// The issuer that was not sent.
        issuer: String,
    },
    /// The server vouches for itself, and its certificate is not among the trusted ones.
    SelfSigned {
        /// Whose certificate.
        subject: String,
    },
    /// A certificate cannot be used for another reason.
    BadCertificate {
        /// Whose certificate.
        subject: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The server asks for a certificate and the device has none to show.
    ClientCertificateWanted,
    /// The server does not take the device's certificate. Carries the server's alert.
    ClientCertificateRefused(String),
    /// No version of TLS that both speak.
    ProtocolRefused,
    /// No cipher, or no other parameter, that both have.
    CipherRefused,
    /// The server does not speak TLS on this port.
    NotTls,
    /// The server ended the connection in the middle of the handshake.
    CutOff,
    /// The server gave up with this alert.
    Alert(String),
    /// Something else that is against the protocol.
    Protocol(String),
    /// A file that the script gave cannot be used.
    File {
        /// Which.
        file: TlsFile,
        /// What is wrong with it.
        fault: TlsFileFault,
    },
    /// The connection would not be verified, and the run does not allow that.
    Unverified,
}

impl TlsFailure {
    /// Whether it comes from looking at the server's certificate, which only a script that gives
    /// certificates to trust asks for.
    pub const fn is_verdict(&self) -> bool {
        matches!(
            self,
            Self::NameMismatch { .. }
                | Self::Expired { .. }
                | Self::NotYetValid { .. }
                | Self::UnknownIssuer { .. }
                | Self::IssuerMissing { .. }
                | Self::SelfSigned { .. }
                | Self::BadCertificate { .. }
        )
    }

    /// One word or two for what went wrong: the same for each of a kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NameMismatch { .. } => "name mismatch",
            Self::Expired { .. } => "certificate expired",
            Self::NotYetValid { .. } => "certificate not yet valid",
            Self::UnknownIssuer { .. } => "unknown issuer",
            Self::IssuerMissing { .. } => "issuer missing",
            Self::SelfSigned { .. } => "self-signed certificate",
            Self::BadCertificate { .. } => "bad certificate",
            Self::ClientCertificateWanted => "client certificate wanted",
            Self::ClientCertificateRefused(_) => "client certificate refused",
            Self::ProtocolRefused => "protocol version refused",
            Self::CipherRefused => "cipher refused",
            Self::NotTls => "not a TLS server",
            Self::CutOff => "cut off in the handshake",
            Self::Alert(_) => "alert",
            Self::Protocol(_) => "protocol error",
            Self::File { .. } => "bad file",
            Self::Unverified => "not verified",
        }
    }
}

impl From<TlsFailure> for crate::ConnectFailure {
    fn from(failure: TlsFailure) -> Self {
        Self::Tls(Box::new(failure))
    }
}
