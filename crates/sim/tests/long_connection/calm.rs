//! What the tutorial does while nothing goes wrong.

use super::{at, check, said_to_server, tutorial};
use expect_test::expect;
use holdline_peer::Act;

/// A heartbeat ten seconds after the one before was confirmed, a report after twenty.
#[test]
fn heartbeats_and_reports_come_to_the_second() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.run_until(at(62));
    expect![[r#"
         1.060  heart data\r\n
         1.100  loc data\r\n
        11.100  heart data\r\n
        21.140  loc data\r\n
        21.180  heart data\r\n
        31.220  heart data\r\n
        41.180  loc data\r\n
        41.260  heart data\r\n
        51.300  heart data\r\n
        61.220  loc data\r\n
        61.340  heart data\r\n
    "#]]
    .assert_eq(&said_to_server(&mut sim));
}

/// The connection is asked for at load, a second before there is a network.
#[test]
fn a_connection_asked_for_too_early_waits_for_the_network() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.run_until(at(2));
    expect![[r#"
        00:00:00.000  power on
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | setupip: wait cgatt
        00:00:00.000  | link.connect	0	TCP	120.26.196.195	9999	IP INITIAL	false	false
        00:00:00.000  | poweron reason:	0	Air202	LONG_CONNECTION	1.0.0	2.4.0	Luat_V0026_RDA8910_TTS_FLOAT
        00:00:00.200  SIM ready
        00:00:00.500  registered
        00:00:00.800  attached
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  | startconnectingtimer
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  | test	heartrpt	true
        00:00:01.040  | send first 200 bytes	heart data\r\n
        00:00:01.040  | test	locrpt	true
        00:00:01.040  | stopconnectingtimer	0
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | socket sckrsp	0	SEND	SEND OK
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  | test	sndcb	HEARTRPT	true
        00:00:01.080  | send first 200 bytes	loc data\r\n
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | socket sckrsp	0	SEND	SEND OK
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:01.120  | test	sndcb	LOCRPT	true
    "#]].assert_eq(&sim.trace().to_string());
}

/// What the server says is printed as it came.
#[test]
fn data_from_the_server_is_printed() {
    let mut sim = tutorial();
    sim.server(9999).plan(at(5), Act::SendAll(b"\x01\xffhello".to_vec()));
    check(
        sim,
        6,
        &["rcv", "hello"],
        expect![[r#"
        00:00:05.020  0< "\x01\xffhello"
        00:00:05.020  | test	rcv	�hello
    "#]],
    );
}
