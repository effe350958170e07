//! The rules of a port as a form and as JSON, which show the same, in a real browser.

mod browser;
mod common;

use browser::cars::{cars, device, page};
use browser::rules::{
    MANNER, add, apply, button, field, json_beside, open, part, refused, unfold_all, unfold_json,
};
use browser::{Browser, DESK, Look, PHONE};
use serde_json::json;

#[test]
fn form_and_json_show_the_same() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    unfold_json(&mut browser);
    let manner = json!({
        "framing": "fixed 12", "identity": "imei", "reply": "echo",
        "rules": [{ "matches": "^a\\d", "reply": "\\ \u{202e}\u{1b}\n温" }],
    });
    browser.write(".rules textarea", &manner.to_string());
    let value = |browser: &mut Browser, selector: &str| {
        let value = browser.eval(&format!("document.querySelector({selector:?}).value"));
        value.as_str().unwrap().to_owned()
    };
    assert_eq!(value(&mut browser, &part("framing", "kind")), "fixed");
    assert_eq!(value(&mut browser, &part("framing", "bytes")), "12");
    assert_eq!(value(&mut browser, &part("identity", "kind")), "imei");
    assert_eq!(value(&mut browser, &field(1, "cue-pattern")), r"^a\d");
    assert_eq!(value(&mut browser, &field(1, "say-text")), r"\\ \xe2\x80\xae\x1b\n温");
    // Who writes in the form finds it in the JSON, where nothing else is another one.
    browser.write(&field(1, "after"), "3s");
    let mut with_after = manner.clone();
    with_after["rules"][0]["after"] = json!("3s");
    assert_eq!(json_beside(&mut browser), with_after);
    browser.write(&field(1, "after"), "");
    browser.eval(
        "document.querySelectorAll('.rules .parts [data-field]').forEach((one) => {
           one.dispatchEvent(new Event('input', { bubbles: true })); })",
    );
    assert_eq!(browser.eval("document.querySelector('.rules textarea').validationMessage"), "");

    // While it is being written it is no JSON, and the form waits.
    browser.write(".rules textarea", r#"{ "rules": ["#);
    assert_eq!(browser.eval("document.querySelector('.rules .parts').disabled"), true);
    browser.wait("document.querySelector('.rules .unread').innerText.includes('this is no JSON')");
    refused(&mut browser, "this is no JSON");
    browser.write(".rules textarea", r#"{ "rules": [1] }"#);
    browser.wait("document.querySelector('.rules .unread').innerText.includes('cannot show')");
    browser.write(".rules textarea", &manner.to_string());
    apply(&mut browser);
    assert_eq!(tried.get(MANNER), manner);
    assert_eq!(json_beside(&mut browser), manner);
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn what_the_form_does_not_know_stays() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    open(&mut browser);
    unfold_json(&mut browser);
    let manner = json!({
        "framing": { "length": 2, "checksum": "crc" }, "identity": null, "colour": "red",
        "rules": [{ "equals": "a", "prefix": "b", "reply": "c", "mood": ["good"], "after": 5 }],
    });
    browser.write(".rules textarea", &manner.to_string());
    let kinds = ["framing", "identity"].map(|name| {
        browser.eval(&format!("document.querySelector({:?}).value", part(name, "kind")))
    });
    assert_eq!(kinds, ["json", "json"]);
    browser.wait("document.querySelector('.rules .rest').innerText === 'Only in the JSON: after, mood, prefix'");
    browser.write(&field(1, "cue-text"), "changed");
    browser.choose(&part("reply", "kind"), "echo");
    browser.click(".rules [data-act=add]");
    browser.click(&button(2, "up"));
    let mut wanted = manner.clone();
    wanted["reply"] = json!("echo");
    wanted["rules"][0]["equals"] = json!("changed");
    wanted["rules"] = json!([{ "equals": "", "reply": "" }, wanted["rules"][0]]);
    assert_eq!(json_beside(&mut browser), wanted);
    refused(&mut browser, "framing");
    assert_eq!(json_beside(&mut browser), wanted, "nothing is lost by a refusal");
}

/// The lab may answer late, or not at all.
#[test]
fn what_is_written_meanwhile_stays() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.eval(
        "{ const { fetch } = window;
           const instead = (answer) => { window.fetch = (...asked) =>
             asked[0].endsWith('/manner') ? answer(asked) : fetch(...asked); };
           window.refuse = () => instead(() => Promise.reject(new Error()));
           window.hold = () => instead((asked) =>
             new Promise((go) => { window.release = go; }).then(() => fetch(...asked)));
           window.mend = () => { window.fetch = fetch; }; }",
    );
    browser.eval("refuse()");
    browser.click(".port details:has(.rules) summary");
    browser
        .wait("document.querySelector('.rules .unread').innerText === 'the lab does not answer'");
    assert_eq!(browser.eval("document.querySelector('.rules .parts').disabled"), true);
    browser.eval("mend()");
    browser.click(".port details:has(.rules) summary");
    open(&mut browser);

    add(&mut browser, 1);
    browser.write(&field(1, "say-text"), "first");
    browser.eval("hold()");
    browser.click(".rules button.main");
    browser.wait("window.release");
    browser.write(&field(1, "say-text"), "second");
    browser.eval("{ release(); mend(); }");
    browser.wait("document.querySelector('.rules output').textContent.includes('In force')");
    assert_eq!(tried.get(MANNER)["rules"][0]["reply"], "first");
    assert_eq!(json_beside(&mut browser)["rules"][0]["reply"], "second");
    browser.click(".rules [data-act=undo]");
    assert_eq!(json_beside(&mut browser)["rules"][0]["reply"], "first");
    assert_eq!(browser.errors, [""; 0]);
}

