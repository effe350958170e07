//! Signs that look like Lua's, bytes in strings, and levels.

use super::scan;
use crate::check::source::Source;

/// The clean text, and each fault with its place.
fn of(bytes: &[u8]) -> (String, Vec<String>) {
    let mut found = Vec::new();
    let source = Source::read(bytes, &mut found);
    let clean = scan(&source, &mut found).clean;
    let told = found.iter().map(|f| format!("{}:{} {}", f.at.line, f.at.column, f.fault.code()));
    (clean, told.collect())
}

#[test]
fn plain_lua_is_left_as_it_is() {
    let text = "#!lua\nlocal a = [[x\ny]] --[==[ （ ]] ]==] .. 'it\\'s' -- “\nb = 0x1F ~= a[#a]";
    let (clean, told) = of(text.as_bytes());
    assert_eq!(clean, text.strip_prefix("#!lua").unwrap());
    assert_eq!(told, [""; 0]);
}

#[test]
fn full_width_signs_in_code_are_told_and_read_as_meant() {
    let (clean, told) = of("print（“你好”，　1）；x = \"a（\"".as_bytes());
    assert_eq!(clean, "print(\"你好\", 1);x = \"a（\"");
    let places = ["1:6", "1:7", "1:11", "1:12", "1:14", "1:15"];
    assert_eq!(told, places.map(|place| format!("{place} full-width")));
}

#[test]
fn a_full_width_quote_where_the_string_should_end_ends_it() {
    let (clean, told) = of("print(\"hello”)\nx = 1".as_bytes());
    assert_eq!(
        (clean.as_str(), told),
        ("print(\"hello\")\nx = 1", vec!["1:13 full-width".to_owned()])
    );
}

#[test]
fn letters_that_lua_does_not_know_are_told() {
    let (clean, told) = of("a变量 = 1".as_bytes());
    assert_eq!(clean, "a__ = 1");
    assert_eq!(told, ["1:2 not-ascii", "1:3 not-ascii"]);
}

#[test]
fn escapes_that_lua_5_1_has_not_are_told() {
    let (_, told) = of(br#"x = "\x41\u{4E2D}\z\065\\x41" .. [[\x41]]"#);
    assert_eq!(told, ["1:6 hex-escape", "1:10 newer-lua", "1:18 newer-lua"]);
}

#[test]
fn a_hidden_backslash_is_told_unless_it_is_doubled() {
    let (_, told) = of(b"x = '\xD5\x5Cn' -- \xD5\x5C");
    assert_eq!(told, ["1:6 gbk-backslash"]);
    let (clean, told) = of(b"x = '\xD5\x5C\\' y = 1");
    assert_eq!((clean.as_str(), told.len()), ("x = '誠_' y = 1", 0));
}

#[test]
fn levels_are_counted() {
    let nested = |count: usize| format!("x = {}1{}", "(".repeat(count), ")".repeat(count));
    assert_eq!(of(nested(150).as_bytes()).1, [""; 0]);
    assert_eq!(of(nested(300).as_bytes()).1, ["1:199 too-deep"]);
    assert_eq!(of(format!("x = {} 1", "not ".repeat(500)).as_bytes()).1.len(), 1);
    assert_eq!(of("x = 1 + 1 .. 'a'\n".repeat(9000).as_bytes()).1, [""; 0]);
    assert_eq!(of(format!("x = 1{}", " + 1".repeat(5000)).as_bytes()).1, ["1:16007 too-long"]);
    assert_eq!(of("end ".repeat(9000).as_bytes()).1, [""; 0]);
}
