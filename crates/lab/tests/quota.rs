//! What one device may have of the lab, and that nothing is lost by it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Tried, config, port};
use holdline_lab::{Lab, Limits, PortKind};
use holdline_peer::{Manner, Reply};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::num::NonZeroU32;

/// A lab with one port.
fn start(limits: Limits, reply: Reply) -> Tried {
    start_with(PortKind::Tcp, limits, reply)
}

fn start_with(kind: PortKind, limits: Limits, reply: Reply) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let manner = Manner { reply, ..Manner::default() };
    let mut config = config(folder.path(), vec![port("cars", kind, manner)]);
    config.limits = limits;
    let lab = Lab::start(config).unwrap();
    Tried { lab, folder }
}

fn connect(tried: &Tried) -> TcpStream {
    TcpStream::connect(tried.lab.ports()[0]).unwrap()
}

#[test]
fn who_does_not_read_is_disconnected_and_told_why() {
    let limits = Limits { unsent_bytes_max: 100_000, ..Limits::default() };
    let tried = start(limits, Reply::Echo);
    let mut device = connect(&tried);
    while device.write_all(&[b'x'; 10_000]).is_ok() {}
    let ended = tried.wait("/api/devices/conn-1", |found| found["online"] == false);
    assert_eq!(ended["last_connections"][0]["reason"], "the device does not read");
}

/// Nothing gets to the devices: what waits for each is known to the byte.
#[test]
fn when_too_much_waits_for_all_the_one_goes_for_whom_the_most_waits() {
    let limits =
        Limits { unsent_bytes_max: 1 << 20, unsent_bytes_in_all_max: 100_000, ..Limits::default() };
    let tried = start(limits, Reply::Silent);
    let faults = "/api/ports/cars/faults";
    let fault = json!({"fault": "black hole down"});
    assert_eq!(tried.tell("POST", faults, &fault).0, 200);
    let mut devices: Vec<_> = (0..3).map(|_| connect(&tried)).collect();
    tried.wait("/api/devices", |found| found.as_array().unwrap().len() == 3);
    let send = |number: usize, len: usize| {
        let path = format!("/api/devices/conn-{number}/send");
        let text = "x".repeat(len);
        tried.tell("POST", &path, &json!({"text": text})).0
    };
    for (number, len) in [(1, 30_000), (2, 50_000), (3, 20_000)] {
        assert_eq!(send(number, len), 200);
    }
    assert_eq!(send(3, 1), 200);
    let ended = tried.wait("/api/devices/conn-2", |found| found["online"] == false);
    let reason = &ended["last_connections"][0]["reason"];
    assert_eq!(reason, "too much waited for all, and the most for this one");
    let at = |found: &Value, kind: &str| -> Vec<usize> {
        let rows = found.as_array().unwrap().iter().enumerate();
        rows.filter(|(_, row)| row["kind"] == kind).map(|(at, _)| at).collect()
    };
    let rows = tried.wait("/api/messages?events=true", |rows| at(rows, "sent").len() == 4);
    assert!(at(&rows, "sent")[3] < at(&rows, "closed")[0], "100,000 bytes may wait: {rows}");

    tried.tell("DELETE", faults, &Value::Null);
    for (number, len) in [(0, 30_000), (2, 20_001)] {
        devices[number].read_exact(&mut vec![0; len]).unwrap();
    }
}

/// What is late waits too: of the second and the third device little is read until it has arrived.
#[test]
fn what_is_under_way_for_all_is_held_back_and_nobody_is_disconnected() {
    let limits = Limits { unsent_bytes_in_all_max: 140_000, ..Limits::default() };
    let tried = start(limits, Reply::Silent);
    let faults = "/api/ports/cars/faults";
    let latency = json!({"fault": "latency 10m"});
    assert_eq!(tried.tell("POST", faults, &latency).0, 200);
    let mut devices: Vec<_> = (0..3).map(|_| connect(&tried)).collect();
    devices.iter_mut().for_each(|device| device.write_all(&[b'x'; 70_000]).unwrap());
    tried.wait("/api/devices", |found| found.as_array().unwrap().len() == 3);
    // Each order has the lab look once more at what it may read.
    (0..9).for_each(|_| assert_eq!(tried.tell("POST", faults, &latency).0, 200));
    assert_eq!(tried.tell("DELETE", faults, &Value::Null).0, 204);
    let heard = |found: &Value| -> i64 {
        let devices = found.as_array().unwrap().iter();
        devices.map(|device| device["bytes_in"].as_i64().unwrap()).sum()
    };
    let found = tried.wait("/api/devices", |found| heard(found) == 210_000);
    assert!(found.as_array().unwrap().iter().all(|device| device["online"] == true), "{found}");
}

