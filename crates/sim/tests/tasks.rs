//! Generation B's tutorial programs: what they promise, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::{BootPlan, Power, Project, Sharing, Vm};
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Act, Manner, Reply};
use holdline_sim::Sim;
use std::path::Path;
use std::rc::Rc;

/// Another task publishes every half second; each message interrupts `recv` and is sent.
#[test]
fn recv_is_interrupted_by_a_message() {
    let mut sim = example("task-long-connection");
    sim.server(9999);
    sim.run_until(at(20));
    let server = sim.server(9999).peer().tally();
    assert_eq!((server.received.messages, server.received.bytes), (10, 102_400));
    check(
        sim,
        20,
        &["connect", "send]", "0>", "0<", "notice"],
        expect![[r#"
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:00:01.040  0< connected
        00:00:01.040  | [I]-[socket:connect: connect ok]
        00:00:12.000  | [I]-[to send]	10240	012345678901234567890123456789
        00:00:12.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:12.040  0< sent
        00:00:12.500  | [I]-[to send]	20480	012345678901234567890123456789
        00:00:12.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:12.540  0< sent
        00:00:13.000  | [I]-[to send]	30720	012345678901234567890123456789
        00:00:13.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:13.040  0< sent
        00:00:13.500  | [I]-[to send]	40960	012345678901234567890123456789
        00:00:13.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:13.540  0< sent
        00:00:14.000  | [I]-[to send]	51200	012345678901234567890123456789
        00:00:14.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:14.040  0< sent
        00:00:14.500  | [I]-[to send]	61440	012345678901234567890123456789
        00:00:14.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:14.540  0< sent
        00:00:15.000  | [I]-[to send]	71680	012345678901234567890123456789
        00:00:15.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:15.040  0< sent
        00:00:15.500  | [I]-[to send]	81920	012345678901234567890123456789
        00:00:15.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:15.540  0< sent
        00:00:16.000  | [I]-[to send]	92160	012345678901234567890123456789
        00:00:16.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:16.040  0< sent
        00:00:16.500  | [I]-[to send]	102400	012345678901234567890123456789
        00:00:16.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:16.540  0< sent
    "#]],
    );
}

/// When a send takes longer than the time to the next message, messages are lost, and the author
/// hears of it.
#[test]
fn a_message_published_while_sending_is_lost() {
    let mut sim = example("task-long-connection");
    sim.inject(&Fault::parse("latency 600ms").unwrap(), None);
    sim.server(9999);
    sim.run_until(at(30));
    assert_eq!(sim.server(9999).peer().tally().received.messages, 4);
    check(
        sim,
        30,
        &["0>", "0<", "notice"],
        expect![[r#"
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:00:02.200  0< connected
        00:00:12.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:12.500  notice LostPublish at testSocket.lua:44 `pub_msg` `send`
        00:00:13.200  0< sent
        00:00:13.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:14.700  0< sent
        00:00:15.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:16.200  0< sent
        00:00:16.500  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
        00:00:17.700  0< sent
    "#]],
    );
}

/// Two minutes without traffic, then a ping, again and again.
#[test]
fn a_quiet_line_is_pinged() {
    let mut sim = example("task-long-connection");
    sim.server(9999).behave(Manner { reply: Reply::Fixed(b"pong".to_vec()), ..Manner::default() });
    check(
        sim,
        400,
        &["ping", "pong"],
        expect![[r#"
        00:00:12.040  0< "pong"
        00:00:12.040  | [I]-[received]	4	pong
        00:00:12.540  0< "pong"
        00:00:12.540  | [I]-[received]	8	pong
        00:00:13.040  0< "pong"
        00:00:13.040  | [I]-[received]	12	pong
        00:00:13.540  0< "pong"
        00:00:13.540  | [I]-[received]	16	pong
        00:00:14.040  0< "pong"
        00:00:14.040  | [I]-[received]	20	pong
        00:00:14.540  0< "pong"
        00:00:14.540  | [I]-[received]	24	pong
        00:00:15.040  0< "pong"
        00:00:15.040  | [I]-[received]	28	pong
        00:00:15.540  0< "pong"
        00:00:15.540  | [I]-[received]	32	pong
        00:00:16.040  0< "pong"
        00:00:16.040  | [I]-[received]	36	pong
        00:00:16.540  0< "pong"
        00:00:16.540  | [I]-[received]	40	pong
        00:02:16.540  | [I]-[quiet, ping]
        00:02:16.540  0> "ping"
        00:02:16.580  0< "pong"
        00:02:16.580  | [I]-[received]	44	pong
        00:04:16.580  | [I]-[quiet, ping]
        00:04:16.580  0> "ping"
        00:04:16.620  0< "pong"
        00:04:16.620  | [I]-[received]	48	pong
        00:06:16.620  | [I]-[quiet, ping]
        00:06:16.620  0> "ping"
        00:06:16.660  0< "pong"
        00:06:16.660  | [I]-[received]	52	pong
    "#]],
    );
}

/// Without a network the device restarts after ninety seconds.
#[test]
fn without_a_network_the_device_restarts() {
    let mut sim = example("task-long-connection");
    sim.inject(&Fault::parse("registration lost for 1000s").unwrap(), None);
    check(
        sim,
        200,
        &["restart"],
        expect![[r#"
            00:01:31.000  | [W]-[sys.restart]	no network
            00:01:31.000  restart asked for: no network
            00:03:02.500  | [W]-[sys.restart]	no network
            00:03:02.500  restart asked for: no network
        "#]],
    );
}

#[test]
fn refused() {
    check(
        example("task-long-connection"),
        6,
        &[],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:00:01.040  0< connect failed: refused
        00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:01.040  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:03.040  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:03.040  0> connect tcp 192.0.2.1:9999
        00:00:03.080  0< connect failed: refused
        00:00:03.080  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:03.080  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:05.080  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:05.080  0> connect tcp 192.0.2.1:9999
        00:00:05.120  0< connect failed: refused
        00:00:05.120  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:05.120  | [I]-[socket:connect: connect fail]	RESPONSE
    "#]],
    );
}

#[test]
fn unanswered() {
    let mut sim = example("task-long-connection");
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 90s port 9999").unwrap(), None);
    check(
        sim,
        92,
        &["socket", "0>", "0<"],
        expect![[r#"
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:01:16.000  0< connect failed: timed out
        00:01:16.000  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:01:16.000  | [I]-[socket:connect: connect fail]	RESPONSE
        00:01:18.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:01:18.000  0> connect tcp 192.0.2.1:9999
        00:01:30.040  0< connected
        00:01:30.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:30.040  | [I]-[socket:connect: connect ok]
    "#]],
    );
}

#[test]
fn closed_by_the_server() {
    let mut sim = example("task-long-connection");
    sim.server(9999).inject(at(5), Fault::now(Trouble::Close));
    check(
        sim,
        8,
        &["socket", "line lost", "0>", "0<"],
        expect![[r#"
            00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
            00:00:01.040  | [I]-[socket:connect: connect ok]
            00:00:05.020  0< ended: closed
            00:00:05.020  | [I]-[socket.rtos.MSG_SOCK_CLOSE_IND]
            00:00:05.020  | [I]-[line lost]	CLOSED
            00:00:05.020  | [I]-[socket:sock_close]	0
            00:00:05.020  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
            00:00:07.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:00:07.020  0> connect tcp 192.0.2.1:9999
            00:00:07.060  0< connected
            00:00:07.060  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
            00:00:07.060  | [I]-[socket:connect: connect ok]
        "#]],
    );
}

#[test]
fn reset_by_the_server() {
    let mut sim = example("task-long-connection");
    sim.server(9999).inject(at(5), Fault::now(Trouble::Reset));
    check(
        sim,
        8,
        &["line lost", "0>", "0<"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:05.020  0< ended: reset
            00:00:05.020  | [I]-[line lost]	CLOSED
            00:00:07.020  0> connect tcp 192.0.2.1:9999
            00:00:07.060  0< connected
        "#]],
    );
}

/// The server is gone without a word: the first message is resent for 64 s, then the line is over.
#[test]
fn half_open() {
    let mut sim = example("task-long-connection");
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s black hole for 85s port 9999").unwrap(), None);
    check(
        sim,
        95,
        &["socket", "line lost", "notice", "0>", "0<"],
        expect![[r#"
            00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
            00:00:01.040  | [I]-[socket:connect: connect ok]
            00:00:12.000  0> "012345678901234567890123456789012345678901234567890123456789"... 10240 bytes
            00:00:12.500  notice LostPublish at testSocket.lua:44 `pub_msg` `send`
            00:01:16.000  0< send failed
            00:01:16.000  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
            00:01:16.000  | [I]-[socket:send]	send fail	RESPONSE
            00:01:16.000  | [I]-[socket:sock_close]	0
            00:01:16.000  0> close
            00:01:16.000  0< ended: timed out
            00:01:16.000  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
            00:01:16.000  0< closed
            00:01:18.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:01:18.000  0> connect tcp 192.0.2.1:9999
            00:01:30.040  0< connected
            00:01:30.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
            00:01:30.040  | [I]-[socket:connect: connect ok]
        "#]],
    );
}

/// An IP error ends `recv`; the task closes, waits for the network and connects anew.
#[test]
fn network_lost() {
    let mut sim = example("task-long-connection");
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s pdp lost").unwrap(), None);
    check(
        sim,
        8,
        &["lost", "IP", "socket", "0>", "0<"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:00:01.040  0< connected
        00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:01.040  | [I]-[socket:connect: connect ok]
        00:00:05.000  link lost
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.000  | [I]-[line lost]	IP_ERROR_IND
        00:00:05.000  | [I]-[socket:sock_close]	0
        00:00:05.000  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:05.200  IP ready
        00:00:07.000  | [I]-[publish IP_READY_IND]
        00:00:07.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
        00:00:07.000  0> connect tcp 192.0.2.1:9999
        00:00:07.040  0< connected
        00:00:07.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:07.040  | [I]-[socket:connect: connect ok]
    "#]],
    );
}

/// `asyncSelect` pings after a minute without a send; a report goes out every ninety seconds.
#[test]
fn asynchronous_sends_put_the_ping_off() {
    let mut sim = example("task-async");
    sim.server(9999).plan(at(65), Act::SendAll(b"news".to_vec()));
    check(
        sim,
        250,
        &["0>", "0<", "received"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:01:01.040  0> "ping"
            00:01:01.080  0< sent
            00:01:05.020  0< "news"
            00:01:06.000  | [I]-[received]	news
            00:01:30.000  0> "report\r\n"
            00:01:30.040  0< sent
            00:02:30.040  0> "ping"
            00:02:30.080  0< sent
            00:03:00.000  0> "report\r\n"
            00:03:00.040  0< sent
            00:04:00.040  0> "ping"
            00:04:00.080  0< sent
        "#]],
    );
}

#[test]
fn a_callback_takes_data_and_answers_and_the_library_pings() {
    let mut sim = example("task-async-callback");
    sim.server(9999).plan(at(5), Act::SendAll(b"news".to_vec()));
    check(
        sim,
        130,
        &["0>", "0<", "received"],
        expect![[r#"
        00:00:01.000  0> connect tcp 192.0.2.1:9999
        00:00:01.040  0< connected
        00:00:05.020  0< "news"
        00:00:05.020  | [I]-[received]	0	news
        00:00:05.020  0> "got 4 bytes\r\n"
        00:00:05.060  0< sent
        00:01:05.060  0> "ping"
        00:01:05.100  0< sent
        00:02:05.100  0> "ping"
        00:02:05.140  0< sent
    "#]],
    );
}

#[test]
fn datagrams_are_reported_and_answered() {
    let mut sim = example("udp");
    sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() });
    check(
        sim,
        23,
        &["0>", "0<", "received"],
        expect![[r#"
        00:00:01.000  0> connect udp 192.0.2.1:9999
        00:00:01.000  0< connected
        00:00:11.000  0> "report\r\n"
        00:00:11.000  0< sent
        00:00:11.040  0< "report\r\n"
        00:00:11.040  | [I]-[received]	report\r\n
        00:00:21.040  0> "report\r\n"
        00:00:21.040  0< sent
        00:00:21.080  0< "report\r\n"
        00:00:21.080  | [I]-[received]	report\r\n
    "#]],
    );
}

/// A module has eight sockets; the ninth connect is refused by the core.
#[test]
fn the_ninth_socket_is_refused() {
    let main = r#"
        PROJECT, VERSION = "NINE", "1.0.0"
        require "sys"
        require "socket"
        for i = 1, 9 do
            sys.taskInit(function()
                sys.waitUntil("IP_READY_IND")
                print(i, socket.tcp():connect("192.0.2.1", 9999))
            end)
        end
        sys.init(0, 0)
        sys.run()
    "#;
    let mut sim = Sim::new(1);
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim.server(9999);
    check(
        sim,
        2,
        &["core sock conn", "true", "false"],
        expect![[r#"
        00:00:01.000  | [I]-[socket:connect: core sock conn error]	TCP	192.0.2.1	9999	nil
        00:00:01.000  | 9	false
        00:00:01.040  | 1	true	0
        00:00:01.040  | 2	true	1
        00:00:01.040  | 3	true	2
        00:00:01.040  | 4	true	3
        00:00:01.040  | 5	true	4
        00:00:01.040  | 6	true	5
        00:00:01.040  | 7	true	6
        00:00:01.040  | 8	true	7
    "#]],
    );
}

/// The times of a real module, from power-on.
#[test]
fn a_module_takes_its_time_to_come_up() {
    let vm = Vm::new(Rc::new(load("task-long-connection")), Sharing::Alone).unwrap();
    let mut sim = Sim::new(1);
    sim.server(9999);
    sim.device_in(&vm, Power { boot: BootPlan::MODULE, ..Power::default() });
    check(
        sim,
        9,
        &["SIM", "registered", "attached", "IP", "0>", "0<"],
        expect![[r#"
        00:00:01.100  SIM ready
        00:00:03.100  registered
        00:00:05.140  attached
        00:00:07.240  IP ready
        00:00:07.240  | [I]-[publish IP_READY_IND]
        00:00:08.000  0> connect tcp 192.0.2.1:9999
        00:00:08.040  0< connected
    "#]],
    );
}

fn load(name: &str) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    Project::load(&folder).unwrap()
}

fn example(name: &str) -> Sim {
    let mut sim = Sim::new(1);
    sim.device(load(name)).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

/// The lines of the first `seconds` with one of `words` in them, or all, from 1 s on.
fn check(mut sim: Sim, seconds: u64, words: &[&str], expect: Expect) {
    sim.run_until(at(seconds));
    let wanted = |line: &&str| words.is_empty() || words.iter().any(|word| line.contains(word));
    let lines = sim.trace().lines().filter(|line| *line >= "00:00:01.000").filter(wanted);
    expect.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}
