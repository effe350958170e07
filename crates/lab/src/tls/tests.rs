//! A device and a session of the lab, without a socket between them.

use super::{Authority, Greeted, Over, Session, Taken, Terms};
use holdline_peer::fault::TlsTrouble;
use rcgen::KeyPair;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use std::io::{Read, Write};
use std::sync::Arc;

/// A device that takes any certificate, as many do.
#[derive(Debug)]
struct Careless;

impl ServerCertVerifier for Careless {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn device() -> ClientConnection {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless))
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), "a.example".try_into().unwrap()).unwrap()
}

/// The lab's side: what it was told, and what it says.
struct Lab {
    terms: Terms,
    session: Session,
    trouble: Option<TlsTrouble>,
}

impl Lab {
    fn new(trouble: Option<TlsTrouble>) -> Self {
        let authority = Arc::new(Authority::stranger("Lab").unwrap());
        let terms = Terms::new(authority, false, Vec::new()).unwrap();
        Self { terms, session: Session::default(), trouble }
    }

    fn take(&mut self, sealed: &[u8], unsent: &mut Vec<u8>) -> Taken {
        let greeted = Greeted { terms: &mut self.terms, trouble: self.trouble, at: None };
        self.session.take(sealed, greeted, unsent)
    }

    /// Lets the two shake hands, in bites of so many bytes; says all that the device brought.
    fn shake(&mut self, device: &mut ClientConnection, bite: usize) -> Taken {
        let mut all = Taken::default();
        loop {
            let sealed = said(device);
            let mut unsent = Vec::new();
            for piece in sealed.chunks(bite) {
                let taken = self.take(piece, &mut unsent);
                all.secured = all.secured.or(taken.secured);
                all.plain.extend(taken.plain);
                all.over = all.over.or(taken.over);
            }
            hear(device, &unsent);
            if sealed.is_empty() || all.over.is_some() {
                return all;
            }
        }
    }
}

fn said(device: &mut ClientConnection) -> Vec<u8> {
    let mut sealed = Vec::new();
    while device.wants_write() {
        device.write_tls(&mut sealed).unwrap();
    }
    sealed
}

fn hear(device: &mut ClientConnection, mut sealed: &[u8]) {
    while !sealed.is_empty() {
        device.read_tls(&mut sealed).unwrap();
        device.process_new_packets().unwrap();
    }
}

#[test]
fn hands_are_shaken_byte_by_byte_too() {
    for bite in [1, 7, 100_000] {
        let (mut lab, mut device) = (Lab::new(None), device());
        device.writer().write_all(b"heart data").unwrap();
        let taken = lab.shake(&mut device, bite);
        assert!(taken.secured.unwrap().ends_with(", for a.example"));
        assert_eq!((taken.plain.as_slice(), taken.over), (b"heart data".as_slice(), None));
        let mut unsent = Vec::new();
        lab.session.seal(b"ok", &mut unsent);
        hear(&mut device, &unsent);
        let mut answer = [0; 2];
        device.reader().read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"ok");
    }
}

#[test]
fn what_was_said_before_a_wrong_byte_counts() {
    let (mut lab, mut device) = (Lab::new(None), device());
    lab.shake(&mut device, 4096);
    device.writer().write_all(b"good").unwrap();
    let mut sealed = said(&mut device);
    device.writer().write_all(b"bad").unwrap();
    let mut bad = said(&mut device);
    *bad.last_mut().unwrap() ^= 1;
    sealed.extend(bad);
    let mut unsent = Vec::new();
    let taken = lab.take(&sealed, &mut unsent);
    assert_eq!(taken.plain, b"good");
    assert!(matches!(taken.over, Some(Over::Broken(_))), "{taken:?}");
    assert!(!unsent.is_empty(), "the device is told");
}

#[test]
fn noise_never_makes_a_session() {
    for seed in 0..1000_u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        };
        let mut noise: Vec<u8> = (0..usize::from(next()) * 8).map(|_| next()).collect();
        // Half of it begins like a record, so that it gets further.
        if seed % 2 == 0 {
            noise.splice(0..0, [22, 3, 3, 0, next() % 64, 1, 0, 0, next() % 64]);
        }
        let mut lab = Lab::new(None);
        let taken = lab.take(&noise, &mut Vec::new());
        assert!(taken.plain.is_empty() && taken.secured.is_none(), "{seed}");
        assert!(!lab.session.is_open());
    }
}

#[test]
fn a_device_that_takes_any_certificate_is_told_of_the_trouble_in_the_stream() {
    let mut lab = Lab::new(Some(TlsTrouble::Expired));
    let taken = lab.shake(&mut device(), 4096);
    assert!(taken.secured.unwrap().ends_with("; on purpose: tls expired"));
}

#[test]
fn a_certificate_that_was_made_once_is_shown_again() {
    let authority = Arc::new(Authority::stranger("Lab").unwrap());
    let mut terms = Terms::new(authority, false, Vec::new()).unwrap();
    let mut shown = |name: &str, trouble| {
        let answer = terms.answer(trouble, Some(name), None).unwrap();
        let super::terms::Answer::Shake(config) = answer else { panic!("it hangs up") };
        config
    };
    let first = shown("a.example", None);
    assert!(Arc::ptr_eq(&first, &shown("a.example", None)));
    assert!(!Arc::ptr_eq(&first, &shown("a.example", Some(TlsTrouble::Expired))));
    for number in 0..super::terms::KEPT_MAX {
        shown(&format!("{number}.example"), None);
    }
    assert!(!Arc::ptr_eq(&first, &shown("a.example", None)));
}

#[test]
fn a_device_is_given_a_certificate_and_its_key() {
    let authority = Authority::stranger("Lab").unwrap();
    let pem = authority.client("car").unwrap();
    assert_eq!(pem.matches("-----BEGIN").count(), 2);
    assert!(KeyPair::from_pem(pem.split_once("-----END CERTIFICATE-----").unwrap().1).is_ok());
}
