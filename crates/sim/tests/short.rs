//! Short connections of both generations, with and without flight mode in between, and the interrupted
//! `recv`: what the example programs promise, to the second, under each fault.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::{Act, Manner, OnAccept, Reply, What};
use holdline_sim::Sim;
use std::path::Path;
use std::time::Duration;

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
    sim.server(9999).cut_off(at(0)..at(100));
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
    let hostile = Manner { on_accept: OnAccept::Reset, ..Manner::default() };
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
    sim.lose_link(at(10));
    sim.lose_link(ms(21_130));
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
    sim.cell_outage(at(200)..at(420));
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
    sim.sim_removal(at(100)..at(2000));
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
    sim.server(9999).cut_off(at(0)..at(150));
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

/// Connect, send, close, wait, in one task.
#[test]
fn a_task_reports_every_twenty_seconds() {
    let mut sim = example("task-short");
    sim.server(9999);
    check(
        sim,
        50,
        &["0>", "0<", "failed"],
        expect![[r#"
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  0> "report\r\n"
            00:00:01.080  0< sent
            00:00:01.080  0> close
            00:00:01.120  0< closed
            00:00:21.120  0> connect tcp 192.0.2.1:9999
            00:00:21.160  0< connected
            00:00:21.160  0> "report\r\n"
            00:00:21.200  0< sent
            00:00:21.200  0> close
            00:00:21.240  0< closed
            00:00:41.240  0> connect tcp 192.0.2.1:9999
            00:00:41.280  0< connected
            00:00:41.280  0> "report\r\n"
            00:00:41.320  0< sent
            00:00:41.320  0> close
            00:00:41.360  0< closed
        "#]],
    );
}

/// Flight mode on and off, then again.
#[test]
fn a_task_refreshes_the_network_after_five_failures() {
    let mut sim = example("task-short");
    sim.server(9999).down(at(0)..at(40));
    check(
        sim,
        75,
        &["0<", "failed", "flight", "refresh", "IP "],
        expect![[r#"
            00:00:01.000  IP ready
            00:00:01.040  0< connect failed: refused
            00:00:01.040  | [I]-[failed]	1
            00:00:06.080  0< connect failed: refused
            00:00:06.080  | [I]-[failed]	2
            00:00:11.120  0< connect failed: refused
            00:00:11.120  | [I]-[failed]	3
            00:00:16.160  0< connect failed: refused
            00:00:16.160  | [I]-[failed]	4
            00:00:21.200  0< connect failed: refused
            00:00:21.200  | [I]-[failed]	5
            00:00:21.200  | [I]-[refresh]
            00:00:21.200  IP lost
            00:00:21.200  flight mode on
            00:00:26.200  flight mode off
            00:00:27.200  IP ready
            00:00:31.240  0< connect failed: refused
            00:00:31.240  | [I]-[failed]	6
            00:00:36.280  0< connect failed: refused
            00:00:36.280  | [I]-[failed]	7
            00:00:41.320  0< connected
            00:00:41.360  0< sent
            00:00:41.400  0< closed
            00:01:01.440  0< connected
            00:01:01.480  0< sent
            00:01:01.520  0< closed
        "#]],
    );
}

/// After two minutes, and as often as it takes.
#[test]
fn a_task_without_a_network_switches_the_radio_off_and_on() {
    let mut sim = example("task-short");
    sim.server(9999);
    sim.cell_outage(at(10)..at(200));
    sim.lose_link(at(11));
    check(
        sim,
        330,
        &["0>", "flight", "refresh", "IP ", "registered", "cell"],
        expect![[r#"
            00:00:00.500  registered
            00:00:01.000  IP ready
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0> "report\r\n"
            00:00:01.080  0> close
            00:00:10.000  cell lost
            00:00:10.000  unregistered
            00:00:11.000  IP lost
            00:02:21.120  | [I]-[refresh]
            00:02:21.120  flight mode on
            00:02:26.120  flight mode off
            00:03:20.000  cell found
            00:03:20.300  registered
            00:03:20.800  IP ready
            00:03:20.800  0> connect tcp 192.0.2.1:9999
            00:03:20.840  0> "report\r\n"
            00:03:20.880  0> close
            00:03:40.920  0> connect tcp 192.0.2.1:9999
            00:03:40.960  0> "report\r\n"
            00:03:41.000  0> close
            00:04:01.040  0> connect tcp 192.0.2.1:9999
            00:04:01.080  0> "report\r\n"
            00:04:01.120  0> close
            00:04:21.160  0> connect tcp 192.0.2.1:9999
            00:04:21.200  0> "report\r\n"
            00:04:21.240  0> close
            00:04:41.280  0> connect tcp 192.0.2.1:9999
            00:04:41.320  0> "report\r\n"
            00:04:41.360  0> close
            00:05:01.400  0> connect tcp 192.0.2.1:9999
            00:05:01.440  0> "report\r\n"
            00:05:01.480  0> close
            00:05:21.520  0> connect tcp 192.0.2.1:9999
            00:05:21.560  0> "report\r\n"
            00:05:21.600  0> close
        "#]],
    );
}

/// The report is sent again on another line.
#[test]
fn a_task_hears_of_a_lost_address_while_it_sends() {
    let mut sim = example("task-short");
    sim.server(9999);
    sim.lose_link(ms(1050));
    check(
        sim,
        15,
        &["0>", "0<", "failed", "IP ", "send fail"],
        expect![[r#"
            00:00:01.000  IP ready
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  0> "report\r\n"
            00:00:01.050  0> abort
            00:00:01.050  IP lost
            00:00:01.050  | [I]-[socket:send]	send fail	IP_ERROR_IND
            00:00:01.050  | [I]-[failed]	1
            00:00:01.250  IP ready
            00:00:06.050  0> connect tcp 192.0.2.1:9999
            00:00:06.090  0< connected
            00:00:06.090  0> "report\r\n"
            00:00:06.130  0< sent
            00:00:06.130  0> close
            00:00:06.170  0< closed
        "#]],
    );
}

/// Five minutes without a radio, then up again.
#[test]
fn a_task_flies_between_reports() {
    let mut sim = example("task-short-flight");
    sim.server(9999);
    check(
        sim,
        700,
        &["0>", "0<", "flight", "IP ", "failed"],
        expect![[r#"
            00:00:01.000  IP ready
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  0> "report\r\n"
            00:00:01.080  0< sent
            00:00:01.080  0> close
            00:00:01.120  0< closed
            00:00:01.120  IP lost
            00:00:01.120  flight mode on
            00:05:01.120  flight mode off
            00:05:02.120  IP ready
            00:05:02.120  0> connect tcp 192.0.2.1:9999
            00:05:02.160  0< connected
            00:05:02.160  0> "report\r\n"
            00:05:02.200  0< sent
            00:05:02.200  0> close
            00:05:02.240  0< closed
            00:05:02.240  IP lost
            00:05:02.240  flight mode on
            00:10:02.240  flight mode off
            00:10:03.240  IP ready
            00:10:03.240  0> connect tcp 192.0.2.1:9999
            00:10:03.280  0< connected
            00:10:03.280  0> "report\r\n"
            00:10:03.320  0< sent
            00:10:03.320  0> close
            00:10:03.360  0< closed
            00:10:03.360  IP lost
            00:10:03.360  flight mode on
        "#]],
    );
}

/// And starts anew after an hour in vain.
#[test]
fn a_task_tries_three_times_before_it_flies() {
    let mut sim = example("task-short-flight");
    sim.server(9999).down(at(0)..at(310));
    check(
        sim,
        340,
        &["0>", "0<", "flight", "IP ", "failed"],
        expect![[r#"
            00:00:01.000  IP ready
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connect failed: refused
            00:00:01.040  | [I]-[failed]	1
            00:00:06.040  0> connect tcp 192.0.2.1:9999
            00:00:06.080  0< connect failed: refused
            00:00:06.080  | [I]-[failed]	2
            00:00:11.080  0> connect tcp 192.0.2.1:9999
            00:00:11.120  0< connect failed: refused
            00:00:11.120  | [I]-[failed]	3
            00:00:16.120  IP lost
            00:00:16.120  flight mode on
            00:05:16.120  flight mode off
            00:05:17.120  IP ready
            00:05:17.120  0> connect tcp 192.0.2.1:9999
            00:05:17.160  0< connected
            00:05:17.160  0> "report\r\n"
            00:05:17.200  0< sent
            00:05:17.200  0> close
            00:05:17.240  0< closed
            00:05:17.240  IP lost
            00:05:17.240  flight mode on
        "#]],
    );
}

/// Twelve rounds without a report.
#[test]
fn an_hour_in_vain_restarts_the_device() {
    let mut sim = example("task-short-flight");
    sim.server(9999).down(at(0)..at(10_000));
    check(
        sim,
        3700,
        &["restart", "sys.restart"],
        expect![[r#"
            00:58:13.440  | [W]-[sys.restart]	no report gets through
            00:58:13.440  restart asked for: no report gets through
        "#]],
    );
}

/// Three alarms at once, on a line so slow that a message published for `recv` would be lost.
#[test]
fn what_is_said_while_the_task_sends_is_sent_too() {
    let mut sim = example("task-interrupt");
    sim.set_latency(Duration::from_millis(600));
    sim.server(9999).behave(Manner { reply: Reply::Fixed(b"ok".to_vec()), ..Manner::default() });
    sim.run_until(at(95));
    expect![[r#"
        reading 1
        reading 2
        alarm 1
        alarm 2
        alarm 3
        reading 3
        reading 4
        reading 5
        alarm 1
        alarm 2
        alarm 3
        reading 6
        reading 7
        reading 8
        alarm 1
        alarm 2
        alarm 3
        reading 9"#]]
    .assert_eq(&said_to_server(&mut sim).join("\n"));
    assert!(sim.trace().lines().all(|line| !line.contains("error")));
}

/// Nothing of half a minute without a server is lost, and all is sent in order.
#[test]
fn what_could_not_be_sent_waits_for_the_next_line() {
    let mut sim = example("task-interrupt");
    sim.server(9999).down(at(15)..at(45));
    sim.run_until(at(65));
    expect![[r#"
        reading 1
        reading 2
        alarm 1
        alarm 2
        alarm 3
        reading 3
        reading 4
        reading 5
        alarm 1
        alarm 2
        alarm 3
        reading 6"#]]
    .assert_eq(&said_to_server(&mut sim).join("\n"));
}

/// A half-open line is noticed by the send that is never confirmed; what it carried is sent again.
#[test]
fn a_dead_line_is_replaced() {
    let mut sim = example("task-interrupt");
    sim.server(9999).cut_off(at(15)..at(200));
    sim.server(9999).plan(at(300), Act::ResetAll);
    check(
        sim,
        310,
        &["connect", "ended", "closed", "send fail"],
        expect![[r#"
            00:00:01.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:00:01.000  0> connect tcp 192.0.2.1:9999
            00:00:01.040  0< connected
            00:00:01.040  | [I]-[socket:connect: connect ok]
            00:01:24.000  0< send failed
            00:01:24.000  | [I]-[socket:send]	send fail	RESPONSE
            00:01:24.000  0< ended: timed out
            00:01:24.000  0< closed
            00:01:26.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:01:26.000  0> connect tcp 192.0.2.1:9999
            00:02:41.000  0< connect failed: timed out
            00:02:41.000  | [I]-[socket:connect: connect fail]	RESPONSE
            00:02:43.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:02:43.000  0> connect tcp 192.0.2.1:9999
            00:03:20.040  0< connected
            00:03:20.040  | [I]-[socket:connect: connect ok]
            00:05:00.020  0< ended: reset
            00:05:00.020  | [I]-[socket:send]	send fail	RESPONSE
            00:05:02.020  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	192.0.2.1	9999	nil	120
            00:05:02.020  0> connect tcp 192.0.2.1:9999
            00:05:02.060  0< connected
            00:05:02.060  | [I]-[socket:connect: connect ok]
        "#]],
    );
}

fn example(name: &str) -> Sim {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut sim = Sim::new(1);
    sim.device(Project::load(&folder).unwrap()).unwrap();
    sim
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn ms(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// The lines of the first `seconds` with one of `words` in them.
fn check(mut sim: Sim, seconds: u64, words: &[&str], expect: Expect) {
    sim.run_until(at(seconds));
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    let lines = sim.trace().lines().filter(wanted);
    expect.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

/// What the server heard, one message after the other.
fn said_to_server(sim: &mut Sim) -> Vec<String> {
    let record = sim.server(9999).peer().record();
    let heard = record.iter().filter_map(|entry| match &entry.what {
        What::Received(bytes) => Some(String::from_utf8_lossy(bytes).trim_end().to_owned()),
        What::Accepted | What::Sent(_) | What::Closed(_) => None,
    });
    heard.collect()
}
