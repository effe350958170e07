//! The ports: where each is, how a script gets there, and what can be done to it.

use super::shown::with_code;
use super::words::{Words, fill};
use super::{addresses, faults, qr, rules};
use crate::config::PortKind;
use crate::web::lang::Lang;
use crate::web::state::{Port, Script};
use crate::words::committed;
use maud::{Markup, html};
use std::net::{IpAddr, SocketAddr};

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
            (reached(words, port))
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
            @if let Some(script) = &port.script { (answers(words, script)) }
            details {
                summary { (words.break_it) }
                (faults::form(words, lang, committed(port.kind)))
            }
            details {
                summary { (words.rules) }
                (rules::form(words))
            }
        }
    }
}

/// The lines for scripts: those of the address that is best for others, and the rest folded away.
fn reached(words: &Words, port: &Port) -> Markup {
    let all = addresses::of(port.address);
    html! {
        @if let Some(&ip) = all.first() { (address(words, port, ip)) }
        @if all.len() > 1 {
            details {
                summary { (fill(words.more_addresses, &[("n", &(all.len() - 1))])) }
                @for &ip in &all[1..] { (address(words, port, ip)) }
            }
        }
    }
}

fn address(words: &Words, port: &Port, ip: IpAddr) -> Markup {
    let (kind, number) = (port.kind, port.address.port());
    let at = SocketAddr::new(ip, number);
    html! {
        (pasted(words, Some(words.generation_new), &addresses::for_luatask(kind, ip, number)))
        (pasted(words, Some(words.generation_old), &addresses::for_air202(kind, ip, number)))
        // A phone that reads this machine's own name for itself gets nowhere.
        @if !ip.is_loopback() {
            @if addresses::is_private(ip) { p.note { (words.only_network) } }
            details.qr {
                summary { (words.qr) " " code { (at) } }
                @if let Some(code) = qr::shown(&at.to_string(), &fill(words.qr_of, &[("address", &at)])) { (code) }
            }
        }
    }
}

/// The script that answers where no rule does.
fn answers(words: &Words, script: &Script) -> Markup {
    let error = script.standing().error;
    html! {
        form.reload data-runs=(words.script_began) {
            div.bar {
                span { (words.script) " " code { (script.name) } }
                button { (words.script_reload) }
                output.bad[error.is_some()] { @if let Some(error) = error { (error) } }
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::PortId;
    use crate::web::page::words::EN;
    use crate::words::MannerWords;

    fn shown_at(ip: &str) -> String {
        let address = SocketAddr::new(ip.parse().expect("an address"), 9999);
        let (name, words) = ("cars".to_owned(), MannerWords::default());
        let kind = PortKind::Tcp;
        let id = PortId(0);
        let port = Port { id, name, kind, address, relay: None, words, script: None };
        reached(&EN, &port).into_string()
    }

    #[test]
    fn an_address_that_others_reach_has_a_code() {
        let private = shown_at("192.168.1.5");
        assert!(private.contains("QR code of 192.168.1.5:9999"), "{private}");
        assert!(private.contains("modules on a mobile network cannot reach it"), "{private}");
        let public = shown_at("1.2.3.4");
        assert!(public.contains("QR code of 1.2.3.4:9999") && !public.contains("private"));
        assert!(!shown_at("127.0.0.1").contains("QR code"));
    }

    #[test]
    fn addresses_beyond_the_first_are_folded_away() {
        let all = addresses::of("[::]:9999".parse().expect("an address"));
        let shown = shown_at("::");
        // Each stands in its line, in what its button copies and in the button's name.
        assert_eq!(shown.matches("c:connect(").count(), all.len() * 3);
        let (before, _) = shown.split_once("<summary>").unwrap_or((&shown, ""));
        assert_eq!(before.matches("c:connect(").count(), 3);
    }
}
