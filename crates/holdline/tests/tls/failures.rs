//! Each way in which a handshake fails has words of its own, on the console in both languages and
//! in the event file.

use crate::pki::{Party, Quirk};
use crate::server::Server;
use crate::{Device, assert_answered};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

/// Asserts how a connection to `port` fails: `words` on the console, `facts` in the event file.
#[track_caller]
fn assert_fails(device: &Device<'_>, port: u16, words: [&[&str]; 2], facts: &[&str]) {
    for (lang, words) in ["en", "zh"].into_iter().zip(words) {
        let end = device.run(port, &["--lang", lang, "--events", "-"]);
        assert!(end.stderr.contains("no connection"), "{end:#?}");
        let head = if lang == "en" { "no TLS with " } else { " 的 TLS 连接失败：" };
        let line = end.stderr.lines().find(|line| line.contains(head));
        let line = line.unwrap_or_else(|| panic!("{end:#?}"));
        assert!(line.contains("server.test:8883"), "{line}");
        for word in words {
            assert!(line.contains(word), "`{word}` is not in: {line}");
        }
        let event = end.stdout.lines().find(|line| line.contains(r#""fact":"connect_failed""#));
        let event = event.unwrap_or_else(|| panic!("{end:#?}"));
        for fact in facts {
            assert!(event.contains(fact), "`{fact}` is not in: {event}");
        }
    }
}

#[test]
fn a_certificate_that_is_over() {
    let authority = Party::authority("Authority");
    let server = Server::start(&authority.issues("server.test", Quirk::Expired), &[], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["CN=server.test", "expired", "2001-12-31 00:00:00 UTC"], &["过期", "2001-12-31"]],
        &[r#""why":"certificate expired""#, r#""ended":"2001-12-31 00:00:00 UTC""#],
    );
}

#[test]
fn a_certificate_that_is_not_yet_valid() {
    let authority = Party::authority("Authority");
    let server = Server::start(&authority.issues("server.test", Quirk::NotYetValid), &[], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["CN=server.test", "not valid before 4000-01-01"], &["生效", "4000-01-01"]],
        &[r#""why":"certificate not yet valid""#, r#""begins":"4000-01-01"#],
    );
}

#[test]
fn a_certificate_for_others() {
    let authority = Party::authority("Authority");
    let server = Server::start(&authority.issues("other.test", Quirk::None), &[], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["for `other.test`, not for `server.test`"], &["属于 `other.test`", "`server.test`"]],
        &[r#""why":"name mismatch""#, r#""wanted":"server.test""#, r#""names":["other.test"]"#],
    );
    let named = Device {
        cert: "{ caCert = 'ca.crt', hostName = 'other.test' }",
        ..Device::trusting(&authority)
    };
    assert_answered(&named.run(server.port, &[]));
}

#[test]
fn an_authority_that_nobody_knows() {
    let [known, stranger] = ["Known", "Stranger"].map(Party::authority);
    let own = stranger.issues("server.test", Quirk::None);
    let args = ["-cert_chain", "chain.pem"];
    let server = Server::start(&own, &args, &[("chain.pem", &stranger.certificate)]);
    assert_fails(
        &Device::trusting(&known),
        server.port,
        [&["ends at `CN=Stranger`", "not in caCert"], &["`CN=Stranger`", "caCert"]],
        &[r#""why":"unknown issuer""#, r#""issuer":"CN=Stranger""#],
    );
}

#[test]
fn a_server_that_vouches_for_itself() {
    let authority = Party::authority("Authority");
    let server = Server::start(&Party::self_signed("server.test", Quirk::None), &[], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["CN=server.test", "self-signed"], &["自签名"]],
        &[r#""why":"self-signed certificate""#],
    );
}

#[test]
fn a_chain_with_a_gap() {
    let authority = Party::authority("Authority");
    let between = authority.appoints("Between");
    let own = between.issues("server.test", Quirk::None);
    let server = Server::start(&own, &[], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["`CN=Between`", "intermediate"], &["`CN=Between`", "中间证书"]],
        &[r#""why":"issuer missing""#, r#""issuer":"CN=Between""#],
    );
    let args = ["-cert_chain", "chain.pem"];
    let whole = Server::start(&own, &args, &[("chain.pem", &between.certificate)]);
    assert_answered(&Device::trusting(&authority).run(whole.port, &[]));
}

#[test]
fn an_authority_of_the_same_name_with_another_key() {
    let [one, other] = ["Authority", "Authority"].map(Party::authority);
    let server = Server::start(&other.issues("server.test", Quirk::None), &[], &[]);
    assert_fails(
        &Device::trusting(&one),
        server.port,
        [&["not signed by the `CN=Authority` of caCert"], &["CN=server.test"]],
        &[r#""why":"bad certificate""#],
    );
}

#[test]
fn a_server_that_wants_a_certificate() {
    let [authority, clients] = ["Authority", "Clients"].map(Party::authority);
    let own = authority.issues("server.test", Quirk::None);
    for version in ["-tls1_2", "-tls1_3"] {
        let args = [version, "-Verify", "1", "-verify_return_error", "-CAfile", "clients.pem"];
        let server = Server::start(&own, &args, &[("clients.pem", &clients.certificate)]);
        assert_fails(
            &Device::trusting(&authority),
            server.port,
            [&["wants a client certificate", "clientCert"], &["要求客户端证书"]],
            &[r#""why":"client certificate wanted""#],
        );
        let stranger = Party::authority("Stranger").issues("device", Quirk::None);
        let device = Device {
            cert: "{ caCert = 'ca.crt', clientCert = 'own.crt', clientKey = 'own.key' }",
            files: vec![
                ("ca.crt", &authority.certificate),
                ("own.crt", &stranger.certificate),
                ("own.key", &stranger.key),
            ],
        };
        assert_fails(
            &device,
            server.port,
            [&["does not accept the client certificate", "UnknownCA"], &["不接受客户端证书"]],
            &[r#""why":"client certificate refused""#, r#""alert":"UnknownCA""#],
        );
        let guest = clients.issues("device", Quirk::None);
        let files = vec![
            ("ca.crt", authority.certificate.as_str()),
            ("own.crt", &guest.certificate),
            ("own.key", &guest.key),
        ];
        assert_answered(&Device { cert: device.cert, files }.run(server.port, &[]));
    }
}

#[test]
fn a_version_that_is_too_old() {
    let authority = Party::authority("Authority");
    let own = authority.issues("server.test", Quirk::None);
    let args = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let server = Server::start(&own, &args, &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["no common version of TLS", "1.2 and 1.3"], &["TLS 版本"]],
        &[r#""why":"protocol version refused""#],
    );
}

#[test]
fn no_cipher_that_both_have() {
    let authority = Party::authority("Authority");
    let own = authority.issues("server.test", Quirk::None);
    let server = Server::start(&own, &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"], &[]);
    assert_fails(
        &Device::trusting(&authority),
        server.port,
        [&["no common cipher", "AES-GCM"], &["加密套件"]],
        &[r#""why":"cipher refused""#],
    );
}

/// Answers the first connections with `words` once they have said something, and hangs up.
fn plain_server(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(words);
        }
    });
    port
}

#[test]
fn a_server_that_does_not_speak_tls() {
    assert_fails(
        &Device::trusting_all(),
        plain_server(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        [&["does not speak TLS", "port"], &["不是 TLS"]],
        &[r#""why":"not a TLS server""#],
    );
}

#[test]
fn a_server_that_hangs_up() {
    assert_fails(
        &Device::trusting_all(),
        plain_server(b""),
        [&["cut the connection in the TLS handshake"], &["握手过程中断开"]],
        &[r#""why":"cut off in the handshake""#],
    );
}

#[test]
fn what_is_not_verified_is_said_once_or_refused() {
    let server = Server::start(&Party::self_signed("other.test", Quirk::Expired), &[], &[]);
    let device = Device::trusting_all();
    let end = device.run(server.port, &[]);
    assert_answered(&end);
    assert_eq!(end.stderr.matches("not verified").count(), 1, "{end:#?}");
    let twice = "nil) c:connect('server.test', 8883) c:close() c = socket.tcp(true";
    let end = Device { cert: twice, files: Vec::new() }.run(server.port, &[]);
    assert_eq!(end.stderr.matches("connected to").count(), 2, "{end:#?}");
    assert_eq!(end.stderr.matches("not verified").count(), 1, "{end:#?}");
    let end = device.run(server.port, &["--lang", "zh"]);
    assert_eq!(end.stderr.matches("不验证服务器证书").count(), 1, "{end:#?}");
    let end = device.run(server.port, &["--tls", "verify"]);
    assert!(end.stdout.contains("no connection"), "{end:#?}");
    assert!(end.stderr.contains("refused by `--tls verify`"), "{end:#?}");
    assert!(!end.stderr.contains("anybody could answer"), "{end:#?}");
}
