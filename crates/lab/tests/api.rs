//! What people and programs can do with devices and ports, and what they are told when they cannot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Tried, config, port, start};
use holdline_lab::{Lab, PortConfig, PortKind};
use holdline_peer::{Identity, Manner, Pattern, Reply};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// A port where devices say who they are: `I am NAME`.
fn cars() -> PortConfig {
    let identity = Some(Identity::Pattern(Pattern::new("I am ([a-z]+)").unwrap()));
    port("cars", PortKind::Tcp, Manner { identity, ..Manner::default() })
}

/// A device that the lab knows by name.
fn device(tried: &Tried, name: &str) -> TcpStream {
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(format!("I am {name}").as_bytes()).unwrap();
    let key = if name == "send" { "hex-73656e64" } else { name };
    tried.wait(&format!("/api/devices/{key}"), |found| found["online"] == true);
    device
}

fn hears(device: &mut TcpStream, wanted: &[u8]) {
    let mut told = vec![0; wanted.len()];
    device.read_exact(&mut told).unwrap();
    assert_eq!(told, wanted);
}

#[test]
fn bytes_go_to_one_to_several_or_to_all() {
    let tried = start(vec![cars()]);
    let [mut ann, mut bob, mut eve] = ["ann", "bob", "eve"].map(|name| device(&tried, name));

    let send = |body| tried.tell("POST", "/api/devices/send", &body);
    let to_two = json!({"devices": ["ann", "bob", "ann"], "text": "two"});
    assert_eq!(send(to_two), (200, json!({"connections": 2, "bytes": 3})));
    assert_eq!(send(json!({"hex": "616C 6c"})), (200, json!({"connections": 3, "bytes": 3})));
    assert_eq!(send(json!({"devices": [], "text": "!"})).1["connections"], 0);
    let (status, problem) = send(json!({"devices": ["ann", "nobody"], "text": "x"}));
    assert_eq!(status, 404);
    assert!(problem["error"].as_str().unwrap().contains("nobody"), "{problem}");

    hears(&mut ann, b"twoall");
    hears(&mut bob, b"twoall");
    hears(&mut eve, b"all");
    for body in [json!({}), json!({"text": ""}), json!({"text": "a", "hex": "61"})] {
        assert_eq!(send(body).0, 422);
    }
    assert_eq!(send(json!({"hex": "6"})).0, 422);
    let too_much = "x".repeat(600 << 10);
    assert_eq!(send(json!({"text": too_much})).0, 413);
}

#[test]
fn a_device_that_calls_itself_like_a_call_is_reached_all_the_same() {
    let tried = start(vec![cars()]);
    let mut device = device(&tried, "send");
    let path = "/api/devices/hex-73656e64/send";
    assert_eq!(tried.tell("POST", path, &json!({"text": "hi"})).0, 200);
    hears(&mut device, b"hi");
}

