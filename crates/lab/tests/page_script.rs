//! The script that answers where no rule does, on the page, in a real browser.

mod browser;
mod common;

use browser::cars::{has_row, page};
use browser::{DESK, PATIENCE};
use common::answered::answered;
use common::start;
use holdline_lab::{Heard, Said};
use holdline_peer::Manner;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The first time the file has an error, and the script before goes on.
#[test]
fn a_script_is_loaded_anew_at_a_button() {
    let edition = Arc::new(AtomicU8::new(0));
    let answer = move |heard| match heard {
        Heard::Reload if edition.fetch_add(1, Ordering::Relaxed) == 0 => {
            vec![Said::Failed("answer.lua:1: <b>no</b>".to_owned())]
        }
        Heard::Reload => vec![Said::Loaded],
        Heard::Message { conn, .. } => {
            vec![Said::Send { conn, bytes: vec![b'0' + edition.load(Ordering::Relaxed)] }]
        }
        Heard::Connected { .. }
        | Heard::Named { .. }
        | Heard::Sent { .. }
        | Heard::Closed { .. }
        | Heard::Timeout => Vec::new(),
    };
    let tried = start(vec![answered("cars", Manner::default(), answer)]);
    let mut car = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    car.set_read_timeout(Some(PATIENCE)).unwrap();
    let says = |car: &mut TcpStream| {
        car.write_all(b"?").unwrap();
        let mut said = [0];
        car.read_exact(&mut said).unwrap();
        said
    };
    assert_eq!(&says(&mut car), b"0");
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.wait("document.querySelector('.reload code').textContent === 'answer.lua'");
    browser.click(".reload button");
    browser.wait(
        "document.querySelector('.reload output.bad').textContent === 'answer.lua:1: <b>no</b>'",
    );
    has_row(&mut browser, "script-failed", "answer.lua:1: <b>no</b>");
    browser.go(&tried.url("/"));
    browser.wait(
        "document.querySelector('.reload output.bad').textContent === 'answer.lua:1: <b>no</b>'",
    );
    assert_eq!(&says(&mut car), b"1");
    browser.click(".reload button");
    browser.wait(
        "document.querySelector('.reload output:not(.bad)').textContent === 'the script runs'",
    );
    has_row(&mut browser, "script-began", "the script runs");
    assert_eq!(&says(&mut car), b"2");
    assert_eq!(browser.errors, [""; 0]);
}
