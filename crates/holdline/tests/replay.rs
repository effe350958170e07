//! `holdline test --replay`: a run on real sockets, put to the script again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project, ended, holdline};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;

/// Answers what comes, in pieces, and hangs up on each caller after some answers.
fn moody_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                for _ in 0..3 {
                    let mut bytes = [0; 1024];
                    let Ok(len @ 1..) = stream.read(&mut bytes) else { return };
                    if stream.write_all(b"an").is_err() || stream.write_all(&bytes[..len]).is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    port
}

/// Talks and comes back; counts its boots in a file; is random; restarts after some rounds.
const TALKER: &str = r#"
    PROJECT, VERSION = "TALKER", "1.0.0"
    require "sys"
    require "socket"
    local file = io.open("/boots", "a+") file:write("x") file:close()
    print("boot", #io.open("/boots"):read("*a"), os.time(), math.random(1, 1000000))
    sys.timerLoopStart(function() print("tick", rtos.tick()) end, 7)
    sys.taskInit(function()
        while not socket.isReady() do sys.wait(5) end
        for round = 1, 6 do
            local client = socket.tcp()
            if client:connect("example.com", 9999) then
                for _ = 1, 4 do
                    local text = "round " .. round .. " " .. math.random(1, 1000)
                    if not client:send(text) then break end
                    local ok, answer = client:recv(200)
                    if not ok then break end
                    print("got", answer)
                end
            end
            client:close()
            sys.wait(math.random(1, 20))
        end
        sys.restart("enough")
    end)
    sys.init(0, 0)
    sys.run()
"#;

/// In a folder of its own, which is no part of the project.
fn events_of(project: &Project) -> PathBuf {
    let folder = project.path().join("events");
    fs::create_dir_all(&folder).unwrap();
    folder.join("run.events")
}

/// Runs the project against the server until its second restart; where the events are.
fn recorded(project: &Project, more: &[&str]) -> PathBuf {
    let events = events_of(project);
    let to = format!("*=127.0.0.1:{}", moody_server());
    let args = ["--redirect", &to, "--restarts", "1", "--quiet", "--events"];
    let end = project.run(&[&args[..], &[events.to_str().unwrap()], more].concat());
    assert_eq!(end.code, Some(1), "{end:#?}");
    events
}

fn replayed(project: &Path, events: &Path) -> Ended {
    let args = ["test", project.to_str().unwrap(), "--replay", events.to_str().unwrap()];
    ended(&mut holdline(&args))
}

/// Lateness, segments, random numbers, files and restarts: all that the run met is met again.
#[test]
fn a_run_is_repeated_exactly() {
    let project = Project::main(TALKER);
    let first = recorded(&project, &[]);
    let end = replayed(project.path(), &first);
    assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{}", end.stdout);
    assert!(end.stdout.starts_with("no difference until "), "{}", end.stdout);
    let events = fs::read_to_string(&first).unwrap();
    assert!(events.contains("got\\tan") && events.contains("boot\\t2"), "{events}");

    // The second run begins with the files that the first has left.
    let second = recorded(&project, &["--boot", "50ms", "--module", "air202"]);
    assert!(fs::read_to_string(&second).unwrap().contains("boot\\t4"));
    assert_eq!(replayed(project.path(), &second).code, Some(0));
}

/// Whatever an example does with a server that hangs up, the next run of it does the same.
#[test]
fn examples_are_repeated_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let to = format!("*=127.0.0.1:{}", moody_server());
    for name in ["long-connection", "task-long-connection", "task-async", "short", "udp", "tls"] {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
        let [events, state] = ["events", "state"].map(|file| folder.path().join(file));
        let mut run = holdline(&["run", "--boot", "10ms", "--for", "1500ms", "--redirect", &to]);
        run.args(["--state".as_ref(), state.as_os_str(), "--events".as_ref(), events.as_os_str()]);
        assert_eq!(ended(run.arg(&example)).code, Some(0), "{name}");
        let end = replayed(&example, &events);
        assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{name}: {}", end.stdout);
        assert!(fs::read_to_string(&events).unwrap().contains("\"connect\""), "{name} connects");
    }
}

