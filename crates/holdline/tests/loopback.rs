//! The real binary against real servers on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::Project;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;

/// Calls `server.test:1` as soon as there is a network, and again 20 ms after each end.
const HOLD: &str = r#"
local function call() socketcore.sock_conn(0, "server.test", 1) end
while true do
    local m = rtos.receive(0)
    if type(m) ~= "table" then call()
    elseif m.id == 32 and m.socket_index == 5 then call()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        print("conn", m.result)
        if m.result == 0 then socketcore.sock_send(m.socket_index, "hello")
        else socketcore.sock_close(m.socket_index) end
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then print("sent", m.result, m.send_len)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then
        print("got", socketcore.sock_recv(m.socket_index, 1460))
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then
        print("ended")
        socketcore.sock_close(m.socket_index)
    elseif m.id == rtos.MSG_SOCK_CLOSE_CNF then rtos.timer_start(1, 20)
    end
end
"#;

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let redirect = format!("--redirect=*={}", listener.local_addr().unwrap());
    (listener, redirect)
}

fn accept(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().unwrap().0;
    // What does not come or go fails the test; it does not hold it for ever.
    stream.set_read_timeout(Some(rig::PATIENCE)).unwrap();
    stream.set_write_timeout(Some(rig::PATIENCE)).unwrap();
    stream
}

fn read_hello(stream: &mut TcpStream) {
    let mut hello = [0; 5];
    stream.read_exact(&mut hello).unwrap();
    assert_eq!(&hello, b"hello");
}

#[test]
fn a_line_is_held_and_comes_back_after_the_server_was_gone() {
    let (listener, redirect) = listen();
    let address = listener.local_addr().unwrap();
    let project = Project::main(HOLD);
    let mut running = project.start(&[&redirect]);

    let mut stream = accept(&listener);
    read_hello(&mut stream);
    running.wait_for("sent\t0\t5");
    stream.write_all(b"welcome").unwrap();
    running.wait_for("got\twelcome");

    drop(listener);
    drop(stream);
    running.wait_for("ended");
    running.wait_for("cannot connect to 127.0.0.1");
    running.wait_for("conn\t1");

    let listener = TcpListener::bind(address).unwrap();
    let mut stream = accept(&listener);
    read_hello(&mut stream);
    running.wait_for("conn\t0");
    running.signal("INT");
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0, "the end of the run closes in order");
}

#[test]
fn a_reset_is_told_apart_from_a_close() {
    let (listener, redirect) = listen();
    let project = Project::main(HOLD);
    let mut running = project.start(&[&redirect]);
    let mut stream = accept(&listener);
    read_hello(&mut stream);
    running.wait_for("sent\t0");
    socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
    running.wait_for("reset by the server");

    let mut stream = accept(&listener);
    read_hello(&mut stream);
    running.wait_for("sent\t0");
    stream.write_all(b"last words").unwrap();
    drop(stream);
    running.wait_for("got\tlast words");
    running.wait_for("closed by the server");
}

#[test]
fn a_silent_server_is_held() {
    let (listener, redirect) = listen();
    let project = Project::main(HOLD);
    let end = project.run(&[&redirect, "--for", "1s"]);
    assert_eq!(end.code, Some(0));
    assert_eq!(end.stdout.matches("conn\t").count(), 1, "{}", end.stdout);
    assert!(!end.stdout.contains("ended"), "{}", end.stdout);
    let mut all = Vec::new();
    accept(&listener).read_to_end(&mut all).unwrap();
    assert_eq!(all, b"hello");
}

#[test]
fn a_name_is_looked_up_and_every_address_tried() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        eprintln!("this machine has no IPv6");
        return;
    };
    let redirect = format!("--redirect=*=localhost:{}", listener.local_addr().unwrap().port());
    let project = Project::main(HOLD);
    let mut running = project.start(&[&redirect]);
    read_hello(&mut accept(&listener));
    running.wait_for("connected to localhost");
}

#[test]
fn a_name_without_an_address_fails() {
    // No label of a name may have more than 63 letters, so nobody is asked.
    let redirect = format!("--redirect=*={}.test", "x".repeat(64));
    let project = Project::main(HOLD);
    let mut running = project.start(&[&redirect]);
    running.wait_for("name not found");
    running.wait_for("conn\t1");
}

