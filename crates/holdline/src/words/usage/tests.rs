use super::Lang;
use crate::commands::Cli;
use clap::{Arg, ArgAction, Command, CommandFactory};

fn told(command: Command, line: &[&str]) -> String {
    let line = [&["holdline"], line].concat();
    Lang::Zh.usage(&command.try_get_matches_from(line).unwrap_err(), 80)
}

/// What `holdline` says, without its last line, which is the same everywhere.
fn says(line: &[&str]) -> String {
    let text = told(Lang::Zh.tell(Cli::command()), line);
    text.strip_suffix("\n\n详细说明见 `--help`。").unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn what_is_unknown_is_told_with_what_was_perhaps_meant() {
    assert_eq!(
        says(&["test", "--sped", "4"]),
        "没有 `--sped` 这个选项\n\n  提示：相近的有 `--seed`\n\n\
         用法：holdline test --seed <N> [PROJECT|FILE]..."
    );
    assert_eq!(
        says(&["tset"]),
        "没有 `tset` 这个命令\n\n  提示：相近的有 `test`\n\n用法：holdline [OPTIONS] <COMMAND>"
    );
    assert_eq!(says(&["help", "x"]), "没有 `x` 这个命令\n\n用法：holdline [OPTIONS] <COMMAND>");
    assert_eq!(
        says(&["run", "x", "y"]),
        "多余的参数 `y`\n\n用法：holdline run [OPTIONS] <PROJECT>"
    );
}

/// These tips have no kind: a clap that says them otherwise must not go unseen.
#[test]
fn every_tip_of_clap_is_told() {
    for (line, tip) in [
        (vec!["check", "--quiet"], "要把 `--quiet` 当作值，写 `-- --quiet`"),
        (vec!["--", "run"], "`run` 是命令，去掉它前面的 `--`"),
        (vec!["--uart", "run"], "可以写 `run --uart`"),
    ] {
        let text = says(&line);
        assert!(text.contains(&format!("\n\n  提示：{tip}\n\n用法：")), "{text}");
    }
}

#[test]
fn what_is_missing_is_told() {
    assert_eq!(
        says(&["lab", "--tls-cert", "f"]),
        "缺少必需的参数：\n  --tls-key <FILE>\n  --password-file <FILE>\n\n\
         用法：holdline lab --tls-cert <FILE> --tls-key <FILE> --password-file <FILE> [CONFIG]"
    );
    assert_eq!(says(&["run", "--uart"]), "`--uart <N=TARGET>` 缺少值");
    let text = says(&["--lang", "zh"]);
    assert!(text.starts_with("没有写命令\n  [命令：run、test、check、"), "{text}");
}

#[test]
fn what_does_not_go_together_is_told() {
    let text = says(&["doctor", "a:1", "--probe", "x", "--listen-only"]);
    assert!(text.starts_with("`--probe <TEXT>` 不能与 `--listen-only` 同用\n\n用法："), "{text}");
    let text = says(&["--lang", "zh", "--lang", "en", "check", "."]);
    assert!(text.starts_with("`--lang <LANG>` 只能写一次\n\n用法："), "{text}");
    let text = says(&["check", "--json=3", "x"]);
    assert!(text.starts_with("`--json` 后面多了值 `3`\n\n用法："), "{text}");
}

#[test]
fn nothing_at_all_is_answered_with_the_help_and_no_colours() {
    let text = told(Lang::Zh.tell(Cli::command()), &[]);
    assert!(text.starts_with("在普通电脑上") && text.contains("\n命令：\n"), "{text}");
    assert!(!text.contains('\x1b'), "{text:?}");
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_told() {
    use std::os::unix::ffi::OsStringExt;
    let odd = std::ffi::OsString::from_vec(b"--for=\xFF".to_vec());
    let command = Lang::Zh.tell(Cli::command());
    let line = ["holdline".into(), "run".into(), "x".into(), odd];
    let error = command.try_get_matches_from(line).unwrap_err();
    assert!(Lang::Zh.usage(&error, 80).starts_with("有参数不是有效的 UTF-8\n\n用法："));
}

/// No flag of Holdline's can meet these yet.
#[test]
fn mistakes_that_other_flags_would_allow_are_told_too() {
    let arg = |id: &'static str| Arg::new(id).long(id).action(ArgAction::Set);
    let command = || {
        Command::new("holdline")
            .args([
                arg("two").num_args(2),
                arg("more").num_args(2..),
                arg("tie").require_equals(true),
            ])
            .arg(arg("number").value_parser(clap::value_parser!(u8)))
            .arg(arg("alone").exclusive(true))
            .subcommand(Command::new("go"))
            .args_conflicts_with_subcommands(true)
    };
    for (line, says) in [
        (vec!["--two", "1"], "`--two <two> <two>` 要有 2 个值，写了 1 个"),
        (vec!["--more", "1"], "`--more <more> <more>...` 至少要有 2 个值，只写了 1 个"),
        (vec!["--tie", "1"], "`--tie=<tie>` 与它的值之间要写 `=`"),
        (vec!["--number", "x"], "`--number <number>` 的值 `x` 无效：invalid digit"),
        (vec!["--alone", "1", "--tie=2"], "`--alone <alone>` 不能与其他参数同用"),
        (vec!["--tie=1", "go"], "命令 `go` 不能与 `--tie=<tie>` 同用"),
    ] {
        let text = told(command(), &line);
        assert!(text.starts_with(says), "{line:?}: {text}");
    }
}
