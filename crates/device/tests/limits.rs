//! Scripts that never let go, or take all memory: only their own device ends, and says where.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::{
    Device, Input, Instant, NoticeKind, Output, Power, Profile, Project, RestartCause, Sharing,
    Stuck, TURN_INSTRUCTIONS_MAX, Vm,
};
use std::rc::Rc;
use std::time::Duration;

/// What a device said until it restarted, and why it did; nothing where it did not within a minute.
fn run(main: &str, sharing: Sharing, profile: Profile) -> (Vec<String>, Option<RestartCause>) {
    run_in(&vm_of(main, sharing), profile)
}

fn vm_of(main: &str, sharing: Sharing) -> Rc<Vm> {
    let vm = Vm::new(Project::from_files([("main.lua", main)]).into(), sharing).unwrap();
    vm.limit_turns(TURN_INSTRUCTIONS_MAX / 20);
    vm
}

fn run_in(vm: &Rc<Vm>, profile: Profile) -> (Vec<String>, Option<RestartCause>) {
    follow(Device::power_on(Instant::ZERO, vm, Power { profile, ..Power::default() }))
}

fn follow(mut device: Device) -> (Vec<String>, Option<RestartCause>) {
    let mut lines = Vec::new();
    loop {
        match device.poll_output() {
            Output::Print(line) => lines.push(String::from_utf8_lossy(&line).into_owned()),
            Output::Notice(notice) => lines.push(format!("{:?} {:?}", notice.kind, notice.detail)),
            Output::Restarting(cause) => return (lines, Some(cause)),
            Output::Idle(Some(at)) if at <= Instant::from_millis(60_000) => {
                device.handle_input(at, Input::Timeout);
            }
            Output::Modem(_) => {}
            Output::PoweredOff | Output::Idle(_) => return (lines, None),
        }
    }
}

fn stuck(main: &str, sharing: Sharing) -> Stuck {
    match run(main, sharing, Profile::AIR724UG) {
        (_, Some(RestartCause::Stuck(stuck))) => stuck,
        other => panic!("{sharing:?}: {main}\n{other:?}"),
    }
}

/// Ways to spin, and to hold on to it; each is the script's third line.
const SPINS: [&str; 12] = [
    "while true do end",
    "repeat pcall(function() while true do end end) until false",
    "repeat pcall(pcall, function() while true do end end) until false",
    "repeat xpcall(function() while true do end end, function() while true do end end) until false",
    "repeat xpcall(function() error('x') end, function() while true do end end) until false",
    "repeat coroutine.resume(coroutine.create(function() while true do end end)) until false",
    "repeat pcall(coroutine.wrap(function() while true do end end)) until false",
    "repeat coroutine.wrap(function() for _ = 1, 900 do end end)() until false",
    "sys.taskInit(function() while true do end end)",
    "repeat sys.taskInit(function() end) until false",
    "local function f() sys.publish('X') end sys.subscribe('X', f) f() sys.init(0, 0) sys.run()",
    "repeat pcall(string.gsub, 'x', '.', function() while true do end end) until false",
];

#[test]
fn whoever_does_not_let_go_is_thrown_out_and_told_where() {
    for spin in SPINS {
        let main = format!("PROJECT, VERSION = 'T', '1'\nrequire 'sys'\n{spin}\n");
        for sharing in [Sharing::Alone, Sharing::Shared] {
            let stuck = stuck(&main, sharing);
            assert_eq!(stuck.place.unwrap().to_string(), "main.lua:3", "{spin}");
            assert!(stuck.traceback.contains("main.lua:3"), "{}", stuck.traceback);
        }
    }
}

#[test]
fn the_same_script_is_stuck_at_the_same_instruction_each_time() {
    let main = "n = 0\nwhile true do n = n + 1\nif n % 300007 == 0 then print(n)\nend end";
    let [first, second] = [(); 2].map(|()| run(main, Sharing::Alone, Profile::AIR724UG));
    assert!(first.0.len() > 10);
    assert_eq!(first, second);
}

#[test]
fn work_is_not_mistaken_for_a_loop() {
    let work = "local n = 0 for i = 1, 7e6 do n = n + i end print(n)";
    let main = format!("{work}\nrtos.timer_start(1, 10) rtos.receive(0)\n{work} rtos.poweroff()");
    let (lines, end) = run(&main, Sharing::Alone, Profile::AIR724UG);
    assert_eq!((lines.len(), end), (2, None));
}

