//! The report as JUnit's XML, which CI services show.

use super::{Style, timeline};
use crate::testing::story::{Case, Failure, FileFault, Report, Verdict};
use crate::testing::text;
use crate::words::Lang;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;
use std::io;
use std::path::Path;

/// What a test's failure is written with: no colours, and lines of a fixed width.
fn plain(lang: Lang) -> Style {
    Style { lang, is_colored: false, columns: 100 }
}

/// The whole document: one suite a file, one case a test.
pub(crate) fn document(report: &Report, lang: Lang) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let failures = report.cases.iter().filter(|case| is_failed(case)).count();
    let errors = report.cases.iter().filter(|case| is_error(case)).count() + report.faults.len();
    let element = writer.create_element("testsuites");
    let element = element.with_attributes([
        ("name", "holdline test"),
        ("tests", (report.cases.len() + report.faults.len()).to_string().as_str()),
        ("failures", failures.to_string().as_str()),
        ("errors", errors.to_string().as_str()),
    ]);
    element.write_inner_content(|writer| {
        for file in files(report) {
            suite(writer, report, file, lang)?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}

/// Every file of the report once, in its order.
fn files(report: &Report) -> Vec<&Path> {
    let mut files: Vec<&Path> = Vec::new();
    let cases = report.cases.iter().map(|case| case.file.as_path());
    for file in cases.chain(report.faults.iter().map(|fault| fault.file.as_path())) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

type Out = Writer<Vec<u8>>;

fn suite(writer: &mut Out, report: &Report, file: &Path, lang: Lang) -> io::Result<()> {
    let cases: Vec<_> = report.cases.iter().filter(|case| case.file == file).collect();
    let faults: Vec<_> = report.faults.iter().filter(|fault| fault.file == file).collect();
    let took: f64 = cases.iter().map(|case| case.took.as_secs_f64()).sum();
    let name = visible(&file.to_string_lossy());
    let count = |is: fn(&Case) -> bool| cases.iter().filter(|case| is(case)).count();
    let element = writer.create_element("testsuite").with_attributes([
        ("name", name.as_str()),
        ("tests", (cases.len() + faults.len()).to_string().as_str()),
        ("failures", count(is_failed).to_string().as_str()),
        ("errors", (count(is_error) + faults.len()).to_string().as_str()),
        ("time", format!("{took:.6}").as_str()),
    ]);
    element.write_inner_content(|writer| {
        for case in cases {
            self::case(writer, case, &name, lang)?;
        }
        faults.into_iter().try_for_each(|fault| file_fault(writer, fault, &name, lang))
    })?;
    Ok(())
}

fn is_failed(case: &Case) -> bool {
    matches!(case.verdict, Verdict::Failed(_))
}

fn is_error(case: &Case) -> bool {
    matches!(case.verdict, Verdict::Error(_))
}

fn case(writer: &mut Out, case: &Case, file: &str, lang: Lang) -> io::Result<()> {
    let mut element = writer.create_element("testcase").with_attributes([
        ("classname", file),
        ("name", visible(&case.name).as_str()),
        ("file", file),
    ]);
    if case.line > 0 {
        element = element.with_attribute(("line", case.line.to_string().as_str()));
    }
    let took = format!("{:.6}", case.took.as_secs_f64());
    let element = element.with_attribute(("time", took.as_str()));
    match &case.verdict {
        Verdict::Passed => element.write_empty().map(drop),
        Verdict::Failed(failure) => element
            .write_inner_content(|writer| fault(writer, "failure", case, failure, lang))
            .map(drop),
        Verdict::Error(failure) => element
            .write_inner_content(|writer| fault(writer, "error", case, failure, lang))
            .map(drop),
    }
}

/// Why a test did not pass, with what happened around it.
fn fault(
    writer: &mut Out,
    kind: &str,
    case: &Case,
    failure: &Failure,
    lang: Lang,
) -> io::Result<()> {
    let style = plain(lang);
    let around = timeline::excerpt(case, failure, style);
    let told = format!("{}\n\n{around}", text::of_failure(case, failure, style));
    let message = visible(&format!("{}: {}", failure.words, failure.got));
    let element = writer.create_element(kind).with_attribute(("message", message.as_str()));
    element.write_text_content(BytesText::new(&visible(&told)))?;
    let story = timeline::table(case, style);
    writer.create_element("system-out").write_text_content(BytesText::new(&visible(&story)))?;
    Ok(())
}

fn file_fault(writer: &mut Out, fault: &FileFault, file: &str, lang: Lang) -> io::Result<()> {
    let element = writer.create_element("testcase").with_attributes([
        ("classname", file),
        ("name", file),
        ("file", file),
    ]);
    let told = visible(&text::of_fault(fault, lang));
    let message = visible(&fault.text);
    element.write_inner_content(|writer| {
        let element = writer.create_element("error").with_attribute(("message", message.as_str()));
        element.write_text_content(BytesText::new(&told)).map(drop)
    })?;
    Ok(())
}

/// Text without characters that XML cannot have at all, not even escaped.
fn visible(text: &str) -> String {
    let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    let shown = |c: char| match is_xml(c) && !('\u{7F}'..='\u{9F}').contains(&c) {
        true => c.to_string(),
        false => format!("\\u{{{:x}}}", u32::from(c)),
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests;
