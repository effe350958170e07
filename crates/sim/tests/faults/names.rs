//! Names that lead nowhere, late, or elsewhere.

use super::{TASK, beats_since, inject, story, struck, world};
use expect_test::expect;

#[test]
fn name_not_found() {
    let mut sim = struck("name not found for 10s");
    expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:01.000  0> connect tcp server.example:9999
        00:00:01.040  0< connect failed: name not found
        00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:01.040  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:01.040  | [I]-[socket:sock_close]	0
        00:00:01.040  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:06.040  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:06.040  0> connect tcp server.example:9999
        00:00:06.080  0< connect failed: name not found
        00:00:06.080  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:06.080  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:06.080  | [I]-[socket:sock_close]	0
        00:00:06.080  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:11.080  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:11.080  0> connect tcp server.example:9999
        00:00:11.120  0< connected
        00:00:11.120  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:11.120  | [I]-[socket:connect: connect ok]
        00:00:11.120  0> "beat"
        00:00:11.160  0< sent
        00:00:11.160  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 1, 13));
    assert!(beats_since(&mut sim, 10) > 0);
}

#[test]
fn name_slow() {
    let mut sim = struck("name slow 20s");
    expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:01.000  0> connect tcp server.example:9999
        00:00:21.040  0< connected
        00:00:21.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:21.040  | [I]-[socket:connect: connect ok]
        00:00:21.040  0> "beat"
        00:00:21.080  0< sent
        00:00:21.080  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 1, 22));
}

/// A line that stands stays; the next connect is refused until the name leads back.
#[test]
fn name_changed() {
    let mut sim = struck("at 3s name changed for 20s");
    inject(&mut sim, "at 8s close");
    expect![[r#"
        00:00:08.020  0< ended: closed
        00:00:08.020  | [I]-[socket.rtos.MSG_SOCK_CLOSE_IND]
        00:00:08.020  | [I]-[socket:sock_close]	0
        00:00:08.020  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:13.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:13.020  0> connect tcp server.example:9999
        00:00:13.060  0< connect failed: refused
        00:00:13.060  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:13.060  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:13.060  | [I]-[socket:sock_close]	0
        00:00:13.060  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:18.060  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:18.060  0> connect tcp server.example:9999
        00:00:18.100  0< connect failed: refused
        00:00:18.100  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	1
        00:00:18.100  | [I]-[socket:connect: connect fail]	RESPONSE
        00:00:18.100  | [I]-[socket:sock_close]	0
        00:00:18.100  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:23.100  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:23.100  0> connect tcp server.example:9999
        00:00:23.140  0< connected
        00:00:23.140  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:23.140  | [I]-[socket:connect: connect ok]
        00:00:23.140  0> "beat"
        00:00:23.180  0< sent
        00:00:23.180  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 3, 30));
}

/// An address needs no name.
#[test]
fn an_address_does_not_mind() {
    let mut sim = world(&TASK.replace("server.example", "192.0.2.1"));
    inject(&mut sim, "name not found");
    inject(&mut sim, "name slow 60s");
    inject(&mut sim, "name changed");
    sim.run_until(super::at(15));
    assert_eq!(beats_since(&mut sim, 0), 2);
}
