//! Facts, read back.

use super::super::facts::PLAIN;
use super::fields::unhex;
use holdline_device::Input;
use holdline_modem::{
    Attempt, ConnectFailure, LineEnd, LineId, PinId, SocketId, TlsFailure, UartId,
};
use serde_json::Value;

/// The fact that `facts::of_fact` made an event of; nothing for a name that no fact has.
///
/// Why a connection failed is for people: the device hears only that it did, so a failure of TLS is
/// read as one of its kind.
pub(super) fn fact(name: &str, event: &Value) -> Option<Result<Input, &'static str>> {
    if let Some((_, fact)) = PLAIN.iter().find(|(known, _)| *known == name) {
        return Some(Ok(fact.clone()));
    }
    let line = || line_of(event);
    let fact = match name {
        "pin" => pin(event),
        "connected" => line().map(|line| Input::Connected { line }),
        "connect_failed" => line().and_then(|line| {
            let why = failure(event["why"].as_str().ok_or("why")?);
            Ok(Input::ConnectFailed { line, why })
        }),
        "sent" => line().map(|line| Input::Sent { line }),
        "send_failed" => line().map(|line| Input::SendFailed { line }),
        "received" => line().and_then(|line| {
            let bytes = bytes(event)?;
            Ok(Input::Received { line, bytes })
        }),
        "ended" => line().and_then(|line| {
            let how = end(event["how"].as_str()).ok_or("how")?;
            Ok(Input::Ended { line, how })
        }),
        "closed" => line().map(|line| Input::Closed { line }),
        "uart_received" => port_of(event).and_then(|port| {
            let bytes = bytes(event)?;
            Ok(Input::UartReceived { port, bytes })
        }),
        "uart_overran" => port_of(event).and_then(|port| {
            let lost = number(&event["lost"]).ok_or("lost")?;
            Ok(Input::UartOverran { port, lost })
        }),
        "signal_changed" => {
            let rssi = number(&event["rssi"]).ok_or("rssi");
            rssi.map(|rssi| Input::SignalChanged { rssi })
        }
        "uart_sent" => port_of(event).and_then(|port| {
            let write = number(&event["write"]).ok_or("write")?;
            Ok(Input::UartSent { port, write })
        }),
        _ => return None,
    };
    Some(fact)
}

fn line_of(event: &Value) -> Result<LineId, &'static str> {
    let socket = SocketId(number(&event["socket"]).ok_or("socket")?);
    let attempt = Attempt(number(&event["attempt"]).ok_or("attempt")?);
    Ok(LineId { socket, attempt })
}

fn port_of(event: &Value) -> Result<UartId, &'static str> {
    number(&event["port"]).and_then(UartId::new).ok_or("port")
}

fn bytes(event: &Value) -> Result<Vec<u8>, &'static str> {
    unhex(&event["hex"]).ok_or("hex")
}

fn pin(event: &Value) -> Result<Input, &'static str> {
    let pin = event["pin"].as_str().and_then(PinId::parse).ok_or("pin")?;
    let level = &event["level"];
    let is_known = level.is_null() || level.as_u64().is_some_and(|level| level <= 1);
    let level =
        if is_known { level.as_u64().map(|level| level == 1) } else { return Err("level") };
    Ok(Input::Pin { pin, level })
}

fn number<N: TryFrom<u64>>(value: &Value) -> Option<N> {
    value.as_u64()?.try_into().ok()
}

fn failure(why: &str) -> ConnectFailure {
    use ConnectFailure::{Local, NameNotFound, Refused, TimedOut, Unreachable};
    let plain = [Refused, TimedOut, NameNotFound, Unreachable, Local];
    let known = plain.into_iter().find(|failure| failure.to_string() == why);
    known.unwrap_or_else(|| TlsFailure::Alert(why.to_owned()).into())
}

fn end(how: Option<&str>) -> Option<LineEnd> {
    let all = [LineEnd::Closed, LineEnd::Reset, LineEnd::TimedOut];
    all.into_iter().find(|end| Some(end.to_string().as_str()) == how)
}

#[cfg(test)]
mod tests {
    use super::super::super::{facts::of_fact, line};
    use super::*;
    use holdline_device::Instant;

    /// What a run tells the device is told again exactly.
    #[test]
    fn every_fact_is_read_as_it_was_written() {
        let line_id = LineId { socket: SocketId(3), attempt: Attempt(70_000) };
        let (port, bytes) = (UartId::USB, vec![0, 10, 0xFF]);
        let plain = PLAIN.iter().map(|(_, fact)| fact.clone());
        let others = [
            Input::Pin { pin: PinId(36), level: Some(true) },
            Input::Pin { pin: PinId(0), level: None },
            Input::Connected { line: line_id },
            Input::ConnectFailed { line: line_id, why: ConnectFailure::Unreachable },
            Input::Sent { line: line_id },
            Input::SendFailed { line: line_id },
            Input::Received { line: line_id, bytes: bytes.clone() },
            Input::Ended { line: line_id, how: LineEnd::TimedOut },
            Input::Closed { line: line_id },
            Input::SignalChanged { rssi: 3 },
            Input::UartReceived { port, bytes },
            Input::UartOverran { port, lost: 9 },
            Input::UartSent { port, write: 7 },
        ];
        for given in plain.chain(others) {
            let (name, fields) = of_fact(&given);
            let text = line(Instant::from_micros(1_234_567), 0, "fact", name, fields);
            let event: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(fact(name, &event).unwrap(), Ok(given), "{text}");
        }
        assert!(fact("unheard_of", &Value::Null).is_none());
    }
}
