//! Scripts that others connect to: callbacks and tasks for lines that somebody else opened.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::wildcard_enum_match_arm, reason = "all else is kept for the test to look at")]

use holdline_device::{
    BootPlan, Caller, Device, Input, Instant, Output, Power, Profile, Project, RestartCause,
    Sharing, Vm,
};
use holdline_modem::{Kind, LineEnd, LineId, Output as Order};
use std::time::Duration;

/// A script that serves, and what it said and ordered.
struct Served {
    device: Device,
    now: Instant,
    told: Vec<Output>,
}

impl Served {
    fn new(script: &str) -> Self {
        let project = Project::from_files([("main.lua", script)]).serving();
        let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
        vm.limit_turns(1_000_000);
        let boot =
            BootPlan { restart: Duration::from_secs(2), ..BootPlan::scaled_to(Duration::ZERO) };
        let power = Power { profile: Profile::NONE, boot, ..Power::default() };
        let device = Device::power_on(Instant::ZERO, &vm, power);
        let mut served = Self { device, now: Instant::ZERO, told: Vec::new() };
        served.drain();
        served
    }

    fn drain(&mut self) -> Option<Instant> {
        loop {
            match self.device.poll_output() {
                Output::Idle(deadline) => return deadline,
                Output::Modem(Order::Net(_)) => {}
                Output::Modem(Order::Send { line, bytes, confirm }) => {
                    self.told.push(Output::Modem(Order::Send { line, bytes, confirm }));
                    self.tell_later(Input::Sent { line });
                }
                Output::Modem(Order::Close { line }) => {
                    self.told.push(Output::Modem(Order::Close { line }));
                    self.tell_later(Input::Closed { line });
                }
                other => self.told.push(other),
            }
        }
    }

    /// What is answered to an order comes once all orders are known.
    fn tell_later(&mut self, fact: Input) {
        while let other @ (Output::Modem(_) | Output::Print(_) | Output::Notice(_)) =
            self.device.poll_output()
        {
            self.told.push(other);
        }
        self.tell(fact);
    }

    fn tell(&mut self, fact: Input) {
        self.device.handle_input(self.now, fact);
        self.drain();
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.drain().filter(|&due| due <= end) {
            self.now = due;
            self.tell(Input::Timeout);
        }
        self.now = end;
        self.tell(Input::Timeout);
    }

    fn call(&mut self, port: u16) -> LineId {
        // Turns at one moment have one budget.
        self.now = self.now + Duration::from_millis(1);
        let address = ([192, 0, 2, 7], port).into();
        let caller = Caller { address, kind: Kind::Tcp, name: None };
        let line = self.device.accept(self.now, caller).unwrap();
        self.drain();
        line
    }

    fn say(&mut self, line: LineId, text: &str) {
        self.tell(Input::Received { line, bytes: text.into() });
    }

    /// What was said and ordered since the last call, in short.
    fn heard(&mut self) -> Vec<String> {
        let short = |output: Output| match output {
            Output::Print(line) => String::from_utf8(line).unwrap(),
            Output::Modem(Order::Send { line, bytes, .. }) => {
                format!("{} < {}", line.socket.0, String::from_utf8(bytes).unwrap())
            }
            Output::Modem(Order::Close { line }) => format!("{} closed", line.socket.0),
            Output::Restarting(RestartCause::Stuck(stuck)) => {
                format!("stuck at {}", stuck.place.unwrap())
            }
            other => format!("{other:?}"),
        };
        self.told.drain(..).map(short).collect()
    }
}

#[test]
fn callbacks_hear_of_every_line() {
    let mut served = Served::new(
        r#"server.on("connect", function(c) print("+", c.id, c.address, c.port) end)
        server.on("message", function(c, data)
            print(">", data, c:getName())
            if data == "bye" then c:close() else print(c:send("echo " .. data)) end
        end)
        server.on("close", function(c) print("-", c.id, c:send("late")) end)"#,
    );
    let (first, second) = (served.call(1000), served.call(2000));
    assert_eq!(served.heard(), ["+\t0\t192.0.2.7\t1000", "+\t1\t192.0.2.7\t2000"]);
    served.say(second, "hi");
    assert_eq!(served.heard(), [">\thi\tnil", "true", "1 < echo hi"]);
    served.device.name_caller(second, b"pump 7".to_vec());
    served.say(second, "bye");
    assert_eq!(served.heard(), [">\tbye\tpump 7", "1 closed", "-\t1\tfalse"]);
    served.tell(Input::Ended { line: first, how: LineEnd::Closed });
    assert_eq!(served.heard(), ["-\t0\tfalse"]);
    // Both numbers are free again, and what comes late for the first line is nobody's.
    served.say(first, "late");
    let again = served.call(3000);
    assert_eq!(again.socket, first.socket);
    assert_eq!(served.heard(), ["+\t0\t192.0.2.7\t3000"]);
}

