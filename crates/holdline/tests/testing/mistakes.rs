//! What is wrong with a test is said at its line, with the way out, in both languages.

use super::{is_wrong, project, run};

#[test]
fn an_unknown_word_has_a_nearest_one() {
    is_wrong("world:runn('5m')", &["no `world:runn`", "did you mean `world:run`?"]);
    is_wrong("expect(server:recieved('x')):never()", &["did you mean `server:received`?"]);
    is_wrong("expect(server:received()):atleast(1)", &["did you mean `expect(...):at_least`?"]);
    is_wrong("expct(server:received()):at_least(1)", &["no `expct`", "did you mean `expect`?"]);
    is_wrong("device:connects()", &["did you mean `server:connects`?"]);
    is_wrong(
        "world:frobnicate()",
        &["`world` knows fault, server, boot, run, run_until, wait_for"],
    );
    is_wrong("server:received('x'):at_least(1)", &["did you mean `expect(...):at_least`?"]);
    is_wrong("io.open('x')", &["no `io`", "reads no files"]);
}

#[test]
fn an_expectation_that_could_not_fail_is_an_error() {
    is_wrong("expect(server:received()):at_least(0)", &["always holds"]);
    is_wrong("expect(server:received())", &["says nothing"]);
    is_wrong("expect(1):equals(1)", &["1 is a value that cannot change"]);
    is_wrong("expect():never()", &["nil is a value"]);
    is_wrong("expect(server:received()):never():since('2m')", &["no time to look at"]);
    is_wrong(
        "expect(server:received()):never():since('30s'):before('20s')",
        &["no time to look at"],
    );
    is_wrong("expect(server:received()):never():before('2m')", &["no time to look at"]);
    is_wrong("expect(server:received()):every('10s'):within('5s')", &["could not fail"]);
    is_wrong("expect(world:server(1):received()):never()", &["no device dialled the server 1,"]);
    is_wrong("expect(world:server(1):connections()):equals(0)", &["no device dialled"]);
    let unopened = ["the script did not open uart 2, so this could not fail"];
    is_wrong("expect(device:uart(2):received('x')):never()", &unopened);
    is_wrong("expect(device:uart(2):received()):equals('')", &unopened);
    is_wrong("expect(device:sockets()):at_most(32)", &["the module has 32 sockets"]);
    is_wrong("expect(device:flash('/x')):contains('')", &["empty text"]);
    is_wrong("expect(server:received('')):never()", &["empty text"]);
}

/// With a fault that never came, a test that passes is the same as one without.
#[test]
fn a_fault_that_does_not_strike_is_an_error() {
    let passes = "world:run('1s') expect(server:received()):at_least(1)";
    for fault in [
        "world:fault('at 2h black hole for 90s')",
        "world:fault('close connects 50')",
        "server:fault('reset after 30000 bytes')",
        "server:fault('close on \"never said\"')",
        "device:fault('at 2h pdp lost')",
        "world:fault('at 2h refuse port 9999')",
    ] {
        let says = ["did not strike until 00:01:01, so this proves nothing of it"];
        is_wrong(&format!("{fault} {passes}"), &says);
    }
    for fault in [
        "world:fault('at 61s black hole up')",
        "server:fault('at 61s refuse')",
        "server:fault('refuse')",
        "server:down()",
        "device:fault('weak signal for 5m')",
        "world:fault('close on \"beat\"') world:run('1m')",
        "server:refuse(3) server:close() world:run('1m')",
    ] {
        super::passes(&format!("{fault} {passes}"));
    }
}

#[test]
fn nothing_is_expected_before_time_has_passed() {
    let test = "test('it', function(world)\nlocal server = world:server(9999)\nworld:boot()\n\
                expect(server:received()):never()\nend)";
    let end = run(&project(test), &[]);
    assert_eq!(end.code, Some(2));
    assert!(end.stdout.contains("it.lua:4: expect(server:received()):never()"), "{}", end.stdout);
    assert!(end.stdout.contains("no time has passed"), "{}", end.stdout);
}

#[test]
fn words_that_do_not_fit_are_errors() {
    is_wrong("expect(server:connections()):equals(1):since('1s')", &["how something stands now"]);
    is_wrong("expect(device:is_online()):every('10s')", &["how something stands now"]);
    is_wrong("expect(device:is_online()):at_least(1)", &["cannot be counted"]);
    is_wrong("expect(server:received()):equals('x')", &["something that happens"]);
    is_wrong("expect(server:connections()):equals('1')", &["a number", "`:equals(1)`"]);
    is_wrong("expect(device:is_online()):equals('true')", &["true or false", "`:equals(true)`"]);
    is_wrong("expect(device:flash('/count.txt')):equals(3)", &["a text", "`:equals(\"3\")`"]);
    is_wrong("expect(server:connections()):contains('1')", &["no text"]);
    is_wrong("expect(device:is_online()):is_missing()", &["only a file"]);
    is_wrong("expect(server:received()):at_least(1):give_or_take('1s')", &["about `every`"]);
    is_wrong(
        "local x = expect(server:received()) x:at_least(1) world:run('1s') x:at_least(2)",
        &["settled already"],
    );
}

