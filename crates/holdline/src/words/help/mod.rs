//! What `--help` says in Chinese. English is the doc comments of the command line; here each command
//! has a page, which is laid over what clap makes of those.

mod check;
mod demo;
mod doctor;
mod editor;
mod fold;
mod lab;
mod new;
mod proxy;
mod run;
mod shared;
mod test;
#[cfg(test)]
mod tests;
mod top;

use super::Lang;
use clap::{Arg, Command};

/// What the help of a command says.
struct Page {
    /// The command's name.
    command: &'static str,
    /// What it does, in a line.
    about: &'static str,
    /// What `--help` says below that.
    more: Option<&'static str>,
    /// Its arguments: its own, and the groups that it shares with other commands.
    arguments: &'static [&'static [Argument]],
}

/// What the help of an argument says.
struct Argument {
    /// The name of its field.
    id: &'static str,
    help: &'static str,
    /// Those of its values that need a word, each with it.
    values: &'static [(&'static str, &'static str)],
}

const fn argument(id: &'static str, help: &'static str) -> Argument {
    Argument { id, help, values: &[] }
}

const PAGES: [&Page; 11] = [
    &top::HOLDLINE,
    &run::RUN,
    &test::TEST,
    &check::CHECK,
    &demo::DEMO,
    &doctor::DOCTOR,
    &new::NEW,
    &lab::LAB,
    &proxy::PROXY,
    &editor::EDITOR,
    &top::HELP,
];

const COMMANDS: &str = "命令";
const POSITIONALS: &str = "参数";
const FLAGS: &str = "选项";

/// Headings of a command's own, in English as its definition has them, and in Chinese.
const HEADINGS: [(&str, &str); 1] = [("With --lab", "与 --lab 同用")];

impl Lang {
    /// The command line, with its help in this language.
    pub(crate) fn tell(self, mut command: Command) -> Command {
        match self {
            Self::En => command,
            Self::Zh => {
                // Makes `help`, `--help` and `--version`, which are to be told as well.
                command.build();
                retell(command)
            }
        }
    }

    /// A page of help as [`Self::tell`] had it made, for lines of so many columns.
    pub(crate) fn help_page(self, page: String, columns: usize) -> String {
        match self {
            Self::En => page,
            Self::Zh => fold::fold(&with_wide_colons(page), columns),
        }
    }
}

/// clap ends every heading with a colon of its own.
fn with_wide_colons(page: String) -> String {
    let own = HEADINGS.iter().map(|(_, heading)| *heading);
    [COMMANDS, POSITIONALS, FLAGS]
        .into_iter()
        .chain(own)
        .fold(page, |page, heading| page.replace(&format!("{heading}:"), &format!("{heading}：")))
}

fn retell(command: Command) -> Command {
    let command = command.mut_subcommands(retell);
    let Some(page) = PAGES.iter().find(|page| page.command == command.get_name()) else {
        return command;
    };
    let usage = command.get_styles().get_usage();
    let template =
        format!("{{about-with-newline}}\n{usage}用法：{usage:#}{{usage}}\n\n{{all-args}}");
    let command = match page.more {
        Some(more) => command.long_about(format!("{}\n\n{more}", page.about)),
        None => command,
    };
    command
        .about(page.about)
        .help_template(template)
        .subcommand_help_heading(COMMANDS)
        // Columns are counted by `fold`: clap knows no wide letters, and breaks at spaces only.
        .term_width(0)
        .mut_args(|arg| page.retell(arg))
}

impl Page {
    fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().copied().flatten()
    }

    fn retell(&self, arg: Arg) -> Arg {
        let Some(told) = self.arguments().find(|told| arg.get_id() == told.id) else {
            return arg;
        };
        let (short, long) = (told.short(&arg), told.long(&arg));
        let heading = heading(&arg);
        arg.help(short)
            .long_help(long)
            .help_heading(heading)
            .hide_default_value(true)
            .hide_possible_values(true)
    }
}

fn heading(arg: &Arg) -> &'static str {
    let own = HEADINGS.iter().find(|(english, _)| arg.get_help_heading() == Some(english));
    match own {
        Some((_, heading)) => heading,
        None if arg.is_positional() => POSITIONALS,
        None => FLAGS,
    }
}

impl Argument {
    /// For `-h`: all in a line.
    fn short(&self, arg: &Arg) -> String {
        let notes = [usual(arg), choices(arg)].into_iter().flatten();
        [self.help.to_owned()].into_iter().chain(notes).collect::<Vec<_>>().join(" ")
    }

    /// For `--help`: a paragraph for each thing that there is to say.
    fn long(&self, arg: &Arg) -> String {
        let values = (!self.values.is_empty()).then(|| {
            let told = self.values.iter().map(|(value, help)| format!("\n- {value}：{help}"));
            format!("可用的值：{}", told.collect::<String>())
        });
        let choices = if values.is_some() { None } else { choices(arg) };
        let notes = [usual(arg), choices].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let notes = (!notes.is_empty()).then_some(notes);
        let parts = [Some(self.help.to_owned()), values, notes];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }
}

/// What holds unless something is given.
fn usual(arg: &Arg) -> Option<String> {
    let values = arg.get_default_values();
    let values: Vec<_> = values.iter().map(|value| value.to_string_lossy()).collect();
    let is_told = arg.get_action().takes_values() && !values.is_empty();
    is_told.then(|| format!("[默认：{}]", values.join(" ")))
}

/// The values that there are.
fn choices(arg: &Arg) -> Option<String> {
    let values = arg.get_possible_values();
    let names: Vec<_> = values.iter().map(|value| value.get_name()).collect();
    (!names.is_empty()).then(|| format!("[可用的值：{}]", names.join("、")))
}
