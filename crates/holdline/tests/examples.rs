//! The example programs by the real command against real servers, with their waits made short.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{PATIENCE, Project, Running};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;

/// The files of `examples/name`, but for its tests, with texts replaced; each must be there.
fn example(name: &str, changes: &[(&str, &str)]) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue; // The example's own tests.
        }
        let name = entry.file_name().into_string().unwrap();
        files.push((name, std::fs::read_to_string(entry.path()).unwrap()));
    }
    for (from, to) in changes {
        let file = files.iter_mut().find(|(_, text)| text.contains(from));
        let (_, text) = file.unwrap_or_else(|| panic!("no file has `{from}`"));
        *text = text.replace(from, to);
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    Project::new(&files)
}

fn start(project: &Project, server: SocketAddr) -> Running {
    project.start(&[&format!("--redirect=*={server}")])
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// A line, for which what does not come or go fails the test.
fn accept(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().unwrap().0;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// All that comes on the next line until the device closes it.
fn whole_line(listener: &TcpListener) -> String {
    let mut said = String::new();
    accept(listener).read_to_string(&mut said).unwrap();
    said
}

/// What comes on `stream`, up to and with `end`.
fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut said = Vec::new();
    let mut byte = [0];
    while !said.ends_with(end.as_bytes()) {
        stream.read_exact(&mut byte).unwrap();
        said.push(byte[0]);
    }
    String::from_utf8(said).unwrap()
}

/// Reports on lines of their own; a server that is away, and one that resets, cost nothing but time.
fn reports_shortly(project: &Project, failed: &str) -> Running {
    let listener = listen();
    let address = listener.local_addr().unwrap();
    let mut running = start(project, address);
    for _ in 0..3 {
        assert_eq!(whole_line(&listener), "report\r\n");
    }
    let stream = accept(&listener);
    socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
    assert_eq!(whole_line(&listener), "report\r\n");
    drop(listener);
    running.wait_for("cannot connect to 127.0.0.1");
    running.wait_for(failed);
    let listener = TcpListener::bind(address).unwrap();
    assert_eq!(whole_line(&listener), "report\r\n");
    running
}

#[test]
fn short() {
    let project = example("short", &[("= 20000, 5000", "= 20, 20")]);
    reports_shortly(&project, "finish\tfalse");
}

#[test]
fn short_flight() {
    let changes =
        [("FLIGHT_PERIOD, RETRY_PERIOD = 300000, 20000", "FLIGHT_PERIOD, RETRY_PERIOD = 50, 20")];
    let mut running = reports_shortly(&example("short-flight", &changes), "finish\tfalse");
    for _ in 0..4 {
        running.wait_for("network lost");
        running.wait_for("network ready");
    }
}

#[test]
fn task_short() {
    let project =
        example("task-short", &[("= 20000, 5000", "= 20, 20"), ("sys.wait(5000)", "sys.wait(20)")]);
    reports_shortly(&project, "failed");
}

#[test]
fn task_short_flight() {
    let changes = [
        ("FLIGHT_PERIOD = 300000", "FLIGHT_PERIOD = 50"),
        ("RETRY_PERIOD = 120000, 5000", "RETRY_PERIOD = 120000, 20"),
    ];
    let mut running = reports_shortly(&example("task-short-flight", &changes), "failed");
    for _ in 0..4 {
        running.wait_for("network lost");
        running.wait_for("network ready");
    }
}

/// Of what the task is told to send nothing is lost, also when the line is.
#[test]
fn task_interrupt() {
    let changes = [
        ("end, 10000)", "end, 20)"),
        ("end, 30000)", "end, 60)"),
        ("sys.wait(2000)", "sys.wait(20)"),
    ];
    let listener = listen();
    let project = example("task-interrupt", &changes);
    let mut running = start(&project, listener.local_addr().unwrap());
    let mut readings = Vec::new();
    for _line in 0..3 {
        let mut stream = accept(&listener);
        stream.write_all(b"welcome").unwrap();
        running.wait_for("[received]\twelcome");
        let lines = BufReader::new(&mut stream).lines().map(Result::unwrap);
        let some: Vec<String> = lines.take(30).collect();
        assert!(some.iter().filter(|line| line.starts_with("alarm")).count() >= 6, "{some:?}");
        readings.extend(some.into_iter().filter(|line| line.starts_with("reading")));
        // With words unread, this is a reset.
    }
    let numbers: Vec<u32> =
        readings.iter().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect();
    // What was on its way when a line broke may have been read by nobody.
    assert!(numbers.len() > 10 && numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn long_connection() {
    let listener = listen();
    let changes = [("= 10000, 20000", "= 20, 40")];
    let project = example("long-connection", &changes);
    let mut running = start(&project, listener.local_addr().unwrap());
    for _line in 0..2 {
        let mut stream = accept(&listener);
        for _ in 0..3 {
            read_to(&mut stream, "loc data\r\n");
            read_to(&mut stream, "heart data\r\n");
        }
        stream.write_all(b"hello").unwrap();
        running.wait_for("rcv\thello");
    }
    running.wait_for("reconn");
}

#[test]
fn task_long_connection() {
    let listener = listen();
    let changes = [
        ("sys.wait(10000)", "sys.wait(50)"),
        ("QUIET = 120000", "QUIET = 400"),
        ("sys.wait(500)", "sys.wait(50)"),
    ];
    let project = example("task-long-connection", &changes);
    let mut running = start(&project, listener.local_addr().unwrap());
    let mut stream = accept(&listener);
    // On a busy machine a message may be published while the one before is sent, and be lost; one
    // gets through, and after the last comes a ping.
    let message = "0123456789".repeat(1024);
    assert!(read_to(&mut stream, &message).trim_start_matches("ping").starts_with("0123456789"));
    read_to(&mut stream, "ping");
    stream.write_all(b"hello").unwrap();
    running.wait_for("[received]\t5\thello");
    drop(stream);
    running.wait_for("line lost");
    assert_eq!(read_to(&mut accept(&listener), "ping"), "ping");
}

#[test]
fn task_async() {
    let listener = listen();
    let changes = [("end, 90000)", "end, 20)"), ("end, 1000)", "end, 20)")];
    let project = example("task-async", &changes);
    let mut running = start(&project, listener.local_addr().unwrap());
    for _line in 0..2 {
        let mut stream = accept(&listener);
        assert_eq!(read_to(&mut stream, "report\r\nreport\r\n"), "report\r\nreport\r\n");
        stream.write_all(b"hello").unwrap();
        running.wait_for("[received]\thello");
    }
}

#[test]
fn task_async_callback() {
    let listener = listen();
    let changes = [("KEEP_ALIVE = 60", "KEEP_ALIVE = 0.1")];
    let project = example("task-async-callback", &changes);
    let _running = start(&project, listener.local_addr().unwrap());
    for _line in 0..2 {
        let mut stream = accept(&listener);
        stream.write_all(b"hello").unwrap();
        read_to(&mut stream, "got 5 bytes\r\n");
        read_to(&mut stream, "ping");
    }
}

#[test]
fn udp() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let project = example("udp", &[("recv(10000)", "recv(50)")]);
    let mut running = start(&project, socket.local_addr().unwrap());
    let mut datagram = [0; 100];
    for _ in 0..3 {
        let (len, from) = socket.recv_from(&mut datagram).unwrap();
        assert_eq!(&datagram[..len], b"report\r\n");
        socket.send_to(b"hello", from).unwrap();
        running.wait_for("[received]\thello");
    }
}
