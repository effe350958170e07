//! Certificates before they are signed.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, date_time_ymd,
};
use std::time::{Duration, SystemTime};

/// Letters that a common name may have.
const COMMON_NAME_MAX: usize = 64;

const DAY: Duration = Duration::from_secs(24 * 3600);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// When a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    /// From 2000 to 2100: also for a device whose clock was never set.
    Always,
    /// Until yesterday.
    Past,
    /// From tomorrow on.
    Future,
}

/// An authority called `name`.
pub(super) fn authority(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params
}

/// A server that is called by `names`, which are names and addresses.
pub(super) fn server(names: &[String], season: Season) -> Result<CertificateParams, rcgen::Error> {
    let is_short = |name: &&String| name.len() <= COMMON_NAME_MAX;
    let name = names.iter().find(is_short).map_or("Holdline lab", String::as_str);
    let mut params = named(name);
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let now = SystemTime::now();
    match season {
        Season::Always => {}
        Season::Past => {
            params.not_before = (now - YEAR).into();
            params.not_after = (now - DAY).into();
        }
        Season::Future => {
            params.not_before = (now + DAY).into();
            params.not_after = (now + YEAR).into();
        }
    }
    Ok(params)
}

/// A device called `name`.
pub(super) fn client(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params
}
