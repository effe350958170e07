//! Help and usage errors in Chinese, from the real binary.

mod rig;

use rig::{Ended, ended, holdline};

/// What `holdline` says where the environment speaks Chinese.
fn zh(args: &[&str]) -> Ended {
    ended(holdline(args).env("LANG", "zh_CN.UTF-8"))
}

#[test]
fn help_is_chinese_where_the_environment_is() {
    for (args, says) in [
        (vec!["--help"], "\n命令：\n  run "),
        (vec!["-h"], "显示版本"),
        (vec!["help"], "用法：holdline [OPTIONS] <COMMAND>\n"),
        (vec!["test", "--help"], "\n退出码 0：全部测试通过"),
        (vec!["help", "test"], "\n退出码 0：全部测试通过"),
        (vec!["run", "-h"], "与 --lab 同用：\n"),
    ] {
        let end = zh(&args);
        assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(end.stdout.contains(says), "{args:?}: {}", end.stdout);
        assert!(!end.stdout.contains('\x1b'), "{args:?}: {}", end.stdout);
    }
    let version = |end: Ended| end.stdout;
    assert_eq!(version(zh(&["--version"])), version(ended(&mut holdline(&["--version"]))));
}

#[test]
fn lang_counts_anywhere_on_the_line_and_over_the_environment() {
    for args in [
        vec!["--lang", "zh", "test", "--help"],
        vec!["test", "--lang", "zh", "--help"],
        vec!["test", "--help", "--lang", "zh"],
        vec!["--lang=zh", "help", "test"],
    ] {
        let end = ended(&mut holdline(&args));
        assert!(end.stdout.contains("选项："), "{args:?}: {}", end.stdout);
    }
    let end = zh(&["--lang=en", "--help"]);
    assert!(end.stdout.contains("Commands:"), "{}", end.stdout);
    // What follows `--` is no flag.
    let end = ended(&mut holdline(&["check", "a", "--", "--lang=zh"]));
    assert!(end.stderr.contains("unexpected argument '--lang=zh'"), "{}", end.stderr);
}

#[test]
fn a_line_that_makes_no_sense_is_explained_in_chinese() {
    let end = zh(&["test", "--sped", "4"]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
    assert_eq!(
        end.stderr,
        "holdline: 没有 `--sped` 这个选项\n\n  提示：相近的有 `--seed`\n\n\
         用法：holdline test --seed <N> [PROJECT|FILE]...\n\n详细说明见 `--help`。\n"
    );
    let end = ended(&mut holdline(&["tset", "--lang=zh"]));
    assert!(end.stderr.starts_with("holdline: 没有 `tset` 这个命令\n"), "{}", end.stderr);
    let end = zh(&[]);
    assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
    assert!(end.stderr.starts_with("holdline: 在普通电脑上"), "{}", end.stderr);
}

#[test]
fn an_unknown_language_is_explained_in_that_of_the_environment() {
    let args = ["run", "x", "--lang", "fr"];
    assert_eq!(zh(&args).stderr, "holdline: --lang: 没有 `fr` 这个值\n提示：可用 `en`、`zh`\n");
    let end = ended(&mut holdline(&args));
    assert!(end.stderr.starts_with("holdline: --lang: `fr` is none of its values\n"));
}

#[test]
fn english_stays_as_it_is() {
    let end = ended(&mut holdline(&["test", "--sped", "4"]));
    assert_eq!(
        end.stderr,
        "holdline: unexpected argument '--sped' found\n\n  tip: a similar argument exists: '--seed'\n\n\
         Usage: holdline test --seed <N> [PROJECT|FILE]...\n\nFor more information, try '--help'.\n"
    );
    let end = ended(&mut holdline(&["help", "test"]));
    assert!(end.stdout.contains("\nExit code 0: every test passed"), "{}", end.stdout);
    assert!(end.stdout.contains("\n\nOptions:\n"), "{}", end.stdout);
}
