//! Who may ask: pages of others may not, though the browser would let them.

use axum::Router;
use axum::extract::{self, ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::api::{self, BODY_BYTES_MAX, Problem};
use super::body;
use super::lang::Lang;
use super::lock::Lock;
use super::tries::{Tries, Verdict};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// What the page may do: use what it came with, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How a browser is told to ask for the password.
const ASKS: &str = "Basic realm=\"Holdline lab\", charset=\"UTF-8\"";

/// How long an answer may take.
const REQUEST_MAX: Duration = Duration::from_secs(60);

/// Adds the checks and the headers to each answer.
pub(super) fn guarded(app: Router, lock: Option<Lock>) -> Router {
    let gate = lock.map(|lock| Arc::new(Gate { lock, tries: Tries::default() }));
    app.layer(middleware::from_fn_with_state(gate, guard))
}

/// A lock, and who tried to open it.
struct Gate {
    lock: Lock,
    tries: Tries,
}

impl Gate {
    /// Whether the request brings the password. Who brings none is asked for it, and has not guessed.
    fn check(&self, headers: &HeaderMap, from: IpAddr) -> Result<(), Problem> {
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(Problem::locked());
        }
        match self.tries.judge(from, Instant::now(), || self.lock.is_opened_by(headers)) {
            Verdict::Open => Ok(()),
            Verdict::Wrong => Err(Problem::locked()),
            Verdict::Wait(wait) => Err(Problem::guessing(wait)),
        }
    }
}

async fn guard(
    extract::State(gate): extract::State<Option<Arc<Gate>>>,
    request: Request,
    next: Next,
) -> Response {
    let lang = Lang::of(request.headers());
    let checked = check(&request, gate.as_deref());
    let mut response = run(checked, request, next).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let kept = [header::ALLOW, header::CONNECTION]
            .map(|name| response.headers_mut().remove(&name).map(|value| (name, value)));
        response = problem.said(lang);
        response.headers_mut().extend(kept.into_iter().flatten());
    }
    let is_locked = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if is_locked {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(ASKS));
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    response
}

/// Answers in time: a call that waits says itself how long.
async fn run(checked: Result<(), Problem>, request: Request, next: Next) -> Response {
    let is_wait = request.uri().path() == api::WAIT_PATH;
    let time = if is_wait { api::WAIT_MAX + REQUEST_MAX } else { REQUEST_MAX };
    timeout(time, answer(checked, request, next)).await.unwrap_or_else(|_| {
        let en = format!("no answer was found in {} seconds", time.as_secs());
        let zh = format!("{} 秒内没有得到结果", time.as_secs());
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, en, zh)
            .hint("ask for less, or again later", "请缩小范围，或稍后再试")
            .into_response()
    })
}

/// Answers whoever may ask, once the body is read.
async fn answer(checked: Result<(), Problem>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let most = if checked.is_ok() { BODY_BYTES_MAX } else { 0 };
    let (body, is_over) = body::read(body, most).await;
    let mut response = match checked.and(body) {
        Ok(body) => next.run(Request::from_parts(parts, body.into())).await,
        Err(problem) => problem.into_response(),
    };
    if !is_over {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A page of somebody else has another origin; one whose name was pointed here asks for another host.
///
/// Behind a lock a name that was pointed here brings no password, so any name will do.
fn check(request: &Request, gate: Option<&Gate>) -> Result<(), Problem> {
    let (headers, uri) = (request.headers(), request.uri());
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| uri.authority().map(|authority| authority.as_str()));
    let host = host.unwrap_or_default();
    if gate.is_none() && !is_here(host) {
        let (en, zh) = (format!("this lab is not `{host}`"), format!("这里不是 `{host}`"));
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, en, zh)
            .hint("ask for it by its address, such as 127.0.0.1", "请用地址访问，如 127.0.0.1"));
    }
    let origin = text(header::ORIGIN);
    let is_ours = |origin: &str| origin.split_once("://").is_some_and(|(_, from)| from == host);
    if origin.is_some_and(|origin| !is_ours(origin)) {
        let origin = origin.unwrap_or_default();
        let (en, zh) = (format!("`{origin}` may not ask here"), format!("`{origin}` 不能访问这里"));
        return Err(Problem::new(StatusCode::FORBIDDEN, en, zh).hint(
            "only the lab's own page may; programs send no `Origin`",
            "只有测试服务器自己的网页可以；程序不要带 `Origin`",
        ));
    }
    if let Some(gate) = gate {
        gate.check(headers, from(request))?;
    }
    Ok(())
}

/// Where a request comes from, as the server that took it says.
fn from(request: &Request) -> IpAddr {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    from.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(from)| from.ip())
}

/// An address, or this machine's own name: no name that somebody else can point here.
fn is_here(host: &str) -> bool {
    let Ok(authority) = host.parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}
