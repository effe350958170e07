//! The examples with the certificates that come with them, against `openssl s_server`.

use crate::pki::Party;
use crate::rig::{Running, holdline};
use crate::server::Server;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Starts an example, with its state in a folder of its own.
fn start(name: &str, server: &Server) -> (tempfile::TempDir, Running) {
    let state = tempfile::tempdir().unwrap();
    let redirect = format!("tls.example.com:8883=127.0.0.1:{}", server.port);
    let mut command = holdline(&["run", "--boot", "10ms", "--redirect", &redirect, "--state"]);
    command.arg(state.path()).arg(examples().join(name));
    (state, Running::start(command))
}

/// The server of `examples/certificates/README.md`; `verify` is how much it wants a certificate.
fn server(verify: &str) -> Server {
    let read = |name| std::fs::read_to_string(examples().join("certificates").join(name)).unwrap();
    let party = Party::of_files(&read("server.crt"), &read("server-example.key"));
    let args = [verify, "1", "-verify_return_error", "-CAfile", "ca.crt"];
    Server::start(&party, &args, &[("ca.crt", &read("ca.crt"))])
}

#[test]
fn every_example_talks_to_its_server() {
    let server = server("-verify");
    for name in ["task-tls", "task-tls-server-check", "task-tls-both-certificates"] {
        let (_state, mut running) = start(name, &server);
        running.wait_for("[I]-[received]\tolleh");
        running.signal("INT");
        let (code, lines) = running.end();
        assert_eq!(code, Some(0), "{lines:#?}");
        let is_unverified = lines.iter().any(|line| line.contains("not verified"));
        assert_eq!(is_unverified, name == "task-tls", "{lines:#?}");
    }
}

#[test]
fn every_example_of_generation_a_talks_to_its_server() {
    let server = server("-verify");
    for name in ["tls", "tls-server-check", "tls-both-certificates"] {
        let (_state, mut running) = start(name, &server);
        running.wait_for("test\trcv\tatad traeh");
        running.signal("INT");
        let (code, lines) = running.end();
        assert_eq!(code, Some(0), "{lines:#?}");
        let is_unverified = lines.iter().any(|line| line.contains("not verified"));
        assert_eq!(is_unverified, name == "tls", "{lines:#?}");
    }
}

#[test]
fn generation_a_may_have_to_say_who_calls_and_finds_strangers() {
    let server = server("-Verify");
    let (_state, mut running) = start("tls-both-certificates", &server);
    running.wait_for("test\trcv\tatad traeh");
    drop(running);
    let (_state, mut running) = start("tls-server-check", &server);
    running.wait_for("the server wants a client certificate");
    drop(running);
    let stranger = Party::authority("Stranger").issues("tls.example.com", crate::pki::Quirk::None);
    let server = Server::start(&stranger, &[], &[]);
    let (_state, mut running) = start("tls-server-check", &server);
    running.wait_for("`CN=Stranger`, the issuer of `CN=tls.example.com`, is not in caCert");
}

#[test]
fn a_server_may_insist_on_the_device_s_certificate() {
    let server = server("-Verify");
    let (_state, mut running) = start("task-tls-both-certificates", &server);
    running.wait_for("[I]-[received]\tolleh");
    // `s_server` serves one at a time.
    drop(running);
    let (_state, mut running) = start("task-tls-server-check", &server);
    running.wait_for("the server wants a client certificate");
}

#[test]
fn an_example_that_checks_finds_a_stranger() {
    let stranger = Party::authority("Stranger").issues("tls.example.com", crate::pki::Quirk::None);
    let server = Server::start(&stranger, &[], &[]);
    let (_state, mut running) = start("task-tls-server-check", &server);
    running.wait_for("`CN=Stranger`, the issuer of `CN=tls.example.com`, is not in caCert");
}
