use super::*;
use crate::{ConnectFailure, Drive, LineEnd};
use std::vec;

fn online() -> Modem {
    let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, BootPlan::FAST);
    tell(&mut modem, 1000, Input::Timeout);
    messages(&mut modem);
    modem
}

fn tell(modem: &mut Modem, millis: u64, input: Input) -> Vec<Output> {
    modem.handle_input(Instant::from_millis(millis), input);
    orders(modem)
}

fn orders(modem: &mut Modem) -> Vec<Output> {
    let next = || Some(modem.poll_output()).filter(|order| !matches!(order, Output::Idle(_)));
    core::iter::from_fn(next).collect()
}

fn messages(modem: &mut Modem) -> Vec<Message> {
    core::iter::from_fn(|| modem.poll_message()).collect()
}

fn dial(modem: &mut Modem) -> LineId {
    modem.connect(Kind::Tcp, "example.com".into(), 80).unwrap();
    match orders(modem).pop() {
        Some(Output::Connect { line, .. }) => line,
        other => panic!("expected a connect order, got {other:?}"),
    }
}

fn connected(modem: &mut Modem) -> LineId {
    let line = dial(modem);
    tell(modem, 1100, Input::Connected { line });
    messages(modem);
    line
}

#[test]
fn ninth_socket_is_refused() {
    let mut modem = online();
    for _ in 0..8 {
        dial(&mut modem);
    }
    let ninth = modem.connect(Kind::Tcp, "h".into(), 1);
    assert_eq!(ninth, Err(ConnectError::NoFreeSocket { max: 8 }));
}

#[test]
fn tls_sockets_count_by_themselves() {
    let mut modem = online();
    for _ in 0..8 {
        dial(&mut modem);
    }
    let max = Profile::AIR724UG.tls_sockets_max;
    for _ in 0..max {
        modem.connect_tls(Tls::default(), "h".into(), 1).unwrap();
        assert!(matches!(
            orders(&mut modem)[..],
            [Output::Connect { kind: Kind::Tcp, tls: Some(_), .. }]
        ));
    }
    let surplus = modem.connect_tls(Tls::default(), "h".into(), 1);
    assert_eq!(surplus, Err(ConnectError::NoFreeSocket { max }));
    modem.destroy(SocketId(0));
    assert!(modem.connect_tls(Tls::default(), "h".into(), 1).is_err());
    assert_eq!(modem.connect(Kind::Udp, "h".into(), 1), Ok(SocketId(0)));
}

#[test]
fn nothing_of_a_key_gets_into_a_log() {
    let secret = |text: &str| Some(text.as_bytes().to_vec());
    let tls = Tls { client_key: secret("KEY"), key_password: secret("PASSWORD"), ..Tls::default() };
    let shown = std::format!("{tls:?}");
    assert!(shown.contains("client_key: true"), "{shown}");
    assert!(!shown.contains("75"), "{shown}");
}

#[test]
fn connect_without_an_address_fails_by_message() {
    let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, BootPlan::FAST);
    let socket = modem.connect(Kind::Tcp, "h".into(), 1).unwrap();
    assert_eq!(orders(&mut modem), []);
    assert_eq!(messages(&mut modem), [Message::Connected { socket, ok: false }]);
}

#[test]
fn an_answer_to_an_earlier_life_is_dropped() {
    let mut modem = online();
    let first = dial(&mut modem);
    modem.destroy(first.socket);
    orders(&mut modem);
    let second = dial(&mut modem);
    assert_eq!(first.socket, second.socket);

    tell(&mut modem, 1200, Input::Connected { line: first });
    assert_eq!(messages(&mut modem), []);
    tell(&mut modem, 1300, Input::ConnectFailed { line: second, why: ConnectFailure::Refused });
    assert_eq!(messages(&mut modem), [Message::Connected { socket: second.socket, ok: false }]);
}

#[test]
fn every_send_has_one_answer_even_where_there_is_no_line() {
    let mut modem = online();
    let socket = SocketId(3);
    modem.send(socket, vec![1, 2]);
    assert_eq!(messages(&mut modem), [Message::Sent { socket, ok: false, len: 2 }]);

    let line = connected(&mut modem);
    modem.send(line.socket, vec![0; 5]);
    modem.send(line.socket, vec![0; 7]);
    orders(&mut modem);
    tell(&mut modem, 1200, Input::Sent { line });
    tell(&mut modem, 1300, Input::Ended { line, how: LineEnd::Reset });
    tell(&mut modem, 1400, Input::Sent { line });
    assert_eq!(
        messages(&mut modem),
        [
            Message::Sent { socket: line.socket, ok: true, len: 5 },
            Message::Sent { socket: line.socket, ok: false, len: 7 },
            Message::Ended { socket: line.socket },
        ]
    );
}

