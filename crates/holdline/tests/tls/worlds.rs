//! One script over TLS, in virtual time and on loopback: the same lines, times aside.

use crate::lines::Listener;
use crate::rig::Project as Folder;
use holdline_device::{Instant, Project};
use holdline_modem::TlsFailure;
use holdline_peer::fault::{Fault, WORDS};
use holdline_peer::{Cue, Manner, Reply, Rule};
use holdline_sim::{Sim, TlsManner};
use std::io::{Read, Write};
use std::time::Duration;

/// After this long the server closes each line.
const DROP_AFTER: Duration = Duration::from_millis(500);

/// What the server says first.
const GREETING: &[u8] = b"hello\r\n";

/// Generation A, with the names that its files have.
const CALLBACKS: &str = r#"
PROJECT, VERSION, MODULE_TYPE = "CONFORM", "1.0.0", "Air202"
require "socketssl"
local function rcv(idx, data)
    print("rcv", idx, data)
    if data:find("hello") then print("send", socketssl.send(1, "loc data\r\n", "P2")) end
end
local function ntfy(idx, event, result, item)
    print("ntfy", idx, event, result, item and item.data, item and item.para)
    if event == "CONNECT" and not result then
        rtos.poweroff()
    elseif event == "STATE" then
        print("disconnect", socketssl.disconnect(1, "why"))
    elseif event == "DISCONNECT" then
        rtos.poweroff()
    end
end
local crt = { verifysvrcerts = { "ca.crt" } }
print("connect", socketssl.connect(1, "TCP", "server.test", 8883, ntfy, rcv, true, crt))
sys.init(0, 0)
sys.run()
"#;

/// Generation B.
const TASKS: &str = r#"
PROJECT, VERSION = "CONFORM", "1.0.0"
require "socket"
for _, id in ipairs({ "SOCKET_ACTIVE", "LIB_SOCKET_CLOSE_IND", "LIB_SOCKET_CONNECT_FAIL_IND" }) do
    sys.subscribe(id, function(...) print("message", id, ...) end)
end
sys.taskInit(function()
    sys.waitUntil("IP_READY_IND")
    local c = socket.tcp(true, { caCert = "ca.crt" })
    local ok, id = c:connect("server.test", 8883)
    print("connect", ok, id)
    if ok then
        print("greeting", c:recv(5000))
        print("send", c:send("heart data\r\n"))
        print("answer", c:recv(5000))
        print("end", c:recv(5000))
    end
    c:close()
    sys.wait(10)
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

#[test]
fn scripts_hear_the_same_in_both_worlds() {
    for script in [CALLBACKS, TASKS] {
        let in_virtual_time = in_virtual_time(script, TlsManner::default(), None).lines;
        assert!(in_virtual_time.len() > 5, "{in_virtual_time:#?}");
        let listener = Listener::new(&rustls::version::TLS12);
        assert_eq!(
            in_virtual_time,
            on_loopback(script, &listener, &listener.authority.certificate, &[]).lines
        );
    }
}

#[test]
fn a_stranger_is_refused_in_both_worlds() {
    for script in [CALLBACKS, TASKS] {
        let fails = Some(TlsFailure::UnknownIssuer { issuer: "CN=Stranger".into() });
        let manner = TlsManner { fails, ..TlsManner::default() };
        let in_virtual_time = in_virtual_time(script, manner, None).lines;
        assert!(in_virtual_time.len() > 3, "{in_virtual_time:#?}");
        let listener = Listener::new(&rustls::version::TLS13);
        let known = crate::pki::Party::authority("Known").certificate;
        assert_eq!(in_virtual_time, on_loopback(script, &listener, &known, &[]).lines);
    }
}

#[test]
fn every_fault_of_tls_is_the_same_in_both_worlds() {
    let words: Vec<_> = WORDS.iter().filter(|word| word.trouble().tls().is_some()).collect();
    assert_eq!(words.len(), 12);
    let listener = Listener::new(&rustls::version::TLS12);
    for (script, word) in
        [CALLBACKS, TASKS].iter().flat_map(|script| words.iter().map(move |word| (script, word)))
    {
        let fault = Fault::now(word.trouble());
        let in_virtual_time = in_virtual_time(script, TlsManner::default(), Some(&fault));
        assert_eq!(in_virtual_time.failures.len(), 1, "{fault}: {in_virtual_time:#?}");
        let args = ["--fault", word.words];
        let trusted = &listener.authority.certificate;
        assert_eq!(in_virtual_time, on_loopback(script, &listener, trusted, &args), "{fault}");
    }
}

/// What a script prints, and why its connects fail.
#[derive(Debug, PartialEq)]
struct Story {
    lines: Vec<String>,
    failures: Vec<String>,
}

/// The script in the virtual world.
fn in_virtual_time(script: &str, manner: TlsManner, fault: Option<&Fault>) -> Story {
    let mut sim = Sim::new(1);
    sim.server_at("server.test", 8883).speak_tls(manner).behave(Manner {
        rules: vec![
            Rule::on(Cue::Connect).say(GREETING),
            Rule::on(Cue::Connect).after(DROP_AFTER).close(),
        ],
        reply: Reply::Fixed(b"ok\r\n".to_vec()),
        ..Manner::default()
    });
    let files = [("main.lua", script), ("ca.crt", "PEM")];
    sim.device(Project::from_files(files)).unwrap();
    if let Some(fault) = fault {
        sim.inject(fault, None);
    }
    sim.run_until(Instant::from_millis(20_000));
    let said = sim.trace().lines().filter_map(|line| line.split_once("  | "));
    let failed = sim.trace().lines().filter_map(|line| line.split_once("connect failed: "));
    Story {
        lines: said.flat_map(|(_, text)| lines(text)).collect(),
        failures: failed.map(|(_, why)| why.to_owned()).collect(),
    }
}

/// The script in the real command, against a server that does the same.
fn on_loopback(script: &str, listener: &Listener, trusted: &str, args: &[&str]) -> Story {
    let folder = Folder::new(&[("main.lua", script.as_bytes()), ("ca.crt", trusted.as_bytes())]);
    let redirect = format!("*={}", listener.address());
    let events = folder.path().join("events");
    let events = events.to_str().unwrap();
    let args = [&["--quiet", "--redirect", &redirect, "--events", events], args].concat();
    let end = std::thread::scope(|scope| {
        scope.spawn(|| serve(listener));
        folder.run(&args)
    });
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    let said = end.stdout.lines().filter_map(|line| line.split_once(' '));
    let events = std::fs::read_to_string(events).unwrap();
    let failed = events.lines().filter_map(|line| line.split_once(r#""why":""#));
    Story {
        lines: said.flat_map(|(_, text)| lines(text)).collect(),
        failures: failed.map(|(_, why)| why.split('"').next().unwrap().to_owned()).collect(),
    }
}

/// Greets, answers each message, and closes when nothing more has come for a while.
fn serve(listener: &Listener) {
    let mut line = listener.accept();
    line.sock.set_read_timeout(Some(DROP_AFTER)).unwrap();
    let mut bytes = [0; 1024];
    // A device that does not trust this server is gone by now.
    let _ = line.write_all(GREETING);
    while let Ok(1..) = line.read(&mut bytes) {
        let _ = line.write_all(b"ok\r\n");
    }
    line.conn.send_close_notify();
    let _ = line.flush();
}

/// A printed text as the lines that a terminal shows; empty ones and line ends aside.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\\r", "").replace("\\n", "\n").replace("\\x0d", "").replace('\r', "");
    text.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}
