//! Faults of the line and of the module that begin with a connect, a byte, a message or a text.

use super::{CALLBACKS, TASK, at, beats_since, inject, story, struck, world};
use expect_test::expect;
use holdline_device::{Power, Project, Sharing, Vm};
use holdline_peer::fault::{Make, WORDS, Who};
use holdline_peer::{Framing, Manner, Reply};
use holdline_sim::{DeviceId, Sim};
use std::rc::Rc;
use std::time::Duration;

/// When the faults of a world have begun.
fn begun(sim: &Sim) -> Vec<String> {
    sim.faults().iter().map(|happening| happening.began.to_string()).collect()
}

/// The device dials after a second, and its beats of four bytes come in at 1.060 s, 11.100 s and
/// 21.140 s.
#[test]
fn each_trouble_begins_as_each_schedule_says() {
    for word in WORDS.iter().filter(|word| word.who != Who::Server) {
        let what = match word.make {
            Make::Plain(trouble) => trouble,
            Make::Time(make) => make(Duration::from_secs(1)),
            Make::Number(make) => make(10),
        };
        for (when, expected) in [
            ("connect 1", "00:00:01.000"),
            ("after 4 bytes", "00:00:01.060"),
            ("after 9 bytes", "00:00:21.140"),
            ("after 2 messages", "00:00:11.100"),
            ("on \"tbeat\"", "00:00:11.100"),
        ] {
            let mut sim = struck(&format!("{what} {when}"));
            sim.run_until(at(60));
            assert_eq!(begun(&sim), [expected], "{what} {when}");
        }
        let mut sim = struck(&format!("{what} connect 2"));
        sim.run_until(at(60));
        assert_eq!(begun(&sim), [""; 0], "{what}");
    }
}

/// The lines before and after it are none of its business.
#[test]
fn a_black_hole_of_one_connect_swallows_that_line_alone() {
    let mut sim = world(TASK);
    inject(&mut sim, "black hole connect 2");
    inject(&mut sim, "at 15s close");
    expect![[r#"
        00:00:15.020  0< ended: closed
        00:00:15.020  | [I]-[socket.rtos.MSG_SOCK_CLOSE_IND]
        00:00:15.020  | [I]-[socket:sock_close]	0
        00:00:15.020  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:20.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:20.020  0> connect tcp server.example:9999
        00:01:35.020  0< connect failed: timed out
        00:01:35.020  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:01:35.020  | [I]-[socket:connect: connect fail]	RESPONSE
        00:01:35.020  | [I]-[socket:sock_close]	0
        00:01:35.020  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:40.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:01:40.020  0> connect tcp server.example:9999
        00:01:40.060  0< connected
        00:01:40.060  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:40.060  | [I]-[socket:connect: connect ok]
        00:01:40.060  0> "beat"
        00:01:40.100  0< sent
        00:01:40.100  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 110));
    assert_eq!((beats_since(&mut sim, 0), beats_since(&mut sim, 100)), (3, 1));
    let ended: Vec<_> = sim.faults().iter().map(|happening| happening.ended).collect();
    assert!(ended.iter().all(Option::is_some), "{ended:?}");
}

/// `for` counts from each connect.
#[test]
fn a_range_of_connects_is_hit_one_by_one() {
    let mut sim = struck("latency 2s connects 1 to 2 for 3s");
    inject(&mut sim, "at 15s close");
    inject(&mut sim, "at 30s close");
    sim.run_until(at(60));
    let spans = sim.faults().into_iter().filter(|one| one.fault.lasts.is_some());
    let spans: Vec<_> =
        spans.map(|one| format!("{} to {}", one.began, one.ended.unwrap())).collect();
    expect![[r#"
        00:00:01.000 to 00:00:04.000
        00:00:20.020 to 00:00:23.020"#]]
    .assert_eq(&spans.join("\n"));
}

/// The machine accepts the line and is gone: what the device says is never answered.
#[test]
fn half_open_with_a_connect_is_a_line_that_is_dead_from_the_start() {
    let mut sim = struck("half open connect 1");
    expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:01.000  0> connect tcp server.example:9999
        00:00:01.040  0< connected
        00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:01.040  | [I]-[socket:connect: connect ok]
        00:00:01.040  0> "beat"
        00:01:05.040  0< send failed
        00:01:05.040  | [I]-[socket:on_response:]	0	SOCKET_SEND	1
        00:01:05.040  | [I]-[socket:send]	send fail	RESPONSE
        00:01:05.040  | [I]-[socket:sock_close]	0
        00:01:05.040  0> close
        00:01:05.040  0< ended: timed out
        00:01:05.040  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:01:05.040  0< closed
        00:01:10.040  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:01:10.040  0> connect tcp server.example:9999
        00:01:10.080  0< connected
        00:01:10.080  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:01:10.080  | [I]-[socket:connect: connect ok]
        00:01:10.080  0> "beat"
        00:01:10.120  0< sent
        00:01:10.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 1, 75));
}

