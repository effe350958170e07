//! Flight mode under lines of either generation: what scripts hear, and what the server hears.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use expect_test::{Expect, expect};
use holdline_device::Project;
use holdline_modem::Instant;
use holdline_peer::fault::Fault;
use holdline_sim::Sim;

/// Line 1 is in the middle of a send with another queued, line 2 is quiet, line 3 is connecting.
const CALLBACKS: &str = r#"
    require "socket"
    require "net"
    require "misc"
    sys.regapp(function(id, on) print("app", id, on) return true end, "FLYMODE_IND")
    sys.subscribe("FLYMODE", function(on) print("FLYMODE", on) end)
    local function line(id)
        local function heard(_, event, result, item)
            print("line", id, event, result, item and item.para)
            if event == "STATE" then socket.connect(id, "TCP", "server.test", 9999, heard) end
        end
        socket.connect(id, "TCP", "server.test", 9999, heard)
    end
    line(1)
    line(2)
    sys.timer_start(function()
        socket.send(1, "now", "under way")
        socket.send(1, "next", "queued")
        line(3)
    end, 4800)
"#;

/// Three tasks, of which one waits in `recv`, one in `send` and one in `connect`.
const TASKS: &str = r#"
    require "socket"
    require "net"
    require "misc"
    for _, id in ipairs({ "IP_READY_IND", "IP_ERROR_IND", "PDP_DEACT_IND", "GPRS_ATTACH", "FLYMODE", "NET_STATE_UNREGISTER" }) do
        sys.subscribe(id, function(value) print("heard", id, value, link.isReady()) end)
    end
    local function task(name, late, act)
        sys.taskInit(function()
            while true do
                while not link.isReady() do sys.waitUntil("IP_READY_IND") end
                local client = socket.tcp()
                if late > 0 then sys.wait(late) end
                local connected = client:connect("server.test", 9999)
                print("task", name, "connect", connected, client.error)
                if connected then print("task", name, act(client)) end
                client:close()
                print("task", name, "closed", link.isReady())
            end
        end)
    end
    task("recv", 0, function(client) return client:recv() end)
    task("send", 3000, function(client) return client:send("now"), client.error end)
    task("connect", 3800, function(client) return client:recv() end)
"#;

