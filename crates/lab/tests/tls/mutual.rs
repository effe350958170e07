//! Ports where devices show a certificate as well.

use crate::common::start;
use crate::device::Device;
use crate::{echo, wait_rows};
use holdline_lab::PortKind;
use std::io::{Read, Write};

#[test]
fn a_device_with_a_certificate_of_the_lab_is_let_in() {
    let tried = start(vec![echo("cars", PortKind::Mtls)]);
    let own = tried.text("/api/client.pem?name=car%207");
    let device = Device::with(&tried.text("/api/ca.crt"), Some(&own));
    let mut line = device.call(tried.lab.ports()[0], "localhost");
    line.write_all(b"12").unwrap();
    line.read_exact(&mut [0; 2]).unwrap();
    let secured = wait_rows(&tried, "secured", 1);
    assert!(secured[0].ends_with("certificate CN=car 7"), "{secured:?}");
}

#[test]
fn a_device_without_or_with_another_s_is_kept_out() {
    let tried = start(vec![echo("cars", PortKind::Mtls)]);
    let stranger = start(vec![echo("cars", PortKind::Mtls)]);
    let ca = tried.text("/api/ca.crt");
    let strange = stranger.text("/api/client.pem");
    for (own, seen, told) in [
        (None, "CertificateRequired", "the device shows no certificate"),
        (Some(strange.as_str()), "alert", "the device's certificate is not taken"),
    ] {
        let mut line = Device::with(&ca, own).call(tried.lab.ports()[0], "localhost");
        // In TLS 1.3 the device has done its part before the lab looks at the certificate.
        line.write_all(b"12").unwrap();
        let error = line.read(&mut [0; 2]).unwrap_err().to_string();
        assert!(error.contains(seen), "{error}");
        let count = 1 + usize::from(own.is_some());
        let failed = wait_rows(&tried, "handshake-failed", count);
        assert!(failed[count - 1].contains(told), "{failed:?}");
        assert_eq!(wait_rows(&tried, "closed", count)[count - 1], "the TLS handshake failed");
    }
    assert_eq!(wait_rows(&tried, "received", 0), [""; 0]);
}

#[test]
fn names_that_fit_no_certificate_are_refused() {
    let tried = start(vec![echo("cars", PortKind::Mtls)]);
    for name in ["", "a%0Ab", &"x".repeat(65)] {
        assert_eq!(tried.ask(&format!("/api/client.pem?name={name}")).0, 422, "{name}");
    }
}
