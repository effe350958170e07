//! A real browser, told what to do over its own debugging protocol.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(dead_code, reason = "each test file uses some of it")]

pub(crate) mod cars;
pub(crate) mod rules;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// How long something may take that has to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Names under which it is installed; `HOLDLINE_BROWSER` is another.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// How somebody looks at the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) language: &'static str,
    pub(crate) scheme: &'static str,
}

pub(crate) const DESK: Look = Look { width: 1300, height: 850, language: "en", scheme: "light" };
pub(crate) const PHONE: Look = Look { width: 390, height: 800, language: "zh-CN", scheme: "dark" };

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    asked: u64,
    /// What went wrong in the page.
    pub(crate) errors: Vec<String>,
    _profile: TempDir,
}

/// A browser, or nothing where somebody has said that there is none.
pub(crate) fn open(url: &str, look: Look) -> Option<Browser> {
    if std::env::var_os("HOLDLINE_WITHOUT_BROWSER").is_some() {
        return None;
    }
    let mut browser = Browser::start();
    browser.look(look);
    browser.go(url);
    Some(browser)
}

impl Browser {
    fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = launch(&profile);
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut all = String::new();
        let url = loop {
            let before = all.len();
            let len = said.read_line(&mut all).unwrap();
            assert!(len > 0, "the browser ended: {all}");
            if let Some(url) = all[before..].trim().strip_prefix("DevTools listening on ") {
                break url.to_owned();
            }
        };
        // What else it says has to go somewhere.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let host = url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
        let line = TcpStream::connect(host).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(url.as_str(), line).unwrap();
        let (session, errors) = (String::new(), Vec::new());
        let mut browser = Self { process, socket, session, asked: 0, errors, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    pub(crate) fn look(&mut self, look: Look) {
        let Look { width, height, language, scheme } = look;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": scheme }));
        self.call(
            "Network.setExtraHTTPHeaders",
            json!({ "headers": { "Accept-Language": language } }),
        );
    }

    pub(crate) fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.wait("document.readyState === 'complete' && document.body.dataset.words");
    }

    /// Asks the browser, and waits for what it has to say.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let mut said = self.ask(method, &params);
        assert!(said["error"].is_null(), "{method}: {said}");
        said["result"].take()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut question = json!({ "id": self.asked, "method": method, "params": params });
        if !self.session.is_empty() {
            question["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(question.to_string())).unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap() else { continue };
            let said: Value = serde_json::from_str(&text).unwrap();
            if said["id"] == self.asked {
                return said;
            }
            self.note(&said);
        }
    }

    fn note(&mut self, said: &Value) {
        let is_error = match said["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => said["params"]["entry"]["level"] == "error",
            _ => false,
        };
        if is_error {
            self.errors.push(said["params"].to_string());
        }
    }

    /// What an expression is in the page; of a promise what it brings.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut said = self.call("Runtime.evaluate", asked);
        assert!(said["exceptionDetails"].is_null(), "{expression}: {}", said["exceptionDetails"]);
        said["result"]["value"].take()
    }

    /// Waits until an expression is true; the page may become another one meanwhile.
    pub(crate) fn wait(&mut self, expression: &str) {
        let look = format!(
            "new Promise((done) => {{ let looks = 50;
               const look = () => {{ let is = false; try {{ is = Boolean({expression}); }} catch {{ }}
                 if (is || looks === 0) done(is); else setTimeout(look, 20); looks -= 1; }};
               look(); }})"
        );
        let asked = json!({ "expression": look, "awaitPromise": true, "returnByValue": true });
        let began = Instant::now();
        while self.ask("Runtime.evaluate", &asked)["result"]["result"]["value"] != true {
            assert!(began.elapsed() < PATIENCE, "never came: {expression}\n{}", self.shown());
        }
    }

    /// All that can be read on the page, and what went wrong.
    pub(crate) fn shown(&mut self) -> String {
        let text = self.eval("document.body.innerText");
        format!("{}\n{:?}", text.as_str().unwrap_or_default(), self.errors)
    }

    /// Presses the mouse where an element is, once it stands still there and nothing covers it.
    pub(crate) fn click(&mut self, selector: &str) {
        self.wait(&format!("document.querySelector({selector:?}).checkVisibility()"));
        let began = Instant::now();
        let mut center = self.eval(&center_of(selector));
        while center.is_null() {
            assert!(began.elapsed() < PATIENCE, "never stood still: {selector}\n{}", self.shown());
            center = self.eval(&center_of(selector));
        }
        for kind in ["mousePressed", "mouseReleased"] {
            let press = json!({ "type": kind, "x": center[0], "y": center[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", press);
        }
    }

    /// Writes into a field what stood not there before.
    pub(crate) fn write(&mut self, selector: &str, text: &str) {
        self.wait(&format!("document.querySelector({selector:?})"));
        self.eval(&format!("document.querySelector({selector:?}).select()"));
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Chooses in a list.
    pub(crate) fn choose(&mut self, selector: &str, value: &str) {
        self.eval(&format!(
            "{{ const one = document.querySelector({selector:?}); one.value = {value:?};
               for (const type of ['input', 'change']) one.dispatchEvent(new Event(type, {{ bubbles: true }})); }}"
        ));
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let mut press = json!({ "type": kind, "key": key, "code": key });
            if key == "Enter" {
                // Without its letter it does not send a form.
                press["text"] = json!("\r");
            }
            self.call("Input.dispatchKeyEvent", press);
        }
    }

    /// What breaks the rules of axe.
    pub(crate) fn violations(&mut self) -> Value {
        self.eval(concat!(include_str!("../vendor/axe.min.js"), ";true"));
        self.eval(
            "axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
               [id, ...nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary)]))",
        )
    }

    /// The page as a picture.
    pub(crate) fn picture(&mut self) -> Vec<u8> {
        use base64::Engine;
        let taken = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let picture = taken["data"].as_str().unwrap();
        base64::engine::general_purpose::STANDARD.decode(picture).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It is asked first, so that it takes its own processes with it.
        let close = json!({ "id": 0, "method": "Browser.close" });
        if self.socket.send(Message::text(close.to_string())).is_ok() {
            while self.socket.read().is_ok() {}
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where an element is for two frames; null, if it moves or is covered.
fn center_of(selector: &str) -> String {
    format!(
        "(async () => {{
           const one = document.querySelector({selector:?});
           const center = () => {{
             const {{ x, y, width, height }} = one.getBoundingClientRect();
             return [x + width / 2, y + height / 2]; }};
           const frame = () => new Promise(requestAnimationFrame);
           one.scrollIntoView({{ block: 'nearest' }});
           await frame();
           const before = center();
           await frame();
           const [x, y] = center();
           const isStill = x === before[0] && y === before[1];
           const found = document.elementFromPoint(x, y);
           const isFree = one.contains(found);
           return isStill && isFree ? [x, y] : null; }})()"
    )
}

fn launch(profile: &TempDir) -> Child {
    let given = std::env::var("HOLDLINE_BROWSER").ok();
    let names = given.as_deref().into_iter().chain(NAMES);
    let start = |name: &str| {
        Command::new(name)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--no-first-run", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            // It leaves files there, too.
            .env("TMPDIR", profile.path())
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()
    };
    names.into_iter().find_map(start).unwrap_or_else(|| {
        panic!("none of {NAMES:?} is there: install one (Debian: apt-get install chromium), name it in \
                HOLDLINE_BROWSER, or set HOLDLINE_WITHOUT_BROWSER=1")
    })
}
