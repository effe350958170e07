//! A script between two doors: boot, tasks, timers, modules, errors and restarts.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{Device, Input, Instant, Output, Power, Project, RestartCause, Sharing, Vm};

/// Powers a device on and runs it for `seconds`, without a network answer; every line it prints.
fn run(files: &[(&str, &str)], seconds: u64) -> Vec<String> {
    let both = [Sharing::Alone, Sharing::Shared].map(|sharing| run_in(sharing, files, seconds));
    assert_eq!(both[0], both[1], "a script cannot tell whether it is alone");
    both.into_iter().next().unwrap()
}

fn run_in(sharing: Sharing, files: &[(&str, &str)], seconds: u64) -> Vec<String> {
    let vm = Vm::new(Project::from_files(files.iter().copied()).into(), sharing).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let (mut lines, end) = (Vec::new(), Instant::from_millis(seconds * 1000));
    loop {
        match device.poll_output() {
            Output::Print(line) => lines.push(String::from_utf8_lossy(&line).into_owned()),
            Output::Restarting(RestartCause::Asked(why)) => lines.push(format!("restart {why}")),
            Output::Restarting(
                cause @ (RestartCause::Stuck(_)
                | RestartCause::SoftDog(_)
                | RestartCause::Fault(_)
                | RestartCause::PowerCut),
            ) => {
                lines.push(format!("{cause:?}"));
            }
            Output::Restarting(RestartCause::Error(why)) => {
                lines.push(format!("error {}", why.lines().next().unwrap_or_default()));
            }
            Output::Notice(notice) => lines.push(format!("notice {:?}", notice.kind)),
            Output::PoweredOff => lines.push("off".to_owned()),
            Output::Modem(_) => {}
            Output::Idle(Some(deadline)) if deadline <= end => {
                device.handle_input(deadline, Input::Timeout);
            }
            Output::Idle(_) => return lines,
        }
    }
}

#[test]
fn tasks_wait_publish_and_wake() {
    let main = r#"
        PROJECT, VERSION = "T", "1.0.0"
        require "sys"
        sys.taskInit(function()
            sys.wait(100)
            print("waited")
            sys.publish("GO", 1, nil, 3)
            print("published", sys.waitUntil("NEVER", 50))
        end)
        sys.taskInit(function() print("until", sys.waitUntil("GO")) end)
        sys.subscribe("GO", function(a, b, c) print("sub", a, b, c) end)
        sys.timerLoopStart(print, 2000, "loop")
        sys.init(0, 0)
        sys.run()
    "#;
    let lines = run(&[("main.lua", main)], 5);
    assert!(lines[0].starts_with("[I]-[poweron reason:]\t0\tT\t1.0.0"), "{lines:?}");
    assert_eq!(
        lines[1..],
        ["waited", "until\ttrue\t1\tnil\t3", "sub\t1\tnil\t3", "published\tfalse", "loop", "loop"]
    );
}

#[test]
fn a_project_brings_what_is_not_here_or_is_told() {
    let main = r#"PROJECT, VERSION = "T", "1.0.0"
        require "sys"
        print(require("mqtt").client(), mqtt.NAME)
        require "audio"
        print(pcall(function() audio.stop() end))
        print(pcall(function() led2.blink() end))
        if disp then disp.init() end
        ttsply.play("x")"#;
    let mqtt =
        "module(..., package.seeall)\nNAME = 'own'\nfunction client() return 'own client' end";
    let lines = run(&[("main.lua", main), ("mqtt.lua", mqtt), ("audio.lua", "audio = nil")], 0);
    let words =
        ["own client\town", "false\tmain.lua:5: attempt to index global 'audio' (a nil value)"];
    assert_eq!(lines[..2], words);
    assert_eq!(lines[2], "false\tmain.lua:6: attempt to index global 'led2' (a nil value)");
    assert_eq!(lines[3], "notice NotSupported");
    assert_eq!(
        lines[4],
        "error main.lua:8: attempt to index global 'ttsply' (a nil value): `ttsply.play` is not \
         supported; docs/api/README.md lists what is"
    );
}

