//! The address, the cell, the signal and the radio.

use super::{CALLBACKS, TASK, inject, story, struck, world};
use expect_test::expect;

#[test]
fn pdp_lost() {
    let mut sim = struck("at 15s pdp lost");
    expect![[r#"
        00:00:15.000  link lost
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  | [I]-[socket:sock_close]	0
        00:00:15.000  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:15.200  IP ready
        00:00:17.000  | [I]-[publish IP_READY_IND]
        00:00:20.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:20.000  0> connect tcp server.example:9999
        00:00:20.040  0< connected
        00:00:20.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:20.040  | [I]-[socket:connect: connect ok]
        00:00:20.040  0> "beat"
        00:00:20.080  0< sent
        00:00:20.080  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 25));
}

/// The address stands, and what was sent meanwhile goes out afterwards.
#[test]
fn registration_lost() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s registration lost for 20s");
    expect![[r#"
        00:00:15.000  cell lost
        00:00:15.000  unregistered
        00:00:21.040  | send first 200 bytes	beat
        00:00:21.040  0> "beat"
        00:00:35.000  cell found
        00:00:35.040  0< sent
        00:00:35.040  | socket sckrsp	0	SEND	SEND OK
        00:00:35.040  | told SEND true
        00:00:35.040  | send first 200 bytes	beat
        00:00:35.040  0> "beat"
        00:00:35.080  0< sent
        00:00:35.080  | socket sckrsp	0	SEND	SEND OK
        00:00:35.080  | told SEND true
        00:00:35.300  registered
        00:00:41.040  | send first 200 bytes	beat
        00:00:41.040  0> "beat"
        00:00:41.080  0< sent
        00:00:41.080  | socket sckrsp	0	SEND	SEND OK
        00:00:41.080  | told SEND true
    "#]]
    .assert_eq(&story(&mut sim, 15, 45));
}

/// The module says so when it is asked, and its packets take long.
#[test]
fn weak_signal() {
    let ask = r#"sys.subscribe("GSM_SIGNAL_REPORT_IND", function(ok, rssi) print("rssi " .. rssi) end)
        net.startQueryAll(10000, 600000)"#;
    let mut sim = world(&TASK.replace("--[[more]]", ask));
    inject(&mut sim, "at 15s weak signal for 30s");
    expect![[r#"
        00:00:10.000  | rssi 25
        00:00:11.080  0> "beat"
        00:00:11.120  0< sent
        00:00:11.120  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:15.000  signal 5
        00:00:20.000  | rssi 5
        00:00:21.120  0> "beat"
        00:00:22.616  0< sent
        00:00:22.616  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:30.000  | rssi 5
        00:00:32.616  0> "beat"
        00:00:35.760  0< sent
        00:00:35.760  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:40.000  | rssi 5
        00:00:45.000  signal 25
        00:00:45.760  0> "beat"
        00:00:45.800  0< sent
        00:00:45.800  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:00:50.000  | rssi 25
        00:00:55.800  0> "beat"
        00:00:55.840  0< sent
        00:00:55.840  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
        00:01:00.000  | rssi 25
    "#]]
    .assert_eq(&story(&mut sim, 10, 65));
}

#[test]
fn flight_mode() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s flight mode for 10s");
    expect![[r#"
        00:00:15.000  radio switched off
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  unregistered
        00:00:15.000  flight mode on
        00:00:15.000  | ipstatus:	IP INITIAL
        00:00:15.000  | socket sckrsp	0	STATE	SHUTED
        00:00:15.000  | told STATE SHUTED
        00:00:15.000  | stopconnectingtimer	0
        00:00:15.100  IP shut
        00:00:20.000  | link.setupIP:	IP INITIAL
        00:00:20.000  | setupip: wait cgatt
        00:00:20.000  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
        00:00:25.000  radio switched on
        00:00:25.000  flight mode off
        00:00:25.200  SIM ready
        00:00:25.500  registered
        00:00:25.800  attached
        00:00:26.000  IP ready
        00:00:26.000  | ipstatus:	IP STATUS
        00:00:26.000  | startconnectingtimer
        00:00:26.000  0> connect tcp server.example:9999
        00:00:26.040  0< connected
        00:00:26.040  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:26.040  | told CONNECT true
        00:00:26.040  | send first 200 bytes	beat
        00:00:26.040  | stopconnectingtimer	0
        00:00:26.040  0> "beat"
        00:00:26.080  0< sent
        00:00:26.080  | socket sckrsp	0	SEND	SEND OK
        00:00:26.080  | told SEND true
        00:00:36.040  | send first 200 bytes	beat
        00:00:36.040  0> "beat"
        00:00:36.080  0< sent
        00:00:36.080  | socket sckrsp	0	SEND	SEND OK
        00:00:36.080  | told SEND true
    "#]]
    .assert_eq(&story(&mut sim, 15, 45));
}
