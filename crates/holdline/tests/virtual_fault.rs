//! `holdline run --virtual --fault`: every word for a fault, in a world where time is a number.

mod rig;

use holdline_peer::fault::{Make, WORDS, Word};
use rig::{Ended, Project};
use std::time::Duration;

/// Keeps a line for as long as it is answered, and tells how each call and line went.
const CALLER: &str = r#"
    PROJECT, VERSION = "CALLER", "1.0.0"
    require "sys"
    require "socket"
    sys.taskInit(function()
        local calls = 0
        while true do
            while not socket.isReady() do sys.wait(1000) end
            local client = socket.tcp()
            calls = calls + 1
            local stands = client:connect("example.com", 9999)
            print("call " .. calls, stands)
            while stands do
                stands = client:send("hello") and client:recv(20000)
                sys.wait(5000)
            end
            print("line over", calls)
            client:close()
            sys.wait(5000)
        end
    end)
    sys.init(0, 0)
    sys.run()
"#;

fn run(faults: &[&str], more: &[&str]) -> Ended {
    let faults: Vec<_> = faults.iter().flat_map(|words| ["--fault", words]).collect();
    let args = ["--virtual", "--speed", "max", "--for", "5m", "--server", "9999=echo"];
    Project::main(CALLER).run(&[&args[..], &faults, more].concat())
}

/// The trouble, begun after a minute and, where it can, over after another.
fn said(word: &Word) -> (String, bool) {
    let what = match word.make {
        Make::Plain(trouble) => trouble,
        Make::Time(make) => make(Duration::from_secs(7)),
        Make::Number(make) => make(5),
    };
    let lasts = if what.takes_lasts() { " for 1m" } else { "" };
    (format!("at 1m {what}{lasts}"), what.takes_lasts())
}

#[test]
fn every_word_is_told_when_it_begins_and_when_it_is_over() {
    assert!(WORDS.len() > 40);
    for word in WORDS {
        let (words, is_over) = said(word);
        let end = run(&[&words], &[]);
        assert_eq!(end.code, Some(0), "{words}: {end:#?}");
        let told: Vec<_> = end.stderr.lines().filter(|line| line.contains("# fault")).collect();
        let mut expected = vec![format!("00:01:00.000 # fault: {words}")];
        if is_over {
            expected.push(format!("00:02:00.000 # fault over: {words}"));
        }
        assert_eq!(told, expected, "{words}");
    }
}

/// What the script makes of it, not only that it was told.
#[test]
fn a_fault_does_to_the_script_what_it_says() {
    let calm = run(&[], &[]);
    assert!(!calm.stdout.contains("line over"), "{}", calm.stdout);
    for (words, parts) in [
        ("refuse 2 connects", &["call 1\tfalse", "call 2\tfalse", "call 3\ttrue"][..]),
        ("reset after 7 bytes", &["line over\t1", "call 2\ttrue"]),
        ("at 1m half open", &["line over\t1", "call 2\ttrue"]),
        ("at 1m silent for 1m", &["line over\t1", "call 2\ttrue"]),
        ("name not found for 10s", &["call 1\tfalse", "true"]),
        ("at 1m pdp lost", &["line over\t1", "call 2\ttrue"]),
        ("at 1m power cut for 10s", &["call 1\ttrue"]),
    ] {
        let end = run(&[words], &[]);
        for part in parts {
            assert!(end.stdout.contains(part), "{words}: {part}\n{end:#?}");
        }
    }
}

/// Two servers that one fault hits at one moment are one piece of news, and a fault comes before
/// what it does.
#[test]
fn faults_are_in_the_events_before_what_they_do() {
    let end = run(&["at 1m sim out for 1m", "at 3m close"], &["--events", "-", "--seed", "3"]);
    let at = |part: &str| {
        let found = end.stdout.find(part);
        found.unwrap_or_else(|| panic!("{part}\n{}", end.stdout))
    };
    let began = at(r#"{"ms":60000.0,"device":0,"fault":"began","words":"at 1m sim out for 1m"}"#);
    assert!(began < at(r#""fact":"sim_removed""#));
    let ended = at(r#"{"ms":120000.0,"device":0,"fault":"ended","words":"at 1m sim out for 1m"}"#);
    assert!(ended < at(r#""fact":"sim_inserted""#));
    at(r#"{"ms":180000.0,"device":0,"fault":"began","words":"at 3m close"}"#);
    assert_eq!(end.stdout.matches(r#""fault":"#).count(), 3);
}
