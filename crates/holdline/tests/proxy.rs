//! `holdline proxy` between a device that runs an example program and a server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{PATIENCE, Running, ended, holdline};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Instant;

/// The proxy in a folder of its own; where devices connect, and where the page is.
fn start(folder: &Path, target: &str, more: &[&str]) -> (Running, String, String) {
    start_for("tcp", folder, target, more)
}

fn start_for(kind: &str, folder: &Path, target: &str, more: &[&str]) -> (Running, String, String) {
    let mut command = holdline(&["proxy", "0", target, "--http", "0"]);
    command.arg("--store").arg(folder.join("lab.db")).args(more);
    let mut proxy = Running::start(command);
    let page = after(&proxy.wait_for("The lab is open: "), "open: ");
    let words = format!("port {kind}: {kind} ");
    let port = proxy.wait_for(&words);
    let (listen, on_to) = port.split_once(", on to ").unwrap();
    assert_eq!(on_to, target);
    (proxy, after(listen, &words), page)
}

fn after(line: &str, words: &str) -> String {
    line.split_once(words).unwrap().1.to_owned()
}

fn accept(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().unwrap().0;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn rows(page: &str) -> serde_json::Value {
    let host = after(page, "http://");
    let mut api = TcpStream::connect(&host).unwrap();
    let wanted = "GET /api/messages?events=true HTTP/1.1";
    write!(api, "{wanted}\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    api.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_device_holds_its_line_through_the_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap().to_string();
    let (mut proxy, listen, page) =
        start(folder.path(), &target, &["--fault", "reset on \"ping\""]);

    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/task-long-connection");
    let mut run = holdline(&["run", "--boot", "10ms", "--redirect", &format!("*={listen}")]);
    run.env("XDG_STATE_HOME", folder.path()).arg(example);
    let mut device = Running::start(run);

    let mut line = accept(&server);
    line.write_all(b"hello, device").unwrap();
    device.wait_for("hello, device");
    // What a device has heard is shown once it is in the store.
    let began = Instant::now();
    let mut kept = rows(&page);
    while kept.as_array().unwrap().len() < 2 {
        assert!(began.elapsed() < PATIENCE, "the page still shows {kept}");
        kept = rows(&page);
    }
    assert_eq!((&kept[0]["kind"], &kept[1]["kind"]), (&"accepted".into(), &"sent".into()));

    // The server goes, and comes back: the device calls again, through the proxy.
    drop(line);
    device.wait_for("line lost");
    let mut line = accept(&server);
    line.write_all(b"hello again").unwrap();
    device.wait_for("hello again");

    device.signal("INT");
    assert_eq!(device.end().0, Some(0));
    assert_eq!(line.read(&mut [0; 8]).unwrap(), 0, "the device's end reaches the server");
    proxy.signal("INT");
    assert_eq!(proxy.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_fault_from_the_start_strikes() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap().to_string();
    let (_proxy, listen, _) = start(folder.path(), &target, &["--fault", "close on \"STOP\""]);
    let mut device = TcpStream::connect(listen).unwrap();
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    device.write_all(b"STOP").unwrap();
    assert_eq!(device.read(&mut [0; 8]).unwrap(), 0);
    let mut said = String::new();
    accept(&server).read_to_string(&mut said).unwrap();
    assert_eq!(said, "STOP");
}

#[test]
fn datagrams_pass_with_a_flag() {
    let folder = tempfile::tempdir().unwrap();
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let target = server.local_addr().unwrap().to_string();
    let (_proxy, listen, _) = start_for("udp", folder.path(), &target, &["--udp"]);
    let device = UdpSocket::bind("127.0.0.1:0").unwrap();
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    device.send_to(b"12.5", listen).unwrap();
    let mut heard = [0; 9];
    let (len, way) = server.recv_from(&mut heard).unwrap();
    assert_eq!(&heard[..len], b"12.5");
    server.send_to(b"ok", way).unwrap();
    let len = device.recv(&mut heard).unwrap();
    assert_eq!(&heard[..len], b"ok");
}

/// The page of a proxy is as locked as that of a lab: away from this machine it wants a password.
#[test]
fn the_page_is_for_others_only_with_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let open = |http: &str, more: &[&str]| {
        let mut command = holdline(&["proxy", "0", "127.0.0.1:9", "--http", http]);
        command.arg("--store").arg(folder.path().join("lab.db")).args(more);
        command
    };
    let refused = ended(&mut open("0.0.0.0:0", &[]));
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--password-file"), "{}", refused.stderr);
    let password = folder.path().join("password");
    std::fs::write(&password, "a long enough password\n").unwrap();
    let with_password = ["--password-file", password.to_str().unwrap()];
    let mut proxy = Running::start(open("127.0.0.1:0", &with_password));
    assert!(proxy.wait_for("The lab is open: ").contains("https://127.0.0.1:"));
}

#[test]
fn what_makes_no_sense_is_said_in_both_languages() {
    let said = |lang: &str, args: &[&str]| {
        let ended = ended(holdline(&["proxy", "--lang", lang]).args(args));
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        ended.stderr
    };
    let error = said("en", &["9999", "example.com"]);
    assert!(
        error.contains("`example.com` is no server; write it as in `example.com:9999`"),
        "{error}"
    );
    let error = said("zh", &["9999", "example.com"]);
    assert!(error.contains("`example.com` 不是服务器地址"), "{error}");
    let error = said("en", &["nowhere", "127.0.0.1:9"]);
    assert!(error.contains("`nowhere` is no place to listen"), "{error}");
    let error = said("en", &["9999", "127.0.0.1:9", "--password-file", "nowhere"]);
    assert!(error.contains("cannot read `nowhere`") && error.contains("one line"), "{error}");
    let error = said("en", &["9999", "name.invalid:9"]);
    assert!(error.contains("`name.invalid:9` cannot be found: "), "{error}");
    let error = said("en", &["9999", "127.0.0.1:9", "--fault", "name slow 300ms"]);
    assert!(error.contains("`name slow 300ms` is not what port `tcp-9999` can do"), "{error}");
    assert!(error.contains("it can: refuse, silent"), "{error}");
    let error = said("zh", &["9999", "127.0.0.1:9", "--fault", "rset"]);
    assert!(error.contains("--fault: "), "{error}");
}
