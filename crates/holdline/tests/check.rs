//! `holdline check`: every kind of finding, what is sound, and sources that mean harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, Project, ended, holdline};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A main file that is right, with `body` before the start.
fn main_with(body: &str) -> String {
    format!(
        "PROJECT, VERSION = \"T\", \"1.0.0\"\nrequire \"sys\"\n{body}\nsys.init(0, 0)\nsys.run()\n"
    )
}

/// `holdline check` on a folder with these files.
fn check(files: &[(&str, &[u8])], flags: &[&str]) -> Ended {
    let project = Project::new(files);
    let path = project.path().display().to_string();
    let mut end = ended(holdline(&["check"]).args(flags).arg(&path));
    end.stdout = end.stdout.replace(&format!("{path}/"), "");
    end
}

/// Each finding as `file:line:column code`, in order.
fn found(files: &[(&str, &[u8])]) -> Vec<String> {
    let end = check(files, &["--json"]);
    assert_eq!(end.stderr, "", "{files:?}");
    let findings: Vec<Value> =
        end.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(end.code, Some(i32::from(!findings.is_empty())), "{}", end.stdout);
    let place = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        format!("{}:{}:{} {}", text("file"), finding["line"], finding["column"], text("code"))
    };
    findings.iter().map(place).collect()
}

/// Findings in a right main file with this body, whose first line is 3.
fn in_main(body: &str) -> Vec<String> {
    found(&[("main.lua", main_with(body).as_bytes())])
}

/// What and instead of the only finding.
fn words(body: &str, lang: &str) -> [String; 2] {
    let main = main_with(body);
    let end = check(&[("main.lua", main.as_bytes())], &["--json", "--lang", lang]);
    let finding: Value = serde_json::from_str(end.stdout.trim()).unwrap();
    ["what", "instead"].map(|name| finding[name].as_str().unwrap().to_owned())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn a_finding_has_its_place_its_line_and_the_way_out() {
    let end =
        check(&[("main.lua", main_with("print(\"位置\", sys.timerstart(f, 5))").as_bytes())], &[]);
    let expected = r#"main.lua:3:17: unknown-field: there is no `sys.timerstart`
 3 | print("位置", sys.timerstart(f, 5))
   |                   ^^^^^^^^^^
   = instead: did you mean `sys.timerStart`?

main.lua:3:28: unknown-global: `f` is nil here: no file of the project makes it, and the module has no such name
 3 | print("位置", sys.timerstart(f, 5))
   |                              ^
   = instead: define it before it is used, or take it out

faults found: 2, files read: 1
"#;
    assert_eq!((end.code, end.stdout.as_str(), end.stderr.as_str()), (Some(1), expected, ""));
}

#[test]
fn a_sound_project_takes_one_line() {
    let end = check(&[("main.lua", main_with("").as_bytes())], &[]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), "no faults found, files read: 1\n"));
    let end = check(&[("main.lua", main_with("").as_bytes())], &["--lang", "zh"]);
    assert_eq!(end.stdout, "没有发现问题，共检查 1 个文件\n");
    let end = check(&[("main.lua", main_with("").as_bytes())], &["--json"]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), ""));
}

#[test]
fn what_cannot_be_checked_is_exit_code_2() {
    for files in [&[("a.lua", &b"x"[..])][..], &[("main.lua", b"\x1bLua")]] {
        let end = check(files, &[]);
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
        assert!(end.stderr.starts_with("holdline: cannot load project"), "{}", end.stderr);
        assert!(end.stderr.contains("\nhint: "), "{}", end.stderr);
    }
    let end = ended(&mut holdline(&["check", "/no/such/place"]));
    assert_eq!(end.code, Some(2));
}

