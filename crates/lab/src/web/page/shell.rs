//! The page as a whole; what changes is filled in by its scripts.

use super::words::{self, Words};
use super::{beside, detail, live, ports};
use crate::web::api::{Path, Problem};
use crate::web::lang::Lang;
use crate::web::state::{Port, State};
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

pub(super) async fn page(AxumState(state): AxumState<State>, headers: HeaderMap) -> Html<String> {
    Html(whole(words::of(&headers), Lang::of(&headers), &state).into_string())
}

/// Speaks another language from here on.
pub(super) async fn speak(Path(lang): Path<String>) -> Result<Response, Problem> {
    let known = Lang::of_tag(&lang);
    let known = known.ok_or_else(|| Problem::nothing_at(&format!("/language/{lang}")))?;
    Ok(([(header::SET_COOKIE, known.cookie())], Redirect::to("/")).into_response())
}

fn whole(words: &Words, lang: Lang, state: &State) -> Markup {
    // A struct of texts alone is always JSON.
    let json = serde_json::to_string(words).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang=(words.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.title) }
                link rel="icon" href="/page/icon.svg";
                link rel="stylesheet" href="/page/page.css";
                script type="module" src="/page/main.js" {}
            }
            body data-words=(json) data-silence=(live::SILENCE.as_millis()) {
                a.skip href="#rows" { (words.skip_to_stream) }
                (header(words))
                (away(words))
                main.with-beside[state.beside.is_some()] {
                    aside {
                        (ports::shown(words, lang, &state.ports))
                        (devices(words))
                    }
                    (stream(words, &state.ports))
                    @if let Some(found) = &state.beside { (beside::shown(words, lang, found)) }
                }
            }
        }
    }
}

fn header(words: &Words) -> Markup {
    let other = if words.lang == "en" { "zh" } else { "en" };
    html! {
        header {
            h1 { (words.title) }
            span #lamp role="status" { (words.connecting) }
            a #language href=(format!("/language/{other}")) lang=(other) hreflang=(other) {
                (words.other_language)
            }
        }
    }
}

/// What is said while the lab is away, and when another one came back.
fn away(words: &Words) -> Markup {
    html! {
        div role="alert" {
            p #lost.alert hidden { (words.lost_about) }
            p #restarted.alert hidden {
                (words.restarted) " "
                a href="/" { (words.reload) }
            }
        }
    }
}

fn devices(words: &Words) -> Markup {
    html! {
        section #devices aria-labelledby="devices-title" {
            h2 #devices-title { (words.devices) }
            div.finding {
                input #find type="search" autocomplete="off" placeholder=(words.find_device)
                    aria-label=(words.find_device);
                select #order aria-label=(words.device_order) {
                    option value="heard" { (words.order_heard) }
                    option value="name" { (words.order_name) }
                }
            }
            ul #device-list {}
        }
    }
}

fn stream(words: &Words, ports: &[Port]) -> Markup {
    html! {
        section #stream aria-labelledby="stream-title" {
            div.bar {
                h2 #stream-title { (words.stream) }
                span #whose { (words.of_all) }
                button #show-all type="button" hidden { (words.choose_none) }
                span #count aria-live="off" {}
                span #exports {
                    (words.export)
                    @for format in ["txt", "csv", "jsonl", "pcapng"] {
                        " " a data-format=(format) download { (format) }
                    }
                }
                button #pause type="button" aria-pressed="false" { (words.pause) }
            }
            (filter(words, ports))
            div.row.head aria-hidden="true" {
                @for column in [words.time, "", words.device, words.bytes_as_hex, words.bytes_as_text] {
                    span { (column) }
                }
            }
            div.pane {
                div #rows role="grid" tabindex="0" aria-labelledby="stream-title" aria-rowcount="0" {
                    div #window role="rowgroup" {}
                    div #height role="presentation" {}
                }
                div #empty.note hidden {
                    p {}
                    button #widen type="button" { (words.widen) }
                }
                button #newest type="button" hidden { (words.newest) }
            }
            (send(words))
            (detail::shown(words))
        }
    }
}

fn send(words: &Words) -> Markup {
    let ends = [
        ("none", words.append_nothing),
        ("crlf", "\\r\\n"),
        ("lf", "\\n"),
        ("crc16", "CRC-16/Modbus"),
        ("xor", "XOR"),
        ("sum", "SUM"),
    ];
    html! {
        form #send.bar novalidate {
            input name="what" autocomplete="off" spellcheck="false" placeholder=(words.send_placeholder)
                aria-label=(words.send_what);
            input name="file" type="file" aria-label=(words.file) hidden;
            select name="as" aria-label=(words.send_as) {
                @for (value, word) in [("text", words.text), ("hex", words.hex), ("file", words.file)] {
                    option value=(value) { (word) }
                }
            }
            select name="end" aria-label=(words.append) {
                @for (value, word) in ends { option value=(value) { (word) } }
            }
            button.main { (words.send) }
            div.said {
                span #send-to {}
                output #send-shown {}
                output #send-told {}
            }
            span.group {
                label { (words.repeat_every) input name="every" value="10s" autocomplete="off"; }
                input name="turns" type="number" min="1" placeholder=(words.repeat_unending)
                    aria-label=(words.repeat_times) title=(words.repeat_times);
                button #repeat type="button" { (words.repeat) }
            }
            span.group {
                select name="preset" aria-label=(words.presets) {}
                input name="called" autocomplete="off" placeholder=(words.preset_called)
                    aria-label=(words.preset_called);
                button #preset-keep type="button" { (words.preset_keep) }
                button #preset-drop type="button" { (words.preset_drop) }
            }
            ul #repeats aria-label=(words.repeats) {}
        }
    }
}

fn filter(words: &Words, ports: &[Port]) -> Markup {
    let shown = [
        ("received", words.received, true),
        ("sent", words.sent, true),
        ("events", words.events, true),
        ("messages", words.messages, false),
    ];
    html! {
        form #filter.bar {
            input name="search" type="search" autocomplete="off" placeholder=(words.search)
                aria-label=(words.search);
            select name="as" aria-label=(words.search_as) {
                option value="text" { (words.text) }
                option value="hex" { (words.hex) }
            }
            @if ports.len() > 1 {
                select name="port" aria-label=(words.of_port) {
                    option value="" { (words.every_port) }
                    @for port in ports { option { (port.name) } }
                }
            }
            fieldset {
                legend.hidden { (words.show) }
                @for (value, word, is_on) in shown {
                    label { input type="checkbox" name="show" value=(value) checked[is_on]; (word) }
                }
            }
            select name="times" aria-label=(words.times) {
                option value="clock" { (words.times_clock) }
                option value="since" { (words.times_since) }
            }
            label {
                (words.charset) " "
                select name="charset" { option value="utf8" { "UTF-8" } option value="gbk" { "GBK" } }
            }
            output #filter-trouble {}
        }
    }
}