#[test]
fn a_device_is_kicked() {
    let tried = start(vec![cars()]);
    let kick = |body| tried.tell("POST", "/api/devices/ann/kick", &body);
    assert_eq!(kick(json!({"with": "close"})).0, 404);

    let mut ann = device(&tried, "ann");
    assert_eq!(kick(json!({"with": "close"})), (200, json!({"connections": 1})));
    assert_eq!(ann.read(&mut [0; 8]).unwrap(), 0);
    tried.wait("/api/devices/ann", |found| found["online"] == false);
    let (status, problem) = kick(json!({"with": "reset"}));
    assert_eq!((status, &problem["error"]), (409, &json!("`ann` is not online")));

    let mut ann = device(&tried, "ann");
    assert_eq!(kick(json!({"with": "reset"})).0, 200);
    assert_eq!(ann.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let reasons = tried.wait("/api/devices/ann", |found| found["online"] == false);
    let reasons = &reasons["last_connections"];
    assert_eq!(reasons[0]["reason"], "reset by the server");
    assert_eq!(reasons[1]["reason"], "closed by the server");
    assert_eq!(kick(json!({"with": "force"})).0, 422);
}

#[test]
fn a_port_breaks_what_it_is_told_to_break() {
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let tried = start(vec![port("cars", PortKind::Tcp, echo)]);
    let path = "/api/ports/cars/faults";
    let inject = |words: &str| tried.tell("POST", path, &json!({"fault": words}));
    assert_eq!(tried.get(path), json!({"waiting": [], "struck": []}));

    assert_eq!(inject("Refuse 1 connects"), (200, json!({"fault": "refuse connect 1"})));
    assert_eq!(inject("reset on \"bomb\"").0, 200);
    let waiting = json!(["refuse connect 1", "reset on \"bomb\""]);
    assert_eq!(tried.get(path)["waiting"], waiting);
    let mut refused = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    assert_eq!(refused.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(inject("silent").0, 200);

    let found = tried.get(path);
    let words = |at: usize| found["struck"][at]["fault"].as_str().unwrap().to_owned();
    assert_eq!((words(0), words(1)), ("refuse connect 1".into(), "silent".into()));
    assert!(found["struck"][0]["ended"].is_string() && found["struck"][1]["ended"].is_null());
    let kinds = "/api/messages?kinds=fault-began,fault-ended";
    tried.wait(kinds, |rows| rows.as_array().unwrap().len() == 3);

    assert_eq!(tried.tell("DELETE", path, &json!(null)), (204, Value::Null));
    let lifted = tried.get(path);
    assert_eq!(lifted["waiting"], json!([]));
    assert!(lifted["struck"][1]["ended"].is_string());
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"bomb").unwrap();
    hears(&mut device, b"bomb");
    tried.wait(kinds, |rows| rows.as_array().unwrap().len() == 4);
}

#[test]
fn words_that_are_no_fault_of_a_port_are_told_with_the_way_out() {
    let tried = start(vec![cars()]);
    let path = "/api/ports/cars/faults";
    let refused = |language: &str, words: &str| {
        let (status, said) = tried.tell_in(language, "POST", path, &json!({"fault": words}));
        assert_eq!(status, 422, "{said}");
        let text = |key: &str| said[key].as_str().unwrap().to_owned();
        (text("error"), text("hint"))
    };
    let (error, hint) = refused("en", "refuze 3 connects");
    assert!(error.contains("`refuze`"), "{error}");
    assert!(hint.contains("did you mean `refuse`") && hint.contains("server down"), "{hint}");
    let (error, hint) = refused("zh-CN,zh;q=0.9", "refuze");
    assert!(error.contains("不是故障用的词") && hint.contains("是不是 `refuse`"), "{error} {hint}");
    for elsewhere in ["sim out", "tls expired", "name changed"] {
        let (error, hint) = refused("en", elsewhere);
        assert!(error.contains(elsewhere) && hint.contains("refuse"), "{error} {hint}");
        assert!(!hint.contains(elsewhere), "{hint}");
    }
    let (error, _) = refused("en", "close port 1");
    assert!(error.contains("not 1"), "{error}");
    assert_eq!(tried.get(path), json!({"waiting": [], "struck": []}));
    assert_eq!(tried.ask("/api/ports/bikes/faults").0, 404);
}

#[test]
fn a_port_takes_no_more_faults_than_it_can_keep() {
    let tried = start(vec![cars()]);
    let path = "/api/ports/cars/faults";
    let inject = || tried.tell("POST", path, &json!({"fault": "reset after 1 bytes"})).0;
    assert!((0..256).all(|_| inject() == 200));
    assert_eq!(inject(), 409);
    assert_eq!(tried.tell("DELETE", path, &json!(null)).0, 204);
    assert_eq!(inject(), 200);
}

#[test]
fn a_port_names_whoever_connects_where_it_is_told_to() {
    let tried = start(vec![cars()]);
    let _silent = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    tried.wait("/api/devices/conn-1", |found| found["online"] == true);
    let words = json!({"identity": {"name": "ann"}, "reply": "silent", "rules": []});
    assert_eq!(tried.tell("PUT", "/api/ports/cars/manner", &words), (200, words));
    let device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    tried.wait("/api/devices/ann", |found| found["connections"] == 2);
    drop(device);
    let _again = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    tried.wait("/api/devices/ann", |found| found["connections"] == 3);
    assert_eq!(tried.get("/api/devices").as_array().unwrap().len(), 1);
}

#[test]
fn a_test_is_made_of_what_a_device_and_who_was_turned_away_did() {
    let tried = start(vec![cars(), port("vans", PortKind::Tcp, Manner::default())]);
    let connect = |port: usize| TcpStream::connect(tried.lab.ports()[port]).unwrap();
    let mut device = connect(0);
    device.write_all(b"I am ann").unwrap();
    tried.wait("/api/devices/ann", |found| found["online"] == true);
    for port in ["cars", "vans"] {
        let path = format!("/api/ports/{port}/faults");
        assert_eq!(tried.tell("POST", &path, &json!({"fault": "refuse 1 connects"})).0, 200);
    }
    assert_eq!(tried.tell("POST", "/api/devices/ann/kick", &json!({"with": "reset"})).0, 200);
    let _turned_away = [connect(0), connect(1)];
    let refused = "/api/messages?kinds=refused";
    tried.wait(refused, |found| found.as_array().unwrap().len() == 2);
    let mut again = connect(0);
    again.write_all(b"I am ann").unwrap();
    tried.wait("/api/devices/ann", |found| found["online"] == true);

    let test = tried.text("/api/devices/ann/test?dials=9999");
    let parts = [
        "world:server(9999)",
        "server:connects(), 1,",
        "server:refuse(1)",
        "server:reset()",
        "server:connects(), 2,",
        r#"server:received("I am ann")):at_least(1):at_most(4)"#,
    ];
    let places = parts.map(|part| test.find(part).unwrap_or_else(|| panic!("{part}: {test}")));
    assert!(places.is_sorted(), "{test}");
    let own = format!("world:server({})", tried.lab.ports()[0].port());
    assert!(tried.text("/api/devices/ann/test").contains(&own));
    assert_eq!(tried.ask("/api/devices/bob/test").0, 404);
    assert_eq!(tried.ask("/api/devices/ann/test?dials=0").0, 400);
}

#[test]
fn a_manner_is_changed_live_and_kept_until_the_configuration_says_something_else() {
    let tried = start(vec![cars()]);
    let path = "/api/ports/cars/manner";
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    assert_eq!(tried.get(path), json!({"reply": "silent", "rules": []}));
    let words = json!({
        "framing": "line",
        "identity": {"prefix_hex": "23", "skip": 1, "len": 3},
        "reply": "echo",
        "rules": [{"prefix": "time", "reply": "12:00\n"}],
    });
    assert_eq!(tried.tell("PUT", path, &words), (200, words.clone()));
    assert_eq!(tried.get(path), words);
    device.write_all(b"time?\n#ann\n").unwrap();
    hears(&mut device, b"12:00\n#ann\n");
    tried.wait("/api/devices/ann", |found| found["online"] == true);
    let changes = tried.get("/api/messages?kinds=manner-changed");
    assert_eq!(changes.as_array().unwrap().len(), 1);

    for (wrong, part) in [
        (json!({"framing": "lines"}), "`lines`"),
        (json!({"rules": [{"matches": "(", "reply": "x"}]}), "`(`"),
        (json!({"identity": {"name": ""}}), "at least one byte"),
        (json!({"rules": [{"reply": "x"}]}), "one cue"),
    ] {
        let (status, said) = tried.tell("PUT", path, &wrong);
        assert_eq!(status, 422);
        assert!(said["error"].as_str().unwrap().contains(part), "{said}");
    }
    assert_eq!(tried.get(path), words);

    tried.lab.stop().unwrap();
    let folder = tried.folder;
    let again = |ports| Lab::start(config(folder.path(), ports)).unwrap();
    let lab = again(vec![cars()]);
    let mut device = TcpStream::connect(lab.ports()[0]).unwrap();
    device.write_all(b"time?\n").unwrap();
    hears(&mut device, b"12:00\n");
    lab.stop().unwrap();

    let mut other = cars();
    other.words = serde_json::from_value(json!({"reply": "echo"})).unwrap();
    other.manner.reply = Reply::Echo;
    let tried = Tried { lab: again(vec![other]), folder };
    assert_eq!(tried.get(path), json!({"reply": "echo", "rules": []}));
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"time?\n").unwrap();
    hears(&mut device, b"time?\n");
}

