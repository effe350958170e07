//! Random facts and calls against the modem, checked by a small model: no send has more than one
//! answer, no report is empty, and no deadline lies in the past.

use holdline_modem::{
    Attempt, BootPlan, Input, Instant, Kind, LineEnd, LineId, Message, Modem, Output, Parity,
    Profile, SocketId, TimerId, Tls, UART_RX_BYTES, UartId, UartSettings, UartTake, UartTells,
};
use std::time::Duration;

/// What is owed to the script.
#[derive(Default)]
struct Model {
    lines: Vec<LineId>,
    sends_owed: i64,
}

/// Reads `bytes` as operations, three bytes each, and carries them out.
pub(crate) fn run(bytes: &[u8]) {
    let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, BootPlan::FAST);
    let mut model = Model::default();
    let mut now = Instant::ZERO;
    for operation in bytes.chunks_exact(3) {
        let [what, which, how_much] = [operation[0], operation[1], operation[2]];
        now = now + Duration::from_millis(u64::from(how_much) * 4);
        step(&mut modem, &mut model, now, what, which, how_much);
        drain(&mut modem, &mut model);
    }
}

fn step(modem: &mut Modem, model: &mut Model, now: Instant, what: u8, which: u8, how_much: u8) {
    let socket = SocketId((which % 10).into());
    let line = line(model, which);
    match what % 25 {
        0 => drop(modem.connect(Kind::Tcp, "host".into(), 1)),
        1 => drop(modem.connect(Kind::Udp, "host".into(), 1)),
        2 => {
            model.sends_owed += 1;
            modem.send(socket, vec![which; usize::from(how_much)]);
        }
        3 => drop(modem.receive(socket, usize::from(how_much) * 300)),
        4 => modem.close(socket),
        5 => modem.destroy(socket),
        6 => modem.timer_start(TimerId(u32::from(which)), Duration::from_millis(how_much.into())),
        7 => modem.timer_stop(TimerId(which.into())),
        8 => modem.shut(),
        9 => modem.activate(),
        10 => modem.set_flight_mode(which & 1 == 1),
        11 => modem.handle_input(now, Input::Connected { line }),
        12 => modem.handle_input(now, Input::Sent { line }),
        13 => modem.handle_input(now, Input::SendFailed { line }),
        14 => {
            let bytes = vec![which; usize::from(how_much) * 300];
            modem.handle_input(now, Input::Received { line, bytes });
        }
        15 => modem.handle_input(now, Input::Ended { line, how: LineEnd::Reset }),
        16 => modem.handle_input(now, Input::Closed { line }),
        17 => modem.handle_input(now, world(which)),
        18 => drop(modem.connect_tls(Tls::default(), "host".into(), 1)),
        _ => serial(modem, now, what, which, how_much),
    }
}

/// One of the first two serial ports.
fn serial(modem: &mut Modem, now: Instant, what: u8, which: u8, how_much: u8) {
    let port = UartId::new(1 + which % 2).expect("a module has two");
    match what % 6 {
        0 => {
            let baud = u32::from(how_much) + 1;
            let (data_bits, parity, stop_bits) = (8, Parity::Odd, 1);
            let settings = UartSettings { baud, data_bits, parity, stop_bits, flow: false };
            modem.uart_setup(port, settings, UartTells { received: true, sent: which > 99 });
        }
        1 => drop(modem.uart_write(port, vec![which; usize::from(how_much) * 300])),
        2 => {
            let takes = [UartTake::Line, UartTake::Word, UartTake::Number, UartTake::Bytes(999)];
            let bytes = modem.uart_read(port, takes[usize::from(how_much) % takes.len()]);
            assert!(bytes.len() <= UART_RX_BYTES);
        }
        3 => modem.uart_close(port),
        4 => {
            let bytes = vec![how_much; usize::from(which) * 300];
            modem.handle_input(now, Input::UartReceived { port, bytes });
        }
        _ => modem.handle_input(now, Input::UartSent { port, write: how_much.into() }),
    }
}

fn world(which: u8) -> Input {
    match which % 16 {
        0 => Input::CellFound,
        1 => Input::CellLost,
        2 => Input::SimInserted,
        3 => Input::SimRemoved,
        4 => Input::LinkLost,
        5 => Input::SimLocked,
        6 => Input::SimUnlocked,
        7 => Input::DataBarred,
        8 => Input::DataAllowed,
        9 => Input::RadioSwitchedOff,
        10 => Input::RadioSwitchedOn,
        11 => Input::SignalChanged { rssi: which },
        12 => Input::PowerLost,
        13 => Input::PowerRestored,
        _ => Input::Timeout,
    }
}

/// A line that was ordered, or one that never was.
fn line(model: &Model, which: u8) -> LineId {
    let unknown = LineId { socket: SocketId(which.into()), attempt: Attempt(which.into()) };
    let at = usize::from(which) % (model.lines.len() + 1);
    model.lines.get(at).copied().unwrap_or(unknown)
}

fn drain(modem: &mut Modem, model: &mut Model) {
    let deadline = loop {
        let output = modem.poll_output();
        if let Output::Idle(deadline) = output {
            break deadline;
        }
        if let Output::Connect { line, .. } = output {
            model.lines.push(line);
        }
    };
    while let Some(message) = modem.poll_message() {
        if let Message::Received { len, .. } = message {
            assert!(len > 0, "a report of nothing");
        }
        model.sends_owed -= i64::from(matches!(message, Message::Sent { .. }));
        assert!(model.sends_owed >= 0, "a send was answered twice");
    }
    assert!(deadline.is_none_or(|deadline| deadline >= modem.now()), "a deadline in the past");
}
