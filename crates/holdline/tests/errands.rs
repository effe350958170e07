//! What the library does on its own account, with the real binary and servers on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::Project;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};

/// 2030-01-02 03:04:05 in China, in seconds since 1900.
const TIME: u32 = 0xF487_6325;

fn udp_server() -> (UdpSocket, String) {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(rig::PATIENCE)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    (server, address)
}

fn receive(server: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut bytes = vec![0; 2000];
    let (len, from) = server.recv_from(&mut bytes).unwrap();
    bytes.truncate(len);
    (bytes, from)
}

fn tell_time(server: &UdpSocket) {
    let (query, from) = receive(server);
    assert_eq!((query.len(), query[0] & 7), (48, 3), "a client's question");
    let mut answer = [0; 48];
    answer[40..44].copy_from_slice(&TIME.to_be_bytes());
    server.send_to(&answer, from).unwrap();
}

#[test]
fn a_local_server_tells_both_generations_the_time() {
    let b = r#"
        PROJECT, VERSION = "TIME", "1.0.0"
        require "ntp"
        ntp.timeSync(nil, function(_, ok) print("set", ok, os.date("%Y-%m-%d %H:%M")) end)
        sys.init(0, 0) sys.run()
    "#;
    let a = r#"
        PROJECT, VERSION, MODULE_TYPE = "TIME", "1.0.0", "Air202"
        require "ntp"
        sys.regapp(function(_, ok) print("set", ok, os.date("%Y-%m-%d %H:%M")) return true end, "NTP_IND")
        sys.init(0, 0) sys.run()
    "#;
    for main in [a, b] {
        let (server, address) = udp_server();
        let project = Project::main(main);
        // Even with a redirect of everything.
        let mut running = project.start(&["--ntp", &address, "--redirect", "*=127.0.0.1:1"]);
        tell_time(&server);
        running.wait_for("set\ttrue\t2030-01-02 03:04");
    }
}

#[test]
fn a_server_address_that_makes_no_sense_is_explained() {
    let ended = Project::main("").run(&["--ntp", "time.lan:ntp"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--ntp: `time.lan:ntp` is not the address"), "{}", ended.stderr);
    assert!(ended.stderr.contains("HOST:PORT"), "{}", ended.stderr);
}

/// The script dies once; what it died of is told to the server by the next boot, and only then.
const DIES: &str = r#"
PROJECT, VERSION = "DIES", "1.0.0"
require "errDump"
errDump.request("URL", 600000)
if rtos.poweron_reason() ~= rtos.POWERON_EXCEPTION then
    sys.timerStart(function() error("it is broken") end, 1)
else
    sys.timerLoopStart(function()
        if not io.exists("/luaerrinfo.txt") then print("nothing is kept") end
    end, 20)
end
sys.init(0, 0) sys.run()
"#;

#[test]
fn an_error_is_reported_over_udp_and_the_author_hears_of_it() {
    let (server, address) = udp_server();
    let project = Project::main(&DIES.replace("URL", &format!("udp://{address}")));
    let mut running = project.start(&[]);
    let (report, from) = receive(&server);
    let report = String::from_utf8(report).unwrap();
    assert!(report.starts_with("DIES,1.0.0,"), "{report}");
    assert!(report.contains("main.lua:6: it is broken\nstack traceback:"), "{report}");
    let notice = running.wait_for("`errDump` sends the errors");
    assert!(notice.contains(&address) && notice.contains("--redirect"), "{notice}");
    server.send_to(b"OK", from).unwrap();
    running.wait_for("nothing is kept");
}

#[test]
fn an_error_is_posted_over_http() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let project = Project::main(&DIES.replace("URL", &format!("http://{address}/errors")));
    let mut running = project.start(&[]);
    let mut stream = server.accept().unwrap().0;
    stream.set_read_timeout(Some(rig::PATIENCE)).unwrap();
    let mut request = Vec::new();
    let body_len = loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
        if request.ends_with(b"\r\n\r\n") {
            let head = String::from_utf8(request).unwrap();
            assert!(head.starts_with("POST /errors HTTP/1.1\r\n"), "{head}");
            let length = head.split_once("Content-Length: ").unwrap().1;
            break length.split_once('\r').unwrap().0.parse().unwrap();
        }
    };
    let mut body = vec![0; body_len];
    stream.read_exact(&mut body).unwrap();
    assert!(String::from_utf8(body).unwrap().contains("main.lua:6: it is broken"));
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    running.wait_for("nothing is kept");
}