#[test]
fn a_changed_line_shows_as_the_first_difference() {
    let project = Project::main(TALKER);
    let events = recorded(&project, &[]);
    let change = |from: &str, to: &str| {
        fs::write(project.path().join("main.lua"), TALKER.replacen(from, to, 1)).unwrap();
        let end = replayed(project.path(), &events);
        assert!(end.stdout.starts_with("`main.lua` has changed since the run\n"), "{end:#?}");
        end
    };
    let end = change("\"round \"", "\"ROUND \"");
    assert_eq!(end.code, Some(1), "{}", end.stdout);
    assert!(end.stdout.contains("first difference at 00:00:0"), "{}", end.stdout);
    // How the run ended was not looked at.
    assert!(!end.stdout.contains("did not end in order"), "{}", end.stdout);
    let line = |label: &str| {
        let line = end.stdout.lines().find(|line| line.trim_start().starts_with(label));
        line.unwrap_or_else(|| panic!("{}", end.stdout)).to_owned()
    };
    assert!(line("the run:").contains(r#"text "round 1 "#), "{}", end.stdout);
    assert!(line("now:").contains(r#"text "ROUND 1 "#), "{}", end.stdout);
    assert!(end.stdout.contains(" < connected attempt 1, socket 0\n"), "{}", end.stdout);

    // A timer of its own is told at its own moment.
    let earlier = change("end, 7)", "end, 6)");
    assert_eq!(earlier.code, Some(1), "{}", earlier.stdout);
    assert!(earlier.stdout.contains("the run: nothing"), "{}", earlier.stdout);
    // What nobody hears outside is no difference.
    let end = change("sys.init(0, 0)", "sys.timerLoopStart(function() end, 3) sys.init(0, 0)");
    assert_eq!(end.code, Some(0), "{}", end.stdout);
}

#[test]
fn serial_input_is_repeated() {
    let main = r#"
        uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1)
        while true do
            if rtos.receive(0) == rtos.MSG_UART_RXDATA then
                local bytes = uart.read(1, "*l")
                uart.write(1, "got " .. bytes)
                print(bytes)
                rtos.timer_start(1, 20)
                rtos.receive(0)
                rtos.poweroff()
            end
        end
    "#;
    let project = Project::new(&[("main.lua", main.as_bytes()), ("in", b"hello\nquit\n")]);
    let file = |name: &str| project.path().join(name).to_str().unwrap().to_owned();
    let cable = format!("1=file:{},{}", file("in"), file("out"));
    let events = file("run.events");
    let end = project.run(&["--uart", &cable, "--events", &events]);
    assert_eq!(end.code, Some(0), "{end:#?}");
    let end = replayed(project.path(), Path::new(&events));
    assert_eq!(end.code, Some(0), "{end:#?}");
}

/// A virtual run is recorded like a real one.
#[test]
fn a_virtual_run_is_repeated_exactly() {
    let project = Project::main(TALKER);
    let events = events_of(&project);
    let args = ["--virtual", "--speed", "max", "--server", "9999=echo", "--restarts", "1"];
    let end = project.run(&[&args[..], &["--events", events.to_str().unwrap()]].concat());
    assert_eq!(end.code, Some(1), "{end:#?}");
    let end = replayed(project.path(), &events);
    assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{}", end.stdout);
}

#[test]
fn a_killed_run_is_repeated_as_far_as_it_was_told() {
    let project = Project::main(TALKER);
    let events = recorded(&project, &[]);
    let text = fs::read_to_string(&events).unwrap();
    let half = text.len() / 2;
    let cut = half + text[half..].find('\n').unwrap() + 1;
    fs::write(&events, &text[..cut]).unwrap();
    let end = replayed(project.path(), &events);
    assert_eq!(end.code, Some(0), "{end:#?}");
    assert!(end.stdout.contains("did not end in order"), "{}", end.stdout);
}

#[test]
fn a_file_that_cannot_be_replayed_says_where_and_why() {
    let project = Project::main("print('up')");
    let events = project.path().join("run.events");
    let head =
        r#"{"format":"holdline events","version":2,"holdline":"0","project":{},"library":{}}"#;
    let fact = r#"{"ms":1.0,"device":0,"fact":"cell_lost"}"#;
    for (text, place, why) in [
        ("", ":1: ", "no event file"),
        ("hello\n", ":1: ", "no JSON object"),
        ("{}\n", ":1: ", "no event file"),
        (&format!("{fact}\n"), ":1: ", "older than version 2"),
        (r#"{"format":"holdline events","version":3}"#, ":1: ", "version 3"),
        (r#"{"format":"holdline events","version":2}"#, ":1: ", "`holdline` is missing"),
        (&format!("{head}\n"), ": ", "no device was powered on"),
        (&format!("{head}\n{fact}\n"), ":2: ", "not powered on"),
        (&format!("{head}\n{{\"ms\":1.0,\"dev"), ":2: ", "ends in the middle"),
        (&format!("{head}\n{}\n", fact.replace("cell_lost", "moon_lost")), ":2: ", "`moon_lost`"),
        (
            &format!("{head}\n{}\n", fact.replace("cell_lost", "sent")),
            ":2: ",
            "`socket` is missing",
        ),
        (&format!("{head}\n{}\n", fact.replace("1.0", "-1")), ":2: ", "`ms` is missing"),
        (&format!("{head}\n{}\n", fact.replace("fact", "fad")), ":2: ", "`fact` is missing"),
    ] {
        fs::write(&events, text).unwrap();
        let end = replayed(project.path(), &events);
        assert_eq!(end.code, Some(2), "{text}: {end:#?}");
        let place = format!("run.events{place}");
        assert!(end.stderr.contains(&place) && end.stderr.contains(why), "{text}: {end:#?}");
        assert!(end.stderr.contains("hint: "), "{end:#?}");
    }
    let end = replayed(project.path(), Path::new("no such file"));
    assert_eq!(end.code, Some(2), "{end:#?}");
}
