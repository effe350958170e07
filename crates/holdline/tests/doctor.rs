//! `holdline doctor` against servers of every bad habit, on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{Ended, ended, holdline};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A server that does `serve` with each connection, each in a thread of its own.
fn server(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (serve, stream) = (serve.clone(), stream.unwrap());
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Reads until the other side ends.
fn read_to_end(mut stream: TcpStream) {
    // How it ends is not the matter.
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Answers the first bytes with `answer`, then reads on.
fn answers(answer: &'static [u8]) -> impl Fn(TcpStream) + Clone + Send + 'static {
    move |mut stream| {
        if stream.read(&mut [0; 512]).is_ok_and(|len| len > 0) {
            stream.write_all(answer).unwrap();
            read_to_end(stream);
        }
    }
}

/// Looks at `address` as a program on this machine.
fn doctor(address: SocketAddr, args: &[&str]) -> Ended {
    let address = address.to_string();
    ended(holdline(&["doctor", &address, "--from-here"]).args(args))
}

/// The findings of `--json` by their step, and the whole.
fn findings(end: &Ended) -> (impl Fn(&str) -> Value, Value) {
    let whole: Value = serde_json::from_str(&end.stdout).unwrap();
    let steps = whole["steps"].as_array().unwrap().clone();
    let find = move |step: &str| {
        let found = steps.iter().find(|finding| finding["step"] == step);
        found.unwrap_or_else(|| panic!("no `{step}` in {steps:#?}")).clone()
    };
    (find, whole)
}

#[test]
fn a_port_where_nobody_listens_is_the_servers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let end = doctor(address, &[]);
    assert_eq!(end.code, Some(1));
    assert!(end.stdout.contains(&format!("[!!] connect  {address}: refused")), "{}", end.stdout);
    assert!(end.stdout.contains("verdict: something stands in the way"), "{}", end.stdout);
    assert!(end.stdout.contains("connect, the server's: "), "{}", end.stdout);
    assert!(end.stdout.contains("listen on 0.0.0.0"), "{}", end.stdout);
}

#[test]
fn a_server_that_closes_at_once_is_told() {
    for (serve, word) in [
        (drop as fn(TcpStream), "closed it after"),
        (
            |stream| {
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
            },
            "was reset after",
        ),
    ] {
        let end = doctor(server(serve), &["--listen", "60s"]);
        assert_eq!(end.code, Some(1), "{}", end.stdout);
        // A reset may overtake the end of the call.
        assert!(
            end.stdout.contains(word) || end.stdout.contains("reset at once"),
            "{}",
            end.stdout
        );
        assert!(end.stdout.contains("look at the server's log"), "{}", end.stdout);
    }
}

#[test]
fn a_server_that_speaks_first_is_heard() {
    let greets = |text: &'static [u8]| {
        server(move |mut stream: TcpStream| {
            stream.write_all(text).unwrap();
            read_to_end(stream);
        })
    };
    let end = doctor(greets(b"welcome\r\n"), &["--listen", "60s"]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert!(end.stdout.contains(r"[ok] listen   the server speaks first: `welcome\r\n`"));
    let end = doctor(greets(b"SSH-2.0-x\r\n"), &["--listen", "60s"]);
    assert_eq!(end.code, Some(0));
    assert!(end.stdout.contains("this is an SSH server"), "{}", end.stdout);
    assert!(end.stdout.contains("check the port number"), "{}", end.stdout);
}

#[test]
fn a_silent_server_is_asked_what_it_speaks() {
    let quick = ["--listen", "50ms"];
    let end = doctor(server(read_to_end), &quick);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert!(end.stdout.contains("[ok] ask      it is neither TLS nor HTTP"), "{}", end.stdout);
    assert!(end.stdout.contains("nothing stands in the way of a program on this machine"));

    // What is asked here comes late on a busy machine, so wait longer than the first silence.
    let patient = ["--listen", "2s", "--json"];
    let end = doctor(server(answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")), &patient);
    let (find, _) = findings(&end);
    assert_eq!((end.code, &find("speaks")["speaks"]), (Some(0), &Value::from("http")));

    let end = doctor(server(answers(b"\x15\x03\x01\x00\x02\x02\x46")), &patient);
    let (find, whole) = findings(&end);
    assert_eq!((end.code, &whole["verdict"]), (Some(1), &Value::from("blocked")));
    assert_eq!(find("speaks")["speaks"], "tls");
    assert_eq!(find("speaks")["whose"], "yours");
    assert!(find("speaks")["advice"].as_str().unwrap().contains("socket.tcp(true)"));
}

#[test]
fn nothing_is_said_where_nothing_may_be() {
    let (sender, heard) = std::sync::mpsc::channel();
    let address = server(move |mut stream| {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        sender.send(bytes).unwrap();
    });
    let end = doctor(address, &["--listen", "50ms", "--listen-only"]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert_eq!(heard.recv_timeout(rig::PATIENCE).unwrap(), b"");
    assert!(!end.stdout.contains(" ask "), "{}", end.stdout);
}

#[test]
fn a_text_of_ones_own_is_said_and_its_answer_shown() {
    let address = server(answers(b"heart ok\r\n"));
    let end = doctor(address, &["--listen", "50ms", "--probe", r"heart data\r\n"]);
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert!(end.stdout.contains(r"`heart ok\r\n`"), "{}", end.stdout);
}

#[test]
fn loopback_is_no_place_for_a_module() {
    let address = server(read_to_end).to_string();
    let end = ended(&mut holdline(&["doctor", &address, "--listen", "10ms"]));
    assert_eq!(end.code, Some(1));
    assert!(end.stdout.contains("address, yours: 127.0.0.1 is this machine"), "{}", end.stdout);
    assert!(end.stdout.contains("--from-here"), "{}", end.stdout);
    assert!(end.stdout.contains("[ok] connect"), "the other steps are taken all the same");
}

#[test]
fn names_are_looked_up_and_a_module_uses_ipv4() {
    let port = server(read_to_end).port();
    let name = format!("localhost:{port}");
    let end = ended(&mut holdline(&["doctor", &name, "--from-here", "--listen", "10ms"]));
    assert_eq!(end.code, Some(0), "{}", end.stdout);
    assert!(end.stdout.contains("[ok] name     `localhost` is 127.0.0.1"), "{}", end.stdout);

    let end = ended(&mut holdline(&["doctor", &format!("[::1]:{port}"), "--lang", "zh"]));
    assert_eq!(end.code, Some(1));
    assert!(end.stdout.contains("`::1` 只有 IPv6 地址"), "{}", end.stdout);

    // Where there is no name server, nobody can tell; where there is one, there is no such name.
    let end = ended(&mut holdline(&["doctor", "no-such-name.invalid:80"]));
    assert!(matches!(end.code, Some(1 | 2)), "{}", end.stdout);
    assert!(end.stdout.contains("`no-such-name.invalid`"), "{}", end.stdout);
}

/// Linux drops a call to a listener whose queue is full.
#[cfg(target_os = "linux")]
#[test]
fn dropped_packets_are_the_networks() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    socket2::SockRef::from(&listener).listen(0).unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        waiting.push(stream);
    }
    let end = doctor(address, &["--timeout", "300ms"]);
    assert_eq!(end.code, Some(1), "{}", end.stdout);
    assert!(end.stdout.contains(&format!("[!!] connect  {address}: no answer")), "{}", end.stdout);
    assert!(end.stdout.contains("connect, the network's: "), "{}", end.stdout);
    assert!(end.stdout.contains("security group"), "{}", end.stdout);
}

#[test]
fn a_server_that_ends_silent_connections_is_found_out() {
    // The server ends all when the last of the twelve silent ones has come, behind the one of
    // `--listen-only`.
    let (sender, arrivals) = std::sync::mpsc::channel();
    let address = server(move |stream| sender.send(stream).unwrap());
    thread::spawn(move || drop(arrivals.iter().take(13).collect::<Vec<_>>()));
    let end = doctor(address, &["--listen", "10ms", "--listen-only", "--idle", "10h", "--json"]);
    let (find, _) = findings(&end);
    let idle = find("idle");
    assert_eq!(end.code, Some(0));
    assert!(idle["lines"].as_array().unwrap().iter().all(|line| line["end"] == "closed"));
    assert_eq!((&idle["kept_ms"], &idle["lost_ms"]), (&Value::Null, &Value::Null));
    let (ended, beat) =
        (idle["ended_ms"].as_u64().unwrap(), idle["heartbeat_ms"].as_u64().unwrap());
    assert!(beat <= ended, "{idle}");
    assert!(idle["text"].as_str().unwrap().contains("ended from the other side"), "{idle}");
}

#[test]
fn a_path_that_keeps_silent_connections_is_left_alone() {
    let address = server(read_to_end);
    let args = ["--listen", "10ms", "--timeout", "2s", "--idle", "100ms", "--probe", "ping"];
    let end = doctor(address, &args);
    assert_eq!(end.code, Some(0));
    assert!(end.stdout.contains("[--] idle     100ms of silence survived\n"), "{}", end.stdout);
    assert!(end.stdout.contains("operator's own translation"), "{}", end.stdout);
}

#[test]
fn what_is_no_server_is_refused_with_the_way_out() {
    for (args, says, hints) in [
        (["example.com", ""], "`example.com` is not a server's address", "`example.com:9999`"),
        (["http://a:80", ""], "`http://a:80` is not a server's address", "`example.com:9999`"),
        (["a:80", r"--probe=\q"], r"--probe: `\q` is not a text to send", "xHH"),
        (["a:80", "--idle=5"], "--idle: `5` is not a duration", "`90s`"),
    ] {
        let args: Vec<_> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
        let end = ended(holdline(&["doctor"]).args(args));
        assert_eq!((end.code, end.stdout.as_str()), (Some(2), ""));
        assert!(end.stderr.contains(says) && end.stderr.contains(hints), "{}", end.stderr);
    }
}
