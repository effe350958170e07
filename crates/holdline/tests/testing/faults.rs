//! Faults by words: what a server, a line and a module do, and words that are none.

use super::{is_wrong, passes};

#[test]
fn a_server_commits_its_faults() {
    passes("server:reset() world:run('1m') expect(server:connects()):exactly(2)");
    passes("server:close() world:run('1m') expect(server:connects()):exactly(2)");
    passes("server:restart() world:run('1m') expect(server:connects()):exactly(2)");
    passes("server:refuse(2):reset() world:run('5s') expect(server:connects()):exactly(1)");
    passes("server:refuse(2):reset() world:run('1m') expect(server:connects()):exactly(2)");
    passes(
        "server:refuse('30s') server:reset() world:run('20s') expect(server:connects()):exactly(1)",
    );
    passes(
        "server:fault('reset after 6 bytes') world:run('1m') expect(server:connects()):at_least(2)",
    );
    passes("server:down() world:run('5m') expect(server:received()):never():since('61s')");
    passes(
        "server:silent('1m') world:run('1s') server:send('hello') world:run('5s') expect(device:log('hello')):never()",
    );
}

#[test]
fn a_line_and_a_module_suffer_theirs() {
    passes(
        "world:fault('black hole for 1m') world:run('50s') expect(server:received()):never():since('61s')",
    );
    passes("world:fault('at 2m pdp lost') world:run('2m') expect(server:connects()):exactly(2)");
    passes(
        "device:fault('flight mode for 1m') world:run('30s') expect(device:is_online()):equals(false)",
    );
    passes("device:power_cut('10s') world:run('1m') expect(server:connects()):exactly(2)");
    passes(
        "server:fault('latency 2s') world:run('1m') expect(server:received('beat')):every('13s'):since('1m'):give_or_take('2s')",
    );
}

#[test]
fn a_server_that_speaks_tls_hangs_up_on_who_does_not() {
    let test = "test('it', function(world)\nlocal server = world:server(9999)\n\
                server:speaks_tls{ fails = 'expired' }\nworld:boot()\nworld:run('1m')\n\
                expect(server:received()):never()\nend)";
    let end = super::run(&super::project(test), &[]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    let end = super::run(&super::project(test.replace("expired", "expird")), &[]);
    assert_eq!(end.code, Some(2), "{}", end.stdout);
    assert!(end.stdout.contains("expired"), "{}", end.stdout);
}

#[test]
fn words_that_are_no_fault_have_a_way_out() {
    is_wrong("world:fault('blak hole')", &["blak hole", "black hole"]);
    is_wrong("server:fault('flight mode')", &["happen", "device:fault(\"flight mode\")"]);
    is_wrong("device:fault('refuse')", &["server:fault(\"refuse\")"]);
    is_wrong("server:refuse(0)", &["a whole number"]);
    is_wrong("server:refuse(-1)", &["a whole number"]);
    is_wrong("server:speaks_tls{ wants_client_certificate = 1 }", &["true or false"]);
}
