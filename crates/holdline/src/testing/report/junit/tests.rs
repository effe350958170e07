use super::document;
use crate::testing::report::sample::report;
use crate::words::Lang;
use quick_xml::Reader;
use quick_xml::events::Event;

/// How often each element opens, after a strict reader has read it all.
fn elements(xml: &[u8]) -> Vec<String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let (mut names, mut buffer) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event_into(&mut buffer).unwrap();
        if event == Event::Eof {
            return names;
        }
        if let Event::Start(element) | Event::Empty(element) = event {
            element.attributes().for_each(|attribute| drop(attribute.unwrap()));
            names.push(element.name().as_ref().to_owned());
        }
        buffer.clear();
    }
}

#[test]
fn each_test_is_a_case_and_each_fault_an_error() {
    let xml = document(&report(), Lang::En).unwrap();
    let names = elements(&xml);
    let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    assert_eq!((count("testsuites"), count("testsuite"), count("testcase")), (1, 2, 5));
    assert_eq!((count("failure"), count("error"), count("system-out")), (2, 2, 3));
    let text = String::from_utf8(xml).unwrap();
    assert!(text.contains(r#"tests="5" failures="2" errors="2""#), "{text}");
    assert!(text.contains(r#"time="0.031000""#));
}

#[test]
fn what_xml_cannot_have_is_shown_by_its_number() {
    let text = String::from_utf8(document(&report(), Lang::Zh).unwrap()).unwrap();
    let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    assert!(text.chars().all(is_xml));
    assert!(text.contains("&lt;/script&gt;&lt;b&gt;\\u{1}\\u{fffe}&amp;amp; 名字"), "{text}");
    assert!(!text.contains("<script>"));
}
