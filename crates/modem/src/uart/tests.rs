use super::*;
use crate::{BootPlan, Input, Instant, Modem, Profile};
use alloc::vec;

const PORT: UartId = UartId(1);
const SETTINGS: UartSettings =
    UartSettings { baud: 9600, data_bits: 8, parity: Parity::None, stop_bits: 1, flow: false };
const ALL: UartTells = UartTells { received: true, sent: true };

/// A modem whose port 1 is set up, with nothing else to say for a long time.
fn modem(tells: UartTells) -> Modem {
    let plan = BootPlan::scaled_to(Duration::from_secs(1000));
    let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, plan);
    modem.uart_setup(PORT, SETTINGS, tells);
    assert_eq!(modem.poll_output(), Output::UartOpen { port: PORT, settings: SETTINGS });
    modem
}

fn receive(modem: &mut Modem, bytes: &[u8]) -> Vec<Output> {
    modem.handle_input(Instant::ZERO, Input::UartReceived { port: PORT, bytes: bytes.to_vec() });
    orders(modem)
}

fn orders(modem: &mut Modem) -> Vec<Output> {
    let next = || Some(modem.poll_output()).filter(|order| !matches!(order, Output::Idle(_)));
    core::iter::from_fn(next).collect()
}

fn sent(modem: &mut Modem, write: u32) {
    modem.handle_input(Instant::ZERO, Input::UartSent { port: PORT, write });
    assert_eq!(orders(modem), []);
}

fn take(modem: &mut Modem, take: UartTake) -> Vec<u8> {
    modem.uart_read(PORT, take)
}

#[test]
fn a_modem_has_four_ports() {
    let has: Vec<u8> = (0..=u8::MAX).filter(|&number| UartId::new(number).is_some()).collect();
    assert_eq!(has, [1, 2, 3, 0x81]);
}

#[test]
fn bytes_take_their_time() {
    assert_eq!(SETTINGS.time_of(960), Duration::from_secs(1));
    let long = UartSettings { parity: Parity::Even, stop_bits: 2, ..SETTINGS };
    assert_eq!(long.time_of(960), Duration::from_micros(1_200_000));
    let short = UartSettings { data_bits: 7, baud: 115_200, ..SETTINGS };
    assert_eq!(short.time_of(1), Duration::from_micros(79), "78.125, never too short");
}

#[test]
fn only_the_first_bytes_of_an_empty_buffer_are_told() {
    let mut modem = modem(ALL);
    receive(&mut modem, b"");
    assert_eq!(modem.poll_message(), None);
    receive(&mut modem, b"ab");
    receive(&mut modem, b"cd");
    assert_eq!(modem.poll_message(), Some(Message::UartReceived { port: PORT, len: 2 }));
    assert_eq!(modem.poll_message(), None);
    assert_eq!(take(&mut modem, UartTake::Bytes(3)), b"abc");
    receive(&mut modem, b"e");
    assert_eq!(modem.poll_message(), None, "`d` is still there");
    assert_eq!(take(&mut modem, UartTake::Bytes(9)), b"de");
    receive(&mut modem, b"f");
    assert_eq!(modem.poll_message(), Some(Message::UartReceived { port: PORT, len: 1 }));
}

#[test]
fn a_port_that_is_polled_tells_nothing() {
    let mut modem = modem(UartTells { received: false, sent: false });
    receive(&mut modem, b"ab");
    assert!(modem.uart_write(PORT, vec![1]));
    orders(&mut modem);
    sent(&mut modem, 1);
    assert_eq!(modem.poll_message(), None);
    assert_eq!(take(&mut modem, UartTake::Line), b"ab");
}

#[test]
fn what_is_taken_ends_where_it_should() {
    let mut modem = modem(ALL);
    receive(&mut modem, b"one\r\n\ntwo words \n-12x 34-");
    assert_eq!(take(&mut modem, UartTake::Line), b"one\r\n");
    assert_eq!(take(&mut modem, UartTake::Line), b"\n");
    assert_eq!(take(&mut modem, UartTake::Word), b"two");
    assert_eq!(take(&mut modem, UartTake::Word), b"words");
    assert_eq!(take(&mut modem, UartTake::Number), b"-12");
    assert_eq!(take(&mut modem, UartTake::Number), b"", "an x is no number, and stays");
    assert_eq!(take(&mut modem, UartTake::Bytes(1)), b"x");
    assert_eq!(take(&mut modem, UartTake::Number), b"34");
    assert_eq!(take(&mut modem, UartTake::Number), b"", "a sign alone is none");
    assert_eq!(take(&mut modem, UartTake::Word), b"-");
    assert_eq!(take(&mut modem, UartTake::Line), b"");
}

