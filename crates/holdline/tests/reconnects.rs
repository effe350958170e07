//! The programs of the two tutorials at a lab that ends their connections again and again: both are
//! shown as one device each, what came is in the store, and a test that the lab makes of it passes.
//!
//! `HOLDLINE_RECONNECTS=50` ends them as often; four times where nothing is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rig::{Ended, Project, Running, ended, holdline};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long a device may be away: it waits 5 s before each try and 20 s after three of them, and the
/// machine may be busy.
const PATIENCE: Duration = Duration::from_secs(300);

/// Between two looks, so that the lab has time for its devices.
const PAUSE: Duration = Duration::from_millis(20);

/// A port for each device, as neither says who it is.
const CONFIG: &str = r#"
http = "127.0.0.1:0"
store = "lab.db"

[[port]]
name = "first"
listen = "127.0.0.1:0"
identity = { name = "callbacks" }

[[port]]
name = "second"
listen = "127.0.0.1:0"
identity = { name = "task" }
"#;

/// A `holdline lab` that runs.
struct Lab {
    http: String,
    ports: [String; 2],
}

impl Lab {
    fn open(folder: &Path) -> (Running, Self) {
        let config = folder.join("lab.toml");
        fs::write(&config, CONFIG).unwrap();
        let mut command = holdline(&["lab"]);
        command.arg(config);
        let mut running = Running::start(command);
        let told = running.wait_for("The lab is open: ");
        let http = told.split_once("http://").unwrap().1.to_owned();
        let ports = ["port first: tcp ", "port second: tcp "]
            .map(|port| running.wait_for(port).split_once(port).unwrap().1.to_owned());
        (running, Self { http, ports })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    fn get(&self, path: &str) -> Value {
        ureq::get(self.url(path)).call().unwrap().body_mut().read_json().unwrap()
    }

    fn post(&self, path: &str, body: &Value) {
        ureq::post(self.url(path)).send_json(body).unwrap();
    }

    /// Asks until the answer is as wanted.
    fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let found = self.get(path);
            if is_wanted(&found) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "{path} still says {found}");
            thread::sleep(PAUSE);
        }
    }

    /// All that came from a device, in order: the connection and the bytes of each row.
    fn received(&self, device: &str) -> Vec<(u64, Vec<u8>)> {
        let (mut rows, mut after) = (Vec::new(), 0);
        loop {
            let path = format!("/api/messages?device={device}&kinds=received&after={after}");
            let page = self.get(&path);
            for row in page.as_array().unwrap() {
                let seq = row["seq"].as_u64().unwrap();
                assert!(seq > after, "{row} comes after {after}");
                after = seq;
                let bytes = BASE64_STANDARD.decode(row["bytes"].as_str().unwrap()).unwrap();
                rows.push((row["connection"].as_u64().unwrap(), bytes));
            }
            if page.as_array().unwrap().is_empty() {
                return rows;
            }
        }
    }
}

/// A program of a tutorial: which port it dials, and what it prints of what it hears.
struct Program {
    port: usize,
    name: &'static str,
    example: &'static str,
    /// What it says as soon as it is connected.
    greeting: &'static [u8],
    /// Lines, and what breaks the program in their place.
    mistakes: &'static [(&'static str, &'static str)],
}

