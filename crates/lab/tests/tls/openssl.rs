//! `openssl s_client`: another's TLS, which says what it finds wrong by number.

use crate::common::{Tried, start};
use crate::{echo, wait_rows};
use holdline_lab::PortKind;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

/// Lets `openssl s_client` send a line, with `args` beside the lab's authority; says what it printed.
pub(crate) fn s_client(tried: &Tried, args: &[&str]) -> String {
    let folder = tried.folder.path();
    fs::write(folder.join("ca.crt"), tried.text("/api/ca.crt")).unwrap();
    let mut child = Command::new("openssl")
        .args(["s_client", "-connect", &tried.lab.ports()[0].to_string()])
        .args(["-CAfile", "ca.crt", "-verify_hostname", "iot.example.com"])
        .args(["-servername", "iot.example.com"])
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("these tests need `openssl`");
    // A client that has failed hears nothing more. The end of its input ends it.
    let _ = child.stdin.take().unwrap().write_all(b"heart data\n");
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn openssl_takes_the_lab_s_certificate_in_both_versions() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    for (count, (flag, version)) in
        [("-tls1_2", "TLS 1.2, TLS_ECDHE_ECDSA_"), ("-tls1_3", "TLS 1.3, TLS13_")]
            .into_iter()
            .enumerate()
    {
        let said = s_client(&tried, &[flag, "-verify_return_error"]);
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
        let secured = wait_rows(&tried, "secured", count + 1);
        assert!(secured[count].starts_with(version), "{secured:?}");
        let closed = wait_rows(&tried, "closed", count + 1);
        assert_eq!(closed[count], "closed by the device");
    }
    assert_eq!(wait_rows(&tried, "received", 2), ["heart data\n"; 2]);
}

#[test]
fn openssl_shows_its_certificate_to_a_port_that_wants_one() {
    let tried = start(vec![echo("cars", PortKind::Mtls)]);
    fs::write(tried.folder.path().join("own.pem"), tried.text("/api/client.pem")).unwrap();
    let said = s_client(&tried, &["-cert", "own.pem", "-key", "own.pem"]);
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    assert_eq!(wait_rows(&tried, "received", 1), ["heart data\n"]);
    let said = s_client(&tried, &["-tls1_2"]);
    assert!(said.contains("alert"), "{said}");
    assert!(wait_rows(&tried, "handshake-failed", 1)[0].contains("shows no certificate"));
}

#[test]
fn a_version_that_is_too_old_is_told() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let said = s_client(&tried, &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
    assert!(said.contains("alert handshake failure"), "{said}");
    let failed = wait_rows(&tried, "handshake-failed", 1);
    assert_eq!(failed, ["the device speaks neither TLS 1.2 nor TLS 1.3"]);
}
