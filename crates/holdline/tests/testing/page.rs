//! The pages on tests have every word, and their examples pass.

use crate::rig::{Project, ended, holdline};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn a_page_has_every_word_and_its_example() {
    for (lang, page) in [("en", "docs/test.md"), ("zh", "docs/test.zh.md")] {
        let page = fs::read_to_string(root().join(page)).unwrap();
        let listed = ended(&mut holdline(&["test", "--words", "--lang", lang])).stdout;
        let mut count = 0;
        for line in listed.lines().filter(|line| line.starts_with("  ")) {
            let words = line.trim().split(" -> ").next().unwrap();
            assert!(page.contains(words), "{lang}: `{words}`");
            count += 1;
        }
        assert!(count > 100, "{count}");
    }
}

#[test]
fn the_examples_of_the_pages_pass() {
    let script = root().join("examples/long-connection");
    let read = |name: &str| fs::read(script.join(name)).unwrap();
    for page in ["docs/test.md", "docs/test.zh.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let blocks: Vec<&str> = text
            .split("```lua\n")
            .skip(1)
            .map(|block| block.split("```").next().unwrap())
            .collect();
        assert_eq!(blocks.len(), 3, "{page}");
        let project =
            Project::new(&[("main.lua", &read("main.lua")), ("test.lua", &read("test.lua"))]);
        fs::create_dir(project.path().join("tests")).unwrap();
        fs::write(project.path().join("tests/page.lua"), blocks.concat()).unwrap();
        let end = ended(holdline(&["test"]).arg(project.path()));
        assert_eq!(end.code, Some(0), "{page}: {}", end.stdout);
    }
}
