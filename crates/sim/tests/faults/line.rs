//! What befalls packets between a device and its server.

use super::{CALLBACKS, TASK, at, beats_since, inject, story, struck, world};
use expect_test::expect;
use holdline_peer::{Act, Manner, Reply};

/// What is sent into it is held, sent again, and given up after 64 s; then the script begins anew.
#[test]
fn black_hole() {
    let mut sim = struck("at 15s black hole for 100s");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:01:25.120  0< send failed
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:01:25.120  | [I]-[socket:send]	send fail	RESPONSE
        00:01:25.120  | [I]-[socket:sock_close]	0
        00:01:25.120  0> close
        00:01:25.120  0< ended: timed out
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:25.120  0< closed
        00:01:30.120  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:01:30.120  0> connect tcp server.example:9999
        00:01:55.040  0< connected
        00:01:55.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:55.040  | [I]-[socket:connect: connect ok]
        00:01:55.040  0> "beat"
        00:01:55.080  0< sent
        00:01:55.080  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:02:05.080  0> "beat"
        00:02:05.120  0< sent
        00:02:05.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 130));
    assert!(beats_since(&mut sim, 115) > 0);
}

/// The server still hears of what it says being taken, and the device hears the server.
#[test]
fn black_hole_up() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s black hole up for 20s");
    expect![[r#"
        00:00:21.040  | send first 200 bytes	beat
        00:00:21.040  0> "beat"
        00:00:35.040  0< sent
        00:00:35.040  | socket sckrsp	0	SEND	SEND OK
        00:00:35.040  | told SEND true
        00:00:35.040  | send first 200 bytes	beat
        00:00:35.040  0> "beat"
        00:00:35.080  0< sent
        00:00:35.080  | socket sckrsp	0	SEND	SEND OK
        00:00:35.080  | told SEND true
        00:00:41.040  | send first 200 bytes	beat
        00:00:41.040  0> "beat"
        00:00:41.080  0< sent
        00:00:41.080  | socket sckrsp	0	SEND	SEND OK
        00:00:41.080  | told SEND true
    "#]]
    .assert_eq(&story(&mut sim, 15, 45));
}

/// The beats get there, and the device does not know: the line breaks though the server hears.
#[test]
fn black_hole_down() {
    let mut sim = struck("at 15s black hole down for 100s");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:01:25.120  0< send failed
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:01:25.120  | [I]-[socket:send]	send fail	RESPONSE
        00:01:25.120  | [I]-[socket:sock_close]	0
        00:01:25.120  0> close
        00:01:25.120  0< ended: timed out
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:25.120  0< closed
    "#]]
    .assert_eq(&story(&mut sim, 15, 90));
    assert!(beats_since(&mut sim, 15) > 0);
}

/// Where another machine has taken the place, the old line is dead and a new one works.
#[test]
fn half_open() {
    let mut sim = struck("at 15s half open");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:01:25.120  0< send failed
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:01:25.120  | [I]-[socket:send]	send fail	RESPONSE
        00:01:25.120  | [I]-[socket:sock_close]	0
        00:01:25.120  0> close
        00:01:25.120  0< ended: timed out
        00:01:25.120  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:25.120  0< closed
        00:01:30.120  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:01:30.120  0> connect tcp server.example:9999
        00:01:30.160  0< connected
        00:01:30.160  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:30.160  | [I]-[socket:connect: connect ok]
        00:01:30.160  0> "beat"
        00:01:30.200  0< sent
        00:01:30.200  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 100));
}

/// The reset that answers the device is lost in the hole; what it answers is sent again.
#[test]
fn a_reset_that_is_lost_is_asked_for_again() {
    let mut sim = struck("at 15s half open for 1s");
    inject(&mut sim, "at 20s black hole down for 5s");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:00:25.020  0< ended: reset
        00:00:25.020  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:00:25.020  | [I]-[socket:send]	send fail	RESPONSE
        00:00:25.020  | [I]-[socket:sock_close]	0
        00:00:25.020  | [I]-[socket.rtos.MSG_SOCK_CLOSE_IND]
        00:00:25.020  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
    "#]]
    .assert_eq(&story(&mut sim, 15, 26));
}

/// The machine is back, knows nothing of the line, and resets it when it hears of it.
#[test]
fn half_open_ends_with_a_reset() {
    let mut sim = struck("at 15s half open for 20s");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:00:35.040  0< ended: reset
        00:00:35.040  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:00:35.040  | [I]-[socket:send]	send fail	RESPONSE
        00:00:35.040  | [I]-[socket:sock_close]	0
        00:00:35.040  | [I]-[socket.rtos.MSG_SOCK_CLOSE_IND]
        00:00:35.040  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:40.040  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:40.040  0> connect tcp server.example:9999
        00:00:40.080  0< connected
        00:00:40.080  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:40.080  | [I]-[socket:connect: connect ok]
        00:00:40.080  0> "beat"
        00:00:40.120  0< sent
        00:00:40.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 45));
}

