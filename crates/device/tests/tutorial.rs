//! The long connection of the generation A tutorial, against servers that stay, leave and refuse.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod world;

use holdline_device::{Instant, Power, Profile, Project, RestartCause, Sharing};
use world::World;

const MAIN: &str = include_str!("tutorial/main.lua");
const TEST: &str = include_str!("tutorial/test.lua");

/// Runs the tutorial for ten minutes, or up to a restart, with a server that behaves as `manner`
/// says.
fn run(manner: &str) -> (World, Option<RestartCause>) {
    let both = [Sharing::Alone, Sharing::Shared].map(|sharing| run_in(sharing, manner));
    assert_eq!(both[0].0.story(), both[1].0.story(), "a script cannot tell whether it is alone");
    both.into_iter().next().unwrap()
}

fn run_in(sharing: Sharing, manner: &str) -> (World, Option<RestartCause>) {
    let project = Project::from_files([("main.lua", MAIN), ("test.lua", TEST)]);
    let power = Power { profile: Profile::AIR202, ..Power::default() };
    let (mut world, mut end) = (World::default(), None);
    world.manners.insert("server".to_owned(), manner.to_owned());
    world.run(project, sharing, power, Instant::from_millis(600_000), |_, cause| {
        end = Some(cause.clone());
        true
    });
    (world, end)
}

/// When a line with these words was logged, in milliseconds.
fn times(world: &World, words: &str) -> Vec<u64> {
    world
        .log
        .iter()
        .filter(|(_, line)| line.contains(words))
        .map(|(at, _)| at.as_millis())
        .collect()
}

#[test]
fn a_server_that_stays_gets_heartbeats_and_reports() {
    let (world, end) = run("server");
    assert_eq!(end, None);
    // 2 s, 300 ms for the connection; then 10 s and the 200 ms of a send, which waits for another
    // where both are due.
    let hearts = times(&world, r"server got heart data\r\n");
    assert_eq!(hearts[..3], [2300, 12_500, 22_900]);
    let reports = times(&world, r"server got loc data\r\n");
    assert_eq!(reports[..3], [2500, 22_700, 42_900]);
    for (times, period) in [(hearts, 10_200), (reports, 20_200)] {
        assert!(times.len() as u64 >= 597_000 / (period + 200), "{}", times.len());
        for pair in times.windows(2) {
            assert!((period..=period + 200).contains(&(pair[1] - pair[0])), "{pair:?}");
        }
    }
}

#[test]
fn a_server_that_leaves_is_met_again() {
    let (world, end) = run("closer");
    assert_eq!(end, None);
    // Closed 1 s after the connection, shut at once, an address 5.3 s later, connected 0.3 s later.
    let connects = times(&world, "server:9999 connect");
    assert_eq!(connects[..3], [2000, 8600, 15_200], "{}", world.story());
    assert!(connects.windows(2).all(|pair| pair[1] - pair[0] == 6600));
    assert_eq!(times(&world, "ntfy\tSTATE\tSHUTED"), [], "the pended connect hears of no shut");
}

#[test]
fn a_server_that_refuses_is_given_three_rounds_of_three() {
    let (world, end) = run("refused");
    assert_eq!(end, Some(RestartCause::Asked("connect fail".to_owned())));
    let connects = times(&world, "server:9999 connect");
    let gaps: Vec<u64> = connects.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Each attempt takes 0.3 s, 5 s pass, and the shut costs 5.3 s; between rounds 20 s more.
    let (try_again, next_round) = (300 + 5000 + 5300, 300 + 5000 + 20_000 + 5300);
    let round = [try_again, try_again, next_round];
    let expected: Vec<u64> = [&[try_again][..], &round, &round, &[try_again, try_again]].concat();
    assert_eq!(gaps, expected, "{}", world.story());
    assert_eq!(times(&world, "saferestart restart[connect fail];").len(), 1);
}

#[test]
fn a_failed_send_costs_the_line_and_what_is_queued_is_noticed() {
    let (world, end) = run("sendfail");
    assert_eq!(end, None);
    // The heartbeat fails, then the report behind it; each asks for a shut, and so does the loss.
    assert_eq!(times(&world, "ntfy\tSEND\tfalse")[..2], [2500, 2500]);
    assert_eq!(times(&world, "ntfy\tSTATE\tSHUTED")[..1], [2600]);
    assert!(times(&world, "server:9999 connect").len() > 10, "{}", world.story());
}

#[test]
fn a_wiped_queue_is_noticed() {
    let main = r#"
        PROJECT, VERSION = "T", "1"
        require "socket"
        local function rsp(_, evt, result)
            if result == true and evt == "CONNECT" then
                socket.send(1, "one") socket.send(1, "two") socket.send(1, "three")
                link.shut()
            elseif result == "SHUTED" then
                socket.connect(1, "TCP", "server", 1, rsp)
            end
        end
        socket.connect(1, "TCP", "server", 1, rsp)
        sys.init(0, 0)
        sys.run()
    "#;
    let mut world = World::default();
    let project = Project::from_files([("main.lua", main)]);
    let end = Instant::from_millis(5000);
    world.run(project, Sharing::Alone, Power::default(), end, |_, _| true);
    // Only `one` was under way before the shut; `two` had its turn behind it.
    assert_eq!(times(&world, "server got ").len(), 1, "{}", world.story());
    let noticed = times(&world, r#"notice QueueWiped ["2"] main.lua:9"#);
    assert_eq!(noticed, [1600], "{}", world.story());
}
