//! Each expectation, where it holds and where it does not.

use super::{fails, outcome, passes};

#[test]
fn counts_hold_or_tell_how_many_and_when() {
    passes("expect(server:received('beat')):at_least(6)");
    passes("expect(server:received('beat')):at_most(6)");
    passes("expect(server:received('beat')):exactly(6)");
    passes("expect(server:received('beat')):at_least(6):at_most(6)");
    passes("expect(server:received('bye')):never()");
    passes("expect(server:connects()):exactly(1)");
    let all = "6 messages, the first at 00:00:01.06, the last at 00:00:51.26";
    fails("expect(server:received('beat')):at_least(7)", "at least 7", all);
    fails("expect(server:received('beat')):at_most(5)", "at most 5", all);
    fails("expect(server:received('beat')):exactly(5)", "exactly 5", all);
    fails("expect(server:received('beat')):never()", "never", all);
    fails("expect(device:restarts()):at_least(1)", "at least 1", "none");
    fails("expect(server:connects()):never()", "never", "1 connection, at 00:00:01.02");
}

#[test]
fn messages_are_chosen_by_text_exactly_or_by_mask() {
    passes("expect(server:received()):exactly(6)");
    passes("expect(server:received_exactly('beat\\r\\n')):exactly(6)");
    passes("expect(server:received_exactly('beat')):never()");
    passes("expect(server:received_hex('62 ?? 61')):exactly(6)");
    passes("expect(server:received_hex('62 ?? 62')):never()");
}

#[test]
fn lines_of_the_log_are_chosen_by_text_or_exactly() {
    let answered = "server:send('so') world:run('1s')";
    passes(&format!("{answered} expect(device:log('heard]\\tso')):exactly(1)"));
    passes(&format!("{answered} expect(device:log_exactly('[I]-[heard]\\tso')):exactly(1)"));
    passes(&format!("{answered} expect(device:log_exactly('[I]-[heard]\\ts')):never()"));
    passes(&format!("{answered} expect(device:log_exactly('heard]\\tso')):never()"));
}

#[test]
fn a_period_holds_or_tells_the_worst_gap() {
    passes("expect(server:received('beat')):every('10s'):since('1s')");
    passes(
        "world:run('5m') expect(server:received('beat')):every('11s'):since('1m'):give_or_take('1s')",
    );
    fails(
        "server:down('1m') world:run('3m') expect(server:received('beat')):every('10s'):since('10s')",
        "every 10s since 00:00:10",
        "17 messages, the longest gap 1m9.58s, from 00:00:51.26 to 00:02:00.84",
    );
    fails(
        "expect(server:received('beat')):every('20s')",
        "every 20s",
        "6 messages, the shortest gap 10.04s, from 00:00:01.06 to 00:00:11.1",
    );
}

#[test]
fn windows_narrow_what_counts() {
    passes("expect(server:received('beat')):exactly(2):since('30s'):before('50s')");
    passes("expect(server:received('beat')):exactly(5):before('00:00:50')");
    passes("expect(server:received('beat')):exactly(2):within('20s')");
    fails(
        "expect(server:received('beat')):never():within('20s')",
        "never since 00:00:40",
        "2 messages, the first at 00:00:41.22, the last at 00:00:51.26",
    );
    passes("world:run_until('2m') expect(server:received('beat')):exactly(6):since('00:01')");
}

#[test]
fn states_are_compared() {
    passes("expect(server:connections()):equals(1) expect(device:sockets()):equals(1)");
    passes("expect(device:is_online()):equals(true)");
    passes("expect(device:flash('/count.txt')):equals('3')");
    passes("expect(device:flash('/count.txt')):contains('3')");
    passes("expect(device:flash('/none.txt')):is_missing()");
    fails("expect(server:connections()):equals(2)", "2", "1");
    fails("expect(device:sockets()):at_least(2)", "at least 2", "1");
    fails("expect(device:is_online()):equals(false)", "false", "true");
    fails("expect(device:flash('/count.txt')):equals('4')", "\"4\"", "\"3\"");
    fails("expect(device:flash('/none.txt')):equals('4')", "\"4\"", "no such file");
    fails("expect(device:flash('/count.txt')):is_missing()", "no such file", "\"3\"");
}

