//! Handshakes that never end, and what is no handshake.

use crate::common::{Tried, config, start};
use crate::device::Device;
use crate::{echo, wait_rows};
use holdline_lab::{Lab, Limits, PortKind};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn with_limits(limits: Limits) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let ports = vec![echo("cars", PortKind::Tls)];
    let lab = Lab::start(holdline_lab::Config { limits, ..config(folder.path(), ports) }).unwrap();
    Tried { lab, folder }
}

#[test]
fn one_that_is_not_done_in_time_is_over() {
    let handshake = Duration::from_millis(20);
    let tried = with_limits(Limits { handshake, ..Limits::default() });
    let mut silent = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    assert_eq!(silent.read(&mut [0; 8]).unwrap(), 0);
    assert_eq!(wait_rows(&tried, "handshake-failed", 1), ["it was not done in 20ms"]);
    let devices = tried.wait("/api/devices", |found| found[0]["online"] == false);
    assert_eq!(devices.as_array().unwrap().len(), 1);
}

#[test]
fn many_that_are_not_done_keep_nobody_out() {
    let tried = with_limits(Limits { handshakes_max: 3, ..Limits::default() });
    let at = tried.lab.ports()[0];
    let device = Device::trusting(&tried);
    let mut within = device.call(at, "localhost");
    within.write_all(b"12").unwrap();
    within.read_exact(&mut [0; 2]).unwrap();
    let mut silent: Vec<_> = (0..10).map(|_| TcpStream::connect(at).unwrap()).collect();
    let gone = wait_rows(&tried, "handshake-failed", 7);
    assert!(gone.iter().all(|reason| reason.contains("too many")), "{gone:?}");
    for first in &mut silent[..7] {
        assert_eq!(first.read(&mut [0; 8]).unwrap(), 0);
    }
    for line in [&mut within, &mut device.call(at, "localhost")] {
        line.write_all(b"34").unwrap();
        line.read_exact(&mut [0; 2]).unwrap();
    }
}

#[test]
fn a_device_that_speaks_no_tls_is_told_with_its_words() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut plain = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    plain.write_all(b"heart data\r\n").unwrap();
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).unwrap();
    // An alert, fatal.
    assert_eq!((answer[0], answer[5]), (21, 2));
    let failed = wait_rows(&tried, "handshake-failed", 1);
    assert_eq!(failed, [r"the device does not speak TLS: it says `heart data\r\n`"]);
    assert_eq!(wait_rows(&tried, "received", 0), [""; 0]);
}

#[test]
fn a_device_that_hangs_up_in_the_middle_is_told() {
    let tried = start(vec![echo("cars", PortKind::Tls)]);
    let mut half = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    half.write_all(&[22, 3, 1, 0, 200, 1]).unwrap();
    drop(half);
    assert_eq!(wait_rows(&tried, "handshake-failed", 1), ["the device hung up"]);
    let send = tried.url("/api/devices/conn-1/send");
    let sent = ureq::post(&send).send_json(serde_json::json!({"text": "1"}));
    assert!(matches!(sent, Err(ureq::Error::StatusCode(409))), "{sent:?}");
}
