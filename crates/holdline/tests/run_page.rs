//! Holds `docs/run.md` and `docs/run.zh.md` to what the binary does.

mod rig;

use holdline_peer::fault::{Fault, WORDS};
use rig::{Project, ended, holdline};
use std::fs;
use std::path::Path;

/// The pages, and what each says of faults.
const PAGES: [(&str, &str); 2] = [
    (
        "run.md",
        "Every word of [faults.md](faults.md) can be had on real lines and with `--virtual`.",
    ),
    (
        "run.zh.md",
        "[faults.zh.md](faults.zh.md) 的每个写法在真实的连接上和加上 `--virtual` 时都可以用。",
    ),
];

#[test]
fn every_word_can_be_had_in_both_worlds_as_the_pages_say() {
    for (file, said) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
        assert!(fs::read_to_string(path).unwrap().contains(said), "docs/{file}: {said}");
    }
    let faults: Vec<_> =
        WORDS.iter().map(|word| format!("at 1h {}", Fault::now(word.trouble()))).collect();
    let given: Vec<_> = faults.iter().flat_map(|words| ["--fault", words]).collect();
    for more in [&["--for", "1ms"][..], &["--for", "1ms", "--virtual"]] {
        let end = Project::main("rtos.receive(0)").run(&[&given[..], more].concat());
        assert_eq!(end.code, Some(0), "{end:#?}");
    }
}

/// An example's arguments, with what stands in quotes as one.
fn arguments(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

#[test]
fn the_examples_work() {
    for (file, _) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
        let page = fs::read_to_string(path).unwrap();
        let block = page.split("```\n").nth(1).unwrap();
        let project = Project::main("rtos.timer_start(1, 9) while true do rtos.receive(0) end");
        assert!(block.lines().count() > 5);
        for example in block.lines() {
            let arguments = arguments(example);
            assert_eq!(arguments[0], "holdline");
            let at = |part: &str| match part {
                "PROJECT" => project.path().to_str().unwrap().to_owned(),
                "day.events" => project.path().join("day.events").to_str().unwrap().to_owned(),
                part => part.to_owned(),
            };
            let arguments: Vec<_> = arguments[1..].iter().map(|part| at(part)).collect();
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let mut command = holdline(&arguments);
            command.env("XDG_STATE_HOME", project.path().join("state"));
            let end = ended(&mut command);
            assert_eq!(end.code, Some(0), "{example}: {end:#?}");
        }
    }
}