#[test]
fn values_that_do_not_fit_are_errors() {
    is_wrong("world.run('5m')", &["called with a dot", "`:run(...)`"]);
    is_wrong("world:run(5)", &["`run` takes a length of time such as", "not 5"]);
    is_wrong("world:run('5 parsecs')", &["not \"5 parsecs\""]);
    is_wrong("world:run('0s')", &["not \"0s\""]);
    is_wrong("world:run('5m', 6)", &["does not take 6"]);
    is_wrong("world:run_until('30s')", &["00:00:30 is past: it is 00:01:00"]);
    is_wrong("world:server(0)", &["a port from 1 to 65535"]);
    is_wrong("world:server('host')", &["a port from 1 to 65535, not nil"]);
    is_wrong("world:boot{ modul = 'air202' }", &["no option `modul`", "module, boot, imei"]);
    is_wrong("world:boot{ module = 'air20' }", &["`air20` is not a module", "`air202`"]);
    is_wrong("world:boot{ imei = '12' }", &["`12` is not an IMEI"]);
    is_wrong("world:boot{ imei = '490154203237519' }", &["check digit", "`490154203237518`"]);
    is_wrong("expect(server:connections()):equals(-1)", &["a whole number from 0 on", "not -1"]);
    is_wrong("world:run(1e308)", &["not 1e308\n"]);
    is_wrong("world:run(('x'):rep(100000))", &["xxxx...\"\n"]);
    is_wrong("device:uart(9)", &["a serial port: 1, 2, 3"]);
    is_wrong("server:received_hex('A')", &["bytes in hex"]);
    is_wrong("server:send_hex('??')", &["bytes in hex"]);
    is_wrong("expect(server:received()):at_least(1.5)", &["a whole number such as 3, not 1.5"]);
    is_wrong("server.port = 5", &["nothing can be set in `server`"]);
    is_wrong("test('inner', function() end)", &["cannot declare another"]);
}

#[test]
fn a_lua_error_has_its_line_and_who_called() {
    let end = run(&project(super::with_world("local x = nil x.y = 1")), &[]);
    assert_eq!(end.code, Some(2));
    assert!(end.stdout.contains("it.lua:4: local x = nil x.y = 1"), "{}", end.stdout);
    assert!(end.stdout.contains("attempt to index local 'x' (a nil value)"), "{}", end.stdout);
    let test =
        "local function deep() error('sorry') end\ntest('it', function(world)\n  deep()\nend)";
    let end = run(&project(test), &[]);
    assert_eq!(end.code, Some(2));
    let lines: Vec<&str> = end.stdout.lines().map(str::trim).collect();
    assert!(lines[1].ends_with("it.lua:1: local function deep() error('sorry') end"), "{lines:#?}");
    assert_eq!(lines[2..4], ["sorry", "hint: called from it.lua:3"]);
}

#[test]
fn a_test_without_expectation_and_a_file_without_test_are_errors() {
    let end = run(&project("test('it', function(world) world:run('1s') end)"), &[]);
    assert_eq!(end.code, Some(2));
    assert!(end.stdout.contains("expects nothing"), "{}", end.stdout);
    let cases = [
        ("local x = 1", "there is no test in this file"),
        ("x = = 1", "unexpected symbol near '='"),
        ("test('name')", "`test` takes a name and a function"),
        ("test(' ', function(world) end)", "`test` takes a name and a function"),
        ("expect(1)", "outside a test"),
        ("error('no')", "no"),
    ];
    for (test, words) in cases {
        let end = run(&project(test), &[]);
        assert_eq!(end.code, Some(2), "{}", end.stdout);
        assert!(end.stdout.contains(words) && end.stdout.contains("in error: 1"), "{}", end.stdout);
    }
}

#[test]
fn only_what_happens_is_waited_for() {
    for (words, said) in [
        (
            "1, 1, '1m'",
            "`wait_for` takes something that happens, such as `server:connects()`, not 1",
        ),
        ("server:connections(), 1, '1m'", "`wait_for` takes something that happens"),
        ("server:connects(), 0, '1m'", "a whole number from 1 on, not 0"),
        ("server:connects(), 1", "not nil"),
    ] {
        is_wrong(&format!("world:wait_for({words})"), &[said]);
    }
}