#[test]
fn dials_count_where_nobody_answers_and_restarts_by_their_reason() {
    passes("server:refuse('30s') world:run('1m') expect(device:dials()):exactly(1)");
    passes("expect(device:dials('1.2.3.4:9999')):exactly(1)");
    passes("expect(device:dials('1.2.3.5')):never()");
    passes("server:down('30s') world:run('1m') expect(device:dials()):at_least(3)");
    passes("server:down('30s') world:run('1m') expect(server:connects()):at_most(2)");
    passes("device:power_cut() world:run('1s') expect(device:restarts('power')):exactly(1)");
    passes("device:power_cut() world:run('1s') expect(device:restarts('watchdog')):never()");
    // In the words of either language, whichever is read.
    passes("device:power_cut() world:run('1s') expect(device:restarts('断电')):exactly(1)");
}

#[test]
fn a_serial_port_talks_and_is_heard() {
    let talk = "device:uart(1):send('ping\\n') world:run('1s') ";
    passes(&format!("{talk} expect(device:uart(1):received()):equals('pong\\n')"));
    passes(&format!("{talk} expect(device:uart(1):received('pong')):exactly(1):since('1m')"));
    fails(
        &format!("{talk} expect(device:uart(1):received()):contains('pang')"),
        "a text with \"pang\" in it",
        "\"pong\\n\"",
    );
}

#[test]
fn what_the_server_sends_is_in_the_log() {
    passes("server:send('hello') world:run('1s') expect(device:log('hello')):exactly(1)");
    passes("server:send_hex('41 42') world:run('1s') expect(device:log('AB')):exactly(1)");
    passes("expect(device:log()):at_least(1) expect(device:notices()):never()");
}

#[test]
fn a_failure_tells_the_assertion_and_what_happened_in_its_place() {
    let (code, lines) = outcome("expect(server:received('beet'))\n  :at_least(1)", "en");
    assert_eq!(code, Some(1));
    assert!(
        lines[1].ends_with("/it.lua:4: expect(server:received('beet')) :at_least(1)"),
        "{lines:#?}"
    );
    assert_eq!(lines[4], "hint: there was 6 x \"beat\\r\\n\"");
    assert!(lines.iter().any(|line| line.contains("hears \"beat\\r\\n\"")), "{lines:#?}");
    let last = lines.last().map(String::as_str).unwrap_or_default();
    assert!(last.starts_with("passed: 0, failed: 1, in error: 0   "), "{lines:#?}");

    let (code, lines) = outcome("expect(server:received('beet')):at_least(1)", "zh");
    assert_eq!(code, Some(1));
    assert_eq!(lines[2..4], ["期望：至少 1 次", "实际：没有"]);
}

#[test]
fn an_address_dialled_in_vain_is_told() {
    let test = "test('it', function(world)\nlocal server = world:server('1.2.3.5', 9999)\nworld:boot()\n\
                world:run('1m')\nexpect(server:connects()):at_least(1)\nend)";
    let end = super::run(&super::project(test), &[]);
    assert_eq!(end.code, Some(1));
    assert!(
        end.stdout.contains(
            "the script dialled 1.2.3.4:9999, where the test has no server: world:server(9999)"
        ),
        "{}",
        end.stdout
    );
}

#[test]
fn time_passes_until_something_has_happened_so_often() {
    // A beat every 10.04 s, the sixth in the minute that is past: the eighth comes at 00:01:11.34.
    passes(
        "world:wait_for(server:received('beat'), 8, '1m')
         expect(server:received('beat')):exactly(8)
         expect(server:received('beat')):exactly(1):within('1ms')
         world:wait_for(server:received('beat'), 8, '1m')
         expect(server:received('beat')):exactly(1):within('1ms')",
    );
    passes(
        "server:reset() world:wait_for(server:connects(), 2, '10s')
         expect(server:connections()):equals(1)",
    );
    fails(
        "world:wait_for(server:connects(), 2, '5m')",
        "at least 2",
        "1 connection, at 00:00:01.02",
    );
}