#[test]
fn every_example_is_sound() {
    let mut waiting = vec![root().join("examples"), root().join("crates/device/tests/tutorial")];
    let mut folders = Vec::new();
    while let Some(folder) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        waiting.extend(entries.filter(|path| path.is_dir()));
        folders.extend(folder.join("main.lua").exists().then_some(folder));
    }
    assert!(folders.len() > 5);
    for folder in folders {
        let end = ended(&mut holdline(&["check", &folder.display().to_string()]));
        assert_eq!((end.code, end.stdout.lines().count()), (Some(0), 1), "{}", end.stdout);
    }
}

/// The order of the tutorial as it was printed: what hears of the line stands above the two local
/// functions that it calls.
const PRINTED: &str = r#"module(...,package.seeall)
require"socket"
local linksta,conning
local function print(...)
    _G.print("test",...)
end
function connect()
    socket.connect(1,"TCP","server",9999,ntfy,rcv)
    conning = true
end
function ntfy(idx,evt,result,item)
    if evt == "CONNECT" then
        conning = false
        if result then
            linksta = true
            sys.timer_stop(reconn)
        else
            sys.timer_start(reconn,5000)
        end
    elseif evt == "SEND" then
        if item then sndcb(item,result) end
    else
        linksta = false
        reconn()
    end
end
function rcv(idx,data)
    print("rcv",data)
end
local function sndcb(item,result)
    print("sndcb",item.para,result)
end
local function reconn()
    if conning then return end
    link.shut()
    connect()
end
sys.timer_start(connect,2000)
"#;

#[test]
fn both_faults_of_the_printed_tutorial_are_found() {
    let main = "MODULE_TYPE = \"Air202\"\nPROJECT = \"P\"\nVERSION = \"1.0.0\"\nrequire\"sys\"\n\
        require\"test\"\nif MODULE_TYPE==\"Air201\" then\nrequire\"wdt\"\nend\nsys.init(0,0)\nsys.run()\n";
    let files = [("main.lua", main.as_bytes()), ("test.lua", PRINTED.as_bytes())];
    assert_eq!(
        found(&files),
        ["test.lua:16:28 used-before-local", "test.lua:21:22 used-before-local"]
    );
    let end = check(&files, &[]);
    for says in
        ["`reconn` is nil here", "in line 33", "also at 18:29, 24:9", "`sndcb`", "in line 30"]
    {
        assert!(end.stdout.contains(says), "{says}: {}", end.stdout);
    }
    // In the order that runs there is nothing to find.
    let (above, below) = PRINTED.split_once("function connect()").unwrap();
    let (middle, locals) = below.split_once("local function sndcb").unwrap();
    let (locals, timer) = locals.split_once("sys.timer_start(connect").unwrap();
    let right = format!(
        "{above}local function sndcb{locals}function connect(){middle}sys.timer_start(connect{timer}"
    );
    assert_eq!(found(&[("main.lua", main.as_bytes()), ("test.lua", right.as_bytes())]), [""; 0]);
}

#[test]
fn the_first_half_of_the_tutorial_alone_is_no_program() {
    let main = PRINTED.replace("module(...,package.seeall)", "");
    let found = found(&[("main.lua", main.as_bytes())]);
    assert_eq!(found.last().unwrap(), "main.lua:38:1 no-run");
}

#[test]
fn a_local_is_unknown_above_its_own_line() {
    let own = "local go = function(n) return go(n - 1) end\ngo(1)";
    assert_eq!(in_main(own), ["main.lua:3:31 used-before-local"]);
    assert_eq!(words(own, "en")[1], "`local function go(...)`");
    assert_eq!(in_main("do f() end\nlocal f = 1"), ["main.lua:3:4 used-before-local"]);
    let sound = [
        "local print = print\nprint(1)",
        "local function go(n) return n and go() end\ngo(1)",
        "local go\nfunction go() end\ngo()",
        "print(1)\nlocal function print() end\nprint()",
        "do local f = 1 print(f) end\nlocal f = 2\nprint(f)",
        "f = 1\nprint(f)\nlocal f = 2\nprint(f)",
        "local cfg = cfg or {}\nprint(cfg)",
    ];
    for body in sound {
        assert_eq!(in_main(body), [""; 0], "{body}");
    }
}

