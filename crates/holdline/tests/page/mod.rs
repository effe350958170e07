//! The API of a lab that `holdline` opened.
#![allow(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::rig::PATIENCE;
use serde_json::Value;
use std::time::Instant;

/// Where it is.
pub(crate) struct Page(String);

impl Page {
    /// The one that a line tells of.
    pub(crate) fn of(line: &str) -> Self {
        let from = line.find("http://").unwrap();
        let end = line[from..].find([' ', ';']).map_or(line.len(), |len| from + len);
        Self(line[from..end].to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let mut answer = ureq::get(format!("{}{path}", self.0)).call().unwrap();
        answer.body_mut().read_json().unwrap()
    }

    /// The status and the answer, which is null where there is none.
    pub(crate) fn tell(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.0));
        let request = request.header("content-type", "application/json");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut answer = agent.run(request.body(body.to_string()).unwrap()).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let said = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        (answer.status().as_u16(), said)
    }

    /// Asks until the answer is as wanted.
    #[track_caller]
    pub(crate) fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let found = self.get(path);
            if is_wanted(&found) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "it is still {found}");
            std::thread::yield_now();
        }
    }

    /// What is told of the device in one section: names and values.
    pub(crate) fn section(&self, key: &str) -> Vec<(String, String)> {
        let view = self.get("/api/beside");
        let sections = view["sections"].as_array().unwrap();
        let Some(found) = sections.iter().find(|section| section["key"] == key) else {
            return Vec::new();
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let items = found["items"].as_array().unwrap().iter();
        items.map(|item| (text(&item["name"]), text(&item["value"]))).collect()
    }

    /// The value of one item; nothing where it is not told.
    pub(crate) fn item(&self, section: &str, name: &str) -> String {
        let items = self.section(section);
        items.into_iter().find(|(own, _)| own == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// Asks until an item has this in its value.
    #[track_caller]
    pub(crate) fn wait_for_item(&self, section: &str, name: &str, text: &str) -> String {
        self.wait("/api/beside", |_| self.item(section, name).contains(text));
        self.item(section, name)
    }
}
