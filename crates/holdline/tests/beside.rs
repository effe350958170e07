//! `holdline run --lab`: a device and the server that it talks to, on one page.

mod page;
mod rig;

use page::Page;
use rig::{Project, Running, ended, holdline};
use serde_json::{Value, json};

/// Holds a line to a server that is nowhere, says what it hears, and starts anew when it is told to.
const HOLDER: &str = r#"
    PROJECT, VERSION = "HOLDER", "1.0.0"
    require "sys"
    require "socket"
    sys.timerStart(function() end, 3600000)
    sys.taskInit(function()
        while true do
            while not socket.isReady() do sys.wait(5) end
            local client = socket.tcp()
            local stands = client:connect("nowhere.invalid", 1883)
            print("connect", stands)
            if stands then client:send("who=holder") end
            while stands do
                local heard, what = client:recv(1000)
                print("heard", heard, what)
                if what == "restart" then sys.restart("told to") end
                if not heard and what ~= "timeout" then break end
            end
            client:close()
            sys.wait(20)
        end
    end)
    sys.init(0, 0) sys.run()
"#;

/// The project beside a lab in its own folder.
fn start(project: &Project, more: &[&str]) -> (Running, Page) {
    let store = project.path().join("lab.db");
    let mut command = project.command(&["--lab", "--http", "0"]);
    command.arg("--store").arg(store).args(more);
    let mut running = Running::start(command);
    let page = Page::of(&running.wait_for("the lab is open: http://"));
    (running, page)
}

#[test]
fn both_ends_are_on_one_page() {
    let project = Project::main(HOLDER);
    let (mut device, page) = start(&project, &[]);
    device.wait_for("connect\ttrue");
    page.wait("/api/messages", |rows| rows[0]["bytes"] == "d2hvPWhvbGRlcg==");
    assert_eq!(page.get("/api/ports").as_array().unwrap().len(), 3);

    let socket = page.wait_for_item("sockets", "socket 0", "connected · TCP 127.0.0.1:");
    assert!(socket.contains("(for nowhere.invalid:1883) · ↓ 0 B ↑ 10 B"), "{socket}");
    assert_eq!(page.item("device", "module"), "air724ug");
    assert_eq!(page.item("network", "SIM card"), "ready");
    assert_eq!(page.item("network", "has an address"), "yes");
    assert_eq!(page.item("network", "signal"), "CSQ 25 (-63 dBm)");
    assert_eq!(page.item("restarts", "so far"), "0");
    assert!(page.item("memory", "Lua").contains(" kB / 1392 kB"));
    let timers = page.section("timers");
    let far = timers.iter().find(|(_, due)| due.starts_with("in 59 min"));
    assert!(far.is_some(), "{timers:?}");
    let console = page.get("/api/beside/console");
    let said = |source: &str, text: &str| {
        let lines = console.as_array().unwrap().iter();
        lines
            .clone()
            .any(|line| line["source"] == source && line["text"].as_str().unwrap().contains(text))
    };
    assert!(said("script", "connect\ttrue") && said("holdline", "network ready"), "{console}");

    page.tell("POST", "/api/devices/send", &json!({"text": "hi"}));
    device.wait_for("heard\ttrue\thi");
    page.wait_for_item("sockets", "socket 0", "↓ 2 B ↑ 10 B");
}

#[test]
fn faults_that_are_pressed_befall_the_device() {
    let project = Project::main(HOLDER);
    let (mut device, page) = start(&project, &["--fault", "latency 1ms for 1ms"]);
    device.wait_for("connect\ttrue");
    let press = |words: &str| page.tell("POST", "/api/beside/faults", &json!({"fault": words}));
    assert_eq!(press("flight mode"), (200, json!({"fault": "flight mode"})));
    device.wait_for("# fault: flight mode");
    device.wait_for("# network lost");
    page.wait_for_item("network", "flight mode", "yes");
    assert_eq!(page.section("faults"), [("stands".to_owned(), "flight mode".to_owned())]);
    assert_eq!(page.tell("DELETE", "/api/beside/faults", &Value::Null).0, 204);
    device.wait_for("# fault over: flight mode");
    device.wait_for("connect\ttrue");

    assert_eq!(press("refuse 1 connects").0, 200);
    assert_eq!(page.item("faults", "waits"), "refuse connect 1");
    assert_eq!(press("reset").0, 200);
    device.wait_for("reset by the server");
    device.wait_for("connect\tfalse");
    device.wait_for("connect\ttrue");
    page.wait_for_item("sockets", "socket 0", "connected");
    assert!(page.section("faults").is_empty());

    let (status, problem) = press("flood");
    assert_eq!((status, problem["error"].as_str().unwrap().contains("`flood`")), (422, true));
    for _ in 0..256 {
        assert_eq!(press("reset connect 9999").0, 200);
    }
    let (status, problem) = press("sim out");
    assert_eq!(
        (status, &problem["error"]),
        (422, &json!("256 faults wait or stand, and no more may"))
    );
}

#[test]
fn the_view_goes_on_over_restarts() {
    let project = Project::main(HOLDER);
    let (mut device, page) = start(&project, &[]);
    device.wait_for("connect\ttrue");
    page.tell("POST", "/api/devices/send", &json!({"text": "restart"}));
    device.wait_for("the script restarts the device: told to");
    device.wait_for("connect\ttrue");
    let restarts = page.section("restarts");
    assert_eq!(restarts[0], ("so far".to_owned(), "1".to_owned()));
    assert_eq!(restarts[1].1, "the script restarts the device: told to");

    assert_eq!(
        page.tell("POST", "/api/beside/faults", &json!({"fault": "power cut for 1h"})).0,
        200
    );
    page.wait_for_item("device", "up", "no power");
    assert_eq!(page.section("restarts")[1].1, "power cut");
    assert_eq!(page.item("sockets", "in use"), "0 / 8");
    page.tell("DELETE", "/api/beside/faults", &Value::Null);
    device.wait_for("connect\ttrue");
}

