//! What a certificate says of itself.

use std::net::IpAddr;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Version};

/// What a certificate says of itself, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Whose it is, such as `CN=example.com, O=Example`.
    pub(crate) subject: String,
    /// Who signed it.
    pub(crate) issuer: String,
    /// The names and addresses that it is for; where it lists none, the subject's `CN`.
    pub(crate) names: Vec<String>,
    /// When it begins, in seconds since 1970 (UTC).
    pub(crate) begins_s: i64,
    /// When it ends, in seconds since 1970 (UTC).
    pub(crate) ends_s: i64,
    /// Whether it may sign others.
    pub(crate) is_authority: bool,
    /// Whether it has the oldest form, which cannot say what it is for.
    pub(crate) is_v1: bool,
    /// Subject and issuer as they are encoded: what tells which certificate signed which.
    subject_der: Vec<u8>,
    issuer_der: Vec<u8>,
}

impl Certificate {
    /// Reads a certificate in DER; the error says why that cannot be done.
    pub(crate) fn read(der: &[u8]) -> Result<Self, String> {
        let parsed = parse(der)?;
        Ok(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names: names(&parsed),
            begins_s: parsed.validity().not_before.timestamp(),
            ends_s: parsed.validity().not_after.timestamp(),
            is_authority: parsed.is_ca(),
            is_v1: parsed.version() == X509Version::V1,
            subject_der: parsed.subject().as_raw().to_vec(),
            issuer_der: parsed.issuer().as_raw().to_vec(),
        })
    }

    /// Whether it names itself as its issuer.
    pub(crate) fn is_self_signed(&self) -> bool {
        self.subject_der == self.issuer_der
    }

    /// Whether it names `other` as its issuer.
    pub(crate) fn names_as_issuer(&self, other: &Self) -> bool {
        self.issuer_der == other.subject_der
    }

    /// Whether it is for `host`, a name or an address.
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.names.iter().any(|name| match host.parse::<IpAddr>() {
            Ok(address) => name.parse() == Ok(address),
            Err(_) => covers(name, host),
        })
    }
}

/// Reads a certificate in DER.
pub(super) fn parse(der: &[u8]) -> Result<X509Certificate<'_>, String> {
    match X509Certificate::from_der(der) {
        Ok(([], parsed)) => Ok(parsed),
        Ok((rest, _)) => Err(format!("{} bytes too many", rest.len())),
        Err(error) => Err(error.to_string()),
    }
}

fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let listed = parsed.subject_alternative_name().ok().flatten();
    let names = listed.iter().flat_map(|listed| &listed.value.general_names);
    let names: Vec<String> = names.filter_map(alternative).collect();
    if !names.is_empty() {
        return names;
    }
    let common = parsed.subject().iter_common_name();
    common.filter_map(|name| name.as_str().ok()).map(str::to_owned).collect()
}

fn alternative(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name {
        return Some((*name).to_owned());
    }
    let GeneralName::IPAddress(bytes) = name else { return None };
    let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
    let six = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
    Some(four.or(six).ok()?.to_string())
}

/// Whether `pattern`, whose first label may be `*`, covers `host`.
fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(first, parent)| {
            !first.is_empty() && rest.contains('.') && parent.eq_ignore_ascii_case(rest)
        }),
        None => pattern.trim_end_matches('.').eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_label() {
        for (pattern, host, fits) in [
            ("a.example", "A.Example", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.com", "example.com", false),
            ("a.example", "b.example", false),
        ] {
            assert_eq!(covers(pattern, host), fits, "{pattern} {host}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_named() {
        assert!(Certificate::read(b"").is_err());
        assert!(Certificate::read(&[0x30, 0x82, 0xff, 0xff]).is_err());
    }
}