#[test]
fn what_finds_no_room_is_lost_and_counted() {
    let mut modem = modem(ALL);
    let half = vec![b'a'; UART_RX_BYTES / 2];
    assert_eq!(receive(&mut modem, &half[1..]), []);
    assert_eq!(receive(&mut modem, b"a"), [Output::UartPause { port: PORT }]);
    assert_eq!(receive(&mut modem, &half), [], "there is room for as much again");
    let overrun = |lost, total| [Output::UartOverrun { port: PORT, lost, total }];
    assert_eq!(receive(&mut modem, b"xyz"), overrun(3, 3));
    assert_eq!(take(&mut modem, UartTake::Bytes(2)), b"aa");
    assert_eq!(receive(&mut modem, b"bcd"), overrun(1, 4));
    assert_eq!(modem.uart_overrun(PORT), 4);
    take(&mut modem, UartTake::Bytes(UART_RX_BYTES * 3 / 4));
    assert_eq!(orders(&mut modem), [], "a quarter is left");
    take(&mut modem, UartTake::Bytes(1));
    assert_eq!(orders(&mut modem), [Output::UartResume { port: PORT }]);
    assert!(take(&mut modem, UartTake::Line).ends_with(b"abc"));
}

#[test]
fn that_all_is_out_is_told_once() {
    let mut modem = modem(ALL);
    assert!(modem.uart_write(PORT, b"ab".to_vec()) && modem.uart_write(PORT, b"c".to_vec()));
    let write =
        |write, bytes: &[u8]| Output::UartWrite { port: PORT, write, bytes: bytes.to_vec() };
    assert_eq!(orders(&mut modem), [write(1, b"ab"), write(2, b"c")]);
    sent(&mut modem, 1);
    assert_eq!(modem.poll_message(), None);
    sent(&mut modem, 2);
    assert_eq!(modem.poll_message(), Some(Message::UartSent { port: PORT }));
    sent(&mut modem, 2);
    sent(&mut modem, 7);
    assert_eq!(modem.poll_message(), None);
}

#[test]
fn a_script_that_outruns_the_wire_is_held() {
    let mut modem = modem(ALL);
    receive(&mut modem, b"a");
    assert!(modem.uart_write(PORT, vec![0; UART_TX_BYTES - 1]));
    assert!(modem.has_messages());
    assert!(modem.uart_write(PORT, vec![0]));
    assert!(!modem.has_messages() && modem.poll_message().is_none());
    orders(&mut modem);
    sent(&mut modem, 1);
    assert_eq!(modem.poll_message(), Some(Message::UartReceived { port: PORT, len: 1 }));
}

#[test]
fn a_closed_port_takes_nothing_and_late_answers_are_known() {
    let mut modem = modem(ALL);
    assert!(modem.uart_write(PORT, vec![0; UART_TX_BYTES]));
    orders(&mut modem);
    modem.uart_close(PORT);
    modem.uart_close(PORT);
    assert_eq!(orders(&mut modem), [Output::UartClose { port: PORT }]);
    assert!(!modem.uart_write(PORT, vec![1]) && orders(&mut modem).is_empty());
    receive(&mut modem, b"a");
    assert_eq!(take(&mut modem, UartTake::Line), b"");
    modem.uart_setup(PORT, SETTINGS, ALL);
    assert!(modem.uart_write(PORT, vec![1]));
    orders(&mut modem);
    sent(&mut modem, 1);
    assert_eq!(modem.poll_message(), None, "the answer is to a write of before");
    sent(&mut modem, 2);
    assert_eq!(modem.poll_message(), Some(Message::UartSent { port: PORT }));
}

#[test]
fn setting_up_again_drops_what_was_unread_and_a_restart_closes() {
    let mut modem = modem(ALL);
    receive(&mut modem, b"old");
    modem.uart_setup(PORT, SETTINGS, ALL);
    orders(&mut modem);
    assert_eq!(take(&mut modem, UartTake::Line), b"");
    modem.restart();
    assert_eq!(orders(&mut modem), [Output::UartClose { port: PORT }]);
    assert!(!modem.uart_write(PORT, vec![1]));
}

#[test]
fn bytes_that_the_hardware_lost_are_counted_with_the_others() {
    let (mut uarts, mut outputs) = (Uarts::default(), VecDeque::new());
    let port = UartId::USB;
    uarts.overran(port, 3, &mut outputs);
    uarts.set_up(port, UartTells { received: true, sent: false });
    uarts.overran(port, 3, &mut outputs);
    uarts.overran(port, 4, &mut outputs);
    assert_eq!(uarts.overrun(port), 7);
    assert_eq!(outputs.pop_back(), Some(Output::UartOverrun { port, lost: 4, total: 7 }));
    assert_eq!(outputs.len(), 1);
}