#[test]
fn an_unknown_global_is_told_with_the_nearest_name() {
    assert_eq!(in_main("prnit(1)\nprnit(2)"), ["main.lua:3:1 unknown-global"]);
    assert_eq!(words("prnit(1)", "en")[1], "did you mean `print`?");
    assert_eq!(words("prnit(1)", "zh")[1], "是否想写 `print`？");
    assert_eq!(
        words("local recount = 1\nprint(recuont, recount)", "en")[1],
        "did you mean `recount`?"
    );
    assert_eq!(in_main("socket.tcp()")[0], "main.lua:3:1 not-required");
    assert_eq!(in_main("adc.open(1)"), ["main.lua:3:1 not-supported"]);
}

#[test]
fn a_global_that_may_be_made_is_not_told() {
    let sound = [
        "x = 1\nprint(x)",
        "function f() y = 1 end\nprint(y)",
        "_G.z = 1\nprint(z)",
        "_G['z'] = 1\nprint(z)",
        "rawset(_G, 'z', 1)\nprint(z)",
        "if debugging then debugging() end",
        "local port = given_port or 80\nprint(port)",
        "print(nowhere == nil and 1 or nowhere)",
        "loadstring('q = 1')() print(q)",
        "setfenv(1, setmetatable({}, {__index = _G})) print(q)",
        "for k, v in pairs({}) do _G[k] = v end print(q)",
        "function f(...) print(arg.n) end",
        "print(type(unheard))",
        "LOG_LEVEL = log.LOGLEVEL_TRACE",
    ];
    for body in sound {
        assert_eq!(in_main(body), [""; 0], "{body}");
    }
}

#[test]
fn names_of_modules_are_seen_through_their_module() {
    let main = main_with(
        "require 'test'\ntest.go()\ntest.hidden()\ntest.gone()\ngo()\nbare.f()\nrequire 'bare'",
    );
    let test = b"module(..., package.seeall)\nfunction go() print(helper, _M._NAME) end\nhelper = 1\nlocal function hidden() end\nhidden()";
    let files: [(&str, &[u8]); 3] =
        [("main.lua", main.as_bytes()), ("test.lua", test), ("bare.lua", b"function f() end")];
    let expected = [
        "main.lua:5:6 local-of-module",
        "main.lua:6:6 unknown-field",
        "main.lua:7:1 of-another-module",
        "main.lua:8:1 not-a-module",
    ];
    assert_eq!(found(&files), expected);
    let sound = main_with(
        "require 'test'\ntest.extra = print\ntest.extra()\ntest.print(1)\nif test.maybe then test.maybe() end",
    );
    assert_eq!(found(&[("main.lua", sound.as_bytes()), ("test.lua", test)]), [""; 0]);
}

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

#[test]
fn files_that_cannot_be_required_are_told() {
    let with = |body: &str, more: &[(&'static str, &'static [u8])]| {
        let main = main_with(body);
        let mut files = vec![("main.lua", main.as_bytes())];
        files.extend_from_slice(more);
        (found(&files), check(&files, &[]).stdout)
    };
    let (found, text) = with("require 'tset'", &[("test.lua", b"")]);
    assert_eq!(found, ["main.lua:3:1 no-such-file"]);
    assert!(text.contains("did you mean `require \"test\"`?"), "{text}");
    let (found, text) = with("require 'Test'", &[("test.lua", b"")]);
    assert_eq!(found, ["main.lua:3:1 wrong-case"]);
    assert!(text.contains("= instead: `require \"test\"`"), "{text}");
    assert_eq!(with("require 'aLiYun'", &[]).0, ["main.lua:3:1 no-such-library"]);
    assert_eq!(with("require 'old'", &[("old.luac", b"\x1bLua")]).0, ["main.lua:3:1 compiled"]);
    assert_eq!(with("require 'test.lua'", &[("test.lua", b"")]).0, ["main.lua:3:1 no-such-file"]);
    assert_eq!(with("package.loaded.made = {}\nrequire 'made'", &[]).0, [""; 0]);
    assert_eq!(with("require(PROJECT)\nrequire 'test'", &[("test.lua", b"")]).0, [""; 0]);
    assert_eq!(with("pcall(require, 'maybe')", &[]).0, [""; 0]);
}

