//! A page that others can ask for: behind a password and TLS, or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{config, port};
use holdline_lab::{Config, Files, Lab, Lock, PortKind, StartError, WebError};
use holdline_peer::Manner;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse";

fn made(folder: &TempDir) -> Config {
    config(folder.path(), vec![port("cars", PortKind::Tcp, Manner::default())])
}

/// Asks over TLS, of a server that this authority vouches for: the status line and the rest.
fn ask(lab: &Lab, authority: &Path, headers: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = lab.http().ip().to_string().try_into().unwrap();
    let tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(tls, TcpStream::connect(lab.http()).unwrap());
    let host = lab.http();
    let request =
        format!("GET /api/ports HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = Vec::new();
    // The end of a connection that is closed in earnest may be all that there is of it.
    let _ = stream.read_to_end(&mut said);
    String::from_utf8(said).unwrap()
}

fn authorization(password: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("me:{password}")))
}

#[test]
fn a_page_for_others_is_not_served_without_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere: [SocketAddr; 2] =
        [(Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv6Addr::UNSPECIFIED, 0).into()];
    for http in everywhere {
        let refused = Lab::start(Config { http, ..made(&folder) }).err().unwrap();
        let StartError::Web(WebError::Unlocked(address)) = refused else { panic!("{refused}") };
        assert_eq!(address, http);
    }
    assert!(!folder.path().join("lab.db").exists());
    let lock = Lock::new(PASSWORD, None);
    Lab::start(Config { http: everywhere[0], lock, ..made(&folder) }).unwrap().stop().unwrap();
}

#[test]
fn behind_a_lock_the_password_is_asked_for_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::start(Config { lock: Lock::new(PASSWORD, None), ..made(&folder) }).unwrap();
    let authority = folder.path().join("lab.db-ca.crt");
    let opened = ask(&lab, &authority, &authorization(PASSWORD));
    assert!(opened.starts_with("HTTP/1.1 200") && opened.contains("cars"), "{opened}");
    for headers in [String::new(), authorization("wrong"), authorization("")] {
        let refused = ask(&lab, &authority, &(headers + "Accept-Language: zh\r\n"));
        let head = refused.to_ascii_lowercase();
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        assert!(
            head.contains("www-authenticate: basic realm") && refused.contains("密码"),
            "{refused}"
        );
        assert!(!refused.contains("cars"), "{refused}");
    }
    let other =
        ask(&lab, &authority, &(authorization(PASSWORD) + "Origin: https://else.example\r\n"));
    assert!(other.starts_with("HTTP/1.1 403"), "{other}");

    let mut plain = TcpStream::connect(lab.http()).unwrap();
    plain.write_all(b"GET /api/ports HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
    lab.stop().unwrap();
}

#[test]
fn who_guesses_the_password_is_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::start(Config { lock: Lock::new(PASSWORD, None), ..made(&folder) }).unwrap();
    let authority = folder.path().join("lab.db-ca.crt");
    let asked = |headers: &str| ask(&lab, &authority, headers);
    let none = (0..10).map(|_| asked("")).find(|said| !said.starts_with("HTTP/1.1 401"));
    assert!(none.is_none(), "who brings no password has not guessed: {none:?}");

    // Each guess makes the wait longer, so one of these comes too early, however slow this machine is.
    let wrong = authorization("wrong horse") + "Accept-Language: zh\r\n";
    let mut said =
        (0..20).map(|_| asked(&wrong)).skip_while(|said| said.starts_with("HTTP/1.1 401"));
    let said = said.next().unwrap();
    assert!(said.starts_with("HTTP/1.1 429") && said.contains("请等待"), "{said}");
    assert!(said.to_ascii_lowercase().contains("retry-after: "), "{said}");
}

#[test]
fn a_certificate_of_one_s_own_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let signed = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("page.crt"), folder.path().join("page.key"));
    std::fs::write(&certificate, signed.cert.pem()).unwrap();
    std::fs::write(&key, signed.signing_key.serialize_pem()).unwrap();
    let lock = |certificate: &Path, key: &Path| {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        Lock::new(PASSWORD, Some(files))
    };
    let lab = Lab::start(Config { lock: lock(&certificate, &key), ..made(&folder) }).unwrap();
    assert!(ask(&lab, &certificate, &authorization(PASSWORD)).starts_with("HTTP/1.1 200"));
    lab.stop().unwrap();
    assert!(!folder.path().join("lab.db-ca.crt").exists());

    let missing = folder.path().join("nowhere.key");
    let refused = Lab::start(Config { lock: lock(&certificate, &missing), ..made(&folder) });
    let refused = refused.err().unwrap().to_string();
    assert!(refused.contains("nowhere.key"), "{refused}");
}
