//! The supply, the flash and the serial ports.

use super::{ONLY, TASK, inject, story, struck, world};
use expect_test::expect;
use holdline_modem::UartId;
use holdline_peer::What;

/// Nobody says goodbye: the server keeps a line that has nobody at its other end.
#[test]
fn power_cut() {
    let mut sim = struck("at 15s power cut for 30s");
    expect![[r#"
        00:00:15.000  power lost
        00:00:15.000  0> abort
        00:00:15.000  power cut
        00:00:45.000  power restored
        00:00:45.000  | [I]-[poweron reason:]	0	TASK	1.0.0	2.4.0	Luat_V0026_RDA8910_TTS_FLOAT
        00:00:45.200  SIM ready
        00:00:45.500  registered
        00:00:45.800  attached
        00:00:46.000  IP ready
        00:00:46.000  | [I]-[publish IP_READY_IND]
        00:00:46.000  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:46.000  0> connect tcp server.example:9999
        00:00:46.040  0< connected
        00:00:46.040  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:46.040  | [I]-[socket:connect: connect ok]
        00:00:46.040  0> "beat"
        00:00:46.080  0< sent
        00:00:46.080  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 50));
    let record = sim.server(9999).peer().record();
    assert!(!record.iter().any(|entry| matches!(entry.what, What::Closed(_))));
}

/// What was closed is in the flash, and the script is told that the supply came back.
#[test]
fn power_cut_keeps_what_the_flash_has() {
    let keeps = r#"
        local was = io.open("/count", "r")
        local count = was and tonumber(was:read("*a")) or 0
        if was then was:close() end
        print("boot " .. count .. " reason " .. rtos.poweron_reason())
        local file = io.open("/count", "w")
        file:write(count + 1)
        file:close()
    "#;
    let mut sim = world(&TASK.replace("--[[more]]", keeps));
    inject(&mut sim, "at 15s power cut");
    sim.run_until(super::at(20));
    let trace = sim.trace().to_string();
    let boots: Vec<_> = trace.lines().filter(|line| line.contains("boot ")).collect();
    assert_eq!(boots, ["00:00:00.000  | boot 0 reason 0", "00:00:16.000  | boot 1 reason 0"]);
}

/// A write says why it fails, the file keeps what it had, and there is room again later.
#[test]
fn flash_full() {
    let writes = r#"
        sys.timerLoopStart(function()
            local file = io.open("/log", "a")
            print("write", file:write("line\n"))
            print("close", file:close())
            file = io.open("/log")
            print("size", #file:read("*a"), rtos.get_fs_free_size())
            file:close()
        end, 4000)
    "#;
    let mut sim = world(&TASK.replace("--[[more]]", writes));
    inject(&mut sim, "at 6s flash full for 4s");
    sim.run_until(super::at(13));
    let trace = sim.trace().to_string();
    let lines = trace.lines().filter(|line| {
        ["write", "close\t", "size", "flash"].iter().any(|word| line.contains(word))
    });
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    expect![[r#"
        00:00:04.000  | write	true
        00:00:04.000  | close	true
        00:00:04.000  | size	5	1499995
        00:00:06.000  flash full
        00:00:08.000  | write	nil	No space left on device	28
        00:00:08.000  | close	true
        00:00:08.000  | size	5	0
        00:00:10.000  flash has room
        00:00:12.000  | write	true
        00:00:12.000  | close	true
        00:00:12.000  | size	10	1499990
    "#]]
    .assert_eq(&lines);
}

const SERIAL: &str = r#"
    uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
    uart.on(1, "receive", function() print("serial " .. uart.read(1, 1000)) end)
"#;

fn said(words: &str) -> String {
    let mut sim = world(&TASK.replace("--[[more]]", SERIAL));
    inject(&mut sim, words);
    for second in [2, 4, 6] {
        sim.run_until(super::at(second));
        sim.uart(ONLY, UartId::new(1).unwrap()).feed(b"the quick brown fox jumps over\n");
    }
    sim.run_until(super::at(8));
    let trace = sim.trace().to_string();
    let lines = trace.lines().filter(|line| line.contains("uart 1<") || line.contains("uart 1:"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Bits are changed by chance, as long as it lasts.
#[test]
fn uart_noise() {
    expect![[r#"
        00:00:02.002  uart 1< "the quick brown fox jumps over\n"
        00:00:04.002  uart 1< "the quick brosn fox jumps over\n"
        00:00:06.002  uart 1< "the quick brown fox jumps over\n"
    "#]]
    .assert_eq(&said("at 3s uart noise for 2s"));
}

/// The next bytes are lost, and counted.
#[test]
fn uart_overrun() {
    expect![[r#"
        00:00:02.002  uart 1< "the quick brown fox jumps over\n"
        00:00:04.002  uart 1< lost 31 bytes
        00:00:04.002  uart 1: 31 bytes lost, 31 in all
        00:00:06.002  uart 1< "the quick brown fox jumps over\n"
    "#]]
    .assert_eq(&said("at 3s uart overrun"));
}
