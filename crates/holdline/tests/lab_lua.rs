//! `holdline lab` with a Lua file that answers, by the real command and real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{PATIENCE, Project, Running, ended, holdline};
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

/// A lab with its files in a folder of its own.
struct Lab {
    project: Project,
    _running: Running,
    page: String,
}

impl Lab {
    /// A lab as `lab.toml` says, beside these files.
    fn start(config: &str, files: &[(&str, &[u8])]) -> Self {
        let project = Project::new(&[&[("lab.toml", config.as_bytes())], files].concat());
        let args = [&project.path().join("lab.toml").display().to_string(), "--http", "0"];
        Self::run(project, &args)
    }

    /// A lab with one port and this file.
    fn one(script: &str) -> Self {
        let project = Project::new(&[("answer.lua", script.as_bytes())]);
        let lua = project.path().join("answer.lua").display().to_string();
        Self::run(project, &["--tcp", "cars=0", "--http", "0", "--lua", &lua])
    }

    fn run(project: Project, args: &[&str]) -> Self {
        let mut command = holdline(&["lab"]);
        command.arg("--store").arg(project.path().join("lab.db")).args(args);
        let mut running = Running::start(command);
        let page = running.wait_for("The lab is open: ");
        let page = page.split_once("open: ").unwrap().1.to_owned();
        let lab = Self { project, _running: running, page };
        lab.wait("/api/ports", |ports| {
            let has_script = |port: &&Value| !port["script"].is_null();
            let is_settled = |port: &Value| {
                port["script"]["state"] == "running" || !port["script"]["error"].is_null()
            };
            ports.as_array().unwrap().iter().filter(has_script).all(is_settled)
        });
        lab
    }

    fn get(&self, path: &str) -> Value {
        ureq::get(format!("{}{path}", self.page)).call().unwrap().body_mut().read_json().unwrap()
    }

    fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let found = self.get(path);
            if is_wanted(&found) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "it is still {found:#}");
            std::thread::yield_now();
        }
    }

    /// The first row of this kind whose text has these words.
    fn row(&self, kind: &str, words: &str) -> Value {
        let text = |row: &Value| {
            use base64::Engine;
            let bytes = row["bytes"].as_str().unwrap();
            let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let is_it = |row: &&Value| row["kind"] == kind && text(row).contains(words);
        let path = format!("/api/messages?kinds={kind}&limit=1000");
        let rows = self.wait(&path, |rows| rows.as_array().unwrap().iter().any(|row| is_it(&row)));
        rows.as_array().unwrap().iter().find(is_it).unwrap().clone()
    }

    fn script(&self, port: usize) -> Value {
        self.get("/api/ports")[port]["script"].clone()
    }

    fn reload(&self, port: &str) -> Value {
        let url = format!("{}/api/ports/{port}/reload", self.page);
        ureq::post(url).send_empty().unwrap().body_mut().read_json().unwrap()
    }

    fn write(&self, script: &str) {
        fs::write(self.project.path().join("answer.lua"), script).unwrap();
    }

    fn connect(&self, port: usize) -> Device {
        let address = self.get("/api/ports")[port]["address"].as_str().unwrap().to_owned();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Device(stream)
    }
}

struct Device(TcpStream);

impl Device {
    fn say(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).unwrap();
    }

    #[track_caller]
    fn hears(&mut self, text: &str) {
        let mut heard = vec![0; text.len()];
        self.0.read_exact(&mut heard).unwrap();
        assert_eq!(String::from_utf8_lossy(&heard), text);
    }

    fn hears_the_end(&mut self) {
        assert_eq!(self.0.read(&mut [0; 8]).unwrap(), 0);
    }
}

const ECHO: &str = "server.on('message', function(c, data) c:send('echo ' .. data) end)";