/// Sends 10 MB on each of eight sockets in slices of 10,000 bytes, and checks that all comes back.
const EIGHT: &str = r#"
local TOTAL, SLICE = 10000000, 10000
local block = {}
for i = 0, 250 do block[#block + 1] = string.char(i) end
local long = string.rep(table.concat(block), 300)
local function piece(at, len) return long:sub(at % 251 + 1, at % 251 + len) end
local sent, got, bad, done = {}, {}, 0, 0
local function more(id)
    if sent[id] < TOTAL then
        socketcore.sock_send(id, piece(sent[id], SLICE))
        sent[id] = sent[id] + SLICE
    end
end
while true do
    local m = rtos.receive(0)
    local id = m.socket_index
    if m.id == 32 and id == 5 then
        for i = 1, 8 do socketcore.sock_conn(0, "server.test", 1) end
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        sent[id], got[id] = 0, 0
        more(id)
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then
        if m.result ~= 0 then print("send failed") end
        more(id)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then
        while true do
            local bytes = socketcore.sock_recv(id, 16384)
            if bytes == "" then break end
            if bytes ~= piece(got[id], #bytes) then bad = bad + 1 end
            got[id] = got[id] + #bytes
        end
        if got[id] == TOTAL then
            done = done + 1
            if done == 8 then print("done", "bad", bad) end
        end
    end
end
"#;

#[test]
fn eight_sockets_carry_ten_megabytes_each_way() {
    let (listener, redirect) = listen();
    let project = Project::main(EIGHT);
    let mut running = project.start(&[&redirect]);
    for _ in 0..8 {
        let mut stream = accept(&listener);
        let mut back = stream.try_clone().unwrap();
        // A thread's own panic would go unseen; a broken echo shows as missing bytes.
        thread::spawn(move || std::io::copy(&mut stream, &mut back));
    }
    assert!(running.wait_for("done").ends_with("done\tbad\t0"));
}

/// Reads nothing for 2.5 s, then counts and checks.
const SLOW: &str = r#"
local got, bad, id, open, ended = 0, 0, nil, false, false
local block = {}
for i = 0, 250 do block[#block + 1] = string.char(i) end
local long = string.rep(table.concat(block), 100)
local function read()
    while open do
        local bytes = socketcore.sock_recv(id, 16384)
        if bytes == "" then break end
        if bytes ~= long:sub(got % 251 + 1, got % 251 + #bytes) then bad = bad + 1 end
        got = got + #bytes
    end
    if ended then print("got", got, "bad", bad) end
end
while true do
    local m = rtos.receive(0)
    if type(m) ~= "table" then open = true read()
    elseif m.id == 32 and m.socket_index == 5 then id = socketcore.sock_conn(0, "server.test", 1)
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then rtos.timer_start(1, 2500)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then read()
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then ended = true read()
    end
end
"#;

#[test]
fn a_slow_reader_loses_nothing() {
    let (listener, redirect) = listen();
    let project = Project::main(SLOW);
    let mut running = project.start(&[&redirect]);
    let mut stream = accept(&listener);
    let bytes: Vec<u8> = (0..20_000_000u32).map(|at| (at % 251) as u8).collect();
    stream.write_all(&bytes).unwrap();
    drop(stream);
    assert!(running.wait_for("got\t").ends_with("got\t20000000\tbad\t0"));
}

/// Sends 3 MB without waiting for anything, and closes.
const LEAVE: &str = r#"
local id
while true do
    local m = rtos.receive(0)
    if m.id == 32 and m.socket_index == 5 then id = socketcore.sock_conn(0, "server.test", 1)
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        for i = 1, 300 do socketcore.sock_send(id, string.rep("x", 10000)) end
        socketcore.sock_close(id)
    elseif m.id == rtos.MSG_SOCK_CLOSE_CNF then print("closed") end
end
"#;

#[test]
fn a_close_comes_after_all_that_was_sent() {
    let (listener, redirect) = listen();
    let project = Project::main(LEAVE);
    let mut running = project.start(&[&redirect]);
    let mut stream = accept(&listener);
    stream.write_all(b"unread words would turn the end into a reset").unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), 3_000_000);
    running.wait_for("closed");
}

/// Sends datagrams of growing size, one after each answer.
const DATAGRAMS: &str = r#"
local sizes = { 1, 2, 100, 1460, 9000, 60000 }
local at, id = 1, nil
while true do
    local m = rtos.receive(0)
    if m.id == 32 and m.socket_index == 5 then id = socketcore.sock_conn(1, "server.test", 1)
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        socketcore.sock_send(id, string.rep("u", sizes[at]))
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then print("sent", m.result)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then
        print("got", m.recv_len, #socketcore.sock_recv(id, 100000))
        at = at + 1
        if sizes[at] then socketcore.sock_send(id, string.rep("u", sizes[at])) end
    end
end
"#;

#[test]
fn datagrams_stay_whole() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let redirect = format!("--redirect=*={}", socket.local_addr().unwrap());
    let project = Project::main(DATAGRAMS);
    let mut running = project.start(&[&redirect]);
    let mut datagram = vec![0; 65536];
    for size in [1, 2, 100, 1460, 9000, 60000] {
        let (len, from) = socket.recv_from(&mut datagram).unwrap();
        assert_eq!(len, size);
        socket.send_to(b"", from).unwrap();
        socket.send_to(&datagram[..len], from).unwrap();
        running.wait_for("sent\t0");
        assert!(running.wait_for("got\t").ends_with(&format!("got\t{size}\t{size}")));
    }
}

#[test]
fn a_datagram_to_nobody_is_sent_all_the_same() {
    // Bound and dropped: nobody listens there.
    let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let main = DATAGRAMS.replace(
        "print(\"sent\", m.result)",
        "print(\"sent\", m.result) \
        socketcore.sock_send(id, \"again\")",
    );
    let project = Project::main(&main);
    let mut running = project.start(&[&format!("--redirect=*={address}")]);
    for _ in 0..10 {
        assert!(running.wait_for("sent").ends_with("sent\t0"));
    }
}

/// What is received sends generation A's line into flight and back.
const FLY_CALLBACKS: &str = r#"
require "socket"
require "misc"
local function call()
    socket.connect(1, "TCP", "server.test", 1, function(_, event, result)
        print("line", event, result)
        if event == "CONNECT" and result then socket.send(1, "hello") end
        if event == "STATE" then call() end
    end, function() misc.setflymode(true) end)
end
sys.regapp(function(_, on)
    print("FLYMODE_IND", on)
    if on then misc.setflymode(false) end
    return true
end, "FLYMODE_IND")
call()
"#;

/// The same of a task of generation B, which waits in `recv` meanwhile.
const FLY_TASK: &str = r#"
require "socket"
require "net"
sys.subscribe("FLYMODE", function(on)
    print("FLYMODE", on, net.flyMode)
    if on then net.switchFly(false) end
end)
sys.taskInit(function()
    while true do
        while not link.isReady() do sys.waitUntil("IP_READY_IND") end
        local client = socket.tcp()
        print("task", client:connect("server.test", 1), client:send("hello"), client:recv())
        sys.timerStart(net.switchFly, 1, true)
        print("recv", client:recv())
        client:close()
    end
end)
"#;

/// Runs `script` twice into flight: each time the server hears the end of the line.
fn fly_twice(script: &str, expected: &[&str]) {
    let (listener, redirect) = listen();
    let main = format!(
        "PROJECT, VERSION = 'FLIGHT', '1.0.0'\nrequire 'sys'\n{script}\nsys.init(0, 0)\nsys.run()\n"
    );
    let project = Project::main(&main);
    let mut running = project.start(&[&redirect]);
    for _ in 0..2 {
        let mut stream = accept(&listener);
        read_hello(&mut stream);
        stream.write_all(b"fly").unwrap();
        for line in expected {
            running.wait_for(line);
        }
        let end = stream.read(&mut [0; 8]).map_err(|error| error.kind());
        assert!(matches!(end, Ok(0) | Err(ErrorKind::ConnectionReset)), "{end:?}");
    }
}

#[test]
fn a_line_of_callbacks_comes_back_from_flight() {
    fly_twice(
        FLY_CALLBACKS,
        &[
            "line\tCONNECT\ttrue",
            "line\tSEND\ttrue",
            "line\tSTATE\tSHUTED",
            "FLYMODE_IND\ttrue",
            "FLYMODE_IND\tfalse",
        ],
    );
}

#[test]
fn a_client_of_a_task_comes_back_from_flight() {
    fly_twice(
        FLY_TASK,
        &[
            "task\ttrue\ttrue\ttrue\tfly",
            "recv\tfalse\tIP_ERROR_IND",
            "FLYMODE\ttrue\ttrue",
            "FLYMODE\tfalse\tfalse",
        ],
    );
}
