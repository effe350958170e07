//! The form for the rules of the one port of a lab, and how it is filled in.

use super::Browser;
use serde_json::Value;

pub(crate) const MANNER: &str = "/api/ports/cars/manner";

/// Unfolds the form, and waits until the lab has said how things are.
pub(crate) fn open(browser: &mut Browser) {
    browser.click(".port details:has(.rules) summary");
    browser.wait("!document.querySelector('.rules .parts').disabled");
}

pub(crate) fn unfold_json(browser: &mut Browser) {
    browser.click(".rules details summary");
    browser.wait("document.querySelector('.rules textarea').checkVisibility()");
}

/// Unfolds all that there is, wherever it stands: on a phone it moves when the first rows come.
pub(crate) fn unfold_all(browser: &mut Browser) {
    browser.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    browser.wait("!document.querySelector('.rules .parts').disabled");
}

/// The field of a rule, from 1.
pub(crate) fn field(rule: usize, name: &str) -> String {
    format!(".rules li:nth-child({rule}) [data-field={name}]")
}

pub(crate) fn part(part: &str, name: &str) -> String {
    format!(".rules [data-part={part}] [data-field={name}]")
}

pub(crate) fn button(rule: usize, act: &str) -> String {
    format!(".rules li:nth-child({rule}) [data-act={act}]")
}

/// A rule more, which is the one of this number.
pub(crate) fn add(browser: &mut Browser, rule: usize) {
    browser.click(".rules [data-act=add]");
    browser.wait(&format!(
        "document.activeElement === document.querySelector({:?})",
        field(rule, "cue")
    ));
}

/// Applies what the form says, and waits until the lab has it.
pub(crate) fn apply(browser: &mut Browser) {
    browser.eval("document.querySelector('.rules output').textContent = ''");
    browser.click(".rules button.main");
    browser
        .wait("document.querySelector('.rules output:not(.bad)').textContent.includes('In force')");
}

/// Applies what the lab refuses.
pub(crate) fn refused(browser: &mut Browser, why: &str) {
    browser.eval("document.querySelector('.rules output').textContent = ''");
    browser.click(".rules button.main");
    let says = format!("document.querySelector('.rules output.bad').textContent.includes({why:?})");
    browser.wait(&says);
}

/// What the JSON beside the form says.
pub(crate) fn json_beside(browser: &mut Browser) -> Value {
    let text = browser.eval("document.querySelector('.rules textarea').value");
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
