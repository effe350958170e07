//! What goes wrong on purpose: each trouble is seen by a device as that trouble, and passes.

use crate::common::{Tried, start};
use crate::device::Device;
use crate::openssl::s_client;
use crate::{echo, wait_rows};
use holdline_lab::PortKind;
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};

const FAULTS: &str = "/api/ports/cars/faults";

fn inject(tried: &Tried, words: &str) {
    let (status, said) = tried.tell("POST", FAULTS, &json!({"fault": words}));
    assert_eq!(status, 200, "{said}");
}

fn lift(tried: &Tried) {
    assert_eq!(tried.tell("DELETE", FAULTS, &Value::Null).0, 204);
}

/// Asserts that the last handshake failed on purpose, for a reason that has these words.
fn assert_failed(tried: &Tried, count: usize, trouble: &str, reason: &str) {
    let failed = wait_rows(tried, "handshake-failed", count);
    assert_eq!(failed.len(), count, "{failed:?}");
    let last = &failed[count - 1];
    assert!(last.contains(reason) && last.ends_with(&format!("; on purpose: {trouble}")), "{last}");
}

/// What OpenSSL prints of each trouble, and what the stream says.
const SEEN: [(&str, &str, &str); 12] = [
    ("tls expired", "num=10:certificate has expired", "CertificateExpired"),
    ("tls not yet valid", "num=9:certificate is not yet valid", "BadCertificate"),
    ("tls wrong name", "num=62:hostname mismatch", "does not take the certificate"),
    ("tls self signed", "num=18:self-signed certificate", "does not"),
    ("tls unknown issuer", "num=19:self-signed certificate in certificate chain", "UnknownCA"),
    ("tls issuer missing", "num=20:unable to get local issuer certificate", "UnknownCA"),
    ("tls wants client certificate", "alert", "the device shows no certificate"),
    ("tls refuses client certificate", "alert unknown ca", "certificate is not taken"),
    ("tls version refused", "alert protocol version", "the lab hangs up"),
    ("tls cipher refused", "alert handshake failure", "the lab hangs up"),
    ("tls not tls", "wrong version number", "the lab hangs up"),
    ("tls cut off", "unexpected eof", "the lab hangs up"),
];

#[test]
fn openssl_sees_each_trouble_as_that_trouble_and_nothing_once_it_is_over() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    fs::write(tried.folder.path().join("own.pem"), tried.text("/api/client.pem")).unwrap();
    // In this version the lab looks at the device's certificate before the handshake is done.
    let plain = ["-tls1_2", "-verify_return_error"];
    let own = ["-cert", "own.pem", "-key", "own.pem"];
    for (count, (words, seen, reason)) in SEEN.into_iter().enumerate() {
        inject(&tried, words);
        let has_own = words == "tls refuses client certificate";
        let args = if has_own {
            [plain, [own[0], own[1]], [own[2], own[3]]].concat()
        } else {
            plain.to_vec()
        };
        let said = s_client(&tried, &args);
        assert!(said.contains(seen), "{words}: {said}");
        assert_failed(&tried, count + 1, words, reason);
        lift(&tried);
        let said = s_client(&tried, &plain);
        assert!(said.contains("Verify return code: 0 (ok)"), "{words}: {said}");
        wait_rows(&tried, "secured", count + 1);
    }
}

/// What a device with rustls says of each trouble.
const SAID: [(&str, &str); 12] = [
    ("tls expired", "certificate expired"),
    ("tls not yet valid", "certificate not valid yet"),
    ("tls wrong name", "not valid for name \"iot.example.com\""),
    ("tls self signed", "UnknownIssuer"),
    ("tls unknown issuer", "UnknownIssuer"),
    ("tls issuer missing", "UnknownIssuer"),
    ("tls wants client certificate", "CertificateRequired"),
    ("tls refuses client certificate", "UnknownCA"),
    ("tls version refused", "ProtocolVersion"),
    ("tls cipher refused", "HandshakeFailure"),
    ("tls not tls", "corrupt message"),
    ("tls cut off", "UnexpectedEof"),
];

