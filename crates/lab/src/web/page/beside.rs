//! The device beside the lab: how it is, what it says, and what can befall it.

use super::faults;
use super::shown::visible;
use super::words::Words;
use crate::beside::{Beside, Question, Section};
use crate::web::api::Problem;
use crate::web::lang::Lang;
use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::http::HeaderMap;
use axum::response::Html;
use maud::{Markup, html};

/// How it is, to be put in the place of how it was.
pub(super) async fn view(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
) -> Result<Html<String>, Problem> {
    let lang = Lang::of(&headers);
    let found = state.beside()?.ask(Question::View).await?;
    Ok(Html(html! { @for section in &found.sections { (told(section, lang)) } }.into_string()))
}

fn told(section: &Section, lang: Lang) -> Markup {
    html! {
        article #(format!("beside-{}", section.key)) {
            h3 { (lang.pick(&section.title)) }
            dl {
                @for item in &section.items {
                    dt { (visible(lang.pick(&item.name).as_bytes())) }
                    dd { (visible(lang.pick(&item.value).as_bytes())) }
                }
            }
        }
    }
}

/// Its place on the page.
pub(super) fn shown(words: &Words, lang: Lang, beside: &Beside) -> Markup {
    html! {
        section #beside aria-labelledby="beside-title" {
            div.bar {
                h2 #beside-title { (words.beside) }
                span #beside-trouble.note role="status" {}
            }
            div #beside-view {}
            h3 #beside-console-title { (words.beside_console) }
            div #beside-console tabindex="0" role="log" aria-live="off"
                aria-labelledby="beside-console-title" {}
            details open {
                summary { (words.break_it) }
                (faults::form(words, lang, beside.faults.iter().copied()))
                form.bar #beside-words {
                    input name="words" autocomplete="off" spellcheck="false"
                        placeholder=(words.beside_words) aria-label=(words.beside_words);
                    button.main { (words.break_it) }
                    output {}
                }
            }
        }
    }
}
