//! Random requests to a lab, over HTTP: each is answered, none breaks the lab, a refusal says in both
//! languages what is wrong, and what was accepted is what the lab tells afterwards.

#[path = "lab_world.rs"]
mod lab_world;

use crate::lab_dice::Dice;
pub(crate) use lab_world::World;
use lab_world::{Answer, DEVICE, Request};
use serde_json::{Value, json};

const MANNER: &[&str] = &["framing", "identity", "reply", "rules"];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"];
const IDS: &[&str] = &[DEVICE, "nobody", "conn-1", "hex-00", "%00", "%ff", "..", "send"];
const PLACES: &[&str] = &["cars", "meters", "sealed", "bikes", "%2f", "%e4%bd%a0"];
const ASKED: &[&str] = &[
    "/api/messages",
    "/api/messages/count",
    "/api/export",
    "/api/devices",
    "/api/client.pem",
    "/api/live",
    "/api/ports",
    "/api/health",
    "/metrics",
    "/page/rows",
    "/page/marks",
    "/page/devices",
    "/api/devices/ann/test",
    "/page/rows/1",
    "/",
    "/language/zh",
    "/api/ca.crt",
];
const KEYS: &[&str] = &[
    "device", "devices", "port", "after", "kinds", "events", "text", "hex", "skip", "limit",
    "format", "name", "show", "search", "as", "charset", "find", "dials",
];
const VALUES: &[&str] = &[
    "ann",
    "cars",
    "0",
    "1",
    "1000",
    "18446744073709551615",
    "-1",
    "true",
    "received,sent",
    "fault-began",
    "csv",
    "txt",
    "jsonl",
    "pcapng",
    "7e01",
    "hex",
    "gbk",
    "I am",
    ",",
    "",
];

/// Beginnings of requests that ureq would not send.
const SHOUTS: &[&str] = &[
    "",
    "GET / HTTP/1.1\r\n",
    "GET /api/messages?",
    "GET /api/devices/",
    "POST /api/wait HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n",
    "POST /api/devices/send HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n",
    "PUT /api/ports/meters/manner HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
     Content-Length: ",
    "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
];

/// Reads `bytes` as requests and makes them.
pub(crate) fn run(world: &mut World, bytes: &[u8]) {
    let mut dice = Dice(bytes);
    for _ in 0..=dice.byte() % 3 {
        match dice.byte() % 10 {
            0 | 1 => manner(world, &mut dice),
            2 => fault(world, &mut dice),
            3 => send(world, &mut dice),
            4 => kick(world, &mut dice),
            5 => wait(world, &mut dice),
            6 | 7 => look(world, &mut dice),
            8 => anything(world, &mut dice),
            _ => return shout(world, &dice),
        }
    }
}

/// What a port is told to do is what it says it does, and may be told again.
fn manner(world: &mut World, dice: &mut Dice<'_>) {
    let path = format!("/api/ports/{}/manner", dice.text_like(PLACES));
    let told = asked(world, Request::new("PUT", path.as_str(), &dice.object(MANNER)));
    if let Some(told) = told.filter(Answer::is_good).map(|told| told.json()) {
        assert_eq!(world.get(&path), told);
        let again = asked(world, Request::new("PUT", path, &told)).map(|again| again.json());
        assert_eq!(again, Some(told));
        world.restore();
    }
}

/// A fault that was understood is understood the same in its own words.
fn fault(world: &mut World, dice: &mut Dice<'_>) {
    let path = format!("/api/ports/{}/faults", dice.text_like(PLACES));
    let told = asked(world, Request::new("POST", path.as_str(), &dice.object(&["fault"])));
    if let Some(told) = told.filter(Answer::is_good).map(|told| told.json()) {
        let again = asked(world, Request::new("POST", path.as_str(), &told));
        assert_eq!(again.map(|again| again.json()), Some(told));
        asked(world, Request::get(path.as_str()));
        asked(world, Request::new("DELETE", path, &Value::Null));
        world.restore();
    }
}

/// What is sent is what the device hears.
fn send(world: &mut World, dice: &mut Dice<'_>) {
    world.connect();
    let (path, keys): (_, &[_]) = match dice.byte() % 2 {
        0 => ("/api/devices/send".to_owned(), &["devices", "text", "hex"]),
        _ => (format!("/api/devices/{}/send", dice.text_like(IDS)), &["text", "hex"]),
    };
    let body = dice.object(keys);
    let sent = asked(world, Request::new("POST", path, &body));
    let Some(sent) = sent.filter(Answer::is_good).map(|sent| sent.json()) else { return };
    let len = sent["bytes"].as_u64().expect("a number");
    let heard_by = sent["connections"].as_u64().expect("a number");
    if heard_by == 1
        && let Some(text) = body["text"].as_str()
    {
        assert_eq!(world.hear(len), text.as_bytes());
    }
}

