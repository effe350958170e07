//! Messages as they come, as files and as figures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Tried, port, start};
use holdline_lab::{PortConfig, PortKind};
use holdline_peer::{Framing, Identity, Manner, Pattern, Reply};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::thread;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

fn cars() -> PortConfig {
    let identity = Some(Identity::Pattern(Pattern::new("I am ([a-z]+)").unwrap()));
    let framing = Framing::Line;
    port("cars", PortKind::Tcp, Manner { identity, framing, ..Manner::default() })
}

fn wait(tried: &Tried, body: &Value) -> Value {
    let (status, found) = tried.tell("POST", "/api/wait", body);
    assert_eq!(status, 200, "{found}");
    found
}

#[test]
fn a_call_waits_for_what_a_device_says() {
    let tried = start(vec![cars()]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"I am ann\ntemp=21\r\n").unwrap();
    tried.wait("/api/messages/count?kinds=message", |found| found["count"] == 2);
    let found = wait(&tried, &json!({"equals": "temp=21", "device": "ann", "after": 0}));
    assert_eq!((&found["bytes"], &found["device"]), (&json!("dGVtcD0yMQ0K"), &json!("ann")));
    assert_eq!(found["kind"], "message");
    for pattern in [
        json!({"prefix": "temp", "after": 0}),
        json!({"matches": "^temp=[0-9]+", "after": 0}),
        json!({"hex": "74 65 ?? 70", "port": "cars", "after": 0}),
    ] {
        assert_eq!(wait(&tried, &pattern), found);
    }
    let first = wait(&tried, &json!({"contains": "am a", "after": 0}));
    assert_eq!(first["kind"], "received");
    let second = wait(&tried, &json!({"contains": "am a", "after": first["seq"]}));
    assert_eq!(second["kind"], "message");

    // What was there before the call is not waited for.
    let nothing = json!({"prefix": "temp", "timeout": "1ms"});
    assert_eq!(wait(&tried, &nothing), Value::Null);
    let elsewhere = json!({"after": 0, "device": "bob", "timeout": "1ms"});
    assert_eq!(wait(&tried, &elsewhere), Value::Null);
    for wrong in [
        json!({"equals": "a", "prefix": "b"}),
        json!({"matches": "("}),
        json!({"hex": "7"}),
        json!({"timeout": "11m"}),
        json!({"timeout": "soon"}),
    ] {
        assert_eq!(tried.tell("POST", "/api/wait", &wrong).0, 422, "{wrong}");
    }
}

