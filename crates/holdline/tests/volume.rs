//! Much through the script library: every byte, both ways, by clients of generation B.

mod rig;

use rig::Project;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;

/// Bytes that each client sends and gets back.
const TOTAL: usize = 10_000_000;

/// Eight tasks, each with a client: sends a piece, and reads until all of it has come back. The bytes
/// differ from place to place and from task to task.
const EIGHT: &str = r#"
PROJECT, VERSION = "VOLUME", "1.0.0"
require "socket"
LOG_LEVEL = log.LOGLEVEL_WARN
local TOTAL, PIECE = 10000000, 8000
local block = {}
for i = 0, 250 do block[#block + 1] = string.char(i) end
local long = string.rep(table.concat(block), 100)
local done = 0
local function carry(number)
    while not socket.isReady() do sys.wait(5) end
    local c = socket.KIND()
    assert(c:connect("192.0.2.1", 9999))
    for at = 0, TOTAL - 1, PIECE do
        local from = (at + number * 31) % 251 + 1
        local out = long:sub(from, from + PIECE - 1)
        assert(c:send(out))
        local back = ""
        while #back < PIECE do
            local ok, data = c:recv(20000)
            if not ok then error("nothing came back: " .. tostring(data)) end
            back = back .. data
        end
        if back ~= out then error("task " .. number .. ": other bytes came back at " .. at) end
    end
    c:close()
    done = done + 1
    if done == 8 then print("all eight are done") rtos.poweroff() end
end
COROUTINE_ERROR_RESTART = true
for number = 1, 8 do sys.taskInit(carry, number) end
sys.init(0, 0)
sys.run()
"#;

/// Without the limits of a module: to compare, a script holds more than one could.
fn run(script: &str, address: &str) -> rig::Ended {
    let redirect = format!("--redirect=*={address}");
    Project::main(script).run(&["--restarts", "0", "--module", "none", &redirect])
}

#[test]
fn eight_tcp_clients_carry_ten_megabytes_each_way() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let echo = |_each| {
            let mut stream = listener.accept().unwrap().0;
            let mut back = stream.try_clone().unwrap();
            thread::spawn(move || std::io::copy(&mut stream, &mut back).unwrap())
        };
        let echoes: Vec<_> = (0..8).map(echo).collect();
        echoes.into_iter().map(|echo| echo.join().unwrap()).collect::<Vec<u64>>()
    });
    let end = run(&EIGHT.replace("KIND", "tcp"), &address);
    assert!(end.stdout.contains("all eight are done"), "{}{}", end.stdout, end.stderr);
    assert_eq!(end.code, Some(0));
    assert_eq!(server.join().unwrap(), [TOTAL as u64; 8]);
}

#[test]
fn eight_udp_clients_carry_ten_megabytes_of_whole_datagrams() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut datagram = [0; 65_536];
        while let Ok((len, from)) = socket.recv_from(&mut datagram) {
            assert_eq!(len, 8000, "a datagram came in pieces");
            let _ = socket.send_to(&datagram[..len], from);
        }
    });
    let end = run(&EIGHT.replace("KIND", "udp"), &address);
    assert!(end.stdout.contains("all eight are done"), "{}{}", end.stdout, end.stderr);
    assert_eq!(end.code, Some(0));
}

/// Sleeps 2.5 s while 20 MB arrive, then reads what is there.
const SLEEPER: &str = r#"
PROJECT, VERSION = "VOLUME", "1.0.0"
require "socket"
LOG_LEVEL = log.LOGLEVEL_WARN
local block = {}
for i = 0, 250 do block[#block + 1] = string.char(i) end
local long = string.rep(table.concat(block), 20000)
sys.taskInit(function()
    while not socket.isReady() do sys.wait(5) end
    local c = socket.tcp()
    assert(c:connect("192.0.2.1", 9999))
    sys.wait(2500)
    local got, bad = 0, 0
    while true do
        local ok, data = c:recv(20000)
        if not ok then break end
        local from = got % 251 + 1
        if data ~= long:sub(from, from + #data - 1) then bad = bad + 1 end
        got = got + #data
    end
    print("got", got, "bad", bad)
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

#[test]
fn a_task_that_sleeps_while_twenty_megabytes_arrive_loses_none() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let bytes: Vec<u8> = (0..20_000_000u32).map(|at| (at % 251) as u8).collect();
        stream.write_all(&bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stream.read(&mut [0]);
    });
    let end = run(SLEEPER, &address);
    assert!(end.stdout.contains("got\t20000000\tbad\t0"), "{}{}", end.stdout, end.stderr);
}
