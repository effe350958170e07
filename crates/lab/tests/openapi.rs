//! What the API's document says is what the API does: every call in it is made here.
//!
//! A new route needs a line in [`CALLS`], one for each status that is worth it; the test names the
//! calls of the document that have none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::{Identity, Manner, Pattern};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use tungstenite::client::IntoClientRequest;

/// Calls in this order, to a lab with the port `cars` and the device `ann`: method, path as the document
/// has it, what it is really (empty: the same), body (empty: none), status.
const CALLS: &[(&str, &str, &str, &str, u16)] = &[
    ("GET", "/api/ports", "", "", 200),
    ("GET", "/api/ports/{name}/manner", "/api/ports/cars/manner", "", 200),
    ("GET", "/api/ports/{name}/manner", "/api/ports/bikes/manner", "", 404),
    ("PUT", "/api/ports/{name}/manner", "/api/ports/cars/manner", MANNER, 200),
    ("PUT", "/api/ports/{name}/manner", "/api/ports/cars/manner", r#"{"framing": "x"}"#, 422),
    (
        "POST",
        "/api/ports/{name}/faults",
        "/api/ports/cars/faults",
        r#"{"fault": "reset after 9 bytes"}"#,
        200,
    ),
    ("POST", "/api/ports/{name}/faults", "/api/ports/cars/faults", r#"{"fault": "sim out"}"#, 422),
    ("POST", "/api/ports/{name}/faults", "/api/ports/cars/faults", r#"["silent"]"#, 422),
    ("GET", "/api/ports/{name}/faults", "/api/ports/cars/faults", "", 200),
    ("DELETE", "/api/ports/{name}/faults", "/api/ports/cars/faults", "", 204),
    ("POST", "/api/ports/{name}/reload", "/api/ports/cars/reload", "", 409),
    ("POST", "/api/ports/{name}/reload", "/api/ports/bikes/reload", "", 404),
    ("GET", "/api/beside", "", "", 404),
    ("GET", "/api/beside/console", "", "", 404),
    ("POST", "/api/beside/faults", "", r#"{"fault": "pdp lost"}"#, 404),
    ("DELETE", "/api/beside/faults", "", "", 404),
    ("GET", "/api/devices", "/api/devices?limit=5", "", 200),
    ("GET", "/api/devices", "/api/devices?limit=0", "", 400),
    ("GET", "/api/devices/{id}", "/api/devices/ann", "", 200),
    ("GET", "/api/devices/{id}", "/api/devices/nobody", "", 404),
    ("GET", "/api/devices/{id}/test", "/api/devices/ann/test", "", 200),
    ("POST", "/api/devices/{id}/send", "/api/devices/ann/send", r#"{"text": "ok\r\n"}"#, 200),
    ("POST", "/api/devices/{id}/send", "/api/devices/ann/send", r#"{"hex": "7"}"#, 422),
    ("POST", "/api/devices/send", "", r#"{"devices": ["ann"], "hex": "6f 6b"}"#, 200),
    ("POST", "/api/devices/send", "", "{", 400),
    ("POST", "/api/repeats", "", r#"{"devices": ["ann"], "hex": "6f 6b", "every": "1h"}"#, 200),
    ("POST", "/api/repeats", "", r#"{"text": "ok", "every": "1ms"}"#, 422),
    ("GET", "/api/repeats", "", "", 200),
    ("DELETE", "/api/repeats/{id}", "/api/repeats/1", "", 204),
    ("DELETE", "/api/repeats/{id}", "/api/repeats/7", "", 404),
    ("GET", "/api/messages", "/api/messages?events=true", "", 200),
    ("GET", "/api/messages", "/api/messages?kinds=heard", "", 400),
    ("GET", "/api/messages/count", "", "", 200),
    ("GET", "/api/messages/count", "/api/messages/count?kinds=", "", 400),
    ("GET", "/api/messages/count", "/api/messages/count?show=sent,", "", 400),
    ("POST", "/api/wait", "", r#"{"prefix": "I am", "after": 0, "timeout": "10s"}"#, 200),
    ("POST", "/api/wait", "", r#"{"equals": "never", "timeout": "1ms"}"#, 200),
    ("GET", "/api/live", "", "", 426),
    ("GET", "/api/export", "/api/export?format=txt", "", 200),
    ("GET", "/api/export", "/api/export?format=csv", "", 200),
    ("GET", "/api/export", "/api/export?format=jsonl", "", 200),
    ("GET", "/api/export", "/api/export?format=pcapng", "", 200),
    ("GET", "/api/ca.crt", "", "", 200),
    ("GET", "/api/client.pem", "/api/client.pem?name=ann", "", 200),
    ("GET", "/api/client.pem", "/api/client.pem?name=", "", 422),
    ("GET", "/api/health", "", "", 200),
    ("GET", "/metrics", "", "", 200),
    ("POST", "/api/devices/{id}/kick", "/api/devices/ann/kick", r#"{"with": "close"}"#, 200),
];

const MANNER: &str = r#"{"framing": {"length": 2, "order": "little"}, "identity": {"len": 3, "prefix_hex": "7e"},
    "reply": "echo", "rules": [{"on": "connect", "reply": "hello"}, {"hex": "7e ?? 01", "then": "close"}]}"#;

struct Document(Value);

impl Document {
    /// A schema of the document, with all that it points to.
    fn schema(&self, schema: &Value) -> Validator {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        jsonschema::draft202012::new(&whole).unwrap()
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        &self.0["paths"][path][method.to_lowercase()]
    }

    /// Every call that it has, as `METHOD PATH`.
    fn calls(&self) -> BTreeSet<String> {
        let paths = self.0["paths"].as_object().unwrap();
        let methods = |(path, item): (&String, &Value)| -> Vec<String> {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| format!("{} {path}", method.to_uppercase())).collect()
        };
        paths.iter().flat_map(methods).collect()
    }
}

/// A lab with a port and a device, and its document.
fn tried() -> (Tried, TcpStream, Document) {
    let identity = Some(Identity::Pattern(Pattern::new("I am ([a-z]+)").unwrap()));
    let cars = port("cars", PortKind::Tcp, Manner { identity, ..Manner::default() });
    let tried = start(vec![cars, port("sealed", PortKind::Tls, Manner::default())]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"I am ann").unwrap();
    tried.wait("/api/devices/ann", |found| found["online"] == true);
    let document = Document(tried.get("/api/openapi.json"));
    (tried, device, document)
}

struct Answer {
    status: u16,
    media: Option<String>,
    body: Vec<u8>,
}

fn ask(tried: &Tried, method: &str, path: &str, body: &str, origin: Option<&str>) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .build()
        .into();
    let mut request = ureq::http::Request::builder().method(method).uri(tried.url(path));
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    let request = request.header("content-type", "application/json").body(body.to_owned());
    let mut answer = agent.run(request.unwrap()).unwrap();
    let media =
        answer.headers().get("content-type").map(|media| media.to_str().unwrap().to_owned());
    Answer {
        status: answer.status().as_u16(),
        media,
        body: answer.body_mut().read_to_vec().unwrap(),
    }
}

/// Holds an answer to what the document says of it.
fn check(document: &Document, operation: &Value, answer: &Answer, what: &str) {
    let said = &operation["responses"][answer.status.to_string()];
    assert!(said.is_object(), "{what}: the document knows no {}", answer.status);
    let Some(content) = said["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what}: the document says that there is no body");
        return;
    };
    let media = answer.media.as_deref().unwrap_or_default();
    let plain = |media: &str| media.split(';').next().unwrap_or_default().to_owned();
    let schema = content.iter().find(|(known, _)| plain(known) == plain(media));
    let (_, schema) = schema.unwrap_or_else(|| panic!("{what}: the document knows no `{media}`"));
    if plain(media) == "application/json" {
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        let wrong: Vec<_> = document
            .schema(&schema["schema"])
            .iter_errors(&body)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?} in {body}");
    }
}

#[test]
fn every_call_of_the_document_is_made_and_answers_as_it_says() {
    let (tried, _device, document) = tried();
    for &(method, path, real, body, status) in CALLS {
        let what = format!("{method} {real} {body}");
        let operation = document.operation(method, path);
        assert!(operation.is_object(), "{method} {path} is not in the document");
        let answer = ask(&tried, method, if real.is_empty() { path } else { real }, body, None);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, status, "{what}: {text}");
        check(&document, operation, &answer, &what);
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if status < 300 && !body.is_empty() {
            let body = serde_json::from_str(body).unwrap();
            assert!(document.schema(schema).is_valid(&body), "{what}: not what {schema} says");
        }
    }
    let made = CALLS.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    let missing: Vec<_> = document.calls().difference(&made).cloned().collect();
    assert!(
        missing.is_empty(),
        "add a line to CALLS in crates/lab/tests/openapi.rs for {missing:?}"
    );
}

#[test]
fn whatever_a_call_is_a_foreign_page_is_refused_as_documented() {
    let (tried, _device, document) = tried();
    for &(method, path, real, body, _) in CALLS {
        let real = if real.is_empty() { path } else { real };
        let answer = ask(&tried, method, real, body, Some("http://elsewhere.example"));
        assert_eq!(answer.status, 403, "{method} {real}");
        check(&document, document.operation(method, path), &answer, real);
    }
}

#[test]
fn the_stream_is_a_websocket_whose_texts_are_messages() {
    let (tried, _device, document) = tried();
    let url = tried.url("/api/live?after=0").replace("http", "ws");
    let (mut socket, answer) = tungstenite::connect(url.into_client_request().unwrap()).unwrap();
    assert_eq!(answer.status(), 101);
    assert!(document.operation("GET", "/api/live")["responses"]["101"].is_object());
    let text = socket.read().unwrap();
    let message = serde_json::from_str(text.to_text().unwrap()).unwrap();
    let schema = document.schema(&json!({"$ref": "#/components/schemas/Message"}));
    assert!(schema.is_valid(&message), "{message}");
}

#[test]
fn no_two_shapes_share_a_name_and_every_parameter_is_where_it_says() {
    let (_tried, _device, document) = tried();
    let paths = document.0["paths"].as_object().unwrap();
    for (path, item) in paths {
        for operation in item.as_object().unwrap().values() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let named: BTreeSet<_> = in_path.map(|one| one["name"].as_str().unwrap()).collect();
            let places: BTreeSet<_> = path
                .split(['{', '}'])
                .enumerate()
                .filter(|(at, _)| at % 2 == 1)
                .map(|(_, name)| name)
                .collect();
            assert_eq!(named, places, "{path}");
        }
    }
    // A call's body has an example; where two share a name, one of them has the other's.
    for call in document.calls() {
        let (method, path) = call.split_once(' ').unwrap();
        let schema = &document.operation(method, path)["requestBody"]["content"]["application/json"]
            ["schema"];
        let named =
            schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/"));
        let Some(name) = named else { continue };
        let example = &document.0["components"]["schemas"][name]["example"];
        if !example.is_null() {
            assert!(document.schema(schema).is_valid(example), "{call}: {example}");
        }
    }
}
