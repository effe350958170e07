//! Calls of the script API: names, arguments, and where they may wait.

use super::{found, in_main, main_with, words};

#[test]
fn unknown_names_of_the_api_are_told() {
    assert_eq!(in_main("sys.timerstart(print, 1)"), ["main.lua:3:5 unknown-field"]);
    assert_eq!(in_main("print(rtos.MSG_TIMRE)"), ["main.lua:3:12 unknown-field"]);
    assert_eq!(words("print(rtos.MSG_TIMRE)", "en")[1], "did you mean `rtos.MSG_TIMER`?");
    assert_eq!(in_main("local s = sys\ns.wiat(1)"), ["main.lua:4:3 unknown-field"]);
    assert_eq!(in_main("rtos.sleep(5)"), ["main.lua:3:6 not-supported"]);
    let sound = [
        "if rtos.openSoftDog then rtos.openSoftDog(60000) end",
        "sys.mine = function() end sys.mine()",
        "function string.shout(s) return s end string.shout('x')",
        "do local sys = { wiat = print } sys.wiat(1) end",
        "print(pio.P0_1, pio.pin.setdir, rtos.MSG_TIMER, package.loaded.sys, ('x'):upper())",
    ];
    for body in sound {
        assert_eq!(in_main(body), [""; 0], "{body}");
    }
}

#[test]
fn a_wrong_number_of_arguments_is_told() {
    assert_eq!(in_main("sys.timerStart(print)"), ["main.lua:3:5 too-few-arguments"]);
    assert_eq!(
        in_main("sys.taskInit(function() sys.wait(1, 2) end)"),
        ["main.lua:3:29 too-many-arguments"]
    );
    let [what, _] = words("sys.timerStart(print)", "en");
    assert_eq!(what, "`sys.timerStart` needs at least 2 arguments and has 1 here");
    let sound =
        ["sys.timerStart(unpack({print, 5}))", "local function f(...) sys.timerStart(...) end f()"];
    for body in sound {
        assert_eq!(in_main(body), [""; 0], "{body}");
    }
}

#[test]
fn methods_of_a_client_are_known() {
    let task = |body: &str| {
        let lines = format!(
            "require 'socket'\nsys.taskInit(function()\nlocal c = socket.tcp()\n{body}\nend)"
        );
        in_main(&lines)
    };
    assert_eq!(task("c:conect('a', 1)"), ["main.lua:6:3 unknown-field"]);
    assert_eq!(task("c:connect()"), ["main.lua:6:3 too-few-arguments"]);
    assert_eq!(task("c:connect('a', 1) c:recv() c:send('x') c:close()"), [""; 0]);
    assert_eq!(
        task("c.mine = print c:mine() c = other() c:anything()")[..],
        ["main.lua:6:29 unknown-global"]
    );
}

#[test]
fn waits_outside_a_task_are_told() {
    let outside = [
        "sys.wait(1)",
        "sys.timerStart(function() sys.wait(5) end, 1)",
        "local function later() sys.waitUntil('X') end\nsys.timerLoopStart(later, 5)",
        "local function inner() sys.wait(5) end\nlocal function outer() inner() end\nsys.subscribe('X', outer)",
        "function go() sys.wait(1) end\ngo()",
    ];
    for body in outside {
        let found = in_main(body);
        assert!(found.len() == 1 && found[0].ends_with(" wait-outside-task"), "{body}: {found:?}");
    }
    let inside = [
        "sys.taskInit(function() pcall(function() sys.wait(1) end) end)",
        "sys.taskInit(function() pcall(sys.wait, 1) end)",
        "sys.taskInit(function() table.sort({}, function() sys.wait(1) end) end)",
    ];
    for body in inside {
        let found = in_main(body);
        assert!(found.len() == 1 && found[0].ends_with(" wait-in-call"), "{body}: {found:?}");
    }
    let sockets = [
        "require 'socket'\nsocket.tcp()",
        "require 'socket'\nsys.timerStart(function() socket.udp() end, 5)",
    ];
    for body in sockets {
        let found = in_main(body);
        assert!(
            found.len() == 1 && found[0].ends_with(" socket-outside-task"),
            "{body}: {found:?}"
        );
    }
}

#[test]
fn waits_that_a_task_may_reach_are_not_told() {
    let sound = [
        "sys.taskInit(function() sys.wait(1) end)",
        "local function f() sys.wait(1) end\nsys.taskInit(f)\nsys.timerStart(f, 5)",
        "local function f() sys.wait(1) end\nlocal t = { f }\nsys.timerStart(f, 5)\nprint(t)",
        "local function unused() sys.wait(1) end",
        "local function f() if coroutine.running() then sys.wait(1) end end\nf()",
        "local function f() sys.wait(1) end\nlocal co = coroutine.create(f)\ncoroutine.resume(co)",
        "function f() sys.wait(1) end\nsys.subscribe('X', f)\n_G['f'] = f",
    ];
    for body in sound {
        assert_eq!(in_main(body), [""; 0], "{body}");
    }
    let test = b"module(..., package.seeall)\nfunction go() sys.wait(1) end";
    let task = main_with("require 'test'\nsys.taskInit(test.go)");
    assert_eq!(found(&[("main.lua", task.as_bytes()), ("test.lua", test)]), [""; 0]);
    let file = main_with("require 'test'\ntest.go()");
    let told = found(&[("main.lua", file.as_bytes()), ("test.lua", test)]);
    assert_eq!(told, ["test.lua:2:19 wait-outside-task"]);
}

#[test]
fn a_message_that_goes_round_during_a_send_is_lost() {
    let task = |body: &str| {
        let head = "require 'socket'\nsys.taskInit(function()\nlocal c = socket.tcp()\n";
        in_main(&format!("{head}c:recv(1000, 'OUT')\n{body}\nend)"))
    };
    assert_eq!(task("sys.publish('OUT', 'x')\nc:send('y')"), ["main.lua:7:5 lost-message"]);
    assert_eq!(
        task("sys.publish('OUT', 'x')\nif not c:send('y') then return end"),
        ["main.lua:7:5 lost-message"]
    );
    assert_eq!(task("sys.publish('OUT', 'x')\nc:recv(1000, 'OUT')"), [""; 0]);
    assert_eq!(task("sys.publish('OTHER', 'x')\nc:send('y')"), [""; 0]);
    assert_eq!(task("sys.publish('OUT', 'x')\nprint(1)\nc:recv(1, 'OUT')"), [""; 0]);
}
