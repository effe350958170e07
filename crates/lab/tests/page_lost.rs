//! The page while its lab is away, and after it came back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod common;

use browser::cars::{cars, has_row, page, rows};
use browser::{Browser, DESK};
use common::{config, port};
use holdline_lab::{Config, Lab, PortKind};
use holdline_peer::Manner;
use serde_json::json;
use std::io::Write;
use std::net::{Shutdown, TcpStream};

/// Says something and hangs up: three rows.
fn visit(lab: &Lab, said: &str) {
    let mut device = TcpStream::connect(lab.ports()[0]).unwrap();
    device.write_all(said.as_bytes()).unwrap();
    device.shutdown(Shutdown::Write).unwrap();
    std::io::copy(&mut device, &mut std::io::sink()).unwrap();
}

/// The same lab, at the same place.
fn again(lab: &Lab, config: &Config) -> Config {
    let mut config = config.clone();
    config.http = lab.http();
    config.ports[0].listen = lab.ports()[0];
    config
}

fn is_said(browser: &mut Browser, id: &str) {
    browser.wait(&format!("document.getElementById('{id}').checkVisibility()"));
}

fn is_not_said(browser: &mut Browser, id: &str) {
    browser.wait(&format!("!document.getElementById('{id}').checkVisibility()"));
}

#[test]
fn the_page_says_that_the_lab_is_away_and_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let first = config(folder.path(), vec![port("cars", PortKind::Tcp, Manner::default())]);
    let lab = Lab::start(first.clone()).unwrap();
    let url = format!("http://{}/", lab.http());
    let Some(mut browser) = browser::open(&url, DESK) else { return };
    is_not_said(&mut browser, "lost");
    visit(&lab, "before");
    has_row(&mut browser, "received", "before");
    rows(&mut browser, 3);
    browser.write("[name=what]", "half written");

    let second = again(&lab, &first);
    lab.stop().unwrap();
    is_said(&mut browser, "lost");
    browser.wait("document.getElementById('lost').innerText.includes('trying again')");
    has_row(&mut browser, "received", "before");
    browser.click("#send button.main");
    browser.wait("document.getElementById('send-told').innerText === 'the lab does not answer'");

    // What comes while the page is away is not missing when it is back.
    let lab = Lab::start(second).unwrap();
    for nth in 0..300 {
        visit(&lab, &format!("meanwhile {nth}"));
    }
    is_not_said(&mut browser, "lost");
    is_said(&mut browser, "restarted");
    rows(&mut browser, 903);
    has_row(&mut browser, "received", "meanwhile 299");
    assert_eq!(browser.eval("document.querySelector('[name=what]').value"), "half written");
    lab.stop().unwrap();
}

/// A line may be dead without an end: then there is no word for long, and the page says so.
#[test]
fn a_lab_that_says_nothing_is_lost() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    assert_eq!(browser.eval("document.body.dataset.silence"), "25000");
    // The page waits for an hour, and beats come when the test says so.
    let source = "window.EventSource = class extends EventSource {
        constructor(...all) {
          super(...all);
          window.source = this;
          document.body.dataset.silence = 3_600_000;
        }
        addEventListener(kind, act) {
          if (kind === 'beat') this.beat = act; else super.addEventListener(kind, act);
        } }";
    browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
    browser.go(&tried.url("/"));
    let is_live = "document.getElementById('lamp').dataset.state === 'live'";
    let beat = |browser: &mut Browser| {
        browser.eval("source.beat()");
    };
    let word = |_: &mut Browser| visit(&tried.lab, "a word");
    for hear in [&beat as &dyn Fn(&mut Browser), &word] {
        browser.wait(is_live);
        // From what it hears next on, until it tries again, it has little patience.
        browser.eval("document.body.dataset.silence = 1");
        hear(&mut browser);
        is_said(&mut browser, "lost");
        browser.wait(is_live);
        is_not_said(&mut browser, "lost");
    }
    has_row(&mut browser, "received", "a word");
    assert_eq!(browser.errors, [""; 0]);
}
