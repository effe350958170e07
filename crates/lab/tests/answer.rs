//! Somebody who answers where no rule does, from outside the lab.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::answered::answered;
use common::{PATIENCE, Tried, port, start};
use holdline_lab::{Heard, PortKind, Said};
use holdline_peer::{Cue, Framing, Manner, Reply, Rule};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

fn connect(tried: &Tried, port: usize) -> TcpStream {
    let stream = TcpStream::connect(tried.lab.ports()[port]).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn hears(device: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    device.read_exact(&mut heard).unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), text);
}

/// The same facts to a test that looks at them.
fn listener() -> (impl Fn(Heard) -> Vec<Said> + Clone + Send + Sync + 'static, Receiver<Heard>) {
    let (sender, heard): (Sender<Heard>, _) = channel();
    let answer = move |heard: Heard| {
        sender.send(heard.clone()).unwrap();
        let Heard::Message { conn, bytes } = heard else { return Vec::new() };
        vec![if bytes == b"close" { Said::Close { conn } } else { Said::Send { conn, bytes } }]
    };
    (answer, heard)
}

#[test]
fn what_no_rule_takes_is_heard_and_answered() {
    let (answer, heard) = listener();
    let rules = vec![Rule::on(Cue::Equals("AT".into())).say("OK")];
    let manner = Manner { framing: Framing::Line, rules, ..Manner::default() };
    let tried = start(vec![answered("cars", manner, answer)]);
    let mut device = connect(&tried, 0);
    device.write_all(b"AT\nhello\nclose\n").unwrap();
    hears(&mut device, "OKhello");
    assert_eq!(device.read(&mut [0; 8]).unwrap(), 0);
    drop(device);
    let heard: Vec<Heard> = (0..5).map(|_| heard.recv_timeout(PATIENCE).unwrap()).collect();
    let Heard::Connected { conn, .. } = heard[0] else { panic!("{heard:?}") };
    assert!(heard.contains(&Heard::Message { conn, bytes: b"hello".into() }), "{heard:?}");
    assert!(heard.contains(&Heard::Message { conn, bytes: b"close".into() }), "{heard:?}");
    assert!(heard.contains(&Heard::Sent { conn }), "{heard:?}");
    assert_eq!(heard[4], Heard::Closed { conn });
    let rows = tried.wait("/api/messages", |rows| rows.as_array().unwrap().len() >= 3);
    assert_eq!(rows[2]["kind"], "sent", "what it says is in the stream: {rows}");
}

#[test]
fn one_that_is_never_done_keeps_no_other_port_waiting() {
    let (go_on, wait) = channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    let answer = move |heard| {
        if matches!(heard, Heard::Message { .. }) {
            // Until the test goes on.
            let _ = wait.lock().unwrap().recv();
        }
        Vec::new()
    };
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let ports =
        vec![answered("stuck", Manner::default(), answer), port("well", PortKind::Tcp, echo)];
    let tried = start(ports);
    let (mut stuck, mut well) = (connect(&tried, 0), connect(&tried, 1));
    // More than may wait to be heard, on a line that is read all the same.
    let much = vec![b'x'; 1 << 20];
    for _ in 0..20 {
        stuck.write_all(&much).unwrap();
        well.write_all(b"a").unwrap();
        hears(&mut well, "a");
    }
    tried.wait("/api/devices/conn-1", |device| device["bytes_in"] == 20 << 20);
    drop(go_on);
    let told = "/api/messages?events=true&kinds=script-behind&port=stuck";
    tried.wait(told, |rows| !rows.as_array().unwrap().is_empty());
}

#[test]
fn lines_that_are_too_many_are_counted() {
    let answer = |heard| {
        let lines = if matches!(heard, Heard::Message { .. }) { 1000 } else { 0 };
        // That it is stuck is told however much it said before.
        let stuck = (lines > 0).then(|| Said::Stuck("answer.lua:1".to_owned()));
        vec![Said::Line(b"line".to_vec()); lines].into_iter().chain(stuck).collect()
    };
    let tried = start(vec![answered("cars", Manner::default(), answer)]);
    connect(&tried, 0).write_all(b"x").unwrap();
    let told = "/api/messages?events=true&kinds=script-too-loud";
    tried.wait(told, |rows| rows.as_array().unwrap().len() == 1);
    let lines = tried.get("/api/messages?events=true&kinds=script-said&limit=1000");
    assert_eq!(lines.as_array().unwrap().len(), 200);
    assert_eq!(tried.get("/api/messages?kinds=script-stuck").as_array().unwrap().len(), 1);
}

#[test]
fn the_script_of_a_port_is_shown_and_loaded_anew() {
    let answer = |heard| {
        let failed = (heard == Heard::Reload).then(|| Said::Failed("answer.lua:1: no".to_owned()));
        failed.into_iter().collect()
    };
    let ports = vec![
        answered("cars", Manner::default(), answer),
        port("plain", PortKind::Tcp, Manner::default()),
    ];
    let tried = start(ports);
    let shown = tried.wait("/api/ports", |ports| ports[0]["script"]["state"] == "running");
    assert_eq!(shown[0]["script"]["file"], "answer.lua");
    assert_eq!((&shown[0]["script"]["error"], &shown[1]["script"]), (&json!(null), &json!(null)));
    let (status, standing) = tried.tell("POST", "/api/ports/cars/reload", &json!({}));
    assert_eq!((status, &standing["error"]), (200, &"answer.lua:1: no".into()));
    assert_eq!(standing["state"], "running");
    let page = tried.text("/");
    assert!(page.contains("<code>answer.lua</code>") && page.contains("answer.lua:1: no"));
    let (status, problem) = tried.tell("POST", "/api/ports/plain/reload", &json!({}));
    assert_eq!((status, &problem["error"]), (409, &"port `plain` has no script".into()));
    assert!(problem["hint"].as_str().unwrap().contains("--lua answer.lua"));
    let (status, problem) = tried.tell_in("zh", "POST", "/api/ports/nowhere/reload", &json!({}));
    assert_eq!((status, &problem["error"]), (404, &"没有名为 `nowhere` 的端口".into()));
}
