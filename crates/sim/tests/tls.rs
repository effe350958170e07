//! TLS in virtual time: how long a handshake takes, and each way in which it fails.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::{Instant, TlsFailure};
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{By, Cue, Manner, Reply, Rule, What};
use holdline_sim::{Sim, TlsManner};

/// Connects at 2 s and sends, says what happens, and closes what is over.
const MAIN: &str = r#"
local core = socketcore
local id
rtos.timer_start(1, 2000)
while true do
    local m = rtos.receive(0)
    if m == rtos.MSG_TIMER then id = CONNECT()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        print("connected", m.result)
        if m.result == 0 then core.sock_send(id, "ping") else core.sock_close(id) end
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then print("sent", m.result)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then print("received", core.sock_recv(id, 100))
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then print("ended") core.sock_close(id)
    end
end
"#;

const PLAIN: &str = "core.sock_conn(0, 'server', 8883)";
const UNVERIFIED: &str = "core.sock_conn(2, 'server', 8883)";
const VERIFIED: &str = "core.sock_conn(2, 'server', 8883, { caCert = 'PEM' })";
const BOTH: &str =
    "core.sock_conn_ext(2, 'server', 8883, { clientCert = 'PEM', clientKey = 'PEM' }, 1, 2)";

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn world(connect: &str, manner: TlsManner) -> Sim {
    let mut sim = Sim::new(1);
    sim.server(8883).speak_tls(manner).behave(Manner {
        reply: Reply::Echo,
        rules: vec![Rule::on(Cue::Connect).say("hi")],
        ..Manner::default()
    });
    power_on(&mut sim, connect);
    sim
}

fn power_on(sim: &mut Sim, connect: &str) {
    let main = MAIN.replace("CONNECT()", connect);
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
}

/// What happened from the connect on.
fn story(sim: &mut Sim) -> String {
    sim.run_until(at(100));
    let lines = sim.trace().lines().filter(|line| *line > "00:00:02");
    lines.map(|line| format!("{line}\n")).collect()
}

fn check(mut sim: Sim, expected: Expect) {
    expected.assert_eq(&story(&mut sim));
}

fn fails(failure: TlsFailure) -> TlsManner {
    TlsManner { fails: Some(failure), ..TlsManner::default() }
}

/// Three round trips of 40 ms: one of TCP, two of the handshake. The greeting comes right after it.
#[test]
fn a_handshake_takes_two_round_trips() {
    check(
        world(VERIFIED, TlsManner::default()),
        expect![[r#"
        00:00:02.000  0> connect tls server:8883
        00:00:02.120  0< connected
        00:00:02.120  | connected	0
        00:00:02.120  0> "ping"
        00:00:02.120  0< "hi"
        00:00:02.120  | received	hi
        00:00:02.160  0< sent
        00:00:02.160  | sent	0
        00:00:02.160  0< "ping"
        00:00:02.160  | received	ping
    "#]],
    );
}

#[test]
fn a_plain_server_is_told_apart() {
    let mut sim = Sim::new(1);
    sim.server(8883);
    power_on(&mut sim, UNVERIFIED);
    expect![[r#"
        00:00:02.000  0> connect tls server:8883
        00:00:02.080  0< connect failed: not a TLS server
        00:00:02.080  | connected	1
    "#]]
    .assert_eq(&story(&mut sim));
    let what: Vec<_> =
        sim.server(8883).peer().record().iter().map(|entry| entry.what.clone()).collect();
    assert_eq!(what, [What::Accepted, What::Closed(By::Device)]);
}

#[test]
fn a_plain_device_is_hung_up_on() {
    let mut sim = world(PLAIN, TlsManner::default());
    expect![[r#"
        00:00:02.000  0> connect tcp server:8883
        00:00:02.040  0< connected
        00:00:02.040  | connected	0
        00:00:02.040  0> "ping"
        00:00:02.080  0< sent
        00:00:02.080  | sent	0
        00:00:02.080  0< ended: closed
        00:00:02.080  | ended
    "#]]
    .assert_eq(&story(&mut sim));
    assert!(sim.server(8883).peer().record().is_empty(), "its program never hears of the line");
}

#[test]
fn what_is_wrong_with_a_certificate_is_found_only_by_who_looks() {
    let failure = TlsFailure::UnknownIssuer { issuer: "CN=stranger".into() };
    check(
        world(VERIFIED, fails(failure.clone())),
        expect![[r#"
        00:00:02.000  0> connect tls server:8883
        00:00:02.120  0< connect failed: unknown issuer
        00:00:02.120  | connected	1
    "#]],
    );
    let story = story(&mut world(UNVERIFIED, fails(failure)));
    assert!(story.contains("0< connected"), "{story}");
    let story = self::story(&mut world(UNVERIFIED, fails(TlsFailure::CipherRefused)));
    assert!(story.contains("0< connect failed: cipher refused"), "{story}");
}

#[test]
fn a_client_certificate_may_be_wanted() {
    let wants = TlsManner { wants_client_certificate: true, ..TlsManner::default() };
    let story = story(&mut world(VERIFIED, wants.clone()));
    assert!(story.contains("0< connect failed: client certificate wanted"), "{story}");
    let story = self::story(&mut world(BOTH, wants));
    assert!(story.contains("0< connected"), "{story}");
}

#[test]
fn a_server_may_go_away_in_the_middle_of_a_handshake() {
    let mut sim = world(VERIFIED, TlsManner::default());
    sim.server(8883).down(Instant::from_millis(2050)..at(3));
    check(
        sim,
        expect![[r#"
        00:00:02.000  0> connect tls server:8883
        00:00:02.080  0< connect failed: cut off in the handshake
        00:00:02.080  | connected	1
    "#]],
    );
}

#[test]
fn a_handshake_may_wait_for_the_radio() {
    let mut sim = world(VERIFIED, TlsManner::default());
    sim.inject(&Fault::parse("at 2050ms registration lost for 7950ms").unwrap(), None);
    let story = story(&mut sim);
    assert!(story.contains("00:00:10.060  0< connected"), "{story}");
}

#[test]
fn a_line_of_tls_ends_as_others_do() {
    let mut sim = world(VERIFIED, TlsManner::default());
    sim.server(8883).inject(at(5), Fault::now(Trouble::Close));
    let story = story(&mut sim);
    assert!(story.contains("00:00:05.020  0< ended: closed"), "{story}");
}
