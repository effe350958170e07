//! What a server does, told to the world; each kind alone stands beside `server_faults.rs`.

use super::{TASK, at, beats_since, inject, world};
use expect_test::expect;
use holdline_peer::fault::{WORDS, Who};
use holdline_peer::{Cue, Manner, Rule};
use holdline_sim::{Sim, TlsManner};
use std::time::Duration;

/// What is first said of the line after the fault, to a client of plain TCP.
fn outcome(sim: &mut Sim) -> String {
    sim.run_until(at(90));
    let tells = ["refused", "ended", "connect failed"];
    let is_telling =
        |line: &&str| tells.iter().any(|word| line.contains(word)) && !line.contains('|');
    let told = sim.trace().lines().find(is_telling).map(str::to_owned);
    format!("{}, {} beats", told.unwrap_or("nothing".to_owned()), beats_since(sim, 0))
}

#[test]
fn each_of_plain_lines() {
    let mut table = String::new();
    for words in [
        "refuse for 20s",
        "at 15s close",
        "at 15s reset",
        "at 15s server down for 20s",
        "at 15s server restart",
        "reset after 3 messages",
        "close on \"beat\"",
        "refuse 2 connects",
    ] {
        let mut sim = world(TASK);
        inject(&mut sim, words);
        table += &format!("{words}: {}\n", outcome(&mut sim));
    }
    expect![[r#"
        refuse for 20s: 00:00:01.040  0< connect failed: refused, 7 beats
        at 15s close: 00:00:15.020  0< ended: closed, 9 beats
        at 15s reset: 00:00:15.020  0< ended: reset, 9 beats
        at 15s server down for 20s: 00:00:15.020  0< ended: closed, 8 beats
        at 15s server restart: 00:00:15.020  0< ended: closed, 9 beats
        reset after 3 messages: 00:00:21.160  0< ended: reset, 10 beats
        close on "beat": 00:00:01.080  0< ended: closed, 10 beats
        refuse 2 connects: 00:00:01.040  0< connect failed: refused, 8 beats
    "#]]
    .assert_eq(&table);
}

/// It takes what comes, and is not heard until it is over.
#[test]
fn silent() {
    let mut sim = world(TASK);
    let rules = vec![Rule::on(Cue::Every(Duration::from_secs(5))).say("tick")];
    sim.server(9999).behave(Manner { rules, ..Manner::default() });
    inject(&mut sim, "at 15s silent for 20s");
    sim.run_until(at(60));
    let trace = sim.trace().to_string();
    let heard = trace.lines().filter(|line| line.contains("heard tick"));
    let (early, late): (Vec<_>, Vec<_>) = heard.partition(|line| *line < "00:00:15");
    assert!(early.len() == 2 && late.len() >= 4, "{trace}");
    assert!(late.iter().all(|line| *line > "00:00:35"), "{trace}");
    assert!(beats_since(&mut sim, 15) > 3);
}

/// The client trusts one authority, and gives no certificate of its own.
#[test]
fn each_of_tls() {
    let mut table = String::new();
    let tls = WORDS.iter().filter(|word| word.who == Who::Server && word.words.starts_with("tls "));
    for word in tls {
        let ca = r#"local file = io.open("/ca.crt", "w") file:write("ca") file:close()"#;
        let source = TASK.replace("socket.HOW()", r#"socket.tcp(true, { caCert = "/ca.crt" })"#);
        let source = source.replace("--[[more]]", ca);
        let mut sim = world(&source);
        sim.server(9999).speak_tls(TlsManner::default());
        inject(&mut sim, word.words);
        table += &format!("{}: {}\n", word.words, outcome(&mut sim));
    }
    expect![[r#"
        tls expired: 00:00:01.120  0< connect failed: certificate expired, 0 beats
        tls not yet valid: 00:00:01.120  0< connect failed: certificate not yet valid, 0 beats
        tls wrong name: 00:00:01.120  0< connect failed: name mismatch, 0 beats
        tls self signed: 00:00:01.120  0< connect failed: self-signed certificate, 0 beats
        tls unknown issuer: 00:00:01.120  0< connect failed: unknown issuer, 0 beats
        tls issuer missing: 00:00:01.120  0< connect failed: issuer missing, 0 beats
        tls wants client certificate: 00:00:01.120  0< connect failed: client certificate wanted, 0 beats
        tls refuses client certificate: 00:00:01.120  0< connect failed: client certificate refused, 0 beats
        tls version refused: 00:00:01.120  0< connect failed: protocol version refused, 0 beats
        tls cipher refused: 00:00:01.120  0< connect failed: cipher refused, 0 beats
        tls not tls: 00:00:01.120  0< connect failed: not a TLS server, 0 beats
        tls cut off: 00:00:01.120  0< connect failed: cut off in the handshake, 0 beats
    "#]].assert_eq(&table);
}