const PROGRAMS: [Program; 2] = [
    Program {
        port: 0,
        name: "callbacks",
        example: "long-connection",
        greeting: b"heart data\r\nloc data\r\n",
        mistakes: &[
            (r#"snd("heart data\r\n", "HEARTRPT")"#, r#"snd("hart data\r\n", "HEARTRPT")"#),
            ("    sys.timer_stop(locrpt)\n    reconn()", "    sys.timer_stop(locrpt)"),
            ("HEART_PERIOD, LOC_PERIOD = 10000", "HEART_PERIOD, LOC_PERIOD = 100"),
        ],
    },
    Program {
        port: 1,
        name: "task",
        example: "task-long-connection",
        greeting: b"",
        mistakes: &[("        serve(client)\n", "        serve(client) do return end\n")],
    },
];

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// How the lab ends a connection, and what the store then says of it.
struct End {
    /// What the port is to do wrong, if anything.
    fault: Option<&'static str>,
    /// How the device is kicked, if it is.
    kick: Option<&'static str>,
    reason: &'static str,
}

const BY_SERVER: &str = "closed by the server";
const RESET: &str = "reset by the server";

const ENDS: [End; 6] = [
    End { fault: None, kick: Some("close"), reason: BY_SERVER },
    End { fault: Some("reset"), kick: None, reason: RESET },
    End { fault: Some("close"), kick: None, reason: BY_SERVER },
    End { fault: Some("refuse 1 connects"), kick: Some("reset"), reason: RESET },
    End { fault: Some("server restart"), kick: None, reason: BY_SERVER },
    End { fault: Some("refuse 2 connects"), kick: Some("close"), reason: BY_SERVER },
];

impl Program {
    /// Runs beside the lab, which ends its connections so many times; the reasons.
    fn suffer(&self, lab: &Lab, folder: &Path, ends: usize) -> Vec<&'static str> {
        let mut run = holdline(&["run", "--boot", "10ms", "--redirect"]);
        run.arg(format!("*={}", lab.ports[self.port]));
        run.env("XDG_STATE_HOME", folder.join(self.name)).arg(example(self.example));
        let mut device = Running::start(run);
        let mut reasons = Vec::new();
        for count in 0..=ends {
            self.is_back(lab, &mut device, count);
            if count < ends {
                let end = &ENDS[count % ENDS.len()];
                let port = ["first", "second"][self.port];
                if let Some(fault) = end.fault {
                    lab.post(&format!("/api/ports/{port}/faults"), &json!({"fault": fault}));
                }
                if let Some(with) = end.kick {
                    lab.post(&format!("/api/devices/{}/kick", self.name), &json!({"with": with}));
                }
                reasons.push(end.reason);
            }
        }
        device.signal("INT");
        assert_eq!(device.end().0, Some(0));
        reasons.push("closed by the device");
        reasons
    }

    /// Waits until the device has connected once more than `count` times, and both have heard each other.
    fn is_back(&self, lab: &Lab, device: &mut Running, count: usize) {
        let path = format!("/api/devices/{}", self.name);
        let began = Instant::now();
        // Until it has connected once there is no such device.
        while !lab.get("/api/devices").as_array().unwrap().iter().any(|it| it["id"] == self.name) {
            assert!(began.elapsed() < PATIENCE, "{} did not come", self.name);
            thread::sleep(PAUSE);
        }
        let found =
            lab.wait(&path, |found| found["connections"] == count + 1 && found["online"] == true);
        let conn = &found["last_connections"][0]["id"];
        let path = format!("/api/messages?device={}&kinds=received", self.name);
        lab.wait(&path, |rows| {
            let rows = rows.as_array().unwrap().iter().filter(|row| row["connection"] == *conn);
            let decoded = rows.map(|row| BASE64_STANDARD.decode(row["bytes"].as_str().unwrap()));
            decoded.flat_map(Result::unwrap).collect::<Vec<u8>>().starts_with(self.greeting)
        });
        lab.post(
            &format!("/api/devices/{}/send", self.name),
            &json!({"text": format!("hello {count}\r\n")}),
        );
        device.wait_for(&format!("hello {count}"));
    }
}

