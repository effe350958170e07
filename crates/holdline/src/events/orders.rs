//! Orders as events.

use super::fields::{Fields, of_line, of_pin, of_port, with, with_bytes};
use holdline_device::{Output, RestartCause};
use holdline_modem::{Confirm, Drive, Kind, Output as Order, Parity, PinId, UartId, UartSettings};
use serde_json::Value;

/// The name of an order and its fields; nothing for what is no event.
pub(super) fn of_order(order: &Output) -> Option<(&'static str, Fields)> {
    let event = match order {
        Output::Idle(_) => return None,
        Output::Modem(order) => return modem_order(order),
        Output::Print(text) => ("print", with_bytes(Fields::new(), text)),
        Output::Notice(notice) => {
            let fields = with(Fields::new(), "kind", format!("{:?}", notice.kind));
            let place = notice.place.as_ref().map(ToString::to_string);
            ("notice", with(with(fields, "place", place), "detail", notice.detail.clone()))
        }
        Output::Restarting(cause) => ("restarting", restarting(cause)),
        Output::PoweredOff => ("powered_off", Fields::new()),
    };
    Some(event)
}

fn restarting(cause: &RestartCause) -> Fields {
    match cause {
        RestartCause::Asked(why) => with(Fields::new(), "asked", why.clone()),
        RestartCause::Error(why) => with(Fields::new(), "error", why.clone()),
        RestartCause::Stuck(stuck) => {
            let place = stuck.place.as_ref().map(ToString::to_string);
            with(with(Fields::new(), "stuck", stuck.traceback.clone()), "place", place)
        }
        RestartCause::SoftDog(period) => {
            with(Fields::new(), "soft_dog_ms", period.as_millis() as u64)
        }
        RestartCause::PowerCut => with(Fields::new(), "power_cut", true),
        RestartCause::Fault(words) => with(Fields::new(), "fault", words.clone()),
    }
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