/// A word that rules get some day has to get a field too.
#[test]
fn every_word_of_a_rule_has_a_field() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    let document = tried.get("/api/openapi.json");
    let words = document["components"]["schemas"]["RuleWords"]["properties"].as_object().unwrap();
    assert!(words.len() > 10, "{words:?}");
    let samples = [json!("connect"), json!("close"), json!(true), json!(7), json!("7s")];
    let taken = |rule: &str| {
        format!("import('/page/manner.js').then(({{ fieldsOf, ruleOf }}) => {{
            const rule = {rule}; const {{ fields, rest }} = fieldsOf(rule);
            return rest.length === 0 && JSON.stringify(ruleOf(fields, rule)) === JSON.stringify(rule); }})")
    };
    for word in words.keys() {
        let is_taken = samples
            .iter()
            .any(|sample| browser.eval(&taken(&json!({ word: sample }).to_string())) == true);
        assert!(is_taken, "the form has no field for `{word}`");
    }
}

#[test]
fn the_form_can_be_used_by_everybody() {
    let tried = cars();
    let rules = json!([{ "equals": "ping", "reply": "pong" }, { "hex": "7e", "echo": true, "then": "reset" }]);
    let manner = json!({ "framing": { "length": 2 }, "identity": { "len": 8 }, "rules": rules });
    assert_eq!(tried.tell("PUT", MANNER, &manner).0, 200);
    let Some(mut browser) = page(&tried, DESK) else { return };
    for language in ["en", "zh"] {
        for (width, scheme) in [(1300, "light"), (1300, "dark"), (390, "light"), (390, "dark")] {
            browser.look(Look { width, height: 850, language, scheme });
            browser.go(&tried.url("/"));
            unfold_all(&mut browser);
            assert_eq!(browser.violations(), json!([]), "{language} {width} {scheme}");
            let fits = "document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.eval(fits), true, "{language} {width}: {}", browser.shown());
            // On a desk its parts scroll, and the page does not.
            let stays = "innerWidth < 600 || document.documentElement.scrollHeight <= innerHeight";
            assert_eq!(browser.eval(stays), true, "{language} {width}");
        }
    }
}

/// `HOLDLINE_PICTURES=FOLDER` keeps pictures of the form.
#[test]
fn the_form_can_be_pictured() {
    let Some(folder) = std::env::var_os("HOLDLINE_PICTURES") else { return };
    let tried = cars();
    let _car = device(&tried, "860000000000001");
    let rules = json!([
        { "equals": "ping", "reply": "pong\r\n" },
        { "hex": "7e ?? 01", "after": "2s", "reply_hex": "7e 01 00 7e", "split": 2 },
        { "on": "connect", "reply": "welcome\r\n" },
        { "contains": "bye", "then": "close" },
    ]);
    let manner = json!({ "framing": "line", "identity": "imei", "rules": rules });
    assert_eq!(tried.tell("PUT", MANNER, &manner).0, 200);
    let dark = Look { scheme: "dark", ..DESK };
    let looks = [
        ("desk", DESK),
        ("desk-dark", dark),
        ("phone", Look { scheme: "light", ..PHONE }),
        ("phone-dark", PHONE),
    ];
    for (name, look) in looks {
        let Some(mut browser) = page(&tried, Look { height: 1100, ..look }) else { return };
        unfold_all(&mut browser);
        browser.wait("document.getElementById('lamp').dataset.state === 'live'");
        browser.eval("document.querySelector('.rules').scrollIntoView()");
        let file = std::path::Path::new(&folder).join(format!("lab-rules-{name}.png"));
        std::fs::write(file, browser.picture()).unwrap();
    }
}