/// What was under way or queued is answered `SEND false`, then every line says `SHUTED`; a connect
/// from there waits for the address.
#[test]
fn every_line_of_callbacks_is_told() {
    let sim = world(
        CALLBACKS,
        "sys.timer_start(misc.setflymode, 5000, true) sys.timer_start(misc.setflymode, 8000, false)",
    );
    check(
        sim,
        12,
        &["line\t", "app", "FLYMODE", "IP", "0>", "0<"],
        expect![[r#"
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | link.connect	0	TCP	server.test	9999	IP INITIAL	false	false
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | link.connect	1	TCP	server.test	9999	IP INITIAL	false	false
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp server.test:9999
        00:00:01.800  0< connected
        00:00:01.800  | line	1	CONNECT	true	nil
        00:00:01.800  | line	2	CONNECT	true	nil
        00:00:04.800  | link.connect	2	TCP	server.test	9999	IP STATUS	false	false
        00:00:04.800  0> "now"
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.000  | line	1	SEND	false	under way
        00:00:05.000  | line	1	SEND	false	queued
        00:00:05.000  | ipstatus:	IP INITIAL
        00:00:05.000  | line	1	STATE	SHUTED	nil
        00:00:05.000  | link.connect	0	TCP	server.test	9999	IP INITIAL	false	false
        00:00:05.000  | line	2	STATE	SHUTED	nil
        00:00:05.000  | link.connect	1	TCP	server.test	9999	IP INITIAL	false	false
        00:00:05.000  | line	3	STATE	SHUTED	nil
        00:00:05.000  | link.connect	2	TCP	server.test	9999	IP INITIAL	false	false
        00:00:05.000  | FLYMODE	true
        00:00:05.000  | app	FLYMODE_IND	true
        00:00:05.100  IP shut
        00:00:08.000  | FLYMODE	false
        00:00:08.000  | app	FLYMODE_IND	false
        00:00:08.700  IP ready
        00:00:08.700  | [I]-[publish IP_READY_IND]
        00:00:08.700  | ipstatus:	IP STATUS
        00:00:08.700  0> connect tcp server.test:9999
        00:00:09.500  0< connected
        00:00:09.500  | line	1	CONNECT	true	nil
        00:00:09.500  | line	2	CONNECT	true	nil
        00:00:09.500  | line	3	CONNECT	true	nil
        00:00:10.000  | link.setupIP:	IP STATUS
    "#]],
    );
}

/// Each call that waits returns `false`, and clients made after the way back work.
#[test]
fn every_waiting_call_of_tasks_returns() {
    let sim = world(
        TASKS,
        "sys.timerStart(net.switchFly, 5000, true) sys.timerStart(net.switchFly, 8000, false)",
    );
    check(
        sim,
        11,
        &["task\t", "heard", "IP", "0>", "0<"],
        expect![[r#"
        00:00:00.800  | heard	GPRS_ATTACH	true	false
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | heard	IP_READY_IND	nil	true
        00:00:01.000  0> connect tcp server.test:9999
        00:00:01.800  0< connected
        00:00:01.800  | task	recv	connect	true	nil
        00:00:04.800  | task	send	connect	true	nil
        00:00:05.000  0> abort
        00:00:05.000  IP lost
        00:00:05.000  | heard	IP_ERROR_IND	nil	false
        00:00:05.000  | task	recv	false	IP_ERROR_IND
        00:00:05.000  | [I]-[socket:send]	send fail	IP_ERROR_IND
        00:00:05.000  | task	send	false	IP_ERROR_IND
        00:00:05.000  | [I]-[socket:connect: connect fail]	IP_ERROR_IND
        00:00:05.000  | task	connect	connect	false	IP_ERROR_IND
        00:00:05.000  | heard	PDP_DEACT_IND	nil	false
        00:00:05.000  | heard	GPRS_ATTACH	false	false
        00:00:05.000  | heard	FLYMODE	true	false
        00:00:05.000  | task	recv	closed	false
        00:00:05.000  | task	send	closed	false
        00:00:05.000  | task	connect	closed	false
        00:00:08.000  | heard	FLYMODE	false	false
        00:00:08.800  | heard	GPRS_ATTACH	true	false
        00:00:09.000  IP ready
        00:00:09.000  | [I]-[publish IP_READY_IND]
        00:00:09.000  | heard	IP_READY_IND	nil	true
        00:00:09.000  0> connect tcp server.test:9999
        00:00:09.800  0< connected
        00:00:09.800  | task	recv	connect	true	nil
    "#]],
    );
}

/// The second call changes nothing: generation A is answered, generation B is not told.
#[test]
fn calling_twice_changes_nothing() {
    let sim = world(
        CALLBACKS,
        "local function twice(fly, on) fly(on) fly(on) end
        sys.timer_start(twice, 2000, misc.setflymode, true) sys.timer_start(twice, 3000, misc.setflymode, false)
        sys.timer_start(twice, 5500, net.switchFly, true) sys.timer_start(twice, 6500, net.switchFly, false)",
    );
    check(
        sim,
        8,
        &["app", "FLYMODE"],
        expect![[r#"
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:02.000  | FLYMODE	true
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:03.000  | app	FLYMODE_IND	false
        00:00:03.000  | FLYMODE	false
        00:00:03.000  | app	FLYMODE_IND	false
        00:00:05.500  | FLYMODE	true
        00:00:05.500  | app	FLYMODE_IND	true
        00:00:06.500  | FLYMODE	false
        00:00:06.500  | app	FLYMODE_IND	false
    "#]],
    );
}

/// Anything but `nil` and `false` is on, and is answered as such.
#[test]
fn what_is_no_boolean_counts_as_lua_counts() {
    let sim = world(
        CALLBACKS,
        "sys.timer_start(function() misc.setflymode(1) misc.setflymode(1) end, 2000)
        sys.timer_start(function() misc.setflymode(nil) misc.setflymode(nil) end, 3000)",
    );
    check(
        sim,
        4,
        &["app", "FLYMODE"],
        expect![[r#"
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:02.000  | FLYMODE	true
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:03.000  | app	FLYMODE_IND	false
        00:00:03.000  | FLYMODE	false
        00:00:03.000  | app	FLYMODE_IND	false
    "#]],
    );
}

/// On, off and on again within one turn stays on, and the way back is as from any flight.
#[test]
fn on_off_on_within_one_turn_is_on() {
    let quick = "sys.timer_start(function() fly(true) fly(false) fly(true) end, 2000)
        sys.timer_start(function() print('flying', net.flyMode, net.getState()) end, 4000)
        sys.timer_start(function() fly(false) fly(true) fly(false) end, 6000)";
    let callbacks = world(CALLBACKS, &format!("local fly = misc.setflymode {quick}"));
    let words = ["line\t1", "app", "heard", "flying", "IP", "connect tcp"];
    check(
        callbacks,
        9,
        &words,
        expect![[r#"
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | link.connect	0	TCP	server.test	9999	IP INITIAL	false	false
        00:00:00.000  | link.setupIP:	IP INITIAL
        00:00:00.000  | link.connect	1	TCP	server.test	9999	IP INITIAL	false	false
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | ipstatus:	IP STATUS
        00:00:01.000  0> connect tcp server.test:9999
        00:00:01.000  1> connect tcp server.test:9999
        00:00:01.800  | line	1	CONNECT	true	nil
        00:00:02.000  IP lost
        00:00:02.000  | ipstatus:	IP INITIAL
        00:00:02.000  | line	1	STATE	SHUTED	nil
        00:00:02.000  | link.connect	0	TCP	server.test	9999	IP INITIAL	false	false
        00:00:02.000  | link.connect	1	TCP	server.test	9999	IP INITIAL	false	false
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:02.000  | app	FLYMODE_IND	false
        00:00:02.000  | app	FLYMODE_IND	true
        00:00:02.100  IP shut
        00:00:04.000  | flying	true	UNREGISTER
        00:00:04.800  | link.setupIP:	IP INITIAL
        00:00:04.800  | link.connect	2	TCP	server.test	9999	IP INITIAL	false	false
        00:00:06.000  | app	FLYMODE_IND	false
        00:00:06.000  | app	FLYMODE_IND	true
        00:00:06.000  | app	FLYMODE_IND	false
        00:00:07.000  IP ready
        00:00:07.000  | [I]-[publish IP_READY_IND]
        00:00:07.000  | ipstatus:	IP STATUS
        00:00:07.000  0> connect tcp server.test:9999
        00:00:07.000  1> connect tcp server.test:9999
        00:00:07.000  2> connect tcp server.test:9999
        00:00:07.000  | link.setupIP:	IP STATUS
        00:00:07.800  | line	1	CONNECT	true	nil
    "#]],
    );
    let tasks = world(TASKS, &format!("local fly = net.switchFly {quick}"));
    check(
        tasks,
        9,
        &["task\trecv", "heard", "flying", "IP"],
        expect![[r#"
        00:00:00.800  | heard	GPRS_ATTACH	true	false
        00:00:01.000  IP ready
        00:00:01.000  | [I]-[publish IP_READY_IND]
        00:00:01.000  | heard	IP_READY_IND	nil	true
        00:00:01.800  | task	recv	connect	true	nil
        00:00:02.000  IP lost
        00:00:02.000  | heard	IP_ERROR_IND	nil	false
        00:00:02.000  | task	recv	false	IP_ERROR_IND
        00:00:02.000  | heard	PDP_DEACT_IND	nil	false
        00:00:02.000  | heard	GPRS_ATTACH	false	false
        00:00:02.000  | heard	FLYMODE	true	false
        00:00:02.000  | heard	FLYMODE	false	false
        00:00:02.000  | heard	FLYMODE	true	false
        00:00:02.000  | task	recv	closed	false
        00:00:04.000  | flying	true	UNREGISTER
        00:00:06.000  | heard	FLYMODE	false	false
        00:00:06.000  | heard	FLYMODE	true	false
        00:00:06.000  | heard	FLYMODE	false	false
        00:00:06.800  | heard	GPRS_ATTACH	true	false
        00:00:07.000  IP ready
        00:00:07.000  | [I]-[publish IP_READY_IND]
        00:00:07.000  | heard	IP_READY_IND	nil	true
        00:00:07.800  | task	recv	connect	true	nil
    "#]],
    );
}

/// A flight that begins before there is an address may last: a connect waits, nothing restarts.
#[test]
fn a_flight_from_boot_on_is_waited_out() {
    let fly = |begins: u32| {
        let plan = format!(
            "sys.timer_start(misc.setflymode, {begins}, true)
            sys.timer_start(misc.setflymode, 300000, false)"
        );
        lines(world(CALLBACKS, &plan), 303, &["line\t2", "restart"])
    };
    // With the card starting, a cell asked, the packet network asked, an address asked.
    let flights = [100, 400, 700, 900].map(fly).join("\n");
    expect![[r#"
        00:05:01.800  | line	2	CONNECT	true	nil

        00:05:01.800  | line	2	CONNECT	true	nil

        00:05:01.800  | line	2	CONNECT	true	nil

        00:05:01.800  | line	2	CONNECT	true	nil
    "#]]
    .assert_eq(&flights);
}

/// So it is with a card that goes while an address is asked for.
#[test]
fn a_card_that_goes_before_the_address_is_waited_for() {
    let mut sim = world(CALLBACKS, "");
    sim.inject(&Fault::parse("at 900ms sim out for 299100ms").unwrap(), None);
    check(
        sim,
        303,
        &["line\t2", "restart"],
        expect![[r#"
        00:05:01.800  | line	2	CONNECT	true	nil
    "#]],
    );
}

/// A radio that is off from the first line on: nothing is lost, so nothing is told but that.
#[test]
fn a_task_from_boot_on_waits_for_the_address() {
    let sim = world(TASKS, "net.switchFly(true) sys.timerStart(net.switchFly, 300000, false)");
    check(
        sim,
        303,
        &["task\trecv", "heard", "IP", "connect tcp"],
        expect![[r#"
        00:00:00.000  | heard	FLYMODE	true	false
        00:05:00.000  | heard	FLYMODE	false	false
        00:05:00.800  | heard	GPRS_ATTACH	true	false
        00:05:01.000  IP ready
        00:05:01.000  | [I]-[publish IP_READY_IND]
        00:05:01.000  | heard	IP_READY_IND	nil	true
        00:05:01.000  0> connect tcp server.test:9999
        00:05:01.800  | task	recv	connect	true	nil
    "#]],
    );
}

fn world(script: &str, plan: &str) -> Sim {
    let main = format!(
        "PROJECT, VERSION = 'FLIGHT', '1.0.0'\nrequire 'sys'\n{script}\n{plan}\nsys.init(0, 0)\nsys.run()\n"
    );
    let mut sim = Sim::new(1);
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim.inject(&Fault::parse("latency 400ms").unwrap(), None);
    sim.server(9999);
    sim
}

fn check(sim: Sim, seconds: u64, words: &[&str], expect: Expect) {
    expect.assert_eq(&lines(sim, seconds, words));
}

/// The lines of the first `seconds` with one of `words` in them.
fn lines(mut sim: Sim, seconds: u64, words: &[&str]) -> String {
    sim.run_until(Instant::from_millis(seconds * 1000));
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    sim.trace().lines().filter(wanted).map(|line| format!("{line}\n")).collect()
}