#[test]
fn files_that_require_each_other_are_told_unless_they_are_modules() {
    let main = main_with("require 'a'");
    let of = |a: &str, b: &str| {
        let files = [("main.lua", main.as_str()), ("a.lua", a), ("b.lua", b)];
        found(&files.map(|(name, text)| (name, text.as_bytes())))
    };
    assert_eq!(of("require 'b'", "local a = require 'a'"), ["b.lua:1:11 require-loop"]);
    assert_eq!(of("module(..., package.seeall)\nrequire 'b'", "require 'a'"), [""; 0]);
    assert_eq!(
        of("require 'b'\nmodule(..., package.seeall)", "require 'a'"),
        ["b.lua:1:1 require-loop"]
    );
    assert_eq!(of("require 'b'", "function f() require 'a' end"), [""; 0]);
    assert_eq!(of("", "require 'b'"), [""; 0]);
}

#[test]
fn a_main_file_has_its_parts_in_order() {
    let of = |main: &str| found(&[("main.lua", main.as_bytes())]);
    let start = "require 'sys'\nsys.init(0, 0)\nsys.run()\n";
    let expected = ["main.lua:2:5 undefined-project"; 2];
    assert_eq!(of(start), expected);
    let late = format!("VERSION = '1'\n{start}PROJECT = 'P'");
    assert_eq!(of(&late), ["main.lua:5:1 undefined-project", "main.lua:5:1 after-run"]);
    assert_eq!(
        of("PROJECT, VERSION = 'P', '1'\nrequire 'sys'\nsys.run()"),
        ["main.lua:3:1 no-init"]
    );
    assert_eq!(of("print(1)"), ["main.lua:1:1 no-run"]);
    assert_eq!(of("while true do rtos.receive(0) end"), [""; 0]);
    assert_eq!(
        of(&format!("PROJECT, VERSION = 'P', '1' {start}print(1)\nprint(2)")),
        ["main.lua:4:1 after-run"]
    );
    let config = b"module(..., package.seeall)\nPROJECT, VERSION = 'P', '1'";
    let main = format!("require 'config'\n{start}");
    let files = [("main.lua", main.as_bytes()), ("config.lua", config)];
    assert_eq!(found(&files), ["main.lua:3:5 undefined-project"; 2]);
    let files = [("main.lua", main.as_bytes()), ("config.lua", b"PROJECT, VERSION = 'P', '1'")];
    assert_eq!(found(&files), [""; 0]);
}

/// A file of a lab's port has what such a file is given, and needs no start.
#[test]
fn a_file_that_answers_is_checked_as_one() {
    for name in ["answer.lua", "talk.lua"] {
        let file = root().join("examples/answers").join(name).display().to_string();
        let end = ended(&mut holdline(&["check", &file]));
        assert_eq!((end.code, end.stdout.lines().count()), (Some(0), 1), "{}", end.stdout);
    }
    let of = |main: &str| found(&[("main.lua", main.as_bytes())]);
    let calls = "server.on('close', function(c) log.info('a', c.id) end)\n";
    assert_eq!(of(&format!("{calls}sys.wait(1)")), ["main.lua:2:5 wait-outside-task"]);
    assert_eq!(of(&format!("{calls}misc.getImei()")), ["main.lua:2:1 not-required"]);
    let own = format!("server = {{}}\nfunction server.on(...) end\n{calls}");
    assert_eq!(of(&own), ["main.lua:3:1 no-run", "main.lua:3:32 not-required"]);
}

