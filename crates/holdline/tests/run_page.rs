//! Holds `docs/run.md` and `docs/run.zh.md` to what the binary does.
//!
//! `UPDATE_PAGE=1 cargo test -p holdline --test run_page` writes their tables anew.

mod rig;

use holdline_peer::fault::{Make, WORDS, Word};
use rig::{Project, ended, holdline};
use std::fs;
use std::path::Path;
use std::time::Duration;

const PAGES: [(&str, &str, [&str; 2]); 2] = [
    ("run.md", "| words | real lines | `--virtual` |\n", ["yes", "no"]),
    ("run.zh.md", "| 写法 | 真实的连接 | `--virtual` |\n", ["可以", "不可以"]),
];

/// Whether a run takes the word.
fn is_taken(word: &Word, more: &[&str]) -> bool {
    let what = match word.make {
        Make::Plain(trouble) => trouble,
        Make::Time(make) => make(Duration::from_secs(7)),
        Make::Number(make) => make(5),
    };
    let words = format!("at 1h {what}");
    let args = [&["--fault", &words, "--for", "1ms"], more].concat();
    Project::main("rtos.receive(0)").run(&args).code == Some(0)
}

#[test]
fn the_table_says_which_words_work_where() {
    let taken: Vec<_> = WORDS
        .iter()
        .map(|word| (word.form(), is_taken(word, &[]), is_taken(word, &["--virtual"])))
        .collect();
    for (file, head, [yes, no]) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
        let kept = fs::read_to_string(&path).unwrap();
        let opening = kept.split_once("| ").map_or(kept.as_str(), |(opening, _)| opening);
        let pick = |is_taken: bool| if is_taken { yes } else { no };
        let rows = taken.iter().map(|(form, really, virtually)| {
            format!("| `{form}` | {} | {} |\n", pick(*really), pick(*virtually))
        });
        let page = format!("{opening}{head}| --- | --- | --- |\n{}", rows.collect::<String>());
        if std::env::var_os("UPDATE_PAGE").is_some() {
            fs::write(path, page).unwrap();
            continue;
        }
        assert!(kept == page, "docs/{file} is behind: UPDATE_PAGE=1 writes it anew");
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
    for (file, ..) in PAGES {
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
