//! The examples of TLS: what they promise, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::{Instant, TlsFailure};
use holdline_peer::fault::Fault;
use holdline_peer::{Manner, Reply};
use holdline_sim::{Sim, TlsManner};
use std::path::Path;

const EXAMPLES: [&str; 3] = ["task-tls", "task-tls-server-check", "task-tls-both-certificates"];

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// The example `name` and a server that answers each line.
fn world(name: &str, manner: TlsManner) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut sim = Sim::new(1);
    sim.device(Project::load(&folder).unwrap()).unwrap();
    sim.server_at("tls.example.com", 8883)
        .speak_tls(manner)
        .behave(Manner { reply: Reply::Fixed(b"ok".into()), ..Manner::default() });
    sim
}

/// What crossed the doors up to `seconds`, without what the script printed.
fn story(sim: &mut Sim, seconds: u64) -> String {
    sim.run_until(at(seconds));
    let lines = sim.trace().lines().filter(|line| line.contains("0> ") || line.contains("0< "));
    lines.map(|line| format!("{line}\n")).collect()
}

fn check(mut sim: Sim, seconds: u64, expected: &Expect) {
    expected.assert_eq(&story(&mut sim, seconds));
}

/// All three hold the line, ping it when it is quiet, and come back after the server was gone.
#[test]
fn a_line_is_held_and_comes_back() {
    let expected = expect![[r#"
        00:00:01.000  0> connect tls tls.example.com:8883
        00:00:01.120  0< connected
        00:00:01.120  0> "hello\n"
        00:00:01.160  0< sent
        00:00:01.160  0< "ok"
        00:01:01.160  0> "ping\n"
        00:01:01.200  0< sent
        00:01:01.200  0< "ok"
        00:02:01.200  0> "ping\n"
        00:02:01.240  0< sent
        00:02:01.240  0< "ok"
        00:02:10.020  0< ended: closed
        00:02:20.020  0> connect tls tls.example.com:8883
        00:02:20.060  0< connect failed: refused
        00:02:30.060  0> connect tls tls.example.com:8883
        00:02:30.180  0< connected
        00:02:30.180  0> "hello\n"
        00:02:30.220  0< sent
        00:02:30.220  0< "ok"
    "#]];
    for name in EXAMPLES {
        let mut sim = world(name, TlsManner::default());
        sim.server_at("tls.example.com", 8883).down(at(130)..at(150));
        check(sim, 170, &expected);
    }
}

#[test]
fn only_who_looks_finds_a_wrong_server() {
    let wrong = || TlsFailure::NameMismatch {
        wanted: "tls.example.com".into(),
        names: vec!["other.example.com".into()],
    };
    for name in EXAMPLES {
        let mut sim = world(name, TlsManner { fails: Some(wrong()), ..TlsManner::default() });
        let story = story(&mut sim, 30);
        let server = sim.server_at("tls.example.com", 8883).peer().tally();
        let looks = name != "task-tls";
        assert_eq!(server.received.bytes == 0, looks, "{story}");
        // Every 10 s, a bit more for the attempt itself.
        assert_eq!(
            story.matches("connect failed: name mismatch").count(),
            if looks { 3 } else { 0 }
        );
        assert!(!sim.trace().lines().any(|line| line.contains("notice")), "all files are there");
    }
}

#[test]
fn only_who_has_a_certificate_can_show_one() {
    for name in EXAMPLES {
        let wants = TlsManner { wants_client_certificate: true, ..TlsManner::default() };
        let story = story(&mut world(name, wants), 5);
        let is_in = story.contains("0< connected");
        assert_eq!(is_in, name == "task-tls-both-certificates", "{story}");
        assert!(is_in || story.contains("connect failed: client certificate wanted"), "{story}");
    }
}

#[test]
fn a_plain_server_is_no_server_for_them() {
    for name in EXAMPLES {
        let mut sim = Sim::new(1);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
        sim.device(Project::load(&folder).unwrap()).unwrap();
        sim.server(8883);
        let story = story(&mut sim, 5);
        assert!(story.contains("connect failed: not a TLS server"), "{story}");
    }
}

#[test]
fn a_restart_is_the_last_help_without_a_network() {
    for name in EXAMPLES {
        let mut sim = world(name, TlsManner::default());
        sim.inject(&Fault::parse("sim out for 400s").unwrap(), None);
        sim.run_until(at(420));
        let restarts: Vec<_> =
            sim.trace().lines().filter(|line| line.contains("restart asked for")).collect();
        assert_eq!(restarts, ["00:05:00.000  restart asked for: no network"]);
        assert_eq!(sim.server_at("tls.example.com", 8883).peer().tally().received.messages, 1);
    }
}
