//! `holdline doctor --tls` against good servers and bad ones.

use crate::pki::{Party, Quirk};
use crate::rig::{Ended, ended, holdline};
use crate::server::Server;
use std::io::Write;
use std::net::TcpListener;

/// Looks at what listens on `port`, as a program on this machine that calls it `name`.
fn doctor(port: u16, name: &str, ca: Option<&Party>, args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.crt");
    let target = format!("127.0.0.1:{port}");
    let mut command = holdline(&["doctor", &target, "--from-here", "--listen", "50ms", "--tls"]);
    command.args(["--host-name", name]).args(args);
    if let Some(ca) = ca {
        std::fs::write(&file, &ca.certificate).unwrap();
        command.arg("--ca").arg(&file);
    }
    ended(&mut command)
}

#[track_caller]
fn assert_says(end: &Ended, code: i32, words: &[&str]) {
    for word in words {
        assert!(end.stdout.contains(word), "`{word}` is missing: {end:#?}");
    }
    assert_eq!(end.code, Some(code), "{end:#?}");
}

#[test]
fn a_good_server_is_shown_with_all_that_it_has() {
    let authority = Party::authority("Authority");
    let server = Server::start(&authority.issues("server.test", Quirk::None), &[], &[]);
    let end = doctor(server.port, "server.test", Some(&authority), &[]);
    let shows = "[ok] shows    `CN=server.test`, for server.test, signed by `CN=Authority`, EC 256";
    let trusts =
        "verified by the given file; a script that checks needs `caCert` with `CN=Authority`";
    assert_says(&end, 0, &["[ok] tls      TLSv1.3 with", shows, trusts, "TLS 1.2 is spoken too"]);
    let end = doctor(server.port, "server.test", Some(&authority), &["--json"]);
    let whole: serde_json::Value = serde_json::from_str(&end.stdout).unwrap();
    let steps = whole["steps"].as_array().unwrap();
    let shown = steps.iter().find(|step| step["step"] == "certificate").unwrap();
    assert_eq!((&shown["issuer"], &shown["place"]), (&"CN=Authority".into(), &0.into()));
}

#[test]
fn bad_certificates_are_the_servers() {
    let authority = Party::authority("Authority");
    let expired = Server::start(&authority.issues("server.test", Quirk::Expired), &[], &[]);
    let end = doctor(expired.port, "server.test", Some(&authority), &[]);
    assert_says(&end, 1, &["[!!] trust", "expired at 2001-12-31", "trust, the server's: "]);
    let server = Server::start(&authority.issues("server.test", Quirk::None), &[], &[]);
    let end = doctor(server.port, "other.test", Some(&authority), &[]);
    assert_says(&end, 1, &["is for `server.test`, not for `other.test`", "trust, the server's: "]);
}

#[test]
fn a_stranger_is_told_by_who_looks() {
    let party = Party::self_signed("server.test", Quirk::None);
    let server = Server::start(&party, &[], &[]);
    let end = doctor(server.port, "server.test", Some(&Party::authority("Mine")), &[]);
    assert_says(&end, 1, &["is self-signed", "trust, yours: "]);
    // A module does not know this machine's authorities, so that is no more than a note.
    let end = doctor(server.port, "server.test", None, &[]);
    assert_says(&end, 0, &["[--] trust", "chain ends at `CN=server.test`"]);
    let end = doctor(server.port, "server.test", Some(&party), &[]);
    assert_says(&end, 0, &["verified by the given file"]);
}

#[test]
fn a_plain_server_and_a_modern_one_are_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The other side may be gone.
            let _ = stream.write_all(b"220 plain\r\n");
            std::thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
        }
    });
    let end = doctor(port, "server.test", None, &[]);
    assert_says(&end, 1, &["[!!] tls", "does not speak TLS", "tls, yours: "]);

    let authority = Party::authority("Authority");
    let party = authority.issues("server.test", Quirk::None);
    let server = Server::start(&party, &["-tls1_3"], &[]);
    let end = doctor(server.port, "server.test", Some(&authority), &[]);
    assert_says(
        &end,
        1,
        &["TLS 1.2, the newest that modules speak, is refused", "tls, the server's: "],
    );
}

#[test]
fn a_server_that_insists_on_a_certificate_is_told() {
    let authority = Party::authority("Authority");
    let party = authority.issues("server.test", Quirk::None);
    let server = Server::start(&party, &["-verify", "1"], &[]);
    let end = doctor(server.port, "server.test", Some(&authority), &[]);
    assert_says(
        &end,
        0,
        &["[--] tls", "asks for a certificate of the device, and goes on without"],
    );
    let server = Server::start(&party, &["-Verify", "1"], &[]);
    let end = doctor(server.port, "server.test", Some(&authority), &["--listen", "5s"]);
    assert_says(&end, 1, &["insists on a certificate of the device", "tls, yours: "]);
}

#[test]
fn a_file_of_authorities_that_cannot_be_read_is_named() {
    let args = ["doctor", "127.0.0.1:1", "--tls", "--ca", "/no/such.crt"];
    let end = ended(&mut holdline(&args));
    assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
    assert!(
        end.stderr.contains("cannot read the certificates in `/no/such.crt`"),
        "{}",
        end.stderr
    );
}