#[test]
fn two_devices_are_two_however_often_their_connections_end() {
    let ends = std::env::var("HOLDLINE_RECONNECTS").map_or(4, |ends| ends.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (running, lab) = Lab::open(folder.path());
    let began = Instant::now();
    let reasons = thread::scope(|scope| {
        let threads = PROGRAMS.each_ref().map(|program| {
            let (lab, folder) = (&lab, folder.path());
            scope.spawn(move || program.suffer(lab, folder, ends))
        });
        threads.map(|thread| thread.join().unwrap())
    });
    println!("{ends} reconnects of each in {:?}", began.elapsed());

    let devices = lab.wait("/api/devices", |found| {
        found.as_array().unwrap().iter().all(|device| device["online"] == false)
    });
    let mut names: Vec<_> =
        devices.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["callbacks", "task"]);
    for (program, reasons) in PROGRAMS.iter().zip(reasons) {
        let found = lab.get(&format!("/api/devices/{}", program.name));
        assert_eq!(found["connections"], ends + 1);
        let told = found["last_connections"].as_array().unwrap().iter().rev();
        let told: Vec<_> = told.map(|conn| conn["reason"].as_str().unwrap()).collect();
        assert_eq!(told, reasons, "{}", program.name);
        program.said_all(&lab.received(program.name), ends + 1);
    }

    for program in &PROGRAMS {
        program.passes_its_test(&lab);
    }

    // And again from the file alone.
    let before = PROGRAMS.map(|program| lab.received(program.name));
    running.signal("INT");
    assert_eq!(running.end().0, Some(0));
    let (_running, lab) = Lab::open(folder.path());
    assert_eq!(PROGRAMS.map(|program| lab.received(program.name)), before);
}

impl Program {
    /// That what came on each connection is what the program sends, from its first byte on.
    fn said_all(&self, rows: &[(u64, Vec<u8>)], connections: usize) {
        let mut conns: Vec<u64> = rows.iter().map(|(conn, _)| *conn).collect();
        assert!(conns.is_sorted(), "one connection after the other: {conns:?}");
        conns.dedup();
        if !self.greeting.is_empty() {
            assert_eq!(conns.len(), connections);
        }
        for conn in conns {
            let of_conn = rows.iter().filter(|(of, _)| *of == conn);
            let said: Vec<u8> = of_conn.flat_map(|(_, bytes)| bytes.clone()).collect();
            assert!(self.may_say(&said), "{conn}: {}", said.escape_ascii());
        }
    }

    /// That what the lab makes of its trace is a test which the program passes, and broken does not.
    fn passes_its_test(&self, lab: &Lab) {
        let path = format!("/api/devices/{}/test?dials=9999", self.name);
        let answer = ureq::get(lab.url(&path)).call().unwrap().body_mut().read_to_string().unwrap();
        let end = self.tested(&answer, |source| source);
        assert_eq!(end.code, Some(0), "{}{answer}", end.stdout);
        for (line, change) in self.mistakes {
            let mut changed = 0;
            let end = self.tested(&answer, |source| {
                changed += source.matches(line).count();
                source.replace(line, change)
            });
            assert_eq!(changed, 1, "{line}");
            assert_eq!(end.code, Some(1), "{change}: {}", end.stdout);
        }
    }

    /// `holdline test` of the program, with its files changed.
    fn tested(&self, test: &str, mut change: impl FnMut(String) -> String) -> Ended {
        let project = Project::new(&[]);
        for entry in fs::read_dir(example(self.example)).unwrap().flatten() {
            if entry.path().is_file() {
                let name = entry.file_name().into_string().unwrap();
                let source = change(fs::read_to_string(entry.path()).unwrap());
                fs::write(project.path().join(name), source).unwrap();
            }
        }
        fs::create_dir(project.path().join("tests")).unwrap();
        fs::write(project.path().join("tests/lab.lua"), test).unwrap();
        ended(holdline(&["test"]).arg(project.path()))
    }

    fn may_say(&self, said: &[u8]) -> bool {
        if let Some(rest) = said.strip_prefix(self.greeting)
            && !self.greeting.is_empty()
        {
            let rest = String::from_utf8_lossy(rest);
            return rest.lines().all(|line| ["heart data", "loc data"].contains(&line));
        }
        said.iter().enumerate().all(|(at, byte)| *byte == b'0' + (at % 10) as u8)
    }
}
