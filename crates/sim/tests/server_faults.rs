//! What a server does wrong by itself, as a script on the bare core sees it.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use holdline_peer::{Manner, Reply};
use holdline_sim::{Keep, Sim, TlsManner};

/// Connects each second at which it has no line, and sends once a line stands.
const MAIN: &str = r#"
local core = socketcore
local id, socket_kind, more = nil, KIND
rtos.timer_start(1, 1000)
while true do
    local m = rtos.receive(0)
    if m == rtos.MSG_TIMER then
        if not id then id = core.sock_conn(socket_kind, "server", 9999, { caCert = "PEM" }) end
        rtos.timer_start(1, 1000)
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        print(m.result == 0 and "connected" or "not connected")
        if m.result == 0 then core.sock_send(id, "heart data") else core.sock_close(id) end
    elseif m.id == rtos.MSG_SOCK_RECV_IND then print("received", core.sock_recv(id, 100))
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then print("ended") core.sock_close(id)
    elseif m.id == rtos.MSG_SOCK_CLOSE_CNF then id = nil
    end
end
"#;

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn world(kind: u8) -> Sim {
    let mut sim = Sim::new(1);
    let main = MAIN.replace("KIND", &kind.to_string());
    sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() });
    if kind == 2 {
        sim.server(9999).speak_tls(TlsManner::default());
    }
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim
}

fn fault(sim: &mut Sim, words: &str) {
    let now = sim.now();
    sim.server(9999).inject(now, Fault::parse(words).unwrap());
}

/// What the script printed until `end`.
fn check(mut sim: Sim, end: Instant, expected: Expect) {
    sim.keep(Keep::All);
    sim.run_until(end);
    let lines = sim.trace().lines().filter(|line| line.contains("  | "));
    expected.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

#[test]
fn connects_are_refused_by_count() {
    let mut sim = world(0);
    fault(&mut sim, "refuse 3 connects");
    check(
        sim,
        at(9),
        expect![[r#"
            00:00:01.040  | not connected
            00:00:02.040  | not connected
            00:00:03.040  | not connected
            00:00:04.040  | connected
            00:00:04.080  | received	heart data
        "#]],
    );
}

#[test]
fn the_line_breaks_where_an_answer_would_have_come() {
    let mut sim = world(0);
    fault(&mut sim, "reset on \"heart\"");
    check(
        sim,
        at(6),
        expect![[r#"
            00:00:01.040  | connected
            00:00:01.080  | ended
            00:00:02.040  | connected
            00:00:02.080  | received	heart data
        "#]],
    );
}

#[test]
fn a_server_hangs_in_the_middle_of_a_run() {
    let mut sim = world(0);
    sim.run_until(at(1));
    fault(&mut sim, "silent for 10s");
    sim.run_until(at(10));
    fault(&mut sim, "at 15s server down for 3s");
    check(
        sim,
        at(20),
        expect![[r#"
            00:00:01.040  | connected
            00:00:15.020  | ended
            00:00:16.040  | not connected
            00:00:17.040  | not connected
            00:00:18.040  | connected
            00:00:18.080  | received	heart data
        "#]],
    );
}

#[test]
fn handshakes_fail_whose_connects_are_counted() {
    let mut sim = world(2);
    fault(&mut sim, "tls cut off connects 2 to 3");
    fault(&mut sim, "close connect 1");
    check(
        sim,
        at(6),
        expect![[r#"
        00:00:01.120  | connected
        00:00:01.120  | ended
        00:00:02.120  | not connected
        00:00:03.120  | not connected
        00:00:04.120  | connected
        00:00:04.160  | received	heart data
    "#]],
    );
}

#[test]
fn handshakes_fail_for_a_while() {
    let mut sim = world(2);
    fault(&mut sim, "tls expired for 4s");
    check(
        sim,
        at(6),
        expect![[r#"
            00:00:01.120  | not connected
            00:00:02.120  | not connected
            00:00:03.120  | not connected
            00:00:04.120  | connected
            00:00:04.160  | received	heart data
        "#]],
    );
}
