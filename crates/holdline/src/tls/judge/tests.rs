use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

/// 2030-01-01.
const NOW_S: u64 = 1_893_456_000;

struct Made {
    params: CertificateParams,
    key: KeyPair,
    der: CertificateDer<'static>,
}

/// A certificate of the years up to `until`, named `name`, an authority where it has no dot.
fn made(name: &str, until: i32, by: Option<&Made>) -> Made {
    let is_server = name.contains('.');
    let names = if is_server { vec![name.to_owned()] } else { Vec::new() };
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    if !is_server {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = match by {
        Some(by) => params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)),
        None => params.self_signed(&key),
    };
    Made { der: certificate.unwrap().into(), params, key }
}

fn judged(chain: &[&Made], trusted: &Made) -> Result<(), TlsFailure> {
    let chain: Vec<_> = chain.iter().map(|made| made.der.clone()).collect();
    judge(&chain, &Trusted::new(vec![trusted.der.clone()]), "a.test", NOW_S)
}

#[test]
fn an_expired_certificate_in_the_middle_is_named() {
    let root = made("Root", 2040, None);
    let middle = made("Middle", 2025, Some(&root));
    let own = made("a.test", 2040, Some(&middle));
    let failure = judged(&[&own, &middle], &root).unwrap_err();
    let TlsFailure::Expired { subject, ended_s } = failure else { panic!("{failure:?}") };
    assert!(subject.contains("CN=Middle"), "{subject}");
    assert_eq!(ended_s, 1_735_689_600);
}

#[test]
fn an_expired_root_is_named() {
    let root = made("Root", 2025, None);
    let own = made("a.test", 2040, Some(&root));
    let failure = judged(&[&own], &root);
    // Dates of what is trusted are nobody's business but the owner's, for `webpki` as for modules.
    assert_eq!(failure, Ok(()));
}

#[test]
fn a_chain_may_be_out_of_order_and_have_strangers() {
    let root = made("Root", 2040, None);
    let [upper, stranger] = [made("Upper", 2040, Some(&root)), made("Stranger", 2040, None)];
    let lower = made("Lower", 2040, Some(&upper));
    let own = made("a.test", 2040, Some(&lower));
    assert_eq!(judged(&[&own, &upper, &stranger, &lower], &root), Ok(()));
    let failure = judged(&[&own, &stranger, &lower], &root).unwrap_err();
    let TlsFailure::UnknownIssuer { issuer } = failure else { panic!("{failure:?}") };
    assert!(issuer.contains("CN=Upper"), "{issuer}");
}

#[test]
fn nothing_and_nonsense_are_no_chain() {
    let root = made("Root", 2040, None);
    let trusted = Trusted::new(vec![root.der.clone()]);
    assert!(matches!(judge(&[], &trusted, "a.test", NOW_S), Err(TlsFailure::Protocol(_))));
    let nonsense = CertificateDer::from(vec![0x30, 0x03, 1, 2, 3]);
    let failure = judge(&[nonsense], &trusted, "a.test", NOW_S);
    assert!(matches!(failure, Err(TlsFailure::BadCertificate { .. })), "{failure:?}");
}
