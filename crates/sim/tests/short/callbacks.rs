//! Generation A, report after report.

use super::{at, check, example};
use expect_test::expect;
use holdline_peer::fault::Fault;
use holdline_peer::{Cue, Manner, Rule};

/// Each report has a line of its own.
#[test]
fn a_report_every_twenty_seconds() {
    let mut sim = example("short");
    sim.server(9999);
    check(
        sim,
        50,
        &["0>", "0<", "ntfy", "finish"],
        expect![[r#"
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
            00:00:21.120  0> connect tcp 192.0.2.1:9999
            00:00:21.160  0< connected
            00:00:21.160  | test	ntfy	CONNECT	true
            00:00:21.160  0> "report\r\n"
            00:00:21.200  0< sent
            00:00:21.200  | test	ntfy	SEND	true
            00:00:21.200  0> close
            00:00:21.240  0< closed
            00:00:21.240  | test	ntfy	DISCONNECT	true
            00:00:21.240  | test	finish	true	0
            00:00:41.240  0> connect tcp 192.0.2.1:9999
            00:00:41.280  0< connected
            00:00:41.280  | test	ntfy	CONNECT	true
            00:00:41.280  0> "report\r\n"
            00:00:41.320  0< sent
            00:00:41.320  | test	ntfy	SEND	true
            00:00:41.320  0> close
            00:00:41.360  0< closed
            00:00:41.360  | test	ntfy	DISCONNECT	true
            00:00:41.360  | test	finish	true	0
        "#]],
    );
}

/// Every five seconds; after three failures the data link is renewed, after nine the device.
#[test]
fn a_refused_report_is_tried_again() {
    let mut sim = example("short");
    sim.server(9999).down(at(0)..at(1000));
    check(
        sim,
        70,
        &["0<", "finish", "shut", "IP ", "restart"],
        expect![[r#"
            00:00:00.000  | link.setupIP:	IP INITIAL
            00:00:00.000  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:01.000  IP ready
            00:00:01.000  | ipstatus:	IP STATUS
            00:00:01.040  0< connect failed: refused
            00:00:01.040  | test	finish	false	0
            00:00:06.040  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:06.080  0< connect failed: refused
            00:00:06.080  | test	finish	false	1
            00:00:11.080  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:11.120  0< connect failed: refused
            00:00:11.120  | test	finish	false	2
            00:00:11.220  IP shut
            00:00:11.220  | ipstatus:	IP INITIAL
            00:00:16.120  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:16.220  | link.setupIP:	IP INITIAL
            00:00:16.420  IP ready
            00:00:16.420  | ipstatus:	IP STATUS
            00:00:16.460  0< connect failed: refused
            00:00:16.460  | test	finish	false	3
            00:00:21.460  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:21.500  0< connect failed: refused
            00:00:21.500  | test	finish	false	4
            00:00:26.500  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:26.540  0< connect failed: refused
            00:00:26.540  | test	finish	false	5
            00:00:26.640  IP shut
            00:00:26.640  | ipstatus:	IP INITIAL
            00:00:31.540  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:31.640  | link.setupIP:	IP INITIAL
            00:00:31.840  IP ready
            00:00:31.840  | ipstatus:	IP STATUS
            00:00:31.880  0< connect failed: refused
            00:00:31.880  | test	finish	false	6
            00:00:36.880  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:36.920  0< connect failed: refused
            00:00:36.920  | test	finish	false	7
            00:00:41.920  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:41.960  0< connect failed: refused
            00:00:41.960  | test	finish	false	8
            00:00:41.960  | saferestart restart[no report gets through];
            00:00:41.960  restart asked for: no report gets through
            00:00:42.460  | link.setupIP:	IP INITIAL
            00:00:42.460  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:42.460  | sys.initerr	restart[no report gets through];
            00:00:43.460  IP ready
            00:00:43.460  | ipstatus:	IP STATUS
            00:00:43.500  0< connect failed: refused
            00:00:43.500  | test	finish	false	0
            00:00:48.500  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:48.540  0< connect failed: refused
            00:00:48.540  | test	finish	false	1
            00:00:53.540  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:53.580  0< connect failed: refused
            00:00:53.580  | test	finish	false	2
            00:00:53.680  IP shut
            00:00:53.680  | ipstatus:	IP INITIAL
            00:00:58.580  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:58.680  | link.setupIP:	IP INITIAL
            00:00:58.880  IP ready
            00:00:58.880  | ipstatus:	IP STATUS
            00:00:58.920  0< connect failed: refused
            00:00:58.920  | test	finish	false	3
            00:01:03.920  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:01:03.960  0< connect failed: refused
            00:01:03.960  | test	finish	false	4
            00:01:08.960  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:01:09.000  0< connect failed: refused
            00:01:09.000  | test	finish	false	5
            00:01:09.100  IP shut
            00:01:09.100  | ipstatus:	IP INITIAL
        "#]],
    );
}

/// A connect that nobody answers fails after 75 s; what was asked for later arrives in the end.
#[test]
fn a_report_to_a_silent_server_is_tried_again() {
    let mut sim = example("short");
    sim.server(9999);
    sim.inject(&Fault::parse("black hole for 100s port 9999").unwrap(), None);
    check(
        sim,
        130,
        &["0>", "0<", "finish", "restart"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:01:16.000  0< connect failed: timed out
            00:01:16.000  | test	finish	false	0
            00:01:21.000  0> connect tcp 192.0.2.1:9999
            00:01:40.040  0< connected
            00:01:40.040  0> "report\r\n"
            00:01:40.080  0< sent
            00:01:40.080  0> close
            00:01:40.120  0< closed
            00:01:40.120  | test	finish	true	1
            00:02:00.120  0> connect tcp 192.0.2.1:9999
            00:02:00.160  0< connected
            00:02:00.160  0> "report\r\n"
            00:02:00.200  0< sent
            00:02:00.200  0> close
            00:02:00.240  0< closed
            00:02:00.240  | test	finish	true	0
        "#]],
    );
}

/// The report was not confirmed, so it counts as lost.
#[test]
fn a_server_that_closes_at_once_gets_the_report_again() {
    let mut sim = example("short");
    let hostile = Manner { rules: vec![Rule::on(Cue::Connect).reset()], ..Manner::default() };
    sim.server(9999).behave(hostile);
    check(
        sim,
        15,
        &["0>", "0<", "ntfy", "finish"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | test	ntfy	CONNECT	true
            00:00:01.040  0> "report\r\n"
            00:00:01.040  0< ended: reset
            00:00:01.040  | test	ntfy	SEND	false
            00:00:01.040  | test	ntfy	STATE	CLOSED
            00:00:01.040  | test	finish	false	0
            00:00:06.040  0> connect tcp 192.0.2.1:9999
            00:00:06.080  0< connected
            00:00:06.080  | test	ntfy	CONNECT	true
            00:00:06.080  0> "report\r\n"
            00:00:06.080  0< ended: reset
            00:00:06.080  | test	ntfy	SEND	false
            00:00:06.080  | test	ntfy	STATE	CLOSED
            00:00:06.080  | test	finish	false	1
            00:00:11.080  0> connect tcp 192.0.2.1:9999
            00:00:11.120  0< connected
            00:00:11.120  | test	ntfy	CONNECT	true
            00:00:11.120  0> "report\r\n"
            00:00:11.120  0< ended: reset
            00:00:11.120  | test	ntfy	SEND	false
            00:00:11.120  | test	ntfy	STATE	CLOSED
            00:00:11.120  | test	finish	false	2
            00:00:11.220  | test	ntfy	STATE	SHUTED
        "#]],
    );
}

/// And one lost in the middle of a report costs one try.
#[test]
fn an_address_lost_between_two_reports_is_no_failure() {
    let mut sim = example("short");
    sim.server(9999);
    sim.inject(&Fault::parse("at 10s pdp lost").unwrap(), None);
    sim.inject(&Fault::parse("at 21130ms pdp lost").unwrap(), None);
    check(
        sim,
        45,
        &["0>", "0<", "finish", "IP ", "lost"],
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
            00:00:10.000  link lost
            00:00:10.000  IP lost
            00:00:10.100  IP shut
            00:00:10.100  | ipstatus:	IP INITIAL
            00:00:15.100  | link.setupIP:	IP INITIAL
            00:00:15.300  IP ready
            00:00:15.300  | ipstatus:	IP STATUS
            00:00:21.120  | link.connect	0	TCP	192.0.2.1	9999	IP STATUS	false	false
            00:00:21.120  0> connect tcp 192.0.2.1:9999
            00:00:21.130  link lost
            00:00:21.130  0> abort
            00:00:21.130  IP lost
            00:00:21.230  IP shut
            00:00:21.230  | ipstatus:	IP INITIAL
            00:00:21.230  | test	finish	false	0
            00:00:26.230  | link.setupIP:	IP INITIAL
            00:00:26.230  | link.connect	0	TCP	192.0.2.1	9999	IP INITIAL	false	false
            00:00:26.430  IP ready
            00:00:26.430  | ipstatus:	IP STATUS
            00:00:26.430  0> connect tcp 192.0.2.1:9999
            00:00:26.470  0< connected
            00:00:26.470  0> "report\r\n"
            00:00:26.510  0< sent
            00:00:26.510  0> close
            00:00:26.550  0< closed
            00:00:26.550  | test	finish	true	1
        "#]],
    );
}