#[test]
fn encodings_are_told() {
    let main = main_with("require 'a' require 'b'");
    let of =
        |a: &[u8], b: &[u8]| found(&[("main.lua", main.as_bytes()), ("a.lua", a), ("b.lua", b)]);
    assert_eq!(of(b"\xEF\xBB\xBFx = 1", b""), ["a.lua:1:1 byte-order-mark"]);
    assert_eq!(of(b"x = '\xFF\xFE'", b""), ["a.lua:1:6 bad-bytes"]);
    let (gbk, utf8): (&[u8], &[u8]) = (b"x = '\xCE\xBB\xD6\xC3'", "y = '位置'".as_bytes());
    assert_eq!(of(gbk, gbk), [""; 0]);
    assert_eq!(of(utf8, utf8), [""; 0]);
    assert_eq!(of(gbk, utf8).len(), 1);
    assert_eq!(of(&[gbk, b"\n", utf8, b"\n", gbk].concat(), b""), ["a.lua:2:6 mixed-lines"]);
    assert_eq!(of(b"-- \xCE\xBB\xD6\xC3", "-- 位置".as_bytes()), [""; 0]);
    assert_eq!(of(b"x = '\xD5\x5Cn'", b""), ["a.lua:1:6 gbk-backslash"]);
    assert_eq!(of(b"x = '\\x41\\x42'", b""), ["a.lua:1:6 hex-escape"]);
    assert_eq!(
        of("print（1）\r\nx = 变".as_bytes(), b""),
        ["a.lua:1:6 full-width", "a.lua:1:8 full-width", "a.lua:2:5 not-ascii"]
    );
}

#[test]
fn syntax_errors_are_told_with_their_place_and_by_their_name() {
    let of = |text: &str| {
        let main = main_with("require 'a'");
        found(&[("main.lua", main.as_bytes()), ("a.lua", text.as_bytes())])
    };
    for (text, expected) in [
        ("x = = 1", "a.lua:1:5 syntax"),
        ("if x != 1 then end", "a.lua:1:6 syntax"),
        ("function f()\n  if x then\nend\ny = 1", "a.lua:2:3 syntax"),
        ("do\nfunction f() end", "a.lua:1:1 syntax"),
        ("x = (1 + 2\ny = 3", "a.lua:2:1 syntax"),
        ("x = 'open\ny = 1", "a.lua:1:5 syntax"),
        ("x = 1 end", "a.lua:1:7 syntax"),
        ("if x do end", "a.lua:1:6 syntax"),
        ("goto out\n::out::", "a.lua:1:1 newer-lua"),
        ("x = `a`", "a.lua:1:5 syntax"),
        ("x = 7 // 2", "a.lua:1:7 newer-lua"),
        ("x = 7 & 2", "a.lua:1:7 newer-lua"),
        ("x = '\\u{41}'", "a.lua:1:6 newer-lua"),
        ("local x <const> = 1", "a.lua:1:9 newer-lua"),
    ] {
        assert_eq!(of(text).first().map(String::as_str), Some(expected), "{text}: {:?}", of(text));
    }
    let several = "x = = 1\nfunction f()\n  foo(\nend\nlocal q != 3\ny = 5 +";
    let lines: Vec<_> =
        of(several).iter().map(|f| f.split(':').nth(1).unwrap().to_owned()).collect();
    assert!(lines.contains(&"1".to_owned()) && lines.contains(&"5".to_owned()), "{lines:?}");
    // What such a file makes is not known, so its names are not missed elsewhere.
    let main = main_with("require 'a'\nhelper()");
    let files = [("main.lua", main.as_bytes()), ("a.lua", b"function helper() x = = 1 end")];
    assert_eq!(found(&files), ["a.lua:1:23 syntax"]);
}

