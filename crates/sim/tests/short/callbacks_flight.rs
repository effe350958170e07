//! Generation A, with the radio off between two reports.

use super::{check, example};
use expect_test::expect;
use holdline_peer::fault::Fault;

/// Five minutes without a radio, then up again: the times of a boot, a line, a report.
#[test]
fn flight_mode_between_reports() {
    let mut sim = example("short-flight");
    sim.server(9999);
    check(
        sim,
        700,
        &["0>", "0<", "flight", "IP ", "finish"],
        expect![[r#"
            00:00:00.000  | link.setupIP:	IP INITIAL
            00:00:00.000  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:01.000  IP ready
            00:00:01.000  | ipstatus:	IP STATUS
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  0> "report\r\n"
            00:00:01.080  0< sent
            00:00:01.080  0> close
            00:00:01.120  0< closed
            00:00:01.120  | test	finish	true	0
            00:00:01.120  IP lost
            00:00:01.120  flight mode on
            00:00:01.120  | ipstatus:	IP INITIAL
            00:00:01.220  IP shut
            00:00:06.120  | link.setupIP:	IP INITIAL
            00:05:01.120  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:05:01.120  flight mode off
            00:05:02.120  IP ready
            00:05:02.120  | ipstatus:	IP STATUS
            00:05:02.120  0> connect tcp 192.0.2.1:9999
            00:05:02.160  0< connected
            00:05:02.160  0> "report\r\n"
            00:05:02.200  0< sent
            00:05:02.200  0> close
            00:05:02.240  0< closed
            00:05:02.240  | test	finish	true	0
            00:05:02.240  IP lost
            00:05:02.240  flight mode on
            00:05:02.240  | ipstatus:	IP INITIAL
            00:05:02.340  IP shut
            00:05:07.240  | link.setupIP:	IP INITIAL
            00:10:02.240  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:10:02.240  flight mode off
            00:10:03.240  IP ready
            00:10:03.240  | ipstatus:	IP STATUS
            00:10:03.240  0> connect tcp 192.0.2.1:9999
            00:10:03.280  0< connected
            00:10:03.280  0> "report\r\n"
            00:10:03.320  0< sent
            00:10:03.320  0> close
            00:10:03.360  0< closed
            00:10:03.360  | test	finish	true	0
            00:10:03.360  IP lost
            00:10:03.360  flight mode on
            00:10:03.360  | ipstatus:	IP INITIAL
            00:10:03.460  IP shut
            00:10:08.360  | link.setupIP:	IP INITIAL
        "#]],
    );
}

/// The request that waited is taken back; nothing goes out before its time.
#[test]
fn a_report_that_finds_no_network_is_given_up_and_tried_again() {
    let mut sim = example("short-flight");
    sim.server(9999);
    sim.inject(&Fault::parse("at 200s registration lost for 220s").unwrap(), None);
    check(
        sim,
        520,
        &["cell", "0>", "0<", "flight", "IP ", "finish", "giveup", "ntfy"],
        expect![[r#"
            00:00:00.000  | link.setupIP:	IP INITIAL
            00:00:00.000  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:01.000  IP ready
            00:00:01.000  | ipstatus:	IP STATUS
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | test	ntfy	CONNECT	true
            00:00:01.040  0> "report\r\n"
            00:00:01.080  0< sent
            00:00:01.080  | test	ntfy	SEND	true
            00:00:01.080  0> close
            00:00:01.120  0< closed
            00:00:01.120  | test	ntfy	DISCONNECT	true
            00:00:01.120  | test	finish	true	0
            00:00:01.120  IP lost
            00:00:01.120  flight mode on
            00:00:01.120  | ipstatus:	IP INITIAL
            00:00:01.120  | test	ntfy	STATE	SHUTED
            00:00:01.220  IP shut
            00:00:06.120  | link.setupIP:	IP INITIAL
            00:03:20.000  cell lost
            00:05:01.120  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:05:01.120  flight mode off
            00:06:21.120  | test	giveup
            00:06:21.120  | test	finish	false	0
            00:06:21.120  | test	ntfy	DISCONNECT	true
            00:06:21.120  flight mode on
            00:06:41.120  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:06:41.120  flight mode off
            00:07:00.000  cell found
            00:07:00.800  IP ready
            00:07:00.800  | ipstatus:	IP STATUS
            00:07:00.800  0> connect tcp 192.0.2.1:9999
            00:07:00.840  0< connected
            00:07:00.840  | test	ntfy	CONNECT	true
            00:07:00.840  0> "report\r\n"
            00:07:00.880  0< sent
            00:07:00.880  | test	ntfy	SEND	true
            00:07:00.880  0> close
            00:07:00.920  0< closed
            00:07:00.920  | test	ntfy	DISCONNECT	true
            00:07:00.920  | test	finish	true	1
            00:07:00.920  IP lost
            00:07:00.920  flight mode on
            00:07:00.920  | ipstatus:	IP INITIAL
            00:07:00.920  | test	ntfy	STATE	SHUTED
            00:07:01.020  IP shut
            00:07:05.920  | link.setupIP:	IP INITIAL
        "#]],
    );
}

/// Five reports in vain, 100 s each.
#[test]
fn a_card_that_is_missing_restarts_the_device_in_the_end() {
    let mut sim = example("short-flight");
    sim.server(9999);
    sim.inject(&Fault::parse("at 100s sim out for 1900s").unwrap(), None);
    check(
        sim,
        900,
        &["SIM", "flight", "finish", "restart"],
        expect![[r#"
            00:00:00.200  SIM ready
            00:00:01.120  | test	finish	true	0
            00:00:01.120  flight mode on
            00:01:40.000  SIM removed
            00:05:01.120  flight mode off
            00:05:01.120  SIM gone
            00:06:21.120  | test	finish	false	0
            00:06:21.120  flight mode on
            00:06:41.120  flight mode off
            00:06:41.120  SIM gone
            00:08:01.120  | test	finish	false	1
            00:08:01.120  flight mode on
            00:08:21.120  flight mode off
            00:08:21.120  SIM gone
            00:09:41.120  | test	finish	false	2
            00:09:41.120  flight mode on
            00:10:01.120  flight mode off
            00:10:01.120  SIM gone
            00:11:21.120  | test	finish	false	3
            00:11:21.120  flight mode on
            00:11:41.120  flight mode off
            00:11:41.120  SIM gone
            00:13:01.120  | test	finish	false	4
            00:13:01.120  | saferestart restart[no report gets through];
            00:13:01.120  restart asked for: no report gets through
            00:13:01.620  | sys.initerr	restart[no report gets through];
            00:13:01.620  SIM gone
            00:14:21.620  | test	finish	false	0
            00:14:21.620  flight mode on
            00:14:41.620  flight mode off
            00:14:41.620  SIM gone
        "#]],
    );
}

/// The connect fails after 75 s, before the script gives up and the library restarts the device.
#[test]
fn a_silent_server_does_not_keep_the_radio_on() {
    let mut sim = example("short-flight");
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 150s port 9999").unwrap(), None);
    check(
        sim,
        250,
        &["0>", "0<", "flight", "finish", "giveup", "restart"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:01:16.000  0< connect failed: timed out
            00:01:16.000  | test	finish	false	0
            00:01:16.000  flight mode on
            00:01:36.000  flight mode off
            00:01:37.000  0> connect tcp 192.0.2.1:9999
            00:02:30.040  0< connected
            00:02:30.040  0> "report\r\n"
            00:02:30.080  0< sent
            00:02:30.080  0> close
            00:02:30.120  0< closed
            00:02:30.120  | test	finish	true	1
            00:02:30.120  flight mode on
        "#]],
    );
}
