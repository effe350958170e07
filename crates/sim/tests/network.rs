//! What a script on the bare core sees of the network: each fault, to the millisecond.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Act, By, Entry, Manner, Reply, What};
use holdline_sim::{Keep, Sim};
use std::time::Duration;

/// Everything goes well: connect and send take a round trip each, an echo comes with the second.
#[test]
fn a_line_connects_sends_receives_and_closes() {
    let mut sim = world("if what == 'received' then socketcore.sock_close(0) end");
    sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() });
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:02.080  0< "ping\r\n"
            00:00:02.080  | received 0
            00:00:02.080  0> close
            00:00:02.120  0< closed
            00:00:02.120  | closed 0
        "#]],
    );
}

#[test]
fn nobody_listens() {
    check(
        world(""),
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connect failed: refused
            00:00:02.040  | connected 1
        "#]],
    );
}

#[test]
fn nobody_answers() {
    let mut sim = world("");
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 1000s port 9999").unwrap(), None);
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:01:17.000  0< connect failed: timed out
            00:01:17.000  | connected 1
        "#]],
    );
}

#[test]
fn the_server_is_down_then_up_then_killed() {
    let again = "if what == 'connected' and result ~= 0 then socketcore.sock_close(0) \
                 elseif what == 'closed' then rtos.timer_start(1, 2000) end";
    let mut sim = world(again);
    sim.server(9999).down(at(0)..at(3)).down(at(10)..at(20));
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connect failed: refused
            00:00:02.040  | connected 1
            00:00:02.040  | closed 0
            00:00:04.040  0> connect tcp 192.0.2.1:9999
            00:00:04.080  0< connected
            00:00:04.080  | connected 0
            00:00:04.080  0> "ping\r\n"
            00:00:04.120  0< sent
            00:00:04.120  | sent 0
            00:00:10.020  0< ended: closed
            00:00:10.020  | ended 0
        "#]],
    );
}

#[test]
fn the_server_resets() {
    let mut sim = world("");
    sim.server(9999).inject(at(5), Fault::now(Trouble::Reset));
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:05.020  0< ended: reset
            00:00:05.020  | ended 0
        "#]],
    );
}

/// Half-open: sends vanish, and the module gives up 4 x 16 s after the oldest.
#[test]
fn the_server_is_silently_gone() {
    let mut sim = world("if what == 'sent' and result == 0 then rtos.timer_start(2, 10000) end");
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s black hole for 995s port 9999").unwrap(), None);
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:12.080  0> "again\r\n"
            00:01:16.080  0< send failed
            00:01:16.080  | sent 1
            00:01:16.080  0< ended: timed out
            00:01:16.080  | ended 0
        "#]],
    );
}

/// The reset is lost on its way, but whoever sends on such a line is told.
#[test]
fn a_server_that_knows_nothing_of_a_line_resets_it() {
    let mut sim = world("if what == 'sent' and result == 0 then rtos.timer_start(2, 10000) end");
    sim.inject(&Fault::parse("at 5s black hole for 3s port 9999").unwrap(), None);
    sim.server(9999).inject(at(6), Fault::now(Trouble::Reset));
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:12.080  0> "again\r\n"
            00:00:12.120  0< ended: reset
            00:00:12.120  | sent 1
            00:00:12.120  | ended 0
        "#]],
    );
}

