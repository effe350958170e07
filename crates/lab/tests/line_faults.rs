//! Faults of the line on real sockets: what a device and the server hear while one stands, and after.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PATIENCE, Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::{Cue, Manner, Reply, Rule};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};

const FAULTS: &str = "/api/ports/cars/faults";
const EVENTS: &str = "/api/messages?events=true&limit=1000";

fn echoing(kind: PortKind) -> Tried {
    start(vec![port("cars", kind, Manner { reply: Reply::Echo, ..Manner::default() })])
}

fn connect(tried: &Tried) -> TcpStream {
    let stream = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn sender(tried: &Tried) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.connect(tried.lab.ports()[0]).unwrap();
    socket
}

/// Begins a fault, and waits until it has begun.
fn begin(tried: &Tried, words: &str) {
    assert_eq!(
        tried.tell("POST", FAULTS, &json!({"fault": words})),
        (200, json!({"fault": words}))
    );
    tried.wait(EVENTS, |rows| all(rows, "fault-began").contains(&words.to_owned()));
}

fn lift(tried: &Tried) {
    assert_eq!(tried.tell("DELETE", FAULTS, &Value::Null).0, 204);
}

fn hears(device: &mut TcpStream, expected: &[u8]) {
    let mut heard = vec![0; expected.len()];
    device.read_exact(&mut heard).unwrap();
    assert_eq!(heard, expected);
}

/// The bytes of each row of a kind, as text.
fn all(rows: &Value, kind: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter().filter(|row| row["kind"] == kind);
    rows.map(text).collect()
}

fn text(row: &Value) -> String {
    String::from_utf8(STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap()).unwrap()
}

/// The kinds of rows from the first of a kind on, in order.
fn from(rows: &Value, kind: &str) -> Vec<String> {
    let kinds = rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap());
    kinds.skip_while(|this| *this != kind).map(str::to_owned).collect()
}

#[test]
fn what_is_late_arrives_whole_and_in_order_with_the_end_behind_it() {
    let tried = echoing(PortKind::Tcp);
    begin(&tried, "latency 30ms");
    begin(&tried, "jitter 20ms");
    let mut device = connect(&tried);
    for number in 0..50_u8 {
        device.write_all(&[number]).unwrap();
    }
    device.shutdown(std::net::Shutdown::Write).unwrap();
    let rows = tried.wait(EVENTS, |rows| !all(rows, "closed").is_empty());
    assert_eq!(all(&rows, "received").concat().into_bytes(), (0..50).collect::<Vec<u8>>());
    assert_eq!(all(&rows, "closed"), ["closed by the device"]);
}

