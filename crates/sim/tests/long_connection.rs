//! The first tutorial, `examples/long-connection`: what it promises, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Act, What};
use holdline_sim::Sim;
use std::path::Path;

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

/// Three tries five seconds apart, three such rounds twenty seconds apart, then a restart.
#[test]
fn refused() {
    check(
        tutorial(),
        145,
        &["0<", "0>", "reconn", "restart"],
        expect![[r#"
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connect failed: refused
        00:00:06.040  | test	reconn	0	false	0
        00:00:11.340  0> connect tcp 120.26.196.195:9999
        00:00:11.380  0< connect failed: refused
        00:00:16.380  | test	reconn	1	false	0
        00:00:21.680  0> connect tcp 120.26.196.195:9999
        00:00:21.720  0< connect failed: refused
        00:00:26.720  | test	reconn	2	false	0
        00:00:32.020  0> connect tcp 120.26.196.195:9999
        00:00:32.060  0< connect failed: refused
        00:00:37.060  | test	reconn	3	false	0
        00:00:57.060  | test	reconn	0	false	1
        00:01:02.360  0> connect tcp 120.26.196.195:9999
        00:01:02.400  0< connect failed: refused
        00:01:07.400  | test	reconn	1	false	1
        00:01:12.700  0> connect tcp 120.26.196.195:9999
        00:01:12.740  0< connect failed: refused
        00:01:17.740  | test	reconn	2	false	1
        00:01:23.040  0> connect tcp 120.26.196.195:9999
        00:01:23.080  0< connect failed: refused
        00:01:28.080  | test	reconn	3	false	1
        00:01:48.080  | test	reconn	0	false	2
        00:01:53.380  0> connect tcp 120.26.196.195:9999
        00:01:53.420  0< connect failed: refused
        00:01:58.420  | test	reconn	1	false	2
        00:02:03.720  0> connect tcp 120.26.196.195:9999
        00:02:03.760  0< connect failed: refused
        00:02:08.760  | test	reconn	2	false	2
        00:02:14.060  0> connect tcp 120.26.196.195:9999
        00:02:14.100  0< connect failed: refused
        00:02:19.100  | test	reconn	3	false	2
        00:02:19.100  | saferestart restart[connect fail];
        00:02:19.100  restart asked for: connect fail
        00:02:19.600  | sys.initerr	restart[connect fail];
        00:02:20.600  0> connect tcp 120.26.196.195:9999
        00:02:20.640  0< connect failed: refused
    "#]],
    );
}

#[test]
fn unanswered() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 100s port 9999").unwrap(), None);
    check(
        sim,
        130,
        &["connect", "ntfy", "restart"],
        expect![[r#"
        00:00:01.000  | startconnectingtimer
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:01:16.000  0< connect failed: timed out
        00:01:16.000  | test	ntfy	CONNECT	false	nil
        00:01:16.000  | stopconnectingtimer	0
        00:01:21.000  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:01:26.300  | startconnectingtimer
        00:01:26.300  0> connect tcp 120.26.196.195:9999
        00:01:40.040  0< connected
        00:01:40.040  | test	ntfy	CONNECT	true	nil
        00:01:40.040  | stopconnectingtimer	0
        00:01:40.080  | test	ntfy	SEND	true	table: 0x00010020
        00:01:40.120  | test	ntfy	SEND	true	table: 0x00010040
        00:01:50.120  | test	ntfy	SEND	true	table: 0x00010060
        00:02:00.160  | test	ntfy	SEND	true	table: 0x00010080
        00:02:00.200  | test	ntfy	SEND	true	table: 0x000100a0
    "#]],
    );
}

#[test]
fn reset_by_the_server() {
    let mut sim = tutorial();
    sim.server(9999).inject(at(5), Fault::now(Trouble::Reset));
    check(
        sim,
        15,
        &[],
        expect![[r#"
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
        00:00:05.020  0< ended: reset
        00:00:05.020  | socket sckrsp	0	STATE	CLOSED
        00:00:05.020  | test	ntfy	STATE	CLOSED	nil
        00:00:05.020  | test	reconn	0	false	0
        00:00:05.020  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:05.020  | stopconnectingtimer	0
        00:00:05.120  IP shut
        00:00:05.120  | ipstatus:	IP INITIAL
        00:00:10.120  | link.setupIP:	IP INITIAL
        00:00:10.320  IP ready
        00:00:10.320  | ipstatus:	IP STATUS
        00:00:10.320  | startconnectingtimer
        00:00:10.320  0> connect tcp 120.26.196.195:9999
        00:00:10.360  0< connected
        00:00:10.360  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:10.360  | test	ntfy	CONNECT	true	nil
        00:00:10.360  | test	heartrpt	true
        00:00:10.360  | send first 200 bytes	heart data\r\n
        00:00:10.360  | test	locrpt	true
        00:00:10.360  | stopconnectingtimer	0
        00:00:10.360  0> "heart data\r\n"
        00:00:10.400  0< sent
        00:00:10.400  | socket sckrsp	0	SEND	SEND OK
        00:00:10.400  | test	ntfy	SEND	true	table: 0x00010060
        00:00:10.400  | test	sndcb	HEARTRPT	true
        00:00:10.400  | send first 200 bytes	loc data\r\n
        00:00:10.400  0> "loc data\r\n"
        00:00:10.440  0< sent
        00:00:10.440  | socket sckrsp	0	SEND	SEND OK
        00:00:10.440  | test	ntfy	SEND	true	table: 0x00010080
        00:00:10.440  | test	sndcb	LOCRPT	true
    "#]],
    );
}

#[test]
fn closed_by_the_server() {
    let mut sim = tutorial();
    sim.server(9999).inject(at(5), Fault::now(Trouble::Close));
    check(
        sim,
        15,
        &["0<", "0>", "ntfy", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:05.020  0< ended: closed
        00:00:05.020  | test	ntfy	STATE	CLOSED	nil
        00:00:05.020  | test	reconn	0	false	0
        00:00:05.020  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:05.120  IP shut
        00:00:05.120  | ipstatus:	IP INITIAL
        00:00:10.120  | link.setupIP:	IP INITIAL
        00:00:10.320  IP ready
        00:00:10.320  | ipstatus:	IP STATUS
        00:00:10.320  0> connect tcp 120.26.196.195:9999
        00:00:10.360  0< connected
        00:00:10.360  | test	ntfy	CONNECT	true	nil
        00:00:10.360  0> "heart data\r\n"
        00:00:10.400  0< sent
        00:00:10.400  | test	ntfy	SEND	true	table: 0x00010060
        00:00:10.400  0> "loc data\r\n"
        00:00:10.440  0< sent
        00:00:10.440  | test	ntfy	SEND	true	table: 0x00010080
    "#]],
    );
}

/// The server is gone without a word: the next heartbeat is resent for 64 s, then the line is given
/// up and the tutorial connects anew.
#[test]
fn half_open() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s black hole for 75s port 9999").unwrap(), None);
    check(
        sim,
        95,
        &["0<", "0>", "ntfy", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:11.080  0> "heart data\r\n"
        00:01:15.080  0< send failed
        00:01:15.080  | test	ntfy	SEND	false	table: 0x00010060
        00:01:15.080  | test	ntfy	SEND	false	table: 0x00010080
        00:01:15.080  0> abort
        00:01:15.080  0< ended: timed out
        00:01:15.180  IP shut
        00:01:15.180  | ipstatus:	IP INITIAL
        00:01:15.180  | test	ntfy	STATE	SHUTED	nil
        00:01:15.180  | test	reconn	0	false	0
        00:01:15.180  | link.connect	0	TCP	120.26.196.195	9999	IP INITIAL	true	false
        00:01:15.280  IP shut
        00:01:15.280  | ipstatus:	IP INITIAL
        00:01:15.380  IP shut
        00:01:15.380  | ipstatus:	IP INITIAL
        00:01:20.380  | link.setupIP:	IP INITIAL
        00:01:20.580  IP ready
        00:01:20.580  | ipstatus:	IP STATUS
        00:01:20.580  0> connect tcp 120.26.196.195:9999
        00:01:20.620  0< connected
        00:01:20.620  | test	ntfy	CONNECT	true	nil
        00:01:20.620  0> "heart data\r\n"
        00:01:20.660  0< sent
        00:01:20.660  | test	ntfy	SEND	true	table: 0x000100a0
        00:01:20.660  0> "loc data\r\n"
        00:01:20.700  0< sent
        00:01:20.700  | test	ntfy	SEND	true	table: 0x000100c0
        00:01:30.660  0> "heart data\r\n"
        00:01:30.700  0< sent
        00:01:30.700  | test	ntfy	SEND	true	table: 0x000100e0
    "#]],
    );
}

#[test]
fn the_server_is_down_for_a_minute() {
    let mut sim = tutorial();
    sim.server(9999).down(at(5)..at(65));
    check(
        sim,
        90,
        &["0<", "0>", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:05.020  0< ended: closed
        00:00:05.020  | test	reconn	0	false	0
        00:00:05.020  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:05.120  IP shut
        00:00:05.120  | ipstatus:	IP INITIAL
        00:00:10.120  | link.setupIP:	IP INITIAL
        00:00:10.320  IP ready
        00:00:10.320  | ipstatus:	IP STATUS
        00:00:10.320  0> connect tcp 120.26.196.195:9999
        00:00:10.360  0< connect failed: refused
        00:00:15.360  | test	reconn	1	false	0
        00:00:15.360  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:15.460  IP shut
        00:00:15.460  | ipstatus:	IP INITIAL
        00:00:20.460  | link.setupIP:	IP INITIAL
        00:00:20.660  IP ready
        00:00:20.660  | ipstatus:	IP STATUS
        00:00:20.660  0> connect tcp 120.26.196.195:9999
        00:00:20.700  0< connect failed: refused
        00:00:25.700  | test	reconn	2	false	0
        00:00:25.700  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:25.800  IP shut
        00:00:25.800  | ipstatus:	IP INITIAL
        00:00:30.800  | link.setupIP:	IP INITIAL
        00:00:31.000  IP ready
        00:00:31.000  | ipstatus:	IP STATUS
        00:00:31.000  0> connect tcp 120.26.196.195:9999
        00:00:31.040  0< connect failed: refused
        00:00:36.040  | test	reconn	3	false	0
        00:00:56.040  | test	reconn	0	false	1
        00:00:56.040  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:00:56.140  IP shut
        00:00:56.140  | ipstatus:	IP INITIAL
        00:01:01.140  | link.setupIP:	IP INITIAL
        00:01:01.340  IP ready
        00:01:01.340  | ipstatus:	IP STATUS
        00:01:01.340  0> connect tcp 120.26.196.195:9999
        00:01:01.380  0< connect failed: refused
        00:01:06.380  | test	reconn	1	false	1
        00:01:06.380  | link.connect	0	TCP	120.26.196.195	9999	IP STATUS	true	false
        00:01:06.480  IP shut
        00:01:06.480  | ipstatus:	IP INITIAL
        00:01:11.480  | link.setupIP:	IP INITIAL
        00:01:11.680  IP ready
        00:01:11.680  | ipstatus:	IP STATUS
        00:01:11.680  0> connect tcp 120.26.196.195:9999
        00:01:11.720  0< connected
        00:01:11.720  0> "heart data\r\n"
        00:01:11.760  0< sent
        00:01:11.760  0> "loc data\r\n"
        00:01:11.800  0< sent
        00:01:21.760  0> "heart data\r\n"
        00:01:21.800  0< sent
    "#]],
    );
}

/// Where the address is lost while a connect is under way, nothing is ever said of the connect.
#[test]
fn network_lost_during_a_connect() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 20s port 9999").unwrap(), None);
    sim.inject(&Fault::parse("at 5s pdp lost").unwrap(), None);
    check(
        sim,
        40,
        &["lost", "0<", "0>", "ntfy", "reconn"],
        expect![[r#"
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:05.000  link lost
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.100  | test	ntfy	STATE	SHUTED	nil
        00:00:05.100  | test	reconn	0	false	0
        00:00:10.400  0> connect tcp 120.26.196.195:9999
        00:00:20.040  0< connected
        00:00:20.040  | test	ntfy	CONNECT	true	nil
        00:00:20.040  0> "heart data\r\n"
        00:00:20.080  0< sent
        00:00:20.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:20.080  0> "loc data\r\n"
        00:00:20.120  0< sent
        00:00:20.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:30.080  0> "heart data\r\n"
        00:00:30.120  0< sent
        00:00:30.120  | test	ntfy	SEND	true	table: 0x00010060
    "#]],
    );
}

#[test]
fn network_lost() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s pdp lost").unwrap(), None);
    check(
        sim,
        16,
        &["lost", "0<", "0>", "ntfy", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:05.000  link lost
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.100  IP shut
        00:00:05.100  | ipstatus:	IP INITIAL
        00:00:05.100  | test	ntfy	STATE	SHUTED	nil
        00:00:05.100  | test	reconn	0	false	0
        00:00:05.100  | link.connect	0	TCP	120.26.196.195	9999	IP INITIAL	true	false
        00:00:05.200  IP shut
        00:00:05.200  | ipstatus:	IP INITIAL
        00:00:10.200  | link.setupIP:	IP INITIAL
        00:00:10.400  IP ready
        00:00:10.400  | ipstatus:	IP STATUS
        00:00:10.400  0> connect tcp 120.26.196.195:9999
        00:00:10.440  0< connected
        00:00:10.440  | test	ntfy	CONNECT	true	nil
        00:00:10.440  0> "heart data\r\n"
        00:00:10.480  0< sent
        00:00:10.480  | test	ntfy	SEND	true	table: 0x00010060
        00:00:10.480  0> "loc data\r\n"
        00:00:10.520  0< sent
        00:00:10.520  | test	ntfy	SEND	true	table: 0x00010080
    "#]],
    );
}

/// Out of every cell's reach for twenty seconds: the line survives, and what was sent arrives late.
#[test]
fn cell_lost() {
    let mut sim = tutorial();
    sim.server(9999);
    sim.inject(&Fault::parse("at 5s registration lost for 20s").unwrap(), None);
    check(
        sim,
        40,
        &["cell", "regist", "0<", "0>", "ntfy", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:05.000  cell lost
        00:00:05.000  unregistered
        00:00:11.080  0> "heart data\r\n"
        00:00:25.000  cell found
        00:00:25.040  0< sent
        00:00:25.040  | test	ntfy	SEND	true	table: 0x00010060
        00:00:25.040  0> "loc data\r\n"
        00:00:25.080  0< sent
        00:00:25.080  | test	ntfy	SEND	true	table: 0x00010080
        00:00:25.300  registered
        00:00:35.040  0> "heart data\r\n"
        00:00:35.080  0< sent
        00:00:35.080  | test	ntfy	SEND	true	table: 0x000100a0
    "#]],
    );
}

/// The script itself turns the radio off at 5 s and on at 8 s.
#[test]
fn flight_mode() {
    let fly = "require 'net'\nsys.timer_start(net.switchFly, 5000, true)\n\
               sys.timer_start(net.switchFly, 8000, false)\nsys.init(0, 0)";
    let mut sim = tutorial_with(|main| main.replacen("sys.init(0, 0)", fly, 1));
    sim.server(9999);
    check(
        sim,
        20,
        &["flight", "0<", "0>", "ntfy", "IP", "reconn"],
        expect![[r#"
        00:00:01.000  IP ready
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp 120.26.196.195:9999
        00:00:01.040  0< connected
        00:00:01.040  | test	ntfy	CONNECT	true	nil
        00:00:01.040  0> "heart data\r\n"
        00:00:01.080  0< sent
        00:00:01.080  | test	ntfy	SEND	true	table: 0x00010020
        00:00:01.080  0> "loc data\r\n"
        00:00:01.120  0< sent
        00:00:01.120  | test	ntfy	SEND	true	table: 0x00010040
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.000  flight mode on
        00:00:05.000  | ipstatus:	IP INITIAL
        00:00:05.000  | test	ntfy	STATE	SHUTED	nil
        00:00:05.000  | test	reconn	0	false	0
        00:00:05.000  | link.connect	0	TCP	120.26.196.195	9999	IP INITIAL	true	false
        00:00:05.100  IP shut
        00:00:05.100  | ipstatus:	IP INITIAL
        00:00:08.000  flight mode off
        00:00:08.700  IP ready
        00:00:08.700  | ipstatus:	IP STATUS
        00:00:08.700  0> connect tcp 120.26.196.195:9999
        00:00:08.740  0< connected
        00:00:08.740  | test	ntfy	CONNECT	true	nil
        00:00:08.740  0> "heart data\r\n"
        00:00:08.780  0< sent
        00:00:08.780  | test	ntfy	SEND	true	table: 0x00010060
        00:00:08.780  0> "loc data\r\n"
        00:00:08.820  0< sent
        00:00:08.820  | test	ntfy	SEND	true	table: 0x00010080
        00:00:10.100  | link.setupIP:	IP STATUS
        00:00:18.780  0> "heart data\r\n"
        00:00:18.820  0< sent
        00:00:18.820  | test	ntfy	SEND	true	table: 0x000100a0
    "#]],
    );
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

fn tutorial() -> Sim {
    tutorial_with(|main| main)
}

/// The tutorial with its main file changed.
fn tutorial_with(change: impl FnOnce(String) -> String) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/long-connection");
    let project = Project::load(&folder).unwrap();
    let file = |name| String::from_utf8(project.file(name).unwrap().to_vec()).unwrap();
    let main = change(file("main.lua"));
    let project = Project::from_files([("main.lua", main), ("test.lua", file("test.lua"))]);
    let mut sim = Sim::new(1);
    sim.device(project).unwrap();
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

/// What the server heard, and when.
fn said_to_server(sim: &mut Sim) -> String {
    let record = sim.server(9999).peer().record();
    let heard = record.iter().filter_map(|entry| {
        if let What::Received(bytes) = &entry.what { Some((entry.at, bytes)) } else { None }
    });
    heard
        .map(|(at, bytes)| format!("{:6.3}  {}\n", at.as_secs_f64(), bytes.escape_ascii()))
        .collect()
}
