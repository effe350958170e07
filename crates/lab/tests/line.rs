//! Devices on real sockets, and what the API says of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{port, start};
use holdline_lab::PortKind;
use holdline_peer::{Identity, Manner, Pattern, Reply};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};

fn len(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

#[test]
fn what_a_device_sends_is_shown_and_answered() {
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let tried = start(vec![port("cars", PortKind::Tcp, echo)]);
    let address = tried.lab.ports()[0];
    let ports = tried.get("/api/ports");
    assert_eq!(ports[0]["name"], "cars");
    assert_eq!(ports[0]["port"], address.port());

    let mut device = TcpStream::connect(address).unwrap();
    device.write_all(b"heart data\r\n").unwrap();
    let mut answer = [0; 12];
    device.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"heart data\r\n");

    let messages = tried.wait("/api/messages", |found| len(found) == 2);
    assert_eq!(messages[0]["direction"], "in");
    assert_eq!(messages[0]["bytes"], "aGVhcnQgZGF0YQ0K");
    assert_eq!(messages[1]["direction"], "out");
    assert_eq!(messages[1]["seq"], messages[0]["seq"].as_i64().unwrap() + 1);
    let id = messages[0]["device"].as_str().unwrap();
    let devices = tried.get("/api/devices");
    assert_eq!((&devices[0]["id"], &devices[0]["online"]), (&json!(id), &json!(true)));
    assert_eq!(devices[0]["bytes_in"], 12);

    let send = tried.url(&format!("/api/devices/{id}/send"));
    let sent: Value = ureq::post(&send)
        .send_json(json!({"hex": "6f 6B0a"}))
        .unwrap()
        .body_mut()
        .read_json()
        .unwrap();
    assert_eq!(sent, json!({"connections": 1, "bytes": 3}));
    let mut told = [0; 3];
    device.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"okb".map(|byte| if byte == b'b' { b'\n' } else { byte }).as_slice());

    drop(device);
    let offline = |found: &Value| found[0]["online"] == false;
    tried.wait("/api/devices", offline);
    let details = tried.get(&format!("/api/devices/{id}"));
    assert_eq!(details["last_connections"][0]["reason"], "closed by the device");
    let of_device =
        tried.get(&format!("/api/messages?device={id}&after={}&limit=1", messages[0]["seq"]));
    assert_eq!(of_device, json!([messages[1]]));
    tried.lab.stop().unwrap();
}

#[test]
fn a_device_is_one_device_on_each_of_its_connections() {
    let identity = Identity::Pattern(Pattern::new(r"imei=(\d{15})").unwrap());
    let manner = Manner { identity: Some(identity), ..Manner::default() };
    let tried = start(vec![port("cars", PortKind::Tcp, manner)]);
    for round in 1..=3 {
        let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
        device.write_all(b"hello").unwrap();
        let events = "/api/messages?events=true";
        tried.wait(events, |found| len(found) == round * 5 - 3);
        device.write_all(b"imei=860000000000001").unwrap();
        tried.wait("/api/devices/860000000000001", |found| found["connections"] == round);
        drop(device);
        tried.wait(events, |found| len(found) == round * 5);
    }
    let devices = tried.get("/api/devices");
    assert_eq!(len(&devices), 1);
    assert_eq!(devices[0]["messages_in"], 6);
    let hers = tried.get("/api/messages?device=860000000000001");
    assert_eq!(len(&hers), 6);
}

#[test]
fn a_sender_of_datagrams_is_a_device() {
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let tried = start(vec![port("meters", PortKind::Udp, echo)]);
    let device = UdpSocket::bind("127.0.0.1:0").unwrap();
    device.connect(tried.lab.ports()[0]).unwrap();
    device.send(b"12.5").unwrap();
    let mut answer = [0; 16];
    assert_eq!(device.recv(&mut answer).unwrap(), 4);
    device.send(b"").unwrap();
    tried.wait("/api/devices", |found| found[0]["bytes_out"] == 4);
    assert_eq!(len(&tried.get("/api/devices")), 1);
}
