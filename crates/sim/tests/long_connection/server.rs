//! What the tutorial does about a server that refuses it, ends the connection or is gone.

use super::{at, check, tutorial};
use expect_test::expect;
use holdline_peer::fault::{Fault, Trouble};

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