#[test]
fn rules_come_first_and_the_file_answers_the_rest() {
    let config = "
        [[port]]
        name = \"cars\"
        listen = \"0\"
        lua = \"answer.lua\"
        framing = \"line\"
        identity = \"imei=(.*)\"
        [[port.rule]]
        equals = \"AT\"
        reply = \"OK\"
        [[port]]
        name = \"plain\"
        listen = \"0\"
    ";
    let script = b"server.accept(function(c)
        local ok, data = c:recv(60000)
        while ok do
            if data == 'bye' then return end
            log.info('answer', data, c:getName())
            c:send(data .. ' from ' .. c.address .. '\\n')
            ok, data = c:recv(60000)
        end
    end)";
    let lab = Lab::start(config, &[("answer.lua", script)]);
    let mut device = lab.connect(0);
    device.say("AT\r\n");
    device.hears("OK");
    device.say("imei=7\n");
    device.hears("imei=7 from 127.0.0.1\n");
    let row = lab.row("script-said", "[I]-[answer]\timei=7");
    assert_eq!((&row["port"], &row["direction"]), (&"cars".into(), &"event".into()));
    device.say("bye\n");
    device.hears_the_end();
    let ports = lab.get("/api/ports");
    assert_eq!(ports[0]["script"]["state"], "running");
    assert!(ports[0]["script"]["file"].as_str().unwrap().ends_with("answer.lua"), "{ports}");
    assert!(ports[1]["script"].is_null(), "{ports}");
}

#[test]
fn a_file_that_changes_is_loaded_while_devices_stay_connected() {
    let lab = Lab::one(ECHO);
    let mut device = lab.connect(0);
    device.say("one");
    device.hears("echo one");
    lab.write("server.on('connect', function(c) c:send('new here ') end)\nserver.on('message', function(c, data) c:send('new ' .. data) end)");
    device.hears("new here ");
    device.say("two");
    device.hears("new two");

    lab.write("server.on('message', function(c, data) c:send('newest ' .. data) end)");
    assert_eq!(lab.reload("cars")["state"], "running");
    device.say("three");
    device.hears("newest three");
}

#[test]
fn a_file_that_cannot_be_run_leaves_the_one_before_at_work() {
    let lab = Lab::one(ECHO);
    let mut device = lab.connect(0);
    let broken = [
        ("server.on('message' function", "answer.lua:1: ')' expected near 'function'"),
        ("\nlocal x = nil\nx()", "answer.lua:3: attempt to call local 'x' (a nil value)"),
        ("\n\nwhile true do end", "answer.lua:3"),
        ("server.on('open', print)", "answer.lua:1: server.on: the event is"),
        ("server.accept(3)", "answer.lua:1: server.accept: function expected, got number"),
        ("a = 1\0", "is not Lua source"),
    ];
    for (script, error) in broken {
        lab.write(script);
        let standing = lab.reload("cars");
        assert_eq!(standing["state"], "running", "{standing}");
        assert!(standing["error"].as_str().unwrap().contains(error), "{standing}");
        let kind = if script.contains("while") { "script-stuck" } else { "script-failed" };
        lab.row(kind, error);
        device.say("x");
        device.hears("echo x");
    }
    fs::remove_file(lab.project.path().join("answer.lua")).unwrap();
    let standing = lab.wait("/api/ports", |ports| {
        ports[0]["script"]["error"].as_str().is_some_and(|error| error.contains("cannot read"))
    });
    assert_eq!(standing[0]["script"]["state"], "running");
    lab.write(ECHO);
    lab.wait("/api/ports", |ports| ports[0]["script"]["error"].is_null());
}

#[test]
fn an_error_while_it_answers_is_a_row_and_the_next_message_is_answered() {
    let lab = Lab::one(
        "server.on('message', function(c, data)
            if data == 'bad' then data = nil end
            c:send('echo ' .. data)
        end)",
    );
    let mut device = lab.connect(0);
    device.say("bad");
    lab.row("script-failed", "answer.lua:3: attempt to concatenate local 'data' (a nil value)");
    device.say("good");
    device.hears("echo good");
    let standing = lab.script(0);
    assert_eq!(standing["state"], "running");
    assert!(standing["error"].as_str().unwrap().contains("answer.lua:3"), "{standing}");
}

