//! Generation B, with the radio off between two reports.

use super::{at, check, example};
use expect_test::expect;

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
