//! Generation B, report after report.

use super::{at, check, example};
use expect_test::expect;
use holdline_peer::fault::Fault;

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
    sim.inject(&Fault::parse("at 10s registration lost for 190s").unwrap(), None);
    sim.inject(&Fault::parse("at 11s pdp lost").unwrap(), None);
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
    sim.inject(&Fault::parse("at 1050ms pdp lost").unwrap(), None);
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
