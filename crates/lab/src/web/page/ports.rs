//! The ports: where each is, and how a script gets there.

use super::addresses;
use super::words::{Words, fill};
use crate::config::PortKind;
use crate::web::state::Port;
use maud::{Markup, html};

pub(super) fn shown(words: &Words, ports: &[Port]) -> Markup {
    html! {
        section #ports aria-labelledby="ports-title" {
            h2 #ports-title { (words.ports) }
            @for port in ports { (one(words, port)) }
        }
    }
}

fn one(words: &Words, port: &Port) -> Markup {
    let (kind, at) = (port.kind.word(), port.address);
    html! {
        article.port data-port=(port.name) {
            h3 { span.kind { (kind) } " " (port.name) " " code { (at) } }
            @for ip in addresses::of(at) {
                (line(words, words.generation_new, &addresses::for_luatask(port.kind, ip, at.port())))
                (line(words, words.generation_old, &addresses::for_air202(port.kind, ip, at.port())))
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
                p.note { (fill(words.only_here, &[("kind", &kind), ("port", &at.port())])) }
            }
        }
    }
}

fn line(words: &Words, generation: &str, line: &str) -> Markup {
    html! {
        div.paste {
            code title=(generation) { (line) }
            button.copy type="button" data-copy=(line)
                aria-label=(format!("{}: {line}", words.copy)) { (words.copy) }
        }
    }
}