#[test]
fn a_call_is_answered_when_the_device_speaks() {
    let tried = start(vec![cars()]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    let body = json!({"prefix": "late", "after": 0, "timeout": "1m"});
    thread::scope(|scope| {
        let waits = scope.spawn(|| wait(&tried, &body));
        device.write_all(b"early\nlate\n").unwrap();
        assert_eq!(waits.join().unwrap()["kind"], "message");
    });
}

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

fn look(tried: &Tried, query: &str) -> Socket {
    let stream = MaybeTlsStream::Plain(TcpStream::connect(tried.lab.http()).unwrap());
    let url = format!("ws://{}/api/live?{query}", tried.lab.http());
    tungstenite::client(url, stream).unwrap().0
}

fn next(socket: &mut Socket) -> Value {
    let Message::Text(text) = socket.read().unwrap() else { panic!("no text") };
    serde_json::from_str(&text).unwrap()
}

#[test]
fn messages_are_shown_as_they_come_and_none_is_left_out() {
    let tried = start(vec![cars()]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"I am ann\n").unwrap();
    tried.wait("/api/devices/ann", |found| found["online"] == true);
    let mut all = look(&tried, "after=0&events=true");
    let mut later = look(&tried, "device=ann");
    let kinds: Vec<Value> = (0..4).map(|_| next(&mut all)["kind"].clone()).collect();
    assert_eq!(kinds, ["accepted", "received", "message", "named"]);

    // A reader that looks away for a while gets everything when it looks again.
    for count in 0..2000 {
        device.write_all(format!("{count}\n").as_bytes()).unwrap();
    }
    let rows = |found: &Value| found["messages_in"].as_i64().unwrap();
    let mut bytes = 0;
    let wanted = (0..2000).map(|count: i32| count.to_string().len() + 1).sum::<usize>() + 9;
    tried.wait("/api/devices/ann", |found| found["bytes_in"] == wanted && rows(found) > 1);
    let mut seq = 0;
    while bytes < wanted - 9 {
        let row = next(&mut later);
        assert_eq!((&row["kind"], &row["device"]), (&json!("received"), &json!("ann")));
        assert!(row["seq"].as_i64().unwrap() > seq);
        seq = row["seq"].as_i64().unwrap();
        bytes += row["bytes"].as_str().unwrap().trim_end_matches('=').len() * 3 / 4;
    }
    assert_eq!(bytes, wanted - 9);
}

/// Whoever asks for the stream in plain HTTP hears what to ask for.
#[test]
fn who_asks_for_no_web_socket_is_told_to() {
    let tried = start(vec![port("cars", PortKind::Tcp, Manner::default())]);
    let request = ureq::get(tried.url("/api/live")).config().http_status_as_error(false).build();
    let answer = request.call().unwrap();
    assert_eq!(answer.status(), 426);
    let said = |name: &str| answer.headers()[name].to_str().unwrap().to_ascii_lowercase();
    assert_eq!([said("upgrade"), said("connection")], ["websocket", "upgrade"]);
    assert_eq!(said("sec-websocket-version"), "13");
    let other = ureq::get(tried.url("/api/ports")).call().unwrap();
    assert!(!other.headers().contains_key("upgrade"));
}

fn export(tried: &Tried, query: &str) -> (String, Vec<u8>) {
    let mut answer = ureq::get(tried.url(&format!("/api/export?{query}"))).call().unwrap();
    let media = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (media, answer.body_mut().read_to_vec().unwrap())
}

#[test]
fn a_file_has_every_message() {
    let tried = start(vec![cars()]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all("I am ann\n心跳,\"=1+1\"\x1b[31m\n".as_bytes()).unwrap();
    let path = "/api/messages?device=ann&events=true";
    let messages = tried.wait(path, |found| found.as_array().unwrap().len() == 5);

    let (media, jsonl) = export(&tried, "format=jsonl&device=ann&events=true");
    assert_eq!(media, "application/jsonl");
    let lines = String::from_utf8(jsonl).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(lines), messages);

    let (_, txt) = export(&tried, "format=txt");
    let txt = String::from_utf8(txt).unwrap();
    assert!(txt.contains(r"cars ann -> ") && txt.contains(r"心跳,"), "{txt}");
    assert!(txt.contains(r"\u{1b}[31m") && !txt.contains('\u{1b}'), "{txt}");

    let (_, table) = export(&tried, "format=csv&events=true");
    let mut table = csv::Reader::from_reader(&*table);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    let column = table.headers().unwrap().iter().position(|name| name == "text").unwrap();
    assert!(rows[1][column].contains("心跳,\"=1+1\""), "{rows:?}");
    let chosen = |show: &str| {
        let (_, jsonl) = export(&tried, &format!("format=jsonl&show={show}"));
        let kind =
            |line: &str| -> Value { serde_json::from_str::<Value>(line).unwrap()["kind"].clone() };
        String::from_utf8(jsonl).unwrap().lines().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(chosen("received"), ["received"]);
    assert_eq!(chosen("events"), ["accepted", "named"]);
    assert_eq!(chosen("sent,messages"), ["message", "message"]);
    assert_eq!(chosen("sent&kinds=named"), ["named"]);
    assert_eq!(tried.ask("/api/export?format=txt&show=all").0, 400);
    assert_eq!(tried.ask("/api/export?format=xls").0, 400);
    assert_eq!(tried.ask("/api/export").0, 400);
}

#[test]
fn a_file_longer_than_a_batch_is_whole() {
    let tried = start(vec![port("meters", PortKind::Udp, Manner::default())]);
    let device = UdpSocket::bind("127.0.0.1:0").unwrap();
    device.connect(tried.lab.ports()[0]).unwrap();
    for count in 1..=1200 {
        device.send(format!("{count}").as_bytes()).unwrap();
        if count % 50 == 0 {
            tried.wait("/api/messages/count", |found| found["count"] == count);
        }
    }
    let (_, jsonl) = export(&tried, "format=jsonl");
    assert_eq!(String::from_utf8(jsonl).unwrap().lines().count(), 1200);
}

/// What a packet of TCP over IPv4 says: from the device, number, heard, flags, bytes.
fn tcp(packet: &[u8], server: u16) -> (bool, u32, u32, u8, Vec<u8>) {
    let sliced = etherparse::SlicedPacket::from_ip(packet).unwrap();
    let Some(etherparse::TransportSlice::Tcp(tcp)) = sliced.transport else { panic!("no TCP") };
    let Some(etherparse::NetSlice::Ipv4(ip)) = &sliced.net else { panic!("no IPv4") };
    let header = tcp.to_header();
    let sum = header.calc_checksum_ipv4(&ip.header().to_header(), tcp.payload()).unwrap();
    assert_eq!(sum, header.checksum);
    assert_eq!(ip.header().to_header().calc_header_checksum(), ip.header().header_checksum());
    let flags = u8::from(header.syn) * 8
        + u8::from(header.ack) * 4
        + u8::from(header.fin) * 2
        + u8::from(header.rst);
    let is_up = header.destination_port == server;
    let (number, heard) = (header.sequence_number, header.acknowledgment_number);
    (is_up, number, heard, flags, tcp.payload().to_vec())
}

#[test]
fn packets_could_have_carried_the_messages() {
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let tried = start(vec![port("cars", PortKind::Tcp, echo)]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"hello").unwrap();
    device.read_exact(&mut [0; 5]).unwrap();
    device.write_all(b"again!").unwrap();
    device.read_exact(&mut [0; 6]).unwrap();
    drop(device);
    tried.wait("/api/messages/count?kinds=closed", |found| found["count"] == 1);

    let server = tried.lab.ports()[0].port();
    let packets_of = |query: &str| {
        let (_, file) = export(&tried, query);
        let mut reader = pcap_file::pcapng::PcapNgReader::new(&*file).unwrap();
        let mut packets = Vec::new();
        while let Some(block) = reader.next_block() {
            if let pcap_file::pcapng::Block::EnhancedPacket(packet) = block.unwrap() {
                packets.push((packet.timestamp, tcp(&packet.data, server)));
            }
        }
        packets
    };
    let (times, packets): (Vec<_>, Vec<_>) = packets_of("format=pcapng").into_iter().unzip();
    const SYN: u8 = 8;
    const ACK: u8 = 4;
    const FIN: u8 = 2;
    let bytes = |text: &str| text.as_bytes().to_vec();
    let wanted = [
        (true, 0, 0, SYN, bytes("")),
        (false, 0, 1, SYN + ACK, bytes("")),
        (true, 1, 1, ACK, bytes("")),
        (true, 1, 1, ACK, bytes("hello")),
        (false, 1, 6, ACK, bytes("hello")),
        (true, 6, 6, ACK, bytes("again!")),
        (false, 6, 12, ACK, bytes("again!")),
        (true, 12, 12, FIN + ACK, bytes("")),
        (false, 12, 13, FIN + ACK, bytes("")),
        (true, 13, 13, ACK, bytes("")),
    ];
    assert_eq!(packets, wanted);
    assert!(times.is_sorted());
    // Without what was said to the device: the handshake, what it said, and the end.
    let bytes_of = |(_, packet): (_, (bool, u32, u32, u8, Vec<u8>))| packet.4;
    let said: Vec<_> =
        packets_of("format=pcapng&show=received").into_iter().map(bytes_of).collect();
    let texts = ["", "", "", "hello", "again!", "", "", ""];
    assert_eq!(said, texts.map(bytes));
}

#[test]
fn figures_say_what_came_and_went() {
    let echo = Manner { reply: Reply::Echo, ..Manner::default() };
    let tried = start(vec![
        port("cars", PortKind::Tcp, echo),
        port("me\"ters", PortKind::Udp, Manner::default()),
    ]);
    let mut device = TcpStream::connect(tried.lab.ports()[0]).unwrap();
    device.write_all(b"hello").unwrap();
    device.read_exact(&mut [0; 5]).unwrap();
    let last = tried.wait("/api/messages/count?events=true", |found| found["count"] == 3);
    let mut answer = ureq::get(tried.url("/metrics")).call().unwrap();
    let media = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(media.starts_with("application/openmetrics-text"), "{media}");
    let text = answer.body_mut().read_to_string().unwrap();
    for line in [
        "holdline_lab_connections_total{port=\"cars\"} 1",
        "holdline_lab_open_connections{port=\"cars\"} 1",
        "holdline_lab_bytes_total{port=\"cars\",direction=\"in\"} 5",
        "holdline_lab_messages_total{port=\"cars\",direction=\"out\"} 1",
        "holdline_lab_connections_total{port=\"me\\\"ters\"} 0",
        "holdline_lab_store_trouble 0",
        "holdline_lab_devices 1",
        &format!("holdline_lab_store_seq {}", last["last_seq"]),
        "# EOF",
    ] {
        assert!(text.lines().any(|said| said == line), "{line}\n{text}");
    }
}
