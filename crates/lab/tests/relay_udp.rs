//! Ports of UDP that pass senders on to another server, each over a way of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PATIENCE, Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::Manner;
use serde_json::{Value, json};
use std::net::{SocketAddr, UdpSocket};

const EVENTS: &str = "/api/messages?events=true&limit=1000";

const FAULTS: &str = "/api/ports/meters/faults";

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn start_to(target: SocketAddr) -> Tried {
    let mut port = port("meters", PortKind::Udp, Manner::default());
    port.relay = Some(target);
    start(vec![port])
}

fn device(tried: &Tried) -> UdpSocket {
    let device = socket();
    device.connect(tried.lab.ports()[0]).unwrap();
    device
}

/// Commits a fault that begins at once.
fn commit(tried: &Tried, words: &str) {
    assert_eq!(tried.tell("POST", FAULTS, &json!({"fault": words})).0, 200);
    tried.wait(EVENTS, |rows| all(rows, "fault-began").contains(&words.to_owned()));
}

/// The next datagram, and from where.
fn hear(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut heard = [0; 99];
    let (len, from) = socket.recv_from(&mut heard).unwrap();
    (String::from_utf8(heard[..len].to_vec()).unwrap(), from)
}

fn all(rows: &Value, kind: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter().filter(|row| row["kind"] == kind);
    let text = |row: &Value| STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap();
    rows.map(|row| String::from_utf8(text(row)).unwrap()).collect()
}

#[test]
fn each_sender_has_its_own_way_there_and_back() {
    let server = socket();
    let tried = start_to(server.local_addr().unwrap());
    let (one, other) = (device(&tried), device(&tried));
    one.send(b"one").unwrap();
    let (said, way_of_one) = hear(&server);
    assert_eq!(said, "one");
    other.send(b"other").unwrap();
    let (said, way_of_other) = hear(&server);
    assert_eq!(said, "other");
    assert_ne!(way_of_one, way_of_other);

    server.send_to(b"to other", way_of_other).unwrap();
    server.send_to(b"to one", way_of_one).unwrap();
    assert_eq!(hear(&one).0, "to one");
    assert_eq!(hear(&other).0, "to other");
    one.send(b"again").unwrap();
    assert_eq!(hear(&server), ("again".into(), way_of_one));

    let rows = tried.wait(EVENTS, |rows| all(rows, "received").len() == 3);
    assert_eq!(all(&rows, "received"), ["one", "other", "again"]);
    assert_eq!(tried.get("/api/devices").as_array().unwrap().len(), 2);
}

#[test]
fn what_a_fault_keeps_back_is_shown_as_lost() {
    let server = socket();
    let tried = start_to(server.local_addr().unwrap());
    let device = device(&tried);
    device.send(b"hello").unwrap();
    let (_, way) = hear(&server);
    commit(&tried, "silent");
    server.send_to(b"kept back", way).unwrap();
    tried.wait(EVENTS, |rows| all(rows, "lost-down") == ["kept back"]);
    tried.tell("DELETE", FAULTS, &Value::Null);
    commit(&tried, "black hole up");
    device.send(b"into the hole").unwrap();
    tried.wait(EVENTS, |rows| all(rows, "lost-up") == ["into the hole"]);
    tried.tell("DELETE", FAULTS, &Value::Null);
    device.send(b"through").unwrap();
    assert_eq!(hear(&server).0, "through");
    server.send_to(b"back", way).unwrap();
    assert_eq!(hear(&device).0, "back");
}

#[test]
fn a_datagram_in_which_a_fault_strikes_does_not_pass() {
    let server = socket();
    let tried = start_to(server.local_addr().unwrap());
    let device = device(&tried);
    assert_eq!(tried.tell("POST", FAULTS, &json!({"fault": "reset on \"STOP\""})).0, 200);
    device.send(b"a STOP within").unwrap();
    let rows = tried.wait(EVENTS, |rows| !all(rows, "lost-up").is_empty());
    assert_eq!(all(&rows, "lost-up"), ["a STOP within"]);
    assert_eq!(all(&rows, "received"), ["a STOP"]);
    for whole in ["a STOP", "", "go on"] {
        device.send(whole.as_bytes()).unwrap();
        assert_eq!(hear(&server).0, whole);
    }
}

#[test]
fn a_way_ends_with_the_connection_of_its_sender() {
    let server = socket();
    let tried = start_to(server.local_addr().unwrap());
    let device = device(&tried);
    device.send(b"hello").unwrap();
    let (_, way) = hear(&server);
    tried.wait("/api/devices", |found| found[0]["online"] == true);
    assert_eq!(tried.tell("POST", "/api/devices/conn-1/kick", &json!({})).0, 200);
    server.connect(way).unwrap();
    server.send(b"anybody there?").unwrap();
    let refused = server.recv(&mut [0; 9]).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// The system tells of the first one's refusal when the second is sent: that goes nevertheless.
#[test]
fn a_refusal_is_not_that_of_the_next_datagram() {
    let gone = socket();
    let tried = start_to(gone.local_addr().unwrap());
    drop(gone);
    let device = device(&tried);
    commit(&tried, "latency 10m");
    device.send(b"one").unwrap();
    device.send(b"two").unwrap();
    tried.wait("/api/devices", |found| found[0]["online"] == true);
    tried.tell("DELETE", FAULTS, &Value::Null);
    let rows = tried.wait(EVENTS, |rows| !all(rows, "closed").is_empty());
    assert_eq!(all(&rows, "received"), ["one", "two"]);
    assert!(all(&rows, "lost-up").is_empty(), "{rows}");
}

/// Nobody listens at the target: the system says so when it hears of it, and so does the row.
#[test]
fn a_target_that_is_not_there_ends_the_way_and_the_next_datagram_begins_another() {
    let gone = socket();
    let target = gone.local_addr().unwrap();
    let tried = start_to(target);
    drop(gone);
    let device = device(&tried);
    device.send(b"hello?").unwrap();
    let rows = tried.wait(EVENTS, |rows| !all(rows, "closed").is_empty());
    let end = format!("no way to the target: {target}: ");
    assert!(all(&rows, "closed")[0].starts_with(&end), "{rows}");
    let server = UdpSocket::bind(target).unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    device.send(b"hello!").unwrap();
    let (said, way) = hear(&server);
    assert_eq!(said, "hello!");
    server.send_to(b"hi", way).unwrap();
    assert_eq!(hear(&device).0, "hi");
}
