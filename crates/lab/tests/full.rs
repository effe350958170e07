//! A lab whose disk is full, played by a limit on the length of files: nothing is lost.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::child::{Lonely, WAITING_BYTES_MAX, be_a_lab};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread::{self, JoinHandle};

/// More than the file, the way to the store and both systems' buffers take.
const BYTES: usize = 40_000_000;

#[test]
fn a_lab_of_its_own() {
    be_a_lab();
}

/// A lab that can write a million bytes into a file, or two where the shell counts otherwise.
fn start(folder: &Path) -> Lonely {
    let mut command = Command::new("sh");
    let shell = "trap '' XFSZ; ulimit -S -f 2000; exec \"$0\" \"$@\"";
    command.args(["-c", shell]).arg(std::env::current_exe().unwrap());
    Lonely::start_with(folder, command)
}

/// From here on files may have so many bytes.
fn limit(lab: &Lonely, bytes: Option<u64>) {
    let limit = Rlimit { current: bytes, maximum: None };
    prlimit(Some(Pid::from_child(&lab.child)), Resource::Fsize, limit).unwrap();
}

/// A device that sends all there is to send.
fn device(port: SocketAddr) -> JoinHandle<std::io::Result<()>> {
    let mut stream = TcpStream::connect(port).unwrap();
    thread::spawn(move || stream.write_all(&bytes()))
}

fn bytes() -> Vec<u8> {
    (0..BYTES as u64 / 8).flat_map(|number| format!("{number:07}\n").into_bytes()).collect()
}

/// What the store has of what came.
fn kept(lab: &Lonely) -> Vec<u8> {
    kept_until(lab, i64::MAX)
}

/// What came before a row.
fn kept_until(lab: &Lonely, end: i64) -> Vec<u8> {
    let (mut after, mut kept) = (0, Vec::new());
    loop {
        let rows = lab.get(&format!("/api/messages?after={after}&limit=50"));
        let rows = rows.as_array().unwrap();
        let Some(last) = rows.last() else { return kept };
        if after >= end {
            return kept;
        }
        after = last["seq"].as_i64().unwrap();
        for row in rows.iter().take_while(|row| row["seq"].as_i64().unwrap() < end) {
            kept.extend(STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap());
        }
    }
}

#[test]
fn what_a_full_disk_does_not_take_waits_at_the_device_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let lab = start(folder.path());
    let device = device(lab.silent);
    let health = lab.wait("/api/health", |health| health["trouble"].is_string());
    assert_eq!(health["ok"], false, "{health}");
    let before = kept(&lab);
    assert!(bytes().starts_with(&before));
    assert!(!device.is_finished(), "nobody can have taken all of it");

    limit(&lab, None);
    device.join().unwrap().unwrap();
    lab.wait("/api/devices", |devices| devices[0]["bytes_in"] == BYTES);
    assert!(kept(&lab) == bytes(), "all of it arrives, in order, once");
    let health = lab.get("/api/health");
    assert_eq!((&health["ok"], &health["trouble"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(lab.stop(), "well");
}

#[test]
fn a_lab_that_stops_while_the_disk_is_full_says_how_much_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let lab = start(folder.path());
    let device = device(lab.silent);
    lab.wait("/api/health", |health| health["trouble"].is_string());
    // From here on there is no room for anything.
    limit(&lab, Some(0));
    let before = kept(&lab);
    let said = lab.stop();
    assert!(device.join().unwrap().is_err(), "the device knows that it was cut off");
    let count = said.strip_prefix("badly: ").and_then(|said| said.split_once(" rows could not"));
    assert!(count.unwrap().0.parse::<usize>().unwrap() > 0, "{said}");

    let lab = Lonely::start(folder.path());
    assert!(kept(&lab) == before, "what was there is kept");
    assert_eq!(lab.stop(), "well");
}

#[test]
fn a_flood_keeps_nobody_else_from_being_heard() {
    let folder = tempfile::tempdir().unwrap();
    let lab = start(folder.path());
    let mut quiet = TcpStream::connect(lab.silent).unwrap();
    lab.wait("/api/devices", |devices| devices[0]["online"] == true);
    let flood = device(lab.silent);
    lab.wait("/api/health", |health| health["trouble"].is_string());
    limit(&lab, Some(0));
    let before = kept(&lab).len();
    // Both wait at the lab's door by now, the flood with all that the system's buffers take.
    quiet.write_all(b"here").unwrap();
    limit(&lab, None);
    let rows = lab.wait("/api/messages?device=conn-1", |rows| rows[0].is_object());
    flood.join().unwrap().unwrap();
    lab.wait("/api/devices/conn-2", |device| device["bytes_in"] == BYTES);
    let kept = kept_until(&lab, rows[0]["seq"].as_i64().unwrap()).len();
    let room = WAITING_BYTES_MAX + 4 * 64 * 1024;
    assert!(
        kept <= before + room,
        "{kept} bytes came before it, {before} of them before the pause"
    );
}

#[test]
fn with_few_files_left_devices_are_refused_and_the_page_answers() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 100; exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe().unwrap());
    let lab = Lonely::start_with(folder.path(), command);
    let devices: Vec<_> = (0..120).map(|_| TcpStream::connect(lab.silent).unwrap()).collect();
    let rows = lab.wait("/api/messages?events=true", |rows| rows.as_array().unwrap().len() == 120);
    let of_kind =
        |kind: &str| rows.as_array().unwrap().iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((of_kind("accepted"), of_kind("refused")), (50, 70));
    drop(devices);
    lab.wait("/api/devices", |devices| devices[0]["online"] == false);
    assert_eq!(lab.stop(), "well");
}
