//! A lab that is killed at random moments under load keeps all that it has shown.
//!
//! `HOLDLINE_KILLS=100` kills as often; a few times where nothing is said.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::child::{Lonely, be_a_lab};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Devices that send as fast as they can.
const DEVICES: u64 = 4;

/// The longest time between what was shown last and the kill.
const DELAY_MAX_US: u64 = 25_000;

/// Rows by their numbers, without their device: that a name comes later changes it.
type Shown = BTreeMap<i64, Value>;

#[test]
fn a_lab_of_its_own() {
    be_a_lab();
}

/// Says who it is, then sends and reads until the lab is gone.
fn send_for_ever(port: SocketAddr, device: u64) {
    let Ok(mut stream) = TcpStream::connect(port) else { return };
    let mut echo = [0; 64 * 1024];
    for count in 0.. {
        let message = format!("id=d{device} {count}\n").repeat(1 + count % 50);
        let sent = stream.write_all(message.as_bytes());
        if sent.is_err() || !matches!(stream.read(&mut echo), Ok(1..)) {
            return;
        }
    }
}

/// The rows after one; none when the lab is gone.
fn rows(lab: &Lonely, after: i64) -> Option<Vec<Value>> {
    let url = lab.url(&format!("/api/messages?events=true&after={after}"));
    let mut answer = ureq::get(url).call().ok()?;
    answer.body_mut().read_json().ok()
}

/// Adds what is shown after the last that is known; says whether that was something.
fn look(lab: &Lonely, shown: &mut Shown) -> Option<bool> {
    let last = shown.last_key_value().map_or(0, |(&seq, _)| seq);
    let found = rows(lab, last)?;
    let count = found.len();
    shown.extend(found.into_iter().map(known));
    Some(count > 0)
}

fn known(mut row: Value) -> (i64, Value) {
    row.as_object_mut().unwrap().remove("device");
    (row["seq"].as_i64().unwrap(), row)
}

/// Everything after a row.
fn all(lab: &Lonely, mut after: i64) -> Shown {
    let mut kept = Shown::new();
    loop {
        let found: Shown = rows(lab, after).unwrap().into_iter().map(known).collect();
        let Some((&last, _)) = found.last_key_value() else { return kept };
        after = last;
        kept.extend(found);
    }
}

/// No device is online, and the row that says so of each connection is there.
fn check_ends(lab: &Lonely, kept: &Shown) {
    let devices = lab.get("/api/devices");
    let mut devices = devices.as_array().unwrap().iter();
    assert!(devices.all(|device| device["online"] == false), "{devices:?}");
    let of_kind = |kind: &str| {
        let numbers = kept.values().filter(|row| row["kind"] == kind);
        let mut numbers: Vec<_> = numbers.map(|row| row["connection"].as_i64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(of_kind("accepted"), of_kind("closed"));
}

/// Looks until so many looks have shown something, and until the kill that follows at a random moment.
fn look_until_killed(lab: &mut Lonely, looks: u64, delay: Duration, shown: &mut Shown) {
    let mut left = looks;
    while left > 0 {
        left -= u64::from(look(lab, shown).unwrap());
    }
    let id = rustix::process::Pid::from_child(&lab.child);
    let kill = thread::spawn(move || {
        let until = Instant::now() + delay;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    });
    while look(lab, shown).is_some() {}
    kill.join().unwrap();
    lab.child.wait().unwrap();
}

#[test]
fn what_was_shown_is_kept_whenever_the_lab_is_killed() {
    let kills = std::env::var("HOLDLINE_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (mut random, mut unseen) = (1u64, 0);
    let mut shown = Shown::new();
    for kill in 0..kills {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [looks, delay] = [(random >> 33) % 4, (random >> 40) % DELAY_MAX_US];
        let before = shown.last_key_value().map_or(0, |(&seq, _)| seq);
        let mut lab = Lonely::start(folder.path());
        let port = lab.port;
        let devices: Vec<_> =
            (0..DEVICES).map(|device| thread::spawn(move || send_for_ever(port, device))).collect();
        look_until_killed(&mut lab, looks, Duration::from_micros(delay), &mut shown);
        devices.into_iter().for_each(|device| device.join().unwrap());

        let lab = Lonely::start(folder.path());
        let kept = all(&lab, before);
        for (seq, row) in shown.range(before + 1..) {
            assert_eq!(kept.get(seq), Some(row), "kill {kill}: it was shown and is not kept");
        }
        check_ends(&lab, &kept);
        unseen += kept.len() - shown.range(before + 1..).count();
        shown.extend(kept);
        assert_eq!(lab.stop(), "well");
    }
    let lab = Lonely::start(folder.path());
    assert_eq!(all(&lab, 0), shown, "numbers are used once, and nothing else changes either");
    assert!(shown.keys().copied().eq(1..=shown.len() as i64), "no number is left out");
    println!(
        "{kills} kills, {} rows; {unseen} of them were kept and not shown before",
        shown.len()
    );
}