#[test]
fn a_task_has_a_client_as_those_that_scripts_make() {
    let mut served = Served::new(
        r#"server.accept(function(c)
            print(c:recv(1000))
            print(c:send("one"))
            print(c:recv(1000, "POKE"))
            c:send("two")
            sys.wait(500)
            print(c:recv(1000))
            print(c:recv(1000))
        end)
        sys.timerStart(sys.publish, 1200, "POKE", "now")"#,
    );
    let line = served.call(1000);
    served.pass(Duration::from_millis(1000));
    assert_eq!(served.heard(), ["false\ttimeout", "0 < one", "true"]);
    served.pass(Duration::from_millis(200));
    assert_eq!(served.heard(), ["false\tPOKE\tnow", "0 < two"]);
    served.say(line, "a");
    served.say(line, "b");
    served.pass(Duration::from_millis(500));
    assert_eq!(served.heard(), ["true\tab"], "what came in the meantime comes in one piece");
    served.tell(Input::Ended { line, how: LineEnd::Closed });
    assert_eq!(served.heard(), ["false\tCLOSED"]);
}

#[test]
fn a_line_is_closed_when_its_task_ends_or_fails() {
    let mut served = Served::new(
        r#"server.accept(function(c)
            local ok, data = c:recv(0, "ALL")
            if data == "fail" then error("told to") end
        end)
        sys.timerStart(sys.publish, 500, "ALL", "x")"#,
    );
    let (good, bad) = (served.call(1), served.call(2));
    served.say(good, "end");
    assert_eq!(served.heard(), ["0 closed"]);
    served.say(bad, "fail");
    let heard = served.heard();
    assert!(heard[0].starts_with("[E]-[coroutine.resume]\tmain.lua:3: told to"), "{heard:?}");
    assert_eq!(heard[1..], ["1 closed"]);
    served.pass(Duration::from_secs(1));
    assert!(served.heard().is_empty(), "nobody wakes a task that is over");
    assert_eq!(served.call(3).socket, good.socket, "both are free");
}

#[test]
fn an_error_in_a_callback_ends_what_was_being_done_and_no_more() {
    let mut served = Served::new(
        r#"server.on("message", function(c, data) c:send(data:upper()); local x = nil; x() end)
        sys.timerStart(function() error({}) end, 100)"#,
    );
    let line = served.call(1);
    served.say(line, "a");
    served.say(line, "b");
    let heard = served.heard();
    let failed = "[E]-[server]\tmain.lua:1: attempt to call local 'x' (a nil value)";
    assert_eq!(heard, [failed, "0 < A", failed, "0 < B"]);
    served.pass(Duration::from_millis(100));
    assert_eq!(served.heard().len(), 1);
    served.say(line, "c");
    assert_eq!(served.heard(), [failed, "0 < C"]);
}

#[test]
fn a_script_that_does_not_let_go_begins_anew_without_its_lines() {
    let mut served = Served::new(
        "server.on('message', function(c, data)\n if data == 'loop' then while true do end end\n c:send('ok') end)",
    );
    let line = served.call(1);
    served.say(line, "loop");
    let heard = served.heard();
    // The line was broken off, as when a module restarts.
    assert!(heard[0].starts_with("Modem(Abort"), "{heard:?}");
    assert_eq!(heard[1..], ["stuck at main.lua:2"]);
    assert!(!served.device.is_running());
    let caller = Caller { address: ([192, 0, 2, 7], 1).into(), kind: Kind::Tcp, name: None };
    assert_eq!(served.device.accept(served.now, caller), None);
    served.pass(Duration::from_secs(2));
    assert!(served.device.is_running());
    served.heard();
    let line = served.call(1);
    served.say(line, "x");
    assert_eq!(served.heard(), ["0 < ok"]);
}

#[test]
fn what_cannot_be_served_is_an_error_at_its_line() {
    let fails = |script: &str| match Served::new(script).told.pop() {
        Some(Output::Restarting(RestartCause::Error(text))) => {
            text.lines().next().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    };
    let both = "server.accept(print)\nserver.on('close', print)";
    assert!(fails(both).starts_with("main.lua:2: server.on: `server.accept` serves"));
    let both = "server.on('close', print)\nserver.accept(print)";
    assert!(fails(both).starts_with("main.lua:2: server.accept: `server.on` serves"));
    assert_eq!(
        fails("server.on('open', print)"),
        "main.lua:1: server.on: the event is \"connect\", \"message\" or \"close\", got open"
    );
    assert_eq!(fails("server.accept()"), "main.lua:1: server.accept: function expected, got nil");
}

#[test]
fn many_lines_are_served_at_a_time() {
    let mut served =
        Served::new("server.accept(function(c) while c:send((select(2, c:recv()))) do end end)");
    let lines: Vec<LineId> = (0..1000).map(|n| served.call(n)).collect();
    assert!(served.heard().is_empty());
    for line in &lines {
        served.say(*line, "x");
        served.pass(Duration::from_millis(1));
    }
    let heard = served.heard();
    let other = heard.iter().find(|line| !line.ends_with(" < x"));
    assert_eq!((heard.len(), other), (1000, None));
    assert_eq!(lines[999].socket.0, 999);
}

#[test]
fn a_script_that_calls_others_has_no_server() {
    let project = Project::from_files([("main.lua", "print(server)")]);
    let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    assert_eq!(device.poll_output(), Output::Print(b"nil".to_vec()));
}