#[test]
fn a_file_that_does_not_let_go_keeps_nobody_else_waiting() {
    let config = "
        [[port]]
        name = \"stuck\"
        listen = \"0\"
        lua = \"answer.lua\"
        [[port]]
        name = \"well\"
        listen = \"0\"
        lua = \"echo.lua\"
        [[port]]
        name = \"ruled\"
        listen = \"0\"
        reply = \"echo\"
    ";
    let script = b"server.on('message', function(c, data)
        if data == 'loop' then while true do print('x') end end
        if data == 'flood' then for i = 1, 100000 do c:send(('y'):rep(50)) end end
        c:send('still here')
    end)
    server.on('connect', function(c) c:send('hello ') end)";
    let lab = Lab::start(config, &[("answer.lua", script), ("echo.lua", ECHO.as_bytes())]);
    let mut stuck = lab.connect(0);
    let (mut well, mut ruled) = (lab.connect(1), lab.connect(2));
    stuck.hears("hello ");
    for words in ["loop", "flood"] {
        let mut flooded = lab.connect(0);
        flooded.say(words);
        for _ in 0..100 {
            well.say("a");
            well.hears("echo a");
            ruled.say("b");
            ruled.hears("b");
        }
        // It begins anew, and hears of who is connected.
        stuck.hears("hello ");
    }
    for (words, line) in [("loop", "answer.lua:2"), ("flood", "answer.lua:3")] {
        assert_eq!(lab.row("script-stuck", line)["port"], "stuck", "{words}");
    }
    lab.row("script-too-loud", "");
    stuck.say("x");
    stuck.hears("still here");
}

#[test]
fn a_thousand_devices_and_any_bytes_are_answered() {
    let lab = Lab::one(
        "server.accept(function(c)
            local ok, data = c:recv(60000)
            while ok do
                c:send(#data .. ';')
                ok, data = c:recv(60000)
            end
        end)",
    );
    let mut devices: Vec<Device> = (0..1000).map(|_| lab.connect(0)).collect();
    for device in &mut devices {
        device.say("12345678");
    }
    devices.iter_mut().for_each(|device| device.hears("8;"));
    lab.reload("cars");
    let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for (device, byte) in devices.iter_mut().zip(0..=255) {
        device.say([byte]);
        device.hears("1;");
        device.say(&bytes);
    }
    let mut last = devices.pop().unwrap();
    last.say("12");
    last.hears("2;");
}

#[test]
fn what_cannot_answer_is_said_before_the_lab_opens() {
    let project = Project::new(&[("lab.toml", b"")]);
    let said = |lang: &str, config: &str, more: &[&str]| {
        let file = project.path().join("lab.toml");
        fs::write(&file, config).unwrap();
        let mut command = holdline(&["lab", "--lang", lang, "--http", "0"]);
        command.arg("--store").arg(project.path().join("lab.db")).arg(file).args(more);
        let ended = ended(&mut command);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        ended.stderr
    };
    let missing = "[[port]]\nname = \"cars\"\nlisten = \"0\"\nlua = \"answer.lua\"";
    let error = said("en", missing, &[]);
    assert!(error.contains("cannot read `") && error.contains("answer.lua`"), "{error}");
    let error = said("zh", missing, &[]);
    assert!(error.contains("读不到"), "{error}");
    let error = said("en", "", &["--tcp", "0", "--lua", "nowhere.lua"]);
    assert!(error.contains("cannot read `nowhere.lua`"), "{error}");
    let both = format!("{missing}\nrelay = \"127.0.0.1:9\"");
    assert!(said("en", &both, &[]).contains("leave one of the two out"));
    assert!(said("zh", &both, &[]).contains("两者只能留一个"));
}

#[test]
fn the_example_answers_in_both_forms() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/answers");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let config = read("lab.toml").replace("\"9999\"", "\"0\"").replace("\"9998\"", "\"0\"");
    let (answer, talk) = (read("answer.lua"), read("talk.lua"));
    let lab =
        Lab::start(&config, &[("answer.lua", answer.as_bytes()), ("talk.lua", talk.as_bytes())]);
    let mut device = lab.connect(0);
    lab.row("script-said", "[I]-[answer]\tconnected from\t127.0.0.1");
    device.say("AT\r\nheart\r\nreport 12345\r\nreport\r\nodd\r\nbye\r\n");
    device.hears("OK\r\n");
    device.hears("heart\r\nreport 1 has 5 bytes\r\nreport 2 has 0 bytes\r\nbye\r\n");
    device.hears_the_end();
    lab.row("script-said", "[W]-[answer]\tno answer to\todd");

    let mut device = lab.connect(1);
    device.hears("who are you?\r\n");
    device.say("pump 7");
    lab.row("script-said", "[I]-[talk]\tpump 7\tis here, from\t127.0.0.1");
    device.say("12345");
    device.hears("pump 7 said 5 bytes\r\n");
    drop(device);
    lab.row("script-said", "[I]-[talk]\tpump 7\thas gone:\tCLOSED");
}
