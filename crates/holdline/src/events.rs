//! The event file: one JSON object a line for each thing that crosses a device's doors.
//!
//! The form is described in `docs/events.md`.

use crate::words::date;
use holdline_device::{Input, Output, RestartCause};
use holdline_modem::{
    Confirm, ConnectFailure, Drive, Instant, Kind, LineId, Output as Order, Parity, PinId,
    TlsFailure, UartId, UartSettings,
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

/// What an event has besides its name, in the order in which it is written.
type Fields = Vec<(&'static str, Value)>;

/// Writes events.
pub(crate) struct Events {
    out: Box<dyn Write>,
    /// Why nothing more is written.
    failure: Option<io::Error>,
}

impl Events {
    /// Writes to `out`.
    pub(crate) fn new(out: Box<dyn Write>) -> Self {
        Self { out: Box::new(io::BufWriter::new(out)), failure: None }
    }

    /// Writes a fact down. That time has passed is no event.
    pub(crate) fn fact(&mut self, now: Instant, device: usize, fact: &Input) {
        let (name, fields) = match fact {
            Input::Timeout => return,
            Input::SimInserted => ("sim_inserted", Fields::new()),
            Input::SimRemoved => ("sim_removed", Fields::new()),
            Input::CellFound => ("cell_found", Fields::new()),
            Input::CellLost => ("cell_lost", Fields::new()),
            Input::LinkLost => ("link_lost", Fields::new()),
            Input::Pin { pin, level } => {
                let level = with(of_pin(*pin), "level", level.map(u8::from));
                ("pin", level)
            }
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
            Input::UartReceived { port, bytes } => {
                ("uart_received", with_bytes(of_port(*port), bytes))
            }
            Input::UartSent { port, write } => ("uart_sent", with(of_port(*port), "write", *write)),
        };
        self.write(now, device, "fact", name, fields);
    }

    /// Writes an order down.
    pub(crate) fn order(&mut self, now: Instant, device: usize, order: &Output) {
        let (name, fields) = match order {
            Output::Idle(_) => return,
            Output::Modem(order) => match modem_order(order) {
                Some(event) => event,
                None => return,
            },
            Output::Print(text) => ("print", with_bytes(Fields::new(), text)),
            Output::Notice(notice) => {
                let fields = with(Fields::new(), "kind", format!("{:?}", notice.kind));
                let place = notice.place.as_ref().map(ToString::to_string);
                ("notice", with(with(fields, "place", place), "detail", notice.detail.clone()))
            }
            Output::Restarting(RestartCause::Asked(why)) => {
                ("restarting", with(Fields::new(), "asked", why.clone()))
            }
            Output::Restarting(RestartCause::Error(why)) => {
                ("restarting", with(Fields::new(), "error", why.clone()))
            }
            Output::Restarting(RestartCause::Stuck(stuck)) => {
                let place = stuck.place.as_ref().map(ToString::to_string);
                let fields = with(Fields::new(), "stuck", stuck.traceback.clone());
                ("restarting", with(fields, "place", place))
            }
            Output::Restarting(RestartCause::SoftDog(period)) => {
                ("restarting", with(Fields::new(), "soft_dog_ms", period.as_millis() as u64))
            }
            Output::Restarting(RestartCause::Fault(words)) => {
                ("restarting", with(Fields::new(), "fault", words.clone()))
            }
            Output::PoweredOff => ("powered_off", Fields::new()),
        };
        self.write(now, device, "order", name, fields);
    }

    /// Hands everything to the system, so that a reader sees it.
    pub(crate) fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
    }

    /// Whether events can no longer be written.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Why events can no longer be written.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    fn write(
        &mut self,
        now: Instant,
        device: usize,
        door: &'static str,
        name: &str,
        fields: Fields,
    ) {
        if self.failure.is_some() {
            return;
        }
        let ms = now.as_micros() as f64 / 1000.0;
        let head = [("ms", json!(ms)), ("device", json!(device)), (door, json!(name))];
        let mut text = String::from("{");
        for (key, value) in head.into_iter().chain(fields) {
            push(&mut text, key, &value);
        }
        text.pop();
        text.push_str("}\n");
        self.failure = self.out.write_all(text.as_bytes()).err();
    }
}

