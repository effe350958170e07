//! What people do on the page, in a real browser: send, disconnect, break, and change rules.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod common;

use browser::cars::{cars, device, has_row, page};
use browser::{Browser, DESK, PHONE};
use std::io::Read;
use std::net::TcpStream;

/// Reads what a device is told, and nothing more.
fn told(device: &mut TcpStream, bytes: &[u8]) {
    let mut found = vec![0; bytes.len()];
    device.read_exact(&mut found).unwrap();
    assert_eq!(found, bytes, "{}", String::from_utf8_lossy(&found));
}

fn says(browser: &mut Browser, selector: &str, text: &str) {
    browser.wait(&format!("document.querySelector({selector:?}).innerText.includes({text:?})"));
}

#[test]
fn bytes_are_sent_to_those_that_were_chosen() {
    let tried = cars();
    let (mut first, mut second) = (device(&tried, "a1"), device(&tried, "b2"));
    told(&mut first, b"imei=a1\r\n");
    told(&mut second, b"imei=b2\r\n");
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.wait("document.querySelector('#device-a1') && document.querySelector('#device-b2')");

    browser.write("[name=what]", r"led \x7E on\r\n");
    says(&mut browser, "#send-shown", "6c 65 64 20 7e 20 6f 6e 0d 0a");
    browser.key("Enter");
    says(&mut browser, "#send-told", "10 bytes to 2 connections");
    told(&mut first, b"led \x7e on\r\n");
    told(&mut second, b"led \x7e on\r\n");
    has_row(&mut browser, "sent", "led ~ on");

    browser.click("#device-b2 input");
    says(&mut browser, "#send-to", "to 1 chosen");
    browser.choose("#send [name=as]", "hex");
    browser.choose("#send [name=end]", "crc16");
    browser.write("[name=what]", "01 0");
    says(&mut browser, "#send-shown", "two digits for each byte");
    browser.write("[name=what]", "31 32 33 34 35 36 37 38 39");
    says(&mut browser, "#send-shown", "39 37 4b");
    browser.click("#send button.main");
    says(&mut browser, "#send-told", "11 bytes to 1 connection");
    told(&mut second, b"123456789\x37\x4b");

    browser.choose("#send [name=as]", "text");
    browser.choose("#send [name=end]", "sum");
    browser.choose("[name=charset]", "gbk");
    browser.write("[name=what]", "温");
    says(&mut browser, "#send-shown", "ce c2 90");
    browser.write("[name=called]", "ask for the temperature");
    browser.key("Enter");
    browser.wait("document.querySelector('[name=preset]').value === 'ask for the temperature'");
    browser.write("[name=what]", "");
    browser.go(&tried.url("/"));
    browser.choose("[name=preset]", "ask for the temperature");
    browser.choose("[name=charset]", "gbk");
    says(&mut browser, "#send-shown", "ce c2 90");
    browser.click("#send button.main");
    says(&mut browser, "#send-told", "3 bytes to 2 connections");
    told(&mut first, b"\xce\xc2\x90");

    browser.choose("#send [name=as]", "file");
    browser.choose("#send [name=end]", "none");
    browser.eval(
        "{ const files = new DataTransfer(); files.items.add(new File(['firmware'], 'a.bin'));
           document.querySelector('[name=file]').files = files.files; }",
    );
    browser.click("#send button.main");
    says(&mut browser, "#send-told", "8 bytes to 2 connections");
    told(&mut first, b"firmware");
    assert_eq!(browser.errors, [""; 0]);
}

/// Who is about to press a button does not miss it because an answer has come meanwhile.
#[test]
fn buttons_stay_where_they_are_while_answers_come() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    told(&mut car, b"imei=a1\r\n");
    let Some(mut browser) = page(&tried, DESK) else { return };
    for look in [DESK, PHONE] {
        browser.look(look);
        browser.go(&tried.url("/"));
        browser.wait("document.querySelector('#device-a1')");
        let before = buttons(&mut browser);
        browser.write("[name=what]", &"0123456789".repeat(10));
        says(&mut browser, "#send-shown", "30 31");
        assert_eq!(buttons(&mut browser), before, "what is written is shown");
        browser.key("Enter");
        browser.wait("document.querySelector('#send-told').innerText.includes('100')");
        assert_eq!(buttons(&mut browser), before, "what became of it is told");
        assert_eq!(browser.eval(TOLD_IS_SEEN), true);
    }
}

/// Beside bytes that are longer than the line.
const TOLD_IS_SEEN: &str = "document.querySelector('#send-told').getBoundingClientRect().right
    <= document.querySelector('#send').getBoundingClientRect().right";

/// Where the buttons stand with which people send.
fn buttons(browser: &mut Browser) -> serde_json::Value {
    browser.eval(
        "[...document.querySelectorAll('#send button')].map((one) => {
           const { x, y } = one.getBoundingClientRect();
           return [one.innerText, x, y]; })",
    )
}

