//! What the page is made of beside its words: it is in the program, and comes from nowhere else.

use crate::web::api::{Path, Problem};
use axum::http::header;
use axum::response::{IntoResponse, Response};

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const ASSETS: &[(&str, &str, &str)] = &[
    ("page.css", CSS, include_str!("assets/page.css")),
    ("icon.svg", SVG, include_str!("assets/icon.svg")),
    ("main.js", JS, include_str!("assets/main.js")),
    ("ask.js", JS, include_str!("assets/ask.js")),
    ("beside.js", JS, include_str!("assets/beside.js")),
    ("bytes.js", JS, include_str!("assets/bytes.js")),
    ("blocks.js", JS, include_str!("assets/blocks.js")),
    ("detail.js", JS, include_str!("assets/detail.js")),
    ("diff.js", JS, include_str!("assets/diff.js")),
    ("devices.js", JS, include_str!("assets/devices.js")),
    ("export.js", JS, include_str!("assets/export.js")),
    ("filter.js", JS, include_str!("assets/filter.js")),
    ("live.js", JS, include_str!("assets/live.js")),
    ("json.js", JS, include_str!("assets/json.js")),
    ("manner.js", JS, include_str!("assets/manner.js")),
    ("numbers.js", JS, include_str!("assets/numbers.js")),
    ("ports.js", JS, include_str!("assets/ports.js")),
    ("repeats.js", JS, include_str!("assets/repeats.js")),
    ("rules.js", JS, include_str!("assets/rules.js")),
    ("scroll.js", JS, include_str!("assets/scroll.js")),
    ("send.js", JS, include_str!("assets/send.js")),
    ("stream.js", JS, include_str!("assets/stream.js")),
    ("times.js", JS, include_str!("assets/times.js")),
    ("words.js", JS, include_str!("assets/words.js")),
    ("write.js", JS, include_str!("assets/write.js")),
    ("idiomorph.js", JS, include_str!("vendor/idiomorph.esm.js")),
];

pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let Some((_, kind, text)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        return Err(Problem::nothing_at(&format!("/page/{name}")));
    };
    let headers = [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, *text).into_response())
}
