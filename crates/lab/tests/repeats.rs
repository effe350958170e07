//! Sends that the lab repeats by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Tried, port, start};
use holdline_lab::PortKind;
use holdline_peer::{Identity, Manner, Pattern};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

fn cars() -> Tried {
    let identity = Identity::Pattern(Pattern::new(r"imei=([^\r]+)").unwrap());
    let manner = Manner { identity: Some(identity), ..Manner::default() };
    start(vec![port("cars", PortKind::Tcp, manner)])
}

fn device(tried: &Tried, imei: &str) -> TcpStream {
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(format!("imei={imei}\r\n").as_bytes()).unwrap();
    tried.wait("/api/devices", |found| {
        found.as_array().unwrap().iter().any(|one| one["id"] == imei && one["online"] == true)
    });
    device
}

fn told(device: &mut TcpStream) -> String {
    let mut found = [0; 4];
    device.read_exact(&mut found).unwrap();
    String::from_utf8_lossy(&found).into_owned()
}

fn begin(tried: &Tried, wanted: &Value) -> (u16, Value) {
    tried.tell("POST", "/api/repeats", wanted)
}

#[test]
fn a_send_has_as_many_turns_as_were_asked_for() {
    let tried = cars();
    let (mut first, mut second) = (device(&tried, "a1"), device(&tried, "b2"));
    let wanted = json!({ "devices": ["a1"], "text": "ping", "every": "100ms", "times": 3 });
    let (status, begun) = begin(&tried, &wanted);
    assert_eq!((status, &begun["every_ms"], &begun["times"]), (200, &json!(100), &json!(3)));
    assert_eq!(begun["bytes"], "cGluZw==");
    tried.wait("/api/repeats", |found| *found == json!([]));
    for _ in 0..3 {
        assert_eq!(told(&mut first), "ping");
    }
    // The fourth thing that it hears is something else, and the other device heard none of it.
    tried.tell("POST", "/api/devices/send", &json!({ "text": "done" }));
    assert_eq!((told(&mut first), told(&mut second)), ("done".to_owned(), "done".to_owned()));
}

#[test]
fn a_device_that_was_away_is_sent_to_when_it_is_back() {
    let tried = cars();
    drop(device(&tried, "a1"));
    tried.wait("/api/devices", |found| found[0]["online"] == false);
    let (_, begun) =
        begin(&tried, &json!({ "devices": ["a1"], "hex": "70 6f 6e 67", "every": "100ms" }));
    let id = begun["id"].as_u64().unwrap();
    tried.wait("/api/repeats", |found| {
        found[0]["turns"].as_u64() >= Some(2) && found[0]["connections"] == 0
    });
    let mut back = device(&tried, "a1");
    assert_eq!([told(&mut back), told(&mut back)], ["pong", "pong"]);
    tried.wait("/api/repeats", |found| found[0]["connections"] == 1);
    assert_eq!(tried.tell("DELETE", &format!("/api/repeats/{id}"), &Value::Null).0, 204);
    assert_eq!(tried.get("/api/repeats"), json!([]));
    assert_eq!(tried.tell("DELETE", &format!("/api/repeats/{id}"), &Value::Null).0, 404);
}

#[test]
fn what_cannot_be_repeated_is_told() {
    let tried = cars();
    let text = |every: &str| json!({ "text": "a", "every": every });
    for (wanted, status, why) in [
        (text("99ms"), 422, "every 99ms"),
        (text("25h"), 422, "every 25h"),
        (text("soon"), 422, "`soon` is no duration"),
        (json!({ "text": "a", "every": "1s", "times": 0 }), 422, "0 times"),
        (json!({ "every": "1s" }), 422, "either `text` or `hex`"),
        (json!({ "text": "a", "every": "1s", "devices": ["nobody"] }), 404, "`nobody`"),
    ] {
        let (found, said) = begin(&tried, &wanted);
        assert_eq!(found, status, "{wanted} {said}");
        assert!(said["error"].as_str().unwrap().contains(why), "{said}");
    }
    let (_, said) = tried.tell_in("zh", "POST", "/api/repeats", &text("99ms"));
    assert!(said["error"].as_str().unwrap().contains("不能这样定时发送"), "{said}");
    for _ in 0..64 {
        assert_eq!(begin(&tried, &text("1h")).0, 200);
    }
    assert_eq!(begin(&tried, &text("1h")).0, 409);
    assert_eq!(tried.get("/api/repeats").as_array().unwrap().len(), 64);
}