#[test]
fn what_a_turn_leaves_behind_is_bounded() {
    for spin in [
        "repeat print(('x'):rep(1000)) until false",
        "repeat print() until false",
        "local s = socketcore.sock_conn(0, 'h', 1) repeat socketcore.sock_send(s, ('x'):rep(11200)) until false",
        "repeat socketcore.sock_close(200) until false",
    ] {
        let (lines, end) = run(spin, Sharing::Alone, Profile::AIR724UG);
        assert!(matches!(end, Some(RestartCause::Stuck(_))), "{spin}: {end:?}");
        let bytes: usize = lines.iter().map(|line| line.len() + 24).sum();
        assert!(bytes < 2_000_000, "{spin}: {bytes}");
    }
}

#[test]
fn a_device_that_is_stuck_leaves_its_neighbours_alone() {
    let main = "PROJECT, VERSION = 'T', '1' require 'sys'\nsys.timerLoopStart(print, 1000, 'tick')\n\
                if misc == nil and not first then first = io.open('/first') end\n\
                if first then while true do end end sys.init(0, 0) sys.run()";
    let vm = Vm::new(Project::from_files([("main.lua", main)]).into(), Sharing::Shared).unwrap();
    let good = Device::power_on(Instant::ZERO, &vm, Power::default());
    let mut power = Power::default();
    power.flash.write("/first", b"").unwrap();
    let bad = Device::power_on(Instant::ZERO, &vm, power);
    assert!(matches!(follow(bad).1, Some(RestartCause::Stuck(_))));
    let (lines, end) = follow(good);
    assert_eq!((lines.iter().filter(|line| *line == "tick").count(), end), (60, None));
}

#[test]
fn a_device_that_was_stuck_says_so_when_it_is_asked() {
    let main = "print(rtos.poweron_reason()) if rtos.poweron_reason() == 0 then while true do end end\n\
                rtos.poweroff()";
    let vm = Vm::new(Project::from_files([("main.lua", main)]).into(), Sharing::Alone).unwrap();
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let mut lines = Vec::new();
    while lines.len() < 2 {
        let output = device.poll_output();
        if let Output::Print(line) = output {
            lines.push(line);
        } else if let Output::Idle(at) = output {
            device.handle_input(at.unwrap(), Input::Timeout);
        }
    }
    assert_eq!(lines, [b"0", b"8"]);
}

const LEAK: &str = "local t = {}\nwhile true do t[#t + 1] = { #t } end";

#[test]
fn a_script_that_takes_all_memory_is_told_as_on_the_module() {
    for profile in [Profile::AIR202, Profile::AIR724UG] {
        let (lines, end) = run(LEAK, Sharing::Alone, profile);
        let Some(RestartCause::Error(text)) = end else { panic!("{end:?}") };
        assert!(text.starts_with("not enough memory\n"), "{text}");
        assert!(text.contains("main.lua:2"), "{text}");
        let notice = format!("{:?} [\"{}\"]", NoticeKind::OutOfMemory, profile.heap_bytes);
        assert_eq!(lines, [notice]);
    }
}

#[test]
fn memory_that_is_let_go_of_can_be_used_again() {
    let main = format!(
        "local function leak() {LEAK} end\nfor _ = 1, 5 do print(pcall(leak)) end\n\
         print(pcall(string.rep, 'x', 1e8)) rtos.poweroff()"
    );
    let (lines, end) = run(&main, Sharing::Alone, Profile::AIR202);
    assert_eq!((lines, end), (vec!["false\tnot enough memory".to_owned(); 6], None));
}

/// Lua 5.1 itself would fail here: garbage counts until it is collected. It counts no more where it is
/// collected seldom, though the heap fills within one turn.
#[test]
fn garbage_is_not_mistaken_for_a_full_heap() {
    for garbage in [
        "{ n, n }",
        "('x'):rep(100000) .. n",
        "('x'):rep(300000)",
        "tostring(n)",
        "function() return n end",
        "coroutine.create(print)",
        "table.concat({ ('y'):rep(50000), n, ('z'):rep(50000) })",
    ] {
        // The second time most of the heap is in use.
        let main = format!(
            "local function go(times) for n = 1, times do local g = {garbage} end end\ngo(3000)\n\
             local kept = {{}} while collectgarbage('count') < 2300 do kept[#kept + 1] = ('x'):rep(1000) .. #kept end\n\
             if #kept < 1000 then error(#kept) end go(1000) rtos.poweroff()"
        );
        for is_seldom in [false, true] {
            let vm = vm_of(&main, Sharing::Alone);
            if is_seldom {
                vm.collect_seldom();
            }
            let (lines, end) = run_in(&vm, Profile::AIR724UG);
            assert_eq!((lines, end), (vec![], None), "{garbage}, seldom: {is_seldom}");
        }
    }
}

