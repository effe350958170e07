//! Serial ports of the real binary: every kind of cable, and what is said when one is missing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Project, Running};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// Sends back what port 1 hears, in capitals, and ends with `quit`.
const ECHO: &str = r#"
PROJECT, VERSION = "ECHO", "1.0.0"
require "sys"
LOG_LEVEL = log.LOGLEVEL_WARN
uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1, 0, 1)
uart.on(1, "receive", function(id)
    repeat
        local text = uart.read(id, "*l")
        if text ~= "" then uart.write(id, text:upper()) end
        if text:find("quit") then rtos.poweroff() end
    until text == ""
end)
uart.on(1, "sent", function() print("all is out") end)
sys.init(0, 0)
sys.run()
"#;

fn name_of(running: &mut Running, port: u8) -> PathBuf {
    let line = running.wait_for(&format!("serial port {port} is "));
    PathBuf::from(line.rsplit(' ').next().unwrap())
}

fn open(path: &Path) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

fn exchange(mut line: impl Read + Write, say: &str, expect: &str) {
    line.write_all(say.as_bytes()).unwrap();
    let mut heard = vec![0; expect.len()];
    line.read_exact(&mut heard).unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), expect);
}

#[test]
fn a_pty_is_opened_closed_and_opened_again() {
    let project = Project::main(ECHO);
    let mut running = project.start(&["--uart", "1=pty"]);
    let path = name_of(&mut running, 1);
    for round in ["one\n", "two\n", "\0\x03\x04\r\x11\x13\x1a\n"] {
        exchange(open(&path), round, &round.to_ascii_uppercase());
        running.wait_for("all is out");
    }
    running.signal("INT");
    assert_eq!(running.end().0, Some(0));
}

/// Every byte comes, some of them changed.
#[test]
fn noise_changes_bytes_and_an_overrun_loses_them() {
    let counts = r#"
        PROJECT, VERSION = "COUNTS", "1.0.0"
        require "sys"
        local heard = ""
        uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
        uart.on(1, "receive", function(id)
            repeat
                local text = uart.read(id, "*l")
                heard = heard .. text
            until text == ""
            if #heard == 3000 then print("quiet", heard == ("U"):rep(3000)) end
        end)
        sys.init(0, 0)
        sys.run()
    "#;
    for (fault, quiet) in [("uart noise", "quiet\tfalse"), ("at 1d uart noise", "quiet\ttrue")] {
        let project = Project::main(counts);
        let mut running = project.start(&["--uart", "1=pty", "--fault", fault]);
        let mut line = open(&name_of(&mut running, 1));
        line.write_all(&[b'U'; 3000]).unwrap();
        running.wait_for(quiet);
    }
    let dials = r#"
        require "socket"
        sys.taskInit(function()
            while not socket.isReady() do sys.wait(5) end
            socket.tcp():connect("127.0.0.1", PORT)
        end)
        sys.init(0, 0)"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dials = dials.replace("PORT", &listener.local_addr().unwrap().port().to_string());
    let project = Project::main(&counts.replace("sys.init(0, 0)", &dials));
    let mut running = project.start(&["--uart", "1=pty", "--fault", "uart overrun connect 1"]);
    let path = name_of(&mut running, 1);
    running.wait_for("# fault: uart overrun connect 1");
    let mut line = open(&path);
    line.write_all(b"lost").unwrap();
    running.wait_for("serial port 1: 4 bytes lost, 4 in all");
}

#[test]
fn a_serial_device_is_set_up_lost_and_found_again() {
    // A terminal of our own stands for the device; a link is what is unplugged.
    let project = Project::main(&ECHO.replace("PAR_NONE, uart.STOP_1", "PAR_EVEN, uart.STOP_2"));
    let (mut adapter, path) = pty();
    let link = project.path().join("ttyTEST");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let cable = format!("1={}", link.display());
    let mut running = project.start(&["--uart", &cable]);
    name_of(&mut running, 1);
    exchange(&mut adapter, "one\n", "ONE\n");
    running.wait_for("all is out");
    let terms = tcgetattr(&adapter).unwrap();
    assert_eq!(terms.output_speed(), 115_200);
    // A pseudo-terminal takes no parity; that it was asked for has a test of its own.
    assert!(terms.control_modes.contains(rustix::termios::ControlModes::CSTOPB));

    std::fs::remove_file(&link).unwrap();
    drop(adapter);
    running.wait_for("nobody is at");
    let (mut adapter, path) = pty();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    running.wait_for("somebody is at");
    exchange(&mut adapter, "quit\n", "QUIT\n");
    assert_eq!(running.end().0, Some(0));
}

/// A terminal whose other side has a path.
fn pty() -> (File, PathBuf) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = PathBuf::from(ptsname(&master, Vec::new()).unwrap().into_string().unwrap());
    let other = open(&path);
    let mut raw = tcgetattr(&other).unwrap();
    raw.make_raw();
    tcsetattr(&other, OptionalActions::Now, &raw).unwrap();
    (File::from(master), path)
}

