//! What an API call answers when it cannot do what it was asked.

use super::BODY_BYTES_MAX;
use crate::beside::Unanswered;
use crate::host::Refusal;
use crate::web::lang::Lang;
use crate::web::state::ReadError;
use crate::words::{FaultRefusal, WordsError};
use axum::Json;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use holdline_peer::fault::Sentences;
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

/// What a request has to become, as an answer has to say that demands it.
const UPGRADE: [(HeaderName, &str); 3] = [
    (header::UPGRADE, "websocket"),
    (header::CONNECTION, "upgrade"),
    (header::SEC_WEBSOCKET_VERSION, "13"),
];

/// What is wrong, and the way out, in the language that the request likes best.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"error": "no device is called `car`", "hint": "GET /api/devices lists them"}))]
pub(crate) struct Problem {
    #[schema(ignore)]
    status: StatusCode,
    /// When to ask again.
    #[schema(ignore)]
    wait: Option<Duration>,
    /// What is wrong, with the value.
    #[schema(value_type = String)]
    error: Sentences,
    /// What to do about it.
    #[schema(value_type = String, required = false)]
    hint: Option<Sentences>,
}

fn both(en: impl Into<String>, zh: impl Into<String>) -> Sentences {
    Sentences { en: en.into(), zh: zh.into() }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { status, wait: None, error: both(en, zh), hint: None }
    }

    /// The request has not the shape that it should have.
    pub(crate) fn bad(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, en, zh)
    }

    pub(crate) fn hint(self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { hint: Some(both(en, zh)), ..self }
    }

    pub(crate) fn no_device(key: &str) -> Self {
        let (en, zh) = (format!("no device is called `{key}`"), format!("没有名为 `{key}` 的设备"));
        Self::new(StatusCode::NOT_FOUND, en, zh)
            .hint("GET /api/devices lists them", "GET /api/devices 列出全部设备")
    }

    pub(crate) fn offline(key: &str) -> Self {
        let (en, zh) = (format!("`{key}` is not online"), format!("`{key}` 不在线"));
        Self::new(StatusCode::CONFLICT, en, zh)
            .hint("wait until it connects again", "请等它重新连接")
    }

    pub(crate) fn no_port(name: &str) -> Self {
        let (en, zh) = (format!("no port is called `{name}`"), format!("没有名为 `{name}` 的端口"));
        Self::new(StatusCode::NOT_FOUND, en, zh)
            .hint("GET /api/ports lists them", "GET /api/ports 列出全部端口")
    }

    pub(crate) fn no_device_beside() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no device runs beside this lab",
            "这个测试服务器旁边没有运行设备",
        )
        .hint(
            "`holdline run PROJECT --lab` runs one",
            "`holdline run 工程目录 --lab` 会一起运行设备",
        )
    }

    pub(crate) fn nothing_at(path: &str) -> Self {
        let (en, zh) = (format!("nothing is at `{path}`"), format!("`{path}` 处没有内容"));
        Self::new(StatusCode::NOT_FOUND, en, zh)
            .hint("GET /api/openapi.json lists what there is", "GET /api/openapi.json 列出全部接口")
    }

    pub(crate) fn locked() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "the password is missing or wrong",
            "没有密码，或密码不对",
        )
        .hint(
            "any user name will do; the password is in the file of `--password-file`",
            "用户名任意；密码在 `--password-file` 指定的文件里",
        )
    }

    pub(crate) fn guessing(wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let en = format!(
            "too many wrong passwords from this address; the next is looked at in {seconds} s"
        );
        let zh = format!("此地址输错密码次数过多；{seconds} 秒后才能再试");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, en, zh).hint(
            "wait, also with the right password; each wrong one makes it longer, up to a minute",
            "请等待，密码正确也要等；每输错一次等待加长，最长一分钟",
        );
        Self { wait: Some(Duration::from_secs(seconds)), ..problem }
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("one call may bring {BODY_BYTES_MAX} bytes, and this one has more"),
            format!("一次请求最多 {BODY_BYTES_MAX} 字节，这次超出了"),
        )
        .hint("do it in several calls", "请分几次进行")
    }

    /// The answer itself, in one language.
    pub(crate) fn said(&self, lang: Lang) -> Response {
        let mut body = json!({ "error": lang.pick(&self.error) });
        if let Some(hint) = &self.hint {
            body["hint"] = lang.pick(hint).into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let language = HeaderValue::from_static(lang.tag());
        response.headers_mut().insert(header::CONTENT_LANGUAGE, language);
        if let Some(wait) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
        }
        if self.status == StatusCode::UPGRADE_REQUIRED {
            for (name, value) in UPGRADE {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
        }
        response
    }
}

impl IntoResponse for Problem {
    /// The guard, through which every answer goes, says it in the language of the request.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Store(why) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                error.to_string(),
                format!("无法读取记录：{why}"),
            ),
            ReadError::Stopping => Refusal.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(error: Refusal) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string(), "测试服务器正在停止")
    }
}

impl From<Unanswered> for Problem {
    fn from(why: Unanswered) -> Self {
        let (en, zh) = match why {
            Unanswered::Busy => ("the device is busy", "设备正忙"),
            Unanswered::Gone => ("the device is stopping", "设备正在停止"),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, en, zh).hint("ask again later", "请稍后再试")
    }
}

/// The shape is right, and the words in it mean nothing.
impl From<WordsError> for Problem {
    fn from(error: WordsError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.what.en, error.what.zh)
    }
}

impl From<FaultRefusal> for Problem {
    fn from(FaultRefusal { what, hint }: FaultRefusal) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, wait: None, error: what, hint: Some(hint) }
    }
}

pub(super) async fn not_found(uri: Uri) -> Problem {
    Problem::nothing_at(uri.path())
}

pub(in crate::web) async fn not_allowed(method: Method, uri: Uri) -> Problem {
    let path = uri.path();
    let (en, zh) = (
        format!("`{path}` knows no {method}; see the header `Allow`"),
        format!("`{path}` 不支持 {method}；可用方法见 `Allow` 头"),
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, en, zh)
        .hint("GET /api/openapi.json lists what there is", "GET /api/openapi.json 列出全部接口")
}