#[test]
fn an_address_has_no_more_connections_than_it_may() {
    let limits = Limits { connections_per_address_max: 2, ..Limits::default() };
    let tried = start(limits, Reply::Echo);
    let (mut first, second) = (connect(&tried), connect(&tried));
    tried.wait("/api/devices", |found| found[1]["online"] == true);
    let mut third = connect(&tried);
    assert!(third.read(&mut [0]).is_err(), "it is broken");
    let events = "/api/messages?events=true";
    let rows = tried.wait(events, |found| found.as_array().unwrap().len() == 3);
    assert_eq!((&rows[2]["kind"], &rows[2]["connection"]), (&"refused".into(), &3.into()));

    drop(second);
    tried.wait(events, |found| found.as_array().unwrap().len() == 4);
    let mut fourth = connect(&tried);
    for device in [&mut first, &mut fourth] {
        device.write_all(b"hello").unwrap();
        device.read_exact(&mut [0; 5]).unwrap();
    }
}

#[test]
fn what_comes_too_fast_waits_and_arrives() {
    let limit = NonZeroU32::new(10_000);
    let limits = Limits { bytes_per_second_max: limit, ..Limits::default() };
    let tried = start(limits, Reply::Silent);
    let sent: Vec<u8> = (0..25_000u32).map(|number| number as u8).collect();
    connect(&tried).write_all(&sent).unwrap();
    tried.wait("/api/devices", |found| found[0]["online"] == false);
    let rows = tried.get("/api/messages");
    let bytes = rows.as_array().unwrap().iter();
    let bytes: Vec<_> =
        bytes.map(|row| STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap()).collect();
    assert!(bytes.iter().all(|bytes| bytes.len() <= 10_000) && bytes.len() >= 3);
    assert_eq!(bytes.concat(), sent);
}

/// The first device's datagram is under way; there is no room for what the second says until it is not.
#[test]
fn when_much_waits_for_all_datagrams_are_dropped_and_shown() {
    let limits = Limits { unsent_bytes_in_all_max: 100_000, ..Limits::default() };
    let tried = start_with(PortKind::Udp, limits, Reply::Silent);
    let faults = "/api/ports/cars/faults";
    assert_eq!(tried.tell("POST", faults, &json!({"fault": "latency 10m"})).0, 200);
    let device = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (first, second) = (device(), device());
    first.send_to(&[b'x'; 60_000], tried.lab.ports()[0]).unwrap();
    second.send_to(b"one too many", tried.lab.ports()[0]).unwrap();
    let bytes = |found: &Value, kind: &str| {
        let rows = found.as_array().unwrap().iter().filter(|row| row["kind"] == kind);
        rows.map(|row| row["bytes"].clone()).collect::<Vec<_>>()
    };
    let events = "/api/messages?events=true";
    let rows = tried.wait(events, |rows| !bytes(rows, "lost-up").is_empty());
    assert_eq!(bytes(&rows, "lost-up"), [STANDARD.encode("one too many")]);

    tried.tell("DELETE", faults, &Value::Null);
    tried.wait(events, |rows| bytes(rows, "received").len() == 1);
    second.send_to(b"there is room", tried.lab.ports()[0]).unwrap();
    let rows = tried.wait(events, |rows| bytes(rows, "received").len() == 2);
    assert_eq!(bytes(&rows, "received")[1], STANDARD.encode("there is room"));
}
