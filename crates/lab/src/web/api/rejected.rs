//! Requests that cannot be read: what axum says of them in English, and the same in Chinese.

use super::problem::Problem;
use crate::words::shape_in_chinese;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;

/// How axum begins where a part of a request has another shape; what serde says of it follows.
const SHAPES: [&str; 3] = [
    "Failed to deserialize the JSON body into the target type: ",
    "Failed to parse the request body as JSON: ",
    "Failed to deserialize query string: ",
];

/// What axum says of a part of a request; `zh` names the part.
fn rejected(status: StatusCode, why: &str, zh: &str) -> Problem {
    Problem::new(status, why, format!("{zh}：{}", in_chinese(why)))
        .hint("GET /api/openapi.json has the shape", "格式见 GET /api/openapi.json")
}

fn in_chinese(why: &str) -> String {
    if why == "Expected request with `Content-Type: application/json`" {
        return "请求要有 `Content-Type: application/json`".to_owned();
    }
    let Some(rest) = SHAPES.into_iter().find_map(|start| why.strip_prefix(start)) else {
        return why.to_owned();
    };
    let (name, rest) = match rest.split_once(": ") {
        Some((name, rest)) if !name.contains(' ') => (format!("`{name}`："), rest),
        _ => (String::new(), rest),
    };
    let (sentence, place) = match placed(rest) {
        Some((sentence, line, column)) => (sentence, format!("（第 {line} 行第 {column} 列）")),
        None => (rest, String::new()),
    };
    format!("{name}{}{place}", shape_in_chinese(sentence))
}

/// A sentence about JSON without its place, the line and the column.
fn placed(sentence: &str) -> Option<(&str, &str, &str)> {
    let (sentence, place) = sentence.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((sentence, line, column))
}

impl From<JsonRejection> for Problem {
    fn from(why: JsonRejection) -> Self {
        rejected(why.status(), &why.body_text(), "无法读取请求内容")
    }
}

impl From<QueryRejection> for Problem {
    fn from(why: QueryRejection) -> Self {
        rejected(why.status(), &why.body_text(), "无法读取查询参数")
    }
}

impl From<WebSocketUpgradeRejection> for Problem {
    fn from(why: WebSocketUpgradeRejection) -> Self {
        rejected(StatusCode::UPGRADE_REQUIRED, &why.body_text(), "这里需要 WebSocket")
    }
}

impl From<PathRejection> for Problem {
    fn from(why: PathRejection) -> Self {
        rejected(why.status(), &why.body_text(), "无法读取路径")
    }
}

#[cfg(test)]
mod tests {
    use super::in_chinese;
    use crate::words::MannerWords;
    use axum::Json;
    use axum::extract::Query;
    use axum::http::Uri;

    fn of_json(body: &str) -> String {
        in_chinese(&Json::<MannerWords>::from_bytes(body.as_bytes()).unwrap_err().body_text())
    }

    #[test]
    fn a_body_of_another_shape_is_told_with_its_place() {
        assert_eq!(
            of_json(r#"{"rules": [{"echo": 3}]}"#),
            "`rules[0].echo`：应为 `true` 或 `false`，写的却是整数 `3`（第 1 行第 21 列）"
        );
        let text = of_json(r#"{"framing": 3}"#);
        assert!(text.starts_with("`framing`：应为 `none`、`line`、"), "{text}");
        let text = of_json(r#"{"rules": [{"wehn": "a"}]}"#);
        assert!(text.contains("：没有 `wehn`，可以写 `on`、"), "{text}");
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place_in_the_words_of_the_parser() {
        assert_eq!(of_json("{"), "EOF while parsing an object（第 1 行第 1 列）");
    }

    #[test]
    fn a_query_of_another_shape_is_told() {
        #[derive(Debug, serde::Deserialize)]
        struct Page {
            #[expect(dead_code, reason = "only read")]
            limit: u32,
        }
        let of_query = |query: &'static str| {
            let error = Query::<Page>::try_from_uri(&Uri::from_static(query)).unwrap_err();
            in_chinese(&error.body_text())
        };
        assert_eq!(of_query("/?limit=x"), "`limit`：应为整数");
        assert_eq!(of_query("/"), "缺少 `limit`");
    }
}