#[test]
fn a_device_of_tls_1_3_sees_each_trouble_as_well() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let at = tried.lab.ports()[0];
    let ca = tried.text("/api/ca.crt");
    let own = tried.text("/api/client.pem");
    for (count, (words, seen)) in SAID.into_iter().enumerate() {
        let has_own = words == "tls refuses client certificate";
        let device = Device::with(&ca, has_own.then_some(own.as_str()));
        let talk = || {
            let mut line = device.call(at, "iot.example.com");
            line.write_all(b"12").and_then(|()| line.read_exact(&mut [0; 2]))
        };
        talk().unwrap();
        inject(&tried, words);
        let error = talk().unwrap_err();
        assert!(format!("{error} {error:?}").contains(seen), "{words}: {error:?}");
        assert_failed(&tried, count + 1, words, "");
        lift(&tried);
        talk().unwrap();
    }
    assert_eq!(wait_rows(&tried, "received", 24).len(), 24);
}

#[test]
fn a_handshake_fails_whose_connect_is_counted() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let device = Device::trusting(&tried);
    let talk = || {
        let mut line = device.call(tried.lab.ports()[0], "localhost");
        line.write_all(b"12").and_then(|()| line.read_exact(&mut [0; 2]))
    };
    inject(&tried, "tls expired connects 2 to 3");
    let went: Vec<bool> = (0..4).map(|_| talk().is_ok()).collect();
    assert_eq!(went, [true, false, false, true]);
    assert_failed(&tried, 2, "tls expired", "CertificateExpired");
}

#[test]
fn a_device_with_a_certificate_is_let_in_where_one_is_wanted_on_purpose() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    inject(&tried, "tls wants client certificate");
    let device = Device::with(&tried.text("/api/ca.crt"), Some(&tried.text("/api/client.pem")));
    let mut line = device.call(tried.lab.ports()[0], "localhost");
    line.write_all(b"12").unwrap();
    line.read_exact(&mut [0; 2]).unwrap();
    let secured = wait_rows(&tried, "secured", 1);
    assert!(secured[0].contains("certificate CN=device; on purpose"), "{secured:?}");
}

#[test]
fn the_page_says_why_in_the_reader_s_language() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    inject(&tried, "tls wants client certificate");
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    let _ = line.write_all(b"12");
    wait_rows(&tried, "handshake-failed", 1);
    for (language, why) in [("en", "shows no certificate"), ("zh", "端口要求客户端证书")] {
        let (status, rows) = tried.tell_in(language, "GET", "/page/rows?show=events", &Value::Null);
        let is_it = |row: &&Value| row["kind"] == "handshake-failed";
        let said = rows.as_array().unwrap().iter().find(is_it).unwrap()["said"].as_str().unwrap();
        assert!(said.contains(why) && said.ends_with("tls wants client certificate"), "{said}");
        assert_eq!(status, 200);
    }
}

/// A line that stands goes on: only handshakes are troubled.
#[test]
fn a_line_that_stands_is_left_alone() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    for words in [b"12", b"34"] {
        line.write_all(words).unwrap();
        line.read_exact(&mut [0; 2]).unwrap();
        inject(&tried, "tls cut off");
    }
}

#[test]
fn a_server_that_goes_down_while_hands_are_shaken_breaks_the_line() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    tried.wait("/api/devices", |found| found[0]["online"] == true);
    inject(&tried, "server down");
    // The handshake is done, and then nobody is there.
    let answer = line.write_all(b"12").and_then(|()| line.read_exact(&mut [0; 2]));
    assert!(answer.is_err());
    assert_eq!(wait_rows(&tried, "closed", 1), ["reset by the server"]);
    tried.wait("/api/devices", |found| found[0]["online"] == false);
}