#[test]
fn one_file_is_checked_with_what_it_requires() {
    let project = Project::new(&[
        ("demo.lua", main_with("require 'used'").as_bytes()),
        ("used.lua", b"prnit(1)"),
        ("other.lua", b"x = = 1"),
    ]);
    let path = project.path().join("demo.lua").display().to_string();
    let end = ended(&mut holdline(&["check", &path, "--color=always"]));
    assert_eq!(end.code, Some(1));
    assert!(
        end.stdout.contains("used.lua:1:1") && end.stdout.contains("\x1b[31m"),
        "{}",
        end.stdout
    );
    assert!(!end.stdout.contains("other.lua"), "{}", end.stdout);
    let folder = ended(&mut holdline(&["check", "--color=never", &path]));
    assert!(!folder.stdout.contains('\x1b'));
}

#[test]
fn library_folders_are_read_and_nothing_is_told_of_them() {
    let project = Project::main(&main_with("require 'mine'\nmine.go()\nmine.gone()"));
    let library =
        Project::new(&[("mine.lua", b"module(..., package.seeall)\nfunction go() prnit() end")]);
    let folder = library.path().display().to_string();
    let path = project.path().display().to_string();
    let end = ended(&mut holdline(&["check", &path, "--lib", &folder, "--json"]));
    assert_eq!((end.code, end.stdout.as_str()), (Some(0), ""));
    assert_eq!(ended(&mut holdline(&["check", &path])).code, Some(1));
}

#[test]
fn sources_that_mean_harm_end_in_findings() {
    let deep = |open: &str, count: usize| format!("x = {}", open.repeat(count)).into_bytes();
    let cases: [(Vec<u8>, &str); 12] = [
        (vec![b'x'; 10 * 1024 * 1024], "too-large"),
        (deep("(", 100_000), "too-deep"),
        (deep("{", 100_000), "too-deep"),
        (deep("function() x = ", 50_000), "too-deep"),
        (deep("not ", 100_000), "too-deep"),
        (deep("-", 300_000), ""),
        (deep("1 .. ", 100_000), "too-deep"),
        (deep("1 + ", 100_000), "too-long"),
        ("if x then ".repeat(50_000).into_bytes(), "too-deep"),
        ("[[".repeat(100_000).into_bytes(), "syntax"),
        ((0..600_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect(), ""),
        ("local x = 1 x() ".repeat(60_000).into_bytes(), "too-many-locals"),
    ];
    for (bytes, code) in cases {
        let main = main_with("require 'a'");
        let end = check(&[("main.lua", main.as_bytes()), ("a.lua", &bytes)], &["--json"]);
        assert!(matches!(end.code, Some(0 | 1)) && end.stderr.is_empty(), "{code}: {}", end.stderr);
        assert!(end.stdout.contains(&format!("\"code\":\"{code}")), "{code}: {}", end.stdout);
    }
}

/// The files of an example: parts begin with `-- name.lua`; without one it is a main file's body.
fn example_files(text: &str) -> Vec<(String, String)> {
    if !text.starts_with("-- main.lua\n") {
        return vec![("main.lua".to_owned(), main_with(text))];
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("-- ").filter(|name| name.ends_with(".lua")), files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, body))) => body.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    files
}

#[test]
fn the_page_lists_every_finding_with_an_example_that_shows_it() {
    let page = std::fs::read_to_string(root().join("docs/check.md")).unwrap();
    let source =
        std::fs::read_to_string(root().join("crates/holdline/src/check/fault.rs")).unwrap();
    let codes: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_suffix("\",")?.split_once("=> \""))
        .map(|(_, code)| code)
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("\n### `{code}`\n")), "docs/check.md lacks `{code}`");
    }
    let mut shown = 0;
    for section in page.split("\n### `").skip(1) {
        let (code, body) = section.split_once("`\n").unwrap();
        let Some((_, rest)) = body.split_once("```lua\n") else { continue };
        let (example, _) = rest.split_once("```").unwrap();
        let files = example_files(example);
        let files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_bytes())).collect();
        let found = found(&files);
        assert!(
            !found.is_empty() && found.iter().all(|f| f.ends_with(&format!(" {code}"))),
            "{code}: {found:?}"
        );
        shown += 1;
    }
    assert!(shown >= 25, "{shown}");
}
