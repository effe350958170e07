//! Lines that stand: what goes over them, and how they end.

use crate::common::{config, free, start};
use crate::device::{Device, Line};
use crate::{echo, rows, wait_rows};
use holdline_lab::{Lab, PortKind};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;

fn say(line: &mut Line, words: &[u8]) {
    line.write_all(words).unwrap();
    let mut answer = vec![0; words.len()];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(answer, words);
}

#[test]
fn a_device_that_trusts_the_lab_talks_to_it_by_any_name() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let at = tried.lab.ports()[0];
    let device = Device::trusting(&tried);
    for (count, name) in ["127.0.0.1", "localhost", "iot.example.com"].into_iter().enumerate() {
        say(&mut device.call(at, name), b"heart data\r\n");
        let secured = wait_rows(&tried, "secured", count + 1);
        assert!(secured[count].starts_with("TLS 1.3, TLS13_"), "{secured:?}");
        assert_eq!(secured[count].contains("for "), name != "127.0.0.1", "{secured:?}");
    }
    let kinds = |found: &Value| -> Vec<String> {
        let of_first = found.as_array().unwrap().iter().filter(|row| row["connection"] == 1);
        of_first.map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
    };
    let rows = tried.wait("/api/messages?events=true", |found| kinds(found).len() == 5);
    assert_eq!(kinds(&rows), ["accepted", "secured", "received", "sent", "closed"]);
}

#[test]
fn an_end_without_notice_is_told_and_one_with_notice_is_regular() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let device = Device::trusting(&tried);
    let at = tried.lab.ports()[0];
    let mut line = device.call(at, "localhost");
    say(&mut line, b"12");
    line.sock.shutdown(Shutdown::Both).unwrap();
    assert_eq!(wait_rows(&tried, "closed", 1), ["closed by the device without a close_notify"]);
    let mut line = device.call(at, "localhost");
    say(&mut line, b"34");
    line.conn.send_close_notify();
    line.flush().unwrap();
    // The lab says so as well: this is an end and no error.
    assert_eq!(line.read(&mut [0; 8]).unwrap(), 0);
    assert_eq!(wait_rows(&tried, "closed", 2)[1], "closed by the device");
}

#[test]
fn the_last_words_before_an_end_are_kept() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    let words = vec![b'x'; 300_000];
    line.write_all(&words).unwrap();
    line.conn.send_close_notify();
    line.flush().unwrap();
    let is_closed = |found: &Value| found[0]["online"] == false;
    let devices = tried.wait("/api/devices", is_closed);
    assert_eq!(devices[0]["bytes_in"], words.len());
}

#[test]
fn what_the_lab_sends_is_sealed_and_its_end_is_told() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    say(&mut line, b"12");
    let words = "x".repeat(300_000);
    let send = tried.url("/api/devices/conn-1/send");
    ureq::post(&send).send_json(serde_json::json!({"text": words})).unwrap();
    let mut came = vec![0; words.len()];
    line.read_exact(&mut came).unwrap();
    assert_eq!(came, words.as_bytes());
    tried.lab.stop().unwrap();
    assert_eq!(line.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn what_a_device_says_after_the_lab_s_end_is_kept() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut line = Device::trusting(&tried).call(tried.lab.ports()[0], "localhost");
    say(&mut line, b"12");
    let close = serde_json::json!({"fault": "close"});
    assert_eq!(tried.tell("POST", "/api/ports/cars/faults", &close).0, 200);
    assert_eq!(line.read(&mut [0; 8]).unwrap(), 0);
    line.write_all(b"but").unwrap();
    assert_eq!(wait_rows(&tried, "received", 2), ["12", "but"]);
    assert_eq!(wait_rows(&tried, "closed", 1), ["closed by the server"]);
}

#[test]
fn the_authority_outlives_the_lab() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let device = Device::trusting(&tried);
    let ca = tried.text("/api/ca.crt");
    let folder = tried.folder;
    tried.lab.stop().unwrap();
    let key = folder.path().join("lab.db-ca.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let lab = Lab::start(config(folder.path(), vec![echo("cars", PortKind::Tls)])).unwrap();
    let tried = crate::common::Tried { lab, folder };
    assert_eq!(tried.text("/api/ca.crt"), ca);
    say(&mut device.call(tried.lab.ports()[0], "localhost"), b"12");
}

#[test]
fn a_lab_without_tls_has_no_authority() {
    let tried = start(vec![echo("cars", PortKind::Tcp)]);
    for path in ["/api/ca.crt", "/api/client.pem"] {
        let (status, problem) = tried.ask(path);
        assert_eq!(status, 404);
        assert!(problem["hint"].as_str().unwrap().contains("--tls 8883"), "{problem}");
    }
    let files = std::fs::read_dir(tried.folder.path()).unwrap();
    assert!(files.flatten().all(|file| !file.file_name().to_string_lossy().contains("-ca.")));
}

#[test]
fn a_certificate_is_for_the_names_of_the_port_too() {
    let mut port = echo("cars", PortKind::Tls);
    port.names = vec!["192.0.2.7".to_owned()];
    let tried = start(vec![port]);
    let device = Device::trusting(&tried);
    say(&mut device.call(tried.lab.ports()[0], "192.0.2.7"), b"12");
    let mut other = device.call(tried.lab.ports()[0], "192.0.2.8");
    assert!(other.write_all(b"12").unwrap_err().to_string().contains("not valid for name"));
    let found = tried
        .wait("/api/messages?events=true", |found| !rows(found, "handshake-failed").is_empty());
    assert!(rows(&found, "handshake-failed")[0].contains("does not take the certificate"));
    assert_ne!(free(), tried.lab.ports()[0]);
}
