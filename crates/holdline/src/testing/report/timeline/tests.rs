use super::{clip, excerpt, table};
use crate::testing::report::Style;
use crate::testing::report::sample::{case, failure, hostile, secs, story};
use crate::testing::story::{Failure, Verdict};
use crate::words::Lang;
use unicode_width::UnicodeWidthStr;

fn style(lang: Lang, columns: usize) -> Style {
    Style { lang, is_colored: false, columns }
}

#[test]
fn the_short_timeline_tells_both_ends_around_the_fault() {
    let case = case("a", Verdict::Failed(failure()), story(0));
    expect_test::expect![[r#"
        time          | device                     | line   | server :9999
        --------------+----------------------------+--------+---------------------------
                      | ... 59 more
        00:04:42.000  | sends "heart data\r\n"     | 0 -->  |
        00:04:42.030  |                            | -->    | hears "heart data\r\n"
        00:04:52.000  | sends "heart data\r\n"     | 0 -->  |
        00:04:52.030  |                            | -->    | hears "heart data\r\n"
        00:05:00.000  | fault: at 5m server down for 1h
        00:05:00.000  |                            | -x-    | closes #1
        00:05:00.000  | line lost: closed          | 0 -x-  |
        00:05:05.000  | dials 192.0.2.1:9999       | 0 ..>  |
        00:05:05.000  | not connected: refused     | 0 -x-  |
        00:10:05.000  | dials 192.0.2.1:9999       | 0 ..>  |
        00:10:05.000  | not connected: refused     | 0 -x-  |
        00:15:05.000  | dials 192.0.2.1:9999       | 0 ..>  |
        00:15:05.000  | not connected: refused     | 0 -x-  |
                      | ... 734 more
        02:04:40.000  | sends "heart data\r\n"     | 0 -->  |
        02:04:40.030  |                            | -->    | hears "heart data\r\n"
        02:04:50.000  | sends "heart data\r\n"     | 0 -->  |
        02:04:50.030  |                            | -->    | hears "heart data\r\n"
    "#]]
    .assert_eq(&excerpt(&case, &at(7499, &[]), style(Lang::En, 80)));
}

/// A failure seen at `end`, which is about `moments`.
fn at(end: u64, moments: &[u64]) -> Failure {
    let around = moments.iter().copied().map(secs).collect();
    Failure { at: secs(end), around, ..failure() }
}

#[test]
fn the_short_timeline_tells_what_the_failure_is_about() {
    let case = case("a", Verdict::Failed(failure()), story(0));
    let plain = excerpt(&case, &at(7499, &[]), style(Lang::En, 80));
    let told = excerpt(&case, &at(7499, &[30, 72]), style(Lang::En, 80));
    let new: Vec<_> = told.lines().filter(|line| !plain.contains(line)).collect();
    expect_test::expect![[r#"
                      | ... 8 more
        00:00:22.030  |                            | -->    | hears "heart data\r\n"
        00:00:32.000  | sends "heart data\r\n"     | 0 -->  |
        00:00:32.030  |                            | -->    | hears "heart data\r\n"
                      | ... 5 more
        00:01:02.030  |                            | -->    | hears "heart data\r\n"
        00:01:12.000  | heartrpt    true           |        |
        00:01:12.000  | sends "heart data\r\n"     | 0 -->  |
                      | ... 41 more
    "#]]
    .assert_eq(&format!("{}\n", new.join("\n")));
}

#[test]
fn the_whole_table_has_every_row() {
    let case = case("a", Verdict::Passed, story(0));
    let text = table(&case, style(Lang::En, 160));
    assert_eq!(text.lines().count(), case.story.rows.len() + 2);
}

#[test]
fn no_line_is_wider_than_the_terminal_in_either_language() {
    for lang in [Lang::En, Lang::Zh] {
        for columns in [80, 81, 120] {
            let text = table(&hostile(), style(lang, columns));
            for line in text.lines() {
                assert!(line.width() <= columns, "{columns}: {line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
            let bars = text.lines().filter(|line| line.matches(" | ").count() == 3);
            let places: Vec<_> =
                bars.map(|line| line.split(" | ").next().unwrap().width()).collect();
            assert!(places.iter().all(|place| *place == places[0]), "aligned");
        }
    }
}

#[test]
fn wide_characters_are_cut_at_a_whole_one() {
    assert_eq!(clip("位置位置", 8), "位置位置");
    assert_eq!(clip("位置位置位", 8), "位置...");
    assert_eq!(clip("位置位置位", 7), "位置...");
}

#[test]
fn colours_stand_around_the_words_only() {
    let case = case("a", Verdict::Passed, story(0));
    let plain = table(&case, style(Lang::En, 80));
    let painted = table(&case, Style { is_colored: true, ..style(Lang::En, 80) });
    assert!(painted.contains("\x1b[33mfault: at 5m server down for 1h"));
    let mut bare = painted;
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"] {
        bare = bare.replace(code, "");
    }
    let trimmed = |text: &str| text.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&bare), trimmed(&plain));
}
