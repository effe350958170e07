//! `holdline run --virtual`: the real binary in a world where time is a number.

mod rig;

use rig::{Ended, Project, ended, holdline};

/// Connects, sends, and prints what comes back, or that nothing does.
const CALLER: &str = r#"
    PROJECT, VERSION = "CALLER", "1.0.0"
    require "sys"
    require "socket"
    sys.taskInit(function()
        while not socket.isReady() do sys.wait(100) end
        local client = socket.tcp()
        print("connected", client:connect("example.com", 9999))
        client:send("hello")
        print("answer", client:recv(30000))
        client:close()
        rtos.poweroff()
    end)
    sys.init(0, 0)
    sys.run()
"#;

/// Prints a line each hour.
const HOURLY: &str = r#"
    rtos.timer_start(1, 3600000)
    while true do
        if rtos.receive(0) == rtos.MSG_TIMER then
            print("an hour")
            rtos.timer_start(1, 3600000)
        end
    end
"#;

fn run(main: &str, args: &[&str]) -> Ended {
    Project::main(main).run(&[&["--virtual"], args].concat())
}

#[test]
fn every_address_has_a_server_and_it_says_nothing_unless_told() {
    let silent = run(CALLER, &["--speed", "max"]);
    assert!(silent.stdout.contains("connected\ttrue"), "{silent:#?}");
    assert!(silent.stdout.contains("answer\tfalse"), "{silent:#?}");
    assert!(silent.stderr.contains("connected to example.com:9999"), "{silent:#?}");
    assert_eq!(silent.code, Some(0));
    let echo = run(CALLER, &["--speed", "max", "--server", "9999=echo"]);
    assert!(echo.stdout.contains("answer\ttrue\thello"), "{echo:#?}");
}

/// Months fit into a test, and each run is like the last.
#[test]
fn virtual_time_is_not_waited_for() {
    let args = ["--speed", "max", "--for", "1000h", "--events", "-"];
    let [first, second] = [run(HOURLY, &args), run(HOURLY, &args)];
    assert_eq!(first.stdout.matches("an hour").count(), 1000, "{}", first.stderr);
    assert_eq!(first.stdout, second.stdout);
    assert!(first.stderr.lines().any(|line| line == "1000:00:00.000 an hour"), "{}", first.stderr);
    assert!(first.stdout.ends_with("\"powered_off\"}\n"));
}

/// Each event carries the deadline that had come, as on real sockets.
#[test]
fn a_virtual_run_writes_events_as_a_real_one_does() {
    let end = run(HOURLY, &["--speed", "max", "--for", "2h", "--events", "-", "--seed", "9"]);
    for part in [
        r#""format":"holdline events","version":2"#,
        r#""seed":9,"clock_s":1704067200"#,
        r#"{"ms":3600000.0,"device":0,"fact":"time_passed","due":3600000.0}"#,
    ] {
        assert!(end.stdout.contains(part), "{part}\n{}", end.stdout);
    }
}

#[test]
fn a_script_that_waits_for_nothing_ends_the_run() {
    let end = run("while true do rtos.receive(0) end", &["--speed", "max"]);
    assert_eq!(end.code, Some(0));
    assert!(end.stderr.contains("nothing will happen any more"), "{}", end.stderr);
}

#[test]
fn an_interrupt_ends_the_fastest_run_in_order() {
    let project = Project::main(HOURLY);
    let mut running = project.start(&["--virtual", "--speed", "max", "--events", "-"]);
    running.wait_for("an hour");
    running.signal("INT");
    let (code, lines) = running.end();
    assert_eq!(code, Some(0));
    assert!(lines.iter().any(|line| line.contains("powered_off")), "the end came in order");
}

#[test]
fn a_run_that_keeps_pace_shows_what_it_has_while_it_waits() {
    let main = "print('up') rtos.timer_start(1, 3600000) rtos.receive(0)";
    let project = Project::main(main);
    let mut running = project.start(&["--virtual", "--speed", "2"]);
    running.wait_for("up");
    running.signal("TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn restarts_are_counted_and_files_are_kept_where_a_folder_is_named() {
    let main = r#"
        local file = io.open("/count", "a+") file:write("x") file:close()
        print("count", #io.open("/count"):read("*a"))
        rtos.timer_start(1, 5) rtos.receive(0) rtos.restart("again")
    "#;
    let project = Project::main(main);
    let state = project.path().join("files");
    let args = ["--virtual", "--speed", "max", "--restarts", "1"];
    let kept = [&args[..], &["--state", state.to_str().unwrap()]].concat();
    let end = project.run(&args);
    assert_eq!(end.code, Some(1));
    assert!(end.stdout.contains("count\t2") && !end.stdout.contains("count\t3"), "{}", end.stdout);
    assert!(!project.run(&args).stdout.contains("count\t3"));
    project.run(&kept);
    assert!(project.run(&kept).stdout.contains("count\t4"));
}

#[test]
fn flags_of_the_other_world_are_refused_with_the_reason() {
    for (args, reason, hint) in [
        (&["--speed", "60"][..], "real sockets keep real time", "add `--virtual`"),
        (&["--server", "9999=echo"], "those that the script dials", "add `--virtual`"),
        (&["--virtual", "--redirect", "*=localhost"], "no real sockets", "leave `--virtual` out"),
        (&["--virtual", "--ntp", "localhost"], "no real sockets", "leave `--virtual` out"),
        (&["--virtual", "--uart", "1=pty"], "serial wire keeps real time", "or `--uart`"),
        (&["--virtual", "--tls", "verify"], "no certificate", "or `--tls verify`"),
        (&["--virtual", "--speed", "fast"], "`fast` is not a speed", "`max`"),
        (&["--virtual", "--server", "80=loud"], "not a virtual server", "PORT=echo"),
    ] {
        let end = Project::main("").run(args);
        assert_eq!(end.code, Some(2), "{args:?}: {end:#?}");
        assert!(end.stderr.contains(reason) && end.stderr.contains(hint), "{end:#?}");
    }
    let chinese = ended(&mut holdline(&["--lang", "zh", "run", ".", "--speed", "max"]));
    assert!(chinese.stderr.contains("真实的套接字只按真实时间走"), "{chinese:#?}");
    assert!(chinese.stderr.contains("提示：加上 `--virtual`"), "{chinese:#?}");
}