/// A slow line holds back whoever sends: the lab takes in no more than has room on the road.
#[test]
fn a_rate_holds_back_the_device_and_loses_nothing() {
    let tried = start(vec![port("cars", PortKind::Tcp, Manner::default())]);
    begin(&tried, "rate 1");
    let mut device = connect(&tried);
    device.set_nonblocking(true).unwrap();
    let piece = [b'x'; 64 * 1024];
    let mut written = 0;
    // The system's buffers are finite, and so is what the lab takes.
    loop {
        match device.write(&piece) {
            Ok(len) => written += len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
        assert!(written < 64 << 20, "nobody holds the device back");
    }
    lift(&tried);
    drop(device);
    tried.wait("/api/devices", |found| {
        found[0]["bytes_in"] == written && found[0]["online"] == false
    });
}

#[test]
fn what_a_device_says_into_a_black_hole_comes_when_it_is_over() {
    let tried = echoing(PortKind::Tcp);
    let mut device = connect(&tried);
    device.write_all(b"before").unwrap();
    hears(&mut device, b"before");
    begin(&tried, "black hole up");
    device.write_all(b"within").unwrap();
    // The other way is open.
    let id = tried.get("/api/devices")[0]["id"].as_str().unwrap().to_owned();
    tried.tell("POST", &format!("/api/devices/{id}/send"), &json!({"text": "hello"}));
    hears(&mut device, b"hello");
    lift(&tried);
    hears(&mut device, b"within");
    let rows = tried.wait(EVENTS, |rows| all(rows, "sent").len() == 3);
    let wanted = ["fault-began", "sent", "fault-ended", "received", "sent"];
    assert_eq!(from(&rows, "fault-began"), wanted);
}

#[test]
fn what_the_server_says_into_a_black_hole_comes_when_it_is_over() {
    let tried = echoing(PortKind::Tcp);
    begin(&tried, "black hole down");
    let mut device = connect(&tried);
    device.write_all(b"one").unwrap();
    tried.wait(EVENTS, |rows| all(rows, "sent") == ["one"]);
    device.set_nonblocking(true).unwrap();
    assert_eq!(device.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
    device.set_nonblocking(false).unwrap();
    lift(&tried);
    hears(&mut device, b"one");
}

/// A fault that waits for its occasion strikes the connection where that comes, and leaves it with it.
#[test]
fn a_black_hole_of_one_connection_leaves_the_others_alone() {
    let tried = echoing(PortKind::Tcp);
    let (mut hit, mut other) = (connect(&tried), connect(&tried));
    let words = "black hole on \"beat\"";
    assert_eq!(tried.tell("POST", FAULTS, &json!({"fault": words})).0, 200);
    hit.write_all(b"beat").unwrap();
    let rows = tried.wait(EVENTS, |rows| !all(rows, "fault-began").is_empty());
    let began = rows.as_array().unwrap().iter().find(|row| row["kind"] == "fault-began").unwrap();
    assert_eq!(text(began), words);
    assert!(began["connection"].as_u64().unwrap() > 0, "{began}");
    other.write_all(b"tick").unwrap();
    hears(&mut other, b"tick");
    lift(&tried);
    hears(&mut hit, b"beat");
}

#[test]
fn segments_are_split_and_merged() {
    let tried = echoing(PortKind::Tcp);
    begin(&tried, "split 2");
    let mut device = connect(&tried);
    device.write_all(b"abcde").unwrap();
    hears(&mut device, b"abcde");
    let rows = tried.wait(EVENTS, |rows| all(rows, "received").concat() == "abcde");
    assert_eq!(all(&rows, "received"), ["ab", "cd", "e"]);

    let tried = echoing(PortKind::Tcp);
    // Long enough for whatever else this machine does in between.
    begin(&tried, "merge 1s");
    let mut device = connect(&tried);
    device.write_all(b"ab").unwrap();
    device.write_all(b"cd").unwrap();
    hears(&mut device, b"abcd");
    let rows = tried.get(EVENTS);
    assert_eq!(all(&rows, "received"), ["abcd"]);
}

/// Old lines are dead, new ones work, and the stranger that hears of an old one breaks it.
#[test]
fn half_open_lines_are_dead_and_broken_when_the_stranger_hears_of_them() {
    let tried = echoing(PortKind::Tcp);
    let mut old = connect(&tried);
    old.write_all(b"a").unwrap();
    hears(&mut old, b"a");
    begin(&tried, "half open");
    old.write_all(b"lost").unwrap();
    let mut new = connect(&tried);
    new.write_all(b"new").unwrap();
    hears(&mut new, b"new");
    lift(&tried);
    assert_eq!(old.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let rows = tried.wait(EVENTS, |rows| !all(rows, "closed").is_empty());
    assert_eq!(all(&rows, "closed"), ["reset by the server"]);
    assert_eq!(all(&rows, "lost-up"), ["lost"]);
    assert_eq!(all(&rows, "received"), ["a", "new"]);
}

#[test]
fn an_idle_line_is_forgotten_and_what_the_server_says_is_lost() {
    let beat = Rule::on(Cue::Every(std::time::Duration::from_millis(200))).say("beat");
    let manner = Manner { rules: vec![beat], ..Manner::default() };
    let tried = start(vec![port("cars", PortKind::Tcp, manner)]);
    begin(&tried, "nat idle 50ms");
    let mut device = connect(&tried);
    let rows = tried.wait(EVENTS, |rows| !all(rows, "lost-down").is_empty());
    assert_eq!(all(&rows, "fault-began"), ["nat idle 50ms", "nat idle 50ms"]);
    assert_eq!(all(&rows, "lost-down")[0], "beat");
    device.set_nonblocking(true).unwrap();
    assert_eq!(device.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
    device.write_all(b"hello?").unwrap();
    let rows = tried.wait(EVENTS, |rows| all(rows, "lost-down").len() > 2);
    assert_eq!(all(&rows, "received"), [""; 0]);
    tried.lab.stop().unwrap();
}

#[test]
fn datagrams_vanish_and_are_shown() {
    let tried = echoing(PortKind::Udp);
    begin(&tried, "black hole up");
    let device = sender(&tried);
    device.send(b"gone").unwrap();
    tried.wait(EVENTS, |rows| all(rows, "lost-up") == ["gone"]);
    assert_eq!(tried.get("/api/devices"), json!([]), "nobody has been heard");
    lift(&tried);
    tried.wait(EVENTS, |rows| !all(rows, "fault-ended").is_empty());
    device.send(b"here").unwrap();
    assert_eq!(device.recv(&mut [0; 9]).unwrap(), 4);
    begin(&tried, "black hole down");
    device.send(b"what?").unwrap();
    let rows = tried.wait(EVENTS, |rows| !all(rows, "lost-down").is_empty());
    assert_eq!(
        (all(&rows, "lost-down"), all(&rows, "received")),
        (vec!["what?".into()], vec!["here".into(), "what?".into()])
    );
}

#[test]
fn datagrams_take_their_time() {
    let tried = echoing(PortKind::Udp);
    begin(&tried, "latency 20ms");
    let device = sender(&tried);
    for number in 0..5_u8 {
        device.send(&[number]).unwrap();
    }
    for number in 0..5_u8 {
        let mut heard = [0; 9];
        assert_eq!((device.recv(&mut heard).unwrap(), heard[0]), (1, number));
    }
}

/// A line keeps so much of what is late, and drops what comes on top.
#[test]
fn datagrams_for_which_there_is_no_room_are_shown_as_lost() {
    let tried = start(vec![port("cars", PortKind::Udp, Manner::default())]);
    begin(&tried, "latency 10m");
    let device = sender(&tried);
    let lens =
        |rows: &Value, kind: &str| all(rows, kind).iter().map(String::len).collect::<Vec<_>>();
    for len in [30_001, 30_002, 30_003] {
        device.send(&vec![b'x'; len]).unwrap();
    }
    tried.wait(EVENTS, |rows| lens(rows, "lost-up") == [30_003]);
    for len in 50_001..=50_006 {
        let text = "x".repeat(len);
        let sent = tried.tell("POST", "/api/devices/conn-1/send", &json!({"text": text}));
        assert_eq!(sent.0, 200, "{}", sent.1);
    }
    tried.wait(EVENTS, |rows| lens(rows, "lost-down") == [50_006]);
    lift(&tried);
    tried.wait(EVENTS, |rows| lens(rows, "received") == [30_001, 30_002]);
    assert_eq!(device.recv(&mut [0; 60_000]).unwrap(), 50_001);
}

/// A datagram has 65,507 bytes at most.
#[test]
fn a_datagram_that_the_system_does_not_take_is_shown_as_lost() {
    let tried = start(vec![port("cars", PortKind::Udp, Manner::default())]);
    let device = sender(&tried);
    device.send(b"hello").unwrap();
    tried.wait("/api/devices", |found| found[0]["online"] == true);
    let send = |len: usize| {
        let text = "x".repeat(len);
        let sent = tried.tell("POST", "/api/devices/conn-1/send", &json!({"text": text}));
        assert_eq!(sent.0, 200, "{}", sent.1);
    };
    send(65_508);
    tried.wait(EVENTS, |rows| all(rows, "lost-down") == ["x".repeat(65_508)]);
    send(65_507);
    assert_eq!(device.recv(&mut vec![0; 65_536]).unwrap(), 65_507);
    let rows = tried.wait(EVENTS, |rows| all(rows, "sent").len() == 2);
    assert_eq!(from(&rows, "sent"), ["sent", "lost-down", "sent"]);
}

/// What is under way when the lab stops is not lost: it is kept as what it is.
#[test]
fn what_is_under_way_at_the_end_is_kept() {
    let tried = echoing(PortKind::Tcp);
    begin(&tried, "black hole down");
    let mut device = connect(&tried);
    device.write_all(b"one").unwrap();
    tried.wait(EVENTS, |rows| all(rows, "sent") == ["one"]);
    drop(device);
    let rows = tried.wait(EVENTS, |rows| !all(rows, "closed").is_empty());
    assert_eq!(from(&rows, "sent"), ["sent", "lost-down", "closed"]);
}

#[test]
fn a_fault_that_makes_no_sense_at_a_port_is_refused_with_the_reason() {
    let tried = start(vec![
        port("cars", PortKind::Tcp, Manner::default()),
        port("meters", PortKind::Udp, Manner::default()),
    ]);
    let refused = |language: &str, port: &str, words: &str| {
        let path = format!("/api/ports/{port}/faults");
        let (status, said) = tried.tell_in(language, "POST", &path, &json!({"fault": words}));
        assert_eq!(status, 422, "{said}");
        said["error"].as_str().unwrap().to_owned()
    };
    for (port, words, reason) in [
        ("cars", "power cut", "that happens in the module"),
        ("cars", "name not found", "names are looked up before a device calls"),
        ("cars", "tls expired", "it does not speak TLS"),
        ("meters", "split 5", "datagrams stand alone"),
        ("meters", "half open", "datagrams stand alone"),
    ] {
        let error = refused("en", port, words);
        assert!(error.contains(words) && error.contains(reason), "{error}");
    }
    assert!(refused("zh", "meters", "merge 1s").contains("UDP 数据报彼此独立"));
}