#[test]
fn modules_are_globals_and_see_all() {
    let main = r#"
        PROJECT, VERSION = "T", "1.0.0"
        require "sys"
        require "test"
        require "test"
        print(test.value, package.loaded.test == test, test._NAME, value)
        print(pcall(require, "nowhere"))
        string.extra = function(s) return s .. "!" end
        print(("x"):extra())
        print({} ~= nil, print ~= nil, _G._G == _G)
    "#;
    let test = "\u{feff}module(..., package.seeall)\r\nvalue = 7\r\nprint('loading', PROJECT)\r\n";
    let lines = run(&[("main.lua", main), ("test.lua", test)], 0);
    assert_eq!(
        lines,
        [
            "loading\tT",
            "7\ttrue\ttest\tnil",
            "false\tmodule 'nowhere' not found:\n\tno file '/lua/nowhere.lua'",
            "x!",
            "true\ttrue\ttrue",
            "error the main script ended: `sys.run()` must be its last call"
        ]
    );
}

#[test]
fn an_error_restarts_the_device_and_says_where() {
    let main = "PROJECT, VERSION = 'T', '1'\nrequire 'sys'\n\
        local function go() missing() end\n\
        sys.timer_start(go, 1000)\nsys.init(0, 0)\nsys.run()\nlocal function missing() end";
    let lines = run(&[("main.lua", main)], 2);
    assert_eq!(
        lines[1..3],
        [
            "notice UsedBeforeLocal",
            "error main.lua:3: attempt to call global 'missing' (a nil value)"
        ]
    );
    assert!(lines[4].starts_with("main.lua:3: attempt to call global 'missing'"), "{lines:?}");
}

#[test]
fn restart_never_comes_back_into_the_script() {
    let main = r#"
        PROJECT, VERSION = "T", "1"
        require "sys"
        sys.taskInit(function()
            sys.wait(1000)
            sys.restart("why not")
            print("came back")
        end)
        sys.init(0, 0)
        sys.run()
    "#;
    let lines = run(&[("main.lua", main)], 2);
    assert_eq!(lines[1..3], ["[W]-[sys.restart]\twhy not", "restart why not"]);
    assert!(lines[3].starts_with("[I]-[poweron reason:]\t3"), "{lines:?}");
    assert!(!lines.contains(&"came back".to_owned()));
}

/// Devices in the loop take their turns in one coroutine; a turn that waits keeps it.
#[test]
fn a_callback_may_wait_for_the_next_message_itself() {
    let main = r#"
        PROJECT, VERSION = "T", "1"
        require "sys"
        local from_main = "of main"
        sys.timer_start(function()
            rtos.timer_start(99, 500)
            print("in the callback", rtos.receive(rtos.INF_TIMEOUT))
            print(coroutine.running(), pcall(sys.wait, 1))
            sys.timer_start(print, 100, "after", from_main)
        end, 1000)
        sys.init(0, 0)
        sys.run()
    "#;
    let lines = run(&[("main.lua", main)], 3);
    assert_eq!(lines[1], "in the callback\t1\t99");
    assert!(lines[2].starts_with("nil\tfalse\tattempt to yield"), "{lines:?}");
    assert_eq!(lines[3..], ["after\tof main"]);
}

#[test]
fn code_loaded_in_a_callback_sees_the_script_s_globals() {
    let main = r#"
        PROJECT, VERSION, mine = "T", "1", "mine"
        require "sys"
        sys.timer_start(function()
            print(loadstring("made = mine return mine")(), made, getfenv(0) == _G)
            sys.taskInit(function() print(loadstring("return mine")(), debug.getinfo) end)
        end, 1000)
        sys.init(0, 0)
        sys.run()
    "#;
    assert_eq!(run(&[("main.lua", main)], 2)[1..], ["mine\tmine\ttrue", "mine\tnil"]);
}

#[test]
fn a_device_that_is_gone_leaves_nothing_in_a_shared_state() {
    let main = "PROJECT, VERSION = 'T', '1' require 'sys' kept = {} for i = 1, 5000 do kept[i] = i end sys.init(0, 0) sys.run()";
    let vm = Vm::new(Project::from_files([("main.lua", main)]).into(), Sharing::Shared).unwrap();
    let power_on = || drop(Device::power_on(Instant::ZERO, &vm, Power::default()));
    power_on();
    vm.collect_garbage().unwrap();
    let before = vm.used_bytes();
    (0..20).for_each(|_each| power_on());
    vm.collect_garbage().unwrap();
    assert!(vm.used_bytes() < before + 10_000, "{} after {before}", vm.used_bytes());
}
