//! `GET /api/ca.crt` and `GET /api/client.pem`: what devices need for ports of TLS.

use super::Problem;
use super::extract::Asked;
use crate::tls::Authority;
use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

/// Letters that a device's name may have in a certificate.
const NAME_MAX: usize = 64;

/// Whom the certificate is for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Holder {
    /// What the device is called.
    #[serde(default = "device")]
    #[param(default = "device", min_length = 1, max_length = 64)]
    name: String,
}

fn device() -> String {
    "device".to_owned()
}

/// The certificate of the lab's authority, as PEM: who trusts it trusts the lab's ports.
#[utoipa::path(
    get, path = "/api/ca.crt", tag = "tls",
    responses(
        (status = 200, body = String, content_type = "application/x-pem-file"),
        (status = 404, body = Problem, description = "no port speaks TLS"),
    ),
)]
pub(super) async fn ca(AxumState(state): AxumState<State>) -> Result<Response, Problem> {
    Ok(pem(of(&state)?.pem().to_owned(), "attachment; filename=ca.crt"))
}

/// A new certificate and its key for a device, as PEM: ports of mTLS take it. The lab keeps neither.
#[utoipa::path(
    get, path = "/api/client.pem", tag = "tls", params(Holder),
    responses(
        (status = 200, body = String, content_type = "application/x-pem-file"),
        (status = 400, body = Problem),
        (status = 422, body = Problem, description = "the name fits into no certificate"),
        (status = 404, body = Problem, description = "no port speaks TLS"),
    ),
)]
pub(super) async fn client(
    AxumState(state): AxumState<State>,
    Asked(Holder { name }): Asked<Holder>,
) -> Result<Response, Problem> {
    let authority = of(&state)?;
    let letters = name.chars().count();
    if !(1..=NAME_MAX).contains(&letters) || name.contains(char::is_control) {
        let shown = name.escape_debug();
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("`{shown}` is no name for a certificate"),
            format!("`{shown}` 不能作证书上的名称"),
        )
        .hint(
            format!("it has 1 to {NAME_MAX} letters and no control characters"),
            format!("长度 1 到 {NAME_MAX} 个字符，不含控制字符"),
        ));
    }
    let made = authority.client(&name);
    let failed = |error: rcgen::Error| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, error.to_string(), format!("无法生成证书：{error}"))
    };
    Ok(pem(made.map_err(failed)?, "attachment; filename=client.pem"))
}

fn of(state: &State) -> Result<&Authority, Problem> {
    state.authority.as_deref().ok_or_else(|| {
        let (en, zh) = ("no port of this lab speaks TLS", "这个测试服务器没有 TLS 端口");
        Problem::new(StatusCode::NOT_FOUND, en, zh).hint(
            "`holdline lab --tls 8883` opens one that does",
            "用 `holdline lab --tls 8883` 打开一个",
        )
    })
}

fn pem(text: String, disposition: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-pem-file"),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}
