//! `holdline run --fault`: what goes wrong on real lines, from the device's end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// Answers everything; how each connection ended, as the server saw it.
fn server() -> (u16, Receiver<Result<(), ErrorKind>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, (tell, ends)) = (listener.local_addr().unwrap().port(), channel());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, tell) = (stream.unwrap(), tell.clone());
            thread::spawn(move || {
                let mut bytes = [0; 64];
                loop {
                    let end = match stream.read(&mut bytes) {
                        Ok(0) => Ok(()),
                        Ok(len) => match stream.write_all(&bytes[..len]) {
                            Ok(()) => continue,
                            Err(error) => Err(error.kind()),
                        },
                        Err(error) => Err(error.kind()),
                    };
                    // The test may have seen enough.
                    let _ = tell.send(end);
                    return;
                }
            });
        }
    });
    (port, ends)
}

/// Calls until a call was answered, tells of each step, and switches itself off.
const CALLER: &str = r#"
    PROJECT, VERSION = "CALLER", "1.0.0"
    require "sys"
    require "socket"
    sys.taskInit(function()
        while not socket.isReady() do sys.wait(5) end
        for call = 1, 5 do
            local client = socket.tcp()
            local answered = false
            if client:connect("HOST", PORT) then
                if client:send("hello") then answered = client:recv(300) end
                client:close()
            end
            print("call " .. call, answered)
            if answered then break end
            sys.wait(20)
        end
        rtos.poweroff()
    end)
    sys.init(0, 0)
    sys.run()
"#;

fn run(port: u16, faults: &[&str], more: &[&str]) -> Ended {
    let main = CALLER.replace("HOST", "127.0.0.1").replace("PORT", &port.to_string());
    let faults: Vec<_> = faults.iter().flat_map(|words| ["--fault", words]).collect();
    Project::main(&main).run(&[&faults[..], more].concat())
}

#[test]
fn refused_connects_never_reach_the_server_and_the_next_does() {
    let (port, ends) = server();
    let end = run(port, &["refuse 2 connects"], &[]);
    for line in ["call 1\tfalse", "call 2\tfalse", "call 3\ttrue"] {
        assert!(end.stdout.contains(line), "{line}: {end:#?}");
    }
    assert!(end.stderr.contains("# fault: refuse connects 1 to 2\n"), "{end:#?}");
    assert!(end.stderr.contains("# fault over: refuse connects 1 to 2\n"), "{end:#?}");
    assert!(end.stderr.contains(": refused"), "{end:#?}");
    assert_eq!(ends.iter().next(), Some(Ok(())));
    assert!(ends.try_recv().is_err(), "one connection came");
}

/// The real line is really broken, and the script hears it as on the module.
#[test]
fn a_reset_is_seen_at_both_ends() {
    let (port, ends) = server();
    let end = run(port, &["reset after 1 messages"], &[]);
    assert!(end.stdout.contains("call 1\tfalse"), "{end:#?}");
    assert!(end.stdout.contains("call 2\ttrue"), "{end:#?}");
    assert!(end.stderr.contains("reset by the server"), "{end:#?}");
    assert_eq!(ends.iter().next(), Some(Err(ErrorKind::ConnectionReset)));
    assert_eq!(ends.iter().next(), Some(Ok(())));
}

