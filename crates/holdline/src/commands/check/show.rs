//! Findings for people, with the line they are about, and for programs.

use crate::check::fault::At;
use crate::check::{Finding, Report};
use crate::words::Lang;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use unicode_width::UnicodeWidthChar;

/// Other places that are listed in words.
const ALSO_MAX: usize = 8;

/// Characters of a source line that are shown on each side of a fault.
const AROUND_MAX: usize = 60;

/// Escape sequences, or nothing where the output has no colours.
struct Paint {
    bold: &'static str,
    red: &'static str,
    blue: &'static str,
    plain: &'static str,
}

impl Paint {
    const NONE: Self = Self { bold: "", red: "", blue: "", plain: "" };
    const COLORS: Self =
        Self { bold: "\x1b[1m", red: "\x1b[31m", blue: "\x1b[34m", plain: "\x1b[0m" };
}

/// The whole report in words; a project without faults takes one line.
pub(crate) fn text(report: &Report, folder: &Path, lang: Lang, is_colored: bool) -> String {
    let paint = if is_colored { Paint::COLORS } else { Paint::NONE };
    let mut out = String::new();
    for finding in &report.findings {
        out.push_str(&one(finding, folder, lang, &paint));
        out.push('\n');
    }
    out.push_str(&lang.checked(report.findings.len(), report.files));
    out.push('\n');
    out
}

fn one(finding: &Finding, folder: &Path, lang: Lang, paint: &Paint) -> String {
    let Paint { bold, red, blue, plain } = paint;
    let words = lang.fault(&finding.fault);
    let place = place(finding, folder);
    let code = finding.fault.code();
    let mut out = format!("{bold}{place}{plain}: {red}{code}{plain}: {}\n", words.text);
    let number = finding.at.line.to_string();
    let margin = " ".repeat(number.len());
    let (line, mark) = excerpt(finding);
    let mut add = |text: String| {
        // A string takes what is written to it.
        let _ = writeln!(out, "{}", text.trim_end());
    };
    if !line.trim().is_empty() {
        add(format!(" {blue}{number} |{plain} {line}"));
        add(format!(" {margin} {blue}|{plain} {red}{mark}{plain}"));
    }
    if let Some(hint) = &words.hint {
        add(format!(" {margin} {blue}={plain} {}: {hint}", lang.instead()));
    }
    if finding.times > 1 {
        let places: Vec<String> = finding.also.iter().take(ALSO_MAX).map(short).collect();
        let rest = (finding.times - 1).saturating_sub(places.len());
        add(format!(" {margin} {blue}={plain} {}", lang.also_at(&places.join(", "), rest)));
    }
    out
}

fn short(at: &At) -> String {
    format!("{}:{}", at.line, at.column)
}

fn place(finding: &Finding, folder: &Path) -> String {
    format!("{}:{}", folder.join(&finding.file).display(), short(&finding.at))
}

/// The part of the line around the fault, and carets below the fault.
fn excerpt(finding: &Finding) -> (String, String) {
    let chars: Vec<char> = finding.line.chars().collect();
    let start = (finding.at.column as usize - 1).min(chars.len());
    let end = (start + finding.at.len as usize).min(chars.len()).max(start);
    let from = start.saturating_sub(AROUND_MAX);
    let until = (end + AROUND_MAX).min(chars.len()).min(start + 2 * AROUND_MAX);
    let end = end.min(until);
    let shown = |part: &[char]| part.iter().map(|c| visible(*c)).collect::<String>();
    let before = shown(&chars[from..start]);
    let mut mark = before.chars().map(blank).collect::<String>();
    let width: usize = chars[start..end].iter().map(|c| c.width().unwrap_or(1)).sum();
    mark.push_str(&"^".repeat(width.max(1)));
    (shown(&chars[from..until]), mark)
}

/// A character as a terminal shows it and does not obey it.
fn visible(c: char) -> char {
    match c {
        '\t' => c,
        c if c.is_control() => '\u{FFFD}',
        c => c,
    }
}

/// As much room as `c` takes.
fn blank(c: char) -> String {
    match c {
        '\t' => c.to_string(),
        c => " ".repeat(c.width().unwrap_or(0)),
    }
}

/// A finding for programs, as `docs/check.md` describes it.
pub(crate) fn json(finding: &Finding, folder: &Path, lang: Lang) -> Value {
    let words = lang.fault(&finding.fault);
    let at = |at: &At| json!({ "line": at.line, "column": at.column });
    json!({
        "code": finding.fault.code(),
        "file": folder.join(&finding.file).display().to_string(),
        "line": finding.at.line,
        "column": finding.at.column,
        "length": finding.at.len,
        "what": words.text,
        "instead": words.hint,
        "times": finding.times,
        "also": finding.also.iter().map(at).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::excerpt;
    use crate::check::Finding;
    use crate::check::fault::{At, TextFault};

    fn finding(line: &str, column: usize, len: usize) -> Finding {
        let at = At::new(1, column, len);
        let (file, also, fault) = (String::new(), Vec::new(), TextFault::BadBytes.into());
        Finding { file, at, also, times: 1, fault, line: line.to_owned() }
    }

    #[test]
    fn carets_stand_below_the_fault_whatever_is_before_it() {
        let mark = |line, column, len| excerpt(&finding(line, column, len)).1;
        assert_eq!(mark("x = foo()", 5, 3), "    ^^^");
        assert_eq!(mark("\t位置 = foo()", 7, 3), "\t       ^^^");
        assert_eq!(mark("x", 9, 4), " ^");
        assert_eq!(mark("（", 1, 1), "^^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_fault() {
        let long = format!("{}here{}", "a".repeat(5000), "b".repeat(5000));
        let (line, mark) = excerpt(&finding(&long, 5001, 4));
        assert_eq!((line.len(), mark.len()), (124, 64));
        assert_eq!(&line[60..64], "here");
    }
}
