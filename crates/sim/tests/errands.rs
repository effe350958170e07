//! What the library does on its own account, against servers of the world: time and error reports.

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::{Manner, Reply};
use holdline_sim::Sim;

/// 2030-01-02 03:04:05 in China, as a server of NTP says it.
const TIME: [u8; 4] = [0xF4, 0x87, 0x63, 0x25];

fn time_server() -> Manner {
    let mut answer = [0; 48];
    answer[0] = 0x24;
    answer[40..44].copy_from_slice(&TIME);
    Manner { reply: Reply::Fixed(answer.to_vec()), ..Manner::default() }
}

/// The first server does not answer, the second does; the clock goes on from what it says.
#[test]
fn the_clock_is_set_by_the_server_that_answers() {
    let mut sim = world(
        r#"
        require "ntp"
        ntp.setServers({ "dead.test", "time.test" })
        ntp.timeSync(nil, function(_, ok) print("set", ok, os.date("%Y-%m-%d %H:%M:%S")) end)
        sys.timerStart(function() print("later", os.date("%H:%M:%S"), ntp.isEnd()) end, 60000)
        "#,
    );
    sim.server_at("dead.test", 123);
    sim.server_at("time.test", 123).behave(time_server());
    check(
        sim,
        100,
        &["0>", "0<", "ntp", "set", "later"],
        expect![[r##"
        00:00:01.000  0> connect udp dead.test:123
        00:00:01.000  0< connected
        00:00:01.000  0> "#\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        00:00:01.000  0< sent
        00:00:09.000  0> close
        00:00:09.000  0< closed
        00:00:09.000  | [W]-[ntp]	dead.test: no answer
        00:00:10.000  0> connect udp time.test:123
        00:00:10.000  0< connected
        00:00:10.000  0> "#\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        00:00:10.000  0< sent
        00:00:10.040  0< "$\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf4\x87c%\x00\x00\x00\x00"
        00:00:10.040  0> close
        00:00:10.040  0< closed
        00:00:10.040  | [I]-[ntp.timeSync]	2030-01-02 03:04:05	time.test
        00:00:10.060  | set	true	2030-01-02 03:04:05
        00:01:00.000  | later	03:04:55	true
    "##]],
    );
}

/// An error ends the script; after the restart it is reported once, when the server takes it.
#[test]
fn an_error_is_reported_after_the_restart() {
    let mut sim = world(
        r#"
        require "errDump"
        errDump.request("tcp://errors.test:9072", 20000)
        if rtos.poweron_reason() ~= rtos.POWERON_EXCEPTION then
            sys.timerStart(function() error("broken") end, 5000)
        end
        "#,
    );
    let errors = sim.server_at("errors.test", 9072);
    errors.behave(Manner { reply: Reply::Fixed(b"OK".to_vec()), ..Manner::default() });
    errors.down(at(0)..at(9));
    check(
        sim,
        100,
        &["0>", "0<", "errDump", "notice", "restart"],
        expect![[r#"
        00:00:05.000  restart after error: main.lua:7: broken
        00:00:06.500  notice ErrorReport `errDump` `tcp://errors.test:9072`
        00:00:06.500  0> connect tcp errors.test:9072
        00:00:06.540  0< connect failed: refused
        00:00:06.540  | [W]-[errDump]	try 1 of 3 to report to tcp://errors.test:9072: cannot connect
        00:00:11.540  0> connect tcp errors.test:9072
        00:00:11.580  0< connected
        00:00:11.580  0> "ERRANDS,1.0.0,864233317431973,Luat_V0026_RDA8910_TTS_FLOAT\r\n"... 213 bytes
        00:00:11.620  0< sent
        00:00:11.620  0< "OK"
        00:00:11.620  0> close
        00:00:11.660  0< closed
        00:00:11.660  | [I]-[errDump]	reported to tcp://errors.test:9072
    "#]],
    );
}

/// The reason of a restart is kept for the report of the next boot.
#[test]
fn a_restart_is_reported_by_the_next_boot() {
    let mut sim = world(
        r#"
        require "errDump"
        print("kept", (io.readFile("/lib_err.txt") or "nothing"))
        if rtos.poweron_reason() == rtos.POWERON_KEY then
            sys.timerStart(sys.restart, 500, "too quiet")
        else
            errDump.request("udp://errors.test:9072")
            sys.timerStart(function() print("kept", (io.readFile("/lib_err.txt") or "nothing")) end, 5000)
        end
        "#,
    );
    let errors = sim.server_at("errors.test", 9072);
    errors.behave(Manner { reply: Reply::Fixed(b"OK".to_vec()), ..Manner::default() });
    check(
        sim,
        10,
        &["kept", "restart", "reported"],
        expect![[r#"
        00:00:00.000  | kept	nothing
        00:00:00.500  | [W]-[sys.restart]	too quiet
        00:00:00.500  restart asked for: too quiet
        00:00:01.000  | kept	restart[too quiet];\r\n
        00:00:02.040  | [I]-[errDump]	reported to udp://errors.test:9072
        00:00:06.000  | kept	nothing
    "#]],
    );
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn world(script: &str) -> Sim {
    let main = format!(
        "PROJECT, VERSION = \"ERRANDS\", \"1.0.0\"\nrequire \"sys\"\n{script}\nsys.init(0, 0)\nsys.run()\n"
    );
    let mut sim = Sim::new(1);
    sim.device(Project::from_files([("main.lua", main)])).expect("a Lua state can be made");
    sim
}

/// The lines of the trace that contain one of `words`.
fn check(mut sim: Sim, seconds: u64, words: &[&str], expected: Expect) {
    sim.run_until(at(seconds));
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    let lines: String =
        sim.trace().lines().filter(wanted).map(|line| format!("{line}\n")).collect();
    expected.assert_eq(&lines);
}
