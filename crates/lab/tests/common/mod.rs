//! A lab of a test: its own store and free ports, and somebody who asks it over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(dead_code, reason = "each test file uses some of it")]

pub(crate) mod answered;
pub(crate) mod beside;
pub(crate) mod child;

use holdline_lab::{Config, Lab, Limits, PortConfig, PortKind};
use holdline_peer::Manner;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long something may take that has to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Tried {
    pub(crate) lab: Lab,
    pub(crate) folder: TempDir,
}

pub(crate) fn free() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

pub(crate) fn port(name: &str, kind: PortKind, manner: Manner) -> PortConfig {
    PortConfig { manner, ..PortConfig::new(name, kind, free()) }
}

pub(crate) fn config(folder: &Path, ports: Vec<PortConfig>) -> Config {
    let store = folder.join("lab.db");
    Config { ports, http: free(), lock: None, store, limits: Limits::default() }
}

pub(crate) fn start(ports: Vec<PortConfig>) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::start(config(folder.path(), ports)).unwrap();
    Tried { lab, folder }
}

impl Tried {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.lab.http())
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ask(path).1
    }

    /// An answer that is no JSON.
    pub(crate) fn text(&self, path: &str) -> String {
        ureq::get(self.url(path)).call().unwrap().body_mut().read_to_string().unwrap()
    }

    /// The status and the answer.
    pub(crate) fn ask(&self, path: &str) -> (u16, Value) {
        let request = ureq::get(self.url(path)).config().http_status_as_error(false).build();
        let mut answer = request.call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    /// Asks for something with a body; the answer is null where it has none.
    pub(crate) fn tell(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.tell_in("en", method, path, body)
    }

    pub(crate) fn tell_in(
        &self,
        language: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let request = ureq::http::Request::builder().method(method).uri(self.url(path));
        let request = request.header("content-type", "application/json");
        let request = request.header("accept-language", language).body(body.to_string()).unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut answer = agent.run(request).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let said = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        (answer.status().as_u16(), said)
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        wait(|| self.get(path), is_wanted)
    }
}

fn wait(ask: impl Fn() -> Value, is_wanted: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let found = ask();
        if is_wanted(&found) {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "it is still {found}");
        // A lab that is asked without end has no time for its devices.
        std::thread::sleep(Duration::from_millis(2));
    }
}
