//! What serde says of words whose shape is wrong, in Chinese. A sentence in English is all that its errors
//! have; one that is not known here stays as it is.

/// What a framing can be, as [`super::FramingWords`] tells serde, and in Chinese.
const FRAMING: [&str; 2] = [
    "it is `none`, `line`, `fixed 12`, `idle 200ms`, or `length` with `skip`, `order` and `counts`",
    "应为 `none`、`line`、`fixed 12`、`idle 200ms`，或 `length` 加上 `skip`、`order`、`counts`",
];

/// What an identity can be, as [`super::IdentityWords`] tells serde, and in Chinese.
const IDENTITY: [&str; 2] = [
    "it is `imei`, a regular expression, `len` with `prefix_hex` and `skip`, or `name` alone",
    "应为 `imei`、正则表达式、`len` 加上 `prefix_hex` 和 `skip`，或单独一个 `name`",
];

/// Sentences without a value of their own.
const WHOLE: [[&str; 2]; 8] = [
    FRAMING,
    IDENTITY,
    ["duplicate key", "这个名称写了两次"],
    ["wanted string or table", "应为字符串"],
    ["invalid digit found in string", "应为整数"],
    ["cannot parse integer from empty string", "应为整数，写的却是空的"],
    ["number too large to fit in target type", "数太大"],
    ["number would be zero for non-zero type", "应为大于 0 的整数"],
];

/// What was expected.
const EXPECTED: [[&str; 2]; 16] = [
    ["a string", "字符串"],
    ["path string", "路径"],
    ["a boolean", "`true` 或 `false`"],
    ["a sequence", "列表"],
    ["a map", "带名称的值"],
    ["words with names before them", "带名称的值"],
    ["u8", "0 到 255 的整数"],
    ["u16", "0 到 65535 的整数"],
    ["u32", "0 到 4294967295 的整数"],
    ["u64", "不小于 0 的整数"],
    ["usize", "不小于 0 的整数"],
    ["a nonzero u16", "1 到 65535 的整数"],
    ["a nonzero u32", "1 到 4294967295 的整数"],
    ["a nonzero usize", "大于 0 的整数"],
    ["i64", "整数"],
    ["f64", "数"],
];

/// What was found, before the value.
const FOUND: [[&str; 2]; 7] = [
    ["boolean `", "`"],
    ["integer `", "整数 `"],
    ["floating point `", "小数 `"],
    ["string \"", "字符串 \""],
    ["sequence", "列表"],
    ["map", "带名称的值"],
    ["null", "`null`"],
];

/// What serde says of a shape, in Chinese: a missing or unknown name, or a value of another type.
pub fn shape_in_chinese(sentence: &str) -> String {
    let whole = WHOLE.iter().find(|[english, _]| *english == sentence);
    let told = match whole {
        Some([_, chinese]) => Some((*chinese).to_owned()),
        None => of_name(sentence).or_else(|| of_value(sentence)),
    };
    told.unwrap_or_else(|| sentence.to_owned())
}

fn of_name(sentence: &str) -> Option<String> {
    if let Some(name) = sentence.strip_prefix("missing field ") {
        return Some(format!("缺少 {name}"));
    }
    if let Some(name) = sentence.strip_prefix("duplicate field ") {
        return Some(format!("{name} 写了两次"));
    }
    let unknown = ["unknown field ", "unknown variant "];
    let rest = unknown.into_iter().find_map(|start| sentence.strip_prefix(start))?;
    let (name, names) = rest.rsplit_once(", expected ")?;
    let names: Vec<_> = names.split('`').skip(1).step_by(2).collect();
    Some(format!("没有 {name}，可以写 `{}`", names.join("`、`")))
}

fn of_value(sentence: &str) -> Option<String> {
    let wrong = ["invalid type: ", "invalid value: "];
    let rest = wrong.into_iter().find_map(|start| sentence.strip_prefix(start))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let [_, wanted] = EXPECTED.iter().find(|[english, _]| {
        // Of a shape of ours serde tells the name that it has in the code.
        *english == expected || (*english == "a map" && expected.starts_with("struct "))
    })?;
    let found = FOUND.iter().find_map(|[english, chinese]| {
        found.strip_prefix(english).map(|value| format!("{chinese}{value}"))
    });
    Some(match found {
        Some(found) => format!("应为{}，写的却是{}", spaced(wanted), spaced(&found)),
        None => format!("应为{}", spaced(wanted)),
    })
}

