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

fn places(browser: &mut browser::Browser) -> Value {
    browser.wait(&format!("{SEEN}.every(([, text]) => text !== '')"));
    browser.eval(SEEN)
}

/// Waits until one of the rows that can be seen is this one.
fn is_at(browser: &mut browser::Browser, number: u64) {
    browser.wait(&format!("{SEEN}.some(([, text]) => text === 'row {number};')"));
}
