//! What programs see of a device beside the lab.

mod common;

use common::beside::start_beside;
use common::start;
use holdline_lab::{Lab, beside};
use serde_json::{Value, json};

#[test]
fn its_view_is_told_in_the_language_that_is_liked() {
    let (tried, _) = start_beside(&[]);
    let network = tried.get("/api/beside")["sections"][0].take();
    assert_eq!((&network["key"], &network["title"]), (&json!("network"), &json!("Network")));
    assert_eq!(network["items"][0], json!({"name": "SIM card", "value": "ready"}));
    let (status, chinese) = tried.tell_in("zh-CN", "GET", "/api/beside", &Value::Null);
    assert_eq!(status, 200);
    assert_eq!(chinese["sections"][0]["items"][0], json!({"name": "SIM 卡", "value": "就绪"}));
    let offered = chinese["faults"].as_array().unwrap();
    let is_of_module = |fault: &Value| fault["fault"] == "pdp lost";
    assert!(offered.iter().any(is_of_module) && offered.len() > 5, "{offered:?}");
    assert!(!offered.iter().any(|fault| fault["fault"] == "refuse"), "{offered:?}");
}

#[test]
fn its_console_is_followed_by_numbers() {
    let (tried, _) = start_beside(&["one", "two", "three", "four"]);
    let texts = |after: u64| -> Vec<String> {
        let lines = tried.get(&format!("/api/beside/console?after={after}"));
        let lines = lines.as_array().unwrap().iter();
        lines.map(|line| format!("{} {}", line["seq"], line["text"].as_str().unwrap())).collect()
    };
    assert_eq!(texts(0), ["2 two", "3 three", "4 four"]);
    assert_eq!(texts(3), ["4 four"]);
    assert!(texts(4).is_empty());
    assert_eq!(texts(99).len(), 3, "whoever saw another run is shown this one");
    assert_eq!(tried.get("/api/beside/console").as_array().unwrap().len(), 3);
    for wrong in ["after=-1", "after=x", "before=1"] {
        assert_eq!(tried.ask(&format!("/api/beside/console?{wrong}")).0, 400, "{wrong}");
    }
}

#[test]
fn what_is_pressed_befalls_it_until_all_is_taken_back() {
    let (tried, runner) = start_beside(&[]);
    let press = |words: &str| tried.tell("POST", "/api/beside/faults", &json!({"fault": words}));
    assert_eq!(press("Flight-Mode for 60s"), (200, json!({"fault": "flight mode for 1m"})));
    let stands = |tried: &common::Tried| tried.get("/api/beside")["sections"][1]["items"].clone();
    assert_eq!(stands(&tried)[0]["value"], "flight mode for 1m");
    let (status, problem) = press("fright mode");
    assert_eq!(status, 422);
    assert!(problem["error"].as_str().unwrap().contains("`fright`"), "{problem}");
    assert_eq!(tried.tell("DELETE", "/api/beside/faults", &Value::Null), (204, Value::Null));
    assert_eq!(stands(&tried), json!([]));
    assert_eq!(tried.tell("POST", "/api/beside/faults", &json!({"words": "x"})).0, 422);
    drop(tried);
    assert_eq!(runner.join().unwrap(), ["flight mode for 1m"]);
}

#[test]
fn without_a_device_there_is_a_hint() {
    let tried = start(vec![]);
    let calls = [
        ("GET", "/api/beside"),
        ("GET", "/api/beside/console"),
        ("POST", "/api/beside/faults"),
        ("DELETE", "/api/beside/faults"),
    ];
    for (method, path) in calls {
        let (status, problem) = tried.tell(method, path, &json!({"fault": "sim out"}));
        assert_eq!(status, 404, "{method} {path}");
        assert!(problem["hint"].as_str().unwrap().contains("run PROJECT --lab"), "{problem}");
    }
    assert!(!tried.text("/").contains("id=\"beside\""));
}

/// Whoever runs the device ends before the lab does, and so do its answers.
#[test]
fn a_device_that_has_ended_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let (device, questions) = beside([], || {});
    let lab = Lab::start_beside(common::config(folder.path(), vec![]), device).unwrap();
    drop(questions);
    let tried = common::Tried { lab, folder };
    let (status, problem) = tried.ask("/api/beside");
    assert_eq!((status, &problem["error"]), (503, &json!("the device is stopping")));
    tried.lab.stop().unwrap();
}

/// Nobody who runs a device has to be quick: questions beyond those that may wait are turned away.
#[test]
fn a_device_that_does_not_answer_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let (device, questions) = beside([], || {});
    let lab = Lab::start_beside(common::config(folder.path(), vec![]), device).unwrap();
    let tried = common::Tried { lab, folder };
    std::thread::scope(|all| {
        let askers: Vec<_> =
            (0..65).map(|_| all.spawn(|| tried.ask("/api/beside").1["error"].clone())).collect();
        while !askers.iter().any(std::thread::ScopedJoinHandle::is_finished) {
            std::thread::yield_now();
        }
        drop(questions);
        let mut said: Vec<_> = askers.into_iter().map(|asker| asker.join().unwrap()).collect();
        said.sort_by_key(ToString::to_string);
        assert_eq!(said[0], "the device is busy");
        assert!(said[1..].iter().all(|error| error == "the device is stopping"), "{said:?}");
    });
}

#[test]
fn the_document_has_every_call() {
    let (tried, _) = start_beside(&[]);
    let paths = tried.get("/api/openapi.json")["paths"].take();
    for (path, method, statuses) in [
        ("/api/beside", "get", &["200", "404", "503"][..]),
        ("/api/beside/console", "get", &["200", "400", "404", "503"]),
        ("/api/beside/faults", "post", &["200", "400", "404", "413", "415", "422", "503"]),
        ("/api/beside/faults", "delete", &["204", "404", "503"]),
    ] {
        let told = paths[path][method]["responses"].as_object().unwrap();
        let is_told = |status: &&str| told.contains_key(*status);
        assert!(statuses.iter().all(is_told), "{method} {path}: {:?}", told.keys());
    }
}
