//! What is wrong with a command line. In English these are clap's own sentences, in Chinese ours: what
//! is wrong, what was perhaps meant, how it is written, where there is more.

use super::Lang;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

impl Lang {
    /// What stands for the flag where an error names none.
    pub(crate) fn command_line(self) -> &'static str {
        match self {
            Self::En => "command line",
            Self::Zh => "命令行",
        }
    }

    /// All that there is to say of a command line that makes no sense, in lines for so many columns.
    pub(crate) fn usage(self, error: &Error, columns: usize) -> String {
        let text = match (self, error.kind()) {
            (Self::Zh, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) => {
                self.help_page(error.render().to_string(), columns)
            }
            (Self::Zh, _) => in_chinese(error),
            (Self::En, _) => error.to_string(),
        };
        text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned()
    }
}

fn in_chinese(error: &Error) -> String {
    let mut text = wrong(error);
    let tips = tips(error);
    if !tips.is_empty() {
        text.push_str(&format!("\n\n  提示：{}", tips.join("\n  提示：")));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        text.push_str(&format!("\n\n用法：{}", usage.strip_prefix("Usage: ").unwrap_or(&usage)));
    }
    text.push_str("\n\n详细说明见 `--help`。");
    text
}

fn wrong(error: &Error) -> String {
    let arg = text(error, ContextKind::InvalidArg).unwrap_or("参数");
    let given = text(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument if arg.starts_with('-') => format!("没有 `{arg}` 这个选项"),
        ErrorKind::UnknownArgument => format!("多余的参数 `{arg}`"),
        ErrorKind::InvalidValue if given.is_empty() => format!("`{arg}` 缺少值"),
        ErrorKind::InvalidValue => format!("`{arg}` 没有 `{given}` 这个值"),
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(source) => format!("`{arg}` 的值 `{given}` 无效：{source}"),
            None => format!("`{arg}` 的值 `{given}` 无效"),
        },
        ErrorKind::NoEquals => format!("`{arg}` 与它的值之间要写 `=`"),
        ErrorKind::TooManyValues => format!("`{arg}` 后面多了值 `{given}`"),
        ErrorKind::TooFewValues => {
            let least = number(error, ContextKind::MinValues);
            format!("`{arg}` 至少要有 {least} 个值，只写了 {} 个", written(error))
        }
        ErrorKind::WrongNumberOfValues => {
            let needed = number(error, ContextKind::ExpectedNumValues);
            format!("`{arg}` 要有 {needed} 个值，写了 {} 个", written(error))
        }
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::MissingRequiredArgument => {
            let missing = several(error, ContextKind::InvalidArg);
            format!("缺少必需的参数：\n  {}", missing.join("\n  "))
        }
        ErrorKind::InvalidSubcommand => {
            let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("没有 `{given}` 这个命令")
        }
        ErrorKind::MissingSubcommand => {
            let commands = several(error, ContextKind::ValidSubcommand);
            format!("没有写命令\n  [命令：{}]", commands.join("、"))
        }
        ErrorKind::InvalidUtf8 => "有参数不是有效的 UTF-8".to_owned(),
        // No mistakes of who typed the line; and what a later clap may know.
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion
        | ErrorKind::Io
        | ErrorKind::Format
        | _ => error.to_string(),
    }
}

fn conflict(error: &Error) -> String {
    let subject = match text(error, ContextKind::InvalidSubcommand) {
        Some(command) => format!("命令 `{command}`"),
        None => format!("`{}`", text(error, ContextKind::InvalidArg).unwrap_or_default()),
    };
    let others = several(error, ContextKind::PriorArg);
    if others.len() == 1 && text(error, ContextKind::InvalidArg) == Some(others[0]) {
        return format!("{subject} 只能写一次");
    }
    if others.is_empty() {
        return format!("{subject} 不能与其他参数同用");
    }
    format!("{subject} 不能与 `{}` 同用", others.join("`、`"))
}

/// What was perhaps meant.
fn tips(error: &Error) -> Vec<String> {
    let kinds =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let similar = kinds.into_iter().map(|kind| several(error, kind));
    let similar = similar.filter(|names| !names.is_empty());
    let mut tips: Vec<_> =
        similar.map(|names| format!("相近的有 `{}`", names.join("`、`"))).collect();
    if let Some(ContextValue::StyledStrs(suggested)) = error.get(ContextKind::Suggested) {
        tips.extend(suggested.iter().filter_map(|tip| suggestion(&tip.to_string())));
    }
    tips
}

/// A tip of clap's that has no kind of its own: its sentence is all that there is.
fn suggestion(tip: &str) -> Option<String> {
    if let Some(rest) = tip.strip_prefix("to pass '") {
        let (value, line) = rest.strip_suffix('\'')?.split_once("' as a value, use '")?;
        return Some(format!("要把 `{value}` 当作值，写 `{line}`"));
    }
    if let Some(rest) = tip.strip_prefix("subcommand '") {
        let (command, _) = rest.split_once("' exists;")?;
        return Some(format!("`{command}` 是命令，去掉它前面的 `--`"));
    }
    let elsewhere = tip.strip_prefix('\'')?.strip_suffix("' exists")?;
    Some(format!("可以写 `{elsewhere}`"))
}

fn text(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

fn several(error: &Error, kind: ContextKind) -> Vec<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text],
        Some(ContextValue::Strings(texts)) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn number(error: &Error, kind: ContextKind) -> isize {
    match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    }
}

/// How many values there are.
fn written(error: &Error) -> isize {
    number(error, ContextKind::ActualNumValues)
}

#[cfg(test)]
mod tests;
