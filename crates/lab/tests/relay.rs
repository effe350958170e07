//! Ports that pass devices on to another server: what each end says and how it ends reaches the other.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{PATIENCE, Tried, config, port, start};
use holdline_lab::{Config, Lab, Limits, PortConfig, PortKind, PortWords};
use holdline_peer::{Cue, Identity, Manner, Pattern, Rule};
use serde_json::{Value, json};
use socket2::SockRef;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A lab with one port that passes on to a server of the test's.
struct Relayed {
    tried: Tried,
    server: TcpListener,
}

fn relayed() -> Relayed {
    relayed_with(|_| {})
}

fn relayed_with(change: impl FnOnce(&mut PortConfig)) -> Relayed {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let tried = start_to(server.local_addr().unwrap(), change);
    Relayed { tried, server }
}

fn start_to(target: SocketAddr, change: impl FnOnce(&mut PortConfig)) -> Tried {
    let mut port = port("proxy", PortKind::Tcp, Manner::default());
    port.relay = Some(target);
    change(&mut port);
    start(vec![port])
}

fn start_within(limits: Limits, target: SocketAddr) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    let mut port = port("proxy", PortKind::Tcp, Manner::default());
    port.relay = Some(target);
    let config = Config { limits, ..config(folder.path(), vec![port]) };
    Tried { lab: Lab::start(config).unwrap(), folder }
}

fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn connect(tried: &Tried) -> TcpStream {
    patient(TcpStream::connect(tried.lab.ports()[0]).unwrap())
}

impl Relayed {
    /// A device, and the server's end of its line.
    fn pair(&self) -> (TcpStream, TcpStream) {
        let device = connect(&self.tried);
        (device, self.accept())
    }

    fn accept(&self) -> TcpStream {
        patient(self.server.accept().unwrap().0)
    }

    fn reason(&self, device: &str) -> Value {
        reason(&self.tried, device)
    }
}

/// Why the connection of a device is over.
fn reason(tried: &Tried, device: &str) -> Value {
    let path = format!("/api/messages?device={device}&events=true&limit=1000");
    let is_over = |found: &Value| closed_row(found).is_some();
    let found = tried.wait(&path, is_over);
    closed_row(&found).unwrap()
}

fn closed_row(found: &Value) -> Option<Value> {
    let rows = found.as_array().unwrap();
    let closed = rows.iter().find(|row| row["kind"] == "closed")?;
    Some(text(closed).into())
}

fn text(row: &Value) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(row["bytes"].as_str().unwrap());
    String::from_utf8(bytes.unwrap()).unwrap()
}

/// What crossed the line to or from a device, as the store has it.
fn bytes_of(tried: &Tried, device: &str, kind: &str) -> String {
    let found = tried.get(&format!("/api/messages?device={device}&limit=1000"));
    let rows = found.as_array().unwrap().iter();
    rows.filter(|row| row["kind"] == kind).map(text).collect()
}

