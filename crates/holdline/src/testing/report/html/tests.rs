//! The page, as text and in a real browser where there is one.

use super::page;
use crate::testing::report::sample::{case, hostile, report, secs, story};
use crate::testing::story::{Actor, Report, Row, Story, Verdict, What};
use crate::words::Lang;
use holdline_modem::{Attempt, LineId, SocketId};
use std::path::Path;
use std::process::Command;

/// Notes errors from the very first script on.
const WATCH: &str = "<script>window.faults = [];\
    addEventListener('error', (e) => window.faults.push(String(e.message)));</script>";

/// Does what a person does, and leaves what came of it in the body's attributes.
const PROBE: &str = r#"<script>
{
  const drawn = () => { draw(); const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const colors = new Set(); for (let at = 0; at < data.length; at += 4) colors.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
    return colors.size; };
  const out = document.body.dataset, hit = (key) => chart.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  out.colors = drawn();
  const before = view.to - view.from;
  chart.dispatchEvent(new WheelEvent("wheel", { deltaY: -600, clientX: 400, cancelable: true }));
  out.zoomed = (view.to - view.from) < before;
  hit("0"); hit("ArrowUp"); hit("ArrowRight"); hit("ArrowDown");
  out.told = document.getElementById("told").textContent;
  const fault = view.test.faults[0];
  out.under = fault ? told(view.test, (under(xAt((fault.from + fault.to) / 2), view.lanes[0].top + 5) || { row: 0 }).row) : "";
  DATA.tests.forEach((test, at) => choose(at));
  out.listed = document.querySelectorAll("nav button").length;
  out.shown = document.querySelectorAll(".row").length;
  document.getElementById("lang").click();
  out.words = document.getElementById("counts").textContent;
  document.getElementById("theme").click();
  out.wide = document.documentElement.scrollWidth > innerWidth;
  out.faults = window.faults.join("; ") || "none";
}
</script></body>"#;

/// The body's attributes after [`PROBE`], or nothing where there is no browser.
fn probed(page: &str, size: &str) -> Option<String> {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    let Some(browser) = browsers.into_iter().find(is_there) else {
        eprintln!("skipped: none of {browsers:?} is there to show the page");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let page = page.replacen("<head>", &format!("<head>{WATCH}"), 1);
    std::fs::write(&file, page.replacen("</body>", PROBE, 1)).unwrap();
    let output = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--window-size={size}"))
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let body = dom.split_once("<body").unwrap_or_else(|| panic!("{browser}: {output:?}")).1;
    Some(body.split_once('>').unwrap().0.to_owned())
}

#[track_caller]
fn has(body: &str, name: &str, value: &str) {
    assert!(body.contains(&format!("data-{name}=\"{value}\"")), "{name} is not {value}: {body}");
}

#[test]
fn a_browser_draws_the_page_without_an_error() {
    for size in ["1280,900", "500,800"] {
        let Some(body) = probed(&page(&report(), Lang::En), size) else { return };
        has(&body, "faults", "none");
        has(&body, "ready", "yes");
        has(&body, "zoomed", "true");
        has(&body, "listed", "4");
        has(&body, "under", "fault: at 5m server down for 1h");
        has(&body, "words", "通过 1，失败 2，错误 2");
        has(&body, "wide", "false");
        assert!(!body.contains("data-broken"), "a log line ran as a script: {body}");
        assert!(body.contains("data-told=\"0"), "{body}");
        let colors = body.split_once("data-colors=\"").unwrap().1.split_once('"').unwrap().0;
        assert!(colors.parse::<u32>().unwrap() > 10, "{colors} colours are no drawing");
    }
}

#[test]
fn a_month_with_half_a_million_rows_opens() {
    let line = LineId { socket: SocketId(0), attempt: Attempt(1) };
    let beat =
        |at| Row { at, actor: 1, what: What::Sent { line, bytes: b"heart data\r\n".into() } };
    let rows: Vec<_> = (0..500_000).map(|nth| beat(secs(nth * 6))).collect();
    let actors = vec![Actor::World, Actor::Device(0)];
    let month = Story { actors, end: secs(3_000_000), rows };
    let report =
        Report { cases: vec![case("a month", Verdict::Passed, month)], ..Report::default() };
    let page = page(&report, Lang::En);
    assert!(page.len() < 12_000_000, "{} bytes", page.len());
    let Some(body) = probed(&page, "1280,900") else { return };
    has(&body, "faults", "none");
    has(&body, "zoomed", "true");
    assert!(body.contains("data-shown=\"1"), "{body}");
}

#[test]
fn nothing_that_a_device_sends_ends_the_script() {
    let report = Report { cases: vec![hostile()], ..Report::default() };
    let page = page(&report, Lang::Zh);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh\">"));
    assert_eq!(page.matches("</script>").count(), 2, "the data's and the page's own");
    let data = page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    assert!(!data.contains('<'));
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let blobs = data["blobs"].as_array().unwrap();
    let all: String = (0..=255_u8).map(char::from).collect();
    assert!(blobs.iter().any(|blob| blob.as_str() == Some(&all)), "every byte comes through");
}

#[test]
fn the_page_loads_nothing() {
    let page = page(&Report::default(), Lang::En);
    for word in
        ["http:", "https:", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "import("]
    {
        assert!(!page.contains(word), "{word}");
    }
    assert!(!page.contains('@') || page.contains("@media"), "every mark is filled in");
}

/// What stands once in the page is told once, however often it happened.
#[test]
fn what_repeats_is_told_once() {
    let report = Report { cases: vec![case("a", Verdict::Passed, story(1))], ..Report::default() };
    assert_eq!(page(&report, Lang::En).matches("heart data").count(), 1);
}

/// `HOLDLINE_PAGE=FILE` keeps the sample's page, to be looked at.
#[test]
fn the_sample_can_be_looked_at() {
    if let Some(file) = std::env::var_os("HOLDLINE_PAGE") {
        std::fs::write(Path::new(&file), page(&report(), Lang::En)).unwrap();
    }
}
