//! The device's own certificate and key, in every form that OpenSSL writes.

use crate::pki::{Party, Quirk};
use crate::server::Server;
use crate::{Device, assert_answered};
use std::process::{Command, Stdio};

/// Runs `openssl` in `folder`.
#[track_caller]
fn openssl(folder: &std::path::Path, args: &str) {
    let mut command = Command::new("openssl");
    command.args(args.split(' ')).current_dir(folder).stdin(Stdio::null());
    let output = command.output().expect("these tests need `openssl`");
    assert!(output.status.success(), "openssl {args}: {output:?}");
}

/// A key made by `args`, in the form that further `forms` make of it, each with the password.
struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    /// A key and a certificate of the oldest form for it, signed by `authority`.
    fn with_key(authority: &Party, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("ca.pem"), &authority.certificate).unwrap();
        std::fs::write(path.join("ca.key"), &authority.key).unwrap();
        openssl(path, &format!("{key} -out plain.pem"));
        openssl(path, "req -new -key plain.pem -subj /CN=device -out own.csr");
        openssl(
            path,
            "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out own.crt",
        );
        Self { folder }
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// The key in another form.
    fn form(&self, args: &str) -> String {
        openssl(self.folder.path(), &format!("{args} -in plain.pem -out form.pem"));
        self.read("form.pem")
    }
}

const CERT: &str = "{ caCert = 'ca.crt', clientCert = 'own.crt', clientKey = 'own.key', PASSWORD }";

/// One run that shows `key`, opened with `password`.
fn run(authority: &Party, made: &Made, server: &Server, key: &str, password: &str) -> crate::Ended {
    let cert = CERT.replace("PASSWORD", password);
    let own = made.read("own.crt");
    let files = vec![
        ("ca.crt", authority.certificate.as_str()),
        ("own.crt", own.as_str()),
        ("own.key", key),
    ];
    Device { cert: &cert, files }.run(server.port, &[])
}

fn wanting(authority: &Party) -> Server {
    let own = authority.issues("server.test", Quirk::None);
    let args = ["-Verify", "1", "-verify_return_error", "-CAfile", "clients.pem"];
    Server::start(&own, &args, &[("clients.pem", &authority.certificate)])
}

const PASSWORD: &str = "clientPassword = 'open sesame'";

#[test]
fn every_form_of_a_key_opens() {
    let authority = Party::authority("Authority");
    let server = wanting(&authority);
    let rsa = Made::with_key(&authority, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    let ec = Made::with_key(&authority, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    std::fs::write(rsa.folder.path().join("pw"), "open sesame").unwrap();
    std::fs::write(ec.folder.path().join("pw"), "open sesame").unwrap();
    for (made, form, password) in [
        (&rsa, "rsa -traditional", ""),
        (&rsa, "pkcs8 -topk8 -nocrypt", ""),
        (&ec, "ec", ""),
        (&rsa, "rsa -traditional -aes128 -passout file:pw", PASSWORD),
        (&rsa, "rsa -traditional -aes256 -passout file:pw", PASSWORD),
        (&rsa, "rsa -traditional -des3 -passout file:pw", PASSWORD),
        (&ec, "ec -aes192 -passout file:pw", PASSWORD),
        (&rsa, "pkcs8 -topk8 -v2 aes-256-cbc -passout file:pw", PASSWORD),
        (&ec, "pkcs8 -topk8 -v2 des3 -passout file:pw", PASSWORD),
        (&ec, "pkcs8 -topk8 -v2 aes128 -v2prf hmacWithSHA1 -passout file:pw", PASSWORD),
    ] {
        let key = made.form(form);
        let end = run(&authority, made, &server, &key, password);
        assert!(end.stdout.contains("came\ttrue\tcba"), "{form}: {end:#?}");
        if !password.is_empty() {
            let end = run(&authority, made, &server, &key, "clientPassword = 'wrong'");
            assert!(
                end.stderr.contains("clientKey does not open with this clientPassword"),
                "{form}: {end:#?}"
            );
            let end = run(&authority, made, &server, &key, "");
            assert!(end.stderr.contains("clientKey is encrypted; give its password"), "{end:#?}");
        }
    }
}

#[test]
fn a_key_that_cannot_be_used_is_named() {
    let authority = Party::authority("Authority");
    let server = wanting(&authority);
    let made = Made::with_key(&authority, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    let other = authority.issues("device", Quirk::None);
    let ancient = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: \
                   RC2-CBC,0011223344556677\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let torn = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (key, words) in [
        (other.key.as_str(), "clientKey is not the key of clientCert"),
        ("nothing", "clientKey holds no key: a line `-----BEGIN"),
        (ancient, "clientKey is encrypted with RC2-CBC, which cannot be opened here"),
        (torn, "clientKey cannot be read: "),
    ] {
        let end = run(&authority, &made, &server, key, PASSWORD);
        assert!(end.stderr.contains(words), "{words}: {end:#?}");
        assert!(end.stdout.contains("no connection"), "{end:#?}");
    }
    let alone = Device { cert: "{ clientCert = 'own.crt' }", files: vec![("own.crt", "")] };
    assert!(alone.run(server.port, &[]).stderr.contains("clientKey is missing"));
    let empty = Device { cert: "{ caCert = 'ca.crt' }", files: vec![("ca.crt", "DER")] };
    assert!(empty.run(server.port, &[]).stderr.contains("caCert holds no certificate"));
}

#[test]
fn what_modules_take_is_taken() {
    let authority = Party::authority("Authority");
    // The server's own certificate as the one to trust, with and without the rights of an authority.
    for quirk in [Quirk::None, Quirk::Authority, Quirk::CommonNameOnly] {
        let own = Party::self_signed("server.test", quirk);
        let server = Server::start(&own, &[], &[]);
        assert_answered(&Device::trusting(&own).run(server.port, &["--tls", "verify"]));
    }
    // A name that stands in the subject alone, and an authority that is a server too.
    for quirk in [Quirk::CommonNameOnly, Quirk::Authority] {
        let server = Server::start(&authority.issues("server.test", quirk), &[], &[]);
        assert_answered(&Device::trusting(&authority).run(server.port, &[]));
    }
    // The oldest form, as `openssl x509 -req` makes it; several certificates in the file.
    let made = Made::with_key(&authority, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    let path = made.folder.path();
    openssl(path, "req -new -key plain.pem -subj /CN=server.test -out own.csr");
    openssl(path, "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -days 30 -out own.crt");
    let text = Command::new("openssl")
        .args(["x509", "-in", "own.crt", "-noout", "-text"])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&text.stdout).contains("Version: 1"), "{text:?}");
    let both = format!("{}\n{}", Party::authority("First").certificate, authority.certificate);
    for version in ["-tls1_2", "-tls1_3"] {
        let own = Party::of_files(&made.read("own.crt"), &made.read("plain.pem"));
        let server = Server::start(&own, &[version], &[]);
        let device = Device { cert: "{ caCert = 'ca.crt' }", files: vec![("ca.crt", &both)] };
        assert_answered(&device.run(server.port, &[]));
        let strangers = Party::authority("Authority");
        let end = Device::trusting(&strangers).run(server.port, &[]);
        assert!(end.stderr.contains("not signed by the `CN=Authority`"), "{end:#?}");
    }
}
