//! One script, in virtual time and on loopback: the same lines, times aside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use holdline_device::{Instant, Project};
use holdline_peer::{Cue, Manner, Reply, Rule};
use holdline_sim::{Keep, Sim};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// After this long the server closes each line.
const DROP_AFTER: Duration = Duration::from_millis(700);

/// What the server says first, where it does.
const GREETING: &[u8] = b"hello\r\n";

/// Generation A: connects, sends what it has when it may, hears the answer and the end.
const CALLBACKS: &str = r#"
PROJECT, VERSION, MODULE_TYPE = "CONFORM", "1.0.0", "Air202"
require "socket"
local answered
local function rcv(idx, data)
    print("rcv", idx, data)
    if not answered then print("send", socket.send(1, "loc data\r\n", "P2")) end
    answered = true
end
local function ntfy(idx, event, result, item)
    print("ntfy", idx, event, result, item and item.data, item and item.para)
    if event == "CONNECT" and result then
        print("send", socket.send(1, "heart data\r\n", "P1"), socket.send(1, "", "P0"))
    elseif event == "STATE" then
        print("send unknown", socket.send(4, "x"), socket.isactive(1))
        print("disconnect", socket.disconnect(1, "why"))
    elseif event == "DISCONNECT" then
        rtos.poweroff()
    end
end
print("connect", socket.connect(1, "TCP", "192.0.2.1", 9999, ntfy, rcv))
sys.init(0, 0)
sys.run()
"#;

/// Generation B: the same with tasks, and a message that interrupts `recv`.
const TASKS: &str = r#"
PROJECT, VERSION = "CONFORM", "1.0.0"
require "socket"
LOG_LEVEL = log.LOGLEVEL_TRACE
for _, id in ipairs({ "IP_READY_IND", "SOCKET_ACTIVE", "LIB_SOCKET_CLOSE_IND" }) do
    sys.subscribe(id, function(...) print("message", id, ...) end)
end
sys.taskInit(function()
    sys.waitUntil("IP_READY_IND")
    local c = socket.tcp()
    print("connect", c:connect("192.0.2.1", 9999))
    print("greeting", c:recv(5000))
    print("send", c:send("heart data\r\n"))
    print("answer", c:recv(5000, "SAY"))
    sys.timerStart(sys.publish, 50, "SAY", "loc data\r\n")
    local ok, why, text = c:recv(5000, "SAY")
    print("interrupted", ok, why, text, c:send(text))
    print("answer", c:recv(5000))
    print("timeout", c:recv(50))
    print("end", c:recv(5000))
    print("send after the end", c:send("x"))
    c:close()
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

/// Datagrams come back whole, one by one.
const DATAGRAMS: &str = r#"
PROJECT, VERSION = "CONFORM", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(10) end
    local c = socket.udp()
    print("connect", c:connect("192.0.2.1", 9999))
    for _, len in ipairs({ 1, 1400, 9000 }) do
        print("send", c:send(string.rep("x", len)))
        local ok, data = c:recv(5000)
        print("recv", ok, #data)
    end
    c:close()
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

#[test]
fn callbacks_hear_the_same_in_both_worlds() {
    agree(CALLBACKS, b"", &|| tcp_server(b""));
}

#[test]
fn tasks_hear_the_same_in_both_worlds() {
    agree(TASKS, GREETING, &|| tcp_server(GREETING));
}

#[test]
fn datagrams_are_the_same_in_both_worlds() {
    agree(DATAGRAMS, b"", &udp_server);
}

fn agree(script: &str, greeting: &[u8], server: &dyn Fn() -> u16) {
    let virtual_lines = in_virtual_time(script, greeting);
    assert!(virtual_lines.len() > 5, "{virtual_lines:#?}");
    assert_eq!(virtual_lines, on_loopback(script, server()));
}

/// The script's lines in the virtual world.
fn in_virtual_time(script: &str, greeting: &[u8]) -> Vec<String> {
    let mut sim = Sim::new(1);
    sim.keep(Keep::All);
    let datagrams = script.contains("socket.udp");
    let mut rules = vec![Rule::on(Cue::Connect).say(greeting)];
    if !datagrams {
        rules.push(Rule::on(Cue::Connect).after(DROP_AFTER).close());
    }
    sim.server_at("192.0.2.1", 9999).behave(Manner {
        rules,
        reply: if datagrams { Reply::Echo } else { Reply::Fixed(b"ok\r\n".to_vec()) },
        ..Manner::default()
    });
    sim.device(Project::from_files([("main.lua", script)])).unwrap();
    sim.run_until(Instant::from_millis(20_000));
    let said = sim.trace().lines().filter_map(|line| line.split_once("  | "));
    said.flat_map(|(_, text)| lines(text)).collect()
}

/// The script's lines from the real command, against a server on loopback.
fn on_loopback(script: &str, port: u16) -> Vec<String> {
    let project = rig::Project::main(script);
    let end = project.run(&["--quiet", "--redirect", &format!("*=127.0.0.1:{port}")]);
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    end.stdout
        .lines()
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(_, text)| lines(text))
        .collect()
}

/// A printed text as the lines that a terminal shows; empty ones and line ends aside.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\\r", "").replace("\\n", "\n").replace("\\x0d", "").replace('\r', "");
    text.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

/// Greets, answers each message, and closes after a while; one line.
fn tcp_server(greeting: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || serve(listener.accept().unwrap().0, greeting));
    port
}

fn serve(mut line: TcpStream, greeting: &[u8]) {
    line.set_read_timeout(Some(DROP_AFTER)).unwrap();
    line.write_all(greeting).unwrap();
    let mut bytes = [0; 1024];
    while let Ok(1..) = line.read(&mut bytes) {
        line.write_all(b"ok\r\n").unwrap();
    }
}

/// Sends every datagram back.
fn udp_server() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok((len, from)) = socket.recv_from(&mut bytes) {
            let _ = socket.send_to(&bytes[..len], from);
        }
    });
    port
}