/// `words` as they stand behind a Chinese letter.
fn spaced(words: &str) -> String {
    if words.starts_with(|c: char| c.is_ascii()) { format!(" {words}") } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::PortWords;
    use super::{FRAMING, IDENTITY, shape_in_chinese};

    fn of_toml(text: &str) -> String {
        shape_in_chinese(toml::from_str::<PortWords>(text).unwrap_err().message())
    }

    #[test]
    fn names_that_are_missing_unknown_or_there_twice_are_told() {
        assert_eq!(of_toml("name = 'a'"), "缺少 `listen`");
        let text = of_toml("nam = 'a'");
        assert!(text.starts_with("没有 `nam`，可以写 `name`、`kind`、`listen`、"), "{text}");
        let kinds = "没有 `tpc`，可以写 `tcp`、`udp`、`tls`、`mtls`";
        assert_eq!(of_toml("kind = 'tpc'"), kinds);
        assert_eq!(of_toml("name = 'a'\nname = 'b'"), "这个名称写了两次");
        let twice = serde_json::from_str::<PortWords>(r#"{"name": "a", "name": "b"}"#).unwrap_err();
        let twice = twice.to_string();
        assert_eq!(shape_in_chinese(twice.split(" at line").next().unwrap()), "`name` 写了两次");
    }

    #[test]
    fn values_of_another_type_are_told() {
        assert_eq!(of_toml("listen = 9999"), "应为字符串，写的却是整数 `9999`");
        assert_eq!(of_toml("listen = true"), "应为字符串，写的却是 `true`");
        assert_eq!(of_toml("kind = 3"), "应为字符串");
        assert_eq!(of_toml("names = 'a'"), "应为列表，写的却是字符串 \"a\"");
        assert_eq!(of_toml("rule = [1]"), "应为带名称的值，写的却是整数 `1`");
        assert_eq!(
            of_toml("rule = [{ echo = 'yes' }]"),
            "应为 `true` 或 `false`，写的却是字符串 \"yes\""
        );
    }

    /// The English ones stand at the types, where serde wants them.
    #[test]
    fn what_a_framing_and_an_identity_can_be_is_told() {
        for (text, says) in [
            ("framing = 3", FRAMING[1]),
            ("framing = { length = 2, skp = 1 }", FRAMING[1]),
            ("identity = 3", IDENTITY[1]),
        ] {
            assert_eq!(of_toml(text), says);
        }
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        let odd = "unclosed array table, expected `]`";
        assert_eq!(shape_in_chinese(odd), odd);
        assert_eq!(shape_in_chinese("invalid type: x, expected y"), "invalid type: x, expected y");
    }

    #[test]
    fn numbers_are_told() {
        let says = |json: &str| {
            let error = serde_json::from_str::<crate::Keep>(json).unwrap_err().to_string();
            shape_in_chinese(error.split(" at line").next().unwrap())
        };
        assert_eq!(says(r#"{"days": 0}"#), "应为 1 到 4294967295 的整数，写的却是整数 `0`");
        assert_eq!(says(r#"{"days": 1.5}"#), "应为 1 到 4294967295 的整数，写的却是小数 `1.5`");
        assert_eq!(says(r#"{"days": null}"#), "应为 1 到 4294967295 的整数，写的却是 `null`");
        assert_eq!(says("7"), "应为带名称的值，写的却是整数 `7`");
        let zero = "0".parse::<std::num::NonZeroU32>().unwrap_err().to_string();
        assert_eq!(shape_in_chinese(&zero), "应为大于 0 的整数");
        for (text, says) in [("x", "应为整数"), ("", "应为整数，写的却是空的"), ("999", "数太大")]
        {
            assert_eq!(shape_in_chinese(&text.parse::<u8>().unwrap_err().to_string()), says);
        }
    }
}
