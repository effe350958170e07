//! Framing, identity, reply and rules of a port without code, in a real browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod common;

use browser::cars::{cars, page};
use browser::rules::{MANNER, add, apply, button, field, open, part, refused};
use browser::{Browser, DESK, Look, PATIENCE};
use common::Tried;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

fn connect(tried: &Tried) -> TcpStream {
    let device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    device
}

/// Reads what a device is told, and nothing more.
fn told(device: &mut TcpStream, bytes: &[u8]) {
    let mut found = vec![0; bytes.len()];
    device.read_exact(&mut found).unwrap();
    assert_eq!(found, bytes, "{}", String::from_utf8_lossy(&found));
}

#[test]
fn rules_are_built_without_code() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    add(&mut browser, 1);
    browser.write(&field(1, "cue-text"), "ping");
    browser.write(&field(1, "say-text"), r"pong\r\n");
    apply(&mut browser);
    let mut car = connect(&tried);
    car.write_all(b"ping").unwrap();
    told(&mut car, b"pong\r\n");

    add(&mut browser, 2);
    browser.choose(&field(2, "cue"), "hex");
    browser.write(&field(2, "cue-mask"), "7e ?1");
    browser.choose(&field(2, "say"), "reply_hex");
    browser.write(&field(2, "say-hex"), "01 02 ff");
    browser.write(&field(2, "after"), "10ms");
    browser.write(&field(2, "split"), "2");
    browser.choose(&field(2, "then"), "close");
    // Enter applies what is written.
    browser.eval(&format!("document.querySelector({:?}).focus()", field(2, "after")));
    browser.eval("document.querySelector('.rules output').textContent = ''");
    browser.key("Enter");
    browser.wait("document.querySelector('.rules output').textContent.includes('In force')");
    let both = json!([
        { "equals": "ping", "reply": "pong\r\n" },
        { "hex": "7e ?1", "after": "10ms", "reply_hex": "01 02 ff", "split": 2, "then": "close" },
    ]);
    assert_eq!(tried.get(MANNER)["rules"], both);
    car.write_all(b"\x7e\x31").unwrap();
    told(&mut car, b"\x01\x02\xff");
    assert_eq!(car.read(&mut [0; 9]).unwrap(), 0);
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn rules_are_put_in_another_order_and_taken_away() {
    let tried = cars();
    let rules = json!([{ "contains": "a", "reply": "1" }, { "contains": "b", "reply": "2" }, { "on": "connect", "reply": "3" }]);
    assert_eq!(tried.tell("PUT", MANNER, &json!({ "rules": rules })).0, 200);
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    let focus = |browser: &mut Browser, selector: String| {
        browser.wait(&format!("document.activeElement === document.querySelector({selector:?})"));
    };
    let says = "[...document.querySelectorAll('.rules [data-field=say-text]')].map(({ value }) => value).join('')";
    assert_eq!(browser.eval(says), "123");
    assert_eq!(browser.eval("document.querySelector('.rules [data-act=undo]').disabled"), true);

    // The keyboard stays with the rule, also where it can go no further.
    browser.click(&button(3, "up"));
    focus(&mut browser, button(2, "up"));
    assert_eq!(browser.eval(says), "132");
    browser.key("Enter");
    focus(&mut browser, button(1, "down"));
    assert_eq!(browser.eval(says), "312");
    browser.click(&button(2, "down"));
    focus(&mut browser, button(3, "up"));
    assert_eq!(browser.eval(says), "321");
    browser.click(&button(3, "remove"));
    focus(&mut browser, button(2, "remove"));
    assert_eq!(browser.eval(says), "32");
    // What waits to be applied is still there when the form is unfolded again.
    browser.click(".port details:has(.rules) summary");
    open(&mut browser);
    apply(&mut browser);
    assert_eq!(browser.eval(says), "32");
    assert_eq!(tried.get(MANNER)["rules"], json!([rules[2], rules[1]]));

    browser.click(&button(1, "remove"));
    browser.click(&button(1, "remove"));
    assert_eq!(browser.eval(says), "");
    focus(&mut browser, ".rules [data-act=add]".to_owned());
    browser.click(".rules [data-act=undo]");
    assert_eq!(browser.eval(says), "32");
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn framing_and_identity_are_chosen() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    let has_device = |name: &str| {
        let has = |found: &Value| found.as_array().unwrap().iter().any(|one| one["name"] == name);
        tried.wait("/api/devices", has);
    };
    browser.choose(&part("framing", "kind"), "line");
    browser.choose(&part("identity", "kind"), "pattern");
    browser.write(&part("identity", "expression"), "^id=(.+)$");
    browser.choose(&part("reply", "kind"), "echo");
    apply(&mut browser);
    let mut car = connect(&tried);
    car.write_all(b"id=a1\r\nid=").unwrap();
    told(&mut car, b"id=a1");
    has_device("a1");

    browser.choose(&part("framing", "kind"), "length");
    for (name, value) in [("skip", "1"), ("length", "1")] {
        browser.write(&part("framing", name), value);
    }
    browser.choose(&part("framing", "counts"), "whole");
    browser.choose(&part("identity", "kind"), "bytes");
    for (name, value) in [("start", "7e"), ("skip", "2"), ("len", "3")] {
        browser.write(&part("identity", name), value);
    }
    apply(&mut browser);
    let manner = tried.get(MANNER);
    let framing = json!({ "skip": 1, "length": 1, "order": "big", "counts": "whole" });
    assert_eq!(manner["framing"], framing);
    assert_eq!(manner["identity"], json!({ "prefix_hex": "7e", "skip": 2, "len": 3 }));
    let mut car = connect(&tried);
    car.write_all(b"\x7e\x05car\x7e").unwrap();
    told(&mut car, b"\x7e\x05car");
    has_device("car");

    browser.choose(&part("framing", "kind"), "fixed");
    browser.write(&part("framing", "bytes"), "4");
    browser.choose(&part("identity", "kind"), "name");
    browser.write(&part("identity", "name"), "van");
    apply(&mut browser);
    let manner = tried.get(MANNER);
    assert_eq!(
        (&manner["framing"], &manner["identity"]),
        (&json!("fixed 4"), &json!({ "name": "van" }))
    );
    let mut van = connect(&tried);
    van.write_all(b"abcdefg").unwrap();
    told(&mut van, b"abcd");
    has_device("van");
    for (name, kind) in [("framing", "none"), ("identity", "none"), ("reply", "silent")] {
        browser.choose(&part(name, "kind"), kind);
    }
    apply(&mut browser);
    assert_eq!(tried.get(MANNER), json!({ "reply": "silent", "rules": [] }));
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn a_wrong_value_is_told_beside_the_form() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    add(&mut browser, 1);
    add(&mut browser, 2);
    browser.choose(&field(2, "cue"), "every");
    browser.write(&field(2, "cue-time"), "soon");
    refused(&mut browser, "rule 2: `soon` is no duration");
    browser.choose(&field(2, "cue"), "on");
    browser.write(&field(2, "split"), "a few");
    refused(&mut browser, "rules[1].split");
    browser.write(&field(2, "split"), "2");
    browser.choose(&part("framing", "kind"), "length");
    browser.write(&part("framing", "length"), "9");
    refused(&mut browser, "a length of 9 bytes cannot be read");
    browser.write(&part("framing", "length"), "");
    refused(&mut browser, "framing: it is `none`, `line`");
    browser.choose(&part("framing", "kind"), "idle");
    assert_eq!(tried.get(MANNER)["rules"], json!([]), "nothing of it is in force");

    // What text cannot say the page finds out by itself, and shows where it stands.
    browser.write(&field(1, "say-text"), r"\xff\x01");
    refused(&mut browser, "ff 01 is no text");
    let at =
        format!("document.activeElement === document.querySelector({:?})", field(1, "say-text"));
    assert_eq!(browser.eval(&at), true);
    browser.choose(&field(1, "say"), "reply_hex");
    browser.write(&field(1, "say-hex"), "ff 01");
    apply(&mut browser);
    assert_eq!(browser.errors.len(), 4, "the refusals alone: {:?}", browser.errors);

    browser.look(Look { language: "zh-CN", ..DESK });
    browser.go(&tried.url("/"));
    open(&mut browser);
    browser.write(&part("framing", "gap"), "久");
    refused(&mut browser, "`久` 不是时间长度");
}
