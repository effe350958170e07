//! `GET /api/beside`, `GET /api/beside/console`, `POST` and `DELETE /api/beside/faults`

use super::Problem;
use super::extract::{Asked, Body};
use super::faults::Accepted;
use crate::beside::{self, Question};
use crate::web::lang::Lang;
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The device beside the lab, in the language that the request likes best.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct View {
    sections: Vec<Section>,
    /// What can be made to befall it, beside whatever else its runner takes.
    faults: Vec<Offered>,
}

/// A part of what is told.
#[derive(Debug, Serialize, ToSchema)]
struct Section {
    /// What programs know it by.
    #[schema(example = "network")]
    key: &'static str,
    title: String,
    items: Vec<Item>,
}

/// One thing that is told.
#[derive(Debug, Serialize, ToSchema)]
struct Item {
    #[schema(example = "SIM card")]
    name: String,
    #[schema(example = "ready")]
    value: String,
}

/// A fault of the device.
#[derive(Debug, Serialize, ToSchema)]
struct Offered {
    /// The words that make it.
    #[schema(example = "pdp lost")]
    fault: &'static str,
    /// What it does.
    about: &'static str,
}

/// A line of the device's console.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Line {
    /// Its number, counted from 1 over restarts of the device.
    seq: u64,
    /// When it came, since the run began.
    #[schema(example = "00:00:07.250")]
    time: String,
    /// Who said it: `script`, a serial port, or whoever runs the device.
    #[schema(example = "script")]
    source: String,
    text: String,
}

/// From where on lines are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// The number of the last line that is known; 0, or one that there never was, brings all.
    #[serde(default)]
    #[param(default = 0, maximum = 18_446_744_073_709_551_615_u64)]
    after: u64,
}

/// What is to befall the device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fault": "flight mode for 1m"}))]
pub(super) struct Wish {
    /// In words, as docs/faults.md has them: what `holdline run --fault` takes. `at` counts from the
    /// start of the run.
    fault: String,
}

/// The device beside the lab: network, sockets, timers, memory and whatever else its runner tells.
#[utoipa::path(
    get, path = "/api/beside", tag = "beside",
    responses(
        (status = 200, body = View), (status = 404, body = Problem, description = "there is none"),
        (status = 503, body = Problem),
    ),
)]
pub(super) async fn view(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
) -> Result<Json<View>, Problem> {
    let (lang, beside) = (Lang::of(&headers), state.beside()?);
    let found = beside.ask(Question::View).await?;
    let faults = beside.faults.iter().map(|word| Offered {
        fault: word.words,
        about: match lang {
            Lang::En => word.en,
            Lang::Zh => word.zh,
        },
    });
    let sections = found.sections.into_iter().map(|section| Section::of(section, lang)).collect();
    Ok(Json(View { sections, faults: faults.collect() }))
}

/// The device's console: the lines after one, as far back as they are kept.
#[utoipa::path(
    get, path = "/api/beside/console", tag = "beside", params(Since),
    responses(
        (status = 200, body = Vec<Line>), (status = 400, body = Problem),
        (status = 404, body = Problem, description = "there is no device"), (status = 503, body = Problem),
    ),
)]
pub(super) async fn console(
    AxumState(state): AxumState<State>,
    Asked(Since { after }): Asked<Since>,
) -> Result<Json<Vec<Line>>, Problem> {
    let lines = state.beside()?.ask(|answer| Question::Console { after, answer }).await?;
    Ok(Json(lines.into_iter().map(Line::of).collect()))
}

/// Lets something befall the device, at once or when its occasion comes.
#[utoipa::path(
    post, path = "/api/beside/faults", tag = "beside", request_body = Wish,
    responses(
        (status = 200, body = Accepted), (status = 400, body = Problem),
        (status = 404, body = Problem, description = "there is no device"), (status = 413, body = Problem),
        (status = 415, body = Problem),
        (status = 422, body = Problem, description = "the words are no fault that can befall it"),
        (status = 503, body = Problem),
    ),
)]
pub(super) async fn inject(
    AxumState(state): AxumState<State>,
    Body(Wish { fault: words }): Body<Wish>,
) -> Result<Json<Accepted>, Problem> {
    let fault = state.beside()?.ask(|answer| Question::Fault { words, answer }).await??;
    Ok(Json(Accepted { fault }))
}

/// Takes all that befalls the device back: faults that stand are over, those that wait never come.
#[utoipa::path(
    delete, path = "/api/beside/faults", tag = "beside",
    responses(
        (status = 204), (status = 404, body = Problem, description = "there is no device"),
        (status = 503, body = Problem),
    ),
)]
pub(super) async fn lift(AxumState(state): AxumState<State>) -> Result<StatusCode, Problem> {
    state.beside()?.ask(Question::Lift).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Section {
    fn of(beside::Section { key, title, items }: beside::Section, lang: Lang) -> Self {
        let item = |item: beside::Item| Item {
            name: lang.pick(&item.name).to_owned(),
            value: lang.pick(&item.value).to_owned(),
        };
        let title = lang.pick(&title).to_owned();
        Self { key, title, items: items.into_iter().map(item).collect() }
    }
}

impl Line {
    fn of(beside::Line { seq, time, source, text }: beside::Line) -> Self {
        Self { seq, time, source, text }
    }
}