fn push(text: &mut String, key: &str, value: &Value) {
    write!(text, "\"{key}\":{value},").expect("a string takes what is written to it");
}

/// Orders that reach the world, with their fields.
fn modem_order(order: &Order) -> Option<(&'static str, Fields)> {
    let event = match order {
        Order::Connect { line, kind, tls, host, port, resend_for } => {
            let kind = match kind {
                _ if tls.is_some() => "tls",
                Kind::Tcp => "tcp",
                Kind::Udp => "udp",
            };
            let fields = with(of_line(*line), "kind", kind);
            let fields = with(with(fields, "host", host.clone()), "port", *port);
            ("connect", with(fields, "resend_ms", resend_for.as_millis() as u64))
        }
        Order::Send { line, bytes, confirm } => {
            let confirm = match confirm {
                Confirm::Acknowledged => "acknowledged",
                Confirm::Taken => "taken",
            };
            ("send", with(with_bytes(of_line(*line), bytes), "confirm", confirm))
        }
        Order::Close { line } => ("close", of_line(*line)),
        Order::Abort { line } => ("abort", of_line(*line)),
        Order::Pause { line } => ("pause", of_line(*line)),
        Order::Resume { line } => ("resume", of_line(*line)),
        Order::UartOpen { port, settings } => ("uart_open", of_settings(*port, settings)),
        Order::UartWrite { port, write, bytes } => {
            ("uart_write", with(with_bytes(of_port(*port), bytes), "write", *write))
        }
        Order::UartClose { port } => ("uart_close", of_port(*port)),
        Order::UartPause { port } => ("uart_pause", of_port(*port)),
        Order::UartResume { port } => ("uart_resume", of_port(*port)),
        Order::UartOverrun { port, lost, total } => {
            ("uart_overrun", with(with(of_port(*port), "lost", *lost), "total", *total))
        }
        Order::Net(net) => ("net", with(Fields::new(), "state", format!("{net:?}"))),
        Order::Pin { pin, drive } => ("pin", driven(*pin, *drive)),
        Order::Idle(_) => return None,
    };
    Some(event)
}

fn of_pin(pin: PinId) -> Fields {
    with(Fields::new(), "pin", pin.to_string())
}

/// A level is 0 or 1, or null where nothing is driven; a light that blinks has its times.
fn driven(pin: PinId, drive: Drive) -> Fields {
    match drive {
        Drive::Nothing => with(of_pin(pin), "level", Value::Null),
        Drive::Low => with(of_pin(pin), "level", 0),
        Drive::High => with(of_pin(pin), "level", 1),
        Drive::Blinks { on, off } => {
            let fields = with(of_pin(pin), "on_ms", on.as_millis() as u64);
            with(fields, "off_ms", off.as_millis() as u64)
        }
    }
}

fn of_line(line: LineId) -> Fields {
    with(with(Fields::new(), "socket", line.socket.0), "attempt", line.attempt.0)
}

fn of_port(port: UartId) -> Fields {
    with(Fields::new(), "port", port.number())
}

fn of_settings(port: UartId, settings: &UartSettings) -> Fields {
    let parity = match settings.parity {
        Parity::None => "none",
        Parity::Even => "even",
        Parity::Odd => "odd",
    };
    let fields = with(with(of_port(port), "baud", settings.baud), "data_bits", settings.data_bits);
    let fields = with(with(fields, "parity", parity), "stop_bits", settings.stop_bits);
    with(fields, "flow", settings.flow)
}

fn with_bytes(fields: Fields, bytes: &[u8]) -> Fields {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
    }
    let fields = with(fields, "len", bytes.len());
    with(with(fields, "text", String::from_utf8_lossy(bytes)), "hex", hex)
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

fn with(mut fields: Fields, key: &'static str, value: impl Into<Value>) -> Fields {
    fields.push((key, value.into()));
    fields
}
