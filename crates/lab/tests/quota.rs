//! What one device may have of the lab, and that nothing is lost by it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Tried, config, port};
use holdline_lab::{Lab, Limits, PortKind};
use holdline_peer::{Manner, Reply};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;

/// A lab with one port.
fn start(limits: Limits, reply: Reply) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let manner = Manner { reply, ..Manner::default() };
    let mut config = config(folder.path(), vec![port("cars", PortKind::Tcp, manner)]);
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
