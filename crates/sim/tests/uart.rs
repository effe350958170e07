//! Serial ports in virtual time: what each byte takes, and what becomes of too many.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::{Instant, UartId};
use holdline_sim::{DeviceId, Sim};
use std::time::Duration;

/// A world whose only device runs `body` after `sys` is there; it comes up with a network after
/// ten seconds, so that nothing else happens meanwhile.
fn world(body: &str) -> (Sim, DeviceId, UartId) {
    let main = format!(
        "PROJECT, VERSION = 'UART', '1.0.0'\nrequire 'sys'\nLOG_LEVEL = log.LOG_SILENT\n{body}\nsys.init(0, 0)\nsys.run()\n"
    );
    let mut sim = Sim::new(1);
    let device = sim.device(Project::from_files([("main.lua", main)])).unwrap();
    (sim, device, UartId::new(1).unwrap())
}

fn check(sim: &Sim, expected: Expect) {
    let is_ours = |line: &&str| line.contains("uart") || line.contains("| ");
    let story: Vec<&str> = sim.trace().lines().filter(is_ours).collect();
    expected.assert_eq(&(story.join("\n") + "\n"));
}

/// At 9600 baud with ten bits a byte, 32 bytes come in 33.334 ms, and 48 bytes go out in 50 ms.
#[test]
fn bytes_take_the_time_of_their_baud_rate() {
    let (mut sim, device, port) = world(
        "uart.setup(1, 9600, 8, uart.PAR_NONE, uart.STOP_1, 0, 1)
         uart.on(1, 'receive', function(_, len) print('in', len) uart.write(1, uart.read(1, len)) end)
         uart.on(1, 'sent', function() print('out') end)",
    );
    sim.uart(device, port).feed(&[b'a'; 48]);
    sim.run_for(Duration::from_millis(83));
    assert_eq!(sim.uart(device, port).heard().len(), 32);
    sim.run_for(Duration::from_millis(117));
    assert_eq!(sim.uart(device, port).take_heard(), [b'a'; 48]);
    assert_eq!(sim.uart(device, port).heard(), b"");
    check(
        &sim,
        expect![[r#"
        00:00:00.000  uart 1> open at 9600
        00:00:00.033  uart 1< "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        00:00:00.033  | in	32
        00:00:00.033  uart 1> 1: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        00:00:00.050  uart 1< "aaaaaaaaaaaaaaaa"
        00:00:00.050  | in	16
        00:00:00.050  uart 1> 2: "aaaaaaaaaaaaaaaa"
        00:00:00.066  uart 1< sent 1
        00:00:00.083  uart 1< sent 2
        00:00:00.083  | out
    "#]],
    );
}

/// Even parity and two stop bits make twelve bits a byte: 12 ms for twelve of them at 12000 baud.
#[test]
fn parity_and_stop_bits_count() {
    let (mut sim, device, port) = world(
        "uart.setup(1, 12000, 8, uart.PAR_EVEN, uart.STOP_2)
         uart.on(1, 'receive', function(_, len) print(len) end)
         uart.write(1, '0123456789ab')",
    );
    sim.uart(device, port).feed(b"0123456789ab");
    sim.run_for(Duration::from_millis(20));
    check(
        &sim,
        expect![[r#"
        00:00:00.000  uart 1> open at 12000
        00:00:00.000  uart 1> 1: "0123456789ab"
        00:00:00.012  uart 1< sent 1
        00:00:00.012  uart 1< "0123456789ab"
        00:00:00.012  | 12
    "#]],
    );
}

/// Who does not read loses what finds no room, and the world says how much.
#[test]
fn an_overrun_is_counted_and_seen() {
    let (mut sim, device, port) = world("uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)");
    let said: Vec<u8> = (0..20_000u32).map(|at| (at % 251) as u8).collect();
    sim.uart(device, port).feed(&said);
    sim.run_for(Duration::from_secs(3));
    assert_eq!(sim.device_mut(device).modem().uart_overrun(port), 20_000 - 16_384);
    let last = sim.trace().lines().last().unwrap();
    assert_eq!(last, "00:00:01.736  uart 1: 32 bytes lost, 3616 in all");
}

/// With flow control the other end waits, and every byte arrives.
#[test]
fn flow_control_makes_the_other_end_wait() {
    let (mut sim, device, port) = world(
        "uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1, 1, 0, 1)
         local got = 0
         sys.timerStart(function()
             sys.timerLoopStart(function()
                 got = got + #uart.read(1, 1000)
                 if got == 40000 then print('all', got) got = 0 end
             end, 50)
         end, 5000)",
    );
    sim.uart(device, port).feed(&[7; 40_000]);
    sim.run_until(Instant::from_millis(4_900));
    assert_eq!(sim.trace().lines().filter(|line| line.contains("uart 1< ")).count(), 8192 / 32 + 1);
    sim.run_until(Instant::from_millis(20_000));
    assert!(sim.trace().lines().any(|line| line.ends_with("| all\t40000")));
    assert!(!sim.trace().to_string().contains("lost"));
}

/// What is said to a port that is not set up is gone.
#[test]
fn a_closed_port_hears_nothing() {
    let (mut sim, device, port) = world(
        "uart.setup(1, 9600, 8, uart.PAR_NONE, uart.STOP_1)
         uart.on(1, 'receive', function() print(uart.read(1, '*l')) end)
         sys.timerStart(uart.close, 50, 1)
         sys.timerStart(uart.setup, 500, 1, 9600, 8, uart.PAR_NONE, uart.STOP_1)",
    );
    sim.uart(device, port).feed(b"heard");
    sim.run_for(Duration::from_millis(48));
    sim.uart(device, port).feed(b"cut off");
    sim.run_for(Duration::from_millis(52));
    sim.uart(device, port).feed(b"unheard");
    sim.run_for(Duration::from_millis(500));
    sim.uart(device, port).feed(b"back");
    sim.run_for(Duration::from_millis(500));
    assert_eq!(sim.uart(device, port).unheeded(), 14);
    let printed: Vec<&str> = sim
        .trace()
        .lines()
        .filter_map(|line| line.split_once("| ").map(|(_, text)| text))
        .collect();
    assert_eq!(printed, ["heard", "back"]);
}

/// A script that writes faster than the wire carries is held until less than 16 KiB are to go out:
/// the timer of 10 ms is heard when the first of three writes is out.
#[test]
fn a_script_that_outruns_the_wire_waits_for_it() {
    let (mut sim, device, port) = world(
        "uart.setup(1, 9600, 8, uart.PAR_NONE, uart.STOP_1)
         for _ = 1, 3 do uart.write(1, ('x'):rep(9600)) end
         sys.timerStart(print, 10, 'goes on')",
    );
    sim.run_for(Duration::from_secs(40));
    let line = sim.trace().lines().find(|line| line.contains("goes on")).unwrap();
    assert_eq!(line, "00:00:20.000  | goes on");
    assert_eq!(sim.uart(device, port).heard().len(), 3 * 9600);
}