/// What is used is what is told to scripts, so garbage shows in it.
#[test]
fn garbage_is_collected_seldom_where_that_is_asked_for_also_after_a_restart() {
    let main = "local most = 0 for n = 1, 1e5 do local g = { n } most = math.max(most, collectgarbage('count')) end\n\
                print(most) rtos.restart('again') rtos.receive(0)";
    let [often, seldom] = [false, true].map(|is_seldom| {
        let vm = vm_of(main, Sharing::Alone);
        if is_seldom {
            vm.collect_seldom();
        }
        let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
        let mut most = Vec::new();
        while most.len() < 2 {
            match device.poll_output() {
                Output::Print(line) => {
                    most.push(String::from_utf8_lossy(&line).parse::<f64>().unwrap());
                }
                Output::Idle(at) => device.handle_input(at.unwrap(), Input::Timeout),
                Output::Modem(_) | Output::Restarting(_) => {}
                other @ (Output::Notice(_) | Output::PoweredOff) => panic!("{other:?}"),
            }
        }
        most
    });
    for (often, seldom) in often.into_iter().zip(seldom) {
        assert!(seldom > often * 1.2, "{seldom} after {often}");
    }
}

#[test]
fn a_task_that_takes_all_memory_ends_alone() {
    let main = format!(
        "PROJECT, VERSION = 'T', '1' require 'sys'\nsys.taskInit(function()\n{LEAK} end)\n\
         sys.timerStart(function() print('alive') end, 1000) sys.init(0, 0) sys.run()"
    );
    let (lines, end) = run(&main, Sharing::Alone, Profile::AIR724UG);
    assert_eq!(end, None, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("not enough memory")), "{lines:?}");
    assert!(lines.iter().any(|line| line == "alive"), "{lines:?}");
}

/// The library's dog bites a loop of the script's own, and no other.
#[test]
fn a_loop_that_does_not_feed_the_soft_dog_is_ended() {
    let own_loop = "require 'sys' while true do rtos.timer_start(1, 1000) rtos.receive(0) end";
    let (_, end) = run(own_loop, Sharing::Alone, Profile::AIR724UG);
    assert_eq!(end, Some(RestartCause::SoftDog(Duration::from_secs(60))));
    let (_, end) = run(own_loop, Sharing::Alone, Profile::AIR202);
    assert_eq!(end, None);
    let fed = own_loop.replace("rtos.receive(0)", "rtos.receive(0) rtos.eatSoftDog()");
    assert_eq!(run(&fed, Sharing::Alone, Profile::AIR724UG).1, None);
}

#[test]
fn a_profile_without_limits_has_none() {
    let main = "local t = {} for i = 1, 200 do t[i] = ('x'):rep(100000) .. i end\n\
                for i = 0, 199 do assert(socketcore.sock_conn(0, 'h', 1) == i) end\n\
                assert(io.open('/' .. ('p'):rep(200), 'w')) rtos.poweroff()";
    assert_eq!(run(main, Sharing::Alone, Profile::NONE), (vec![], None));
    assert!(run(main, Sharing::Alone, Profile::AIR724UG).1.is_some());
}

/// Lua's own would write a line for each level, for minutes and in C, where nobody counts.
#[test]
fn a_traceback_from_nowhere_ends() {
    let main = "for _, level in ipairs({ -1, -2 ^ 31, -1e308, 0 / 0, 1e308, 2 ^ 31 }) do\n\
                assert(#debug.traceback('x', level) < 1000)\n\
                assert(#debug.traceback(coroutine.create(print), 'x', level) < 1000) end\n\
                assert(debug.traceback('x'):find('main.lua:4', 1, true))\n\
                assert(debug.traceback('x', 1):find('main.lua:5', 1, true)) rtos.poweroff()";
    assert_eq!(run(main, Sharing::Alone, Profile::AIR724UG), (vec![], None));
}
