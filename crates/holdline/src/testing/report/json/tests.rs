use super::document;
use crate::testing::report::sample::report;

#[test]
fn a_program_finds_verdicts_failures_and_rows() {
    let document = document(&report());
    assert_eq!(document["format"], 1);
    let tests = document["tests"].as_array().unwrap();
    let verdicts: Vec<_> = tests.iter().map(|test| test["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["passed", "failed", "error", "failed"]);
    assert_eq!(tests[1]["failure"]["line"], 8);
    assert_eq!(tests[1]["virtual_ms"], 7_500_000);
    assert_eq!(tests[1]["hash"], "9f3c00001234abcd");
    let row = &tests[1]["story"]["rows"][6];
    let sent = serde_json::json!({
        "ms": 12_000, "actor": 1, "what": "sent", "socket": 0, "attempt": 1,
        "len": 12, "text": "heart data\r\n", "hex": "686561727420646174610d0a",
    });
    assert_eq!(*row, sent);
    assert_eq!(document["errors"][0]["file"], "tests/empty.lua");
}

#[test]
fn every_name_and_field_is_documented() {
    let page = include_str!("../../../../../../docs/test-reports.md");
    let document = document(&report());
    for test in document["tests"].as_array().unwrap() {
        for row in test["story"]["rows"].as_array().unwrap() {
            let what = row["what"].as_str().unwrap();
            assert!(page.contains(&format!("| `{what}` |")), "{what}");
            for field in row.as_object().unwrap().keys() {
                assert!(page.contains(&format!("`{field}`")), "{field}");
            }
        }
        for field in test.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{field}`")), "{field}");
        }
    }
}
