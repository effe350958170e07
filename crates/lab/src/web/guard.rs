//! Who may ask: pages of others may not, though the browser would let them.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::api::Problem;

/// What the page may do: use what it came with, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds the checks and the headers to each answer.
pub(super) fn guarded(app: Router) -> Router {
    app.layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = match check(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    response
}

/// A page of somebody else has another origin; one whose name was pointed here asks for another host.
fn check(headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| uri.authority().map(|authority| authority.as_str()));
    let host = host.unwrap_or_default();
    if !is_here(host) {
        let said = format!("this lab is not `{host}`");
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, said)
            .hint("ask for it by its address, such as 127.0.0.1"));
    }
    let origin = text(header::ORIGIN);
    let is_ours = |origin: &str| origin.split_once("://").is_some_and(|(_, from)| from == host);
    if origin.is_some_and(|origin| !is_ours(origin)) {
        let said = format!("`{}` may not ask here", origin.unwrap_or_default());
        return Err(Problem::new(StatusCode::FORBIDDEN, said)
            .hint("only the lab's own page may; programs send no `Origin`"));
    }
    Ok(())
}

/// An address, or this machine's own name: no name that somebody else can point here.
fn is_here(host: &str) -> bool {
    let Ok(authority) = host.parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok()
}
