//! The page in a real browser.

mod browser;
mod common;

use browser::cars::{cars, device, has_row, page, rows, say};
use browser::{DESK, Look, PHONE};
use common::{port, start};
use holdline_lab::PortKind;
use holdline_peer::Manner;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

#[test]
fn what_devices_send_is_shown_as_hex_and_as_text() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.wait("document.getElementById('lamp').dataset.state === 'live'");
    browser
        .wait("document.getElementById('devices').innerText.includes('No device has connected')");
    let paste = format!("c:connect(\"127.0.0.1\", {})", tried.lab.ports()[0].port());
    assert!(browser.shown().contains(&paste));

    let mut car = device(&tried, "860000000000001");
    has_row(&mut browser, "accepted", "connected from 127.0.0.1");
    has_row(&mut browser, "named", "says it is 860000000000001");
    car.write_all("温度 7e\r\n".as_bytes()).unwrap();
    has_row(&mut browser, "received", "e6 b8 a9 e5 ba a6 20 37 65 0d 0a");
    has_row(&mut browser, "received", "温度 7e\\r\\n");
    has_row(&mut browser, "sent", "温度 7e\\r\\n");
    browser.wait("document.querySelector('#device-860000000000001.online')");
    car.shutdown(Shutdown::Write).unwrap();
    has_row(&mut browser, "closed", "closed by the device");
    browser.wait("document.querySelector('#device-860000000000001:not(.online)')");
    browser.click("#device-860000000000001 summary");
    browser.wait("document.querySelector('#device-860000000000001 details').innerText.includes('closed by the device')");

    browser.click("#window .row:not([hidden])");
    browser.wait("document.getElementById('detail').open");
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn whoever_sees_nothing_is_told_what_to_do() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    let says = |id: &str, text: &str| {
        format!("document.getElementById('{id}').innerText.includes({text:?})")
    };
    browser.wait(&says("device-list", "holdline run main.lua"));
    let by_hand = format!("nc 127.0.0.1 {}", tried.lab.ports()[0].port());
    browser.wait(&says("device-list", &by_hand));
    browser.wait(&says("empty", "Nothing yet"));
    assert_eq!(browser.eval("document.getElementById('widen').checkVisibility()"), false);
    browser.write("#find", "nobody");
    browser.wait(&says("device-list", "No device is called so"));
    browser.eval("{ const find = document.getElementById('find'); find.value = ''; find.dispatchEvent(new Event('input')); }");

    let mut car = device(&tried, "a1");
    rows(&mut browser, 4);
    browser.wait("!document.getElementById('empty').checkVisibility()");
    browser.wait("document.querySelector('#device-a1 summary').innerText === '1 connection'");
    browser.write("[name=search]", "is nowhere");
    rows(&mut browser, 0);
    browser.wait(&says("empty", "No row is let through"));
    browser.click("#widen");
    rows(&mut browser, 4);
    assert_eq!(browser.eval("document.activeElement.name"), "search");

    // What was said of a click stays, whatever becomes of the list meanwhile.
    browser.click("#device-a1 summary");
    browser.click("#device-a1 [data-kick=close]");
    browser.wait(&says("device-a1", "disconnected"));
    assert_eq!(car.read_to_end(&mut Vec::new()).unwrap(), "imei=a1\r\n".len());
    drop(car);
    browser.wait("document.querySelector('#device-a1:not(.online)')");
    assert_eq!(browser.eval(&says("device-a1", "disconnected")), true);
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn the_stream_shows_one_port_of_several() {
    let tried =
        start(["cars", "vans"].map(|name| port(name, PortKind::Tcp, Manner::default())).into());
    let mut devices = [0, 1].map(|port| TcpStream::connect(tried.lab.ports()[port]).unwrap());
    devices[0].write_all(b"from a car").unwrap();
    devices[1].write_all(b"from a van").unwrap();
    tried.wait("/api/messages", |found| found.as_array().unwrap().len() == 2);
    let Some(mut browser) = page(&tried, DESK) else { return };
    rows(&mut browser, 4);
    browser.choose("#filter [name=port]", "vans");
    rows(&mut browser, 2);
    has_row(&mut browser, "received", "from a van");
    let export =
        "fetch(document.querySelector('[data-format=txt]').href).then((file) => file.text())";
    let file = browser.eval(export);
    let file = file.as_str().unwrap();
    assert!(file.contains("from a van") && !file.contains("from a car"), "{file}");
    browser.write("[name=search]", "is nowhere");
    rows(&mut browser, 0);
    browser.click("#widen");
    rows(&mut browser, 4);
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn the_stream_shows_what_was_chosen_and_searched() {
    let tried = cars();
    let (mut first, mut second) = (device(&tried, "a1"), device(&tried, "b2"));
    tried.wait("/api/messages", |found| found.as_array().unwrap().len() == 4);
    say(&tried, &mut first, b"heart data");
    say(&tried, &mut second, &[0x7e, 1, 0xff]);
    say(&tried, &mut second, &[0xce, 0xc2]);
    tried.wait("/api/messages", |found| found.as_array().unwrap().len() == 10);
    let Some(mut browser) = page(&tried, DESK) else { return };
    rows(&mut browser, 14);

    browser.click("#device-a1 input");
    rows(&mut browser, 6);
    browser.wait("document.getElementById('whose').textContent === '1 chosen'");
    browser.click("#device-b2 input");
    rows(&mut browser, 14);
    browser.click("#device-a1 input");
    rows(&mut browser, 8);
    browser.click("#show-all");
    rows(&mut browser, 14);

    browser.write("[name=search]", "heart");
    rows(&mut browser, 2);
    browser.choose("[name=as]", "hex");
    browser.wait("document.getElementById('filter-trouble').textContent.includes('heart')");
    browser.write("[name=search]", "01 FF");
    rows(&mut browser, 2);
    browser.wait("document.getElementById('filter-trouble').textContent === ''");
    let export =
        "fetch(document.querySelector('[data-format=csv]').href).then((file) => file.text())";
    let file = browser.eval(export);
    let file = file.as_str().unwrap();
    assert!(file.replace(' ', "").contains("7e01ff") && !file.contains("heart"), "{file}");
    browser.choose("[name=as]", "text");
    browser.choose("[name=charset]", "gbk");
    browser.write("[name=search]", "温");
    rows(&mut browser, 2);
    has_row(&mut browser, "received", "温");
    browser.write("[name=search]", "");
    browser.eval("document.querySelector('[name=search]').dispatchEvent(new Event('input'))");
    browser.click("[name=show][value=sent]");
    rows(&mut browser, 9);
    let file = browser.eval(export);
    let file = file.as_str().unwrap();
    assert!(
        file.contains(",in,") && file.contains(",accepted,") && !file.contains(",out,"),
        "{file}"
    );
    browser.click("[name=show][value=events]");
    rows(&mut browser, 5);
    browser.click("[name=show][value=received]");
    rows(&mut browser, 0);
    assert_eq!(browser.eval("document.querySelectorAll('#exports a[href]').length"), 0);
    browser.click("[name=show][value=received]");
    rows(&mut browser, 5);

    browser.click("#pause");
    say(&tried, &mut first, b"while it was paused");
    browser.click("#pause");
    rows(&mut browser, 6);
    assert_eq!(browser.errors.len(), 1, "the bad request alone: {:?}", browser.errors);
}

/// What a device says is told, and does nothing.
#[test]
fn a_hostile_device_is_shown_as_text() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    let evil = "<script>window.broken = 1</script><img src=x onerror='window.broken = 2'>";
    let mut car = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    say(&tried, &mut car, evil.as_bytes());
    has_row(&mut browser, "received", evil);
    say(&tried, &mut car, b"\x1b[31mred\x1b]0;title\x07\0");
    has_row(&mut browser, "received", "\\x1b[31mred\\x1b]0;title\\x07\\x00");
    say(&tried, &mut car, "\u{202e}gnp.exe\u{2066}\u{200b}".as_bytes());
    has_row(&mut browser, "received", "<202E>gnp.exe<2066><200B>");
    say(&tried, &mut car, b"\xff\xfe\x80</div>");
    has_row(&mut browser, "received", "\u{fffd}\u{fffd}\u{fffd}</div>");
    car.set_nonblocking(true).unwrap();
    flood(&mut car, 10 << 20);
    drop(car);
    tried.wait("/api/devices", |found| found[0]["online"] == false);

    // Its name is its own word too.
    let mut liar = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    liar.write_all(b"who=<b onclick=x>\xe2\x80\xae'\";\r\n").unwrap();
    has_row(&mut browser, "named", "<b onclick=x><202E>'\";");
    browser.wait("document.getElementById('devices').innerText.includes('<b onclick=x><202E>')");
    browser.click("#device-list .online input");
    has_row(&mut browser, "named", "<b onclick=x>");
    assert_eq!(browser.eval("window.broken"), serde_json::Value::Null);
    assert_eq!(
        browser.eval("document.querySelectorAll('#rows script, #rows img, bdi b').length"),
        0
    );
    assert_eq!(browser.errors, [""; 0]);
}