#[test]
fn a_name_is_not_found_for_the_connects_that_are_counted() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "name not found 2 connects");
    expect![[r#"
        00:00:00.000  power on
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | setupip: wait cgatt
        00:00:00.000  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
        00:00:00.000  | poweron reason:	0	Air202	CALLBACKS	1.0.0	2.4.0	Luat_V0026_RDA8910_TTS_FLOAT
        00:00:00.200  SIM ready
        00:00:00.500  registered
        00:00:00.800  attached
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  | startconnectingtimer
        00:00:01.000  0> connect tcp server.example:9999
        00:00:01.040  0< connect failed: name not found
        00:00:01.040  | socket sckrsp	0	CONNECT	CONNECT FAIL
        00:00:01.040  | told CONNECT false
        00:00:01.040  | stopconnectingtimer	0
        00:00:06.040  | link.connect	0	TCP	server.example	9999	IP STATUS	false	false
        00:00:06.040  | startconnectingtimer
        00:00:06.040  0> connect tcp server.example:9999
        00:00:06.080  0< connect failed: name not found
        00:00:06.080  | socket sckrsp	0	CONNECT	CONNECT FAIL
        00:00:06.080  | told CONNECT false
        00:00:06.080  | stopconnectingtimer	0
        00:00:11.080  | link.connect	0	TCP	server.example	9999	IP STATUS	false	false
        00:00:11.080  | startconnectingtimer
        00:00:11.080  0> connect tcp server.example:9999
        00:00:11.120  0< connected
        00:00:11.120  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:11.120  | told CONNECT true
        00:00:11.120  | send first 200 bytes	beat
        00:00:11.120  | stopconnectingtimer	0
        00:00:11.120  0> "beat"
        00:00:11.160  0< sent
        00:00:11.160  | socket sckrsp	0	SEND	SEND OK
        00:00:11.160  | told SEND true
    "#]]
    .assert_eq(&story(&mut sim, 0, 14));
}

/// What comes up to there is treated as ever; on a text the fault takes the answer's place.
#[test]
fn after_leaves_the_answer_alone_and_on_takes_it() {
    for (words, heard) in [
        ("black hole after 4 bytes", 1),
        ("black hole after 1 message", 1),
        ("black hole on \"beat\"", 0),
        ("black hole up after 4 bytes", 1),
        ("power cut on \"beat\"", 0),
    ] {
        let mut sim = struck(words);
        sim.server(9999).behave(Manner { reply: Reply::Echo, ..Manner::default() });
        let told = story(&mut sim, 0, 2);
        assert_eq!(told.matches("| heard beat").count(), heard, "{words}\n{told}");
        assert_eq!(beats_since(&mut sim, 0), 1, "{words}");
    }
}

/// A fault of the module is there for each connect that is counted.
#[test]
fn the_power_is_cut_at_each_of_some_connects() {
    let mut sim = struck("power cut connects 2 to 3");
    inject(&mut sim, "at 15s close");
    sim.run_until(at(60));
    expect![[r#"
        00:00:15.000
        00:00:20.020
        00:00:22.020"#]]
    .assert_eq(&begun(&sim).join("\n"));
    assert!(beats_since(&mut sim, 40) > 0);
}

/// Messages are those that the server cuts the stream into, also by a pause.
#[test]
fn messages_are_the_servers() {
    let pause = Framing::Idle(Duration::from_secs(5));
    for (framing, expected) in [(pause, &["00:00:06.060"][..]), (Framing::Line, &[])] {
        let mut sim = struck("pdp lost after 1 message");
        sim.server(9999).behave(Manner { framing, ..Manner::default() });
        sim.run_until(at(60));
        assert_eq!(begun(&sim), expected);
    }
}

/// One that restarts because of it does not take the others with it.
#[test]
fn each_device_counts_and_is_struck_for_itself() {
    let mut sim = Sim::new(1);
    sim.server(9999);
    inject(&mut sim, "power cut on \"beatbeat\"");
    let project = Rc::new(Project::from_files([("main.lua", TASK.replace("HOW", "tcp"))]));
    for _ in 0..2 {
        let vm = Vm::new(Rc::clone(&project), Sharing::Alone).unwrap();
        sim.device_in(&vm, Power::default());
        sim.run_until(sim.now() + Duration::from_secs(5));
    }
    sim.run_until(at(60));
    let struck: Vec<_> = sim.faults().iter().map(|one| (one.whom, one.began.to_string())).collect();
    let expected = [(0, "00:00:11.100"), (1, "00:00:16.100")];
    assert_eq!(struck, expected.map(|(id, at)| (Some(DeviceId(id)), at.to_owned())));
}

/// What stands between gives the line another number, and it stays the same line.
#[test]
fn datagrams_are_counted_for_as_long_as_the_line_stands() {
    let source = TASK.replace("HOW", "udp").replace("10000", "60000");
    let mut sim = Sim::new(1);
    sim.device(Project::from_files([("main.lua", source)])).unwrap();
    sim.server(9999);
    inject(&mut sim, "nat idle 30s");
    inject(&mut sim, "pdp lost after 3 messages");
    sim.run_until(at(200));
    assert_eq!(begun(&sim)[1..], ["00:02:01.020"]);
}
