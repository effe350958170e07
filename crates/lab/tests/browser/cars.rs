//! A lab with one port, devices at it, and what the page shows of them.

use super::{Browser, Look, PATIENCE};
use crate::common::{Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::{Identity, Manner, Pattern, Reply};
use std::io::Write;
use std::net::TcpStream;

/// A port at which devices say who they are, and are answered with what they said.
pub(crate) fn cars() -> Tried {
    let identity = Identity::Pattern(Pattern::new(r"(?:imei|who)=([^\r]+)").unwrap());
    let manner = Manner { identity: Some(identity), reply: Reply::Echo, ..Manner::default() };
    start(vec![port("cars", PortKind::Tcp, manner)])
}

pub(crate) fn device(tried: &Tried, imei: &str) -> TcpStream {
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    device.write_all(format!("imei={imei}\r\n").as_bytes()).unwrap();
    device
}

/// Says something, and waits until it is kept.
pub(crate) fn say(tried: &Tried, device: &mut TcpStream, bytes: &[u8]) {
    let count = || tried.get("/api/messages").as_array().unwrap().len();
    let before = count();
    device.write_all(bytes).unwrap();
    tried.wait("/api/messages", |_| count() > before);
}

pub(crate) fn has_row(browser: &mut Browser, kind: &str, text: &str) {
    browser.wait(&row(kind, text));
}

pub(crate) fn row(kind: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll('#window .row:not([hidden])')]
         .some((one) => one.dataset.kind === {kind:?} && one.innerText.includes({text:?}))"
    )
}

pub(crate) fn rows(browser: &mut Browser, count: usize) {
    let rows = if count == 1 { "row" } else { "rows" };
    browser.wait(&format!("document.getElementById('count').textContent === '{count} {rows}'"));
}

pub(crate) fn page(tried: &Tried, look: Look) -> Option<Browser> {
    super::open(&tried.url("/"), look)
}
