//! The real binary, killed at random moments while a script keeps values with `nvm`.
//!
//! `HOLDLINE_KILLS=1000` kills as often; a hundred times where nothing is said.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Project, Running};
use std::time::{Duration, Instant};

/// Says what it finds; then, every millisecond, writes values that belong together and says so.
const MAIN: &str = r#"
PROJECT, VERSION = "KILL", "1.0.0"
require "sys"
require "nvm"
local function filler(n) return (("%08d"):format(n):rep(1000 + n % 7)) end
nvm.init("config.lua")
local n, pair = nvm.get("count"), nvm.get("pair")
print("found", n, pair.a == n and pair.b == n and nvm.get("filler") == (n == 0 and "" or filler(n)))
local function step()
    n = n + 1
    nvm.set("count", n, nil, false)
    nvm.set("filler", filler(n), nil, false)
    if nvm.set("pair", { a = n, b = n }) then print("told", n) else print("refused", n) end
    sys.timerStart(step, 1)
end
step()
sys.init(0, 0)
sys.run()
"#;

const CONFIG: &str = "module(...)\ncount, filler, pair = 0, '', { a = 0, b = 0 }\n";

/// The longest time between a sign of life and the kill: a little more than one change takes.
const DELAY_MAX_US: u64 = 25_000;

/// What the script said before and after it was killed.
struct Life {
    found: Option<u32>,
    told: Option<u32>,
}

/// Starts, waits for `lines` values to be told, and for `delay` more; then kills.
fn live(project: &Project, lines: u64, delay: Duration) -> Life {
    let mut running = project.start(&["--quiet"]);
    let mut seen = Vec::new();
    for _ in 0..lines {
        seen.push(running.wait_for("told\t"));
    }
    let until = Instant::now() + delay;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    running.child.kill().unwrap();
    let (code, rest) = Running::end(running);
    assert_eq!(code, None, "killed, not ended: {rest:?}");
    seen.extend(rest);
    assert!(
        !seen.iter().any(|line| line.contains("cannot") || line.contains("refused")),
        "{seen:?}"
    );
    let found = seen.iter().find_map(|line| line.split_once("found\t"));
    let found = found.map(|(_, found)| {
        let (count, whole) = found.split_once('\t').unwrap();
        assert_eq!(whole, "true", "{count} is mixed with another");
        count.parse().unwrap()
    });
    let told = seen.iter().filter_map(|line| line.split_once("told\t"));
    let told = told.map(|(_, count)| count.parse().unwrap());
    Life { found, told: told.max() }
}

#[test]
fn a_kill_at_any_moment_loses_and_mixes_nothing() {
    let kills = std::env::var("HOLDLINE_KILLS").map_or(100, |kills| kills.parse().unwrap());
    let project = Project::new(&[("main.lua", MAIN.as_bytes()), ("config.lua", CONFIG.as_bytes())]);
    let (mut told, mut random, mut unheard) = (0, 1u64, 0);
    for kill in 0..kills {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [lines, delay] = [(random >> 33) % 4, (random >> 40) % DELAY_MAX_US];
        let life = live(&project, lines, Duration::from_micros(delay));
        if let Some(found) = life.found {
            assert!(found >= told, "kill {kill}: {told} was told to be kept, {found} was found");
            unheard += u32::from(found > told);
            told = found;
        }
        told = told.max(life.told.unwrap_or(0));
    }
    println!("{kills} kills, {told} changes; {unheard} times more was kept than told");
    assert!(told >= kills, "{told} values in {kills} lives: the script did not get to write");
}