/// What could not leave goes out when the cell is back; the send is confirmed then.
#[test]
fn the_cell_is_lost_and_the_line_survives() {
    let mut sim = world("if what == 'sent' and result == 0 then rtos.timer_start(2, 10000) end");
    sim.server(9999).plan(at(20), Act::SendAll(b"held".to_vec()));
    sim.inject(&Fault::parse("at 5s registration lost for 45s").unwrap(), None);
    sim.run_until(at(60));
    let trace = without_boot(&sim);
    expect![[r#"
        00:00:02.000  0> connect tcp 192.0.2.1:9999
        00:00:02.040  0< connected
        00:00:02.040  | connected 0
        00:00:02.040  0> "ping\r\n"
        00:00:02.080  0< sent
        00:00:02.080  | sent 0
        00:00:05.000  cell lost
        00:00:05.000  unregistered
        00:00:12.080  0> "again\r\n"
        00:00:50.000  cell found
        00:00:50.020  0< "held"
        00:00:50.020  | received 0
        00:00:50.040  0< sent
        00:00:50.040  | sent 0
        00:00:50.300  registered
    "#]]
    .assert_eq(&trace);
    let server = sim.server(9999).peer();
    assert_eq!(server.tally().received.messages, 2);
}

/// A reset is sent once. Lost on its way, it leaves the server with a line that nobody else has.
#[test]
fn a_line_broken_off_out_of_reach_stays_open_at_the_server() {
    let mut sim = world(
        "if what == 'sent' then rtos.timer_start(3, 8000) end \
         if what == 'timer' then socketcore.sock_destroy(0) end",
    );
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s registration lost for 15s").unwrap(), None);
    sim.run_until(at(30));
    assert!(sim.trace().to_string().contains("00:00:10.080  0> abort"), "{}", sim.trace());
    let last = sim.server(9999).peer().record().last().unwrap();
    assert_eq!(last.what, What::Received(b"ping\r\n".to_vec()));
}

/// The address goes, and the lines with it; the server still believes in the line, until it speaks.
#[test]
fn the_link_is_lost_and_the_server_hears_nothing() {
    let mut sim = world("if what == 'offline' then socketcore.sock_close(0) end");
    sim.server(9999).plan(at(10), Act::SendAll(b"anybody".to_vec()));
    sim.inject(&Fault::parse("at 5s pdp lost").unwrap(), None);
    sim.run_until(at(60));
    expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:05.000  link lost
            00:00:05.000  0> abort
            00:00:05.000  IP lost
            00:00:05.000  | offline nil
            00:00:05.000  | closed 0
            00:00:05.200  IP ready
        "#]]
    .assert_eq(&without_boot(&sim));
    let last = sim.server(9999).peer().record().last().unwrap();
    let closed = Entry {
        at: Duration::from_millis(10_040),
        conn: last.conn,
        what: What::Closed(By::Device),
    };
    assert_eq!(*last, closed);
}

#[test]
fn the_sim_is_taken_out_and_put_back() {
    let mut sim = world("");
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s sim out for 3s").unwrap(), None);
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect tcp 192.0.2.1:9999
            00:00:02.040  0< connected
            00:00:02.040  | connected 0
            00:00:02.040  0> "ping\r\n"
            00:00:02.080  0< sent
            00:00:02.080  | sent 0
            00:00:05.000  SIM removed
            00:00:05.000  0> abort
            00:00:05.000  IP lost
            00:00:05.000  unregistered
            00:00:05.000  SIM gone
            00:00:05.000  | offline nil
            00:00:08.000  SIM inserted
            00:00:08.200  SIM ready
            00:00:08.500  registered
            00:00:08.800  attached
            00:00:09.000  IP ready
        "#]],
    );
}

/// A script that does not read is not flooded: the line pauses at 64 KB, and nothing is lost.
#[test]
fn a_script_that_does_not_read_is_not_flooded() {
    let mut sim = world(
        "if what == 'sent' then rtos.timer_start(3, 30000) end \
         if what == 'timer' then local n = 0 \
             while true do local s = socketcore.sock_recv(0, 10000) \
                 if s == '' then break end n = n + #s end \
             print('read', n, socketcore.sock_getremainbuf(0)) end",
    );
    let server = sim.server(9999);
    for _ in 0..10 {
        server.plan(at(5), Act::SendAll(vec![b'x'; 10_000]));
    }
    sim.run_until(at(40));
    let trace = without_boot(&sim);
    let before_pause = trace.split("00:00:05.020  0> pause").next().unwrap();
    assert_eq!(before_pause.matches("10000 bytes").count(), 7, "{trace}");
    assert_eq!(trace.matches("10000 bytes").count(), 10, "{trace}");
    assert!(trace.contains("00:00:32.080  | read\t70000\t0\n"), "{trace}");
    assert!(trace.contains("00:00:32.080  0> resume\n"), "{trace}");
}

#[test]
fn datagrams_need_no_connection_and_are_lost_without_a_trace() {
    let mut sim = Sim::new(1);
    let main = BARE.replace("sock_conn(0,", "sock_conn(1,").replace("--[[then]]", "");
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() }).down(at(0)..at(1));
    check(
        sim,
        expect![[r#"
            00:00:02.000  0> connect udp 192.0.2.1:9999
            00:00:02.000  0< connected
            00:00:02.000  | connected 0
            00:00:02.000  0> "ping\r\n"
            00:00:02.000  0< sent
            00:00:02.000  | sent 0
            00:00:02.040  0< "ping\r\n"
            00:00:02.040  | received 0
        "#]],
    );
}

/// Two devices are told apart, and two runs of one seed go the same way.
#[test]
fn one_seed_one_trace() {
    let run = |seed| {
        let mut sim = Sim::new(seed);
        for _ in 0..2 {
            let random = "print(math.random(1000000))";
            sim.device(Project::from_files([("main.lua", random)])).unwrap();
        }
        sim.run_until(at(1));
        (sim.trace().to_string(), sim.trace().hash())
    };
    let (trace, hash) = run(7);
    assert!(trace.contains("00:00:00.000  #1  | "), "{trace}");
    assert_eq!(run(7), (trace, hash));
    assert_ne!(run(8).1, hash);
}

#[test]
fn a_trace_keeps_what_it_is_told_to_and_hashes_all() {
    let run = |keep| {
        let mut sim = world("");
        sim.keep(keep);
        sim.server(9999);
        sim.run_until(at(3));
        let lines: Vec<_> = sim.trace().lines().map(str::to_owned).collect();
        (lines, sim.trace().hash())
    };
    let (all, hash) = run(Keep::All);
    let (last, last_hash) = run(Keep::Last(2));
    let (none, none_hash) = run(Keep::Hash);
    assert_eq!(last, all[all.len() - 2..]);
    assert!(none.is_empty());
    assert_eq!((last_hash, none_hash), (hash, hash));
}

/// Connects socket 0 at 2 s, pings once it stands, and prints every message; a test adds what else
/// it does.
const BARE: &str = r#"
    PROJECT, VERSION = "BARE", "1.0.0"
    local names = {
        [rtos.MSG_SOCK_CONN_CNF] = "connected", [rtos.MSG_SOCK_SEND_CNF] = "sent",
        [rtos.MSG_SOCK_RECV_IND] = "received", [rtos.MSG_SOCK_CLOSE_CNF] = "closed",
        [rtos.MSG_SOCK_CLOSE_IND] = "ended", [rtos.MSG_PDP_DEACT_IND] = "offline",
    }
    rtos.timer_start(1, 2000)
    while true do
        local message, timer = rtos.receive(rtos.INF_TIMEOUT)
        local what, result = "timer", nil
        if type(message) == "table" then
            what, result = names[message.id], message.result
            if what then print(what .. " " .. tostring(result)) end
        end
        if timer == 1 then socketcore.sock_conn(0, "192.0.2.1", 9999) end
        if timer == 2 then socketcore.sock_send(0, "again\r\n") end
        if timer ~= 3 and what == "timer" then what = "" end
        if what == "connected" and result == 0 then socketcore.sock_send(0, "ping\r\n") end
        --[[then]]
    end
"#;

fn world(then: &str) -> Sim {
    let mut sim = Sim::new(1);
    let main = BARE.replace("--[[then]]", then);
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// Two minutes of `sim`, from the connect on.
fn check(mut sim: Sim, expect: Expect) {
    sim.run_until(at(120));
    expect.assert_eq(&without_boot(&sim));
}

fn without_boot(sim: &Sim) -> String {
    sim.trace().lines().skip(5).map(|line| format!("{line}\n")).collect()
}
