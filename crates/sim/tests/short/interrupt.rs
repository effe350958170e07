//! Generation B, a `recv` that a message interrupts.

use super::{at, check, example, said_to_server};
use expect_test::expect;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Manner, Reply};

/// Three alarms at once, on a line so slow that a message published for `recv` would be lost.
#[test]
fn what_is_said_while_the_task_sends_is_sent_too() {
    let mut sim = example("task-interrupt");
    sim.inject(&Fault::parse("latency 600ms").unwrap(), None);
    sim.server(9999).behave(Manner { reply: Reply::Fixed(b"ok".to_vec()), ..Manner::default() });
    sim.run_until(at(95));
    expect![[r#"
        reading 1
        reading 2
        alarm 1
        alarm 2
        alarm 3
        reading 3
        reading 4
        reading 5
        alarm 1
        alarm 2
        alarm 3
        reading 6
        reading 7
        reading 8
        alarm 1
        alarm 2
        alarm 3
        reading 9"#]]
    .assert_eq(&said_to_server(&mut sim).join("\n"));
    assert!(sim.trace().lines().all(|line| !line.contains("error")));
}

/// Nothing of half a minute without a server is lost, and all is sent in order.
#[test]
fn what_could_not_be_sent_waits_for_the_next_line() {
    let mut sim = example("task-interrupt");
    sim.server(9999).down(at(15)..at(45));
    sim.run_until(at(65));
    expect![[r#"
        reading 1
        reading 2
        alarm 1
        alarm 2
        alarm 3
        reading 3
        reading 4
        reading 5
        alarm 1
        alarm 2
        alarm 3
        reading 6"#]]
    .assert_eq(&said_to_server(&mut sim).join("\n"));
}

/// A half-open line is noticed by the send that is never confirmed; what it carried is sent again.
#[test]
fn a_dead_line_is_replaced() {
    let mut sim = example("task-interrupt");
    sim.server(9999);
    sim.inject(&Fault::parse("at 15s black hole for 185s port 9999").unwrap(), None);
    sim.server(9999).inject(at(300), Fault::now(Trouble::Reset));
    check(
        sim,
        310,
        &["connect", "ended", "closed", "send fail"],
        expect![[r#"
            00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | [I]-[socket:connect: connect ok]
            00:01:24.000  0< send failed
            00:01:24.000  | [I]-[socket:send]	send fail	RESPONSE
            00:01:24.000  0< ended: timed out
            00:01:24.000  0< closed
            00:01:26.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:01:26.000  0> connect tcp 192.0.2.1:9999
            00:02:41.000  0< connect failed: timed out
            00:02:41.000  | [I]-[socket:connect: connect fail]	RESPONSE
            00:02:43.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:02:43.000  0> connect tcp 192.0.2.1:9999
            00:03:20.040  0< connected
            00:03:20.040  | [I]-[socket:connect: connect ok]
            00:05:00.020  0< ended: reset
            00:05:00.020  | [I]-[socket:send]	send fail	RESPONSE
            00:05:02.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:05:02.020  0> connect tcp 192.0.2.1:9999
            00:05:02.060  0< connected
            00:05:02.060  | [I]-[socket:connect: connect ok]
        "#]],
    );
}