fn kick(world: &mut World, dice: &mut Dice<'_>) {
    world.connect();
    let path = format!("/api/devices/{}/kick", dice.text_like(IDS));
    asked(world, Request::new("POST", path, &dice.object(&["with"])));
}

/// Somebody who waits says for how long.
fn wait(world: &mut World, dice: &mut Dice<'_>) {
    let keys = ["equals", "prefix", "contains", "matches", "hex", "device", "port", "after"];
    let mut body = dice.object(&keys);
    body["timeout"] = dice.pick(&["0s", "1ms", "99999999999d", "1", ""]).into();
    asked(world, Request::new("POST", "/api/wait", &body));
}

/// Rows that are asked for are those that come.
fn look(world: &World, dice: &mut Dice<'_>) {
    let path = dice.pick(ASKED);
    let pairs: Vec<_> =
        (0..dice.byte() % 5).map(|_| (dice.text_like(KEYS), dice.text_like(VALUES))).collect();
    let query: Vec<_> =
        pairs.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
    let found = asked(world, Request::get(format!("{path}?{}", query.join("&"))));
    let Some(found) = found.filter(|found| found.is_good() && path == "/api/messages") else {
        return;
    };
    let found = found.json();
    let given =
        |wanted: &str| pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| &**value);
    let after = given("after").map_or(0, |after| after.parse().unwrap_or(u64::MAX));
    let rows = found.as_array().expect("a list");
    let seqs: Vec<_> = rows.iter().map(|row| row["seq"].as_u64().expect("a number")).collect();
    assert!(
        seqs.is_sorted_by(|a, b| a < b) && seqs.iter().all(|&seq| seq > after),
        "{pairs:?} {found}"
    );
    if let Some(port) = given("port") {
        assert!(rows.iter().all(|row| row["port"] == port), "{pairs:?} {found}");
    }
}

/// Any request that a program can make.
fn anything(world: &World, dice: &mut Dice<'_>) {
    let mut path = dice.text_like(ASKED);
    if dice.is_even() {
        path = format!("/api/{}/{}", dice.text_like(&["ports", "devices"]), escaped(&dice.text()));
    }
    let mut headers = vec![("content-type", dice.text_like(&["application/json", "text/plain"]))];
    for name in ["host", "origin", "content-encoding", "expect"] {
        if dice.byte().is_multiple_of(8) {
            headers.push((name, dice.text_like(&["localhost", "http://127.0.0.1", "null", "a:b"])));
        }
    }
    let method = dice.text_like(METHODS);
    let body = if dice.is_even() { dice.text() } else { dice.object(KEYS).to_string() };
    // These answer for as long as somebody listens.
    if !path.starts_with("/page/live") && !path.starts_with("/api/wait") {
        asked(world, Request { method, path, headers, body });
    }
}

fn shout(world: &World, dice: &Dice<'_>) {
    let mut dice = Dice(dice.0);
    let said = world.shout(dice.pick(SHOUTS), &dice);
    assert!(!said.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&said));
    assert_eq!(world.get("/api/health")["ok"], json!(true));
}

/// Asks, and looks at what every answer has to be like.
fn asked(world: &World, request: Request) -> Option<Answer> {
    let answer = world.ask(&request, "en")?;
    assert!(answer.status < 500 && answer.is_guarded, "{request:?}: {answer:?}");
    if answer.status >= 400 && request.method != "HEAD" {
        let chinese = world.ask(&request, "zh")?;
        assert_eq!(chinese.status, answer.status, "{request:?}: {answer:?} {chinese:?}");
        let text = |answer: &Answer, key: &str| answer.json()[key].as_str().map(str::to_owned);
        let is_chinese =
            |text: &str| text.contains(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}'));
        let en = text(&answer, "error").filter(|text| !text.is_empty());
        let zh = text(&chinese, "error").filter(|text| is_chinese(text));
        assert!(en.is_some() && zh.is_some(), "{request:?}: {answer:?} {chinese:?}");
        let hints = [text(&answer, "hint"), text(&chinese, "hint")];
        assert_eq!(hints[0].is_some(), hints[1].is_some(), "{request:?}: {hints:?}");
    }
    Some(answer)
}

/// As it stands in an address.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'%' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
