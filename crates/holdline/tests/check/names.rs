//! Names that nobody has made, or that are not there yet.

use super::{found, in_main, main_with, words};

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