/// Bytes without an end of line; what comes back is thrown away.
fn flood(device: &mut TcpStream, len: usize) {
    let (chunk, mut left) = (vec![b'x'; 1 << 16], len);
    let mut answer = vec![0; 1 << 16];
    while left > 0 {
        match device.write(&chunk[..chunk.len().min(left)]) {
            Ok(written) => left -= written,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
        while device.read(&mut answer).is_ok_and(|read| read > 0) {}
    }
}

/// The rules of axe, which people who cannot see or use a mouse rely on.
#[test]
fn the_page_can_be_used_by_everybody() {
    let tried = cars();
    let mut car = device(&tried, "860000000000001");
    for beat in ["one", "two", "three", "four"] {
        say(&tried, &mut car, beat.as_bytes());
    }
    let Some(mut browser) = page(&tried, DESK) else { return };
    for (language, count) in [("en", "12 rows"), ("zh", "12 行")] {
        for (width, scheme) in [(1300, "light"), (1300, "dark"), (390, "light"), (390, "dark")] {
            browser.look(Look { width, height: 850, language, scheme });
            browser.go(&tried.url("/"));
            browser.wait(&format!("document.getElementById('count').textContent === '{count}'"));
            browser.wait("document.querySelector('.beats')");
            browser.eval(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })",
            );
            let found = browser.violations();
            assert_eq!(found, serde_json::json!([]), "{language} {width} {scheme}");
            browser.eval("document.getElementById('rows').focus()");
            browser.key("End");
            browser.key("Enter");
            browser.wait("document.getElementById('detail').open");
            let found = browser.violations();
            assert_eq!(found, serde_json::json!([]), "a row in {language} {width} {scheme}");
        }
    }
}