/// Whoever closes the page does not end what the lab repeats.
#[test]
fn a_repeated_send_goes_on_without_the_page() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    told(&mut car, b"imei=a1\r\n");
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.write("[name=what]", r"ping\r\n");
    browser.write("[name=every]", "50ms");
    browser.click("#repeat");
    says(&mut browser, "#send-told.bad", "`every` is 100ms to 24h");
    browser.write("[name=every]", "100ms");
    browser.key("Enter");
    says(&mut browser, "#repeats", "70 69 6e 67 0d 0a, every 100 ms, to all that are online");
    told(&mut car, b"ping\r\nping\r\n");
    browser.call("Page.navigate", serde_json::json!({ "url": "about:blank" }));
    let turns = tried.get("/api/repeats")[0]["turns"].as_u64();
    tried.wait("/api/repeats", |found| found[0]["turns"].as_u64() > turns);
    told(&mut car, b"ping\r\nping\r\nping\r\n");
    browser.go(&tried.url("/"));
    says(&mut browser, "#repeats", "every 100 ms");
    browser.click("#repeats button");
    browser.wait("document.querySelector('#repeats').children.length === 0");
    assert_eq!(tried.get("/api/repeats"), serde_json::json!([]));

    browser.write("[name=what]", "last");
    browser.write("[name=turns]", "2");
    browser.click("#repeat");
    says(&mut browser, "#send-told", "goes on when this page is closed");
    tried.wait("/api/repeats", |found| *found == serde_json::json!([]));
    browser.wait("document.querySelector('#repeats').children.length === 0");
    has_row(&mut browser, "sent", "last");
    // What was kept by somebody else, or by nobody, does not keep the page from working.
    browser.eval("localStorage.setItem('holdline-presets', '{broken')");
    browser.go(&tried.url("/"));
    has_row(&mut browser, "sent", "last");
    assert_eq!(browser.errors.len(), 1, "the bad wish alone: {:?}", browser.errors);
}

#[test]
fn sums_are_those_of_the_books() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    let all = browser.eval(
        "import('/page/write.js').then(({ ended, fromText }) =>
           ['crc16', 'xor', 'sum'].map((end) => [...ended(fromText('123456789'), end)].slice(9)))",
    );
    assert_eq!(all, serde_json::json!([[0x37, 0x4b], [0x31], [0xdd]]));
    let text = browser.eval(
        r"import('/page/write.js').then(({ fromText }) => [...fromText(String.raw`a\\\x00\q\0`, 'utf8')])",
    );
    assert_eq!(text, serde_json::json!([97, 92, 0, 92, 113, 0]));
}

#[test]
fn connections_and_ports_are_broken_on_purpose() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    told(&mut car, b"imei=a1\r\n");
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.click("#device-a1 summary");
    browser.click("[data-kick=close]");
    assert_eq!(car.read(&mut [0; 9]).unwrap(), 0);
    drop(car);
    has_row(&mut browser, "closed", "closed by the server");
    let mut car = device(&tried, "a1");
    told(&mut car, b"imei=a1\r\n");
    browser.wait("document.querySelector('#device-a1.online')");
    browser.click("[data-kick=reset]");
    assert_eq!(car.read(&mut [0; 9]).unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    has_row(&mut browser, "closed", "reset by the server");

    browser.click(".port details:has(.faults) summary");
    browser.write("[name=lasts]", "1h");
    browser.click(".faults button[value=silent]");
    says(&mut browser, ".faults output", "silent for 1h");
    has_row(&mut browser, "fault-began", "silent for 1h");
    browser.click(".faults button[value='']");
    says(&mut browser, ".faults output", "No fault waits or stands");
    has_row(&mut browser, "fault-ended", "silent for 1h");

    browser.write("[name=lasts]", "");
    browser.click(".faults button[value=latency]");
    says(&mut browser, ".faults output", "latency 800ms");
    has_row(&mut browser, "fault-began", "latency 800ms");
    browser.write(".faults button[value=rate] + input", "7");
    browser.click(".faults button[value=rate]");
    says(&mut browser, ".faults output", "rate 7");
    browser.click(".faults button[value='']");
    has_row(&mut browser, "fault-ended", "rate 7");

    browser.choose("[name=when]", "connects");
    browser.write("[name=count]", "1");
    browser.click(".faults button[value=refuse]");
    says(&mut browser, ".faults output", "refuse connect 1");
    assert_eq!(browser.errors, [""; 0]);
    browser.write("[name=lasts]", "soon");
    browser.click(".faults button[value=close]");
    browser.wait("document.querySelector('.faults output.bad')");
}

#[test]
fn rules_are_changed_while_devices_talk() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    told(&mut car, b"imei=a1\r\n");
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.click(".port details:has(.rules) summary");
    browser.wait("document.querySelector('[name=rules]').value.includes('{')");
    browser.click(".rules details summary");
    browser.wait("document.querySelector('[name=rules]').checkVisibility()");
    browser.write("[name=rules]", r#"{ "rules": [{ "prefix": "heart", "reply": "ok\r\n" }] }"#);
    browser.click(".rules button.main");
    says(&mut browser, ".rules output", "In force");
    has_row(&mut browser, "manner-changed", "another manner");
    std::io::Write::write_all(&mut car, b"heart data").unwrap();
    told(&mut car, b"ok\r\n");
    assert_eq!(browser.errors, [""; 0]);
    browser.write("[name=rules]", r#"{ "rules": [{ "reply": "ok" }] }"#);
    browser.click(".rules button.main");
    says(&mut browser, ".rules output", "a rule has one cue");

    let test = browser.eval("fetch('/api/devices/a1/test').then((answer) => answer.text())");
    let test = test.as_str().unwrap();
    assert!(test.contains(r#"server:when_equals("heart data"):reply("ok\r\n")"#), "{test}");
    assert!(test.contains(r#"expect(server:received("heart data")):at_least(1)"#), "{test}");
}
