//! Bytes that are no Lua, or mean harm.

use super::{check, found, main_with};

#[test]
fn encodings_are_told() {
    let main = main_with("require 'a' require 'b'");
    let of =
        |a: &[u8], b: &[u8]| found(&[("main.lua", main.as_bytes()), ("a.lua", a), ("b.lua", b)]);
    assert_eq!(of(b"\xEF\xBB\xBFx = 1", b""), ["a.lua:1:1 byte-order-mark"]);
    assert_eq!(of(b"x = '\xFF\xFE'", b""), ["a.lua:1:6 bad-bytes"]);
    let (gbk, utf8): (&[u8], &[u8]) = (b"x = '\xCE\xBB\xD6\xC3'", "y = '位置'".as_bytes());
    assert_eq!(of(gbk, gbk), [""; 0]);
    assert_eq!(of(utf8, utf8), [""; 0]);
    assert_eq!(of(gbk, utf8).len(), 1);
    assert_eq!(of(&[gbk, b"\n", utf8, b"\n", gbk].concat(), b""), ["a.lua:2:6 mixed-lines"]);
    assert_eq!(of(b"-- \xCE\xBB\xD6\xC3", "-- 位置".as_bytes()), [""; 0]);
    assert_eq!(of(b"x = '\xD5\x5Cn'", b""), ["a.lua:1:6 gbk-backslash"]);
    assert_eq!(of(b"x = '\\x41\\x42'", b""), ["a.lua:1:6 hex-escape"]);
    assert_eq!(
        of("print（1）\r\nx = 变".as_bytes(), b""),
        ["a.lua:1:6 full-width", "a.lua:1:8 full-width", "a.lua:2:5 not-ascii"]
    );
}

#[test]
fn syntax_errors_are_told_with_their_place_and_by_their_name() {
    let of = |text: &str| {
        let main = main_with("require 'a'");
        found(&[("main.lua", main.as_bytes()), ("a.lua", text.as_bytes())])
    };
    for (text, expected) in [
        ("x = = 1", "a.lua:1:5 syntax"),
        ("if x != 1 then end", "a.lua:1:6 syntax"),
        ("function f()\n  if x then\nend\ny = 1", "a.lua:2:3 syntax"),
        ("do\nfunction f() end", "a.lua:1:1 syntax"),
        ("x = (1 + 2\ny = 3", "a.lua:2:1 syntax"),
        ("x = 'open\ny = 1", "a.lua:1:5 syntax"),
        ("x = 1 end", "a.lua:1:7 syntax"),
        ("if x do end", "a.lua:1:6 syntax"),
        ("goto out\n::out::", "a.lua:1:1 newer-lua"),
        ("x = `a`", "a.lua:1:5 syntax"),
        ("x = 7 // 2", "a.lua:1:7 newer-lua"),
        ("x = 7 & 2", "a.lua:1:7 newer-lua"),
        ("x = '\\u{41}'", "a.lua:1:6 newer-lua"),
        ("local x <const> = 1", "a.lua:1:9 newer-lua"),
    ] {
        assert_eq!(of(text).first().map(String::as_str), Some(expected), "{text}: {:?}", of(text));
    }
    let several = "x = = 1\nfunction f()\n  foo(\nend\nlocal q != 3\ny = 5 +";
    let lines: Vec<_> =
        of(several).iter().map(|f| f.split(':').nth(1).unwrap().to_owned()).collect();
    assert!(lines.contains(&"1".to_owned()) && lines.contains(&"5".to_owned()), "{lines:?}");
    // What such a file makes is not known, so its names are not missed elsewhere.
    let main = main_with("require 'a'\nhelper()");
    let files = [("main.lua", main.as_bytes()), ("a.lua", b"function helper() x = = 1 end")];
    assert_eq!(found(&files), ["a.lua:1:23 syntax"]);
}

#[test]
fn sources_that_mean_harm_end_in_findings() {
    let deep = |open: &str, count: usize| format!("x = {}", open.repeat(count)).into_bytes();
    let cases: [(Vec<u8>, &str); 12] = [
        (vec![b'x'; 10 * 1024 * 1024], "too-large"),
        (deep("(", 100_000), "too-deep"),
        (deep("{", 100_000), "too-deep"),
        (deep("function() x = ", 50_000), "too-deep"),
        (deep("not ", 100_000), "too-deep"),
        (deep("-", 300_000), ""),
        (deep("1 .. ", 100_000), "too-deep"),
        (deep("1 + ", 100_000), "too-long"),
        ("if x then ".repeat(50_000).into_bytes(), "too-deep"),
        ("[[".repeat(100_000).into_bytes(), "syntax"),
        ((0..600_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect(), ""),
        ("local x = 1 x() ".repeat(60_000).into_bytes(), "too-many-locals"),
    ];
    for (bytes, code) in cases {
        let main = main_with("require 'a'");
        let end = check(&[("main.lua", main.as_bytes()), ("a.lua", &bytes)], &["--json"]);
        assert!(matches!(end.code, Some(0 | 1)) && end.stderr.is_empty(), "{code}: {}", end.stderr);
        assert!(end.stdout.contains(&format!("\"code\":\"{code}")), "{code}: {}", end.stdout);
    }
}
