use super::*;

/// A row at so many milliseconds.
fn row(millis: i64, conn: i64, kind: Kind, bytes: &[u8]) -> Message {
    let (port, device) = ("cars".to_owned(), Some("a1".to_owned()));
    Message { seq: millis, at: millis * 1000, port, conn, device, kind, bytes: bytes.into() }
}

fn file(rows: &[Message]) -> String {
    Retold { device: "a1", kind: PortKind::Tcp, port: 9999 }.file(rows)
}

#[test]
fn what_was_said_and_done_is_said_and_done_again() {
    let rows = [
        row(0, 1, Kind::Accepted, b"127.0.0.1:5"),
        row(1, 1, Kind::Sent, b"hi\r\n"),
        row(2, 1, Kind::Received, b"heart\r\nlo"),
        row(3, 1, Kind::Received, b"c\r\n"),
        row(4, 1, Kind::Sent, b"o"),
        row(5, 1, Kind::Sent, b"k"),
        row(4000, 1, Kind::Sent, b"led on"),
        row(4100, 1, Kind::Closed, b"reset by the server"),
        row(4200, 2, Kind::Refused, b"127.0.0.1:6"),
        row(5000, 3, Kind::Accepted, b"127.0.0.1:7"),
        row(5001, 3, Kind::Sent, b"hi\r\n"),
        row(5002, 3, Kind::Received, b"\xfe\"1"),
        row(5003, 3, Kind::Received, b"heart\r\n"),
        row(5100, 3, Kind::Closed, b"closed by the server"),
        row(305_100, 4, Kind::Accepted, b"127.0.0.1:8"),
        row(305_101, 4, Kind::Sent, b"hi\r\n"),
        row(306_000, 4, Kind::Closed, b"closed by the device"),
    ];
    let expected = r#"test("a1 as it was in the lab", function(world)
  local server = world:server(9999)
  world:boot()
  server:when_connected():reply("hi\r\n")
  server:when_equals("c\r\n"):reply("ok")
  world:wait_for(server:connects(), 1, "120s")
  server:refuse(1)
  world:run("4s")
  server:send("led on")
  world:run("100ms")
  server:reset()
  world:wait_for(server:connects(), 2, "120s")
  world:run("1s3ms")
  server:close()
  world:wait_for(server:connects(), 3, "600s")
  world:run("900ms")
  expect(server:received("heart\r\n")):at_least(1):at_most(4)
  expect(server:received("loc\r\n")):at_least(1):at_most(2)
  expect(server:received("\254\"1")):at_least(1):at_most(2)
  expect(server:connects()):at_most(4)
end)
"#;
    assert_eq!(file(&rows), expected);
}

#[test]
fn a_server_that_said_everything_again_is_an_echo() {
    let rows = [row(0, 1, Kind::Received, b"a"), row(1, 1, Kind::Sent, b"a")];
    assert!(file(&rows).contains("server:echo()"));
    assert!(!file(&rows[..1]).contains("echo"));
}

#[test]
fn what_was_said_once_in_three_times_is_no_rule() {
    let mut rows = vec![row(0, 1, Kind::Received, b"beat"), row(1, 1, Kind::Sent, b"now")];
    rows.extend([10_000, 20_000].map(|at| row(at, 1, Kind::Received, b"beat")));
    let text = file(&rows);
    assert!(!text.contains("when_equals"), "{text}");
    assert!(text.contains("server:send(\"now\")"), "{text}");
    rows.truncate(3);
    assert!(file(&rows).contains(r#"server:when_equals("beat"):reply("now")"#));
}

#[test]
fn one_in_ten_messages_may_be_missing() {
    let beats = |count| (0..count).map(|at| row(at * 1000, 1, Kind::Received, b"beat")).collect();
    let line = |count: i64| {
        let rows: Vec<_> = beats(count);
        file(&rows).lines().find(|line| line.contains("beat")).unwrap().trim().to_owned()
    };
    let least_and_most = [(1, 1, 2), (2, 1, 4), (9, 8, 18), (50, 45, 100)];
    for (count, least, most) in least_and_most {
        let expected =
            format!(r#"expect(server:received("beat")):at_least({least}):at_most({most})"#);
        assert_eq!(line(count), expected);
    }
}

#[test]
fn a_port_of_tls_speaks_tls_and_a_stopped_lab_has_closed() {
    let rows =
        [row(0, 1, Kind::Accepted, b"127.0.0.1:5"), row(10, 1, Kind::Closed, b"the lab stopped")];
    let sealed = |kind| Retold { device: "a1", kind, port: 9 }.file(&rows);
    assert!(sealed(PortKind::Tls).contains("server:speaks_tls()\n"));
    assert!(sealed(PortKind::Mtls).contains("wants_client_certificate = true"));
    assert!(sealed(PortKind::Tcp).contains("world:run(\"10ms\")\n  server:close()\n"));
    assert!(!sealed(PortKind::Tcp).contains("speaks_tls"));
}
