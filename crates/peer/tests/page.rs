//! Holds `docs/faults.md` to the words that faults are read with.
//!
//! `UPDATE_PAGE=1 cargo test -p holdline-peer --test page` writes it anew, in both languages.

use holdline_peer::fault::{Fault, Make, Schedule, Trouble, WORDS, Who, Word};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The words of a page itself.
struct Language {
    file: &'static str,
    opening: &'static str,
    who: fn(Who) -> &'static str,
    head: &'static str,
    pick: fn(&Word) -> &'static str,
    lasts: fn(Trouble) -> &'static str,
}

const ENGLISH: Language = Language {
    file: "faults.md",
    opening: include_str!("pages/faults.md"),
    who: |who| match who {
        Who::Server => "The server's doing",
        Who::Line => "On the line",
        Who::Module => "In the module",
    },
    head: "| words | what happens | lasts | can begin |",
    pick: |word| word.en,
    lasts: |trouble| match (trouble.is_momentary(), trouble.takes_lasts()) {
        (true, true) => "a moment, or `for DURATION`",
        (true, false) => "a moment",
        (false, _) => "`for DURATION`, or until the end",
    },
};

const CHINESE: Language = Language {
    file: "faults.zh.md",
    opening: include_str!("pages/faults.zh.md"),
    who: |who| match who {
        Who::Server => "服务器的故障",
        Who::Line => "线路的故障",
        Who::Module => "模块的故障",
    },
    head: "| 写法 | 发生什么 | 持续 | 何时开始 |",
    pick: |word| word.zh,
    lasts: |trouble| match (trouble.is_momentary(), trouble.takes_lasts()) {
        (true, true) => "一瞬间，或 `for DURATION`",
        (true, false) => "一瞬间",
        (false, _) => "`for DURATION`，不写则到最后",
    },
};

fn page(language: &Language) -> String {
    let mut page = language.opening.to_owned();
    for who in [Who::Server, Who::Line, Who::Module] {
        let (title, head) = ((language.who)(who), language.head);
        page.push_str(&format!("\n## {title}\n\n{head}\n| --- | --- | --- | --- |\n"));
        for word in WORDS.iter().filter(|word| word.who == who) {
            page.push_str(&row(language, word));
        }
    }
    page
}

fn row(language: &Language, word: &Word) -> String {
    let trouble = match word.make {
        Make::Plain(trouble) => trouble,
        Make::Time(make) => make(Duration::from_secs(1)),
        Make::Number(make) => make(1),
    };
    let begins = trouble.schedules().iter().filter(|&&schedule| schedule != Schedule::Now);
    let begins: Vec<_> = begins.map(|schedule| format!("`{}`", schedule.form())).collect();
    let (form, what, lasts) = (word.form(), (language.pick)(word), (language.lasts)(trouble));
    format!("| `{form}` | {what} | {lasts} | {} |\n", begins.join(", "))
}

#[test]
fn the_pages_say_what_the_words_mean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for language in [ENGLISH, CHINESE] {
        let (path, page) = (folder.join(language.file), page(&language));
        if std::env::var_os("UPDATE_PAGE").is_some() {
            fs::write(path, page).unwrap();
            continue;
        }
        let kept = fs::read_to_string(path).unwrap_or_default();
        assert!(kept == page, "docs/{} is behind: UPDATE_PAGE=1 writes it anew", language.file);
    }
}

#[test]
fn the_examples_on_the_pages_are_faults() {
    let examples = |language: &Language| -> Vec<String> {
        let (_, block) = language.opening.split_once("```\n").unwrap();
        let (block, _) = block.split_once("\n```").unwrap();
        let said = block.lines().map(|line| line.split_once("  ").unwrap().0.to_owned());
        said.collect()
    };
    let english = examples(&ENGLISH);
    assert!(english.len() > 5);
    assert_eq!(english, examples(&CHINESE));
    for words in english {
        Fault::parse(&words).unwrap_or_else(|error| panic!("{words}: {error}"));
    }
}