#[test]
fn messages_are_found_counted_and_paged() {
    let tried = start(vec![cars()]);
    let mut devices = ["ann", "bob", "eve"].map(|name| device(&tried, name));
    for device in &mut devices {
        device.write_all(b"\x7e\x01 50%\xff").unwrap();
    }
    tried.wait("/api/messages/count", |found| found["count"] == 6);
    let count = |query: &str| tried.get(&format!("/api/messages/count?{query}"))["count"].clone();
    assert_eq!(count("device=ann"), 2);
    assert_eq!(count("device=ann,eve,nobody"), 4);
    assert_eq!(count("device=nobody"), 0);
    assert_eq!(count("port=cars"), 6);
    assert_eq!(count("port=bikes"), 0);
    assert_eq!(count("kinds=named,accepted"), 6);
    assert_eq!(count("events=true"), 12);
    assert_eq!(count("text=50%25"), 3);
    assert_eq!(count("text=I%20am&device=bob"), 1);
    assert_eq!(count("text=i%20am"), 0);
    assert_eq!(count("hex=7E01+20"), 3);
    assert_eq!(count("hex="), 6);

    let all = tried.get("/api/messages?events=true");
    let last = &all[11]["seq"];
    let found = tried.get("/api/messages/count?events=true");
    assert_eq!(&found["last_seq"], last);
    let some = tried.get("/api/messages?events=true&skip=3&limit=2");
    assert_eq!(some, json!([all[3], all[4]]));
    let rest = tried.get(&format!("/api/messages?events=true&after={}", all[9]["seq"]));
    assert_eq!(rest, json!([all[10], all[11]]));
    let two = tried.get("/api/messages?device=eve,ann");
    assert_eq!(two.as_array().unwrap().len(), 4);
    let seqs: Vec<_> = two.as_array().unwrap().iter().map(|row| row["seq"].as_i64()).collect();
    assert!(seqs.is_sorted(), "{seqs:?}");
}