#[test]
fn latency() {
    let mut sim = struck("at 15s latency 800ms for 10s");
    expect![[r#"
        00:00:21.120  0> "beat"
        00:00:22.720  0< sent
        00:00:22.720  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:32.720  0> "beat"
        00:00:32.760  0< sent
        00:00:32.760  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]]
    .assert_eq(&story(&mut sim, 15, 35));
}

/// Each packet takes another time, and a stream stays in order.
#[test]
fn jitter() {
    let mut sim = struck("jitter 500ms");
    expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:01.000  0> connect tcp server.example:9999
        00:00:01.273  0< connected
        00:00:01.273  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:01.273  | [I]-[socket:connect: connect ok]
        00:00:01.273  0> "beat"
        00:00:01.592  0< sent
        00:00:01.592  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:11.592  0> "beat"
        00:00:11.908  0< sent
        00:00:11.908  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:21.908  0> "beat"
        00:00:22.246  0< sent
        00:00:22.246  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 1, 25));
}

/// Four bytes at two a second.
#[test]
fn rate() {
    let mut sim = struck("at 5s rate 2");
    expect![[r#"
        00:00:11.080  0> "beat"
        00:00:13.120  0< sent
        00:00:13.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:23.120  0> "beat"
    "#]]
    .assert_eq(&story(&mut sim, 10, 25));
}

/// The echo of a beat comes in pieces; the beat is confirmed once.
#[test]
fn split() {
    let mut sim = world(CALLBACKS);
    sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() });
    inject(&mut sim, "split 3");
    expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  | startconnectingtimer
        00:00:01.000  0> connect tcp server.example:9999
        00:00:01.040  0< connected
        00:00:01.040  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:01.040  | told CONNECT true
        00:00:01.040  | send first 200 bytes	beat
        00:00:01.040  | stopconnectingtimer	0
        00:00:01.040  0> "beat"
        00:00:01.080  0< "bea"
        00:00:01.080  | heard bea
        00:00:01.080  0< sent
        00:00:01.080  | socket sckrsp	0	SEND	SEND OK
        00:00:01.080  | told SEND true
        00:00:01.080  0< "t"
        00:00:01.080  | heard t
        00:00:11.040  | send first 200 bytes	beat
        00:00:11.040  0> "beat"
        00:00:11.080  0< "bea"
        00:00:11.080  | heard bea
        00:00:11.080  0< sent
        00:00:11.080  | socket sckrsp	0	SEND	SEND OK
        00:00:11.080  | told SEND true
        00:00:11.080  0< "t"
        00:00:11.080  | heard t
    "#]]
    .assert_eq(&story(&mut sim, 1, 12));
}

/// What the server says twice comes as one, and a send is confirmed when it gets there.
#[test]
fn merge() {
    let mut sim = world(CALLBACKS);
    sim.server(9999).plan(at(15), Act::SendAll(b"one".to_vec()));
    sim.server(9999).plan(at(16), Act::SendAll(b"two".to_vec()));
    inject(&mut sim, "merge 2s");
    expect![[r#"
        00:00:11.040  | send first 200 bytes	beat
        00:00:11.040  0> "beat"
        00:00:13.080  0< sent
        00:00:13.080  | socket sckrsp	0	SEND	SEND OK
        00:00:13.080  | told SEND true
        00:00:17.020  0< "onetwo"
        00:00:17.020  | heard onetwo
    "#]]
    .assert_eq(&story(&mut sim, 10, 20));
}

/// A mapping idle for eight seconds is gone: the next beat vanishes, and neither end is told.
#[test]
fn nat_idle() {
    let mut sim = struck("nat idle 8s for 30s");
    expect![[r#"
        00:00:11.080  0> "beat"
        00:01:15.080  0< send failed
        00:01:15.080  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:01:15.080  | [I]-[socket:send]	send fail	RESPONSE
        00:01:15.080  | [I]-[socket:sock_close]	0
        00:01:15.080  0> close
        00:01:15.080  0< ended: timed out
        00:01:15.080  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:15.080  0< closed
        00:01:20.080  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:01:20.080  0> connect tcp server.example:9999
        00:01:20.120  0< connected
        00:01:20.120  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:20.120  | [I]-[socket:connect: connect ok]
        00:01:20.120  0> "beat"
        00:01:20.160  0< sent
        00:01:20.160  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:01:30.160  0> "beat"
        00:01:30.200  0< sent
        00:01:30.200  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 10, 100));
}

/// A datagram after the pause makes a new mapping, and comes from a stranger.
#[test]
fn nat_idle_of_datagrams() {
    let mut sim = world(&TASK.replace("socket.HOW()", "socket.udp()"));
    inject(&mut sim, "nat idle 8s");
    sim.run_until(at(25));
    assert_eq!(sim.server(9999).peer().tally().connections, 3);
    assert_eq!(beats_since(&mut sim, 0), 3);
}
