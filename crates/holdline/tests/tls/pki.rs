//! Authorities and certificates, made for each test.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

/// Somebody with a key and a certificate, as PEM.
pub(crate) struct Party {
    pub(crate) certificate: String,
    pub(crate) key: String,
    params: CertificateParams,
}

/// What a certificate is like besides who signs it.
#[derive(Clone, Copy, Default)]
pub(crate) enum Quirk {
    #[default]
    None,
    /// Its time was in 2001.
    Expired,
    /// Its time begins in the year 4000.
    NotYetValid,
    /// Its name stands in the subject alone.
    CommonNameOnly,
    /// It may sign others.
    Authority,
}

impl Party {
    /// An authority that vouches for itself.
    pub(crate) fn authority(name: &str) -> Self {
        Self::made(&[], name, Quirk::Authority, None)
    }

    /// A certificate for `name`, signed by this one.
    pub(crate) fn issues(&self, name: &str, quirk: Quirk) -> Self {
        Self::made(&[name], name, quirk, Some(self))
    }

    /// An authority below this one.
    pub(crate) fn appoints(&self, name: &str) -> Self {
        Self::made(&[], name, Quirk::Authority, Some(self))
    }

    /// A certificate for `name` that vouches for itself.
    pub(crate) fn self_signed(name: &str, quirk: Quirk) -> Self {
        Self::made(&[name], name, quirk, None)
    }

    /// One whose files were made otherwise.
    pub(crate) fn of_files(certificate: &str, key: &str) -> Self {
        let params = CertificateParams::default();
        Self { certificate: certificate.to_owned(), key: key.to_owned(), params }
    }

    fn made(names: &[&str], name: &str, quirk: Quirk, by: Option<&Self>) -> Self {
        let names = match quirk {
            Quirk::CommonNameOnly => Vec::new(),
            _ => names.iter().map(|&name| name.to_owned()).collect(),
        };
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        match quirk {
            Quirk::None | Quirk::CommonNameOnly => {}
            Quirk::Expired => {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2001, 12, 31);
            }
            Quirk::NotYetValid => params.not_before = date_time_ymd(4000, 1, 1),
            Quirk::Authority => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.key_usages =
                    vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
            }
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match by {
            Some(by) => {
                let issuer = KeyPair::from_pem(&by.key).unwrap();
                params.signed_by(&key, &Issuer::from_params(&by.params, issuer)).unwrap()
            }
            None => params.self_signed(&key).unwrap(),
        };
        Self { certificate: certificate.pem(), key: key.serialize_pem(), params }
    }
}
