//! What is printed, once, when Holdline gives up: `holdline: a: b: c`, then `hint: ...`.

use crate::testing::report::columns;
use crate::words::Lang;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use holdline_peer::fault::FaultError;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// The exit code for a fault that is not the script's.
const FAULT: u8 = 2;

/// A flag's value that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// Not a duration.
    Duration {
        /// What was typed.
        given: String,
    },
    /// Not a boot time.
    Boot {
        /// What was typed.
        given: String,
    },
    /// Not a module type.
    Module {
        /// What was typed.
        given: String,
    },
    /// Not a count.
    Number {
        /// What was typed.
        given: String,
    },
    /// Not a count from 1 on.
    Count {
        /// What was typed.
        given: String,
    },
    /// Not `HOST:PORT`.
    Target {
        /// What was typed.
        given: String,
    },
    /// Not a text to send.
    Probe {
        /// What was typed.
        given: String,
    },
    /// Not `N=TARGET`.
    Cable {
        /// What was typed.
        given: String,
    },
    /// Not a pace of virtual time.
    Speed {
        /// What was typed.
        given: String,
    },
    /// Not a fault.
    Fault(FaultError),
    /// Not a virtual server.
    VirtualServer {
        /// What was typed.
        given: String,
    },
    /// Not a server that can tell the time.
    TimeServer {
        /// What was typed.
        given: String,
    },
    /// Not `FROM=TO`.
    Redirect {
        /// What was typed.
        given: String,
        /// Which half is wrong.
        half: Half,
    },
}

/// A half of `FROM=TO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// What the script names.
    From,
    /// Where it leads.
    To,
    /// There is no `=`.
    Both,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Lang::En.mistake(self).text)
    }
}

impl std::error::Error for Mistake {}

/// Something that went wrong, in the reader's language, with the way out where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What.
    pub(crate) text: String,
    /// What can be done about it.
    pub(crate) hint: Option<String>,
}

impl Problem {
    /// A problem with a way out.
    pub(crate) fn with_hint(text: String, hint: String) -> Self {
        Self { text, hint: Some(hint) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Problem {}

/// Prints why a command could not do its work.
pub(crate) fn failure(error: &anyhow::Error, lang: Lang) -> ExitCode {
    let hint = error.downcast_ref::<Problem>().and_then(|problem| problem.hint.as_deref());
    say(&format!("{error:#}"), hint, lang);
    ExitCode::from(FAULT)
}

/// Prints what is wrong with a command line; help and version are no mistakes.
pub(crate) fn usage(error: &clap::Error, lang: Lang) -> ExitCode {
    if !error.use_stderr() {
        let page = lang.help_page(error.render().ansi().to_string(), columns());
        // clap knows which terminals want no colours. A closed stdout is not worth a word.
        let _ = clap::Command::new("holdline").override_help(page).print_help();
        return ExitCode::SUCCESS;
    }
    match problem_of(error, lang) {
        Some(Problem { text, hint }) => {
            say(&format!("{}: {text}", flag_of(error, lang)), hint.as_deref(), lang);
        }
        None => say(&lang.usage(error, columns()), None, lang),
    }
    ExitCode::from(FAULT)
}

/// What is wrong with a flag's value, if that is what is wrong.
fn problem_of(error: &clap::Error, lang: Lang) -> Option<Problem> {
    if error.kind() == ErrorKind::ValueValidation {
        let mistake = std::error::Error::source(error)?.downcast_ref()?;
        return Some(lang.mistake(mistake));
    }
    let given = error.get(ContextKind::InvalidValue);
    match (given, error.get(ContextKind::ValidValue)) {
        (Some(ContextValue::String(given)), Some(ContextValue::Strings(choices)))
            if !choices.is_empty() =>
        {
            Some(lang.not_a_choice(given, choices))
        }
        _ => None,
    }
}

/// The flag that an error is about, without its placeholder: `--for`.
fn flag_of(error: &clap::Error, lang: Lang) -> &str {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(flag)) => flag.split(' ').next().unwrap_or(flag),
        _ => lang.command_line(),
    }
}

fn say(text: &str, hint: Option<&str>, lang: Lang) {
    let mut words = format!("holdline: {text}\n");
    if let Some(hint) = hint {
        words.push_str(&format!("{}\n", lang.labelled(lang.hint(), hint)));
    }
    // With stderr closed there is nobody to tell.
    let _ = std::io::stderr().write_all(words.as_bytes());
}
