//! A stream of a million rows, in a real browser.

mod browser;
mod common;

use browser::DESK;
use common::{config, port};
use holdline_lab::{Lab, PortKind};
use holdline_peer::Manner;
use serde_json::{Value, json};

const ROWS: u64 = 1_000_000;

/// As if a device had said something a million times: each says which it was.
const SAID: &str = "
    INSERT INTO devices (id, key, first_at, last_at) VALUES (1, 'a1', 0, 0);
    INSERT INTO ports (id, name) VALUES (9, 'cars') ON CONFLICT DO NOTHING;
    WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000000)
    INSERT INTO messages (seq, at, port, conn, device, kind, bytes)
    SELECT seq, 1700000000000000 + seq * 1000, 1, 1, 1, 1, CAST('row ' || seq || ';' AS BLOB) FROM n;
";

/// The rows that can be seen: each one's place and text.
const SEEN: &str = "[...document.querySelectorAll('#window .row:not([hidden])')]
    .map((one) => [one.place, one.querySelector('.text').textContent])
    .sort(([one], [other]) => one - other)";

#[test]
fn a_million_rows_scroll() {
    let folder = tempfile::tempdir().unwrap();
    let config = || config(folder.path(), vec![port("cars", PortKind::Tcp, Manner::default())]);
    Lab::start(config()).unwrap().stop().unwrap();
    rusqlite::Connection::open(folder.path().join("lab.db")).unwrap().execute_batch(SAID).unwrap();
    let lab = Lab::start(config()).unwrap();
    let Some(mut browser) = browser::open(&format!("http://{}/", lab.http()), DESK) else { return };
    browser.wait("document.getElementById('count').textContent === '1,000,000 rows'");
    is_at(&mut browser, ROWS);

    let rows = browser.eval("document.querySelectorAll('#window .row').length").as_u64().unwrap();
    assert!(rows < 100, "{rows} rows are in the page");
    browser.eval("document.getElementById('rows').scrollTop = document.getElementById('rows').scrollHeight / 2");
    browser.wait(&format!(
        "{SEEN}[0][0] > 490000 && {SEEN}[0][0] < 510000 && {SEEN}.every(([, text]) => text !== '')"
    ));
    let before = places(&mut browser);

    // A turn of the wheel moves by as many rows as it would in a short stream.
    let wheel = json!({ "type": "mouseWheel", "x": 800, "y": 400, "deltaX": 0, "deltaY": 240 });
    browser.call("Input.dispatchMouseEvent", wheel);
    browser.wait(&format!("{SEEN}[0][0] === {}", before[0][0].as_u64().unwrap() + 10));
    for (place, text) in
        places(&mut browser).as_array().unwrap().iter().map(|row| (&row[0], &row[1]))
    {
        assert_eq!(*text, format!("row {};", place.as_u64().unwrap() + 1));
    }

    browser.eval("document.getElementById('rows').focus()");
    browser.key("Home");
    is_at(&mut browser, 1);
    browser.key("End");
    is_at(&mut browser, ROWS);
    browser.write("[name=search]", "row 777777;");
    browser.wait("document.getElementById('count').textContent === '1 row'");
    is_at(&mut browser, 777_777);
    assert_eq!(browser.errors, [""; 0]);
    lab.stop().unwrap();
}

/// As if so many devices had been there, each with one connection; the last was heard last.
const VISITED: &str = "
    INSERT INTO ports (id, name) VALUES (9, 'cars') ON CONFLICT DO NOTHING;
    WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 10000)
    INSERT INTO devices (id, key, name, first_at, last_at, connections)
    SELECT id, 'car' || (20000 - id), CAST('car' || (20000 - id) AS BLOB), 0, 1700000000000000 + id, 1 FROM n;
    INSERT INTO conns (id, port, device, address, opened_at, closed_at, closed_seq, reason)
    SELECT id, 1, id, '10.0.0.1:9', last_at - 5000000, last_at, 1, 'closed by the device' FROM devices;
    UPDATE counts SET conns = 10000;
";

/// The devices that are listed.
const LISTED: &str =
    "[...document.querySelectorAll('#device-list strong')].map((one) => one.textContent)";

#[test]
fn ten_thousand_devices_are_listed_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let config = || config(folder.path(), vec![port("cars", PortKind::Tcp, Manner::default())]);
    Lab::start(config()).unwrap().stop().unwrap();
    rusqlite::Connection::open(folder.path().join("lab.db"))
        .unwrap()
        .execute_batch(VISITED)
        .unwrap();
    let lab = Lab::start(config()).unwrap();
    let Some(mut browser) = browser::open(&format!("http://{}/", lab.http()), DESK) else { return };
    let shows = |browser: &mut browser::Browser, pages: &str, first: &str| {
        browser.wait(&format!(
            "document.querySelector('#device-pages span').textContent === {pages:?}"
        ));
        browser.wait(&format!("{LISTED}[0] === {first:?}"));
        let listed = browser.eval(LISTED).as_array().unwrap().len();
        assert!(listed <= 50, "{listed} devices are in the page");
    };
    shows(&mut browser, "1 to 50 of 10000", "car10000");
    assert_eq!(browser.eval("document.querySelector('#device-pages button').disabled"), true);
    assert!(browser.shown().contains("closed by the device"));
    browser.click("#device-pages button:last-child");
    shows(&mut browser, "51 to 100 of 10000", "car10050");
    browser.choose("#order", "name");
    shows(&mut browser, "1 to 50 of 10000", "car10000");
    browser.write("#find", "car19");
    shows(&mut browser, "1 to 50 of 1000", "car19000");
    // A device that is chosen stays so, whichever page is shown.
    browser.click("#device-car19001 input");
    browser.write("#find", "car1234");
    browser.wait(&format!("{LISTED}.length === 10 && {LISTED}[0] === 'car12340'"));
    assert_eq!(browser.eval("document.getElementById('device-pages')"), Value::Null);
    browser.wait("document.getElementById('whose').textContent === '1 chosen'");
    browser.write("#find", "car19001");
    browser.wait("document.querySelector('#device-car19001 input').checked");
    assert_eq!(browser.errors, [""; 0]);
    lab.stop().unwrap();
}

fn places(browser: &mut browser::Browser) -> Value {
    browser.wait(&format!("{SEEN}.every(([, text]) => text !== '')"));
    browser.eval(SEEN)
}

/// Waits until one of the rows that can be seen is this one.
fn is_at(browser: &mut browser::Browser, number: u64) {
    browser.wait(&format!("{SEEN}.some(([, text]) => text === 'row {number};')"));
}