#[test]
fn the_page_speaks_two_languages_and_fits_a_phone() {
    let tried = cars();
    let _car = device(&tried, "860000000000001");
    let Some(mut browser) = page(&tried, PHONE) else { return };
    has_row(&mut browser, "named", "自称 860000000000001");
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.eval(fits), true, "{}", browser.shown());
    browser.click("#language");
    browser.wait("document.documentElement.lang === 'en'");
    has_row(&mut browser, "named", "says it is 860000000000001");
    assert_eq!(browser.eval(fits), true);
    browser.go(&tried.url("/"));
    assert_eq!(browser.eval("document.documentElement.lang"), "en", "the choice is kept");
    assert_eq!(browser.errors, [""; 0]);
}

/// `HOLDLINE_PICTURES=FOLDER` keeps pictures of the page, such as those in docs.
#[test]
fn the_page_can_be_pictured() {
    let Some(folder) = std::env::var_os("HOLDLINE_PICTURES") else { return };
    let tried = cars();
    let mut cars = ["860000000000001", "860000000000002"].map(|imei| device(&tried, imei));
    for _ in 0..8 {
        say(&tried, &mut cars[0], b"heart data\r\n");
        say(&tried, &mut cars[1], b"\x7e\x01\x00\x02\xff\x00\x10\x7e");
        say(&tried, &mut cars[1], "温度 23.5℃\r\n".as_bytes());
    }
    let desk = Look { width: 1200, height: 760, ..DESK };
    for (name, look) in [("lab-desk.png", desk), ("lab-phone.png", PHONE)] {
        let Some(mut browser) = page(&tried, look) else { return };
        has_row(&mut browser, "sent", "温度");
        browser.wait("document.querySelectorAll('.beats').length === 2");
        std::fs::write(std::path::Path::new(&folder).join(name), browser.picture()).unwrap();
    }
}