#[test]
fn every_close_has_one_answer() {
    let mut modem = online();
    modem.close(SocketId(7));
    assert_eq!(messages(&mut modem), [Message::Closed { socket: SocketId(7) }]);

    let line = connected(&mut modem);
    modem.close(line.socket);
    modem.close(line.socket);
    assert_eq!(orders(&mut modem), [Output::Close { line }]);
    tell(&mut modem, 1200, Input::Closed { line });
    tell(&mut modem, 1200, Input::Closed { line });
    assert_eq!(messages(&mut modem), [Message::Closed { socket: line.socket }]);
}

#[test]
fn a_slow_script_pauses_the_line_and_reading_resumes_it() {
    let mut modem = online();
    let line = connected(&mut modem);
    let half = vec![7; RX_WINDOW_BYTES / 2];
    assert_eq!(tell(&mut modem, 1200, Input::Received { line, bytes: half.clone() }), []);
    let orders_given = tell(&mut modem, 1200, Input::Received { line, bytes: half });
    assert_eq!(orders_given, [Output::Pause { line }]);

    assert_eq!(modem.receive(line.socket, 10).len(), 10);
    assert_eq!(orders(&mut modem), []);
    assert_eq!(modem.receive(line.socket, RX_WINDOW_BYTES).len(), RX_WINDOW_BYTES - 10);
    assert_eq!(orders(&mut modem), [Output::Resume { line }]);
}

#[test]
fn a_read_spans_stream_chunks_but_never_two_datagrams() {
    let mut modem = online();
    let tcp = connected(&mut modem);
    let socket = modem.connect(Kind::Udp, "h".into(), 9).unwrap();
    let udp = match orders(&mut modem).pop() {
        Some(Output::Connect { line, .. }) => line,
        other => panic!("{other:?}"),
    };
    tell(&mut modem, 1200, Input::Connected { line: udp });
    for line in [tcp, udp] {
        tell(&mut modem, 1300, Input::Received { line, bytes: b"abc".to_vec() });
        tell(&mut modem, 1300, Input::Received { line, bytes: b"de".to_vec() });
    }
    assert_eq!(modem.receive(tcp.socket, 4), b"abcd");
    assert_eq!(modem.receive(tcp.socket, 4), b"e");
    assert_eq!(modem.receive(socket, 100), b"abc");
    assert_eq!(modem.receive(socket, 1), b"d");
    assert_eq!(modem.receive(socket, 100), b"e");
    assert_eq!(modem.receive(socket, 100), b"");
}

#[test]
fn with_the_address_go_the_lines_and_their_numbers_wait_for_the_script() {
    let mut modem = online();
    let line = connected(&mut modem);
    let orders_given = tell(&mut modem, 2000, Input::LinkLost);
    assert_eq!(orders_given, [Output::Abort { line }, Output::Net(Net::Offline)]);
    assert_eq!(messages(&mut modem), [Message::Net(Net::Offline)]);

    assert_ne!(dial_id(&mut modem), line.socket);
    modem.close(line.socket);
    assert_eq!(messages(&mut modem).last(), Some(&Message::Closed { socket: line.socket }));
}

fn dial_id(modem: &mut Modem) -> SocketId {
    modem.connect(Kind::Tcp, "h".into(), 1).unwrap()
}

#[test]
fn timers_and_boot_steps_are_served_in_order_of_time() {
    let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, BootPlan::FAST);
    modem.timer_start(TimerId(1), Duration::from_millis(300));
    modem.timer_start(TimerId(2), Duration::from_millis(1));
    tell(&mut modem, 500, Input::Timeout);
    assert_eq!(
        messages(&mut modem),
        [
            Message::Timer(TimerId(2)),
            Message::Net(Net::SimReady),
            Message::Timer(TimerId(1)),
            Message::Net(Net::Registered),
        ]
    );
}

#[test]
fn restart_breaks_lines_off_and_boots_again() {
    let mut modem = online();
    let line = connected(&mut modem);
    modem.timer_start(TimerId(1), Duration::from_secs(1));
    tell(&mut modem, 5000, Input::Received { line, bytes: vec![1] });
    modem.restart();
    assert_eq!(orders(&mut modem), [Output::Abort { line }]);
    assert_eq!(messages(&mut modem), []);
    tell(&mut modem, 6000, Input::Timeout);
    assert!(modem.is_online());
    assert_eq!(modem.uptime(), Duration::from_secs(1));
}