#[test]
fn faults_are_in_the_event_file_which_can_be_replayed() {
    let (port, _ends) = server();
    let main = CALLER.replace("HOST", "127.0.0.1").replace("PORT", &port.to_string());
    let project = Project::main(&main);
    let folder = project.path().join("events");
    std::fs::create_dir(&folder).unwrap();
    let events = folder.join("run.events");
    let events = events.to_str().unwrap();
    let faults =
        ["close on \"hel\"", "silent connect 2", "at 30ms pdp lost", "at 60ms power cut for 50ms"];
    let faults: Vec<_> = faults.iter().flat_map(|words| ["--fault", words]).collect();
    let end = project.run(&[&faults[..], &["--events", events]].concat());
    assert_eq!(end.code, Some(0), "{end:#?}");
    let text = std::fs::read_to_string(events).unwrap();
    for part in [
        r#""fault":"began","words":"close on \"hel\"""#,
        r#""fault":"began","words":"at 30ms pdp lost""#,
        r#""fault":"ended","words":"at 60ms power cut for 50ms""#,
        r#""fact":"power_restored""#,
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let path = project.path().to_str().unwrap();
    let end = rig::ended(&mut rig::holdline(&["test", path, "--replay", events]));
    assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{}", end.stdout);
}

/// The time of the first event with this in it.
fn ms(events: &str, part: &str) -> f64 {
    let found = events.lines().find(|line| line.contains(part));
    let line = found.unwrap_or_else(|| panic!("{part}\n{events}"));
    let (_, rest) = line.split_once("\"ms\":").unwrap();
    rest.split_once(',').unwrap().0.parse().unwrap()
}

/// However slow the machine is, a delay is at least what was said, and the script gets its answer.
#[test]
fn lines_are_slow_or_withheld_for_as_long_as_was_said() {
    let (port, _ends) = server();
    for (words, least) in [("latency 100ms", 200.0), ("black hole for 300ms", 0.0)] {
        let end = run(port, &[words], &["--events", "-"]);
        assert!(end.stderr.contains("\ttrue"), "{words}: {end:#?}");
        let called = ms(&end.stdout, r#""order":"connect""#);
        let connected = ms(&end.stdout, r#""fact":"connected""#);
        assert!(connected - called >= least, "{words}: {called} {connected}");
        assert!(connected >= 200.0, "{words}: {connected}");
    }
}

/// Says hello twice at once, then hears what there is, piece by piece.
const LISTENER: &str = r#"
    PROJECT, VERSION = "LISTENER", "1.0.0"
    require "sys"
    require "socket"
    sys.taskInit(function()
        while not socket.isReady() do sys.wait(5) end
        local client = socket.tcp()
        print("stands", client:connect("HOST", PORT))
        for _ = 1, 2 do print("sent", client:send("hello")) end
        local heard = ""
        while #heard < 10 do
            local ok, piece = client:recv(WAIT)
            if not ok then break end
            heard = heard .. piece
        end
        print("heard " .. heard, "then", client:send("hello"))
        rtos.poweroff()
    end)
    sys.init(0, 0)
    sys.run()
"#;

fn listen(host: &str, port: u16, wait: &str, args: &[&str]) -> Ended {
    let main = LISTENER.replace("HOST", host).replace("PORT", &port.to_string());
    Project::main(&main.replace("WAIT", wait)).run(args)
}

#[test]
fn bytes_come_cut_small_joined_or_slowly_and_all_of_them_come() {
    let (port, _ends) = server();
    for fault in ["split 1", "merge 100ms", "rate 100"] {
        let end = listen("127.0.0.1", port, "20000", &["--fault", fault]);
        assert!(end.stdout.contains("heard hellohello\tthen\ttrue"), "{fault}: {end:#?}");
    }
    let end = listen("127.0.0.1", port, "20000", &["--fault", "split 1", "--events", "-"]);
    let lens = end.stdout.lines().filter(|line| line.contains(r#""fact":"received""#));
    let lens: Vec<_> = lens.map(|line| line.contains(r#""len":1,"#)).collect();
    assert!(lens.len() >= 10 && lens.iter().all(|is_one| *is_one), "{end:#?}");
}

/// The real line is broken, the script goes on with a dead one, and hears of it when it speaks to the
/// machine that came back.
#[test]
fn a_half_open_line_is_dead_until_somebody_resets_it() {
    let (port, ends) = server();
    let end = listen("127.0.0.1", port, "300", &["--fault", "half open connect 1 for 200ms"]);
    assert!(end.stdout.contains("stands\ttrue"), "{end:#?}");
    assert!(end.stdout.contains("heard \tthen\tfalse"), "{end:#?}");
    assert_eq!(ends.iter().next(), Some(Err(ErrorKind::ConnectionReset)));
}

#[test]
fn a_name_that_has_changed_refuses_what_an_address_takes() {
    let (port, _ends) = server();
    for (host, stands) in [("localhost", "stands\tfalse"), ("127.0.0.1", "stands\ttrue")] {
        let end = listen(host, port, "20", &["--fault", "name changed"]);
        assert!(end.stdout.contains(stands), "{host}: {end:#?}");
    }
}

#[test]
fn what_is_no_fault_is_refused_with_the_way_out() {
    let end = Project::main("").run(&["--fault", "refuze"]);
    assert_eq!(end.code, Some(2), "{end:#?}");
    for part in ["`refuze` is no word for a fault", "did you mean `refuse`"] {
        assert!(end.stderr.contains(part), "{part}: {end:#?}");
    }
}