#[test]
fn a_device_that_crashes_again_and_again_is_told_of() {
    let project = Project::main(
        "PROJECT, VERSION = 'C', '1' require 'sys' sys.timerStart(function() error('oh <b>') end, 5) sys.run()",
    );
    let (_device, page) = start(&project, &[]);
    page.wait("/api/beside", |_| page.item("restarts", "so far").parse::<u32>().unwrap() > 2);
    let last = page.section("restarts")[1].1.clone();
    assert!(last.starts_with("script error: ") && last.contains("oh <b>"), "{last}");
}

#[test]
fn at_the_end_all_that_was_received_is_kept() {
    let project = Project::main(HOLDER);
    let (mut device, page) = start(&project, &[]);
    device.wait_for("connect\ttrue");
    page.wait("/api/messages", |rows| rows.as_array().unwrap().len() == 1);
    device.signal("INT");
    let (code, said) = device.end();
    assert_eq!(code, Some(0), "{said:#?}");

    let mut command = holdline(&["lab", "--tcp", "0", "--http", "0", "--store"]);
    command.arg(project.path().join("lab.db"));
    let mut lab = Running::start(command);
    let page = Page::of(&lab.wait_for("The lab is open: http://"));
    let rows = page.get("/api/messages?events=true");
    let kinds: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["kind"].clone()).collect();
    assert_eq!(kinds, ["accepted", "received", "closed"]);
    lab.signal("INT");
    assert_eq!(lab.end().0, Some(0));
}

#[test]
fn a_file_and_redirects_say_where_lines_lead() {
    let project = Project::main(HOLDER);
    let config = project.path().join("lab.toml");
    std::fs::write(
        &config,
        "[[port]]\nname = \"cars\"\nlisten = \"0.0.0.0:0\"\nreply = \"echo\"\n",
    )
    .unwrap();
    let store = project.path().join("lab.db").display().to_string();
    let with_file = format!("--lab={}", config.display());
    let args = ["--http", "0", "--store", &store, with_file.as_str()];
    let mut device = project.start(&args);
    let page = Page::of(&device.wait_for("the lab is open: http://"));
    device.wait_for("heard\ttrue\twho=holder");
    let ports = page.get("/api/ports");
    assert_eq!((ports.as_array().unwrap().len(), &ports[0]["name"]), (1, &json!("cars")));
    drop(device);

    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let redirect = format!("nowhere.invalid={}", elsewhere.local_addr().unwrap());
    let mut device = project.start(&[&args[..], &["--redirect", redirect.as_str()]].concat());
    let page = Page::of(&device.wait_for("the lab is open: http://"));
    device.wait_for("connect\ttrue");
    let led = page.item("sockets", "socket 0");
    assert!(led.contains(&elsewhere.local_addr().unwrap().to_string()), "{led}");
}

#[test]
fn lines_of_udp_and_tls_lead_to_ports_of_their_own() {
    let project = Project::main(
        r#"PROJECT, VERSION = "U", "1" require "sys" require "socket"
        sys.taskInit(function()
            while not socket.isReady() do sys.wait(5) end
            local datagrams, sealed = socket.udp(), socket.tcp(true)
            print("udp", datagrams:connect("nowhere.invalid", 1), datagrams:send("over udp"))
            print("tls", sealed:connect("nowhere.invalid", 2), sealed:send("over tls"))
        end) sys.init(0, 0) sys.run()"#,
    );
    let (mut device, page) = start(&project, &[]);
    device.wait_for("udp\ttrue\ttrue");
    device.wait_for("tls\ttrue\ttrue");
    let both = page.wait("/api/messages", |rows| rows.as_array().unwrap().len() == 2);
    assert_eq!((&both[0]["port"], &both[1]["port"]), (&json!("udp"), &json!("tls")));
}

#[test]
fn what_makes_no_sense_is_said_in_both_languages() {
    let project = Project::main("rtos.receive(0)");
    let refused = |lang: &str, args: &[&str]| {
        let end = ended(project.command(&["--lang", lang]).args(args));
        assert_eq!(end.code, Some(2), "{end:?}");
        end.stderr
    };
    let error = refused("en", &["--lab", "--virtual"]);
    assert!(error.contains("`--lab` needs the real world: nothing leaves"), "{error}");
    let error = refused("zh", &["--lab", "--virtual", "--speed", "max"]);
    assert!(error.contains("`--lab` 只能用于真实世界"), "{error}");
    let error = refused("en", &["--lab", "--speed", "2"]);
    assert!(error.contains("`--speed` needs the virtual world"), "{error}");
    let error = refused("en", &["--http", "9"]);
    assert!(error.contains("`--http` is about a lab, and this run has none"), "{error}");
    let error = refused("zh", &["--store", "x.db"]);
    assert!(
        error.contains("`--store` 用于测试服务器") && error.contains("加上 `--lab`"),
        "{error}"
    );
    let error = refused("en", &["--lab=no-such.toml"]);
    assert!(error.contains("cannot read `no-such.toml`"), "{error}");
    assert!(error.contains("a lab needs no file"), "{error}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let store = project.path().join("lab.db").display().to_string();
    let error = refused("en", &["--lab", "--store", &store, "--http", &at]);
    assert!(error.contains(&format!("the page cannot be at {at}")), "{error}");
}
