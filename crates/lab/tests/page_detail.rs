//! One row of the stream, in every way in which it is read, in a real browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod common;

use browser::cars::{cars, device, has_row, page, say};
use browser::{Browser, DESK};
use serde_json::{Value, json};

/// Opens the newest row, once it is this one.
fn open_newest(browser: &mut Browser, text: &str) {
    has_row(browser, "sent", text);
    browser.eval("document.getElementById('rows').focus()");
    browser.key("End");
    browser.key("Enter");
    browser.wait(&format!(
        "document.getElementById('detail').open &&
         document.getElementById('detail-text').textContent.includes({text:?})"
    ));
}

fn text(browser: &mut Browser, id: &str) -> String {
    let found = browser.eval(&format!("document.getElementById('{id}').textContent"));
    found.as_str().unwrap().to_owned()
}

#[test]
fn a_row_is_read_as_json_numbers_and_times() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    let long = br#"{"iccid":89860012345678901234,"list":[1,{"a":"x,\"}"}],"none":null}"#;
    say(&tried, &mut car, long);
    let Some(mut browser) = page(&tried, DESK) else { return };
    open_newest(&mut browser, "iccid");
    let lines = "{\n  \"iccid\": 89860012345678901234,\n  \"list\": [\n    1,\n    {\n      \
                 \"a\": \"x,\\\"}\"\n    }\n  ],\n  \"none\": null\n}";
    assert_eq!(text(&mut browser, "detail-json"), lines);
    browser.eval(
        "document.querySelectorAll('#detail details').forEach((one) => { one.open = true; })",
    );
    browser.write("#number-at", "1");
    browser.click("#detail-close");

    // 0x6922a6e0 is a second of November 2025.
    say(&tried, &mut car, b"\x7e\x69\x22\xa6\xe0\x00\x00\x80\xbf\xff");
    open_newest(&mut browser, "~i");
    assert!(
        !browser
            .eval("document.getElementById('detail-as-json').checkVisibility()")
            .as_bool()
            .unwrap()
    );
    let line = "Object.fromEntries([...document.querySelectorAll('#number-list tr')]
        .map((one) => [one.children[0].textContent, [one.children[1].textContent, one.children[2].textContent]]))";
    let found = browser.eval(line);
    assert_eq!(found["u8"], json!(["105", "105"]));
    assert_eq!(found["u16"], json!(["8809", "26914"]));
    assert_eq!(found["i32"], json!(["-525983127", "1763878624"]));
    assert_eq!(found["u64"][1], "7575801004193513663");
    assert!(found["time (s)"][0].as_str().unwrap().starts_with("2089-06-0"), "{found}");
    assert!(found["time (s)"][1].as_str().unwrap().starts_with("2025-11-2"), "{found}");
    browser.write("#number-at", "5");
    browser.wait(&format!("{line}['f32'][0] === '-1'"));
    assert_eq!(browser.eval(line)["u64"], json!(["", ""]), "there are no eight bytes left");
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn rows_are_compared_and_walked_through() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    for said in
        [&b"\x7e\x01\x10\x20\x7e"[..], b"\x7e\x01\x11\x20\x21\x7e", b"\x7e\x01\x11\x20\x21\x7e"]
    {
        say(&tried, &mut car, said);
        // The echo of each is the row after it.
        let rows = tried.get("/api/messages").as_array().unwrap().len();
        tried.wait("/api/messages", |found| {
            found.as_array().unwrap().len() >= rows.next_multiple_of(2)
        });
    }
    let Some(mut browser) = page(&tried, DESK) else { return };
    open_newest(&mut browser, "~\\x01\\x11 !~");
    browser.wait(
        "document.getElementById('detail-about').textContent.includes('after the one before')",
    );
    browser.eval(
        "document.querySelectorAll('#detail details').forEach((one) => { one.open = true; })",
    );
    assert_eq!(text(&mut browser, "compare-told"), "The bytes are the same.");
    let newest = text(&mut browser, "detail-title");
    browser.click("#detail-before");
    browser.click("#detail-before");
    browser.wait(&format!("document.getElementById('detail-title').textContent !== {newest:?}"));
    let marks = "[...document.querySelectorAll('#compare-bytes > *')].map((one) => [one.tagName, one.textContent])";
    let wanted = json!([
        ["SPAN", "7e 01"],
        ["DEL", "10"],
        ["INS", "11"],
        ["SPAN", "20"],
        ["INS", "21"],
        ["SPAN", "7e"]
    ]);
    browser.wait(&format!("JSON.stringify({marks}) === {:?}", wanted.to_string()));
    assert!(
        text(&mut browser, "compare-told")
            .starts_with("1 byte only there (struck out), 2 bytes only here"),
        "{}",
        browser.shown()
    );
    let line = format!("00000000  {:<47}  ~\u{b7}\u{b7} !~", "7e 01 11 20 21 7e");
    assert_eq!(text(&mut browser, "detail-bytes"), line);

    // What was marked is compared with whatever is opened.
    browser.click("#mark");
    browser.click("#detail-close");
    say(&tried, &mut car, b"\x7e\x02\x7e");
    open_newest(&mut browser, "~\\x02~");
    browser.wait("document.getElementById('compare-with').value === 'marked'");
    let gone = "document.querySelector('#compare-bytes del').textContent";
    browser.wait(&format!("{gone} === '01 11 20 21'"));
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn bytes_are_copied_as_what_they_are_pasted_into() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    let found: Value = browser.eval(
        r#"import('/page/bytes.js').then(({ forms }) => {
             const bytes = Uint8Array.of(0x7e, 0x31, 0, 0x22, 0x5c, 0xff, 0x39);
             return Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, form(bytes, 'utf8')])); })"#,
    );
    assert_eq!(found["hex"], "7e 31 00 22 5c ff 39");
    assert_eq!(found["c"], r#""~1\000\042\134\3779""#);
    assert_eq!(found["lua"], r#""~1\000\034\092\2559""#);
    assert_eq!(found["base64"], "fjEAIlz/OQ==");
}

#[test]
fn times_are_told_from_row_to_row() {
    let tried = cars();
    let mut car = device(&tried, "a1");
    say(&tried, &mut car, b"beat");
    let Some(mut browser) = page(&tried, DESK) else { return };
    has_row(&mut browser, "sent", "beat");
    let times = "[...document.querySelectorAll('#window .row:not([hidden])')].map((one) => one.children[0].textContent)";
    browser
        .wait(&format!("{times}.every((one) => /^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d$/.test(one))"));
    browser.choose("[name=times]", "since");
    browser.wait(&format!("{times}.slice(1).every((one) => /^\\+[\\d.,]+ m?s$/.test(one))"));
    let first = browser.eval(&format!("{times}[0]"));
    assert!(first.as_str().unwrap().contains(':'), "the first row has none above: {first}");
}
