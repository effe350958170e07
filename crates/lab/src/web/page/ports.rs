//! The ports: where each is, how a script gets there, and what can be done to it.

use super::addresses;
use super::shown::with_code;
use super::words::{Words, fill};
use crate::config::PortKind;
use crate::web::lang::Lang;
use crate::web::state::Port;
use holdline_peer::fault::{WORDS, Who, Word};
use maud::{Markup, html};

pub(super) fn shown(words: &Words, lang: Lang, ports: &[Port]) -> Markup {
    html! {
        section #ports aria-labelledby="ports-title" {
            h2 #ports-title { (words.ports) }
            @for port in ports { (one(words, lang, port)) }
        }
    }
}

fn one(words: &Words, lang: Lang, port: &Port) -> Markup {
    let (kind, at) = (port.kind.word(), port.address);
    html! {
        article.port data-port=(port.name) {
            h3 { span.kind { (kind) } " " (port.name) " " code { (at) } }
            @if let Some(target) = port.relay { p.note { (fill(words.relays_to, &[("target", &target)])) } }
            @for ip in addresses::of(at) {
                (pasted(words, Some(words.generation_new), &addresses::for_luatask(port.kind, ip, at.port())))
                (pasted(words, Some(words.generation_old), &addresses::for_air202(port.kind, ip, at.port())))
            }
            @if port.kind.is_sealed() {
                p.note {
                    (words.for_devices) " "
                    a href="/api/ca.crt" download { "ca.crt" }
                    @if port.kind == PortKind::Mtls {
                        " " a href="/api/client.pem" download { "client.pem" }
                    }
                }
            }
            @if at.ip().is_loopback() {
                p.note { (with_code(&fill(words.only_here, &[("kind", &kind), ("port", &at.port())]))) }
            }
            (faults(words, lang, port))
            (rules(words))
        }
    }
}

/// A line to be pasted somewhere, and what for.
pub(super) fn pasted(words: &Words, whose: Option<&str>, line: &str) -> Markup {
    html! {
        div.paste {
            @if let Some(whose) = whose { span.whose { (whose) } }
            code { (line) }
            button.copy type="button" data-copy=(line)
                aria-label=(format!("{}: {line}", words.copy)) { (words.copy) }
        }
    }
}

/// Whether a port can commit it: what goes wrong with TLS is for ports that speak it.
fn is_committed(word: &Word, port: &Port) -> bool {
    word.who == Who::Server && (!word.words.starts_with("tls ") || port.kind.is_sealed())
}

fn faults(words: &Words, lang: Lang, port: &Port) -> Markup {
    let whens = [
        ("now", words.fault_now),
        ("connects", words.fault_connects),
        ("bytes", words.fault_bytes),
        ("messages", words.fault_messages),
    ];
    html! {
        details {
            summary { (words.break_it) }
            form.faults data-lifted=(words.lifted) {
                div.bar {
                    select name="when" aria-label=(words.fault_when) {
                        @for (value, word) in whens { option value=(value) { (word) } }
                    }
                    input name="count" type="number" min="1" value="3" aria-label=(words.fault_count);
                    input name="lasts" placeholder=(words.fault_lasts) aria-label=(words.fault_lasts);
                }
                dl {
                    @for word in WORDS.iter().filter(|word| is_committed(word, port)) {
                        dt { button value=(word.words) { (word.words) } }
                        dd { @match lang { Lang::En => (word.en), Lang::Zh => (word.zh) } }
                    }
                }
                div.bar { button value="" { (words.lift) } output {} }
            }
        }
    }
}

fn rules(words: &Words) -> Markup {
    html! {
        details {
            summary { (words.rules) }
            form.rules data-kept=(words.rules_kept) {
                p.note { (words.rules_about) }
                textarea name="rules" rows="12" spellcheck="false" aria-label=(words.rules) {}
                div.bar { button.main { (words.rules_keep) } output {} }
            }
        }
    }
}
