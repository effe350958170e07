//! What the tutorial does where the module loses its network.

use super::{check, tutorial, tutorial_with};
use expect_test::expect;
use holdline_peer::fault::Fault;

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