#[test]
fn what_cannot_be_done_is_a_problem_in_the_language_that_is_asked_for() {
    let tried = start(vec![cars()]);
    let send = "/api/devices/send";
    for (method, path, body, status) in [
        ("GET", "/api/messages?limit=0", json!(null), 400),
        ("GET", "/api/messages?limit=1001", json!(null), 400),
        ("GET", "/api/messages?limit=many", json!(null), 400),
        ("GET", "/api/messages?after=-1", json!(null), 400),
        ("GET", "/api/messages?kinds=said", json!(null), 400),
        ("GET", "/api/messages?hex=7", json!(null), 422),
        ("GET", "/api/messages?hex=7e&text=x", json!(null), 422),
        ("GET", "/api/devices?limit=10001", json!(null), 400),
        ("GET", "/api/devices/nobody", json!(null), 404),
        ("GET", "/api/devices/%ff", json!(null), 400),
        ("GET", "/api/nothing", json!(null), 404),
        ("GET", "/nothing", json!(null), 404),
        ("DELETE", "/api/messages", json!(null), 405),
        ("POST", send, json!({"text": 1}), 422),
        ("POST", send, json!({"txt": "x"}), 422),
    ] {
        let (said_status, english) = tried.tell_in("fr, en", method, path, &body);
        assert_eq!(said_status, status, "{method} {path}: {english}");
        let (_, chinese) = tried.tell_in("zh-TW", method, path, &body);
        let is_chinese = |said: &Value| {
            let text = said["error"].as_str().unwrap();
            text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
        };
        assert!(!is_chinese(&english), "{path}: {english}");
        assert!(is_chinese(&chinese), "{path}: {chinese}");
    }
    let no_json = ureq::post(tried.url(send)).config().http_status_as_error(false).build();
    let mut answer = no_json.send("text=x").unwrap();
    assert_eq!(answer.status(), 415);
    let said: Value = answer.body_mut().read_json().unwrap();
    assert!(said["error"].as_str().unwrap().contains("application/json"), "{said}");
    let refused = ureq::delete(tried.url("/api/messages")).config();
    let answer = refused.http_status_as_error(false).build().call().unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
}