#[test]
fn a_number_is_not_given_again_before_its_close_was_heard_of() {
    let mut modem = online();
    let line = connected(&mut modem);
    tell(&mut modem, 1200, Input::Ended { line, how: LineEnd::Closed });
    messages(&mut modem);
    modem.close(line.socket);
    assert_ne!(dial(&mut modem).socket, line.socket);
    assert_eq!(messages(&mut modem), [Message::Closed { socket: line.socket }]);
    assert_eq!(dial(&mut modem).socket, line.socket);
}

#[test]
fn pins_are_orders_and_messages_and_end_with_the_power() {
    let mut modem = online();
    let (light, key) = (PinId(33), PinId(2));
    modem.set_up_pin(light, Some(PinUse::Output { high: true }));
    modem.set_up_pin(key, Some(PinUse::Input { interrupts: true, pulled_up: false }));
    assert_eq!(orders(&mut modem), [Output::Pin { pin: light, drive: Drive::High }]);
    tell(&mut modem, 1200, Input::Pin { pin: key, level: Some(true) });
    assert_eq!(messages(&mut modem), [Message::Pin { pin: key, high: true }]);
    assert_eq!(modem.poll_timeout(), None);

    modem.restart();
    assert_eq!(orders(&mut modem), [Output::Pin { pin: light, drive: Drive::Nothing }]);
    assert_eq!(modem.pin_use(key), None);
    modem.set_up_pin(key, Some(PinUse::Input { interrupts: false, pulled_up: false }));
    assert!(modem.is_pin_high(key), "what is wired stays");
}

/// No goodbye but that of the lines, and no deadline: what is dark does nothing.
#[test]
fn without_power_everything_stops_until_the_restart() {
    let mut modem = online();
    let line = connected(&mut modem);
    modem.send(line.socket, b"x".to_vec());
    modem.timer_start(TimerId(1), Duration::from_secs(5));
    modem.open_soft_dog(Duration::from_secs(5));
    orders(&mut modem);

    assert_eq!(tell(&mut modem, 2000, Input::PowerLost), [Output::Abort { line }]);
    assert_eq!(modem.poll_output(), Output::Idle(None));
    assert_eq!(tell(&mut modem, 9000, Input::Received { line, bytes: b"late".to_vec() }), []);
    assert_eq!(messages(&mut modem), []);

    modem.restart();
    tell(&mut modem, 10_000, Input::Timeout);
    assert!(modem.is_online());
}

#[test]
fn a_radio_that_others_switch_is_told_like_flight_mode() {
    let mut modem = online();
    tell(&mut modem, 2000, Input::RadioSwitchedOff);
    assert_eq!(messages(&mut modem).last(), Some(&Message::Net(Net::FlightModeOn)));
    tell(&mut modem, 3000, Input::RadioSwitchedOn);
    tell(&mut modem, 9000, Input::Timeout);
    assert!(modem.is_online());
}

/// With the address go the lines, as when it is lost.
#[test]
fn barred_data_breaks_the_lines_off() {
    let mut modem = online();
    let line = connected(&mut modem);
    let orders = tell(&mut modem, 2000, Input::DataBarred);
    assert_eq!(orders, [Output::Abort { line }, Output::Net(Net::Offline)]);
}

#[test]
fn lines_of_others_have_numbers_beside_those_of_the_script() {
    let mut modem = online();
    let own = connected(&mut modem);
    let others: Vec<LineId> = (0..300).map(|_| modem.accept(Kind::Tcp).unwrap()).collect();
    assert_eq!(others[299].socket, SocketId(300));
    assert_eq!(messages(&mut modem).last(), Some(&Message::Accepted { socket: SocketId(300) }));
    // They take no place of the script's own eight.
    for _ in 1..8 {
        dial(&mut modem);
    }
    assert!(modem.connect(Kind::Tcp, "h".into(), 1).is_err());

    modem.send(others[7].socket, b"x".to_vec());
    let sent = |order: &Output| matches!(order, Output::Send { line, .. } if *line == others[7]);
    assert!(orders(&mut modem).iter().any(sent), "it stands from the start");
    // The lowest number that is free goes first, and is another line then.
    modem.destroy(others[7].socket);
    modem.destroy(own.socket);
    let [first, second] = [0, 1].map(|_| modem.accept(Kind::Tcp).unwrap());
    assert_eq!([first.socket, second.socket], [own.socket, others[7].socket]);
    assert_ne!([first, second], [own, others[7]]);
}
