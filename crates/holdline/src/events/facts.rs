//! Facts as events.

use super::fields::{Fields, of_line, of_pin, of_port, with, with_bytes};
use crate::words::date;
use holdline_device::Input;
use holdline_modem::{ConnectFailure, TlsFailure};

/// Facts that say all by their name.
pub(super) const PLAIN: &[(&str, Input)] = &[
    ("time_passed", Input::Timeout),
    ("sim_inserted", Input::SimInserted),
    ("sim_removed", Input::SimRemoved),
    ("cell_found", Input::CellFound),
    ("cell_lost", Input::CellLost),
    ("link_lost", Input::LinkLost),
    ("sim_locked", Input::SimLocked),
    ("sim_unlocked", Input::SimUnlocked),
    ("data_barred", Input::DataBarred),
    ("data_allowed", Input::DataAllowed),
    ("radio_switched_off", Input::RadioSwitchedOff),
    ("radio_switched_on", Input::RadioSwitchedOn),
    ("flash_filled", Input::FlashFilled),
    ("flash_freed", Input::FlashFreed),
    ("power_lost", Input::PowerLost),
    ("power_restored", Input::PowerRestored),
];

/// The name of a fact and its fields.
pub(super) fn of_fact(fact: &Input) -> (&'static str, Fields) {
    match fact {
        Input::Timeout
        | Input::SimInserted
        | Input::SimRemoved
        | Input::CellFound
        | Input::CellLost
        | Input::LinkLost
        | Input::SimLocked
        | Input::SimUnlocked
        | Input::DataBarred
        | Input::DataAllowed
        | Input::RadioSwitchedOff
        | Input::RadioSwitchedOn
        | Input::FlashFilled
        | Input::FlashFreed
        | Input::PowerLost
        | Input::PowerRestored => (plain(fact), Fields::new()),
        Input::SignalChanged { rssi } => ("signal_changed", with(Fields::new(), "rssi", *rssi)),
        Input::Pin { pin, level } => ("pin", with(of_pin(*pin), "level", level.map(u8::from))),
        Input::Connected { line } => ("connected", of_line(*line)),
        Input::ConnectFailed { line, why } => {
            let fields = with(of_line(*line), "why", why.to_string());
            ("connect_failed", with_details(fields, why))
        }
        Input::Sent { line } => ("sent", of_line(*line)),
        Input::SendFailed { line } => ("send_failed", of_line(*line)),
        Input::Received { line, bytes } => ("received", with_bytes(of_line(*line), bytes)),
        Input::Ended { line, how } => ("ended", with(of_line(*line), "how", how.to_string())),
        Input::Closed { line } => ("closed", of_line(*line)),
        Input::UartReceived { port, bytes } => ("uart_received", with_bytes(of_port(*port), bytes)),
        Input::UartOverran { port, lost } => ("uart_overran", with(of_port(*port), "lost", *lost)),
        Input::UartSent { port, write } => ("uart_sent", with(of_port(*port), "write", *write)),
    }
}

fn plain(fact: &Input) -> &'static str {
    let found = PLAIN.iter().find(|(_, known)| known == fact);
    found.expect("`PLAIN` has every fact without fields").0
}

/// What is known of a failed connection besides its kind.
fn with_details(fields: Fields, why: &ConnectFailure) -> Fields {
    use TlsFailure as Tls;
    let ConnectFailure::Tls(failure) = why else { return fields };
    match &**failure {
        Tls::NameMismatch { wanted, names } => {
            with(with(fields, "wanted", wanted.clone()), "names", names.clone())
        }
        Tls::Expired { subject, ended_s } => {
            with(with(fields, "subject", subject.clone()), "ended", date(*ended_s))
        }
        Tls::NotYetValid { subject, begins_s } => {
            with(with(fields, "subject", subject.clone()), "begins", date(*begins_s))
        }
        Tls::UnknownIssuer { issuer } => with(fields, "issuer", issuer.clone()),
        Tls::IssuerMissing { subject, issuer } => {
            with(with(fields, "subject", subject.clone()), "issuer", issuer.clone())
        }
        Tls::SelfSigned { subject } => with(fields, "subject", subject.clone()),
        Tls::BadCertificate { subject, problem } => {
            with(with(fields, "subject", subject.clone()), "problem", problem.clone())
        }
        Tls::ClientCertificateRefused(alert) | Tls::Alert(alert) => {
            with(fields, "alert", alert.clone())
        }
        Tls::Protocol(problem) => with(fields, "problem", problem.clone()),
        Tls::File { file, fault } => {
            with(with(fields, "file", file.field()), "fault", format!("{fault:?}"))
        }
        Tls::ClientCertificateWanted
        | Tls::ProtocolRefused
        | Tls::CipherRefused
        | Tls::NotTls
        | Tls::CutOff
        | Tls::Unverified => fields,
    }
}
