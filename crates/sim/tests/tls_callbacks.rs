//! Generation A's TLS examples: what they promise, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::{Instant, TlsFailure};
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Manner, Reply};
use holdline_sim::{Sim, TlsManner};
use std::path::Path;

/// A heartbeat ten seconds after the one before was confirmed; what the server says is printed.
#[test]
fn heartbeats_come_to_the_second() {
    let mut sim = example("tls", &[]);
    sim.server(8883)
        .speak_tls(TlsManner::default())
        .behave(Manner { reply: Reply::Echo, ..Manner::default() });
    check(
        sim,
        12,
        expect![[r#"
            00:00:01.000  IP ready
            00:00:01.000  0> connect tls tls.example.com:8883
            00:00:01.120  0< connected
            00:00:01.120  | test	ntfy	CONNECT	true
            00:00:01.120  0> "heart data\r\n"
            00:00:01.160  0< sent
            00:00:01.160  | test	ntfy	SEND	true
            00:00:01.160  0< "heart data\r\n"
            00:00:01.160  | test	rcv	heart data\r\n
            00:00:11.160  0> "heart data\r\n"
            00:00:11.200  0< sent
            00:00:11.200  | test	ntfy	SEND	true
            00:00:11.200  0< "heart data\r\n"
            00:00:11.200  | test	rcv	heart data\r\n
        "#]],
    );
}

/// Five seconds after the server has closed, the device is back.
#[test]
fn a_server_that_closes_is_called_again() {
    let mut sim = example("tls", &[]);
    sim.server(8883).speak_tls(TlsManner::default()).inject(at(5), Fault::now(Trouble::Close));
    check(
        sim,
        11,
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  0> connect tls tls.example.com:8883
        00:00:01.120  0< connected
        00:00:01.120  | test	ntfy	CONNECT	true
        00:00:01.120  0> "heart data\r\n"
        00:00:01.160  0< sent
        00:00:01.160  | test	ntfy	SEND	true
        00:00:05.020  0< ended: closed
        00:00:05.020  | test	ntfy	STATE	CLOSED
        00:00:10.020  0> connect tls tls.example.com:8883
        00:00:10.140  0< connected
        00:00:10.140  | test	ntfy	CONNECT	true
        00:00:10.140  0> "heart data\r\n"
        00:00:10.180  0< sent
        00:00:10.180  | test	ntfy	SEND	true
    "#]],
    );
}

/// What was sent into the silence fails when TCP gives up; then the line is closed and made anew.
#[test]
fn a_send_that_fails_ends_the_line() {
    let mut sim = example("tls", &[]);
    sim.server(8883).speak_tls(TlsManner::default());
    sim.inject(&Fault::parse("at 5s black hole for 75s port 8883").unwrap(), None);
    check(
        sim,
        86,
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  0> connect tls tls.example.com:8883
        00:00:01.120  0< connected
        00:00:01.120  | test	ntfy	CONNECT	true
        00:00:01.120  0> "heart data\r\n"
        00:00:01.160  0< sent
        00:00:01.160  | test	ntfy	SEND	true
        00:00:11.160  0> "heart data\r\n"
        00:01:15.160  0< send failed
        00:01:15.160  | test	ntfy	SEND	false
        00:01:15.160  0> close
        00:01:15.160  0< ended: timed out
        00:01:15.160  | test	ntfy	DISCONNECT	true
        00:01:15.160  0< closed
        00:01:20.160  0> connect tls tls.example.com:8883
        00:01:20.280  0< connected
        00:01:20.280  | test	ntfy	CONNECT	true
        00:01:20.280  0> "heart data\r\n"
        00:01:20.320  0< sent
        00:01:20.320  | test	ntfy	SEND	true
    "#]],
    );
}

/// The lost address comes back after five seconds, and the connect has waited for it.
#[test]
fn a_lost_address_is_waited_for() {
    let mut sim = example("tls", &[]);
    sim.server(8883).speak_tls(TlsManner::default());
    sim.inject(&Fault::parse("at 5s pdp lost").unwrap(), None);
    check(
        sim,
        12,
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  0> connect tls tls.example.com:8883
        00:00:01.120  0< connected
        00:00:01.120  | test	ntfy	CONNECT	true
        00:00:01.120  0> "heart data\r\n"
        00:00:01.160  0< sent
        00:00:01.160  | test	ntfy	SEND	true
        00:00:05.000  link lost
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.100  | test	ntfy	STATE	SHUTED
        00:00:10.300  IP ready
        00:00:10.300  0> connect tls tls.example.com:8883
        00:00:10.420  0< connected
        00:00:10.420  | test	ntfy	CONNECT	true
        00:00:10.420  0> "heart data\r\n"
        00:00:10.460  0< sent
        00:00:10.460  | test	ntfy	SEND	true
    "#]],
    );
}

/// A server that cannot prove who it is is called again and again, in vain.
#[test]
fn a_server_that_is_checked_has_to_prove_itself() {
    let mut sim = example("tls-server-check", &["ca.crt"]);
    let failure = TlsFailure::UnknownIssuer { issuer: "CN=stranger".into() };
    sim.server(8883).speak_tls(TlsManner { fails: Some(failure.clone()), ..TlsManner::default() });
    check(
        sim,
        8,
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  0> connect tls tls.example.com:8883
        00:00:01.120  0< connect failed: unknown issuer
        00:00:01.120  | test	ntfy	CONNECT	false
        00:00:06.120  0> connect tls tls.example.com:8883
        00:00:06.240  0< connect failed: unknown issuer
        00:00:06.240  | test	ntfy	CONNECT	false
    "#]],
    );

    // The example that checks nothing does not notice.
    let mut sim = example("tls", &[]);
    sim.server(8883).speak_tls(TlsManner { fails: Some(failure), ..TlsManner::default() });
    sim.run_until(at(8));
    assert!(sim.trace().to_string().contains("0< connected"), "{}", sim.trace());
}

/// Without the file of the authority nobody is trusted, and the author hears of it.
#[test]
fn a_missing_authority_is_told() {
    let mut sim = example("tls-server-check", &[]);
    sim.server(8883).speak_tls(TlsManner::default());
    sim.run_until(at(2));
    let trace = sim.trace().to_string();
    assert!(trace.contains("notice NoAuthority at test.lua:31 `/ldata/ca.crt`"), "{trace}");
    assert!(trace.contains("0< connect failed: unknown issuer"), "{trace}");
}

/// A server that wants to know who calls is content with the third example alone.
#[test]
fn a_server_may_want_to_know_who_calls() {
    let wants = TlsManner { wants_client_certificate: true, ..TlsManner::default() };
    for (name, files, end) in [
        ("tls-server-check", &["ca.crt"][..], "0< connect failed: client certificate wanted"),
        ("tls-both-certificates", &["ca.crt", "client.crt", "client-example.key"], "0< connected"),
    ] {
        let mut sim = example(name, files);
        sim.server(8883).speak_tls(wants.clone());
        sim.run_until(at(2));
        assert!(sim.trace().to_string().contains(end), "{name}: {}", sim.trace());
    }
}

/// The example with `files` beside it; no certificate is read in virtual time.
fn example(name: &str, files: &[&str]) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let project = Project::load(&folder).unwrap();
    let own = ["main.lua", "test.lua"].map(|name| (name, project.file(name).unwrap().to_vec()));
    let beside = files.iter().map(|&name| (name, b"PEM".to_vec()));
    let project = Project::from_files(own.into_iter().chain(beside));
    let mut sim = Sim::new(1);
    sim.device(project).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// What crosses the line, and what the script says of it, in the first `seconds`.
fn check(mut sim: Sim, seconds: u64, expect: Expect) {
    sim.run_until(at(seconds));
    let words = ["0<", "0>", "| test", "IP ready", "lost"];
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    let lines = sim.trace().lines().filter(|line| *line > "00:00:01.000  0").filter(wanted);
    expect.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}
