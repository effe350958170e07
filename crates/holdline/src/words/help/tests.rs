use super::run::RUN;
use super::{COMMANDS, FLAGS, HEADINGS, PAGES, POSITIONALS, Page};
use crate::commands::Cli;
use crate::words::Lang;
use clap::{Command, CommandFactory};

/// Every command, as it is in English.
fn commands() -> Vec<Command> {
    let mut top = Cli::command();
    top.build();
    let mut commands: Vec<_> = top.get_subcommands().cloned().collect();
    commands.push(top);
    commands
}

fn page_of(command: &Command) -> &'static Page {
    let mut pages = PAGES.into_iter().filter(|page| page.command == command.get_name());
    let page = pages.next().unwrap_or_else(|| panic!("no page for `{}`", command.get_name()));
    assert!(pages.next().is_none(), "two pages for `{}`", command.get_name());
    page
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort();
    items
}

#[test]
fn every_command_has_a_page_and_every_page_a_command() {
    let commands = commands();
    let names = sorted(commands.iter().map(Command::get_name));
    assert_eq!(names, sorted(PAGES.into_iter().map(|page| page.command)));
    for command in &commands {
        let is_longer = command.get_long_about().is_some();
        assert_eq!(page_of(command).more.is_some(), is_longer, "{}", command.get_name());
    }
}

#[test]
fn every_argument_is_told_once_and_nothing_else_is() {
    for command in commands() {
        let there_are = sorted(command.get_arguments().map(|arg| arg.get_id().as_str()));
        let told = sorted(page_of(&command).arguments().map(|told| told.id));
        assert_eq!(told, there_are, "{}", command.get_name());
    }
}

#[test]
fn every_value_with_a_word_of_its_own_has_a_chinese_one() {
    let mut seen = 0;
    for command in commands() {
        for arg in command.get_arguments() {
            let values = arg.get_possible_values();
            let worded = values.iter().filter(|value| value.get_help().is_some());
            let worded = sorted(worded.map(|value| value.get_name()));
            let told = page_of(&command).arguments().find(|told| arg.get_id() == told.id);
            let told = sorted(told.unwrap().values.iter().map(|(value, _)| *value));
            assert_eq!(told, worded, "{} {arg}", command.get_name());
            seen += worded.len();
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn every_heading_is_chinese_and_in_use() {
    let commands = commands();
    let args = || commands.iter().flat_map(Command::get_arguments);
    let own: Vec<_> = args().filter_map(|arg| arg.get_help_heading()).collect();
    for (heading, _) in HEADINGS {
        assert!(own.contains(&heading), "{heading}");
    }
    for heading in own {
        assert!(HEADINGS.iter().any(|(english, _)| *english == heading), "{heading}");
    }
}

/// What `line` prints.
fn help(line: &[&str], columns: usize) -> String {
    let command = Lang::Zh.tell(Cli::command());
    let error = command.try_get_matches_from([&["holdline"], line].concat()).unwrap_err();
    Lang::Zh.help_page(error.render().to_string(), columns)
}

/// Two words of English in a row, outside of code, flags and what stands for a value.
fn english(text: &str) -> Option<String> {
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join("。");
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    let words: Vec<_> = text.split(' ').map(|word| word.trim_matches([',', '.', ':'])).collect();
    words.windows(2).find(|pair| pair.iter().all(|word| is_word(word))).map(|pair| pair.join(" "))
}

#[test]
fn no_help_has_an_english_sentence() {
    assert_eq!(english("显示 Print help"), Some("Print help".to_owned()));
    for command in commands() {
        let name = command.get_name();
        let lines = match name {
            "holdline" => vec![vec!["-h"], vec!["--help"], vec!["help"]],
            "help" => vec![vec!["help", "help"]],
            _ => vec![vec![name, "-h"], vec![name, "--help"], vec!["help", name]],
        };
        for line in lines {
            let page = help(&line, usize::MAX);
            assert!(page.contains(page_of(&command).about), "{line:?}: {page}");
            let (head, rest) = page.split_once("\n用法：holdline").unwrap();
            let (_, rest) = rest.split_once('\n').unwrap();
            assert_eq!(english(&format!("{head}\n{rest}")), None, "{line:?}: {page}");
            for word in ["default", "possible", "Possible", "Usage", "Print"] {
                assert!(!page.contains(word), "{line:?}: {page}");
            }
        }
    }
}

#[test]
fn headings_end_with_a_wide_colon() {
    let page = help(&["run", "--help"], 80);
    let (_, heading) = HEADINGS[0];
    for heading in [POSITIONALS, FLAGS, heading] {
        assert!(page.contains(&format!("\n{heading}：\n")), "{heading}: {page}");
    }
    assert!(help(&["-h"], 80).contains(&format!("\n{COMMANDS}：\n")));
}

#[test]
fn defaults_and_values_are_told_as_clap_tells_them() {
    let short = help(&["check", "-h"], 200);
    assert!(
        short.contains("输出是否带颜色 [默认：auto] [可用的值：auto、always、never]\n"),
        "{short}"
    );
    let long = help(&["check", "--help"], 80);
    let values = "          可用的值：\n          - auto：输出到终端时才带\n";
    assert!(long.contains(values) && long.contains("\n          [默认：auto]\n"), "{long}");
    let long = help(&["run", "--help"], 80);
    let notes = "          [默认：module]\n          [可用的值：module、verify]\n";
    assert!(long.contains(notes), "{long}");
}

#[test]
fn lines_fit_the_terminal() {
    use unicode_width::UnicodeWidthStr;
    let whole = help(&["run", "--help"], usize::MAX);
    let paragraphs = RUN.arguments().map(|told| format!("          {}", told.help));
    for paragraph in paragraphs {
        assert!(whole.contains(&paragraph), "{paragraph}: {whole}");
    }
    for columns in [80, 100] {
        for name in ["run", "test", "lab"] {
            for line in [[name, "-h"], [name, "--help"]] {
                let page = help(&line, columns);
                let long = page.lines().find(|line| line.width() > columns);
                assert_eq!(long, None, "{columns}: {page}");
            }
        }
    }
}
