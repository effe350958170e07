//! Rules of servers: on each cue, each action; and rules that are none.

use super::{is_wrong, passes};

/// That a device hears `reply` from a server with this rule, and nothing from one without.
fn answers(rule: &str, reply: &str) {
    passes(&format!(
        "expect(device:log('heard')):never() {rule} world:run('1m') \
         expect(device:log('heard]\\t{reply}')):at_least(2):within('1m')"
    ));
}

#[test]
fn a_server_answers_on_each_cue() {
    answers("server:when('be'):reply('so')", "so");
    answers("server:when_equals('beat\\r\\n'):reply('so')", "so");
    answers("server:when_contains('eat'):reply('so')", "so");
    answers("server:when_matches('^b[a-e]+t'):reply('so')", "so");
    answers("server:when_matches(''):reply('so')", "so");
    answers("server:when_hex('62 ?? 61'):reply_hex('73 6F')", "so");
    answers("server:every('20s'):reply('so')", "so");
    answers("server:echo()", "beat");
    passes(
        "server:when_connected():reply('so') world:run('30s') expect(device:log('heard')):never() \
         server:reset() world:run('1m') expect(device:log('heard')):exactly(1)",
    );
}

#[test]
fn only_messages_that_fit_are_answered() {
    passes(
        "server:when('eat'):reply('1') server:when_equals('beat'):reply('2') \
         server:when_contains('boot'):reply('3') server:when_matches('^eat'):reply('4') \
         server:when_hex('62 61'):reply('5') world:run('2m') expect(device:log('heard')):never()",
    );
}

#[test]
fn the_first_rule_that_fits_decides_and_a_rule_for_the_same_replaces_it() {
    passes(
        "server:echo() server:when('be'):reply('one') server:when_contains('eat'):reply('two') \
         world:run('1m') expect(device:log('heard]\\tone')):at_least(2) expect(device:log('two')):never() \
         expect(device:log('heard]\\tbeat')):never() \
         server:when('be'):reply('') world:run('10m') expect(device:log('heard')):never():since('125s')",
    );
}

#[test]
fn a_reply_waits_comes_in_pieces_and_ends_the_connection() {
    passes(
        "server:when('beat'):after('4s'):reply('so') world:run('1m') \
         expect(device:log('heard]\\tso')):every('4s'):since('75s')",
    );
    passes(
        "server:when('beat'):split(3):reply('onetwo') world:run('30s') \
         expect(device:log('heard]\\tone')):at_least(1) expect(device:log('heard]\\ttwo')):at_least(1)",
    );
    for ending in ["close", "reset"] {
        passes(&format!(
            "expect(server:connects()):exactly(1) server:when('beat'):reply('so'):{ending}() \
             world:run('1m') expect(server:connects()):at_least(5) \
             expect(device:log('heard]\\tso')):at_least(5)"
        ));
    }
}

#[test]
fn a_rule_holds_for_its_own_server() {
    passes(
        "world:server(9998):when('beat'):reply('so') world:run('1m') \
         expect(device:log('heard')):never()",
    );
}

#[test]
fn rules_that_are_none_have_a_way_out() {
    is_wrong("server:when('beat') world:run('1m')", &["has no action", ":reply("]);
    is_wrong("server:when('beat'):after('2s')", &["has no action"]);
    is_wrong("server:every('2s') expect(server:received()):at_least(1)", &["has no action"]);
    is_wrong("server:when('beat'):split(3):close() world:run('1m')", &["about a reply"]);
    is_wrong("server:when('beat'):reply('a'):reply_hex('AA')", &["says this already"]);
    is_wrong("server:when('beat'):close():reset()", &["says this already"]);
    is_wrong("server:when('')", &["empty text", "when_matches"]);
    is_wrong("server:when_matches('(')", &["`(` is not a regular expression"]);
    is_wrong("server:when_hex('AG')", &["`AG` is not bytes in hex", "`G`"]);
    is_wrong("server:when('beat'):split(0)", &["a whole number"]);
    is_wrong("server:every('0s')", &["a length of time"]);
    is_wrong("server:when('beat'):repli('a')", &["did you mean `rule:reply`?"]);
    is_wrong(
        "local rule = server:when('beat'):reply('a') world:run('1s') rule:close()",
        &["settled already", "all of it at once"],
    );
}