#[test]
fn a_caller_calls_again_when_the_server_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let project = Project::main(ECHO);
    let mut running = project.start(&["--uart", &format!("1=tcp:{address}")]);
    for word in ["one\n", "two\n"] {
        let line = listener.accept().unwrap().0;
        running.wait_for("somebody is at");
        exchange(&line, word, &word.to_ascii_uppercase());
        drop(line);
        running.wait_for("nobody is at");
    }
    let line = listener.accept().unwrap().0;
    exchange(&line, "quit\n", "QUIT\n");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn callers_are_taken_one_after_the_other() {
    let project = Project::main(ECHO);
    let mut running = project.start(&[
        "--uart",
        "usb=tcp-listen:127.0.0.1:0",
        "--uart",
        "1=tcp-listen:127.0.0.1:0",
    ]);
    let name = name_of(&mut running, 1);
    let address = name.to_str().unwrap().strip_prefix("tcp-listen:").unwrap();
    let first = TcpStream::connect(address).unwrap();
    exchange(&first, "one\n", "ONE\n");
    let second = TcpStream::connect(address).unwrap();
    (&second).write_all(b"quit\n").unwrap();
    exchange(&first, "still one\n", "STILL ONE\n");
    drop(first);
    exchange(&second, "", "QUIT\n");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn files_and_standard_streams_carry_a_port() {
    let project = Project::main(ECHO);
    let (input, output) = (project.path().join("in"), project.path().join("out"));
    let long = "abcdefgh\n".repeat(20_000);
    std::fs::write(&input, format!("{long}quit\n")).unwrap();
    let files = format!("1=file:{},{}", input.display(), output.display());
    let end = project.run(&["--uart", &files]);
    assert_eq!(end.code, Some(0), "{end:?}");
    let heard = std::fs::read_to_string(&output).unwrap();
    assert!(heard == format!("{long}quit\n").to_ascii_uppercase(), "{} bytes", heard.len());

    let mut command = project.command(&["--uart", "1=stdio"]);
    command.stdin(File::open(&input).unwrap());
    let output = command.output().unwrap();
    let heard = String::from_utf8(output.stdout).unwrap();
    assert!(heard == format!("{long}quit\n").to_ascii_uppercase(), "{} bytes", heard.len());
    assert!(String::from_utf8(output.stderr).unwrap().contains("all is out"));
}

#[test]
fn what_stands_in_the_way_is_said_with_the_way_out() {
    let project = Project::main(ECHO);
    let said = |args: &[&str]| {
        let end = project.run(args);
        assert_eq!(end.code, Some(2), "{end:?}");
        end.stderr
    };
    let text = said(&["--uart", "1=/dev/holdline-has-none"]);
    assert!(text.contains("cannot connect serial port 1 to `/dev/holdline-has-none`"), "{text}");
    assert!(text.contains("hint: plug it in"), "{text}");
    let text = said(&["--lang", "zh", "--uart", "1=/dev/holdline-has-none"]);
    assert!(text.contains("无法把串口 1 连接到") && text.contains("提示：请插好设备"), "{text}");
    let text = said(&["--uart", "1=/dev/null"]);
    assert!(text.contains("for plain files there is file:IN,OUT"), "{text}");
    let text = said(&["--uart", "4=pty"]);
    assert!(text.contains("--uart: `4=pty` connects no serial port"), "{text}");
    assert!(text.contains("hint: write N=TARGET"), "{text}");
    let text = said(&["--uart", "1=pty", "--uart", "1=stdio"]);
    assert!(text.contains("in use already"), "{text}");
    assert!(said(&["--uart", "1=stdio", "--uart", "2=stdio"]).contains("--uart 2=stdio"));
    assert!(said(&["--uart", "1=stdio", "--events", "-"]).contains("in use already"));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let text = said(&["--uart", &format!("1=tcp-listen:{}", taken.local_addr().unwrap())]);
    assert!(text.contains("take another port"), "{text}");
}

/// Nothing is at the other end: what is written goes nowhere, and the script goes on.
#[test]
fn an_unnamed_port_takes_everything_and_says_so_once() {
    let project = Project::main(
        "uart.setup(2, 9600, 8, uart.PAR_NONE, uart.STOP_1, 0, 1)
        for round = 1, 3 do
            uart.setup(2, 9600, 8, uart.PAR_NONE, uart.STOP_1, 0, 1)
            for _ = 1, 10 do uart.write(2, ('x'):rep(10000)) end
            repeat local kind = rtos.receive(0) until kind == rtos.MSG_UART_TX_DONE
            print('round', round)
        end
        rtos.poweroff()",
    );
    let end = project.run(&[]);
    assert!(end.stdout.contains("round\t3"), "{end:?}");
    assert_eq!(end.stderr.matches("serial port 2 is not connected").count(), 1, "{end:?}");
    assert!(end.stderr.contains("--uart 2=pty"), "{end:?}");
}

/// Nobody has the pty open: the script is not held, and hears later how much went nowhere.
#[test]
fn what_is_written_to_a_pty_that_nobody_has_open_is_counted() {
    let project = Project::main(
        &ECHO.replace("sys.init", "for _ = 1, 10 do uart.write(1, ('x'):rep(10000)) end\nsys.init"),
    );
    let mut running = project.start(&["--uart", "1=pty"]);
    let path = name_of(&mut running, 1);
    running.wait_for("all is out");
    exchange(open(&path), "one\n", "ONE\n");
    running.wait_for("100000 bytes were written while nobody was there");
}

/// The other side talks much faster than the script reads: the pty is not read, and nothing is lost.
#[test]
fn a_script_that_does_not_read_makes_the_other_side_wait() {
    let project = Project::main(
        r#"
        PROJECT, VERSION = "SLOW", "1.0.0"
        require "sys"
        uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
        local got, expected = 0, 0
        local function read()
            local text = uart.read(1, 16384)
            for at = 1, #text do
                assert(text:byte(at) == expected, "lost at " .. got + at)
                expected = (expected + 1) % 251
            end
            got = got + #text
            if got == 1000000 then print("all there") end
        end
        uart.on(1, "receive", function() sys.timerStart(read, 1) end)
        sys.init(0, 0)
        sys.run()
        "#,
    );
    let mut running = project.start(&["--uart", "1=pty", "--restarts", "0"]);
    let mut line = open(&name_of(&mut running, 1));
    let said: Vec<u8> = (0..1_000_000u32).map(|at| (at % 251) as u8).collect();
    line.write_all(&said).unwrap();
    running.wait_for("all there");
}

/// The script writes faster than the other side reads: it is held, and nothing is lost.
#[test]
fn a_script_that_outruns_the_other_side_loses_nothing() {
    let project = Project::main(
        r#"
        PROJECT, VERSION = "FAST", "1.0.0"
        require "sys"
        uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
        local block = {}
        for byte = 0, 250 do block[#block + 1] = string.char(byte) end
        local long = string.rep(table.concat(block), 41)
        local written = 0
        local function piece()
            local first = written % 251 + 1
            uart.write(1, long:sub(first, first + 9999))
            written = written + 10000
            if written < 5000000 then sys.timerStart(piece, 1) else print("all written") end
        end
        uart.on(1, "receive", function() if uart.read(1, 9) == "go" then piece() end end)
        sys.init(0, 0)
        sys.run()
        "#,
    );
    let args = ["--uart", "1=tcp-listen:127.0.0.1:0", "--restarts", "0", "--module", "air202"];
    let mut running = project.start(&args);
    let name = name_of(&mut running, 1);
    let address = name.to_str().unwrap().strip_prefix("tcp-listen:").unwrap();
    let mut line = TcpStream::connect(address).unwrap();
    line.write_all(b"go").unwrap();
    let mut heard = vec![0; 5_000_000];
    line.read_exact(&mut heard).unwrap();
    assert!(heard.iter().zip((0..251u8).cycle()).all(|(heard, said)| *heard == said));
    running.wait_for("all written");
}

/// Somebody has the pty open and does not read: that is said, and the script waits.
#[test]
fn another_side_that_does_not_read_is_told_of() {
    let project = Project::main(
        r#"
        PROJECT, VERSION = "STUCK", "1.0.0"
        require "sys"
        uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
        uart.on(1, "receive", function()
            uart.write(1, ("x"):rep(1000000))
            sys.timerStart(print, 1, "goes on")
        end)
        sys.init(0, 0)
        sys.run()
        "#,
    );
    let mut running = project.start(&["--uart", "1=pty"]);
    let mut line = open(&name_of(&mut running, 1));
    line.write_all(b"go").unwrap();
    running.wait_for("does not read");
    let mut heard = vec![0; 1_000_000];
    line.read_exact(&mut heard).unwrap();
    running.wait_for("goes on");
    assert!(heard.iter().all(|byte| *byte == b'x'));
}

#[test]
fn serial_traffic_is_in_the_event_file() {
    let project = Project::main(ECHO);
    let input = project.path().join("in");
    std::fs::write(&input, "quit\n").unwrap();
    let files = format!("1=file:{},/dev/null", input.display());
    let end = project.run(&["--uart", &files, "--events", "-"]);
    for event in [
        r#""order":"uart_open","port":1,"baud":115200,"data_bits":8,"parity":"none","stop_bits":1,"flow":false"#,
        r#""fact":"uart_received","port":1,"len":5,"text":"quit\n","hex":"717569740a""#,
        r#""order":"uart_write","port":1,"len":5,"text":"QUIT\n","hex":"515549540a","write":1"#,
        r#""order":"uart_close","port":1"#,
    ] {
        assert!(end.stdout.contains(event), "{event}\n{}", end.stdout);
    }
}