fn reset(stream: TcpStream) {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

fn is_reset(stream: &mut TcpStream) -> bool {
    let end = stream.read_to_end(&mut Vec::new());
    end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
}

fn expect(stream: &mut TcpStream, words: &[u8]) {
    let mut said = vec![0; words.len()];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(said, words);
}

fn all(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    said
}

/// Bytes of which no piece is like another.
fn noise(len: usize, mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn what_each_says_reaches_the_other_and_is_kept() {
    let named = Identity::Pattern(Pattern::new(r"IMEI:(\d{15})").unwrap());
    let manner = Manner { identity: Some(named), ..Manner::default() };
    let relayed = relayed_with(|port| port.manner = manner);
    let (mut device, mut server) = relayed.pair();
    device.write_all(b"IMEI:860000000000001").unwrap();
    expect(&mut server, b"IMEI:860000000000001");
    server.write_all(b"welcome").unwrap();
    expect(&mut device, b"welcome");

    let is_sent = |found: &Value| found[0]["bytes_out"] == 7;
    let devices = relayed.tried.wait("/api/devices", is_sent);
    let id = devices[0]["id"].as_str().unwrap();
    assert_eq!(bytes_of(&relayed.tried, id, "received"), "IMEI:860000000000001");
    assert_eq!(bytes_of(&relayed.tried, id, "sent"), "welcome");
    let ports = relayed.tried.get("/api/ports");
    assert_eq!(ports[0]["relay"], relayed.server.local_addr().unwrap().to_string());
}

#[test]
fn megabytes_go_both_ways_at_once_and_none_is_changed() {
    exchange(relayed().pair(), 5 << 20);
}

/// Each says so many bytes to the other at once, which have to arrive as they were.
fn exchange((mut device, mut server): (TcpStream, TcpStream), len: usize) {
    let (up, down) = (noise(len, 1), noise(len, 2));
    thread::scope(|scope| {
        let (mut to_device, mut to_server) =
            (server.try_clone().unwrap(), device.try_clone().unwrap());
        let (up, down) = (&up, &down);
        scope.spawn(move || {
            to_server.write_all(up).unwrap();
            to_server.shutdown(Shutdown::Write).unwrap();
        });
        scope.spawn(move || {
            to_device.write_all(down).unwrap();
            to_device.shutdown(Shutdown::Write).unwrap();
        });
        let heard = scope.spawn(move || all(&mut server));
        assert!(all(&mut device) == *down, "the device heard something else");
        assert!(heard.join().unwrap() == *up, "the server heard something else");
    });
}

#[test]
fn a_server_that_refuses_has_the_device_reset_and_the_reason_kept() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let tried = start_to(free, |_| {});
    let mut device = connect(&tried);
    assert!(is_reset(&mut device));
    let why = reason(&tried, "conn-1");
    assert!(why.as_str().unwrap().starts_with(&format!("no way to the target: {free}: ")), "{why}");
}

#[test]
fn a_server_that_closes_has_the_device_closed_behind_its_last_words() {
    let relayed = relayed();
    let (mut device, mut server) = relayed.pair();
    server.write_all(b"goodbye").unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    assert_eq!(all(&mut device), b"goodbye");
    assert_eq!(relayed.reason("conn-1"), "closed by the target");
    // The other direction still stands.
    device.write_all(b"one more").unwrap();
    device.shutdown(Shutdown::Write).unwrap();
    assert_eq!(all(&mut server), b"one more");
}

#[test]
fn a_server_that_breaks_has_the_device_broken() {
    let relayed = relayed();
    let (mut device, mut server) = relayed.pair();
    // A line that breaks before it is known to stand counts as one that never stood.
    server.write_all(b"hi").unwrap();
    device.read_exact(&mut [0; 2]).unwrap();
    reset(server);
    assert!(is_reset(&mut device));
    let why = relayed.reason("conn-1");
    assert!(why.as_str().unwrap().starts_with("broken by the target: "), "{why}");
}

#[test]
fn a_device_that_closes_has_the_server_closed_and_hears_what_it_still_says() {
    let relayed = relayed();
    let (mut device, mut server) = relayed.pair();
    device.write_all(b"that is all").unwrap();
    device.shutdown(Shutdown::Write).unwrap();
    assert_eq!(all(&mut server), b"that is all");
    server.write_all(b"so be it").unwrap();
    drop(server);
    assert_eq!(all(&mut device), b"so be it");
    assert_eq!(relayed.reason("conn-1"), "closed by the device");
}

#[test]
fn a_device_that_breaks_has_the_server_broken() {
    let relayed = relayed();
    let (device, mut server) = relayed.pair();
    reset(device);
    assert!(is_reset(&mut server));
    let why = relayed.reason("conn-1");
    assert!(why.as_str().unwrap().starts_with("broken: "), "{why}");
}

/// Writes until nothing moves any more; says how much went.
fn fill(stream: &mut TcpStream) -> usize {
    // Only how long it takes to give up hangs on this, and not what is found.
    stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let (block, mut len) = (vec![b'x'; 1 << 16], 0);
    while let Ok(more) = stream.write(&block) {
        len += more;
        assert!(len < 256 << 20, "somebody piles it up");
    }
    len
}

#[test]
fn an_end_that_does_not_read_stops_the_other_and_loses_nothing() {
    let relayed = relayed();
    let (mut device, mut server) = relayed.pair();
    let up = fill(&mut device);
    device.shutdown(Shutdown::Write).unwrap();
    assert_eq!(all(&mut server).len(), up);
    let down = fill(&mut server);
    drop(server);
    assert_eq!(all(&mut device).len(), down);
}

/// Three that do not read leave room for each other, and for a fourth who does.
#[test]
fn when_much_waits_for_all_everybody_is_held_back_and_nobody_loses_anything() {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let limits = Limits { unsent_bytes_in_all_max: 400_000, ..Limits::default() };
    let relayed = Relayed { tried: start_within(limits, server.local_addr().unwrap()), server };
    let mut pairs: Vec<_> = (0..3).map(|_| relayed.pair()).collect();
    let up: Vec<_> = pairs.iter_mut().map(|(device, _)| fill(device)).collect();
    exchange(relayed.pair(), 100_000);
    for ((device, server), up) in pairs.iter_mut().zip(up) {
        device.shutdown(Shutdown::Write).unwrap();
        assert_eq!(all(server).len(), up);
    }
    let down: Vec<_> = pairs.iter_mut().map(|(_, server)| fill(server)).collect();
    exchange(relayed.pair(), 100_000);
    for ((mut device, server), down) in pairs.into_iter().zip(down) {
        drop(server);
        assert_eq!(all(&mut device).len(), down);
    }
}

#[test]
fn a_fault_on_some_words_strikes_both_ends() {
    let relayed = relayed_with(|port| port.commit("reset on \"STOP\"").unwrap());
    let (mut device, mut server) = relayed.pair();
    device.write_all(b"go").unwrap();
    expect(&mut server, b"go");
    device.write_all(b"STOP").unwrap();
    assert!(is_reset(&mut device));
    assert!(is_reset(&mut server));
    assert_eq!(relayed.reason("conn-1"), "reset by the server");
}

#[test]
fn bytes_before_a_fault_go_on() {
    let relayed = relayed_with(|port| port.commit("close after 4 bytes").unwrap());
    let (mut device, mut server) = relayed.pair();
    device.write_all(b"over there").unwrap();
    assert_eq!(all(&mut server), b"over");
    assert_eq!(all(&mut device), b"");
    assert_eq!(relayed.reason("conn-1"), "closed by the server");
}

#[test]
fn what_comes_while_the_server_is_silent_comes_once_it_is_not() {
    let relayed = relayed();
    let (mut device, mut server) = relayed.pair();
    let faults = "/api/ports/proxy/faults";
    let silent = json!({"fault": "silent"});
    assert_eq!(relayed.tried.tell("POST", faults, &silent).0, 200);
    device.write_all(b"are you there").unwrap();
    expect(&mut server, b"are you there");
    server.write_all(b"I am").unwrap();
    // An answer that got through would be in the store before what the device says next.
    device.write_all(b"?").unwrap();
    expect(&mut server, b"?");
    relayed.tried.wait("/api/devices", |found| found[0]["bytes_in"] == 14);
    assert_eq!(bytes_of(&relayed.tried, "conn-1", "sent"), "");
    assert_eq!(relayed.tried.tell("DELETE", faults, &Value::Null).0, 204);
    expect(&mut device, b"I am");
}

#[test]
fn a_silence_that_is_over_lets_through_what_was_said_in_it() {
    for silence in ["silent for 300ms", "silent 1 connects for 300ms"] {
        let relayed = relayed_with(|port| port.commit(silence).unwrap());
        let (mut device, mut server) = relayed.pair();
        server.write_all(b"late").unwrap();
        server.shutdown(Shutdown::Write).unwrap();
        assert_eq!(all(&mut device), b"late", "{silence}");
    }
}

#[test]
fn rules_add_what_the_server_does_not_say() {
    let rules = vec![Rule::on(Cue::Equals(b"ping".into())).say(b"pong")];
    let relayed = relayed_with(|port| port.manner.rules = rules);
    let (mut device, mut server) = relayed.pair();
    device.write_all(b"ping").unwrap();
    expect(&mut device, b"pong");
    expect(&mut server, b"ping");
}

#[test]
fn a_fleet_is_told_apart() {
    let relayed = relayed();
    let mut devices: Vec<TcpStream> = (0..200).map(|_| connect(&relayed.tried)).collect();
    for (number, device) in devices.iter_mut().enumerate() {
        device.write_all(format!("{number:03}").as_bytes()).unwrap();
    }
    let mut servers: Vec<TcpStream> = (0..200).map(|_| relayed.accept()).collect();
    for server in &mut servers {
        let mut number = [0; 3];
        server.read_exact(&mut number).unwrap();
        server.write_all(&number).unwrap();
        server.shutdown(Shutdown::Write).unwrap();
    }
    for (number, device) in devices.iter_mut().enumerate() {
        assert_eq!(all(device), format!("{number:03}").as_bytes());
    }
}

fn of_words(words: Value) -> Result<PortConfig, String> {
    let words: PortWords = serde_json::from_value(words).unwrap();
    words.config().map_err(|error| format!("{} | {}", error.what.en, error.what.zh))
}

#[test]
fn a_configuration_says_where_to_and_what_goes_wrong() {
    let port = json!({"name": "cars", "listen": "0", "relay": "127.0.0.1:9", "fault": ["refuse 2 connects"]});
    let config = of_words(port).unwrap();
    assert_eq!(config.relay, Some("127.0.0.1:9".parse().unwrap()));
    let faults: Vec<_> = config.faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["refuse connects 1 to 2"]);
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_the_reason() {
    let wrong = |words: Value| of_words(words).unwrap_err();
    for kind in ["tls", "mtls"] {
        let port = json!({"name": "cars", "kind": kind, "listen": "0", "relay": "127.0.0.1:9"});
        let error = wrong(port);
        assert!(error.contains("passes TLS on as it comes") && error.contains(kind), "{error}");
        assert!(error.contains("原样转发 TLS"), "{error}");
    }
    for target in ["server", "server:", ":9", "server:0", "server:65536", "::1"] {
        let error = wrong(json!({"name": "cars", "listen": "0", "relay": target}));
        assert!(error.contains(&format!("`{target}` is no server; write it as in")), "{error}");
        assert!(error.contains("不是服务器地址"), "{error}");
    }
    let error = wrong(json!({"name": "cars", "listen": "0", "fault": ["power cut"]}));
    assert!(error.contains("`power cut` is not what port `cars` can do: that happens"), "{error}");
    let error = wrong(json!({"name": "cars", "listen": "9", "fault": ["refuse port 8"]}));
    assert!(error.contains("`cars` is port 9, not 8"), "{error}");
}
