//! Requests byte by byte: connections that several requests share.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::Manner;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn connect(tried: &Tried) -> TcpStream {
    let line = TcpStream::connect(tried.lab.http()).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    line
}

/// Reads until this was said.
fn hears(line: &mut TcpStream, wanted: &str) -> String {
    let mut said = Vec::new();
    while !said.ends_with(wanted.as_bytes()) {
        let mut byte = [0];
        line.read_exact(&mut byte).unwrap_or_else(|error| {
            panic!("{error} before {wanted:?} in {:?}", String::from_utf8_lossy(&said))
        });
        said.push(byte[0]);
    }
    String::from_utf8(said).unwrap()
}

/// The body comes when it is asked for, as late as it can come.
#[test]
fn a_refused_call_leaves_its_connection_to_the_next() {
    let tried = start(vec![port("cars", PortKind::Tcp, Manner::default())]);
    let mut line = connect(&tried);
    for path in ["/api/devices/%ff/kick", "/api/nothing", "/api/devices/nobody/kick"] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n");
        line.write_all(head.as_bytes()).unwrap();
        line.write_all(b"Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n").unwrap();
        assert_eq!(hears(&mut line, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n", "{path}");
        line.write_all(b"{}").unwrap();
        let head = hears(&mut line, "\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 4") && !head.contains("connection: close"), "{head}");
        hears(&mut line, "}");
    }
    line.write_all(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert!(hears(&mut line, "\r\n\r\n").starts_with("HTTP/1.1 200"));
}

/// Whoever reads no answer before everything is said gets one all the same.
#[test]
fn too_much_is_read_to_its_end_and_refused() {
    let tried = start(vec![port("cars", PortKind::Tcp, Manner::default())]);
    let mut line = connect(&tried);
    for host in ["localhost", "elsewhere.example"] {
        let head = format!(
            "POST /api/devices/send HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9000000\r\n\r\n"
        );
        line.write_all(head.as_bytes()).unwrap();
        line.write_all(&vec![b'x'; 9_000_000]).unwrap();
        let status = if host == "localhost" { "HTTP/1.1 413" } else { "HTTP/1.1 421" };
        let head = hears(&mut line, "\r\n\r\n");
        assert!(head.starts_with(status) && !head.contains("connection: close"), "{head}");
        hears(&mut line, "}");
    }
}

#[test]
fn far_too_much_ends_the_connection() {
    let tried = start(vec![port("cars", PortKind::Tcp, Manner::default())]);
    let mut line = connect(&tried);
    // The last byte that is read, so that nothing is left to be thrown back.
    let len = (64 << 20) + 1;
    let head = format!(
        "POST /api/devices/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        len + 1
    );
    line.write_all(head.as_bytes()).unwrap();
    line.write_all(&vec![b'x'; len]).unwrap();
    let mut said = String::new();
    line.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("connection: close"), "{said}");
}
