//! A device beside the lab, on the page, in a real browser.

mod browser;
mod common;

use browser::cars::{cars, page};
use browser::{Browser, DESK, Look};
use common::beside::start_beside;

fn says(browser: &mut Browser, selector: &str, text: &str) {
    browser.wait(&format!("document.querySelector({selector:?}).innerText.includes({text:?})"));
}

#[test]
fn the_device_is_shown_and_things_befall_it() {
    let (tried, runner) =
        start_beside(&["first\tline", "<script>window.broken = 2</script>", "\u{202e}\u{1b}[31m"]);
    let Some(mut browser) = page(&tried, DESK) else { return };
    says(&mut browser, "#beside-network", "SIM card");
    says(&mut browser, "#beside-network", "<img src=x onerror='window.broken=1'>");
    says(&mut browser, "#beside-console", "first\tline");
    says(&mut browser, "#beside-console", "<script>window.broken = 2</script>");
    says(&mut browser, "#beside-console", "<202E>\\x1b[31m");

    browser.write("#beside [name=lasts]", "90s");
    browser.click("#beside button[value='sim out']");
    says(&mut browser, "#beside .faults output", "sim out for 1m30s");
    says(&mut browser, "#beside-faults", "sim out for 1m30s");
    browser.click("#beside button[value='']");
    says(&mut browser, "#beside .faults output", "No fault waits or stands");
    browser.wait("!document.querySelector('#beside-faults').innerText.includes('sim out')");
    browser.write("#beside [name=words]", "latency 800ms for 1m");
    browser.key("Enter");
    says(&mut browser, "#beside-words output", "latency 800ms for 1m");
    assert_eq!(browser.errors, [""; 0]);
    browser.write("#beside [name=words]", "whatever");
    browser.key("Enter");
    browser.wait("document.querySelector('#beside-words output.bad')");
    assert_eq!(browser.eval("window.broken"), serde_json::Value::Null);
    assert_eq!(browser.eval("document.querySelectorAll('#beside-console p').length"), 3);

    drop(tried);
    assert_eq!(runner.join().unwrap(), ["sim out for 1m30s", "latency 800ms for 1m"]);
    browser.wait("document.getElementById('beside-trouble').textContent !== ''");
}

#[test]
fn the_device_can_be_used_by_everybody() {
    let (tried, _) = start_beside(&["first", "second"]);
    let Some(mut browser) = page(&tried, DESK) else { return };
    for (language, title) in [("en", "Network"), ("zh", "网络")] {
        for (width, scheme) in [(1600, "light"), (1300, "dark"), (390, "light"), (390, "dark")] {
            browser.look(Look { width, height: 850, language, scheme });
            browser.go(&tried.url("/"));
            says(&mut browser, "#beside-network", title);
            says(&mut browser, "#beside-console", "second");
            let fits = "document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.eval(fits), true, "{language} {width}");
            let found = browser.violations();
            assert_eq!(found, serde_json::json!([]), "{language} {width} {scheme}");
        }
    }
    assert_eq!(browser.errors, [""; 0]);
}

#[test]
fn without_a_device_there_is_no_place_for_one() {
    let tried = cars();
    let Some(mut browser) = page(&tried, DESK) else { return };
    browser.wait("document.getElementById('lamp').dataset.state === 'live'");
    assert_eq!(browser.eval("document.getElementById('beside')"), serde_json::Value::Null);
    assert_eq!(browser.errors, [""; 0]);
}
